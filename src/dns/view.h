/* SPDX-License-Identifier: MIT */
/*
 * view.h - the table of DNS answers known so far, and the questions still wanted.
 *
 * The only door between evaluators and the world. A view only grows: one audit, one
 * snapshot, the first answer wins. See docs/decisions/0001-re-execution.md.
 */
#ifndef DNS_VIEW_H
#define DNS_VIEW_H

#include "base/arena.h"
#include "base/status.h"
#include "base/table.h"
#include "dns/answer.h"
#include "dns/name.h"

struct dns_overlay; /* proposed records in front of the answers: dns/overlay.h */

/* One question of an audit, asked or still to be asked, with its answer. */
struct dns_entry {
    struct dns_name name;
    uint16_t type;
    const struct dns_answer *answer; /* NULL while it is open */
    unsigned depth;   /* 1 + the greatest depth of an answer that it had to wait for */
    uint32_t run;     /* last accounting pass that wanted it (see dns_view_recount) */
    size_t index;     /* position in the view's list, for callers' own tables */
    uint64_t users;   /* bits of the tasks that wanted it outright in that pass */
    unsigned tries;   /* packets sent for it, set by who asks */
    int64_t asked_us; /* clock_us when it was first sent, ... */
    int64_t took_us;  /* ... and how long the answer took; -1: never asked */
};

/*
 * Answers that need not be waited for, since another audit has asked: looked for once,
 * when a question is first wanted. look: the answer, in the arena, or NULL.
 */
struct dns_at_hand {
    const struct dns_answer *(*look)(void *context, const struct dns_name *name,
                                     uint16_t type, struct arena *into);
    void *context;
};

struct dns_view {
    struct arena *arena;     /* answers and entries */
    struct table table;      /* (type, name) to entry */
    struct dns_entry **list; /* in the order in which they were first wanted */
    size_t n, cap, max;      /* max: questions per audit */
    const struct dns_overlay *overlay; /* or NULL */
    struct table chased; /* question to answer, after overlay and CNAME chasing */
    struct dns_memo *memos;
    const struct dns_at_hand *at_hand; /* or NULL */
    bool offline; /* what the overlay does not hold does not exist */
    uint32_t run; /* current accounting pass */
};

struct dns_step; /* of a run, from which depths follow: view.c */

/*
 * What one run of one task wants to know. cursor stands for the depth of the answers
 * read so far on this path; an evaluator that reads siblings which do not wait for each
 * other saves it before each and restores it after (dns_siblings_begin). It is the
 * number of a step and not the depth itself, so that depths can be counted afresh
 * without another run (dns_wants_recount).
 */
struct dns_wants {
    struct dns_entry **hard; /* it cannot go on without these */
    size_t n_hard, cap_hard;
    size_t hints_left; /* further questions that hints may add in this run */
    unsigned cursor;
    struct dns_step *step; /* in the order of the run; cursor 0 is before all of them */
    size_t n_steps, cap_steps;
    uint64_t user;         /* one bit, for dns_entry.users */
    bool looked_around;    /* the result hangs on what others had asked by then */
    struct arena *arena;   /* of the list */
    enum ac_status status; /* AC_ENOMEM: sticky, told by dns_get */
};

/* max: most questions of the audit. seed: chance, for the hash. */
void dns_view_init(struct dns_view *v, struct arena *arena, size_t max, uint64_t seed);
void dns_view_free(struct dns_view *v);

/* The deeper of two marks, for what waited for both. */
unsigned dns_wants_deeper(struct dns_wants *w, unsigned a, unsigned b);

/*
 * Look-ups that do not wait for each other: each begins at the same depth, and what
 * comes after them all stands behind the deepest.
 */
struct dns_siblings {
    unsigned start, deepest;
};

static inline struct dns_siblings dns_siblings_begin(const struct dns_wants *w)
{
    return (struct dns_siblings){ w->cursor, w->cursor };
}

/* After each of them. */
static inline void dns_siblings_next(struct dns_siblings *s, struct dns_wants *w)
{
    s->deepest = dns_wants_deeper(w, s->deepest, w->cursor);
    w->cursor = s->start;
}

/* After the last. */
static inline void dns_siblings_end(struct dns_siblings *s, struct dns_wants *w)
{
    dns_siblings_next(s, w);
    w->cursor = s->deepest;
}

/* Empty, for a run that begins; hints: most questions that it may add by hints. */
void dns_wants_init(struct dns_wants *w, struct arena *arena, size_t hints);

static inline unsigned dns_wants_mark(const struct dns_wants *w)
{
    return w->cursor;
}

static inline void dns_wants_back(struct dns_wants *w, unsigned mark)
{
    w->cursor = mark;
}

/* Stand so many answers behind a mark. */
void dns_wants_behind(struct dns_wants *w, unsigned mark, unsigned answers);

/*
 * The answer, CNAMEs followed and the overlay applied; or AC_PENDING and the question
 * noted in wants. *out lives as long as the view. A failed look-up is an answer (see
 * enum dns_outcome); so is DNS_DEADLINE for a question past the most that the audit may
 * ask (half of them are kept for what is wanted outright). AC_ENOMEM is the only
 * failure.
 */
enum ac_status dns_get(struct dns_view *view, struct dns_wants *wants,
                       const struct dns_name *name, uint16_t type,
                       const struct dns_answer **out) AC_MUST_USE;

/*
 * The same for what no verdict may hang on, however much there is of it: it leaves the
 * last quarter of the questions that the audit may ask to others.
 */
enum ac_status dns_get_spare(struct dns_view *view, struct dns_wants *wants,
                             const struct dns_name *name, uint16_t type,
                             const struct dns_answer **out) AC_MUST_USE;

/*
 * The same as dns_get without overlay and CNAME chasing: what the DNS said to just this
 * question. For views that are made over another view's answers.
 */
enum ac_status dns_get_raw(struct dns_view *view, struct dns_wants *wants,
                           const struct dns_name *name, uint16_t type,
                           const struct dns_answer **out) AC_MUST_USE;

/* "This will be needed soon": can only save time, never changes a result. */
void dns_hint(struct dns_view *view, struct dns_wants *wants,
              const struct dns_name *name, uint16_t type);

/* The answer if it is known already, else NULL; notes nothing. For hints that look
 * ahead. */
const struct dns_answer *dns_peek(struct dns_view *view, const struct dns_name *name,
                                  uint16_t type);

/*
 * What a reader made of an answer, kept with it, so that no later run reads it again:
 * by nothing but the answer, in view->arena, and never changed. kind: the address of
 * something of the reader's own. dns_memo: NULL when nothing is kept.
 */
const void *dns_memo(const struct dns_view *view, const struct dns_answer *answer,
                     const void *kind);
enum ac_status dns_memo_keep(struct dns_view *view, const struct dns_answer *answer,
                             const void *kind, const void *value) AC_MUST_USE;

/* Give the answer to an open entry. A second answer is dropped. The answer and all that
 * it points to must live as long as the view (make it in view->arena). */
void dns_view_answer(struct dns_view *view, struct dns_entry *entry,
                     const struct dns_answer *answer);

/* A question with its answer before anybody asked: of a recording. The entry, whose
 * times may be set, in *out. AC_ENOMEM, AC_ELIMIT (more than the audit may ask, or
 * twice). */
enum ac_status dns_view_preload(struct dns_view *view, const struct dns_name *name,
                                uint16_t type, const struct dns_answer *answer,
                                struct dns_entry **out) AC_MUST_USE;

/* An answer without records, in the view's arena; NULL when that is full. */
const struct dns_answer *dns_answer_failed(struct arena *a, enum dns_outcome outcome);

/* Begin a new accounting pass: depths are counted afresh, and entries that no later run
 * wants are left out of dns_view_count. */
void dns_view_recount(struct dns_view *view);

/* Count what this run, the last of its task, has read and wanted, as running it once
 * more in this pass would. */
void dns_wants_recount(struct dns_view *view, struct dns_wants *w);

/*
 * Did the current accounting pass want it outright? What was hinted only does not
 * count: whether its answer came in time hangs on the order of answers, and it may be
 * open to the end.
 */
static inline bool dns_entry_counts(const struct dns_view *view,
                                    const struct dns_entry *e)
{
    return e->run == view->run && e->users;
}

/* Questions that count, and the greatest depth among them. */
void dns_view_count(const struct dns_view *view, size_t *questions, unsigned *depth);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * view.c - the table of answers, and how a question is resolved over it: the overlay
 * first, then what the DNS said, CNAME by CNAME. RFC 1034, 3.6.2; RFC 4592.
 *
 * Raw answers stay as they came, so the same view serves many overlays: what-if, fixes
 * and recordings all stand on that.
 */
#include "dns/view.h"

#include "dns/overlay.h"

enum {
    CNAME_LINKS_MAX = 10
};

/* A question as a key: two octets of type, then the name. */
struct key {
    struct span span;
    char bytes[2 + DNS_NAME_MAX];
};

static void key_make(struct key *k, const struct dns_name *name, uint16_t type)
{
    k->bytes[0] = (char)(type >> 8);
    k->bytes[1] = (char)(type & 0xff);
    memcpy(k->bytes + 2, name->wire, name->n);
    k->span = span_make(k->bytes, (size_t)name->n + 2);
}

void dns_view_init(struct dns_view *v, struct arena *arena, size_t max, uint64_t seed)
{
    *v = (struct dns_view){ .arena = arena, .max = max, .run = 1 };
    table_init(&v->table, max, seed);
    table_init(&v->chased, 4 * max, seed);
}

void dns_view_free(struct dns_view *v)
{
    table_free(&v->table);
    table_free(&v->chased);
}

void dns_wants_init(struct dns_wants *w, struct arena *arena, size_t hints)
{
    *w = (struct dns_wants){ .arena = arena, .hints_left = hints, .user = 1 };
}

static struct dns_entry *entry_find(const struct dns_view *v,
                                    const struct dns_name *name, uint16_t type)
{
    struct key key;

    key_make(&key, name, type);
    return table_get(&v->table, key.span);
}

static enum ac_status entry_add(struct dns_view *v, const struct dns_name *name,
                                uint16_t type, struct dns_entry **out)
{
    struct dns_entry *e, **list;
    struct key key;
    struct span kept;

    key_make(&key, name, type);
    e = arena_alloc(v->arena, sizeof *e);
    kept = span_make(arena_strdup(v->arena, key.span), key.span.n);
    list = arena_grow(v->arena, v->list, v->n, &v->cap, sizeof(struct dns_entry *));
    if (!e || !kept.p || !list)
        return AC_ENOMEM;
    v->list = list;
    *e = (struct dns_entry){
        .name = *name, .type = type, .index = v->n, .asked_us = -1, .took_us = -1
    };
    v->list[v->n++] = e;
    *out = e;
    if (v->at_hand)
        e->answer = v->at_hand->look(v->at_hand->context, name, type, v->arena);
    return table_put(&v->table, kept, e);
}

/* A step of a run. Its depth is that of the answers read up to it. */
struct dns_step {
    struct dns_entry *entry; /* that was read, wanted or hinted; NULL: none */
    unsigned from, other;    /* steps that it stands behind */
    unsigned answers;        /* and how many answers behind them */
    unsigned depth;
    const struct dns_name *hint; /* no such entry yet: it could be there by now */
    uint16_t type;               /* of the hint */
    bool outright;               /* the entry was asked for, and not hinted */
};

static unsigned depth_at(const struct dns_wants *w, unsigned step)
{
    return step ? w->step[step - 1].depth : 0;
}

/* 0 when there is no memory, which the next dns_get tells. */
static unsigned step_add(struct dns_wants *w, struct dns_step step)
{
    struct dns_step *list =
        arena_grow(w->arena, w->step, w->n_steps, &w->cap_steps, sizeof *list);

    if (!list) {
        w->status = AC_ENOMEM;
        return 0;
    }
    w->step = list;
    list[w->n_steps++] = step;
    return (unsigned)w->n_steps;
}

/* The entry is read or wanted in this pass: its depth is the least that any run saw. */
static void step_count(struct dns_view *v, struct dns_wants *w, struct dns_step *s)
{
    struct dns_entry *e = s->entry;
    unsigned behind = depth_at(w, s->from), other = depth_at(w, s->other);

    if (other > behind)
        behind = other;
    s->depth = behind + s->answers;
    if (!e && s->hint)
        e = entry_find(v, s->hint, s->type);
    if (!e)
        return;
    if (e->run != v->run) {
        e->depth = behind + 1;
        e->users = 0;
    } else if (behind + 1 < e->depth) {
        e->depth = behind + 1;
    }
    e->run = v->run;
    if (s->outright)
        e->users |= w->user;
    if (e->depth > s->depth)
        s->depth = e->depth;
}

/* Note that this run read or wants the entry. */
static unsigned entry_touch(struct dns_view *v, struct dns_wants *w,
                            struct dns_entry *e, bool outright)
{
    struct dns_step s = { .entry = e, .from = w->cursor, .outright = outright };

    step_count(v, w, &s);
    return step_add(w, s);
}

/* A hint that adds no question: another task may ask it later, and then it stands
 * where it was hinted. */
static void hint_note(struct dns_wants *w, const struct dns_name *name, uint16_t type)
{
    struct dns_step s = { .from = w->cursor, .type = type };
    struct dns_name *kept = arena_take(w->arena, sizeof *kept);

    if (!kept) {
        w->status = AC_ENOMEM;
        return;
    }
    *kept = *name;
    s.hint = kept;
    s.depth = depth_at(w, s.from);
    (void)step_add(w, s);
}

unsigned dns_wants_deeper(struct dns_wants *w, unsigned a, unsigned b)
{
    struct dns_step s = { .from = a, .other = b };

    if (a == b || !b)
        return a;
    if (!a)
        return b;
    s.depth = depth_at(w, a) > depth_at(w, b) ? depth_at(w, a) : depth_at(w, b);
    return step_add(w, s);
}

void dns_wants_behind(struct dns_wants *w, unsigned mark, unsigned answers)
{
    w->cursor = step_add(w, (struct dns_step){ .from = mark,
                                               .answers = answers,
                                               .depth = depth_at(w, mark) + answers });
}

void dns_wants_recount(struct dns_view *view, struct dns_wants *w)
{
    for (size_t i = 0; i < w->n_steps; i++)
        step_count(view, w, &w->step[i]);
}

static void wants_add(struct dns_wants *w, struct dns_entry *e)
{
    struct dns_entry **hard;

    for (size_t i = 0; i < w->n_hard; i++)
        if (w->hard[i] == e)
            return;
    hard = arena_grow(w->arena, w->hard, w->n_hard, &w->cap_hard, sizeof *hard);
    if (!hard) {
        w->status = AC_ENOMEM;
        return;
    }
    w->hard = hard;
    w->hard[w->n_hard++] = e;
}

/* Who asks: a hard want, one that nothing hangs on, a hint, or somebody who only looks.
 */
enum asking {
    ASK,
    SPARE,
    HINT,
    PEEK
};

/* How many questions there may be when one more is asked. */
static size_t most(const struct dns_view *v, enum asking how)
{
    return how == SPARE ? v->max - v->max / 4 : v->max;
}

/* The raw answer of the DNS to one question, or AC_PENDING. */
static enum ac_status raw_get(struct dns_view *v, struct dns_wants *w,
                              const struct dns_name *name, uint16_t type,
                              enum asking how, const struct dns_answer **out)
{
    static const struct dns_answer nothing = { .outcome = DNS_NXDOMAIN };
    static const struct dns_answer not_asked = { .outcome = DNS_DEADLINE };
    struct dns_entry *e;
    unsigned step = 0;

    if (v->offline) {
        *out = &nothing;
        return AC_OK;
    }
    e = entry_find(v, name, type);
    if (!e && how == PEEK)
        return AC_PENDING;
    if (!e && how == HINT && (!w->hints_left || v->n >= v->max / 2)) {
        hint_note(w, name, type);
        return AC_PENDING;
    }
    if (!e && v->n >= most(v, how)) {
        *out = &not_asked;
        return AC_OK;
    }
    if (!e) {
        enum ac_status status = entry_add(v, name, type, &e);

        if (status != AC_OK)
            return how == HINT ? AC_PENDING : status;
        if (how == HINT)
            w->hints_left--;
    }
    if (how != PEEK)
        step = entry_touch(v, w, e, how <= SPARE);
    if (!e->answer) {
        if (how <= SPARE)
            wants_add(w, e);
        return AC_PENDING;
    }
    if (how != PEEK)
        w->cursor = step;
    *out = e->answer;
    return AC_OK;
}

/* Where a resolution stands: the name it has come to, and the CNAMEs on the way. */
struct chase {
    struct dns_name at;
    struct dns_name link[CNAME_LINKS_MAX];
    size_t n;
    bool loop;
    bool own_records; /* the last set came from the overlay */
    uint32_t ttl;
};

static bool chase_to(struct chase *c, const struct dns_name *target)
{
    bool seen = dns_name_eq(&c->at, target);

    for (size_t i = 0; i < c->n; i++)
        seen = seen || dns_name_eq(&c->link[i], target);
    if (seen || c->n == CNAME_LINKS_MAX) {
        c->loop = true;
        return false;
    }
    c->link[c->n++] = c->at = *target;
    return true;
}

/* Has the overlay a word to say about this name, whatever the type? */
static bool overlay_touches(const struct dns_overlay *o, const struct dns_name *name,
                            uint16_t type)
{
    const struct dns_overlay_set *set;

    return o && dns_overlay_look(o, name, type, &set) != DNS_OVERLAY_NOTHING;
}

/*
 * Walk along the CNAMEs of a raw answer. Returns true when the answer's own end is
 * reached; false when the walk must go on at c->at by itself: the overlay speaks there,
 * or the reply stopped short.
 */
static bool chase_live(const struct dns_view *v, struct chase *c, uint16_t type,
                       const struct dns_answer *raw)
{
    for (size_t i = 0; i < raw->n_cname; i++) {
        if (!chase_to(c, &raw->cname[i]))
            return true;
        if (overlay_touches(v->overlay, &c->at, type))
            return false;
    }
    return !raw->unfinished;
}

/* One step of a resolution: what stands at c->at? *done: *last is the end of it. */
static enum ac_status chase_step(struct dns_view *v, struct dns_wants *w, uint16_t type,
                                 enum asking how, struct chase *c,
                                 struct dns_answer *last, bool *done)
{
    const struct dns_overlay_set *set = NULL;
    enum dns_overlay_says says = DNS_OVERLAY_NOTHING;
    const struct dns_answer *raw = NULL;
    struct dns_name target;

    if (v->overlay)
        says = dns_overlay_look(v->overlay, &c->at, type, &set);
    if (says != DNS_OVERLAY_SET && says != DNS_OVERLAY_CNAME &&
        says != DNS_OVERLAY_DELETED) {
        TRY(raw_get(v, w, &c->at, type, how, &raw));
        if (raw->outcome == DNS_NXDOMAIN && !raw->n_cname && v->overlay &&
            says == DNS_OVERLAY_NOTHING)
            says = dns_overlay_wildcard(v->overlay, &c->at, type, &set);
    }
    *done = true;
    switch (says) {
    case DNS_OVERLAY_SET:
        *last = (struct dns_answer){
            .outcome = DNS_ANSWER, .rr = set->rr, .n = set->n, .ttl = set->rr[0].ttl
        };
        return AC_OK;
    case DNS_OVERLAY_CNAME:
        if (dns_target_read(&set->rr[0], &target))
            *done = !chase_to(c, &target);
        return AC_OK;
    case DNS_OVERLAY_DELETED:
        *last = (struct dns_answer){ .outcome = DNS_NODATA };
        return AC_OK;
    case DNS_OVERLAY_NO_CNAME:
    case DNS_OVERLAY_EXISTS:
    case DNS_OVERLAY_NOTHING:
        break;
    }
    if (says == DNS_OVERLAY_NO_CNAME && raw->n_cname) {
        *last = (struct dns_answer){ .outcome = DNS_NODATA };
        return AC_OK;
    }
    *last = *raw;
    if (says != DNS_OVERLAY_NOTHING && raw->outcome == DNS_NXDOMAIN && !raw->n_cname)
        last->outcome = DNS_NODATA;
    *done = chase_live(v, c, type, raw);
    return AC_OK;
}

/* The end of the chain with all its links, in the view's arena, kept for the next run.
 */
static enum ac_status chase_keep(struct dns_view *v, const struct dns_name *name,
                                 uint16_t type, const struct chase *c,
                                 struct dns_answer *last, const struct dns_answer **out)
{
    struct dns_answer *a = arena_alloc(v->arena, sizeof *a);
    struct dns_name *links = arena_array(v->arena, c->n + 1, sizeof *links);
    struct key key;
    struct span kept;

    key_make(&key, name, type);
    kept = span_make(arena_strdup(v->arena, key.span), key.span.n);
    if (!a || !links || !kept.p)
        return AC_ENOMEM;
    if (c->loop) {
        *last = (struct dns_answer){ .outcome = DNS_MALFORMED };
    } else {
        memcpy(links, c->link, c->n * sizeof *links);
        last->cname = links;
        last->n_cname = c->n;
    }
    last->unfinished = false;
    *a = *last;
    *out = a;
    return table_put(&v->chased, kept, a);
}

/* Is the raw answer the whole answer, with nothing to chase and no overlay to ask? */
static bool is_plain(const struct dns_view *v, const struct dns_answer *raw)
{
    return !v->overlay && !raw->unfinished;
}

/* CNAME by CNAME, with the overlay's word at each. */
static enum ac_status resolve_chain(struct dns_view *v, struct dns_wants *w,
                                    const struct dns_name *name, uint16_t type,
                                    enum asking how, const struct dns_answer **out)
{
    struct chase chase = { .at = *name };
    struct dns_answer last = { .outcome = DNS_MALFORMED };
    bool done = false;
    struct key key;
    struct dns_answer *known;

    key_make(&key, name, type);
    known = table_get(&v->chased, key.span);
    while (!done) /* again also when known: the questions on the way are touched */
        TRY(chase_step(v, w, type, how, &chase, &last, &done));
    if (known) {
        *out = known;
        return AC_OK;
    }
    return chase_keep(v, name, type, &chase, &last, out);
}

static enum ac_status resolve(struct dns_view *v, struct dns_wants *w,
                              const struct dns_name *name, uint16_t type,
                              enum asking how, const struct dns_answer **out)
{
    if (!v->overlay) {
        TRY(raw_get(v, w, name, type, how, out));
        if (is_plain(v, *out))
            return AC_OK;
    }
    return resolve_chain(v, w, name, type, how, out);
}

enum ac_status dns_get(struct dns_view *view, struct dns_wants *wants,
                       const struct dns_name *name, uint16_t type,
                       const struct dns_answer **out)
{
    TRY(wants->status);
    return resolve(view, wants, name, type, ASK, out);
}

enum ac_status dns_get_spare(struct dns_view *view, struct dns_wants *wants,
                             const struct dns_name *name, uint16_t type,
                             const struct dns_answer **out)
{
    TRY(wants->status);
    return resolve(view, wants, name, type, SPARE, out);
}

enum ac_status dns_get_raw(struct dns_view *view, struct dns_wants *wants,
                           const struct dns_name *name, uint16_t type,
                           const struct dns_answer **out)
{
    TRY(wants->status);
    return raw_get(view, wants, name, type, ASK, out);
}

void dns_hint(struct dns_view *view, struct dns_wants *wants,
              const struct dns_name *name, uint16_t type)
{
    unsigned mark = dns_wants_mark(wants);
    const struct dns_answer *answer;
    enum ac_status status = resolve(view, wants, name, type, HINT, &answer);

    if (status == AC_ENOMEM)
        wants->status = status;
    dns_wants_back(wants, mark);
}

const struct dns_answer *dns_peek(struct dns_view *view, const struct dns_name *name,
                                  uint16_t type)
{
    struct dns_wants nobody = { .arena = view->arena };
    const struct dns_answer *answer;

    return resolve(view, &nobody, name, type, PEEK, &answer) == AC_OK ? answer : NULL;
}

/* A list: an audit has few answers that are read as records. */
struct dns_memo {
    struct dns_memo *next;
    const struct dns_answer *answer;
    const void *kind, *value;
};

const void *dns_memo(const struct dns_view *view, const struct dns_answer *answer,
                     const void *kind)
{
    for (const struct dns_memo *m = view->memos; m; m = m->next)
        if (m->answer == answer && m->kind == kind)
            return m->value;
    return NULL;
}

enum ac_status dns_memo_keep(struct dns_view *view, const struct dns_answer *answer,
                             const void *kind, const void *value)
{
    struct dns_memo *m = arena_take(view->arena, sizeof *m);

    if (!m)
        return AC_ENOMEM;
    *m = (struct dns_memo){ view->memos, answer, kind, value };
    view->memos = m;
    return AC_OK;
}

void dns_view_answer(struct dns_view *view, struct dns_entry *entry,
                     const struct dns_answer *answer)
{
    (void)view;
    if (!entry->answer)
        entry->answer = answer;
}

enum ac_status dns_view_preload(struct dns_view *view, const struct dns_name *name,
                                uint16_t type, const struct dns_answer *answer,
                                struct dns_entry **out)
{
    if (view->n == view->max || entry_find(view, name, type))
        return AC_ELIMIT;
    TRY(entry_add(view, name, type, out));
    (*out)->answer = answer;
    return AC_OK;
}

const struct dns_answer *dns_answer_failed(struct arena *a, enum dns_outcome outcome)
{
    struct dns_answer *answer = arena_alloc(a, sizeof *answer);

    if (answer)
        answer->outcome = outcome;
    return answer;
}

void dns_view_recount(struct dns_view *view)
{
    view->run++;
}

void dns_view_count(const struct dns_view *view, size_t *questions, unsigned *depth)
{
    *questions = 0;
    *depth = 0;
    for (size_t i = 0; i < view->n; i++) {
        const struct dns_entry *e = view->list[i];

        if (!dns_entry_counts(view, e))
            continue;
        ++*questions;
        if (e->depth > *depth)
            *depth = e->depth;
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * finding.h - what is wrong, as typed rows: an id that is stable for ever, a severity,
 * the clause, what it is about, and one sentence with the values found.
 */
#ifndef FINDING_FINDING_H
#define FINDING_FINDING_H

#include "base/arena.h"

enum finding_severity {
    FINDING_INFO,
    FINDING_WARNING,
    FINDING_ERROR
};

/* FINDING_SPF_TOO_MANY_LOOKUPS and so on: one per row of catalog.def. */
enum finding_id {
#define F(id, name, severity, clause, title, meaning, remedy, example) FINDING_##id,
#include "finding/catalog.def"
#undef F
    FINDING_COUNT,
    FINDING_NONE = FINDING_COUNT
};

/* A row of the catalog. All texts live for ever. */
struct finding_kind {
    const char *name; /* "spf-too-many-lookups": the public id */
    enum finding_severity severity;
    const char *clause;  /* "RFC 7208 4.6.4" */
    const char *title;   /* a few words, no full stop */
    const char *meaning; /* what it is and what it does to the mail */
    const char *remedy;  /* what to do next, as one sentence in the imperative */
    const char *example; /* a fault and its mend, a line each: see catalog.def */
};

struct finding {
    enum finding_id id;
    const char *about;   /* the domain or name that it is about */
    const char *message; /* one sentence with the values found; bytes may be hostile */
};

/* A list in an arena. The order is the order of adding; equal rows are kept once. */
struct findings {
    struct arena *arena;
    struct finding *row;
    size_t n, cap;
    enum ac_status status; /* AC_ENOMEM once a row was lost; sticky */
};

void findings_init(struct findings *f, struct arena *arena);

/*
 * Add a row; `about` is copied. f may be NULL: then nothing is noted, for runs that
 * only want a result. At most FINDINGS_MAX rows are kept.
 */
enum {
    FINDINGS_MAX = 500
};
void finding_add(struct findings *f, enum finding_id id, const char *about,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Copy all rows of `from` that `to` lacks; texts are shared, so from's arena must live.
 */
void findings_append(struct findings *to, const struct findings *from);

bool findings_has(const struct findings *f, enum finding_id id);

const struct finding_kind *finding_kind(enum finding_id id);
const char *finding_severity_print(enum finding_severity severity);

/* By public id; FINDING_NONE if there is none. */
enum finding_id finding_by_name(struct span name);

#endif

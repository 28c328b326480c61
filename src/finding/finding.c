/* SPDX-License-Identifier: MIT */
/*
 * finding.c - the catalog as a table, and lists of findings in an arena.
 */
#include "finding/finding.h"

#include <stdarg.h>

static const struct finding_kind catalog[] = {
#define F(id, name, severity, clause, title, meaning, remedy, example) \
    [FINDING_##                                                        \
        id] = { name, FINDING_##severity, clause, title, meaning, remedy, example },
#include "finding/catalog.def"
#undef F
};

void findings_init(struct findings *f, struct arena *arena)
{
    *f = (struct findings){ .arena = arena };
}

static bool same_text(const char *a, const char *b)
{
    return a == b || strcmp(a, b) == 0;
}

static bool findings_hold(const struct findings *f, const struct finding *row)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->row[i].id == row->id && same_text(f->row[i].about, row->about) &&
            same_text(f->row[i].message, row->message))
            return true;
    return false;
}

static void findings_push(struct findings *f, const struct finding *row)
{
    struct finding *rows;

    if (f->n == FINDINGS_MAX || findings_hold(f, row))
        return;
    rows = arena_grow(f->arena, f->row, f->n, &f->cap, sizeof *rows);
    if (!rows) {
        f->status = AC_ENOMEM;
        return;
    }
    f->row = rows;
    f->row[f->n++] = *row;
}

void finding_add(struct findings *f, enum finding_id id, const char *about,
                 const char *format, ...)
{
    struct finding row = { .id = id };
    va_list args;

    if (!f || f->n == FINDINGS_MAX)
        return; /* before the text is made: a stranger's records may ask for millions */
    va_start(args, format);
    row.message = arena_vprintf(f->arena, format, args);
    va_end(args);
    row.about = arena_strdup(f->arena, span_of(about));
    if (!row.message || !row.about)
        f->status = AC_ENOMEM;
    else
        findings_push(f, &row);
}

void findings_append(struct findings *to, const struct findings *from)
{
    if (from->status != AC_OK)
        to->status = from->status;
    for (size_t i = 0; i < from->n; i++)
        findings_push(to, &from->row[i]);
}

bool findings_has(const struct findings *f, enum finding_id id)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->row[i].id == id)
            return true;
    return false;
}

const struct finding_kind *finding_kind(enum finding_id id)
{
    return &catalog[id];
}

const char *finding_severity_print(enum finding_severity severity)
{
    static const char *const word[] = { "info", "warning", "error" };

    return word[severity];
}

enum finding_id finding_by_name(struct span name)
{
    for (int i = 0; i < FINDING_COUNT; i++)
        if (span_eq(name, span_of(catalog[i].name)))
            return (enum finding_id)i;
    return FINDING_NONE;
}

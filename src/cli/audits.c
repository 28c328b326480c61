/* SPDX-License-Identifier: MIT */
/*
 * audits.c - one bounce is audited over a source of its own; many over a crew, which
 * shares their questions and keeps the answers. A few finished audits are kept for
 * bounces that ask the same.
 */
#include "cli/audits.h"

#include "batch/crew.h"
#include "cli/command.h"

#include <stdlib.h>

/* One audit, and the memory of its question. */
struct audits_seat {
    struct arena arena;
    struct span key; /* p == NULL: free */
    struct audit *audit;
    enum ac_status status; /* AC_PENDING while it is under way */
    unsigned holders;
};

struct audits {
    struct cli_options *o;
    struct dns_source *source;
    struct crew *crew;
    struct audits_seat seat[AUDITS_MAX];
    size_t oldest;
};

struct audits *audits_new(struct cli_options *o)
{
    struct audits *a = calloc(1, sizeof *a);

    if (a)
        a->o = o;
    return a;
}

static void forget(struct audits_seat *s)
{
    audit_free(s->audit);
    arena_free(&s->arena);
    *s = (struct audits_seat){ 0 };
}

void audits_free(struct audits *a)
{
    if (!a)
        return;
    crew_free(a->crew);
    for (size_t i = 0; i < AUDITS_MAX; i++)
        forget(&a->seat[i]);
    if (a->source)
        a->source->ops->free(a->source);
    free(a);
}

static enum ac_status open_source(struct audits *a, bool many)
{
    const struct crew_options crew = { .net = a->o->net,
                                       .drive = a->o->drive,
                                       .in_flight = AUDITS_IN_FLIGHT };
    char error[NET_ERROR_MAX] = "";

    if (a->source || a->crew || a->o->audit.offline)
        return AC_OK;
    if (many)
        a->crew = crew_new(&crew, false, error);
    else
        a->source = net_source_new(&a->o->net, error);
    if (!a->source && !a->crew) {
        command_complain(error);
        return AC_EINVAL;
    }
    if (a->source)
        a->o->drive.servers = net_source_servers(a->source);
    return AC_OK;
}

/* The oldest that nobody holds: there are more seats than holders. */
static struct audits_seat *free_seat(struct audits *a)
{
    struct audits_seat *s;

    do {
        s = &a->seat[a->oldest];
        a->oldest = (a->oldest + 1) % AUDITS_MAX;
    } while (s->holders);
    forget(s);
    return s;
}

static enum ac_status begin(struct audits *a, const struct explain_question *q,
                            bool many, struct audits_seat *s)
{
    TRY(open_source(a, many));
    TRY(audit_new(&q->audit, &s->audit));
    if (!a->crew)
        return audit_drive(s->audit, a->source, &a->o->drive);
    TRY(crew_take(a->crew, s->audit, s));
    return AC_PENDING;
}

enum ac_status audits_hold(struct audits *a, const struct explain_question *q,
                           struct arena *arena, bool many, struct audits_seat **out)
{
    struct audits_seat *s;

    for (size_t i = 0; i < AUDITS_MAX; i++) {
        s = &a->seat[i];
        if (s->key.p && span_eq(s->key, q->key)) {
            arena_free(arena);
            s->holders++;
            *out = s;
            return AC_OK;
        }
    }
    s = free_seat(a);
    s->arena = *arena;
    s->status = begin(a, q, many, s);
    if (s->status != AC_OK && s->status != AC_PENDING) {
        enum ac_status status = s->status;

        forget(s);
        return status;
    }
    s->key = q->key;
    s->holders = 1;
    *out = s;
    return AC_OK;
}

enum ac_status audits_result(struct audits *a, struct audits_seat *seat,
                             const struct audit_result **out)
{
    while (seat->status == AC_PENDING) {
        struct crew_done done;
        enum ac_status status = crew_wait(a->crew, INT64_MAX, &done);

        if (status == AC_OK)
            ((struct audits_seat *)done.ticket)->status = done.status;
        else if (status != AC_PENDING) /* that is a signal, or time to tell */
            return status;
    }
    TRY(seat->status);
    *out = audit_result(seat->audit);
    return AC_OK;
}

void audits_let_go(struct audits_seat *seat)
{
    if (seat)
        seat->holders--;
}

/* SPDX-License-Identifier: MIT */
/*
 * drive.c - an audit over a source. The policy of second tries stands here alone, since
 * only the audit knows what hangs on a question.
 *
 * A name that nobody answers for and a nameserver that is down are both silence, and
 * are told apart by whether that server ever said anything. A dead first nameserver
 * costs one time-out in all: its questions go to the next one, and new ones begin
 * there.
 */
#include "audit/drive.h"

#include "base/clock.h"

#include <stdlib.h>

enum {
    EVENTS_MAX = 64
};

/* One question on its way; by dns_entry.index. */
struct flight {
    enum {
        FLIGHT_NEW,
        FLIGHT_OPEN,
        FLIGHT_PARKED,
        FLIGHT_DONE
    } state;
    unsigned first; /* server of the first try; the others follow in turn */
    unsigned attempts;
    unsigned bad;                    /* servers that answered badly */
    const struct dns_answer *failed; /* the best known of its failures */
};

struct drive {
    struct audit *audit;
    struct dns_view *view;
    struct dns_source *source;
    const struct drive_options *options;
    struct flight *flight;
    size_t n;
    unsigned first; /* server that new questions begin with */
    uint64_t heard; /* bit by server: it said something */
    int64_t start_us;
    int64_t decided_us; /* since when no verdict hangs on anything; -1: it does */
    bool answered;      /* since the last step: evaluators can go on at once */
};

static struct flight *flight_of(struct drive *d, const struct dns_entry *e)
{
    return &d->flight[e->index];
}

static void settle(struct drive *d, struct dns_entry *e,
                   const struct dns_answer *answer)
{
    flight_of(d, e)->state = FLIGHT_DONE;
    d->answered = true;
    e->took_us = clock_us() - e->asked_us;
    dns_view_answer(d->view, e, answer);
}

static enum ac_status send_try(struct drive *d, struct dns_entry *e)
{
    struct flight *f = flight_of(d, e);
    struct dns_try t = { .name = &e->name, .type = e->type, .ticket = e };

    if (!f->attempts) {
        f->first = d->first;
        e->asked_us = clock_us();
    }
    t.attempt = f->first + f->attempts++;
    e->tries = f->attempts;
    f->state = FLIGHT_OPEN;
    return d->source->ops->ask(d->source, &t);
}

static enum ac_status answer_all(struct drive *d, enum dns_outcome outcome)
{
    const struct dns_answer *none = dns_answer_failed(d->view->arena, outcome);

    if (!none)
        return AC_ENOMEM;
    for (size_t i = 0; i < d->view->n; i++) {
        struct dns_entry *e = d->view->list[i];

        if (!e->answer) {
            if (e->asked_us >= 0)
                e->took_us = clock_us() - e->asked_us;
            dns_view_answer(d->view, e,
                            d->flight[i].failed ? d->flight[i].failed : none);
        }
        d->flight[i].state = FLIGHT_DONE;
    }
    d->source->ops->cancel(d->source);
    return AC_OK;
}

/* Send what is new; try again or give up what was not answered. */
static enum ac_status dispatch(struct drive *d)
{
    bool decided = audit_decided(d->audit);

    for (size_t i = 0; i < d->view->n; i++) {
        struct dns_entry *e = d->view->list[i];
        struct flight *f = &d->flight[i];

        if (f->state == FLIGHT_NEW) {
            TRY(send_try(d, e));
        } else if (f->state == FLIGHT_PARKED) {
            bool hangs = audit_hangs_on(d->audit, e);

            if (hangs && f->attempts < d->options->tries)
                TRY(send_try(d, e));
            else if (hangs || decided || f->attempts >= d->options->tries)
                settle(d, e, f->failed);
        }
    }
    return AC_OK;
}

/* Note whether the server of the last try said anything: false when it never did. */
static bool hear(struct drive *d, const struct flight *f, enum dns_outcome outcome)
{
    unsigned servers = d->options->servers;
    unsigned server = (f->first + f->attempts - 1) % servers;
    uint64_t bit = (uint64_t)1 << server % 64;

    if (outcome != DNS_TIMEOUT && outcome != DNS_UNREACHABLE)
        d->heard |= bit;
    else if (!(d->heard & bit) && server == d->first)
        d->first = (server + 1) % servers;
    return d->heard & bit;
}

/* A try ended without a usable answer. */
static enum ac_status failed_try(struct drive *d, struct dns_entry *e,
                                 const struct dns_answer *answer)
{
    struct flight *f = flight_of(d, e);
    bool silent = answer->outcome == DNS_TIMEOUT;
    bool heard = hear(d, f, answer->outcome);

    /* What a server said tells more than that another said nothing. */
    if (!f->failed || (!silent && f->failed->outcome == DNS_TIMEOUT))
        f->failed = answer;
    if (silent && !heard && f->attempts < d->options->servers &&
        f->attempts < d->options->tries)
        return send_try(d, e);
    if (silent) {
        f->state = FLIGHT_PARKED;
        return AC_OK;
    }
    if (++f->bad < d->options->servers)
        return send_try(d, e);
    settle(d, e, f->failed);
    return AC_OK;
}

static enum ac_status take(struct drive *d, const struct dns_event *event)
{
    struct dns_entry *e = event->ticket;

    if (flight_of(d, e)->state != FLIGHT_OPEN)
        return AC_OK;
    if (!dns_answered(event->answer))
        return failed_try(d, e, event->answer);
    hear(d, flight_of(d, e), event->answer->outcome);
    settle(d, e, event->answer);
    return AC_OK;
}

/* Until when to wait for answers: the deadline, or one time-out after the verdict. */
static int64_t wait_until(struct drive *d)
{
    int64_t deadline = d->start_us + d->options->deadline_us;
    int64_t patience;

    if (!audit_decided(d->audit)) {
        d->decided_us = -1;
        return deadline;
    }
    if (d->decided_us < 0)
        d->decided_us = clock_us();
    patience = d->decided_us + d->options->timeout_us;
    return patience < deadline ? patience : deadline;
}

static enum ac_status wait_and_take(struct drive *d, int64_t until)
{
    struct dns_event event[EVENTS_MAX];
    size_t n = 0;

    TRY(d->source->ops->wait(d->source, until, d->view->arena, event, EVENTS_MAX, &n));
    for (size_t i = 0; i < n; i++)
        TRY(take(d, &event[i]));
    return AC_OK;
}

static enum ac_status drive_loop(struct drive *d)
{
    enum ac_status status;

    while ((status = audit_step(d->audit)) == AC_PENDING) {
        int64_t until = wait_until(d), now = clock_us();

        d->answered = false;
        if (now >= d->start_us + d->options->deadline_us)
            TRY(answer_all(d, DNS_DEADLINE));
        else if (now >= until)
            TRY(answer_all(d, DNS_TIMEOUT));
        else {
            TRY(dispatch(d));
            if (!d->answered)
                TRY(wait_and_take(d, until));
        }
    }
    return status;
}

enum ac_status audit_drive(struct audit *a, struct dns_source *source,
                           const struct drive_options *options)
{
    struct drive d = {
        .audit = a,
        .view = audit_view(a),
        .source = source,
        .options = options,
        .start_us = clock_us(),
        .decided_us = -1,
    };
    enum ac_status status;
    int64_t end_us;

    d.flight = calloc(d.view->max, sizeof *d.flight);
    if (!d.flight)
        return AC_ENOMEM;
    status = drive_loop(&d);
    free(d.flight);
    end_us = clock_us();
    audit_set_wall(a, end_us - d.start_us,
                   (d.decided_us < 0 ? end_us : d.decided_us) - d.start_us);
    return status;
}

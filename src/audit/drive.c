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

enum {
    EVENTS_MAX = 64,
    FLIGHTS_FIRST = 16,
    /* Of lists alone: so long from the start on, and so many times as long as the
     * slowest answer took. A dead list shall not keep a report waiting that has all
     * else. */
    LISTS_US = 500000,
    LISTS_TIMES = 4
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

static struct flight *flight_of(struct drive *d, const struct dns_entry *e)
{
    return &d->flight[e->index];
}

static void settle(struct drive *d, struct dns_entry *e,
                   const struct dns_answer *answer)
{
    struct flight *f = flight_of(d, e);

    if (f->state == FLIGHT_PARKED)
        d->parked--;
    f->state = FLIGHT_DONE;
    d->answered = true;
    e->took_us = clock_us() - e->asked_us;
    if (dns_answered(answer) && e->took_us > d->slowest_us)
        d->slowest_us = e->took_us;
    dns_view_answer(d->view, e, answer);
}

static enum ac_status send_try(struct drive *d, struct dns_entry *e)
{
    struct flight *f = flight_of(d, e);
    struct dns_try t = { .name = &e->name, .type = e->type, .ticket = e };

    if (!f->attempts) {
        f->first = d->servers->first;
        e->asked_us = clock_us();
    }
    if (f->state == FLIGHT_PARKED)
        d->parked--;
    t.attempt = f->first + f->attempts++;
    e->tries = f->attempts;
    f->state = FLIGHT_OPEN;
    d->open++;
    return d->source->ops->ask(d->source, &t);
}

/* A flight for every question that the view has by now. */
static enum ac_status flights_reach(struct drive *d)
{
    struct flight *larger;
    size_t cap = d->cap;

    while (cap < d->view->n)
        cap = cap ? 2 * cap : FLIGHTS_FIRST;
    if (cap == d->cap)
        return AC_OK;
    larger = arena_array(d->view->arena, cap, sizeof *larger);
    if (!larger)
        return AC_ENOMEM;
    if (d->cap)
        memcpy(larger, d->flight, d->cap * sizeof *larger);
    d->flight = larger;
    d->cap = cap;
    return AC_OK;
}

static enum ac_status answer_all(struct drive *d, enum dns_outcome outcome)
{
    const struct dns_answer *none = dns_answer_failed(d->view->arena, outcome);

    if (!none)
        return AC_ENOMEM;
    TRY(flights_reach(d));
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
    d->sent = d->view->n;
    d->open = d->parked = 0;
    d->source->ops->cancel(d->source);
    return AC_OK;
}

/* Try again what is parked and hangs, or give it up. */
static enum ac_status dispatch_parked(struct drive *d)
{
    bool decided = audit_decided(d->audit);

    for (size_t i = 0; d->parked && i < d->sent; i++) {
        struct dns_entry *e = d->view->list[i];
        struct flight *f = &d->flight[i];
        bool hangs;

        if (f->state != FLIGHT_PARKED)
            continue;
        hangs = audit_hangs_on(d->audit, e);
        if ((hangs || f->attempts < d->insist) && f->attempts < d->tries)
            TRY(send_try(d, e));
        else if (hangs || decided || f->attempts >= d->tries)
            settle(d, e, f->failed);
    }
    return AC_OK;
}

/* It was answered when it was first wanted. */
static void was_at_hand(struct drive *d, struct dns_entry *e)
{
    flight_of(d, e)->state = FLIGHT_DONE;
    e->asked_us = clock_us();
    e->took_us = 0;
}

/* Send what is new; try again or give up what was not answered. */
static enum ac_status dispatch(struct drive *d)
{
    TRY(flights_reach(d));
    TRY(dispatch_parked(d));
    while (d->sent < d->view->n) {
        struct dns_entry *e = d->view->list[d->sent++];

        if (e->answer)
            was_at_hand(d, e);
        else
            TRY(send_try(d, e));
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
        d->servers->heard |= bit;
    else if (!(d->servers->heard & bit) && server == d->servers->first)
        d->servers->first = (server + 1) % servers;
    return d->servers->heard & bit;
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
    if (silent && !heard && f->attempts < d->options->servers && f->attempts < d->tries)
        return send_try(d, e);
    if (silent) {
        f->state = FLIGHT_PARKED;
        d->parked++;
        return AC_OK;
    }
    if (++f->bad < d->options->servers)
        return send_try(d, e);
    settle(d, e, f->failed);
    return AC_OK;
}

enum ac_status drive_take(struct drive *d, const struct dns_event *event)
{
    struct dns_entry *e = event->ticket;

    if (flight_of(d, e)->state != FLIGHT_OPEN)
        return AC_OK;
    d->open--;
    if (!dns_answered(event->answer))
        return failed_try(d, e, event->answer);
    hear(d, flight_of(d, e), event->answer->outcome);
    settle(d, e, event->answer);
    return AC_OK;
}

/* Until when to wait for block lists alone. */
static int64_t lists_until(const struct drive *d)
{
    int64_t us = LISTS_TIMES * d->slowest_us;

    return d->start_us + (us > LISTS_US ? us : LISTS_US);
}

/* Until when to wait for answers: the deadline, or one time-out after the verdict, or
 * as long as it takes to insist. */
static int64_t wait_until(struct drive *d, int64_t now)
{
    int64_t deadline = d->start_us + d->options->deadline_us;
    int64_t patience;

    if (now < d->start_us + d->calm_us)
        return deadline < d->start_us + d->calm_us ? deadline
                                                   : d->start_us + d->calm_us;
    if (!audit_decided(d->audit)) {
        d->decided_us = -1;
        return deadline;
    }
    if (d->decided_us < 0)
        d->decided_us = now;
    patience = d->decided_us + (2 * d->insist - 1) * d->options->timeout_us;
    if (audit_waits_for_lists(d->audit) && lists_until(d) < patience)
        patience = lists_until(d);
    return patience < deadline ? patience : deadline;
}

void drive_begin(struct drive *d, struct audit *a, struct dns_source *source,
                 const struct drive_options *options, struct drive_servers *servers)
{
    *d = (struct drive){
        .audit = a,
        .view = audit_view(a),
        .source = source,
        .options = options,
        .servers = servers,
        .tries = options->tries,
        .insist = 1,
        .start_us = clock_us(),
        .decided_us = -1,
    };
}

static void drive_end(struct drive *d)
{
    int64_t end_us = clock_us();

    audit_set_wall(d->audit, end_us - d->start_us,
                   (d->decided_us < 0 ? end_us : d->decided_us) - d->start_us);
}

enum ac_status drive_step(struct drive *d)
{
    enum ac_status status;

    while ((status = audit_step(d->audit)) == AC_PENDING) {
        int64_t now = clock_us();

        d->wake_us = wait_until(d, now);
        d->answered = false;
        if (now >= d->start_us + d->options->deadline_us)
            TRY(answer_all(d, DNS_DEADLINE));
        else if (now >= d->wake_us)
            TRY(answer_all(d, DNS_TIMEOUT));
        else {
            TRY(dispatch(d));
            if (!d->answered)
                return AC_PENDING;
        }
    }
    if (status == AC_OK)
        drive_end(d);
    return status;
}

static enum ac_status wait_and_take(struct drive *d)
{
    struct dns_event event[EVENTS_MAX];
    size_t n = 0;

    TRY(d->source->ops->wait(d->source, d->wake_us, d->view->arena, event, EVENTS_MAX,
                             &n));
    for (size_t i = 0; i < n; i++)
        TRY(drive_take(d, &event[i]));
    return AC_OK;
}

enum ac_status audit_drive(struct audit *a, struct dns_source *source,
                           const struct drive_options *options)
{
    struct drive_servers servers = { 0 };
    enum ac_status status;
    struct drive d;

    drive_begin(&d, a, source, options, &servers);
    while ((status = drive_step(&d)) == AC_PENDING)
        TRY(wait_and_take(&d));
    return status;
}

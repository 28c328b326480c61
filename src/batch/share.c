/* SPDX-License-Identifier: MIT */
/*
 * share.c - who waits for which question, and what is sent when.
 *
 * A question on its way (a flight) is one try at one server; those who ask the same of
 * the same server meanwhile wait with the first. What a server under load refuses rests
 * a while and is sent again before anybody hears of it. Silence is told at once, since
 * the audit alone knows whether another try is worth it; where several wait it is.
 */
#include "batch/share.h"

#include "base/clock.h"
#include "batch/kept.h"
#include "batch/pool.h"
#include "dns/view.h"

#include <stdlib.h>

enum {
    SERVERS_MAX = 64,
    EVENTS_MAX = 256,
    REST_US = 1000000,
    RESTS_MAX = 3,
    AGAIN_MAX = 2, /* more tries of what several wait for */
    SCRATCH_MAX = 64 * 1024 * 1024
};

/* A try that a seat asked for: waits with a flight, or is ready to be taken. */
struct share_waiter {
    struct share_waiter *next;          /* of the flight, ready, or free */
    struct share_waiter *prev;          /* of the flight */
    struct share_waiter *older, *newer; /* of the seat */
    struct share_seat *seat;
    struct share_flight *flight;
    void *ticket;
    const struct dns_answer *answer;
};

struct share_flight {
    struct share_flight *next;           /* of the same question, or free */
    struct share_flight *before, *after; /* in the queue, or resting */
    struct dns_name name;
    struct kept_entry *entry;
    struct share_waiter *waiters;
    unsigned attempt, server, rests, again;
    enum {
        QUEUED,
        SENT,
        RESTING
    } state;
    int64_t since_us; /* sent, or resting */
};

struct queue {
    struct share_flight *head, *tail;
    unsigned n;
};

struct server {
    bool heard; /* it said something */
    struct pace pace;
    struct queue queue;
};

struct share {
    struct share_options options;
    struct kept kept;
    struct server *server;
    struct queue resting;
    struct share_seat *news, *news_end;
    struct pool waiters, flights;
    struct arena scratch; /* answers before they are kept and copied */
    struct share_counts counts;
    struct dns_at_hand at_hand;
    unsigned last; /* server that was asked last */
};

/* --- queues --------------------------------------------------------------------------
 */

static void queue_in(struct queue *q, struct share_flight *f)
{
    f->after = NULL;
    f->before = q->tail;
    *(q->tail ? &q->tail->after : &q->head) = f;
    q->tail = f;
    q->n++;
}

static void queue_out(struct queue *q, struct share_flight *f)
{
    *(f->before ? &f->before->after : &q->head) = f->after;
    *(f->after ? &f->after->before : &q->tail) = f->before;
    q->n--;
}

/* --- waiters -------------------------------------------------------------------------
 */

static struct share_waiter *waiter_new(struct share_seat *seat, void *ticket)
{
    struct share_waiter *w = pool_take(&seat->share->waiters);

    if (!w)
        return NULL;
    *w = (struct share_waiter){ .seat = seat, .ticket = ticket };
    return w;
}

static void waiter_join(struct share_waiter *w, struct share_flight *f)
{
    struct share_seat *seat = w->seat;

    w->flight = f;
    w->prev = NULL;
    w->next = f->waiters;
    if (w->next)
        w->next->prev = w;
    f->waiters = w;
    w->older = seat->waiting;
    if (w->older)
        w->older->newer = w;
    seat->waiting = w;
}

static void waiter_quit(struct share_waiter *w)
{
    *(w->prev ? &w->prev->next : &w->flight->waiters) = w->next;
    if (w->next)
        w->next->prev = w->prev;
    *(w->newer ? &w->newer->older : &w->seat->waiting) = w->older;
    if (w->older)
        w->older->newer = w->newer;
    w->flight = NULL;
}

/* A seat whose arena is full hears that by itself: see share_take. */
static void waiter_ready(struct share_waiter *w, const struct dns_answer *answer)
{
    struct share_seat *seat = w->seat;

    w->answer = kept_copy(answer, seat->arena);
    w->next = NULL;
    *(seat->ready ? &seat->ready_end->next : &seat->ready) = w;
    seat->ready_end = w;
}

static void seat_list(struct share_seat *seat)
{
    struct share *s = seat->share;

    if (seat->listed)
        return;
    seat->listed = true;
    seat->next_news = NULL;
    *(s->news ? &s->news_end->next_news : &s->news) = seat;
    s->news_end = seat;
}

/* --- flights -------------------------------------------------------------------------
 */

static struct share_flight *flight_new(struct share *s, struct kept_entry *e,
                                       const struct dns_try *t)
{
    struct share_flight *f = pool_take(&s->flights);

    if (!f)
        return NULL;
    f->name.n = t->name->n;
    memcpy(f->name.wire, t->name->wire, f->name.n);
    f->attempt = t->attempt;
    f->server = t->attempt % s->options.servers;
    f->rests = f->again = 0;
    f->waiters = NULL;
    f->entry = e;
    if (!e->flight)
        kept_hold(&s->kept, e);
    f->next = e->flight;
    e->flight = f;
    f->state = QUEUED;
    queue_in(&s->server[f->server].queue, f);
    return f;
}

/* Landed, or given up before it was sent. */
static void flight_free(struct share *s, struct share_flight *f)
{
    struct share_flight **at = &f->entry->flight;

    while (*at != f)
        at = &(*at)->next;
    *at = f->next;
    if (!f->entry->flight)
        kept_release(&s->kept, f->entry);
    pool_give(&s->flights, f);
}

/* Nobody waits for it any more: what is on its way may still serve others. */
static void flight_abandon(struct share *s, struct share_flight *f)
{
    if (f->state == SENT)
        return;
    queue_out(f->state == QUEUED ? &s->server[f->server].queue : &s->resting, f);
    flight_free(s, f);
}

static enum ac_status send_queued(struct share *s, struct server *server,
                                  int64_t now_us)
{
    while (server->queue.head && pace_open(&server->pace, now_us)) {
        struct share_flight *f = server->queue.head;
        struct dns_try t = { &f->name, f->entry->type, f->attempt, f };

        queue_out(&server->queue, f);
        f->state = SENT;
        f->since_us = now_us;
        pace_sent(&server->pace);
        s->last = f->server;
        s->counts.packets++;
        TRY(s->options.source->ops->ask(s->options.source, &t));
    }
    return AC_OK;
}

static enum ac_status send_all(struct share *s, int64_t now_us)
{
    while (s->resting.head && s->resting.head->since_us + REST_US <= now_us) {
        struct share_flight *f = s->resting.head;

        queue_out(&s->resting, f);
        f->state = QUEUED;
        queue_in(&s->server[f->server].queue, f);
    }
    for (unsigned i = 0; i < s->options.servers; i++)
        TRY(send_queued(s, &s->server[i], now_us));
    return AC_OK;
}

/* Does it drop or refuse under load? One that never said anything is dead. */
static bool is_pressed(const struct server *server)
{
    return server->heard && pace_pressed(&server->pace);
}

static bool refused(enum dns_outcome outcome)
{
    return outcome == DNS_SERVFAIL || outcome == DNS_REFUSED;
}

/* Hundreds may wait for the record of a large provider: one packet lost is not to leave
 * all of their reports open. */
static bool is_worth_another(const struct share_flight *f, const struct server *server,
                             enum dns_outcome outcome)
{
    return outcome == DNS_TIMEOUT && server->heard && !f->entry->lost &&
           f->again < AGAIN_MAX && f->waiters && f->waiters->next;
}

static enum ac_status flight_lands(struct share *s, struct share_flight *f,
                                   const struct dns_answer *answer, int64_t now_us)
{
    struct server *server = &s->server[f->server];
    bool answered = dns_answered(answer), pressed;

    pace_ended(&server->pace, answer->outcome, answered && (f->entry->lost || f->again),
               f->since_us, now_us);
    pressed = is_pressed(server);
    if (is_worth_another(f, server, answer->outcome)) {
        f->again++;
        f->state = QUEUED;
        queue_in(&server->queue, f);
        return AC_OK;
    }
    server->heard = server->heard || answer->outcome != DNS_TIMEOUT;
    if (refused(answer->outcome) && pressed && f->waiters && f->rests < RESTS_MAX) {
        f->rests++;
        f->state = RESTING;
        f->since_us = now_us;
        queue_in(&s->resting, f);
        return AC_OK;
    }
    if (answer->outcome == DNS_TIMEOUT)
        f->entry->lost = true;
    if (answered || !pressed)
        TRY(kept_put(&s->kept, f->entry, answer, f->server, now_us));
    while (f->waiters) {
        struct share_waiter *w = f->waiters;

        w->seat->load = w->seat->load || (!answered && pressed);
        waiter_quit(w);
        seat_list(w->seat);
        waiter_ready(w, answer);
    }
    flight_free(s, f);
    return AC_OK;
}

/* Failures are for who asks the same server: see kept_answer. */
static const struct dns_answer *look(void *context, const struct dns_name *name,
                                     uint16_t type, struct arena *into)
{
    struct share *s = context;
    struct kept_entry *e = kept_known(&s->kept, name, type);
    const struct dns_answer *known = e ? kept_answer(&s->kept, e, 0, clock_us()) : NULL;

    if (!known || !dns_answered(known))
        return NULL;
    s->counts.asked++;
    s->counts.shared++;
    return kept_copy(known, into);
}

const struct dns_at_hand *share_at_hand(const struct share *s)
{
    return &s->at_hand;
}

/* --- seats ---------------------------------------------------------------------------
 */

static enum ac_status seat_ask(struct dns_source *base, const struct dns_try *t)
{
    struct share_seat *seat = (struct share_seat *)base;
    struct share *s = seat->share;
    struct kept_entry *e = kept_entry(&s->kept, t->name, t->type);
    struct share_waiter *w = waiter_new(seat, t->ticket);
    unsigned server = t->attempt % s->options.servers;
    int64_t now_us = clock_us();
    const struct dns_answer *known;
    struct share_flight *f;

    if (!e || !w)
        return AC_ENOMEM;
    s->counts.asked++;
    known = kept_answer(&s->kept, e, server, now_us);
    for (f = e->flight; f && f->server != server;)
        f = f->next;
    s->counts.shared += known || f;
    if (known) {
        waiter_ready(w, known);
        return AC_OK;
    }
    if (!f)
        f = flight_new(s, e, t);
    if (!f)
        return AC_ENOMEM;
    waiter_join(w, f);
    return f->state == QUEUED ? send_queued(s, &s->server[server], now_us) : AC_OK;
}

static void seat_cancel(struct dns_source *base)
{
    struct share_seat *seat = (struct share_seat *)base;
    struct share *s = seat->share;

    while (seat->waiting) {
        struct share_waiter *w = seat->waiting;
        struct share_flight *f = w->flight;

        if (f->state != SENT || is_pressed(&s->server[f->server]))
            seat->load = true;
        waiter_quit(w);
        pool_give(&s->waiters, w);
        if (!f->waiters)
            flight_abandon(s, f);
    }
    while (seat->ready) {
        struct share_waiter *w = seat->ready;

        seat->ready = w->next;
        pool_give(&s->waiters, w);
    }
}

void share_sit(struct share *s, struct share_seat *seat, struct arena *arena,
               void *owner)
{
    static const struct dns_source_ops ops = { .ask = seat_ask, .cancel = seat_cancel };

    *seat = (struct share_seat){
        .base = { &ops }, .share = s, .arena = arena, .owner = owner
    };
}

void share_leave(struct share_seat *seat)
{
    struct share *s = seat->share;
    struct share_seat *at = s->news, *before = NULL;

    seat_cancel(&seat->base);
    if (!seat->listed)
        return;
    for (; at != seat; at = at->next_news)
        before = at;
    *(before ? &before->next_news : &s->news) = seat->next_news;
    if (s->news_end == seat)
        s->news_end = before;
    seat->listed = false;
}

struct share_seat *share_news(struct share *s)
{
    struct share_seat *seat = s->news;

    if (!seat)
        return NULL;
    s->news = seat->next_news;
    seat->listed = false;
    return seat;
}

bool share_take(struct share_seat *seat, struct dns_event *out)
{
    struct share_waiter *w = seat->ready;

    if (!w)
        return false;
    seat->ready = w->next;
    *out = (struct dns_event){ w->ticket, w->answer };
    pool_give(&seat->share->waiters, w);
    return true;
}

/* --- the whole -----------------------------------------------------------------------
 */

/* When something is to be sent though nothing came. */
static int64_t next_send(const struct share *s, int64_t until_us, int64_t now_us)
{
    if (s->resting.head && s->resting.head->since_us + REST_US < until_us)
        until_us = s->resting.head->since_us + REST_US;
    for (unsigned i = 0; i < s->options.servers; i++) {
        const struct server *server = &s->server[i];
        int64_t at;

        if (!server->queue.head || server->pace.under_way >= pace_window(&server->pace))
            continue;
        at = pace_next(&server->pace, now_us);
        if (at < until_us)
            until_us = at;
    }
    return until_us;
}

enum ac_status share_wait(struct share *s, int64_t until_us)
{
    struct dns_source *source = s->options.source;
    struct dns_event event[EVENTS_MAX];
    int64_t now_us = clock_us();
    size_t n = 0;

    TRY(send_all(s, now_us));
    TRY(source->ops->wait(source, next_send(s, until_us, now_us), &s->scratch, event,
                          EVENTS_MAX, &n));
    now_us = clock_us();
    for (size_t i = 0; i < n; i++)
        TRY(flight_lands(s, event[i].ticket, event[i].answer, now_us));
    arena_reset(&s->scratch);
    return send_all(s, now_us);
}

bool share_crowded(const struct share *s)
{
    for (unsigned i = 0; i < s->options.servers; i++) {
        const struct server *server = &s->server[i];
        unsigned soon = pace_window(&server->pace);

        if (server->pace.qps && server->pace.qps < soon)
            soon = server->pace.qps;
        if (server->queue.n > soon)
            return true;
    }
    return false;
}

bool share_pressed(const struct share *s)
{
    return is_pressed(&s->server[s->last]);
}

void share_counts(const struct share *s, struct share_counts *out)
{
    *out = s->counts;
    out->bytes = s->kept.bytes;
    out->window = pace_window(&s->server[s->last].pace);
}

struct share *share_new(const struct share_options *options)
{
    struct share *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->options = *options;
    s->at_hand = (struct dns_at_hand){ look, s };
    pool_init(&s->waiters, sizeof(struct share_waiter));
    pool_init(&s->flights, sizeof(struct share_flight));
    arena_init(&s->scratch, SCRATCH_MAX);
    s->server = calloc(options->servers, sizeof *s->server);
    if (!s->server || kept_init(&s->kept, options->bytes, options->seed) != AC_OK) {
        share_free(s);
        return NULL;
    }
    for (unsigned i = 0; i < options->servers; i++)
        pace_init(&s->server[i].pace, options->window, options->qps, clock_us());
    return s;
}

void share_free(struct share *s)
{
    if (!s)
        return;
    kept_free(&s->kept);
    pool_free(&s->waiters);
    pool_free(&s->flights);
    arena_free(&s->scratch);
    free(s->server);
    free(s);
}

/* SPDX-License-Identifier: MIT */
/*
 * crew.c - many audits, each a drive (audit/drive.h) on a seat (batch/share.h).
 *
 * An audit is stepped when all that it has asked has landed, or a few milliseconds
 * after the first of it has: evaluators run from the top whenever they run, so waiting
 * for a packet that is just behind another halves the CPU of an audit, and one slow
 * server still holds nobody up.
 */
#include "batch/crew.h"

#include "base/clock.h"
#include "batch/share.h"

#include <stdlib.h>

enum {
    IN_FLIGHT = 320,  /* by default: docs/decisions/0006 has the measurements */
    WINDOW_MAX = 800, /* questions under way at a server */
    KEPT_BYTES = 4 * 1024 * 1024,
    POOL_BYTES = 4 * 1024 * 1024, /* that lie idle at most */
    LATE_US = 3000,               /* for which news wait for more of them */
    SCAN_US = 10000,              /* between looks at who has waited long enough */
    POLL_US = 500, /* between looks at the sockets while there is work to do */
    REPORT_US = 100000
};

enum member_state {
    FREE,
    WAITING,
    LATE, /* some of what it asked has landed */
    READY,
    DONE
};

struct member {
    struct member *next, *prev;
    struct drive drive;
    struct share_seat seat;
    struct audit *audit;
    void *ticket;
    enum ac_status status;
    int64_t news_us;
    enum member_state state;
};

struct list {
    struct member *head, *tail;
};

struct crew {
    struct crew_options options;
    struct dns_source *source;
    struct share *share; /* NULL: offline */
    struct drive_servers servers;
    struct member *member;
    unsigned n, max;
    struct list free, late, ready, done;
    struct arena_pool pool;
    int64_t scanned_us, polled_us;
    uint64_t unanswered, unanswered_load;
};

static void list_in(struct list *l, struct member *m)
{
    m->next = NULL;
    m->prev = l->tail;
    *(l->tail ? &l->tail->next : &l->head) = m;
    l->tail = m;
}

static void list_out(struct list *l, struct member *m)
{
    *(m->prev ? &m->prev->next : &l->head) = m->next;
    *(m->next ? &m->next->prev : &l->tail) = m->prev;
}

static struct list *list_of(struct crew *c, const struct member *m)
{
    switch (m->state) {
    case FREE:
        return &c->free;
    case WAITING:
        return NULL;
    case LATE:
        return &c->late;
    case READY:
        return &c->ready;
    case DONE:
        return &c->done;
    }
    return NULL;
}

static void move(struct crew *c, struct member *m, enum member_state state)
{
    if (list_of(c, m))
        list_out(list_of(c, m), m);
    m->state = state;
    if (list_of(c, m))
        list_in(list_of(c, m), m);
}

/* Questions that count and were never answered. */
static void count_unanswered(struct crew *c, struct member *m)
{
    const struct dns_view *v = audit_view(m->audit);
    uint64_t n = 0;

    for (size_t i = 0; i < v->n; i++)
        n += dns_entry_counts(v, v->list[i]) && v->list[i]->asked_us >= 0 &&
             !dns_answered(v->list[i]->answer);
    m->seat.load = m->seat.load && n;
    c->unanswered += n;
    c->unanswered_load += m->seat.load ? n : 0;
}

static void end(struct crew *c, struct member *m, enum ac_status status)
{
    m->status = status;
    if (c->share)
        share_leave(&m->seat);
    if (status == AC_OK)
        count_unanswered(c, m);
    move(c, m, DONE);
}

/* Give it what has landed; *any: something had. */
static enum ac_status land(struct member *m, bool *any)
{
    struct dns_event event;

    for (*any = false; share_take(&m->seat, &event); *any = true) {
        if (!event.answer)
            return AC_ENOMEM;
        TRY(drive_take(&m->drive, &event));
    }
    return AC_OK;
}

static enum ac_status step(struct crew *c, struct member *m)
{
    bool again = true;

    while (again) {
        enum ac_status status = drive_step(&m->drive);

        if (status != AC_PENDING || !c->share)
            return status;
        TRY(land(m, &again)); /* what was known already */
    }
    return AC_PENDING;
}

static void run(struct crew *c, struct member *m)
{
    enum ac_status status;

    /* The row is the product, so one lost packet is to cost none of it; and where many
     * are lost, patience is all there is. */
    m->drive.tries = c->options.drive.tries;
    m->drive.insist = 2;
    if (c->share && share_pressed(c->share)) {
        m->drive.insist = m->drive.tries;
        m->drive.tries *= 2;
    }
    status = step(c, m);
    if (status == AC_PENDING)
        move(c, m, WAITING);
    else
        end(c, m, status);
}

/* Those who have news: on to be stepped, at once or soon. */
static void gather(struct crew *c, int64_t now_us)
{
    struct share_seat *seat;

    while ((seat = share_news(c->share))) {
        struct member *m = seat->owner;
        bool any;
        enum ac_status status = land(m, &any);

        if (status != AC_OK) {
            end(c, m, status);
        } else if (!drive_open(&m->drive)) {
            move(c, m, READY);
        } else if (m->state == WAITING) {
            m->news_us = now_us;
            move(c, m, LATE);
        }
    }
}

/* Those who have waited long enough. */
static void scan(struct crew *c, int64_t now_us)
{
    while (c->late.head && c->late.head->news_us + LATE_US <= now_us)
        move(c, c->late.head, READY);
    if (now_us - c->scanned_us < SCAN_US)
        return;
    c->scanned_us = now_us;
    for (unsigned i = 0; i < c->max; i++) {
        struct member *m = &c->member[i];

        if ((m->state == WAITING || m->state == LATE) &&
            drive_wake(&m->drive) <= now_us)
            move(c, m, READY);
    }
}

static enum ac_status poll_network(struct crew *c, int64_t until_us)
{
    int64_t scan_us = c->scanned_us + SCAN_US;

    if (until_us > scan_us)
        until_us = scan_us;
    if (c->late.head && until_us > c->late.head->news_us + LATE_US)
        until_us = c->late.head->news_us + LATE_US;
    TRY(share_wait(c->share, until_us));
    c->polled_us = clock_us();
    gather(c, c->polled_us);
    scan(c, c->polled_us);
    return AC_OK;
}

/* Step what is ready until one is done, with a look at the sockets now and then. */
static enum ac_status work(struct crew *c)
{
    while (c->ready.head && !c->done.head) {
        run(c, c->ready.head);
        if (clock_us() - c->polled_us >= POLL_US)
            TRY(poll_network(c, 0));
    }
    return AC_OK;
}

enum ac_status crew_wait(struct crew *c, int64_t until_us, struct crew_done *out)
{
    int64_t begun_us = clock_us();
    struct member *m;

    if (c->share && begun_us - c->polled_us >= POLL_US)
        TRY(poll_network(c, 0));
    TRY(work(c));
    while (!c->done.head) {
        int64_t now_us = clock_us();

        if (!c->n || now_us >= until_us || now_us - begun_us >= REPORT_US)
            return AC_PENDING;
        TRY(poll_network(c, until_us));
        TRY(work(c));
    }
    m = c->done.head;
    *out = (struct crew_done){ m->audit, m->ticket, m->status, m->seat.load };
    move(c, m, FREE);
    c->n--;
    return AC_OK;
}

struct arena_pool *crew_pool(struct crew *c)
{
    return &c->pool;
}

bool crew_has_room(const struct crew *c)
{
    return c->free.head && !(c->share && share_crowded(c->share));
}

enum ac_status crew_take(struct crew *c, struct audit *a, void *ticket)
{
    struct member *m = c->free.head;

    if (!m)
        return AC_ELIMIT;
    m->audit = a;
    m->ticket = ticket;
    move(c, m, WAITING);
    c->n++;
    if (c->share) {
        share_sit(c->share, &m->seat, audit_view(a)->arena, m);
        audit_view(a)->at_hand = share_at_hand(c->share);
    } else {
        m->seat = (struct share_seat){ .owner = m };
    }
    drive_begin(&m->drive, a, c->share ? &m->seat.base : NULL, &c->options.drive,
                &c->servers);
    m->drive.calm_us = c->options.drive.timeout_us;
    run(c, m);
    return AC_OK;
}

void crew_stats(const struct crew *c, struct crew_stats *out)
{
    *out = (struct crew_stats){ .unanswered = c->unanswered,
                                .unanswered_load = c->unanswered_load };
    if (c->share) {
        struct share_counts counts;

        share_counts(c->share, &counts);
        out->questions = counts.asked;
        out->shared = counts.shared;
        out->packets = counts.packets;
        out->window = counts.window;
    }
}

static struct crew *crew_alloc(const struct crew_options *options)
{
    struct crew *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->options = *options;
    arena_pool_init(&c->pool, POOL_BYTES);
    c->max = options->in_flight ? options->in_flight : IN_FLIGHT;
    c->member = calloc(c->max, sizeof *c->member);
    if (!c->member) {
        crew_free(c);
        return NULL;
    }
    for (unsigned i = 0; i < c->max; i++)
        list_in(&c->free, &c->member[i]);
    return c;
}

static bool share_over(struct crew *c, struct dns_source *source, unsigned servers)
{
    struct share_options share = {
        .source = source,
        .servers = servers,
        .window = WINDOW_MAX,
        .qps = c->options.qps,
        .bytes = KEPT_BYTES,
        .seed = clock_random(),
    };

    c->options.drive.servers = servers;
    c->share = share_new(&share);
    return c->share;
}

struct crew *crew_new_over(const struct crew_options *options,
                           struct dns_source *source, unsigned servers)
{
    struct crew *c = crew_alloc(options);

    if (c && !share_over(c, source, servers)) {
        crew_free(c);
        return NULL;
    }
    return c;
}

struct crew *crew_new(const struct crew_options *options, bool offline,
                      char error[static NET_ERROR_MAX])
{
    static const char no_memory[] = "out of memory";
    struct net_options net = options->net;
    struct crew *c = crew_alloc(options);

    memcpy(error, no_memory, sizeof no_memory);
    if (!c || offline)
        return c;
    net.in_flight = WINDOW_MAX;
    c->source = net_source_new(&net, error);
    if (c->source && !c->options.qps && !net_source_is_near(c->source))
        c->options.qps = CREW_POLITE_QPS;
    if (!c->source || !share_over(c, c->source, net_source_servers(c->source))) {
        crew_free(c);
        return NULL;
    }
    return c;
}

void crew_free(struct crew *c)
{
    if (!c)
        return;
    if (c->source)
        c->source->ops->free(c->source);
    share_free(c->share);
    arena_pool_free(&c->pool);
    free(c->member);
    free(c);
}

/* SPDX-License-Identifier: MIT */
/*
 * ares.c - the live source: c-ares carries packets, dns/wire.c reads them.
 *
 * What c-ares 1.18 does not do is done here. It ends no single query and lets time-outs
 * grow, so every try has a deadline of its own and what comes after that is dropped. A
 * refused TCP connection ends all queries of its channel, those on UDP too, so UDP and
 * TCP have a channel each; that one lost connection is not the end of a try, there is
 * a second attempt. Answers of more than 125 questions at once overrun the one UDP
 * socket that a channel has, so a server has as many channels as it needs. Callbacks
 * may run within ares_send: they keep the bytes, and all else happens in wait.
 */
#include "net/ares.h"

#include "base/clock.h"
#include "dns/view.h"
#include "dns/wire.h"
#include "net/channel.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    IN_FLIGHT = 100,      /* by default */
    IN_FLIGHT_MAX = 1000, /* c-ares fails with 1,024 queued on a TCP connection */
    LANE_IN_FLIGHT = 125, /* that the buffer of one socket bears */
    LANES_MAX = IN_FLIGHT_MAX / LANE_IN_FLIGHT,
    TCP_SENDS_MAX = 2,
    UDP_PLAIN = 512,   /* octets without EDNS: RFC 1035, 4.2.1 */
    TIMEOUT_MS = 2000, /* by default */
    TIMEOUT_MS_MAX = 3600 * 1000,
    SWEEP_US = 50000,
    SOCKETS_MAX = NET_SERVERS_MAX * (LANES_MAX + 1) * 2,
    TRIES_PER_BLOCK = 64,
    IDS = 65536
};

/* A channel of c-ares, opened by its first query. */
struct lane {
    struct net_source *source;
    ares_channel channel; /* NULL: not opened yet */
    bool refused;         /* the host said that nobody listens: see lane_give_up */
};

struct list {
    struct try *head, *tail;
};

struct server {
    struct net_server address;
    struct lane udp[LANES_MAX];
    struct lane tcp;
    unsigned turn;
    unsigned in_flight; /* tries begun and not yet reported */
    struct list queue;  /* tries that wait for room */
};

/* One try. In the queue of its server, then in `open` of the source until reported;
 * `late` when it was reported (or dropped) while c-ares still held it. */
struct
try {
    struct try *prev, *next;
    struct try *done_next;
    struct dns_try ask;
    struct net_source *source;
    struct server *server;
    struct lane *lane; /* that it was sent on last */
    int64_t deadline_us;
    uint8_t *reply;
    size_t n; /* octets of reply */
    int status;
    unsigned tcp_sends;
    uint16_t id;
    bool has_id;
    bool held; /* c-ares will call back */
    bool late;
};

struct block {
    struct block *next;
    struct try tries[TRIES_PER_BLOCK];
};

struct net_source {
    struct dns_source base;
    struct server servers[NET_SERVERS_MAX];
    unsigned n_servers;
    unsigned n_lanes; /* UDP channels of a server */
    unsigned in_flight;
    int timeout_ms;
    int64_t swept_us;
    struct list open; /* by deadline */
    struct try *done, **done_end;
    struct try *free_tries;
    struct block *blocks;
    struct pollfd polls[SOCKETS_MAX];
    struct lane *poll_lane[SOCKETS_MAX];
    nfds_t n_polls;
    uint64_t ids[IDS / 64]; /* in use */
};

static struct net_source *source_of(struct dns_source *s)
{
    return (struct net_source *)s;
}

static void list_append(struct list *l, struct try *t)
{
    t->next = NULL;
    t->prev = l->tail;
    *(l->tail ? &l->tail->next : &l->head) = t;
    l->tail = t;
}

static void list_remove(struct list *l, struct try *t)
{
    *(t->prev ? &t->prev->next : &l->head) = t->next;
    *(t->next ? &t->next->prev : &l->tail) = t->prev;
}

/* Unique among all that c-ares may still answer, and not to be guessed (RFC 5452, 9.2).
 */
static void id_take(struct try *t)
{
    uint64_t *ids = t->source->ids;

    do
        t->id = (uint16_t)(clock_random() >> 48);
    while (ids[t->id / 64] >> t->id % 64 & 1);
    ids[t->id / 64] |= UINT64_C(1) << t->id % 64;
    t->has_id = true;
}

static struct try *try_new(struct net_source *s)
{
    struct try *t;

    if (!s->free_tries) {
        struct block *b = calloc(1, sizeof *b);

        if (!b)
            return NULL;
        b->next = s->blocks;
        s->blocks = b;
        for (size_t i = 0; i < TRIES_PER_BLOCK; i++) {
            b->tries[i].next = s->free_tries;
            s->free_tries = &b->tries[i];
        }
    }
    t = s->free_tries;
    s->free_tries = t->next;
    *t = (struct try){ .source = s };
    return t;
}

static void try_free(struct try *t)
{
    struct net_source *s = t->source;

    if (t->has_id)
        s->ids[t->id / 64] &= ~(UINT64_C(1) << t->id % 64);
    free(t->reply);
    t->reply = NULL;
    t->next = s->free_tries;
    s->free_tries = t;
}

/* Nobody waits for it any more; the memory stays until c-ares lets go. */
static void try_drop(struct try *t)
{
    list_remove(&t->source->open, t);
    t->server->in_flight--;
    if (t->held)
        t->late = true;
    else
        try_free(t);
}

static void try_done(struct try *t, int status)
{
    t->status = status;
    t->done_next = NULL;
    *t->source->done_end = t;
    t->source->done_end = &t->done_next;
}

static void on_reply(void *arg, int status, int timeouts, unsigned char *bytes, int n)
{
    struct try *t = arg;

    (void)timeouts;
    t->held = false;
    if (t->late) {
        try_free(t);
        return;
    }
    if (status == ARES_SUCCESS && bytes && n > 0) {
        t->reply = malloc((size_t)n);
        if (!t->reply)
            status = ARES_ENOMEM;
        else
            memcpy(t->reply, bytes, t->n = (size_t)n);
    }
    if (status == ARES_ECONNREFUSED && !t->tcp_sends)
        t->lane->refused = true;
    try_done(t, status);
}

static void on_socket(void *arg, ares_socket_t fd, int readable, int writable)
{
    struct lane *lane = arg;
    struct net_source *s = lane->source;
    short events = (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
    nfds_t i = 0;

    while (i < s->n_polls && s->polls[i].fd != fd)
        i++;
    if (!events) {
        if (i == s->n_polls)
            return;
        s->n_polls--;
        s->polls[i] = s->polls[s->n_polls];
        s->poll_lane[i] = s->poll_lane[s->n_polls];
        return;
    }
    if (i == s->n_polls) {
        if (i == SOCKETS_MAX)
            return; /* never seen; its tries would end by their deadlines */
        s->n_polls++;
    }
    s->polls[i] = (struct pollfd){ .fd = fd, .events = events };
    s->poll_lane[i] = lane;
}

/* The try may be done when this returns. */
static void try_send(struct try *t, struct lane *lane, bool tcp)
{
    uint8_t packet[DNS_QUERY_MAX];
    int status = ARES_SUCCESS;

    if (!lane->channel)
        status = net_channel_open(&t->server->address, tcp,
                                  2 * t->source->timeout_ms, /* ours comes first */
                                  on_socket, lane, &lane->channel);
    if (status != ARES_SUCCESS) {
        try_done(t, status);
        return;
    }
    t->held = true;
    t->lane = lane;
    ares_send(lane->channel, packet,
              (int)dns_wire_query(t->ask.name, t->ask.type, t->id, packet), on_reply,
              t);
}

static void try_send_tcp(struct try *t)
{
    free(t->reply);
    t->reply = NULL;
    t->n = 0;
    t->tcp_sends++;
    try_send(t, &t->server->tcp, true);
}

/* Begin the tries for which there is room. */
static void server_start(struct net_source *s, struct server *server)
{
    while (server->queue.head && server->in_flight < s->in_flight) {
        struct try *t = server->queue.head;

        list_remove(&server->queue, t);
        list_append(&s->open, t);
        server->in_flight++;
        t->deadline_us = clock_us() + (int64_t)s->timeout_ms * 1000;
        id_take(t);
        try_send(t, &server->udp[server->turn++ % s->n_lanes], false);
    }
}

static void start_all(struct net_source *s)
{
    for (unsigned i = 0; i < s->n_servers; i++)
        server_start(s, &s->servers[i]);
}

static enum ac_status source_ask(struct dns_source *base, const struct dns_try *ask)
{
    struct net_source *s = source_of(base);
    struct server *server = &s->servers[ask->attempt % s->n_servers];
    struct try *t = try_new(s);

    if (!t)
        return AC_ENOMEM;
    t->ask = *ask;
    t->server = server;
    list_append(&server->queue, t);
    server_start(s, server);
    return AC_OK;
}

/* Did a connection end that may have served others before? Then a new one may serve us.
 */
static bool connection_lost(const struct try *t)
{
    return t->tcp_sends && t->tcp_sends < TCP_SENDS_MAX &&
           (t->status == ARES_ECONNREFUSED || t->status == ARES_EOF);
}

static enum ac_status answer_empty(struct arena *a, enum dns_outcome outcome,
                                   const struct dns_answer **out)
{
    *out = dns_answer_failed(a, outcome);
    return *out ? AC_OK : AC_ENOMEM;
}

/* The answer of a try that is done, or NULL when it goes on over TCP. */
static enum ac_status try_answer(struct try *t, struct arena *into,
                                 const struct dns_answer **out)
{
    struct span reply = span_make(t->reply, t->n);
    bool cut = false;

    *out = NULL;
    if (t->status == ARES_ENOMEM)
        return AC_ENOMEM;
    if (connection_lost(t)) {
        try_send_tcp(t);
        return AC_OK;
    }
    if (t->status != ARES_SUCCESS)
        return answer_empty(into, net_channel_outcome(t->status), out);
    TRY(dns_wire_answer(into, t->ask.name, t->ask.type, reply, out));
    /* After a FORMERR c-ares takes EDNS for unknown to the server for good, and cuts
     * all that is longer than 512 octets. */
    cut = (*out)->outcome == DNS_MALFORMED &&
          (dns_wire_truncated(reply) || reply.n == UDP_PLAIN);
    if (cut && !t->tcp_sends) {
        *out = NULL;
        try_send_tcp(t);
    }
    return AC_OK;
}

static void report(struct try *t, const struct dns_answer *answer,
                   struct dns_event *event)
{
    *event = (struct dns_event){ .ticket = t->ask.ticket, .answer = answer };
    try_drop(t);
}

static enum ac_status report_done(struct net_source *s, struct arena *into,
                                  struct dns_event *events, size_t max, size_t *n)
{
    while (s->done && *n < max) {
        struct try *t = s->done;
        const struct dns_answer *answer;

        s->done = t->done_next;
        if (!s->done)
            s->done_end = &s->done;
        TRY(try_answer(t, into, &answer));
        if (answer)
            report(t, answer, &events[(*n)++]);
    }
    return AC_OK;
}

/* Only once all sockets were read and nothing is left in `done`: that we were slow
 * ourselves does not make an answer late. */
static enum ac_status report_expired(struct net_source *s, struct arena *into,
                                     struct dns_event *events, size_t max, size_t *n)
{
    int64_t now = clock_us();

    while (s->open.head && s->open.head->deadline_us <= now && *n < max) {
        const struct dns_answer *answer;

        TRY(answer_empty(into, DNS_TIMEOUT, &answer));
        report(s->open.head, answer, &events[(*n)++]);
    }
    return AC_OK;
}

static void lane_each(struct net_source *s, void (*action)(struct lane *lane))
{
    for (unsigned i = 0; i < s->n_servers; i++) {
        for (unsigned k = 0; k < s->n_lanes; k++)
            if (s->servers[i].udp[k].channel)
                action(&s->servers[i].udp[k]);
        if (s->servers[i].tcp.channel)
            action(&s->servers[i].tcp);
    }
}

/* "Port unreachable" for one datagram is told by the next call on its socket, whichever
 * question that is for, and c-ares ends that one alone: what is on its way goes too. */
static void lane_give_up(struct lane *lane)
{
    if (lane->refused)
        ares_cancel(lane->channel);
    lane->refused = false;
}

static void lane_sweep(struct lane *lane)
{
    ares_process_fd(lane->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

/* c-ares lets go of what was reported as timed out long ago. */
static void sweep(struct net_source *s, int64_t now)
{
    if (now - s->swept_us < SWEEP_US)
        return;
    s->swept_us = now;
    lane_each(s, lane_sweep);
}

/* Read what has come, or wait for it no longer than until `wake`. */
static void sockets_read(struct net_source *s, int64_t wake)
{
    struct pollfd polls[SOCKETS_MAX];
    struct lane *lanes[SOCKETS_MAX];
    nfds_t n = s->n_polls;
    int64_t now = clock_us();
    int64_t ms = wake > now ? (wake - now + 999) / 1000 : 0;
    int ready;

    /* A copy, since callbacks change the list. */
    memcpy(polls, s->polls, n * sizeof *polls);
    memcpy(lanes, s->poll_lane, n * sizeof *lanes);
    ready = poll(polls, n, ms > INT_MAX ? INT_MAX : (int)ms);
    for (nfds_t i = 0; ready > 0 && i < n; i++) {
        const short in = POLLIN | POLLERR | POLLHUP | POLLNVAL;

        if (polls[i].revents)
            ares_process_fd(lanes[i]->channel,
                            polls[i].revents & in ? polls[i].fd : ARES_SOCKET_BAD,
                            polls[i].revents & POLLOUT ? polls[i].fd : ARES_SOCKET_BAD);
    }
    sweep(s, clock_us());
}

static enum ac_status source_wait(struct dns_source *base, int64_t until_us,
                                  struct arena *into, struct dns_event *events,
                                  size_t max, size_t *n)
{
    struct net_source *s = source_of(base);
    bool again = true;

    *n = 0;
    lane_each(s, lane_give_up);
    TRY(report_done(s, into, events, max, n));
    start_all(s);
    /* With nothing open it is a pause, but none for ever. */
    while (!*n && max && again && (s->open.head || until_us < INT64_MAX)) {
        int64_t deadline = s->open.head ? s->open.head->deadline_us : until_us;

        sockets_read(s, deadline < until_us ? deadline : until_us);
        lane_each(s, lane_give_up);
        TRY(report_done(s, into, events, max, n));
        if (!s->done)
            TRY(report_expired(s, into, events, max, n));
        start_all(s);
        again = clock_us() < until_us;
    }
    return AC_OK;
}

static void lane_cancel(struct lane *lane)
{
    ares_cancel(lane->channel);
}

static void lane_close(struct lane *lane)
{
    ares_destroy(lane->channel);
    lane->channel = NULL;
}

static void source_cancel(struct dns_source *base)
{
    struct net_source *s = source_of(base);

    for (unsigned i = 0; i < s->n_servers; i++)
        while (s->servers[i].queue.head) {
            struct try *t = s->servers[i].queue.head;

            list_remove(&s->servers[i].queue, t);
            try_free(t);
        }
    s->done = NULL;
    s->done_end = &s->done;
    while (s->open.head)
        try_drop(s->open.head);
    lane_each(s, lane_cancel);
}

static void source_free(struct dns_source *base)
{
    struct net_source *s = source_of(base);

    source_cancel(base);
    lane_each(s, lane_close);
    while (s->blocks) {
        struct block *next = s->blocks->next;

        free(s->blocks);
        s->blocks = next;
    }
    free(s);
}

static bool servers_given(struct net_source *s, const struct net_options *options,
                          char error[static NET_ERROR_MAX])
{
    if (options->n_servers > NET_SERVERS_MAX) {
        snprintf(error, NET_ERROR_MAX, "%zu nameservers: expected no more than %d",
                 options->n_servers, NET_SERVERS_MAX);
        return false;
    }
    for (size_t i = 0; i < options->n_servers; i++)
        if (!net_server_parse(span_of(options->servers[i]),
                              &s->servers[s->n_servers++].address)) {
            net_server_complain(options->servers[i], error, NET_ERROR_MAX);
            return false;
        }
    return true;
}

static bool servers_system(struct net_source *s, char error[static NET_ERROR_MAX])
{
    struct net_server found[NET_SERVERS_MAX];
    int status = net_channel_system(found, NET_SERVERS_MAX, &s->n_servers);

    for (unsigned i = 0; i < s->n_servers; i++)
        s->servers[i].address = found[i];
    if (!s->n_servers)
        snprintf(error, NET_ERROR_MAX,
                 "no nameserver: /etc/resolv.conf cannot be used (%s); give one with "
                 "--nameserver",
                 ares_strerror(status));
    return s->n_servers > 0;
}

static void lanes_init(struct net_source *s)
{
    for (unsigned i = 0; i < s->n_servers; i++) {
        s->servers[i].tcp.source = s;
        for (unsigned k = 0; k < LANES_MAX; k++)
            s->servers[i].udp[k].source = s;
    }
}

static unsigned clamp(unsigned value, unsigned otherwise, unsigned max)
{
    return !value ? otherwise : value < max ? value : max;
}

struct dns_source *net_source_new(const struct net_options *options,
                                  char error[static NET_ERROR_MAX])
{
    static const struct dns_source_ops ops = { source_ask, source_wait, source_cancel,
                                               source_free };
    struct net_source *s = calloc(1, sizeof *s);

    if (!s) {
        snprintf(error, NET_ERROR_MAX, "out of memory");
        return NULL;
    }
    s->base.ops = &ops;
    s->done_end = &s->done;
    s->timeout_ms = (int)clamp(options->timeout_ms, TIMEOUT_MS, TIMEOUT_MS_MAX);
    s->in_flight = clamp(options->in_flight, IN_FLIGHT, IN_FLIGHT_MAX);
    s->n_lanes = (s->in_flight + LANE_IN_FLIGHT - 1) / LANE_IN_FLIGHT;
    s->swept_us = clock_us();
    if (options->n_servers ? !servers_given(s, options, error)
                           : !servers_system(s, error)) {
        free(s);
        return NULL;
    }
    lanes_init(s);
    return &s->base;
}

unsigned net_source_servers(const struct dns_source *s)
{
    return ((const struct net_source *)s)->n_servers;
}

bool net_source_is_near(const struct dns_source *base)
{
    const struct net_source *s = (const struct net_source *)base;

    for (unsigned i = 0; i < s->n_servers; i++)
        if (!net_server_is_near(&s->servers[i].address))
            return false;
    return true;
}

/* SPDX-License-Identifier: MIT */
/*
 * dnsd.c - a DNS server for tests. RFC 1035, 4; RFC 2308.
 *
 * It builds its replies by hand and reads zones with ldns, so that it shares no code
 * with what it tests but struct dns_name.
 */
#include "support/dnsd_parts.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ldns/ldns.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

static void *grown(void *array, size_t n, size_t size)
{
    /* Powers of two: a new array whenever n reaches one. */
    if (n & (n - 1))
        return array;
    array = realloc(array, (n ? 2 * n : 1) * size);
    if (!array)
        abort();
    return array;
}

static void conn_close(struct dnsd *d, struct conn *c)
{
    for (struct later *l = d->later; l; l = l->next)
        if (l->conn == c)
            l->n = 0;
    close(c->fd);
    free(c->out);
    c->out = NULL;
    c->fd = -1;
}

static void send_now(struct dnsd *d, const struct later *l)
{
    struct conn *c = l->conn;
    uint8_t length[2];

    if (!l->n)
        return;
    if (!c) {
        if (sendto(d->udp, l->bytes, l->n, 0, (const struct sockaddr *)&l->to,
                   l->to_n) < 0)
            fprintf(stderr, "dnsd: sendto: %s\n", strerror(errno));
        return;
    }
    c->out = realloc(c->out, c->n_out + 2 + l->n);
    if (!c->out)
        abort();
    ldns_write_uint16(length, (uint16_t)l->n);
    memcpy(c->out + c->n_out, length, 2);
    memcpy(c->out + c->n_out + 2, l->bytes, l->n);
    c->n_out += 2 + l->n;
}

static void reply_send(struct job *j, const uint8_t *bytes, size_t n)
{
    struct later *l = malloc(sizeof *l + n);
    struct later **at = &j->d->later;

    if (!l)
        abort();
    *l = (struct later){ .due_us = clock_us() + (int64_t)j->rule.delay_ms * 1000,
                         .conn = j->conn,
                         .to = j->from,
                         .to_n = j->from_n,
                         .n = n };
    memcpy(l->bytes, bytes, n);
    if (!j->rule.delay_ms) {
        send_now(j->d, l);
        free(l);
        return;
    }
    while (*at && (*at)->due_us <= l->due_us)
        at = &(*at)->next;
    l->next = *at;
    *at = l;
}

/* What comes in front of the answer. */
static void send_before(struct job *j)
{
    uint8_t copy[HEADER + DNS_NAME_MAX + 4];
    size_t n = HEADER + j->question_n;

    if (j->rule.tricks & DNSD_GARBAGE) {
        memcpy(copy, j->out, 3);
        reply_send(j, copy, 3);
        memset(copy, 0xff, sizeof copy);
        memcpy(copy, j->out, 2);
        reply_send(j, copy, sizeof copy);
    }
    if (j->rule.tricks & DNSD_WRONG_ID) {
        j->out[0] ^= 0x55;
        reply_send(j, j->out, j->n);
        j->out[0] ^= 0x55;
    }
    if (j->rule.tricks & DNSD_OTHER_NAME) {
        memcpy(copy, j->out, n);
        memset(copy + 6, 0, 6);
        copy[3] |= 3;
        copy[HEADER + 1] = copy[HEADER + 1] == 'x' ? 'y' : 'x';
        reply_send(j, copy, n);
    }
}

static void answer(struct job *j)
{
    const struct rule *rule = dnsd_rule_find(j->d, &j->q.name, j->q.type);
    struct conn *conn = j->conn;

    if (rule)
        j->rule = rule->as;
    dnsd_reply_build(j);
    send_before(j);
    if (j->rule.tricks & DNSD_HANG_UP && conn) {
        conn_close(j->d, conn);
        return;
    }
    if (j->rule.tricks & DNSD_SILENT)
        return;
    reply_send(j, j->out, j->n);
    if (j->rule.tricks & DNSD_TWICE)
        reply_send(j, j->out, j->n);
}

static uint16_t port_of(const struct sockaddr_storage *a)
{
    return ntohs(a->ss_family == AF_INET
                     ? ((const struct sockaddr_in *)(const void *)a)->sin_port
                     : ((const struct sockaddr_in6 *)(const void *)a)->sin6_port);
}

/* Read a question, note it, answer it. */
static void handle(struct job *j, const uint8_t *p, size_t n)
{
    static const uint8_t opt[11] = { 0, 0, TYPE_OPT };
    size_t at = HEADER;

    while (at < n && p[at] && p[at] < 64)
        at += p[at] + 1u;
    if (n < HEADER || at + 5 > n ||
        !dns_name_from_wire(span_make(p + HEADER, at + 1 - HEADER), &j->q.name))
        return;
    j->question_n = at + 5 - HEADER;
    memcpy(j->question, p + HEADER, j->question_n);
    j->q.id = ldns_read_uint16(p);
    j->q.type = ldns_read_uint16(p + at + 1);
    j->q.rd = p[2] & 1;
    j->q.ad = p[3] & 0x20;
    j->q.tcp = j->conn;
    at += 5;
    if (n - at >= 11 && memcmp(p + at, opt, 3) == 0) {
        j->q.edns = ldns_read_uint16(p + at + 3);
        j->q.opt_last = n - at == 11 && ldns_read_uint16(p + at + 9) == 0;
    }
    j->limit = j->q.edns ? j->q.edns : 512;
    j->d->queries = grown(j->d->queries, j->d->n_queries, sizeof j->q);
    j->d->queries[j->d->n_queries++] = j->q;
    answer(j);
}

static struct job *job_new(struct dnsd *d, struct conn *conn)
{
    struct job *j = calloc(1, sizeof *j);

    if (!j)
        abort();
    j->d = d;
    j->conn = conn;
    return j;
}

static void udp_read(struct dnsd *d)
{
    uint8_t in[4096];

    for (;;) {
        struct job *j = job_new(d, NULL);
        ssize_t n;

        j->from_n = sizeof j->from;
        n = recvfrom(d->udp, in, sizeof in, 0, (struct sockaddr *)&j->from, &j->from_n);
        if (n >= 0) {
            j->q.port = port_of(&j->from);
            handle(j, in, (size_t)n);
        }
        free(j);
        if (n < 0)
            return;
    }
}

static void tcp_accept(struct dnsd *d)
{
    struct sockaddr_storage from;
    socklen_t from_n = sizeof from;
    int fd = accept(d->tcp, (struct sockaddr *)&from, &from_n);

    for (size_t i = 0; fd >= 0 && i < CONNS_MAX; i++)
        if (d->conns[i].fd < 0) {
            fcntl(fd, F_SETFL, O_NONBLOCK);
            d->conns[i].fd = fd;
            d->conns[i].port = port_of(&from);
            d->conns[i].n_in = d->conns[i].n_out = d->conns[i].written = 0;
            return;
        }
    if (fd >= 0)
        close(fd);
}

static void tcp_read(struct dnsd *d, struct conn *c)
{
    ssize_t n = read(c->fd, c->in + c->n_in, sizeof c->in - c->n_in);

    if (n <= 0) {
        if (n == 0 || errno != EAGAIN)
            conn_close(d, c);
        return;
    }
    c->n_in += (size_t)n;
    while (c->fd >= 0 && c->n_in >= 2) {
        size_t size = 2u + ldns_read_uint16(c->in);
        struct job *j;

        if (c->n_in < size)
            return;
        j = job_new(d, c);
        j->q.port = c->port;
        handle(j, c->in + 2, size - 2);
        free(j);
        c->n_in -= size;
        memmove(c->in, c->in + size, c->n_in);
    }
}

static void tcp_write(struct dnsd *d, struct conn *c)
{
    ssize_t n = send(c->fd, c->out + c->written, c->n_out - c->written, MSG_NOSIGNAL);

    if (n < 0) {
        if (errno != EAGAIN)
            conn_close(d, c);
        return;
    }
    c->written += (size_t)n;
    if (c->written == c->n_out)
        c->written = c->n_out = 0;
}

/* Send what is due; returns milliseconds until the next, or -1. */
static int later_send(struct dnsd *d)
{
    int64_t now = clock_us();

    while (d->later && d->later->due_us <= now) {
        struct later *l = d->later;

        d->later = l->next;
        send_now(d, l);
        free(l);
    }
    return d->later ? (int)((d->later->due_us - now + 999) / 1000) : -1;
}

/* Returns the number of fds; those of connection i stand at 3 + i. */
static nfds_t polls_fill(const struct dnsd *d, struct pollfd *polls)
{
    polls[0] = (struct pollfd){ .fd = d->stop[0], .events = POLLIN };
    polls[1] = (struct pollfd){ .fd = d->udp, .events = POLLIN };
    polls[2] = (struct pollfd){ .fd = d->listens ? d->tcp : -1, .events = POLLIN };
    for (size_t i = 0; i < CONNS_MAX; i++)
        polls[3 + i] =
            (struct pollfd){ .fd = d->conns[i].fd,
                             .events =
                                 (short)(POLLIN | (d->conns[i].n_out ? POLLOUT : 0)) };
    return 3 + CONNS_MAX;
}

static void *serve(void *arg)
{
    struct dnsd *d = arg;
    struct pollfd polls[3 + CONNS_MAX];

    for (;;) {
        nfds_t n;
        int ms;

        pthread_mutex_lock(&d->lock);
        ms = later_send(d);
        n = polls_fill(d, polls);
        pthread_mutex_unlock(&d->lock);
        if (poll(polls, n, ms) < 0 && errno != EINTR)
            abort();
        if (polls[0].revents)
            return NULL;
        pthread_mutex_lock(&d->lock);
        if (polls[1].revents)
            udp_read(d);
        for (size_t i = 0; i < CONNS_MAX; i++) {
            if (polls[3 + i].revents & POLLOUT && d->conns[i].fd >= 0)
                tcp_write(d, &d->conns[i]);
            if (polls[3 + i].revents & ~POLLOUT && d->conns[i].fd >= 0)
                tcp_read(d, &d->conns[i]);
        }
        if (polls[2].revents)
            tcp_accept(d);
        pthread_mutex_unlock(&d->lock);
    }
}

static void fds_close(struct dnsd *d)
{
    const int fds[] = { d->udp, d->tcp, d->stop[0], d->stop[1] };

    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    d->udp = d->tcp = d->stop[0] = d->stop[1] = -1;
}

/* UDP at any port, and TCP at the same. */
static bool sockets_open(struct dnsd *d, bool v6)
{
    struct sockaddr_in a4 = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in6 a6 = { .sin6_family = AF_INET6,
                               .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    struct sockaddr *a = v6 ? (struct sockaddr *)&a6 : (struct sockaddr *)&a4;
    socklen_t n = v6 ? sizeof a6 : sizeof a4;
    const int buffer = 1024 * 1024; /* or what the system allows */
    uint16_t port;

    d->udp = socket(a->sa_family, SOCK_DGRAM, 0);
    d->tcp = socket(a->sa_family, SOCK_STREAM, 0);
    setsockopt(d->udp, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    if (d->udp < 0 || d->tcp < 0 || bind(d->udp, a, n) < 0 ||
        getsockname(d->udp, a, &n) < 0 || bind(d->tcp, a, n) < 0 ||
        (d->listens && listen(d->tcp, CONNS_MAX) < 0) || pipe(d->stop) < 0 ||
        fcntl(d->udp, F_SETFL, O_NONBLOCK) < 0)
        return false;
    port = ntohs(v6 ? a6.sin6_port : a4.sin_port);
    snprintf(d->address, sizeof d->address, v6 ? "[::1]:%u" : "127.0.0.1:%u", port);
    return true;
}

struct dnsd *dnsd_new(unsigned options)
{
    struct dnsd *d = calloc(1, sizeof *d);
    bool open = false;

    if (!d)
        abort();
    d->udp = d->tcp = d->stop[0] = d->stop[1] = -1;
    d->listens = !(options & DNSD_NO_TCP);
    for (size_t i = 0; i < CONNS_MAX; i++)
        d->conns[i].fd = -1;
    for (unsigned i = 0; i < PORT_TRIES && !open; i++) {
        fds_close(d);
        open = sockets_open(d, options & DNSD_V6);
        if (!open && errno == EADDRNOTAVAIL)
            break;
    }
    pthread_mutex_init(&d->lock, NULL);
    if (!open || pthread_create(&d->thread, NULL, serve, d) != 0) {
        fds_close(d);
        free(d);
        return NULL;
    }
    return d;
}

void dnsd_clear(struct dnsd *d)
{
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < d->n_records; i++)
        free(d->records[i].rdata);
    while (d->later) {
        struct later *next = d->later->next;

        free(d->later);
        d->later = next;
    }
    free(d->records);
    free(d->rules);
    free(d->queries);
    d->records = NULL;
    d->rules = NULL;
    d->queries = NULL;
    d->n_records = d->n_rules = d->n_queries = 0;
    pthread_mutex_unlock(&d->lock);
}

void dnsd_free(struct dnsd *d)
{
    if (!d)
        return;
    if (write(d->stop[1], "", 1) != 1)
        abort();
    pthread_join(d->thread, NULL);
    dnsd_clear(d);
    for (size_t i = 0; i < CONNS_MAX; i++)
        if (d->conns[i].fd >= 0)
            conn_close(d, &d->conns[i]);
    fds_close(d);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

const char *dnsd_address(const struct dnsd *d)
{
    return d->address;
}

static void record_add(struct dnsd *d, const struct record *r)
{
    pthread_mutex_lock(&d->lock);
    d->records = grown(d->records, d->n_records, sizeof *r);
    d->records[d->n_records++] = *r;
    pthread_mutex_unlock(&d->lock);
}

void dnsd_record(struct dnsd *d, const char *name, uint16_t type, uint32_t ttl,
                 struct span rdata)
{
    struct record r = { .type = type, .ttl = ttl, .n = rdata.n };

    if (!dns_name_parse(span_of(name), &r.owner))
        fail_msg("dnsd: \"%s\" is no domain name", name);
    r.rdata = malloc(rdata.n + 1);
    if (!r.rdata)
        abort();
    if (rdata.n)
        memcpy(r.rdata, rdata.p, rdata.n);
    record_add(d, &r);
}

static void zone_line(struct dnsd *d, const char *line)
{
    ldns_rr *rr = NULL;
    ldns_status status = ldns_rr_new_frm_str(&rr, line, 300, NULL, NULL);
    struct record r = { 0 };
    uint8_t *wire = NULL;
    size_t n = 0;

    if (status != LDNS_STATUS_OK)
        fail_msg("dnsd: %s: %s", line, ldns_get_errorstr_by_id(status));
    if (ldns_rr2wire(&wire, rr, LDNS_SECTION_ANSWER, &n) != LDNS_STATUS_OK ||
        !dns_name_from_wire(span_make(wire, ldns_rdf_size(ldns_rr_owner(rr))),
                            &r.owner))
        abort();
    r.type = (uint16_t)ldns_rr_get_type(rr);
    r.ttl = ldns_rr_ttl(rr);
    r.n = n - r.owner.n - 10;
    memmove(wire, wire + r.owner.n + 10, r.n);
    r.rdata = wire;
    ldns_rr_free(rr);
    record_add(d, &r);
}

void dnsd_zone(struct dnsd *d, const char *text)
{
    struct span rest = span_of(text);

    while (rest.p) {
        struct span line = span_trim(span_cut(&rest, '\n'), " \t");
        char *copy;

        if (!line.n)
            continue;
        copy = strndup(line.p, line.n);
        if (!copy)
            abort();
        zone_line(d, copy);
        free(copy);
    }
}

void dnsd_rule(struct dnsd *d, const struct dnsd_rule *rule)
{
    struct rule r = { .as = *rule, .any_name = !rule->name };

    if (rule->name && !dns_name_parse(span_of(rule->name), &r.name))
        fail_msg("dnsd: \"%s\" is no domain name", rule->name);
    r.as.name = NULL;
    pthread_mutex_lock(&d->lock);
    d->rules = grown(d->rules, d->n_rules, sizeof r);
    d->rules[d->n_rules++] = r;
    pthread_mutex_unlock(&d->lock);
}

size_t dnsd_asked(struct dnsd *d, const char *name, uint16_t type)
{
    struct dns_name wanted;
    size_t n = 0;

    if (name && !dns_name_parse(span_of(name), &wanted))
        fail_msg("dnsd: \"%s\" is no domain name", name);
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < d->n_queries; i++)
        n += (!name || dns_name_eq(&wanted, &d->queries[i].name)) &&
             (!type || type == d->queries[i].type);
    pthread_mutex_unlock(&d->lock);
    return n;
}

bool dnsd_query(struct dnsd *d, size_t i, struct dnsd_query *out)
{
    bool there;

    pthread_mutex_lock(&d->lock);
    there = i < d->n_queries;
    if (there)
        *out = d->queries[i];
    pthread_mutex_unlock(&d->lock);
    return there;
}

/* SPDX-License-Identifier: MIT */
/*
 * live.c - the live source and its server, as tests use them.
 */
#include "support/live.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct dnsd *live_server, *live_second;
struct dns_source *live_source;
struct arena live_arena;

static struct dns_name asked;

const char live_zone[] = "example.com. 3600 IN SOA ns.example.com. h. 1 2 3 4 77\n"
                         "example.com. 300 IN TXT \"v=spf1 -all\"\n"
                         "example.com. 300 IN MX 10 mx.example.com.\n"
                         "mx.example.com. 300 IN A 192.0.2.1\n"
                         "alias.example.com. 100 IN CNAME mx.example.com.\n"
                         "one.example.com. 100 IN CNAME two.example.com.\n"
                         "two.example.com. 100 IN CNAME one.example.com.\n"
                         "lost.example.com. 100 IN CNAME gone.example.com.\n";

struct dns_name live_name(const char *text)
{
    struct dns_name name;

    assert_true(dns_name_parse(span_of(text), &name));
    return name;
}

void live_open(unsigned timeout_ms, unsigned in_flight)
{
    const char *servers[] = { dnsd_address(live_server),
                              live_second ? dnsd_address(live_second) : NULL };
    const struct net_options options = { servers, live_second ? 2 : 1, timeout_ms,
                                         in_flight };
    char error[NET_ERROR_MAX];

    live_source = net_source_new(&options, error);
    if (!live_source)
        fail_msg("net_source_new: %s", error);
}

void live_ask(const struct dns_name *name, uint16_t type, unsigned attempt,
              void *ticket)
{
    const struct dns_try t = { name, type, attempt, ticket };

    assert_int_equal(live_source->ops->ask(live_source, &t), AC_OK);
}

/* Events until n have come. */
void live_wait(size_t n, struct dns_event *events)
{
    size_t have = 0;

    while (have < n) {
        size_t got;

        assert_int_equal(
            live_source->ops->wait(live_source, clock_us() + INT64_C(60000000),
                                   &live_arena, events + have, n - have, &got),
            AC_OK);
        assert_true(got > 0);
        have += got;
    }
}

const struct dns_answer *live_ask_attempt(const char *name, uint16_t type,
                                          unsigned attempt)
{
    struct dns_event event;
    int ticket;

    asked = live_name(name);
    live_ask(&asked, type, attempt, &ticket);
    live_wait(1, &event);
    assert_ptr_equal(event.ticket, &ticket);
    return event.answer;
}

const struct dns_answer *live_ask_one(const char *name, uint16_t type)
{
    return live_ask_attempt(name, type, 0);
}

void live_expect(const struct dns_answer *a, enum dns_outcome outcome,
                 const char *clause)
{
    if (a->outcome != outcome)
        fail_msg("%s: expected %s, got %s", clause, dns_outcome_print(outcome),
                 dns_outcome_print(a->outcome));
}

void live_expect_txt(const struct dns_answer *a, const char *text)
{
    live_expect(a, DNS_ANSWER, text);
    assert_int_equal(a->n, 1);
    assert_true(span_eq(dns_txt_join(&live_arena, a->rr), span_of(text)));
}

int live_set_up(void **state)
{
    (void)state;
    live_server = dnsd_new(0);
    assert_non_null(live_server);
    dnsd_zone(live_server, live_zone);
    arena_init(&live_arena, 64 * 1024 * 1024);
    return 0;
}

int live_tear_down(void **state)
{
    (void)state;
    if (live_source)
        live_source->ops->free(live_source);
    live_source = NULL;
    dnsd_free(live_server);
    dnsd_free(live_second);
    live_server = live_second = NULL;
    arena_free(&live_arena);
    return 0;
}

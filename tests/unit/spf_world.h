/* SPDX-License-Identifier: MIT */
/*
 * spf_world.h - check_host() in a world of one zone, for the tests of its parts.
 */
#ifndef UNIT_SPF_WORLD_H
#define UNIT_SPF_WORLD_H

#include "spf/check.h"

#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MANY(s) s s s s s

struct call {
    struct spf_request request;
    struct spf_outcome out;
};

static inline enum ac_status step(struct ac_env *env, void *context)
{
    struct call *call = context;

    return spf_check(env, &call->request, &call->out);
}

/* mail_from may be an address or a domain. */
static inline struct spf_outcome check(struct world *w, const char *ip,
                                       const char *mail_from)
{
    struct call call = { .request = { .receiver = SPAN("rx.example") } };

    assert_true(ip_parse(span_of(ip), &call.request.client));
    assert_int_equal(spf_request_mailfrom(&call.request, span_of(mail_from),
                                          SPAN("helo.example.net"), &w->answers),
                     AC_OK);
    assert_int_equal(world_run(w, step, &call), AC_OK);
    return call.out;
}

/* A fault of the DNS in a row of a table. */
struct fault {
    const char *name;
    uint16_t type;
    enum dns_outcome outcome;
};

/* A world with up to two faults. */
static inline void world_with(struct world *w, const char *zone,
                              const struct fault *fault)
{
    world_init(w, zone);
    for (size_t i = 0; i < 2 && fault[i].name; i++)
        world_fault(w, fault[i].name, fault[i].type, fault[i].outcome, false);
}

/* Names mN.test with addresses from 192.0.2.100 on, as MX hosts of a.test. */
static inline void zone_of_mx(char *zone, size_t size, unsigned hosts)
{
    size_t n = (size_t)snprintf(zone, size, "a.test TXT \"v=spf1 mx -all\"\n");

    for (unsigned i = 0; i < hosts; i++)
        n += (size_t)snprintf(zone + n, size - n,
                              "a.test MX %u m%u.test\nm%u.test A 192.0.2.%u\n", i, i, i,
                              100 + i);
}

#endif

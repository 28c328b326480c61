/* SPDX-License-Identifier: MIT */
/*
 * msg.c - DNS messages made by hand. RFC 1035, 4.
 */
#include "support/msg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct msg msg;
struct arena msg_arena;
const struct dns_answer *msg_answer;

struct dns_name msg_name(const char *text)
{
    struct dns_name name;

    assert_true(dns_name_parse(span_of(text), &name));
    return name;
}

void msg_put(const void *p, size_t n)
{
    assert_true(msg.n + n <= sizeof msg.p);
    memcpy(msg.p + msg.n, p, n);
    msg.n += n;
}

void msg_put16(unsigned v)
{
    msg_put((uint8_t[]){ (uint8_t)(v >> 8), (uint8_t)v }, 2);
}

void msg_put_name(const char *text)
{
    struct dns_name name;
    const char *at = strchr(text, '@');
    size_t labels = at ? (size_t)(at - text) : strlen(text);

    assert_true(dns_name_parse(span_make(text, labels), &name));
    msg_put(name.wire, at ? name.n - 1u : name.n);
    if (at)
        msg_put16(0xc000u | (unsigned)atoi(at + 1));
}

void msg_begin(unsigned flags, const char *question, unsigned type)
{
    msg.n = 0;
    msg_put16(0x1234);
    msg_put16(flags);
    msg_put16(question ? 1 : 0);
    msg_put("\0\0\0\0\0\0", 6);
    if (question) {
        msg_put_name(question);
        msg_put16(type);
        msg_put16(1);
    }
}

void msg_head(unsigned section, const char *owner, unsigned type, unsigned ttl,
              size_t rdlen)
{
    unsigned n = (unsigned)(msg.p[section] << 8 | msg.p[section + 1]) + 1;

    msg.p[section] = (uint8_t)(n >> 8);
    msg.p[section + 1] = (uint8_t)n;
    msg_put_name(owner);
    msg_put16(type);
    msg_put16(1);
    msg_put16(ttl >> 16);
    msg_put16(ttl & 0xffff);
    msg_put16((unsigned)rdlen);
}

void msg_record(unsigned section, const char *owner, unsigned type, unsigned ttl,
                const void *rdata, size_t n)
{
    msg_head(section, owner, type, ttl, n);
    msg_put(rdata, n);
}

void msg_alias(const char *owner, const char *target, unsigned ttl)
{
    size_t length = msg.n;

    msg_head(6, owner, DNS_T_CNAME, ttl, 0);
    length = msg.n;
    msg_put_name(target);
    msg.p[length - 2] = (uint8_t)((msg.n - length) >> 8);
    msg.p[length - 1] = (uint8_t)(msg.n - length);
}

void msg_soa(const char *owner, unsigned ttl, unsigned minimum)
{
    size_t at;

    msg_head(8, owner, DNS_T_SOA, ttl, 0);
    at = msg.n;
    msg_put_name("ns.@12");
    msg_put_name("@12");
    msg_put("\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4", 16);
    msg_put16(minimum >> 16);
    msg_put16(minimum & 0xffff);
    msg.p[at - 1] = (uint8_t)(msg.n - at);
}

void msg_read(const char *name, uint16_t type)
{
    struct dns_name asked = msg_name(name);
    /* A copy of exactly that size, so that a sanitizer sees a step too far. */
    uint8_t *copy = malloc(msg.n ? msg.n : 1);

    assert_non_null(copy);
    memcpy(copy, msg.p, msg.n);
    arena_reset(&msg_arena);
    assert_int_equal(
        dns_wire_answer(&msg_arena, &asked, type, span_make(copy, msg.n), &msg_answer),
        AC_OK);
    free(copy);
}

void msg_expect(enum dns_outcome outcome, const char *clause)
{
    if (msg_answer->outcome != outcome)
        fail_msg("%s: expected %s, got %s", clause, dns_outcome_print(outcome),
                 dns_outcome_print(msg_answer->outcome));
}

void msg_expect_rdata(size_t i, const void *rdata, size_t n)
{
    assert_true(i < msg_answer->n);
    assert_int_equal(msg_answer->rr[i].rdata.n, n);
    assert_memory_equal(msg_answer->rr[i].rdata.p, rdata, n);
}

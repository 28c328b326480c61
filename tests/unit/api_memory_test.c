/* SPDX-License-Identifier: MIT */
/*
 * api_memory_test.c - whole audits in which the n-th allocation fails, for every n:
 * they end with AC_NO_MEMORY or with the right result, and leak nothing (make asan).
 * The linker puts the functions below in the place of malloc and the like (see
 * Makefile).
 */
#include "authcheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    ALLOCATIONS_MAX = 20000
};

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

static size_t left; /* allocations that go well; 0: no failure is wanted */
static size_t failed;

/* Does this one fail? Only one does: what comes after it may go on. */
static bool fails(void)
{
    if (!left || --left)
        return false;
    failed++;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    return fails() ? NULL : __real_realloc(p, size);
}

static const char *const zone[] = { "fixtures/zones/demo.zone" };
static const char *const client[] = { "198.51.100.7", "192.0.2.10" };
static const char *const selector[] = { "s1", "s2._domainkey.mailer.example" };

/* Offline to the end, with both reports; the code, and the verdict if it is AC_DONE. */
static enum ac_code offline(enum ac_verdict *verdict)
{
    struct ac_options options = { .domain = "shop.example",
                                  .ip = client,
                                  .n_ips = 2,
                                  .selector = selector,
                                  .n_selectors = 2,
                                  .mail_from = "<>",
                                  .zone = zone,
                                  .n_zones = 1,
                                  .offline = 1 };
    struct ac_audit *audit = NULL;
    enum ac_code code = ac_audit_new(&options, &audit);
    char *text[2] = { NULL, NULL };

    if (code == AC_DONE)
        code = ac_audit_step(audit);
    if (code == AC_DONE) {
        *verdict = ac_verdict(audit);
        text[0] = ac_report(audit, "json");
        text[1] = ac_report(audit, "text");
        if (!text[0] || !text[1])
            code = AC_NO_MEMORY;
    } else if (!*ac_error(audit)) {
        code = AC_SYSTEM; /* a failure that says nothing */
    }
    free(text[0]);
    free(text[1]);
    ac_audit_free(audit);
    return code;
}

/* The same by questions, none of which is answered, but one with octets. */
static enum ac_code unanswered(enum ac_verdict *verdict)
{
    static const unsigned char octets[12] = { 0 };
    struct ac_options options = {
        .domain = "shop.example", .ip = client, .n_ips = 1, .discover = 3
    };
    struct ac_audit *audit = NULL;
    enum ac_code code = ac_audit_new(&options, &audit);
    struct ac_question q;

    while (code == AC_DONE) {
        size_t asked = 0;

        code = ac_audit_step(audit);
        if (code != AC_WANTS_ANSWERS)
            break;
        for (code = AC_DONE; code == AC_DONE && ac_next_question(audit, &q); asked++)
            code = ac_answer(audit, q.id, q.id ? NULL : octets, sizeof octets);
        /* No room for a question's name: it is there the next time. */
        if (code == AC_DONE && !asked)
            code = ac_next_question(audit, &q) ? AC_NO_MEMORY : AC_SYSTEM;
    }
    if (code == AC_DONE)
        *verdict = ac_verdict(audit);
    ac_audit_free(audit);
    return code;
}

static void every_failure_is_told(enum ac_code (*audit)(enum ac_verdict *))
{
    enum ac_verdict expected = AC_VERDICT_NONE, verdict = AC_VERDICT_NONE;
    size_t n, before, told = 0;

    assert_int_equal(audit(&expected), AC_DONE);
    for (n = 1; n < ALLOCATIONS_MAX; n++) {
        enum ac_code code;

        before = failed;
        left = n;
        code = audit(&verdict);
        left = 0;
        if (failed == before)
            break; /* it needed fewer than n */
        told += code == AC_NO_MEMORY;
        if (code != AC_NO_MEMORY && (code != AC_DONE || verdict != expected))
            fail_msg("allocation %zu failed: code %d, verdict %d", n, code, verdict);
    }
    assert_true(n > 10 && n < ALLOCATIONS_MAX);
    assert_true(told > n / 2);
}

static void api_offline_audit_stands_any_allocation_that_fails(void **state)
{
    (void)state;
    every_failure_is_told(offline);
}

static void api_loop_stands_any_allocation_that_fails(void **state)
{
    (void)state;
    every_failure_is_told(unanswered);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(api_offline_audit_stands_any_allocation_that_fails),
        cmocka_unit_test(api_loop_stands_any_allocation_that_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * bounce_suite_test.c - real bounces of fifty kinds of mail systems, and what another
 * reader of bounces made of them: reply code (RFC 5321, 4.2), enhanced code (RFC 3463),
 * and whether authentication or a missing PTR was to blame.
 *
 * They are read from $AUTHCHECK_SUITES; where they are not there the test says SKIPPED
 * and passes, or fails under AUTHCHECK_REQUIRE_SUITES=1. An enhanced code counts where
 * it stands in the bounce: that reader invents others (X.0.9NN, X.9.N).
 */
#include "base/file.h"
#include "bounce/bounce.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SUITES_DEFAULT "../shared/suites"

enum {
    ARENA_CAP = 128 * 1024 * 1024,
    PERCENT_LEAST = 97,
    PATH_BYTES = 1024
};

struct tally {
    size_t n, right;
};

struct tallies {
    struct tally code, enhanced, authentication, ptr, others;
};

static const char *folder(void)
{
    const char *dir = getenv("AUTHCHECK_SUITES");

    return dir ? dir : SUITES_DEFAULT;
}

static json_t *load(void)
{
    const char *require = getenv("AUTHCHECK_REQUIRE_SUITES");
    char path[PATH_BYTES];
    json_error_t error;
    json_t *expected;

    snprintf(path, sizeof path, "%s/bounces/sisimai_expected.json", folder());
    expected = json_load_file(path, 0, &error);
    if (!expected && require && strcmp(require, "1") == 0)
        fail_msg("%s cannot be read, and AUTHCHECK_REQUIRE_SUITES is 1", path);
    if (!expected)
        printf("SKIPPED suite: no %s\n", path);
    return expected;
}

static const char *str(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static void count(struct tally *t, bool right, const char *file, const char *what,
                  const char *expected, const char *found, struct span text)
{
    t->n++;
    t->right += right;
    if (!right)
        printf("     %s: %s %s expected, %s found: %.*s\n", file, what, expected, found,
               SPAN_ARG(span_to(text, 100)));
}

/* Did that reader make the code up? */
static bool is_invented(const char *status)
{
    const char *subject = strchr(status, '.');

    return strncmp(subject, ".0.9", 4) == 0 || strncmp(subject, ".9.", 3) == 0;
}

static bool stands_in(struct span bytes, const char *text)
{
    size_t n = strlen(text);

    for (size_t i = 0; i + n <= bytes.n; i++)
        if (memcmp(bytes.p + i, text, n) == 0)
            return true;
    return false;
}

static void compare(const char *file, const json_t *expected, struct span bytes,
                    const struct bounce *b, struct tallies *t)
{
    const char *reply = str(expected, "reply"), *status = str(expected, "status");
    const char *reason = str(expected, "reason");
    const struct bounce_class *class = bounce_class(b->verdict.class);
    bool is_auth = class && class->area == BOUNCE_AREA_AUTHENTICATION;
    char code[16], enhanced[32];

    snprintf(code, sizeof code, "%u", b->code);
    snprintf(enhanced, sizeof enhanced, "%.*s", SPAN_ARG(b->enhanced));
    if (*reply)
        count(&t->code, strcmp(reply, code) == 0, file, "code", reply, code, b->text);
    if (*status && stands_in(bytes, status) && !is_invented(status))
        count(&t->enhanced, strcmp(status, enhanced) == 0, file, "enhanced code",
              status, enhanced, b->text);
    if (strcmp(reason, "authfailure") == 0)
        count(&t->authentication, is_auth, file, "area", "authentication",
              class ? class->name : "no class", b->text);
    else if (strcmp(reason, "requireptr") == 0)
        count(&t->ptr, class && strcmp(class->name, "ptr") == 0, file, "class", "ptr",
              class ? class->name : "no class", b->text);
    else
        count(&t->others, !is_auth, file, "area", "another than authentication",
              class ? class->name : "no class", b->text);
}

static void read_one(const char *file, const json_t *expected, struct tallies *t)
{
    struct arena arena;
    char path[PATH_BYTES];
    struct bounce b;
    struct buf buf;

    snprintf(path, sizeof path, "%s/bounces/sisimai/%s", folder(), file);
    buf_init(&buf, BOUNCE_BYTES_MAX);
    if (file_read(path, &buf) != AC_OK)
        fail_msg("%s cannot be read", path);
    arena_init(&arena, ARENA_CAP);
    assert_int_equal(bounce_read(buf_span(&buf), &arena, &b), AC_OK);
    compare(file, expected, buf_span(&buf), &b, t);
    arena_free(&arena);
    buf_free(&buf);
}

static void report(const char *what, struct tally t, size_t least_percent)
{
    printf("     %s: %zu of %zu\n", what, t.right, t.n);
    if (t.right * 100 < t.n * least_percent)
        fail_msg("%s: %zu of %zu are right, %zu %% at least were expected", what,
                 t.right, t.n, least_percent);
}

static void bounce_suite_codes_and_causes(void **state)
{
    struct tallies t = { .code = { 0, 0 } };
    json_t *expected = load(), *list;
    const char *file;

    (void)state;
    if (!expected)
        return;
    json_object_foreach(expected, file, list)
        read_one(file, json_array_get(list, 0), &t);
    json_decref(expected);
    report("reply code (RFC 5321, 4.2)", t.code, PERCENT_LEAST);
    report("enhanced code (RFC 3463, 2)", t.enhanced, PERCENT_LEAST);
    report("refused for authentication", t.authentication, 100);
    report("refused for reverse DNS", t.ptr, 100);
    report("refused for something else", t.others, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounce_suite_codes_and_causes),
    };

    return cmocka_run_group_tests_name("bounce_suite", tests, NULL, NULL);
}

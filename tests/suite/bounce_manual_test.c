/* SPDX-License-Identifier: MIT */
/*
 * bounce_manual_test.c - the replies that ActiveCampaign's SMTP field manual collects:
 * every one with an enhanced code x.7.y names a cause, and those that name SPF, DKIM or
 * DMARC are the only ones that are of the area authentication.
 *
 * The replies are not part of this repository: AUTHCHECK_SUITES names the directory
 * that holds bounces/smtp-field-manual/. Without it the test says SKIPPED, and fails
 * when AUTHCHECK_REQUIRE_SUITES=1.
 */
#include "base/buf.h"
#include "bounce/class.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#define SUITES_DEFAULT "../shared/suites"

static const char *const files[] = { "421", "422", "450", "451", "452", "501",
                                     "540", "550", "551", "552", "553", "554" };

struct tally {
    size_t replies, classless, authentication;
};

static json_t *load(const char *file)
{
    const char *dir = getenv("AUTHCHECK_SUITES");
    const char *require = getenv("AUTHCHECK_REQUIRE_SUITES");
    char path[1024];
    json_error_t error;
    json_t *json;

    snprintf(path, sizeof path, "%s/bounces/smtp-field-manual/%s.json",
             dir ? dir : SUITES_DEFAULT, file);
    json = json_load_file(path, 0, &error);
    if (!json && require && strcmp(require, "1") == 0)
        fail_msg("%s cannot be read, and AUTHCHECK_REQUIRE_SUITES is 1", path);
    if (!json)
        printf("SKIPPED suite: no %s\n", path);
    return json;
}

/* Does the reply say a word of authentication, whatever the case? */
static bool names_a_check(struct span text)
{
    static const char *const words[] = { "DMARC", "SPF" };

    for (size_t i = 0; i < text.n; i++)
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (span_starts(span_from(text, i), span_of(words[k])))
                return true;
    return false;
}

static void check(const json_t *response, struct tally *t)
{
    struct span text =
        span_of(json_string_value(json_object_get(response, "response")));
    const char *status = json_string_value(json_object_get(response, "status"));
    const struct bounce_said said = { .text = text };
    const struct bounce_class *class;
    struct bounce_verdict v;
    struct arena arena;
    bool is_authentication;

    arena_init(&arena, 1 << 20);
    assert_int_equal(bounce_classify(&said, &arena, &v), AC_OK);
    class = bounce_class(v.class);
    is_authentication = class && class->area == BOUNCE_AREA_AUTHENTICATION;
    t->replies++;
    t->classless += !class;
    t->authentication += is_authentication;
    if (!class && status && strncmp(status + 1, ".7.", 3) == 0)
        fail_msg("no class for %.*s", SPAN_ARG(text));
    if (is_authentication != names_a_check(text))
        fail_msg("%s, by the row %s: %.*s", class ? class->name : "null",
                 v.pattern ? v.pattern : "none", SPAN_ARG(text));
    arena_free(&arena);
}

static void check_group(const json_t *group, struct tally *t)
{
    for (size_t i = 0; i < json_array_size(group); i++) {
        const json_t *responses =
            json_object_get(json_array_get(group, i), "responses");

        for (size_t k = 0; k < json_array_size(responses); k++)
            check(json_array_get(responses, k), t);
    }
}

static void bounce_manual_replies_have_a_class(void **state)
{
    struct tally t = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        json_t *json = load(files[i]);

        if (!json)
            return;
        check_group(json_object_get(json, "providers"), &t);
        check_group(json_object_get(json, "spamFilters"), &t);
        json_decref(json);
    }
    printf("field manual: %zu replies, %zu without a class, %zu of authentication\n",
           t.replies, t.classless, t.authentication);
    assert_true(t.replies > 200);
    assert_true(t.classless < t.replies / 50);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounce_manual_replies_have_a_class),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

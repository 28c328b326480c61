/* SPDX-License-Identifier: MIT */
/*
 * spf_request_test.c - identities as peers say them, and what becomes of nonsense. RFC
 * 7208, 2.3, 2.4, 4.3; RFC 8616, 4.
 */
#include "unit/spf_world.h"

static void spf_request_takes_the_identities_apart(void **state)
{
    static const struct {
        const char *mail_from, *sender, *domain;
    } row[] = {
        { "", "postmaster@h.test", "h.test" },
        { "<>", "postmaster@h.test", "h.test" },
        { "u@a.test", "u@a.test", "a.test" },
        { "<u@a.test>", "u@a.test", "a.test" },
        { "@a.test", "postmaster@a.test", "a.test" },
        { "a.test", "postmaster@a.test", "a.test" },
        { "\"x@y\"@a.test", "\"x@y\"@a.test", "a.test" },
        { "<@r.test:u@a.test>", "u@a.test", "a.test" },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct spf_request r = { 0 };

        assert_int_equal(
            spf_request_mailfrom(&r, span_of(row[i].mail_from), SPAN("h.test"), &arena),
            AC_OK);
        if (!span_eq(r.sender, span_of(row[i].sender)) ||
            !span_eq(r.domain, span_of(row[i].domain)))
            fail_msg("\"%s\": got %.*s of %.*s (RFC 7208, 2.4)", row[i].mail_from,
                     SPAN_ARG(r.sender), SPAN_ARG(r.domain));
        assert_true(span_eq(r.helo, SPAN("h.test")));
    }
    arena_free(&arena);
    arena_init(&arena, 16);
    assert_int_equal(
        spf_request_helo(&(struct spf_request){ 0 }, SPAN("h.test"), &arena),
        AC_ENOMEM);
}

static void spf_check_takes_u_labels_as_a_labels(void **state)
{
    struct spf_outcome out;
    struct world w;

    (void)state;
    world_init(&w, "xn--bcher-kva.test TXT \"v=spf1 exists:%{d}.e.test -all\"\n"
                   "xn--bcher-kva.test.e.test A 127.0.0.2");
    out = check(&w, "192.0.2.1",
                "u@b\xc3\xbc"
                "cher.test");
    assert_int_equal(out.result, SPF_PASS);
    assert_string_equal(out.domain, "xn--bcher-kva.test");
    world_free(&w);
}

static void spf_check_survives_any_peer(void **state)
{
    static const char *const says[] = {
        "",
        "<>",
        "@",
        "@@",
        "<",
        "<<>>",
        "a@b@c.test",
        "\"a@b\"@a.test",
        "..",
        ".",
        "u@.",
        "u@-",
        "a\x01@a.test",
        "u@a.test\r\n",
        "<@r.test,@s.test:u@a.test>",
        "u@[IPv6:::1]",
        "%{d}@a.test",
        "u@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa.test",
    };
    char *large = malloc(100001);
    struct world w;

    (void)state;
    assert_non_null(large);
    world_init(&w, "a.test TXT \"v=spf1 a:%{L}.%{h}.%{O} -exists:%{sr.-}.x.test ?all "
                   "exp=%{l}.%{h}.x.test\"");
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        assert_true(check(&w, "192.0.2.1", says[i]).result != SPF_PASS);
    memset(large, 'l', 100000);
    memcpy(large + 99993, "@a.test", 8);
    assert_int_equal(check(&w, "192.0.2.1", large).result, SPF_NEUTRAL);
    memset(large, '.', 100000);
    assert_int_equal(check(&w, "192.0.2.1", large).result, SPF_NONE);
    world_free(&w);
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spf_request_takes_the_identities_apart),
        cmocka_unit_test(spf_check_takes_u_labels_as_a_labels),
        cmocka_unit_test(spf_check_survives_any_peer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * report_hostile_test.c - whatever bytes the DNS or a peer sends, JSON stays JSON (RFC
 * 8259; RFC 3629) and a terminal sees printable ASCII alone. Formats, wrapping, colour.
 */
#include "report/json.h"
#include "report/text.h"
#include "support/play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* One name is both ours and the library's. */
#define json_null jansson_null
#include <jansson.h>
#undef json_null

static void json_escapes_what_is_no_plain_utf8_text(void **state)
{
    static const struct {
        const char *why;
        struct span in;
        const char *out;
    } row[] = {
        { "plain", { "a b", 3 }, "\"a b\"" },
        { "quote and backslash", { "\"\\/", 3 }, "\"\\\"\\\\/\"" },
        { "NUL", { "a\0b", 3 }, "\"a\\u0000b\"" },
        { "C0 and DEL", { "\x1b\n\x7f", 3 }, "\"\\u001b\\u000a\\u007f\"" },
        { "UTF-8 as it is",
          { "\xc3\xa4\xe2\x82\xac\xf0\x9f\x92\xa9", 9 },
          "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x92\xa9\"" },
        { "C1 controls byte by byte", { "\xc2\x9b", 2 }, "\"\\u00c2\\u009b\"" },
        { "no-break space is none", { "\xc2\xa0", 2 }, "\"\xc2\xa0\"" },
        { "overlong", { "\xc0\xaf", 2 }, "\"\\u00c0\\u00af\"" },
        { "overlong of three", { "\xe0\x80\xaf", 3 }, "\"\\u00e0\\u0080\\u00af\"" },
        { "surrogate", { "\xed\xa0\x80", 3 }, "\"\\u00ed\\u00a0\\u0080\"" },
        { "past the last code point",
          { "\xf4\x90\x80\x80", 4 },
          "\"\\u00f4\\u0090\\u0080\\u0080\"" },
        { "five bytes",
          { "\xf8\x88\x80\x80\x80", 5 },
          "\"\\u00f8\\u0088\\u0080\\u0080\\u0080\"" },
        { "cut short", { "\xe2\x82", 2 }, "\"\\u00e2\\u0082\"" },
        { "a continuation alone", { "\x80", 1 }, "\"\\u0080\"" },
        { "a lead before ASCII", { "\xc3(", 2 }, "\"\\u00c3(\"" },
        { "empty", { "", 0 }, "\"\"" },
        { "absent", { NULL, 0 }, "null" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct buf b;
        struct json j;

        buf_init(&b, 1000);
        json_init(&j, &b, true);
        json_span(&j, NULL, row[i].in);
        if (strcmp(buf_text(&b), row[i].out) != 0)
            fail_msg("%s: %s, expected %s", row[i].why, buf_text(&b), row[i].out);
        buf_free(&b);
    }
}

static void json_values_and_brackets(void **state)
{
    struct buf b;
    struct json j;

    (void)state;
    for (int compact = 0; compact < 2; compact++) {
        buf_init(&b, 1000);
        json_init(&j, &b, compact);
        json_open(&j, NULL, '{');
        json_open(&j, "none", '[');
        json_close(&j, ']');
        json_int(&j, "int", -5);
        json_ms(&j, "ms", 61249);
        json_tri(&j, "maybe", AC_MAYBE);
        json_tri(&j, "yes", AC_YES);
        json_bool(&j, "no", false);
        json_member(&j, SPAN("te\"xt"), span_of(NULL));
        json_close(&j, '}');
        assert_string_equal(
            buf_text(&b),
            compact ? "{\"none\": [], \"int\": -5, \"ms\": 61.2, \"maybe\": null, "
                      "\"yes\": true, \"no\": false, \"te\\\"xt\": null}"
                    : "{\n  \"none\": [],\n  \"int\": -5,\n  \"ms\": 61.2,\n  "
                      "\"maybe\": null,\n  \"yes\": true,\n  \"no\": false,\n  "
                      "\"te\\\"xt\": null\n}");
        buf_free(&b);
    }
}

static void text_escapes_all_but_printable_ascii(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 100);
    text_escape(&b, span_make("a~\x1b[2J\0\x7f\xc3\xa4\n", 11));
    assert_string_equal(buf_text(&b), "a~\\x1b[2J\\x00\\x7f\\xc3\\xa4\\x0a");
    buf_free(&b);
}

static void text_wraps_at_88_columns_and_sets_lines_in(void **state)
{
    static const struct report_options options = { .color = false };
    struct text t = { .options = &options };
    struct buf b;
    size_t column = 0, lines = 0;

    (void)state;
    buf_init(&b, 10000);
    t.out = &b;
    text_wrap(
        &t, 0, 4, "  %s %s %s",
        "one two three four five six seven eight nine ten eleven twelve thirteen",
        "fourteen fifteen sixteen seventeen eighteen nineteen twenty",
        "a-word-that-is-longer-than-a-line-and-is-not-cut-anywhere-since-it-may-be-a-"
        "name-that-somebody-wants-to-copy");
    for (size_t i = 0; i < b.n; i++) {
        if (b.p[i] == '\n') {
            lines++;
            column = 0;
        } else if (++column > 88 && !strstr(b.p + i - column + 1, "    a-word")) {
            fail_msg("a line over 88 columns:\n%s", b.p);
        }
    }
    assert_int_equal(lines, 3);
    assert_memory_equal(b.p, "  one two", 9);
    assert_non_null(strstr(b.p, "\n    a-word-that"));
    buf_free(&b);
}

static void text_colour_only_when_asked_for(void **state)
{
    struct report_options options = { .color = false };
    struct text t = { .options = &options };
    struct buf b;

    (void)state;
    buf_init(&b, 100);
    t.out = &b;
    text_color(&t, TEXT_BAD);
    assert_int_equal(b.n, 0);
    options.color = true;
    text_color(&t, TEXT_BAD);
    assert_string_equal(buf_text(&b), "\x1b[1;31m");
    buf_free(&b);
}

static void text_out_of_room_is_told_by_the_status(void **state)
{
    static const struct report_options options = { .color = false };
    struct text t = { .options = &options };
    struct buf b;

    (void)state;
    buf_init(&b, 5);
    t.out = &b;
    text_line(&t, "%s", "longer than five");
    assert_int_equal(b.status, AC_ELIMIT);
    buf_free(&b);
}

/* Record sets with hostile bytes that no master file would let through. */
static void put_txt(struct play *p, const char *name, struct span text)
{
    struct dns_name n = world_name(name);
    char rdata[256];
    struct dns_rr rr = { .rdata = { rdata, text.n + 1 }, .ttl = 60 };

    rdata[0] = (char)text.n;
    memcpy(rdata + 1, text.p, text.n);
    assert_int_equal(dns_overlay_put(p->world.zone, &n, DNS_T_TXT, &rr, 1), AC_OK);
}

static struct audit *hostile_audit(struct play *p)
{
    static const struct play_row row = { .zone = "",
                                         .domain = "shop.example",
                                         .ip = "192.0.2.1",
                                         .mail_from = "\x1b]0;x\x07@shop.example",
                                         .helo = "\x1b[31m\xff\xc2\x9b",
                                         .selector = "s1" };

    play_init(p, &row);
    put_txt(p, "shop.example",
            SPAN("v=spf1 a:\x1b[2J exp=why.shop.example foo=\x9b\x00 -all"));
    put_txt(p, "why.shop.example", SPAN("\x1b[31mred \xc3( \xc2\x9b \xff %{s}"));
    put_txt(p, "_dmarc.shop.example",
            SPAN("v=DMARC1; p=reject; rua=mailto:\x1b@x; \x1b=\x00"));
    put_txt(p, "s1._domainkey.shop.example", SPAN("v=DKIM1; k=\x1b[1m; p=\x1b\x00"));
    return play_run(p, 0);
}

static void report_json_of_hostile_bytes_is_valid(void **state)
{
    static const struct report_options options = { .verbose = 0 };
    json_error_t error;
    struct play p;
    struct audit *a = hostile_audit(&p);
    struct buf b;
    json_t *json;

    (void)state;
    buf_init(&b, 1 << 20);
    report_json(&b, audit_result(a), &options);
    for (size_t i = 0; i < b.n; i++)
        assert_true(b.p[i] == '\n' || (unsigned char)b.p[i] >= ' ');
    json = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!json)
        fail_msg("%s\n%s", error.text, b.p);
    json_decref(json);
    buf_free(&b);
    play_end(&p, a);
}

static void report_text_of_hostile_bytes_is_printable(void **state)
{
    (void)state;
    for (unsigned verbose = 0; verbose <= 2; verbose++) {
        struct report_options options = { .verbose = verbose };
        struct play p;
        struct audit *a = hostile_audit(&p);
        struct buf b;

        buf_init(&b, 1 << 20);
        report_text(&b, audit_result(a), &options);
        assert_true(b.n > 100);
        for (size_t i = 0; i < b.n; i++)
            if (b.p[i] != '\n' && (b.p[i] < ' ' || b.p[i] >= 0x7f))
                fail_msg("byte 0x%02x at %zu of\n%s", (unsigned char)b.p[i], i, b.p);
        buf_free(&b);
        play_end(&p, a);
    }
}

static void report_text_of_each_kind_of_result_says_it(void **state)
{
    /* clang-format off */
    static const struct {
        struct play_row row;
        struct report_options options;
        const char *says[3];
    } t[] = {
        { { .zone = "", .domain = "shop.example", .ip = "192.0.2.1" }, { .verbose = 2 },
          { "ACCEPT", "no policy published", "Questions" } },
        { { .zone = "", .domain = "shop.example", .ip = "192.0.2.1" }, { .quiet = true },
          { "ACCEPT", "", "" } },
        { { .zone = "", .domain = "shop.example" }, { .quiet = true },
          { "NO VERDICT", "", "" } },
        { { .zone = "", .domain = "shop.example" }, { .verbose = 1 },
          { "Give the address", "none", "shop.example" } },
        { { .zone = "shop.example. MX 1 m.test.\nm.test. A 192.0.2.1\n"
                    "shop.example. TXT \"v=spf1 mx -all\"\n", .domain = "shop.example" },
          { .verbose = 1 },
          { "--ip 192.0.2.1", "1 of 10 look-ups", "The whole record" } },
        { { .zone = "_dmarc.shop.example. TXT \"v=DMARC1; p=quarantine\"\n",
            .domain = "shop.example", .ip = "192.0.2.1", .is_unsigned = true },
          { .color = true }, { "SPAM FOLDER", "\x1b[1;33m", "quarantine" } },
        { { .zone = "_dmarc.shop.example. TXT \"v=DMARC1; p=reject\"\n",
            .fault = "shop.example TXT servfail; _dmarc.shop.example TXT timeout",
            .domain = "shop.example", .ip = "192.0.2.1", .selector = "s1" },
          { .verbose = 2 }, { "UNKNOWN", "--nameserver", "SERVFAIL" } },
        { { .zone = "_dmarc.shop.example. TXT \"v=DMARC1; p=reject; t=y; adkim=s\"\n"
                    "shop.example. TXT \"v=spf1 mx ptr a:x.test -all\"\n"
                    "shop.example. MX 1 m.test.\nm.test. A 192.0.2.9\n"
                    "x.test. AAAA 2001:db8::1\n"
                    "1.2.0.192.in-addr.arpa. PTR h.test.\nh.test. A 192.0.2.1\n"
                    "s1._domainkey.shop.example. CNAME k.test.\n",
            .domain = "shop.example", .ip = "192.0.2.1", .selector = "s1" },
          { .verbose = 2 }, { "RFC 7489", "CNAME k.test", "adkim=s" } },
        { { .zone = "_dmarc.shop.example. TXT \"v=DMARC1; p=oops\"\n"
                    "shop.example. TXT \"v=spf1 -all\"\n",
            .domain = "shop.example", .ip = "192.0.2.1", .discover = 5 },
          { .verbose = 0 }, { "no key below", "assumed unsigned", "DMARC" } },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct audit *a;
        struct play p;
        const struct audit_result *r = play_begin(&p, &t[i].row, &a);
        struct buf b;

        buf_init(&b, 1 << 20);
        report_text(&b, r, &t[i].options);
        for (size_t k = 0; k < 3; k++)
            if (!strstr(buf_text(&b), t[i].says[k]))
                fail_msg("row %zu: \"%s\" is not in\n%s", i, t[i].says[k],
                         buf_text(&b));
        if (t[i].options.quiet)
            assert_ptr_equal(strchr(b.p, '\n'), b.p + b.n - 1); /* one line */
        buf_free(&b);
        play_end(&p, a);
    }
}

static void report_formats_are_found_by_name(void **state)
{
    size_t n;

    (void)state;
    assert_non_null(report_find(SPAN("json")));
    assert_string_equal(report_find(SPAN("text"))->name, "text");
    assert_null(report_find(SPAN("JSON")));
    assert_non_null(report_formats(&n));
    assert_true(n >= 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_escapes_what_is_no_plain_utf8_text),
        cmocka_unit_test(json_values_and_brackets),
        cmocka_unit_test(text_escapes_all_but_printable_ascii),
        cmocka_unit_test(text_wraps_at_88_columns_and_sets_lines_in),
        cmocka_unit_test(text_colour_only_when_asked_for),
        cmocka_unit_test(text_out_of_room_is_told_by_the_status),
        cmocka_unit_test(report_json_of_hostile_bytes_is_valid),
        cmocka_unit_test(report_text_of_hostile_bytes_is_printable),
        cmocka_unit_test(report_text_of_each_kind_of_result_says_it),
        cmocka_unit_test(report_formats_are_found_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

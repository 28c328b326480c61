/* SPDX-License-Identifier: MIT */
/*
 * record_recording_test.c - a recording runs again to the same bytes, and a file that
 * is none, or was bent, is told in one line and harms nobody.
 */
#include "record/format.h"
#include "record/recording.h"
#include "report/report.h"
#include "support/play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* clang-format off */
static const struct play_row mail = {
    .zone = "shop.example. TXT \"v=spf1 include:a.test exists:%{i}.x.test -all\"\n"
            "a.test. CNAME b.test.\nb.test. TXT \"v=spf1 \\027\\255 ?all\"\n"
            "_dmarc.shop.example. TXT \"v=DMARC1; p=reject\"\n",
    .fault = "_dmarc.example TXT servfail; s1._domainkey.shop.example TXT timeout",
    .domain = "shop.example", .ip = "192.0.2.1 2001:db8::1", .selector = "s1",
    .mail_from = "\x1b\xff@shop.example", .helo = "helo.test", .reputation = true,
};
/* clang-format on */

static void json_of(const struct audit_result *r, struct buf *out)
{
    static const struct report_options options = { .verbose = 0 };

    buf_init(out, 1 << 20);
    report_json(out, r, &options);
    assert_int_equal(out->status, AC_OK);
}

/* Record the mail above, with lists of the user's own. */
static void record(struct buf *out, struct buf *json)
{
    struct audit *a;
    struct play p;

    struct blocklist list[2];
    const char *why;

    assert_true(blocklist_parse("bl.own.test", &list[0], &why));
    assert_true(blocklist_parse("domain:dbl.own.test", &list[1], &why));
    play_init(&p, &mail);
    p.options.blocklist = list;
    p.options.n_blocklists = 2;
    a = play_run(&p, 0);
    json_of(audit_result(a), json);
    buf_init(out, 1 << 22);
    assert_int_equal(recording_write(out, &p.options, a), AC_OK);
    play_end(&p, a);
}

/* Read it, and run it if it can be read. */
static enum ac_status replay(struct span text, struct buf *json)
{
    char error[RECORDING_ERROR_MAX] = "";
    struct recording *r = NULL;
    struct audit *a = NULL;
    enum ac_status status = recording_read(text, "file", &r, error);

    if (status != AC_OK) {
        assert_int_equal(status, AC_EINVAL);
        if (strncmp(error, "file: ", 6) != 0 || strchr(error, '\n'))
            fail_msg("\"%s\" is not one line that names the file", error);
        return status;
    }
    assert_int_equal(audit_new(recording_options(r), &a), AC_OK);
    status = recording_replay(r, a);
    if (status == AC_OK && json)
        json_of(audit_result(a), json);
    audit_free(a);
    recording_free(r);
    return status;
}

static void recording_runs_again_to_the_same_bytes(void **state)
{
    struct buf text, first, again;

    (void)state;
    record(&text, &first);
    assert_int_equal(replay(buf_span(&text), &again), AC_OK);
    assert_string_equal(buf_text(&first), buf_text(&again));
    buf_free(&text);
    buf_free(&first);
    buf_free(&again);
}

static void recording_that_is_cut_or_changed_is_refused(void **state)
{
    static const char *const other[] = {
        "",
        "\n",
        "{}",
        "authcheck-recording",
        "authcheck-recording 1 0 0\n",
        "authcheck-recording 99 0 2\n{}",
        "authcheck-recording 1 0 x\n{}",
    };
    struct buf text, json;

    (void)state;
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_int_equal(replay(span_of(other[i]), NULL), AC_EINVAL);
    record(&text, &json);
    for (size_t n = 0; n < text.n; n += 7)
        assert_int_equal(replay(span_to(buf_span(&text), n), NULL), AC_EINVAL);
    for (size_t i = 0; i < text.n; i += 7) {
        text.p[i] ^= 1;
        assert_int_equal(replay(buf_span(&text), NULL), AC_EINVAL);
        text.p[i] ^= 1;
    }
    buf_free(&text);
    buf_free(&json);
}

/* The same with a checksum that fits: by somebody who wants to do harm. */
static void recording_bent_on_purpose_harms_nobody(void **state)
{
    static const char with[] = "0-9\"{[}f,";
    struct buf text, json, bent;
    struct span body;
    size_t read = 0;

    (void)state;
    record(&text, &json);
    body = buf_span(&text);
    (void)span_cut(&body, '\n');
    for (size_t i = 0; i < body.n; i += 3) {
        char *at = text.p + (text.n - body.n) + i, was = *at;

        *at = with[i / 3 % (sizeof with - 1)];
        buf_init(&bent, 1 << 22);
        buf_printf(&bent, "authcheck-recording %d %016llx %zu\n", RECORDING_VERSION,
                   (unsigned long long)record_checksum(body), body.n);
        buf_put(&bent, body);
        read += replay(buf_span(&bent), NULL) == AC_OK; /* else it checks the words */
        buf_free(&bent);
        *at = was;
    }
    assert_true(read > 10); /* the bent head is one that is taken */
    buf_free(&text);
    buf_free(&json);
}

/* A verdict is always some receiver's: a list without any is no recording. */
static void recording_without_a_receiver_is_refused(void **state)
{
    static const char key[] = "\"receivers\": [";
    struct buf text, json, bent, body;
    const char *begin, *list, *end;

    (void)state;
    record(&text, &json);
    begin = strchr(buf_text(&text), '\n') + 1;
    list = strstr(begin, key);
    assert_non_null(list);
    list += sizeof key - 1;
    end = strchr(list, ']');
    buf_init(&body, 1 << 22);
    buf_printf(&body, "%.*s%s", (int)(list - begin), begin, end);
    buf_init(&bent, 1 << 22);
    buf_printf(&bent, "authcheck-recording %d %016llx %zu\n", RECORDING_VERSION,
               (unsigned long long)record_checksum(buf_span(&body)), body.n);
    buf_put(&bent, buf_span(&body));
    assert_int_equal(replay(buf_span(&bent), NULL), AC_EINVAL);
    buf_free(&text);
    buf_free(&json);
    buf_free(&body);
    buf_free(&bent);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(recording_runs_again_to_the_same_bytes),
        cmocka_unit_test(recording_that_is_cut_or_changed_is_refused),
        cmocka_unit_test(recording_bent_on_purpose_harms_nobody),
        cmocka_unit_test(recording_without_a_receiver_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * batch_resume_test.c - what a file of an earlier run holds, and what is no such file;
 * the counts over all rows; writing whole rows and no others.
 */
#include "batch/print.h"
#include "batch/resume.h"
#include "batch/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/batch_resume_XXXXXX";

static int make_file(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd < 0 || close(fd) != 0;
}

static int drop_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void put_file(const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

/* A row as print.c has it, as far as resuming reads. */
#define ROW(line, id, error, domain, verdict)                                         \
    "{\"line\": " line ", \"id\": " id ", \"error\": " error ", \"schema\": 1, "      \
    "\"version\": \"0.1.0\", \"domain\": " domain ", \"ips\": [\"192.0.2.1\"], "      \
    "\"verdict\": " verdict ", \"findings\": [{\"severity\": \"info\", \"message\": " \
    "\"a \\\"severity\\\": \\\"error\\\" }]{\"}], \"input\": {\"severity\": "         \
    "\"error\"}}\n"
#define FINE(line, domain) ROW(line, "null", "null", "\"" domain "\"", "\"accept\"")

static void a_file_is_read_up_to_its_last_whole_row(void **state)
{
    static const struct {
        const char *why, *text, *error;
        uint64_t held;
        size_t cut; /* bytes of the text that are no whole row */
        int code;
    } row[] = {
        { "nothing", "", NULL, 0, 0, 0 },
        { "one row", FINE("2", "a.example"), NULL, 1, 0, 0 },
        { "far lines", FINE("4294967295", "a.example") FINE("1", "b.example"), NULL, 2,
          0, 0 },
        { "a torn row", FINE("2", "a.example") "{\"line\": 3, \"id", NULL, 1, 15, 0 },
        { "torn within the first key", FINE("2", "a.example") "{\"li", NULL, 1, 4, 0 },
        { "all but its line feed", FINE("2", "a.example") "{\"line\": 3}", NULL, 1, 11,
          0 },
        { "a refusal counts",
          ROW("7", "{\"}\": [1]}", "null", "\"a.example\"", "\"reject\""), NULL, 1, 0,
          1 },
        { "an unknown counts", ROW("7", "7", "null", "\"a.example\"", "\"unknown\""),
          NULL, 1, 0, 3 },
        { "an error counts", ROW("7", "\"x\"", "\"no domain\"", "null", "null"), NULL,
          1, 0, 3 },
        { "a refusal wins",
          ROW("1", "7", "null", "\"a.example\"", "\"unknown\"")
              ROW("2", "7", "null", "\"a.example\"", "\"reject\""),
          NULL, 2, 0, 1 },
        { "twice the same", FINE("2", "a.example") FINE("2", "a.example"),
          "a row that is there twice", 1, 0, 0 },
        { "line 0", FINE("0", "a.example"), "not such a row", 0, 0, 0 },
        { "no line", FINE("x", "a.example"), "not such a row", 0, 0, 0 },
        { "past all lines", FINE("4294967296", "a.example"), "not such a row", 0, 0,
          0 },
        { "no domain", "{\"line\": 1, \"id\": 1, \"error\": null}\n", "not such a row",
          0, 0, 0 },
        { "another object", "{\"domain\": \"a.example\"}\n", "not such a row", 0, 0,
          0 },
        { "no object", "domain,ip\n", "not such a row", 0, 0, 0 },
        { "no line feed, and no row", "domain,ip", "not such a row", 0, 0, 0 },
        { "a blank line", FINE("2", "a.example") "\n", "not such a row", 1, 0, 0 },
        { "an open string", "{\"line\": 1, \"id\": \"x}\n", "not such a row", 0, 0, 0 },
        { "half an escape", "{\"line\": 1, \"id\": \"x\\}\n", "not such a row", 0, 0,
          0 },
        { "no colon", "{\"line\": 1, \"id\" 7}\n", "not such a row", 0, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct tally tally = { .fail_on = FAIL_ON_REJECT };
        struct resume r;
        off_t keep = -1;
        enum ac_status status;

        put_file(row[i].text);
        status = resume_read(&r, path, &tally, &keep);
        if (status != (row[i].error ? AC_EINVAL : AC_OK) ||
            (row[i].error && !strstr(r.error, row[i].error)))
            fail_msg("%s: status %d \"%s\", expected \"%s\"", row[i].why, status,
                     r.error, row[i].error ? row[i].error : "");
        if (!row[i].error && keep != (off_t)(strlen(row[i].text) - row[i].cut))
            fail_msg("%s: %lld bytes are kept", row[i].why, (long long)keep);
        if (r.held != row[i].held || tally.held != row[i].held)
            fail_msg("%s: %llu rows are held", row[i].why, (unsigned long long)r.held);
        if (!row[i].error)
            assert_int_equal(tally_exit(&tally), row[i].code);
        resume_free(&r);
    }
}

/* A row without an address: what of its records the DNS left open. */
#define BARE(findings, record, complete)                                       \
    "{\"line\": 1, \"id\": null, \"error\": null, \"domain\": \"a.example\", " \
    "\"verdict\": null, \"findings\": [" findings                              \
    "], \"spf_record\": {\"record\": " record                                  \
    ", \"lookups_total\": 0, \"lookups_total_complete\": " complete "}}\n"

static void the_exit_code_of_held_rows_is_theirs(void **state)
{
    static const char warning[] =
        "{\"line\": 1, \"id\": null, \"error\": null, \"domain\": \"a.example\", "
        "\"verdict\": \"accept\", \"findings\": [{\"severity\": \"warning\"}]}\n";
    const struct {
        const char *text;
        enum fail_on level;
        int code;
    } row[] = {
        { FINE("1", "a.example"), FAIL_ON_WARNING, 0 },
        { warning, FAIL_ON_WARNING, 1 },
        { warning, FAIL_ON_SPAM, 0 },
        { ROW("1", "1", "null", "\"a.example\"", "\"spam\""), FAIL_ON_SPAM, 1 },
        { ROW("1", "1", "null", "\"a.example\"", "\"spam\""), FAIL_ON_REJECT, 0 },
        { ROW("1", "1", "null", "\"a.example\"", "\"reject\""), FAIL_ON_NEVER, 0 },
        { BARE("", "null", "true"), FAIL_ON_REJECT, 0 },
        { BARE("", "\"v=spf1 -all\"", "false"), FAIL_ON_REJECT, 0 },
        { BARE("", "null", "false"), FAIL_ON_REJECT, 3 },
        { BARE("{\"id\": \"dmarc-lookup-failed\"}", "null", "true"), FAIL_ON_SPAM, 3 },
        { BARE("{\"id\": \"dmarc-lookup-failed\", \"severity\": \"warning\"}", "null",
               "true"),
          FAIL_ON_WARNING, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct tally tally = { .fail_on = row[i].level };
        struct resume r;
        off_t keep;

        put_file(row[i].text);
        assert_int_equal(resume_read(&r, path, &tally, &keep), AC_OK);
        if (tally_exit(&tally) != row[i].code)
            fail_msg("row %zu: exit code %d, expected %d", i, tally_exit(&tally),
                     row[i].code);
        resume_free(&r);
    }
}

static void rows_of_another_input_are_found_out(void **state)
{
    static const struct {
        uint64_t line;
        const char *id, *domain;
        enum resume_answer answer;
    } row[] = {
        { 1, NULL, "a.example", RESUME_NEW },
        { 2, NULL, "b.example", RESUME_OTHER },
        { 3, "\"x\"", "a.example", RESUME_HELD },
        { 3, "\"x\"", "a.example", RESUME_NEW }, /* asked already */
        { 4, "\"y\"", "a.example", RESUME_OTHER },
        { 5, NULL, "a.example", RESUME_OTHER },
        { 70000, "7", NULL, RESUME_HELD },        /* an error, and one now */
        { 70001, "7", "a.example", RESUME_HELD }, /* an error of ours then */
    };
    struct tally tally = { .fail_on = FAIL_ON_REJECT };
    struct resume r;
    off_t keep;

    (void)state;
    put_file(FINE("2", "a.example") ROW("3", "\"x\"", "null", "\"a.example\"", "null")
                 ROW("4", "\"x\"", "null", "\"a.example\"", "null")
                     ROW("5", "\"x\"", "null", "\"a.example\"", "null")
                         ROW("70000", "7", "\"e\"", "null", "null")
                             ROW("70001", "7", "\"e\"", "null", "null")
                                 FINE("200000", "a.example"));
    assert_int_equal(resume_read(&r, path, &tally, &keep), AC_OK);
    assert_int_equal(r.held, 7);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct batch_row asked = { .line = row[i].line, .id = span_of(row[i].id) };
        enum resume_answer answer = resume_look(&r, &asked, row[i].domain);

        if (answer != row[i].answer)
            fail_msg("line %llu: answer %d, expected %d",
                     (unsigned long long)asked.line, (int)answer, (int)row[i].answer);
    }
    assert_int_equal(r.held, 1);
    assert_int_equal(resume_left(&r), 200000);
    resume_free(&r);
}

static void no_file_is_an_empty_one(void **state)
{
    struct tally tally = { .rows = 0 };
    struct resume r;
    off_t keep = 7;

    (void)state;
    assert_int_equal(resume_read(&r, "/tmp/there-is-no-such-file", &tally, &keep),
                     AC_OK);
    assert_int_equal(keep, 0);
    assert_int_equal(resume_left(&r), 0);
    resume_free(&r);
    assert_int_equal(resume_read(&r, "/dev/null", &tally, &keep), AC_EINVAL);
    resume_free(&r);
}

/* What print.c writes is what resume.c reads. */
static void a_row_that_was_printed_is_held(void **state)
{
    const struct batch_row row = { .line = 9,
                                   .id = SPAN("\"}\\\"\""),
                                   .error = "a\nb" };
    struct tally tally = { .fail_on = FAIL_ON_REJECT };
    struct resume r;
    struct buf out;
    off_t keep;

    (void)state;
    buf_init(&out, 1 << 16);
    print_json(&out, &row, NULL);
    put_file(buf_text(&out));
    assert_int_equal(resume_read(&r, path, &tally, &keep), AC_OK);
    assert_int_equal(resume_look(&r, &row, NULL), RESUME_HELD);
    assert_int_equal(tally_exit(&tally), EXIT_OPEN);
    resume_free(&r);
    buf_free(&out);
}

static void a_slow_reader_is_not_waited_for(void **state)
{
    char bytes[4096];
    struct writer w;
    int ends[2], out;
    size_t sent = 0, got = 0;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(writer_open(&w, "/dev/null", 0), AC_OK);
    out = dup2(ends[1], w.fd);
    assert_true(out >= 0);
    close(ends[1]);
    while (!writer_is_full(&w)) {
        buf_printf(&w.rows, "%0*d\n", 999, 7);
        assert_int_equal(writer_put(&w), AC_OK);
        sent += 1000;
    }
    assert_true(writer_is_ready(&w));
    assert_int_equal(writer_flush(&w, false), AC_PENDING);
    assert_false(writer_is_empty(&w));
    while (got < sent) {
        ssize_t n = read(ends[0], bytes, sizeof bytes);

        assert_true(n > 0);
        got += (size_t)n;
        assert_true(writer_flush(&w, false) != AC_EIO);
    }
    assert_true(writer_is_empty(&w));
    close(ends[0]);
    buf_puts(&w.rows, "to nobody\n");
    assert_int_equal(writer_put(&w), AC_OK);
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(writer_flush(&w, true), AC_EIO);
    assert_non_null(strstr(w.error, strerror(EPIPE)));
    assert_int_equal(writer_close(&w), AC_OK);
}

static void a_file_begins_anew_or_goes_on(void **state)
{
    char text[100] = "";
    struct writer w;
    FILE *f;

    (void)state;
    put_file("old row\ntorn");
    assert_int_equal(writer_open(&w, path, 8), AC_OK);
    buf_puts(&w.rows, "new row\n");
    assert_int_equal(writer_put(&w), AC_OK);
    assert_int_equal(writer_flush(&w, false), AC_OK);
    assert_int_equal(writer_close(&w), AC_OK);
    f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(fread(text, 1, sizeof text - 1, f), 16);
    fclose(f);
    assert_string_equal(text, "old row\nnew row\n");
    assert_int_equal(writer_open(&w, "/not/there", 0), AC_EIO);
    assert_non_null(strstr(w.error, "/not/there"));
    assert_int_equal(writer_close(&w), AC_OK);
}

static void the_summary_counts_what_is_there(void **state)
{
    struct tally t = { .fail_on = FAIL_ON_REJECT, .rows = 2000, .held = 7, .load = 2 };
    struct buf out;

    (void)state;
    t.verdict[VERDICT_ACCEPT] = 1000;
    t.verdict[VERDICT_REJECT] = 1;
    t.finding[FINDING_DKIM_UNSIGNED] = 5;
    t.finding[FINDING_SPF_IP_NOT_AUTHORIZED] = 9;
    buf_init(&out, 4096);
    tally_print(&t, &out);
    assert_string_equal(
        buf_text(&out),
        "2000 rows, 1000 accept (50.0 %), 1 reject (0.1 %); 7 were there "
        "already\n"
        "2 of the unknown are open because servers dropped questions under "
        "load: unknown (load)\n"
        "most frequent findings: spf-ip-not-authorized 9, dkim-unsigned 5\n");
    assert_int_equal(tally_exit(&t), 0);
    t.ended = true;
    tally_print(&t, &out);
    assert_non_null(strstr(buf_text(&out), "\nended by a signal: rows are missing"));
    assert_int_equal(tally_exit(&t), 3);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_up_to_its_last_whole_row),
        cmocka_unit_test(the_exit_code_of_held_rows_is_theirs),
        cmocka_unit_test(rows_of_another_input_are_found_out),
        cmocka_unit_test(no_file_is_an_empty_one),
        cmocka_unit_test(a_row_that_was_printed_is_held),
        cmocka_unit_test(a_slow_reader_is_not_waited_for),
        cmocka_unit_test(a_file_begins_anew_or_goes_on),
        cmocka_unit_test(the_summary_counts_what_is_there),
    };

    return cmocka_run_group_tests(tests, make_file, drop_file);
}

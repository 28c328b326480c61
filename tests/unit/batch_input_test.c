/* SPDX-License-Identifier: MIT */
/*
 * batch_input_test.c - lines of any length and any bytes are rows, one each, in every
 * form; what cannot be read says so and costs no other row.
 */
#include "batch/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    TEXT_MAX = 4096,
    LONG = 3 * INPUT_LINE_MAX
};

/* A pipe whose other end the test writes. */
static struct arena arena;
static struct input in;
static int pipe_in;

static void open_pipe(void)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(input_open(&in, "/dev/null"), AC_OK);
    assert_true(dup2(ends[0], in.lines.fd) >= 0);
    close(ends[0]);
    pipe_in = ends[1];
    arena_init(&arena, 8 << 20);
}

static void close_pipe(void)
{
    if (pipe_in >= 0)
        close(pipe_in);
    pipe_in = -1;
    input_close(&in);
    arena_free(&arena);
}

static void say(struct span text)
{
    assert_int_equal(write(pipe_in, text.p, text.n), text.n);
}

static void hang_up(void)
{
    close(pipe_in);
    pipe_in = -1;
}

static void list(char *out, size_t size, const char *name, const struct span *item,
                 size_t n)
{
    size_t at = strlen(out);

    for (size_t i = 0; i < n; i++)
        at +=
            (size_t)snprintf(out + at, size - at, " %s=%.*s", name, SPAN_ARG(item[i]));
}

static void one(char *out, size_t size, const char *name, struct span item)
{
    if (item.p)
        list(out, size, name, &item, 1);
}

/* "2 domain=a.example ip=192.0.2.1; 3 !": every row, an error as "!". */
static const char *rows(struct input *from)
{
    static char out[TEXT_MAX];
    struct batch_row row;
    enum input_status status;

    out[0] = '\0';
    while ((status = input_next(from, true, &arena, &row)) == INPUT_ROW) {
        size_t at = strlen(out);

        snprintf(out + at, sizeof out - at, "%s%llu", at ? "; " : "",
                 (unsigned long long)row.line);
        if (row.error)
            strcat(out, " !");
        one(out, sizeof out, "id", row.id);
        one(out, sizeof out, "domain", row.domain);
        list(out, sizeof out, "ip", row.ip, row.n_ips);
        list(out, sizeof out, "selector", row.selector, row.n_selectors);
        one(out, sizeof out, "mail_from", row.mail_from);
        one(out, sizeof out, "helo", row.helo);
        one(out, sizeof out, "other", row.other);
        arena_reset(&arena);
    }
    if (status == INPUT_FAILED)
        snprintf(out, sizeof out, "failed: %s", from->error);
    return out;
}

#define TEXT(literal)                \
    {                                \
        literal, sizeof(literal) - 1 \
    }

static const struct {
    const char *why;
    struct span text;
    const char *rows;
} forms[] = {
    { "a list", TEXT("a.example\nb.example\n"),
      "1 domain=a.example; 2 domain=b.example" },
    { "blanks, comments, CRLF, no last line feed",
      TEXT("\n# a\n  a.example\t\r\n\r\n#b\nb.example"),
      "3 domain=a.example; 6 domain=b.example" },
    { "a byte order mark",
      TEXT("\xef\xbb\xbf"
           "a.example\n"),
      "1 domain=a.example" },
    { "a NUL is the row's own fault", TEXT("a.exa\0mple\nb.example\n"),
      "1 domain=a.exa; 2 domain=b.example" },
    { "UTF-16",
      TEXT("\xff\xfe"
           "a\0"),
      "failed: \"/dev/null\", line 1: UTF-16; expected UTF-8 or ASCII" },
    { "nothing", TEXT(""), "" },
    { "nothing but comments", TEXT("# a\n\n"), "" },
    { "NDJSON",
      TEXT("{\"domain\": \"a.example\", \"ip\": \"192.0.2.1\", \"id\": \"x\"}\n"
           "{\"ips\": [\"192.0.2.1\", \"::1\"], \"selectors\": [\"s1\", \"s2\"], "
           "\"mail_from\": \"<>\", \"helo\": \"h\", \"domain\": \"b.example\"}\n"),
      "1 id=\"x\" domain=a.example ip=192.0.2.1; 2 domain=b.example ip=192.0.2.1 ip=::1 "
      "selector=s1 selector=s2 mail_from=<> helo=h" },
    { "null and empty are not said",
      TEXT("{\"domain\": \"a.example\", \"ip\": null, \"helo\": \"\", \"id\": null}\n"),
      "1 domain=a.example" },
    { "what is not ours is kept, and an id of any kind",
      TEXT(
          "{\"x\": {\"y\": [1, null]}, \"domain\": \"a.example\", \"id\": [7, true]}\n"),
      "1 id=[7,true] domain=a.example other={\"x\":{\"y\":[1,null]}}" },
    { "JSON that is none is a row; # is no comment among JSON",
      TEXT("{\n{\"domain\": \"a.example\"}\n#\n[]\n{\"domain\": 1}\n"),
      "1 !; 2 domain=a.example; 3 !; 4 !; 5 !" },
    { "JSON: a key twice, no UTF-8, a lone surrogate",
      TEXT(
          "{\"id\": 1, \"id\": 2}\n{\"domain\": \"\xff\"}\n{\"domain\": \"\\ud800\"}\n"),
      "1 !; 2 !; 3 !" },
    { "CSV",
      TEXT("domain,ip,selectors,mail_from,helo,id\na.example,192.0.2.1;::1,s1; s2,"
           "<>,h,7\n,,,,,\nb.example\n"),
      "2 id=\"7\" domain=a.example ip=192.0.2.1 ip=::1 selector=s1 selector=s2 "
      "mail_from=<> helo=h; 3; 4 domain=b.example" },
    { "CSV: names in any case and order, others are kept",
      TEXT("\"Note\", IP ,DOMAIN\n\"a,\"\"b\"\"\",192.0.2.1,a.example\n"),
      "2 domain=a.example ip=192.0.2.1 other={\"Note\": \"a,\\\"b\\\"\"}" },
    { "CSV: a cell over three lines",
      TEXT("domain,x\na.example,\"1\r\n\n3\"\nb.example,\n"),
      "2 domain=a.example other={\"x\": \"1\\u000a\\u000a3\"}; 5 domain=b.example "
      "other={\"x\": \"\"}" },
    { "CSV: an open quote costs its own line alone",
      TEXT("domain,x\na.example,\"1\nb.example,2\nc.example,3"),
      "2 !; 3 domain=b.example other={\"x\": \"2\"}; 4 domain=c.example other={\"x\": "
      "\"3\"}" },
    { "CSV: two open quotes meet",
      TEXT("domain,x\na.example,\"1\nb.example,\"2\nc.example,3\n"),
      "2 !; 3 !; 4 domain=c.example other={\"x\": \"3\"}" },
    { "CSV: too many cells", TEXT("domain\na.example,1\nb.example\n"),
      "2 ! domain=a.example; 3 domain=b.example" },
    { "TSV", TEXT("domain\tip\na.example\t192.0.2.1\n"),
      "2 domain=a.example ip=192.0.2.1" },
    { "a header alone", TEXT("domain\n"), "" },
    { "a header without domain", TEXT("# x\nname,ip\na.example,192.0.2.1\n"),
      "failed: \"/dev/null\", line 2: a header without \"domain\"; expected columns such "
      "as domain,ip,selectors, or a domain a line, or JSON" },
    { "a header with an open quote", TEXT("\"domain\n"),
      "failed: \"/dev/null\", line 1: a quote that is not closed; expected a closing one" },
    { "a header twice the same", TEXT("domain,id,id\n"),
      "failed: \"/dev/null\", line 1: a header that names a column twice; expected each "
      "once" },
};

static void every_form_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const char *got;

        open_pipe();
        say(forms[i].text);
        hang_up();
        got = rows(&in);
        if (strcmp(got, forms[i].rows) != 0)
            fail_msg("%s:\n%s\nis:\n%s", forms[i].why, forms[i].rows, got);
        close_pipe();
    }
}

/* The same bytes, however the pipe cuts them; nothing is waited for that is not asked.
 */
static void rows_come_as_bytes_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct span text = forms[i].text;
        struct batch_row row;
        char got[TEXT_MAX] = "";
        size_t at = 0;

        open_pipe();
        for (size_t k = 0; k <= text.n; k++) {
            enum input_status status;

            if (k < text.n)
                say(span_make(text.p + k, 1));
            else
                hang_up();
            while ((status = input_next(&in, false, &arena, &row)) == INPUT_ROW)
                at += (size_t)snprintf(got + at, sizeof got - at, "%s%llu",
                                       at ? " " : "", (unsigned long long)row.line);
            if (status == INPUT_FAILED)
                break;
            assert_int_equal(status, k < text.n ? INPUT_WAIT : INPUT_END);
        }
        if (strncmp(forms[i].rows, "failed", 6) != 0) {
            char want[TEXT_MAX];
            size_t n = 0;
            const char *p = forms[i].rows;

            for (want[0] = '\0'; p && *p; p = strstr(p, "; "), p += p ? 2 : 0)
                if (ascii_is_digit(*p))
                    n += (size_t)snprintf(want + n, sizeof want - n, "%s%llu",
                                          n ? " " : "", strtoull(p, NULL, 10));
            if (strcmp(got, want) != 0)
                fail_msg("%s: rows of lines %s, expected %s", forms[i].why, got, want);
        }
        close_pipe();
    }
}

/* Write a file with a line far too long in its middle. */
static void write_long(const char *path, const char *before, char fill,
                       const char *after)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(before, f);
    for (int i = 0; i < LONG; i++)
        putc(fill, f);
    fputs(after, f);
    assert_int_equal(fclose(f), 0);
}

static void a_line_that_is_too_long_is_a_row(void **state)
{
    static const struct {
        const char *before, *after, *rows;
        char fill;
    } row[] = {
        { "a.example\n", "\nb.example\n", "1 domain=a.example; 2 !; 3 domain=b.example",
          'x' },
        { "{\"domain\": \"", "\"}\n{}\n", "1 !; 2", 'x' },
        { "", "\n", "1 !", ' ' },
        { "a.example\n", "", "1 domain=a.example; 2 !", 'x' },
        { "domain\na.example,", "\nb.example\n", "2 !; 3 domain=b.example", 'x' },
        { "domain,x\na.example,\"1\n", "\nb.example,\n",
          "2 !; 3 !; 4 domain=b.example other={\"x\": \"\"}", 'x' },
        { "domain,x\na.example,\"1\n\n", "\"\nb.example,\n",
          "2 !; 4 !; 5 domain=b.example other={\"x\": \"\"}", 'x' },
    };
    char path[] = "/tmp/batch_input_XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct input file;
        const char *got;

        write_long(path, row[i].before, row[i].fill, row[i].after);
        arena_init(&arena, 8 << 20);
        assert_int_equal(input_open(&file, path), AC_OK);
        got = rows(&file);
        if (strcmp(got, row[i].rows) != 0)
            fail_msg("row %zu:\n%s\nis:\n%s", i, row[i].rows, got);
        assert_true(file.lines.size <= (size_t)8 * INPUT_LINE_MAX);
        assert_int_equal(file.lines.bytes, file.lines.total);
        input_close(&file);
        arena_free(&arena);
    }
    unlink(path);
}

static void rows_ask_for_audits(void **state)
{
    static const struct {
        const char *domain, *ip, *selector, *error;
    } row[] = {
        { "A.Example.", "::ffff:192.0.2.1", "s1", NULL },
        { "a.example", NULL, NULL, NULL },
        { NULL, NULL, NULL, "no domain; expected one such as example.com" },
        { "192.0.2.1", NULL, NULL,
          "domain \"192.0.2.1\": an address; expected the domain of the From header" },
        { "a..example", NULL, NULL,
          "domain \"a..example\": not a domain, since it has an empty label; expected one "
          "such as example.com" },
        { "a.1", NULL, NULL,
          "domain \"a.1\": not a domain, since its last label is all digits; expected one "
          "such as example.com" },
        { "a.example", "192.0.2", NULL,
          "ip \"192.0.2\": not an address; expected IPv4 or IPv6" },
        { "a.example", NULL, "a b",
          "selector \"a b\": not a selector, since it has a character that no host name "
          "has" },
    };
    const struct ip fallback = { .family = 6 };
    const struct audit_options defaults = { .ip = &fallback, .n_ips = 1, .bulk = true };

    (void)state;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct batch_row r = { .line = 1 };
        struct audit_options out;

        if (row[i].domain)
            assert_int_equal(row_take(&r, &arena, ROW_DOMAIN, span_of(row[i].domain)),
                             0);
        if (row[i].ip)
            assert_int_equal(row_take(&r, &arena, ROW_IP, span_of(row[i].ip)), 0);
        if (row[i].selector)
            assert_int_equal(
                row_take(&r, &arena, ROW_SELECTOR, span_of(row[i].selector)), 0);
        assert_int_equal(row_options(&r, &arena, &defaults, &out), AC_OK);
        if (row[i].error)
            assert_string_equal(r.error, row[i].error);
        else
            assert_null(r.error);
        if (row[i].error)
            continue;
        assert_int_equal(out.n_ips, 1);
        assert_int_equal(out.ip[0].family, row[i].ip ? 4 : 6);
        assert_int_equal(out.n_selectors, row[i].selector != NULL);
        assert_true(out.bulk);
    }
    arena_free(&arena);
}

static void a_row_holds_so_many_values(void **state)
{
    struct batch_row row = { .line = 1 };

    (void)state;
    arena_init(&arena, 1 << 20);
    for (int i = 0; i < ROW_VALUES_MAX; i++)
        assert_int_equal(row_take(&row, &arena, ROW_IP, SPAN("::1")), AC_OK);
    assert_int_equal(row_take(&row, &arena, ROW_IP, SPAN("::1")), AC_ELIMIT);
    assert_int_equal(row.n_ips, ROW_VALUES_MAX);
    assert_true(span_eq(row.ip[ROW_VALUES_MAX - 1], SPAN("::1")));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(rows_come_as_bytes_do),
        cmocka_unit_test(a_line_that_is_too_long_is_a_row),
        cmocka_unit_test(rows_ask_for_audits),
        cmocka_unit_test(a_row_holds_so_many_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

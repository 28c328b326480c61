/* SPDX-License-Identifier: MIT */
/*
 * batch_progress_test.c - what a batch tells while it runs: one line that is written
 * over on a terminal, one a minute elsewhere, nothing when it is to be quiet.
 */
#include "batch/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    SECOND = 1000000
};

static struct crew *crew;

static int make_crew(void **state)
{
    static const struct crew_options options = { .drive = { .servers = 1,
                                                            .tries = 1 } };
    char error[NET_ERROR_MAX];

    (void)state;
    crew = crew_new(&options, true, error);
    return !crew;
}

static int drop_crew(void **state)
{
    (void)state;
    crew_free(crew);
    return 0;
}

static void the_line_tells_what_is_done_and_what_is_left(void **state)
{
    static const struct {
        uint64_t rows, held, load, bytes, total;
        int64_t us;
        const char *line;
    } row[] = {
        { 0, 0, 0, 0, 0, 0,
          "0 done, 0/s, 0 queries/s, 0.0 % from the cache, 0 unknown" },
        { 500, 0, 0, 0, 1000, SECOND,
          "500 done, 500/s, 0 queries/s, 0.0 % from the cache, 0 unknown" },
        { 500, 0, 0, 100, 1000, 2 * SECOND,
          "500 done, 250/s, 0 queries/s, 0.0 % from the cache, 0 unknown, 18 s left" },
        { 500, 7, 3, 1000, 100000, 2 * SECOND,
          "500 done, 250/s, 0 queries/s, 0.0 % from the cache, 4 unknown (3 load), 7 were "
          "there already, 3 min 18 s left" },
        { 1, 0, 0, 1, 10000, SECOND,
          "1 done, 1/s, 0 queries/s, 0.0 % from the cache, 0 unknown, 2 h 46 min left" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct tally t = { .rows = row[i].rows, .held = row[i].held };
        struct lines l = { .bytes = row[i].bytes, .total = row[i].total };
        const struct progress_of of = { &t, crew, &l };
        const struct progress p = { .started_us = 5 };
        struct buf out;

        t.load = row[i].load;
        t.verdict[VERDICT_UNKNOWN] = t.load ? t.load + 1 : 0;
        buf_init(&out, 1000);
        progress_line(&p, &of, 5 + row[i].us, &out);
        assert_string_equal(buf_text(&out), row[i].line);
        buf_free(&out);
    }
}

/* What is written to standard error between two moments, four a second. */
static const char *told(struct progress *p, int64_t seconds)
{
    static char text[8192];
    struct tally t = { .rows = 3 };
    struct lines l = { .bytes = 0 };
    const struct progress_of of = { &t, crew, &l };
    FILE *file = tmpfile();
    int kept = dup(STDERR_FILENO);
    int64_t at = p->started_us;

    assert_non_null(file);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    for (; at <= p->started_us + seconds * SECOND; at += SECOND / 4)
        progress_tell(p, &of, at);
    progress_end(p, &of, at);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

static void a_terminal_sees_one_line_that_changes(void **state)
{
    struct progress p;
    const char *text;

    (void)state;
    progress_init(&p, false);
    p.terminal = true;
    p.next_us = p.started_us + SECOND / 2;
    text = told(&p, 3);
    assert_int_equal(count(text, "3 done"), 6);
    assert_int_equal(count(text, "\033[?7l3 done"), 6); /* none may wrap */
    assert_int_equal(count(text, "\033[?7h"), 6);
    assert_int_equal(count(text, "\r\033[K"), 6); /* before all but the first, ... */
    assert_non_null(strstr(text, "\r\033[K3 rows\n")); /* ... and the summary */
}

static void a_file_gets_a_line_a_minute(void **state)
{
    struct progress p;
    const char *text;

    (void)state;
    progress_init(&p, false);
    p.terminal = false;
    p.next_us = p.started_us + 60 * (int64_t)SECOND;
    text = told(&p, 130);
    assert_int_equal(count(text, "authcheck: 3 done"), 2);
    assert_int_equal(count(text, "\r"), 0);
    assert_int_equal(count(text, "\n"), 4); /* and the two of the summary */
}

static void quiet_is_quiet(void **state)
{
    struct progress p;

    (void)state;
    progress_init(&p, true);
    assert_string_equal(told(&p, 130), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_tells_what_is_done_and_what_is_left),
        cmocka_unit_test(a_terminal_sees_one_line_that_changes),
        cmocka_unit_test(a_file_gets_a_line_a_minute),
        cmocka_unit_test(quiet_is_quiet),
    };

    return cmocka_run_group_tests(tests, make_crew, drop_crew);
}

/* SPDX-License-Identifier: MIT */
/*
 * batch_run_test.c - the program's batch over a server: a domain whose servers are
 * silent ends by itself and holds nobody up, order where it is asked for, shared
 * questions asked once, and a run that is ended goes on where it was.
 */
#define _XOPEN_SOURCE 700 /* mkstemp */
#include "support/dnsd.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    ROWS = 60,
    SILENT = 7, /* of which the server says nothing */
    TEXT_MAX = 1 << 20,
    COMMAND_MAX = 1000
};

static struct dnsd *server;
static char input[] = "/tmp/batch_run_XXXXXX", output[sizeof input + 4];

static int set_up(void **state)
{
    int fd = mkstemp(input);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

    (void)state;
    server = dnsd_new(0);
    if (!f || !server)
        return 1;
    fputs("domain,ip\n", f);
    for (int i = 1; i <= ROWS; i++) {
        char zone[300];

        fprintf(f, "d%d.example,192.0.2.%d\n", i, i);
        snprintf(zone, sizeof zone,
                 "d%d.example. 300 IN TXT \"v=spf1 include:_spf.mailer.example -all\"\n"
                 "_dmarc.d%d.example. 300 IN TXT \"v=DMARC1; p=reject\"\n",
                 i, i);
        dnsd_zone(server, zone);
    }
    dnsd_zone(server,
              "example. 300 IN SOA a. b. 1 7200 900 1209600 300\n"
              "_spf.mailer.example. 300 IN TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n");
    snprintf(output, sizeof output, "%s.out", input);
    return fclose(f);
}

static int tear_down(void **state)
{
    (void)state;
    unlink(input);
    unlink(output);
    dnsd_free(server);
    return 0;
}

static void silence(const char *name)
{
    const struct dnsd_rule rule = { .name = name, .tricks = DNSD_SILENT };

    dnsd_rule(server, &rule);
}

/* Run the program; its rows in a text that lives until the next call. */
static const char *batch(const char *options, int code)
{
    const char *program = getenv("AUTHCHECK");
    static char text[TEXT_MAX];
    char command[COMMAND_MAX];
    FILE *pipe;
    size_t n;
    int status;

    snprintf(command, sizeof command, "%s batch %s -q -n %s %s",
             program ? program : "build/authcheck", input, dnsd_address(server),
             options);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    n = fread(text, 1, sizeof text - 1, pipe);
    text[n] = '\0';
    status = pclose(pipe);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
        fail_msg("%s: exit code %d, expected %d", command, WEXITSTATUS(status), code);
    return text;
}

/* The line of the input that the row at *p is of; *p is moved to the next one. */
static int next_row(const char **p, const char **verdict)
{
    int line = 0;

    if (sscanf(*p, "{\"line\": %d, ", &line) != 1)
        return 0;
    *verdict = strstr(*p, "\"verdict\": ");
    *p = strchr(*p, '\n');
    assert_non_null(*p);
    ++*p;
    return line;
}

static bool is(const char *verdict, const char *word)
{
    char text[64];

    snprintf(text, sizeof text, "\"verdict\": \"%s\"", word);
    return verdict && strncmp(verdict, text, strlen(text)) == 0;
}

/* Every row once; all are accepted but those of a silent domain. */
static void expect_rows(const char *text, bool in_order)
{
    bool seen[ROWS + 2] = { false };
    const char *p = text, *verdict = NULL;
    int line, last = 1, n = 0;

    for (; (line = next_row(&p, &verdict)) > 0; n++, last = line) {
        bool silent = line == SILENT + 1;

        if (line > ROWS + 1 || seen[line]) {
            fail_msg("a row of line %d that is not there, or twice", line);
            return;
        }
        if (in_order && line != last + 1)
            fail_msg("line %d behind line %d", line, last);
        seen[line] = true;
        if (!is(verdict, silent ? "unknown" : "accept"))
            fail_msg("line %d: %.30s", line, verdict);
    }
    assert_int_equal(n, ROWS);
}

static void a_silent_domain_holds_nobody_up(void **state)
{
    const char *text, *p, *verdict;
    int line, last = 0;

    (void)state;
    silence("d7.example");
    text = batch("--timeout 1 --tries 1", 3);
    expect_rows(text, false);
    for (p = text; (line = next_row(&p, &verdict)) > 0;)
        last = line;
    assert_int_equal(last, SILENT + 1);
    /* Sixty audits wanted it. */
    assert_int_equal(dnsd_asked(server, "_spf.mailer.example", 16), 1);
}

static void rows_in_order_wait_for_a_silent_one(void **state)
{
    (void)state;
    expect_rows(batch("--timeout 1 --tries 1 --ordered", 3), true);
    expect_rows(batch("--timeout 5 --deadline 1 --ordered", 3), true);
    expect_rows(batch("--timeout 1 --tries 1 --in-flight 1", 3), true);
}

/* Lines of a file. */
static int count_rows(const char *path)
{
    FILE *f = fopen(path, "r");
    int n = 0, c;

    while (f && (c = getc(f)) != EOF)
        n += c == '\n';
    if (f)
        fclose(f);
    return n;
}

static void pause_a_little(void)
{
    const struct timespec t = { .tv_nsec = 10000000 };

    nanosleep(&t, NULL);
}

/* A run of which one audit cannot end; all others are written. */
static pid_t begin_run(void)
{
    const char *program = getenv("AUTHCHECK");
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        execl(program ? program : "build/authcheck", "authcheck", "batch", input, "-q",
              "-n", dnsd_address(server), "--timeout", "600", "-o", output,
              (char *)NULL);
        _exit(126);
    }
    while (count_rows(output) < ROWS - 1)
        pause_a_little();
    return child;
}

static void a_second_signal_ends_at_once_whichever_it_is(void **state)
{
    int status;
    pid_t child;

    (void)state;
    child = begin_run();
    kill(child, SIGINT);
    pause_a_little();
    kill(child, SIGTERM);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
    assert_int_equal(count_rows(output), ROWS - 1);
    assert_int_equal(unlink(output), 0);
}

static void a_signal_drops_what_is_under_way(void **state)
{
    int status, code;
    pid_t child;

    (void)state;
    child = begin_run();
    kill(child, SIGINT);
    assert_int_equal(waitpid(child, &status, 0), child);
    code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    assert_int_equal(code, 3); /* rows are missing */
    assert_int_equal(count_rows(output), ROWS - 1);
}

static void resuming_asks_for_what_is_missing(void **state)
{
    char options[200];

    (void)state;
    dnsd_clear(server);
    dnsd_zone(server, "example. 300 IN SOA a. b. 1 7200 900 1209600 300\n"
                      "d7.example. 300 IN TXT \"v=spf1 -all\"\n"
                      "_dmarc.d7.example. 300 IN TXT \"v=DMARC1; p=reject\"\n");
    snprintf(options, sizeof options, "-o %s --resume", output);
    batch(options, 1);
    assert_int_equal(count_rows(output), ROWS);
    assert_true(dnsd_asked(server, "d7.example", 16) == 1);
    assert_int_equal(dnsd_asked(server, "d8.example", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silent_domain_holds_nobody_up),
        cmocka_unit_test(rows_in_order_wait_for_a_silent_one),
        cmocka_unit_test(a_second_signal_ends_at_once_whichever_it_is),
        cmocka_unit_test(a_signal_drops_what_is_under_way),
        cmocka_unit_test(resuming_asks_for_what_is_missing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: MIT */
/*
 * spf_wire_test.c - the public SPF conformance cases through real sockets: the program
 * asks a DNS server on loopback that serves the scenario, and its JSON is judged.
 * RFC 7208.
 *
 * The program is $AUTHCHECK (build/release/authcheck). The cases are read from
 * $AUTHCHECK_SUITES; without it the test says SKIPPED and passes, or fails under
 * AUTHCHECK_REQUIRE_SUITES=1.
 */
#include "support/dnsd.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    CHILDREN_MAX = 4,
    OUTPUT_MAX = 4 * 1024 * 1024,
    PATH_BYTES = 4096,
    TTL = 60
};

/* A case, and what the program said to it. */
struct wire_case {
    const json_t *test;
    struct dnsd *server;
    char name[160];
    char *output; /* NUL-terminated */
    size_t n;
    int status; /* of waitpid */
};

struct child {
    pid_t pid; /* 0: free */
    int fd;
    struct wire_case *of;
};

static json_t *suite;
static struct dnsd **servers;
static struct wire_case *cases;
static size_t n_servers, n_cases, n_unwireable, n_nul;
static const char *program;

static const char *str(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static struct span str_span(const json_t *s)
{
    return span_make(json_string_value(s), json_string_length(s));
}

/* --- the scenario on the wire ----------------------------------------------------- */

static void *room(size_t size)
{
    void *p = calloc(1, size ? size : 1);

    assert_non_null(p);
    return p;
}

static void serve_txt(struct dnsd *d, const char *name, uint16_t type,
                      const json_t *strings)
{
    char *rdata, *p;
    size_t size = 1, i;
    const json_t *s;

    json_array_foreach(strings, i, s) size += 1 + json_string_length(s);
    rdata = p = room(size);
    json_array_foreach(strings, i, s)
    {
        struct span text = str_span(s);

        assert_true(text.n <= 255);
        *p++ = (char)text.n;
        memcpy(p, text.p, text.n);
        p += text.n;
    }
    if (p == rdata) /* no string: one that is empty */
        p++;
    dnsd_record(d, name, type, TTL, span_make(rdata, (size_t)(p - rdata)));
    free(rdata);
}

/* RDATA of `before` octets and a name. */
static void serve_name(struct dnsd *d, const char *name, uint16_t type,
                       struct span before, const json_t *target)
{
    uint8_t rdata[2 + DNS_NAME_MAX];
    struct dns_name to;

    assert_true(before.n <= 2);
    if (!dns_name_parse(str_span(target), &to))
        fail_msg("\"%s\" in the suite is no name", json_string_value(target));
    if (before.n)
        memcpy(rdata, before.p, before.n);
    memcpy(rdata + before.n, to.wire, to.n);
    dnsd_record(d, name, type, TTL, span_make(rdata, before.n + to.n));
}

static void serve_address(struct dnsd *d, const char *name, uint16_t type,
                          const json_t *data)
{
    struct ip ip;

    if (!ip_parse(str_span(data), &ip))
        fail_msg("\"%s\" in the suite is no address", json_string_value(data));
    dnsd_record(d, name, type, TTL, span_make(ip.bytes, ip_bits(&ip) / 8));
}

static void serve_record(struct dnsd *d, const char *name, uint16_t type,
                         const json_t *data)
{
    json_int_t preference = json_integer_value(json_array_get(data, 0));
    const uint8_t mx[] = { (uint8_t)(preference >> 8), (uint8_t)preference };

    if (type == DNS_T_TXT || type == DNS_T_SPF)
        serve_txt(d, name, type, data);
    else if (type == DNS_T_MX)
        serve_name(d, name, type, span_make(mx, 2), json_array_get(data, 1));
    else if (type == DNS_T_A || type == DNS_T_AAAA)
        serve_address(d, name, type, data);
    else
        serve_name(d, name, type, SPAN(""), data);
}

/* "TIMEOUT" or "SERVFAIL" for a type, or for all ("*") that the name has not. */
static void serve_failure(struct dnsd *d, const char *name, const char *type,
                          const char *failure)
{
    bool all = strcmp(type, "*") == 0;
    bool silent = strcmp(failure, "TIMEOUT") == 0;
    struct dnsd_rule rule = { .name = name,
                              .unlisted = all,
                              .tricks = silent ? DNSD_SILENT : 0,
                              .rcode = silent ? 0 : 2 };

    if (!silent && strcmp(failure, "SERVFAIL") != 0)
        fail_msg("%s %s: \"%s\" is not known here", name, type, failure);
    if (!all && !dns_type_parse(span_of(type), &rule.type))
        fail_msg("%s: type \"%s\" is not known here", name, type);
    dnsd_rule(d, &rule);
}

static bool is_failure(const json_t *entry)
{
    const char *type = str(entry, "type");
    const char *data = str(entry, "data");

    return strcmp(type, "*") == 0 || strcmp(data, "TIMEOUT") == 0 ||
           strcmp(data, "SERVFAIL") == 0;
}

static void serve_zone(struct dnsd *d, const json_t *zone)
{
    const json_t *entry;
    size_t i;

    /* Failures of one type stand before those of all types. */
    for (int all = 0; all < 2; all++)
        json_array_foreach(zone, i, entry)
        {
            const char *type = str(entry, "type");

            if (is_failure(entry) && (strcmp(type, "*") == 0) == all)
                serve_failure(d, str(entry, "name"), type, str(entry, "data"));
        }
    json_array_foreach(zone, i, entry)
    {
        uint16_t type;

        if (is_failure(entry) || json_is_true(json_object_get(entry, "unwireable")))
            continue;
        if (!dns_type_parse(span_of(str(entry, "type")), &type))
            fail_msg("type \"%s\" is not known here", str(entry, "type"));
        serve_record(d, str(entry, "name"), type, json_object_get(entry, "data"));
    }
}

/* --- the program ------------------------------------------------------------------ */

static bool has_nul(const json_t *test)
{
    static const char *const keys[] = { "helo", "host", "mailfrom" };

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const json_t *s = json_object_get(test, keys[i]);

        if (json_is_string(s) && span_contains(str_span(s), '\0'))
            return true;
    }
    return false;
}

static void child_exec(const struct wire_case *c, int out)
{
    const char *mail_from = str(c->test, "mailfrom");

    dup2(out, STDOUT_FILENO);
    execl(program, program, "example.com", "--ip", str(c->test, "host"), "--mail-from",
          *mail_from ? mail_from : "<>", "--helo", str(c->test, "helo"), "-n",
          dnsd_address(c->server), "-f", "json", "--receiver", "generic", "--timeout",
          "1", "--tries", "2", "--discover", "0", "--fail-on", "never", (char *)NULL);
    _exit(127);
}

static void child_start(struct child *child, struct wire_case *c)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    child->of = c;
    child->fd = ends[0];
    child->pid = fork();
    assert_true(child->pid >= 0);
    if (child->pid == 0) {
        close(ends[0]);
        child_exec(c, ends[1]);
    }
    close(ends[1]);
}

/* Some more of what it says; at the end, its exit status. */
static void child_read(struct child *child)
{
    struct wire_case *c = child->of;
    char bytes[65536];
    ssize_t n = read(child->fd, bytes, sizeof bytes);

    if (n > 0 && c->n + (size_t)n < OUTPUT_MAX) {
        c->output = realloc(c->output, c->n + (size_t)n + 1);
        assert_non_null(c->output);
        memcpy(c->output + c->n, bytes, (size_t)n);
        c->n += (size_t)n;
        c->output[c->n] = '\0';
        return;
    }
    close(child->fd);
    while (waitpid(child->pid, &c->status, 0) < 0 && errno == EINTR)
        ;
    child->pid = 0;
}

static void run_all(void)
{
    struct child children[CHILDREN_MAX] = { 0 };
    size_t begun = 0, ended = 0;

    while (ended < n_cases) {
        struct pollfd polls[CHILDREN_MAX];

        for (size_t i = 0; i < CHILDREN_MAX; i++) {
            if (!children[i].pid && begun < n_cases)
                child_start(&children[i], &cases[begun++]);
            polls[i] = (struct pollfd){ .fd = children[i].pid ? children[i].fd : -1,
                                        .events = POLLIN };
        }
        if (poll(polls, CHILDREN_MAX, -1) < 0)
            continue;
        for (size_t i = 0; i < CHILDREN_MAX; i++)
            if (children[i].pid && polls[i].revents) {
                child_read(&children[i]);
                ended += !children[i].pid;
            }
    }
}

/* --- the judgement ---------------------------------------------------------------- */

static bool is_one_of(const json_t *list, const char *text)
{
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item) if (strcmp(json_string_value(item), text) ==
                                          0) return true;
    return false;
}

static void expect_explanation(const struct wire_case *c, const json_t *got)
{
    const json_t *wanted = json_object_get(c->test, "explanation");
    bool ci = json_is_true(json_object_get(c->test, "explanation_ci"));
    bool same;

    if (!json_is_string(wanted))
        return;
    if (strcmp(json_string_value(wanted), "DEFAULT") == 0)
        same = json_is_null(got);
    else
        same = json_is_string(got) && (ci ? span_eq_ci(str_span(wanted), str_span(got))
                                          : span_eq(str_span(wanted), str_span(got)));
    if (!same)
        fail_msg(
            "%s: explanation: expected \"%s\", got \"%s\" (%s)", c->name,
            json_string_value(wanted),
            json_is_string(got) ? json_string_value(got) : "(none)",
            json_string_value(json_array_get(json_object_get(c->test, "spec"), 0)));
}

static void judge(void **state)
{
    const struct wire_case *c = *state;
    const json_t *wanted = json_object_get(c->test, "result");
    json_error_t error;
    json_t *said;
    const json_t *spf;
    const char *result;

    if (!WIFEXITED(c->status) || WEXITSTATUS(c->status) != 0)
        fail_msg("%s: the program ended with %s %d", c->name,
                 WIFEXITED(c->status) ? "exit code" : "signal",
                 WIFEXITED(c->status) ? WEXITSTATUS(c->status) : WTERMSIG(c->status));
    said = json_loads(c->output ? c->output : "", JSON_ALLOW_NUL, &error);
    if (!said)
        fail_msg("%s: no JSON: line %d: %s", c->name, error.line, error.text);
    spf = json_array_get(json_object_get(said, "spf"), 0);
    result = str(spf, "result");
    if (!is_one_of(wanted, result))
        fail_msg("%s: expected %s, got \"%s\" (RFC 7208, %s)\nmail from <%s>, helo %s, "
                 "from %s: record %s",
                 c->name, json_string_value(json_array_get(wanted, 0)), result,
                 json_string_value(json_array_get(json_object_get(c->test, "spec"), 0)),
                 str(c->test, "mailfrom"), str(c->test, "helo"), str(c->test, "host"),
                 str(spf, "record"));
    expect_explanation(c, json_object_get(spf, "explanation"));
    json_decref(said);
}

/* --- all of it -------------------------------------------------------------------- */

static void case_add(const json_t *scenario, const json_t *test, struct dnsd *server)
{
    struct wire_case *c = &cases[n_cases];

    if (json_is_true(json_object_get(test, "unwireable"))) {
        n_unwireable++;
        return;
    }
    if (has_nul(test)) {
        n_nul++;
        return;
    }
    n_cases++;
    c->test = test;
    c->server = server;
    snprintf(c->name, sizeof c->name, "%s: %s", str(scenario, "scenario"),
             str(test, "name"));
}

static int set_up(void **state)
{
    const json_t *scenario, *test;
    size_t most = 0, i, k;

    (void)state;
    if (access(program, X_OK) != 0) {
        print_error("%s: no such program; build it, or name it in AUTHCHECK\n",
                    program);
        return -1;
    }
    json_array_foreach(suite, i, scenario) most +=
        json_array_size(json_object_get(scenario, "tests"));
    assert_true(n_cases == 0 && most > 0);
    servers = room(json_array_size(suite) * sizeof *servers);
    json_array_foreach(suite, i, scenario)
    {
        servers[i] = dnsd_new(0);
        assert_non_null(servers[i]);
        n_servers++;
        serve_zone(servers[i], json_object_get(scenario, "zone"));
        json_array_foreach(json_object_get(scenario, "tests"), k, test)
            case_add(scenario, test, servers[i]);
    }
    run_all();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_servers; i++)
        dnsd_free(servers[i]);
    free(servers);
    return 0;
}

static int skipped(const char *why)
{
    const char *require = getenv("AUTHCHECK_REQUIRE_SUITES");

    printf("SKIPPED: %s\n0 passed, 0 failed\n", why);
    return require && strcmp(require, "1") == 0;
}

/* cmocka wants to know the tests before it sets up, so the cases are counted before. */
static struct CMUnitTest *tests_new(size_t *n)
{
    struct CMUnitTest *tests;
    const json_t *scenario, *test;
    size_t most = 0, i, k;

    json_array_foreach(suite, i, scenario) most +=
        json_array_size(json_object_get(scenario, "tests"));
    tests = calloc(most + 1, sizeof *tests);
    cases = calloc(most + 1, sizeof *cases);
    *n = 0;
    if (!tests || !cases)
        return NULL;
    json_array_foreach(suite, i, scenario)
        json_array_foreach(json_object_get(scenario, "tests"), k, test)
    {
        if (json_is_true(json_object_get(test, "unwireable")) || has_nul(test))
            continue;
        tests[*n] = (struct CMUnitTest){ .name = cases[*n].name,
                                         .test_func = judge,
                                         .initial_state = &cases[*n] };
        snprintf(cases[*n].name, sizeof cases[*n].name, "%s: %s",
                 str(scenario, "scenario"), str(test, "name"));
        ++*n;
    }
    return tests;
}

int main(void)
{
    const char *folder = getenv("AUTHCHECK_SUITES");
    struct CMUnitTest *tests;
    char path[PATH_BYTES];
    json_error_t error;
    size_t n;
    int failed;

    program = getenv("AUTHCHECK");
    if (!program)
        program = "build/release/authcheck";
    if (!folder)
        return skipped("AUTHCHECK_SUITES names no folder with rfc7208.json");
    snprintf(path, sizeof path, "%s/rfc7208.json", folder);
    suite = json_load_file(path, JSON_ALLOW_NUL, &error);
    if (!suite) {
        fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
        return skipped("rfc7208.json cannot be read");
    }
    tests = tests_new(&n);
    if (!tests)
        return 1;
    failed = _cmocka_run_group_tests("spf_wire", tests, n, set_up, tear_down);
    printf("left out: %zu unwireable, %zu with a NUL in an argument\n", n_unwireable,
           n_nul);
    for (size_t i = 0; i < n_cases; i++)
        free(cases[i].output);
    free(cases);
    free(tests);
    json_decref(suite);
    return failed;
}

/* SPDX-License-Identifier: MIT */
/*
 * net_servers_test.c - the live source against real servers: nsd and, in front of it,
 * unbound. What both make of the same zones is what the rest of the world sends us.
 *
 * They run as children on ports of loopback, without privileges, with their files in a
 * folder under build/. A test that cannot start them fails and says what is missing.
 */
#define _XOPEN_SOURCE 700 /* realpath */
#include "net/ares.h"

#include "base/clock.h"
#include "support/dnsd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    START_MS = 20000, /* patience with a server that starts */
    PATIENT_MS = 20000,
    SHORT_MS = 300
};

static char dir[PATH_MAX];
static pid_t nsd = -1, unbound = -1;
static uint16_t nsd_port, unbound_port;
static struct dnsd *mute;
static struct arena arena;

static int give_up(const char *what)
{
    print_error("live: %s\n", what);
    return -1;
}

/* A port that nobody has: bound once, and given back. */
static uint16_t port_free(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof a;
    int udp = socket(AF_INET, SOCK_DGRAM, 0);
    int tcp = socket(AF_INET, SOCK_STREAM, 0);
    bool ok = udp >= 0 && tcp >= 0 && bind(tcp, (struct sockaddr *)&a, n) == 0 &&
              getsockname(tcp, (struct sockaddr *)&a, &n) == 0 &&
              bind(udp, (struct sockaddr *)&a, n) == 0;

    close(udp);
    close(tcp);
    return ok ? ntohs(a.sin_port) : 0;
}

static FILE *config_open(const char *name)
{
    char path[PATH_MAX + 16];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return fopen(path, "w");
}

static bool nsd_config(void)
{
    char zones[PATH_MAX];
    FILE *f = config_open("nsd.conf");

    if (!f || !realpath("fixtures/zones", zones))
        return false;
    fprintf(f,
            "server:\n ip-address: 127.0.0.1\n port: %u\n server-count: 1\n"
            " username: \"\"\n zonesdir: \"%s\"\n pidfile: \"%s/nsd.pid\"\n"
            " zonelistfile: \"%s/zone.list\"\n xfrdfile: \"%s/xfrd.state\"\n"
            " xfrdir: \"%s\"\n logfile: \"%s/nsd.log\"\n database: \"\"\n"
            " rrl-ratelimit: 0\n"
            "remote-control:\n control-enable: no\n"
            "zone:\n name: live.test\n zonefile: live.test.zone\n"
            "zone:\n name: other.test\n zonefile: other.test.zone\n"
            "zone:\n name: bogus.test\n zonefile: bogus.test.zone\n"
            "zone:\n name: broken.test\n zonefile: no-such-file.zone\n",
            nsd_port, zones, dir, dir, dir, dir, dir);
    return fclose(f) == 0;
}

static bool unbound_config(void)
{
    static const char *const stubs[] = { "live.test", "other.test", "broken.test",
                                         "lame.test", "bogus.test" };
    FILE *f = config_open("unbound.conf");
    const char *mute_port = strchr(dnsd_address(mute), ':') + 1;

    if (!f)
        return false;
    fprintf(f,
            "server:\n username: \"\"\n chroot: \"\"\n directory: \"%s\"\n"
            " pidfile: \"\"\n logfile: \"%s/unbound.log\"\n use-syslog: no\n"
            " interface: 127.0.0.1@%u\n do-not-query-localhost: no\n do-ip6: no\n"
            " num-threads: 1\n local-zone: \"test.\" nodefault\n"
            " module-config: \"validator iterator\"\n ede: yes\n"
            " trust-anchor: \"bogus.test. DS 1 13 2 "
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"\n"
            "remote-control:\n control-enable: no\n"
            "stub-zone:\n name: mute.test\n stub-addr: 127.0.0.1@%s\n",
            dir, dir, unbound_port, mute_port);
    for (size_t i = 0; i < sizeof stubs / sizeof *stubs; i++)
        fprintf(f, "stub-zone:\n name: %s\n stub-addr: 127.0.0.1@%u\n", stubs[i],
                nsd_port);
    return fclose(f) == 0;
}

static const char *program(const char *const *paths)
{
    while (*paths && access(*paths, X_OK) != 0)
        paths++;
    return *paths;
}

/* -d: stay in the foreground, so that it is our child and ends with us. */
static pid_t start(const char *path, const char *config)
{
    char file[PATH_MAX + 16], log[PATH_MAX + 16];
    pid_t pid;
    int fd;

    snprintf(file, sizeof file, "%s/%s", dir, config);
    snprintf(log, sizeof log, "%s/%s.out", dir, config);
    pid = fork();
    if (pid != 0)
        return pid;
    fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd >= 0) {
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
    }
    execl(path, path, "-d", "-c", file, (char *)NULL);
    _exit(127);
}

static void stop(pid_t pid)
{
    if (pid <= 0)
        return;
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
}

static const struct dns_answer *ask(uint16_t port, const char *text, uint16_t type,
                                    unsigned timeout_ms)
{
    char address[32], error[NET_ERROR_MAX];
    const char *servers[] = { address };
    const struct net_options options = { servers, 1, timeout_ms, 0 };
    struct dns_source *source;
    struct dns_name name;
    struct dns_event event = { 0 };
    size_t n = 0;

    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    source = net_source_new(&options, error);
    assert_non_null(source);
    assert_true(dns_name_parse(span_of(text), &name));
    assert_int_equal(
        source->ops->ask(source, &(struct dns_try){ &name, type, 0, NULL }), AC_OK);
    assert_int_equal(source->ops->wait(source, INT64_MAX, &arena, &event, 1, &n),
                     AC_OK);
    assert_int_equal(n, 1);
    source->ops->free(source);
    return event.answer;
}

static bool answers(pid_t pid, uint16_t port)
{
    const int64_t end = clock_ms() + START_MS;
    const struct timespec pause = { .tv_nsec = 20000000 };

    while (clock_ms() < end && waitpid(pid, NULL, WNOHANG) == 0) {
        if (ask(port, "live.test", DNS_T_SOA, 1000)->outcome == DNS_ANSWER)
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

static int group_set_up(void **state)
{
    static const char *const nsd_paths[] = { "/usr/sbin/nsd", "/usr/local/sbin/nsd",
                                             NULL };
    static const char *const unbound_paths[] = { "/usr/sbin/unbound",
                                                 "/usr/local/sbin/unbound", NULL };

    char name[] = "build/live.XXXXXX";

    (void)state;
    arena_init(&arena, 64 * 1024 * 1024);
    if (!program(nsd_paths))
        return give_up("nsd is not installed: install the Debian package nsd");
    if (!program(unbound_paths))
        return give_up("unbound is not installed: install the Debian package unbound");
    mkdir("build", 0777);
    if (!mkdtemp(name) || !realpath(name, dir))
        return give_up("no folder can be made under build/");
    mute = dnsd_new(0);
    nsd_port = port_free();
    unbound_port = port_free();
    if (!mute || !nsd_port || !unbound_port)
        return give_up("no free port on 127.0.0.1");
    dnsd_rule(mute, &(struct dnsd_rule){ .tricks = DNSD_SILENT });
    if (!nsd_config() || !unbound_config())
        return give_up("the servers' files cannot be written");
    nsd = start(program(nsd_paths), "nsd.conf");
    if (!answers(nsd, nsd_port))
        return give_up(
            "nsd does not start: see nsd.log and nsd.conf.out in build/live.*");
    unbound = start(program(unbound_paths), "unbound.conf");
    if (!answers(unbound, unbound_port))
        return give_up(
            "unbound does not start: see unbound.log and unbound.conf.out in "
            "build/live.*");
    return 0;
}

static void files_remove(void)
{
    static const char *const files[] = {
        "nsd.conf",   "nsd.conf.out", "nsd.log",     "nsd.pid",         "zone.list",
        "xfrd.state", "unbound.conf", "unbound.log", "unbound.conf.out"
    };
    char path[PATH_MAX + 32];

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        unlink(path);
    }
    rmdir(dir);
}

static int group_tear_down(void **state)
{
    (void)state;
    stop(unbound);
    stop(nsd);
    dnsd_free(mute);
    arena_free(&arena);
    files_remove();
    return 0;
}

static void expect(const struct dns_answer *a, enum dns_outcome outcome,
                   const char *what)
{
    if (a->outcome != outcome)
        fail_msg("%s: expected %s, got %s", what, dns_outcome_print(outcome),
                 dns_outcome_print(a->outcome));
}

/* What both servers must be read alike. */
static void plain_answers_are_read(uint16_t port)
{
    const struct dns_answer *a = ask(port, "live.test", DNS_T_TXT, PATIENT_MS);
    struct dns_name host, wanted;
    uint16_t preference;

    expect(a, DNS_ANSWER, "TXT");
    assert_true(span_eq(dns_txt_join(&arena, a->rr), SPAN("v=spf1 mx -all")));
    a = ask(port, "live.test", DNS_T_MX, PATIENT_MS);
    expect(a, DNS_ANSWER, "MX");
    assert_true(dns_mx_read(a->rr, &preference, &host));
    assert_true(dns_name_parse(SPAN("mx.live.test"), &wanted));
    assert_true(dns_name_eq(&host, &wanted));
    a = ask(port, "alias.live.test", DNS_T_A, PATIENT_MS);
    expect(a, DNS_ANSWER, "CNAME");
    assert_int_equal(a->n_cname, 1);
    a = ask(port, "far.live.test", DNS_T_A, PATIENT_MS);
    expect(a, DNS_ANSWER, "CNAME into another zone");
    assert_true(span_eq(a->rr->rdata, SPAN("\300\0\2\2")));
    expect(ask(port, "a.wild.live.test", DNS_T_TXT, PATIENT_MS), DNS_ANSWER,
           "wildcard");
}

static void negative_answers_are_read(uint16_t port)
{
    const struct dns_answer *a = ask(port, "mx.live.test", DNS_T_TXT, PATIENT_MS);

    expect(a, DNS_NODATA, "RFC 2308, 2.2");
    assert_in_range(a->ttl, 40, 42); /* a cache counts down */
    a = ask(port, "gone.live.test", DNS_T_TXT, PATIENT_MS);
    expect(a, DNS_NXDOMAIN, "RFC 2308, 2.1");
    assert_in_range(a->ttl, 40, 42);
    a = ask(port, "lost.live.test", DNS_T_A, PATIENT_MS);
    expect(a, DNS_NXDOMAIN, "CNAME to no name");
    assert_int_equal(a->n_cname, 1);
}

static void nsd_answers_are_read(void **state)
{
    (void)state;
    plain_answers_are_read(nsd_port);
    negative_answers_are_read(nsd_port);
}

static void unbound_answers_are_read(void **state)
{
    (void)state;
    plain_answers_are_read(unbound_port);
    negative_answers_are_read(unbound_port);
}

static void large_answers_come_over_tcp(void **state)
{
    const uint16_t ports[] = { nsd_port, unbound_port };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct dns_answer *a =
            ask(ports[i], "big.live.test", DNS_T_TXT, PATIENT_MS);

        expect(a, DNS_ANSWER, "RFC 7766, 5");
        assert_int_equal(a->n, 6);
        assert_int_equal(a->rr[0].rdata.n, 251);
    }
}

static void nsd_refuses_a_zone_that_it_has_not(void **state)
{
    const struct dns_answer *a;

    (void)state;
    a = ask(nsd_port, "lame.test", DNS_T_TXT, PATIENT_MS);
    expect(a, DNS_REFUSED, "RFC 1035, 4.1.1");
    assert_int_equal(a->rcode, 5);
}

static void a_zone_that_cannot_be_loaded_is_servfail(void **state)
{
    (void)state;
    expect(ask(nsd_port, "broken.test", DNS_T_TXT, PATIENT_MS), DNS_SERVFAIL, "nsd");
    expect(ask(unbound_port, "broken.test", DNS_T_TXT, PATIENT_MS), DNS_SERVFAIL,
           "unbound");
}

static void a_lame_delegation_is_servfail(void **state)
{
    (void)state;
    expect(ask(unbound_port, "lame.test", DNS_T_TXT, PATIENT_MS), DNS_SERVFAIL,
           "unbound");
}

static void failed_dnssec_is_bogus(void **state)
{
    (void)state;
    expect(ask(unbound_port, "bogus.test", DNS_T_TXT, PATIENT_MS), DNS_BOGUS,
           "RFC 8914, 4");
}

static void a_cname_loop_is_no_answer(void **state)
{
    const struct dns_answer *a;

    (void)state;
    a = ask(nsd_port, "one.live.test", DNS_T_A, PATIENT_MS);
    assert_true(a->outcome == DNS_MALFORMED || a->unfinished);
    a = ask(unbound_port, "one.live.test", DNS_T_A, PATIENT_MS);
    assert_true(a->outcome == DNS_MALFORMED || a->outcome == DNS_SERVFAIL);
}

static void a_silent_authority_is_timeout(void **state)
{
    (void)state;
    expect(ask(unbound_port, "mute.test", DNS_T_TXT, SHORT_MS), DNS_TIMEOUT, "silence");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nsd_answers_are_read),
        cmocka_unit_test(unbound_answers_are_read),
        cmocka_unit_test(large_answers_come_over_tcp),
        cmocka_unit_test(nsd_refuses_a_zone_that_it_has_not),
        cmocka_unit_test(a_zone_that_cannot_be_loaded_is_servfail),
        cmocka_unit_test(a_lame_delegation_is_servfail),
        cmocka_unit_test(failed_dnssec_is_bogus),
        cmocka_unit_test(a_cname_loop_is_no_answer),
        cmocka_unit_test(a_silent_authority_is_timeout),
    };

    return cmocka_run_group_tests(tests, group_set_up, group_tear_down);
}

/* SPDX-License-Identifier: MIT */
/*
 * explain_asks_test.c - explain over a DNS server on loopback: bounces that ask the
 * same ask once, bounces of one run share answers, and silence is never a mend.
 */
#include "support/dnsd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cmocka.h>

#define BOUNCES "fixtures/bounces/"
#define ZONE                                                                 \
    "shop.example. 300 IN TXT \"v=spf1 include:_spf.mailer.example -all\"\n" \
    "shop.example. 300 IN MX 10 mx.shop.example.\n"                          \
    "mx.shop.example. 300 IN A 192.0.2.10\n"                                 \
    "_dmarc.shop.example. 300 IN TXT \"v=DMARC1; p=reject\"\n"               \
    "_spf.mailer.example. 300 IN TXT \"v=spf1 ip4:192.0.2.10 -all\"\n"

enum {
    OUTPUT_BYTES = 1 << 16
};

struct run {
    char output[OUTPUT_BYTES];
    int code;
};

/* authcheck explain ARGS, with that server. */
static void explain(struct dnsd *server, const char *args, struct run *out)
{
    const char *program = getenv("AUTHCHECK");
    char command[1024];
    FILE *pipe;
    size_t n;
    int status;

    snprintf(command, sizeof command,
             "%s explain %s --no-dnsbl --nameserver %s --timeout 0.3 --tries 1 2>&1 "
             "</dev/null",
             program ? program : "build/authcheck", args, dnsd_address(server));
    pipe = popen(command, "r");
    assert_non_null(pipe);
    n = fread(out->output, 1, sizeof out->output - 1, pipe);
    out->output[n] = '\0';
    status = pclose(pipe);
    out->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void expect(const struct run *r, int code, const char *words)
{
    if (r->code != code || !strstr(r->output, words))
        fail_msg("expected exit code %d and \"%s\"\ngot %d:\n%s", code, words, r->code,
                 r->output);
}

static void explain_asks_once_for_bounces_that_ask_the_same(void **state)
{
    struct dnsd *server = dnsd_new(0);
    struct run r;

    (void)state;
    dnsd_zone(server, ZONE);
    explain(server, "--ip 198.51.100.7 " BOUNCES "exim.eml " BOUNCES "exim.eml", &r);
    expect(&r, 1, "STILL FAILING  spf_fail");
    assert_int_equal(dnsd_asked(server, "_dmarc.shop.example", DNS_T_TXT), 1);
    assert_int_equal(dnsd_asked(server, "shop.example", DNS_T_TXT), 1);
    dnsd_free(server);
}

static void explain_shares_answers_between_bounces(void **state)
{
    struct dnsd *server = dnsd_new(0);
    struct run r;

    (void)state;
    dnsd_zone(server, ZONE);
    explain(server, BOUNCES "exim.eml " BOUNCES "gmail-unauthenticated.txt", &r);
    expect(&r, 1, "STILL FAILING  unauthenticated");
    assert_int_equal(dnsd_asked(server, "_dmarc.shop.example", DNS_T_TXT), 1);
    assert_int_equal(dnsd_asked(server, "_spf.mailer.example", DNS_T_TXT), 1);
    dnsd_free(server);
}

static void explain_of_one_bounce_asks_by_itself(void **state)
{
    struct dnsd *server = dnsd_new(0);
    struct run r;

    (void)state;
    dnsd_zone(server, ZONE);
    explain(server, BOUNCES "exim.eml --ip 192.0.2.10", &r);
    expect(&r, 0, "FIXED  The DNS is fine now");
    dnsd_free(server);
}

static void explain_never_takes_silence_for_a_mend(void **state)
{
    const struct dnsd_rule rule = { .name = "_spf.mailer.example",
                                    .tricks = DNSD_SILENT };
    struct dnsd *server = dnsd_new(0);
    struct run r;

    (void)state;
    dnsd_zone(server, ZONE);
    dnsd_rule(server, &rule);
    explain(server, BOUNCES "exim.eml --ip 192.0.2.10", &r);
    expect(&r, 3, "UNDECIDED  It cannot be told yet");
    explain(server, BOUNCES "exim.eml " BOUNCES "qmail.eml --ip 192.0.2.10", &r);
    expect(&r, 3, "UNDECIDED  spf_fail");
    dnsd_free(server);
}

/* More than are under way at once; every third asks what another has asked. */
static void explain_tells_many_in_the_order_of_the_mailbox(void **state)
{
    enum {
        MESSAGES = 100
    };
    const char *build = getenv("BUILD");
    struct dnsd *server = dnsd_new(0);
    char path[512], args[600], words[64];
    const char *at;
    struct run r;
    FILE *f;

    (void)state;
    snprintf(path, sizeof path, "%s/many.mbox", build ? build : "build");
    f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < MESSAGES; i++)
        fprintf(
            f,
            "From MAILER-DAEMON Sat Nov 21 02:13:40 2026\nFrom: <a@b.example>\n\n"
            "550 5.7.26 SPF [d%d.example] with ip: [192.0.2.10] = did not pass. "
            "Gmail requires all senders to authenticate with either SPF or DKIM.\n\n",
            i % 3 ? i : 0);
    fclose(f);
    dnsd_zone(server, "d0.example. 300 IN TXT \"v=spf1 -all\"\n");
    snprintf(args, sizeof args, "%s --discover 0", path);
    explain(server, args, &r);
    expect(&r, 1, "many.mbox[100]: ");
    at = r.output;
    for (int i = 1; i <= MESSAGES; i++) {
        snprintf(words, sizeof words, "many.mbox[%d]: ", i);
        at = strstr(at, words);
        if (!at)
            fail_msg("%s is not there, or not at its place:\n%s", words, r.output);
    }
    assert_int_equal(dnsd_asked(server, "d0.example", DNS_T_TXT), 1);
    dnsd_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(explain_asks_once_for_bounces_that_ask_the_same),
        cmocka_unit_test(explain_shares_answers_between_bounces),
        cmocka_unit_test(explain_of_one_bounce_asks_by_itself),
        cmocka_unit_test(explain_never_takes_silence_for_a_mend),
        cmocka_unit_test(explain_tells_many_in_the_order_of_the_mailbox),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

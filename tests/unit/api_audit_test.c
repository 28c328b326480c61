/* SPDX-License-Identifier: MIT */
/*
 * api_audit_test.c - the library as a program that does its own I/O sees it: questions
 * out, raw replies in (RFC 1035, 4). See include/authcheck.h.
 */
#include "authcheck.h"
#include "support/dnsd.h"
#include "support/world.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char shop[] =
    "shop.example. TXT \"v=spf1 ip4:192.0.2.0/24 include:a.test -all\"\n"
    "a.test. CNAME b.test.\nb.test. TXT \"v=spf1 ip4:203.0.113.1 ?all\"\n"
    "_dmarc.shop.example. TXT \"v=DMARC1; p=reject; rua=mailto:a@shop.example\"\n";

static const char *const bad_client[] = { "198.51.100.7" };
static const char *const good_client[] = { "192.0.2.1" };

/* --- raw replies -------------------------------------------------------------------
 */

struct packet {
    uint8_t p[8192];
    size_t n;
};

static void put(struct packet *k, const void *bytes, size_t n)
{
    assert_true(k->n + n <= sizeof k->p);
    if (n)
        memcpy(k->p + k->n, bytes, n);
    k->n += n;
}

static void put16(struct packet *k, size_t value)
{
    uint8_t b[2] = { (uint8_t)(value >> 8), (uint8_t)value };

    put(k, b, sizeof b);
}

static void put_rr(struct packet *k, const struct dns_name *owner, uint16_t type,
                   struct span rdata)
{
    put(k, owner->wire, owner->n);
    put16(k, type);
    put16(k, 1);
    put16(k, 0);
    put16(k, 60);
    put16(k, rdata.n);
    put(k, rdata.p, rdata.n);
}

/* What a server would send for this query of ours. */
static void reply_to(const struct world *w, const struct packet *query, uint16_t type,
                     struct packet *out)
{
    const struct dns_answer *a;
    struct dns_name name, owner;
    struct arena arena;
    size_t n = 12;

    while (query->p[n])
        n += query->p[n] + 1u;
    assert_true(dns_name_from_wire(span_make(query->p + 12, n + 1 - 12), &name));
    arena_init(&arena, 1 << 20);
    a = world_look(w, &arena, &name, type);
    out->n = 0;
    put(out, query->p, 2);
    put16(out, a->outcome == DNS_NXDOMAIN   ? 0x8183
               : a->outcome == DNS_SERVFAIL ? 0x8182
                                            : 0x8180);
    put16(out, 1);
    put16(out, a->n_cname + a->n);
    put16(out, 0);
    put16(out, 0);
    put(out, query->p + 12, n + 1 - 12 + 4);
    owner = name;
    for (size_t i = 0; i < a->n_cname; i++) {
        put_rr(out, &owner, DNS_T_CNAME, dns_name_span(&a->cname[i]));
        owner = a->cname[i];
    }
    for (size_t i = 0; i < a->n; i++)
        put_rr(out, &owner, type, a->rr[i].rdata);
    arena_free(&arena);
}

/* Ask all questions that there are now; true when there was one. */
static bool answer_questions(struct ac_audit *audit, const struct world *w)
{
    struct packet query, reply;
    struct ac_question q;
    bool any = false;

    while (ac_next_question(audit, &q)) {
        any = true;
        query.n = ac_query(audit, q.id, 4711, query.p, sizeof query.p);
        assert_true(query.n > 12 && query.p[0] == 4711 >> 8);
        reply_to(w, &query, q.type, &reply);
        assert_int_equal(ac_answer(audit, q.id, reply.p, reply.n), AC_DONE);
    }
    return any;
}

static enum ac_code run(struct ac_audit *audit, const struct world *w)
{
    enum ac_code code;

    while ((code = ac_audit_step(audit)) == AC_WANTS_ANSWERS)
        assert_true(answer_questions(audit, w));
    return code;
}

static struct ac_audit *audit_of(const struct ac_options *options)
{
    struct ac_audit *audit = NULL;

    if (ac_audit_new(options, &audit) != AC_DONE)
        fail_msg("%s", ac_error(audit));
    return audit;
}

static void check_json(const struct ac_audit *audit, const char *verdict)
{
    char *text = ac_report(audit, "json");
    json_error_t error;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);

    if (!json)
        fail_msg("%s\n%s", error.text, text);
    assert_string_equal(json_string_value(json_object_get(json, "verdict")), verdict);
    json_decref(json);
    free(text);
}

/* --- rules -------------------------------------------------------------------------
 */

static void api_loop_over_raw_replies_ends_in_a_verdict(void **state)
{
    struct ac_options options = { .domain = "Shop.Example",
                                  .ip = bad_client,
                                  .n_ips = 1,
                                  .is_unsigned = 1,
                                  .helo = "mail.shop.example" };
    struct ac_audit *audit = audit_of(&options);
    struct world w;
    char *text;

    (void)state;
    world_init(&w, shop);
    assert_int_equal(ac_verdict(audit), AC_VERDICT_NONE);
    assert_null(ac_report(audit, "json"));
    assert_null(ac_reply(audit));
    assert_int_equal(run(audit, &w), AC_DONE);
    assert_int_equal(ac_verdict(audit), AC_VERDICT_REJECT);
    assert_string_equal(ac_reply(audit),
                        "550 5.7.1 Email rejected per DMARC policy for shop.example");
    check_json(audit, "reject");
    text = ac_report(audit, "text");
    assert_non_null(strstr(text, "REJECT"));
    free(text);
    assert_null(ac_report(audit, "xml"));
    assert_string_equal(ac_error(audit), "");
    assert_int_equal(ac_audit_step(audit), AC_DONE); /* again: nothing more to do */
    ac_audit_free(audit);
    world_free(&w);
}

static void api_first_answer_counts(void **state)
{
    struct ac_options options = {
        .domain = "shop.example", .ip = good_client, .n_ips = 1, .helo = "x.test"
    };
    struct ac_audit *audit = audit_of(&options);
    struct world w;

    (void)state;
    world_init(&w, shop);
    assert_int_equal(ac_audit_step(audit), AC_WANTS_ANSWERS);
    assert_true(answer_questions(audit, &w));
    assert_int_equal(ac_answer(audit, 0, NULL, 0), AC_DONE); /* dropped */
    assert_int_equal(run(audit, &w), AC_DONE);
    assert_int_equal(ac_verdict(audit), AC_VERDICT_ACCEPT);
    assert_null(ac_reply(audit));
    check_json(audit, "accept");
    ac_audit_free(audit);
    world_free(&w);
}

static void api_no_reply_is_unknown_and_never_a_missing_record(void **state)
{
    struct ac_options options = {
        .domain = "shop.example", .ip = bad_client, .n_ips = 1, .helo = "x.test"
    };
    struct ac_audit *audit = audit_of(&options);
    struct ac_question q;

    (void)state;
    while (ac_audit_step(audit) == AC_WANTS_ANSWERS)
        while (ac_next_question(audit, &q))
            assert_int_equal(ac_answer(audit, q.id, NULL, 0), AC_DONE);
    assert_int_equal(ac_verdict(audit), AC_VERDICT_UNKNOWN);
    check_json(audit, "unknown");
    ac_audit_free(audit);
}

static void api_garbage_for_a_reply_is_an_answer_that_failed(void **state)
{
    static const uint8_t garbage[40] = { 1, 2, 3 };
    struct ac_options options = {
        .domain = "shop.example", .ip = bad_client, .n_ips = 1, .helo = "x.test"
    };
    struct ac_audit *audit = audit_of(&options);
    struct ac_question q;

    (void)state;
    while (ac_audit_step(audit) == AC_WANTS_ANSWERS)
        while (ac_next_question(audit, &q))
            assert_int_equal(ac_answer(audit, q.id, garbage, sizeof garbage), AC_DONE);
    assert_int_equal(ac_verdict(audit), AC_VERDICT_UNKNOWN);
    ac_audit_free(audit);
}

static void api_without_an_address_there_is_no_verdict(void **state)
{
    struct ac_options options = { .domain = "shop.example", .discover = -1 };
    struct ac_audit *audit = audit_of(&options);
    struct world w;
    char *text;

    (void)state;
    world_init(&w, shop);
    assert_int_equal(run(audit, &w), AC_DONE);
    assert_int_equal(ac_verdict(audit), AC_VERDICT_NONE);
    text = ac_report(audit, "json");
    assert_non_null(strstr(text, "\"verdict\": null"));
    free(text);
    ac_audit_free(audit);
    world_free(&w);
}

static const char *const one[] = { "s1" };
static const char *const not_one[] = { "s 1" };
static const char *const not_ip[] = { "192.0.2" };
static const char *const nobody[] = { "nobody" };
static const char *const no_file[] = { "/nonexistent/zone" };
static const char *const no_type[] = { "shop.example" };

static void api_bad_input_is_told_in_one_line(void **state)
{
    static const struct {
        struct ac_options options;
        const char *error; /* part of it */
    } row[] = {
        { { .domain = NULL }, "domain" },
        { { .domain = "" }, "empty" },
        { { .domain = "a b" }, "a b" },
        { { .domain = "a.test", .ip = not_ip, .n_ips = 1 }, "192.0.2:" },
        { { .domain = "a.test", .selector = not_one, .n_selectors = 1 }, "s 1" },
        { { .domain = "a.test", .selector = one, .n_selectors = 1, .is_unsigned = 1 },
          "is_unsigned" },
        { { .domain = "a.test", .receiver = nobody, .n_receivers = 1 }, "nobody" },
        { { .domain = "a.test", .zone = no_file, .n_zones = 1 }, "/nonexistent/zone" },
        { { .domain = "a.test", .remove = no_type, .n_removed = 1 }, "slash" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct ac_audit *audit = NULL;
        struct ac_question q;
        uint8_t packet[300];

        assert_int_equal(ac_audit_new(&row[i].options, &audit), AC_BAD_INPUT);
        if (!strstr(ac_error(audit), row[i].error) || strchr(ac_error(audit), '\n'))
            fail_msg("row %zu: \"%s\", expected \"...%s...\"", i, ac_error(audit),
                     row[i].error);
        /* All calls stand such an audit. */
        assert_int_equal(ac_audit_step(audit), AC_BAD_INPUT);
        assert_int_equal(ac_next_question(audit, &q), 0);
        assert_int_equal(ac_query(audit, 0, 1, packet, sizeof packet), 0);
        assert_int_equal(ac_answer(audit, 0, NULL, 0), AC_BAD_INPUT);
        assert_int_equal(ac_audit_live(audit, NULL), AC_BAD_INPUT);
        assert_int_equal(ac_verdict(audit), AC_VERDICT_NONE);
        assert_null(ac_report(audit, "json"));
        ac_audit_free(audit);
    }
    ac_audit_free(NULL);
    assert_string_equal(ac_error(NULL), "out of memory");
}

static void api_questions_have_ids_and_queries_need_room(void **state)
{
    struct ac_options options = { .domain = "shop.example" };
    struct ac_audit *audit = audit_of(&options);
    struct ac_question q;
    uint8_t packet[300];
    size_t n;

    (void)state;
    assert_int_equal(ac_next_question(audit, &q), 0); /* before the first step */
    assert_int_equal(ac_audit_step(audit), AC_WANTS_ANSWERS);
    assert_int_equal(ac_next_question(audit, &q), 1);
    n = ac_query(audit, q.id, 1, packet, sizeof packet);
    assert_true(n > 12);
    assert_int_equal(ac_query(audit, q.id, 1, packet, n - 1), 0);
    assert_int_equal(ac_query(audit, 9999, 1, packet, sizeof packet), 0);
    assert_int_equal(ac_answer(audit, 9999, NULL, 0), AC_BAD_INPUT);
    assert_non_null(strstr(ac_error(audit), "9999"));
    /* Its questions are with the caller now. */
    assert_int_equal(ac_audit_live(audit, NULL), AC_BAD_INPUT);
    assert_non_null(strstr(ac_error(audit), "handed out"));
    ac_audit_free(audit);
}

static void api_zones_stand_in_front_and_offline_asks_nothing(void **state)
{
    static const char *const zone[] = { "fixtures/zones/demo.zone" };
    static const char *const removed[] = { "_dmarc.shop.example/TXT" };
    static const struct {
        const char *const *ip;
        const char *const *selector;
        size_t n_removed;
        enum ac_verdict verdict;
    } row[] = {
        { bad_client, NULL, 0, AC_VERDICT_REJECT },
        { good_client, NULL, 0, AC_VERDICT_ACCEPT },
        { bad_client, one, 0, AC_VERDICT_ACCEPT },
        { bad_client, NULL, 1, AC_VERDICT_REJECT }, /* from the DNS, not from a file */
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct ac_options options = { .domain = "shop.example",
                                      .ip = row[i].ip,
                                      .n_ips = 1,
                                      .selector = row[i].selector,
                                      .n_selectors = row[i].selector != NULL,
                                      .zone = zone,
                                      .n_zones = 1,
                                      .remove = removed,
                                      .n_removed = row[i].n_removed,
                                      .offline = 1 };
        struct ac_audit *audit = audit_of(&options);
        struct ac_question q;

        assert_int_equal(ac_audit_step(audit), AC_DONE);
        assert_int_equal(ac_next_question(audit, &q), 0);
        if (ac_verdict(audit) != row[i].verdict)
            fail_msg("row %zu: verdict %d, expected %d", i, ac_verdict(audit),
                     row[i].verdict);
        ac_audit_free(audit);
    }
}

/* A list is asked by whoever asks for it: a program has its own resolver and volume. */
static void api_block_lists_are_asked_on_demand(void **state)
{
    (void)state;
    for (int dnsbl = 0; dnsbl < 2; dnsbl++) {
        struct ac_options options = {
            .domain = "shop.example", .ip = good_client, .n_ips = 1, .dnsbl = dnsbl
        };
        struct ac_audit *audit = audit_of(&options);
        bool asked = false;
        struct ac_question q;

        assert_int_equal(ac_audit_step(audit), AC_WANTS_ANSWERS);
        while (ac_next_question(audit, &q))
            asked = asked || strstr(q.name, "spamhaus.org");
        assert_int_equal(asked, dnsbl);
        ac_audit_free(audit);
    }
}

static void api_live_asks_the_servers_that_it_is_given(void **state)
{
    struct dnsd *d = dnsd_new(0);
    const char *server[1];
    struct ac_options options = { .domain = "shop.example",
                                  .ip = good_client,
                                  .n_ips = 1,
                                  .helo = "mail.shop.example" };
    struct ac_live_options live = { .nameserver = server, .n_nameservers = 1 };
    struct ac_audit *audit = audit_of(&options);

    (void)state;
    assert_non_null(d);
    dnsd_zone(d, "shop.example. 60 IN TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
                 "_dmarc.shop.example. 60 IN TXT \"v=DMARC1; p=reject\"\n");
    server[0] = "nowhere:x";
    assert_int_equal(ac_audit_live(audit, &live), AC_BAD_INPUT);
    assert_non_null(strstr(ac_error(audit), "nowhere:x"));
    server[0] = dnsd_address(d);
    assert_int_equal(ac_audit_live(audit, &live), AC_DONE);
    assert_int_equal(ac_verdict(audit), AC_VERDICT_ACCEPT);
    assert_true(dnsd_asked(d, "_dmarc.shop.example", DNS_T_TXT) > 0);
    ac_audit_free(audit);
    dnsd_free(d);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(api_loop_over_raw_replies_ends_in_a_verdict),
        cmocka_unit_test(api_first_answer_counts),
        cmocka_unit_test(api_no_reply_is_unknown_and_never_a_missing_record),
        cmocka_unit_test(api_garbage_for_a_reply_is_an_answer_that_failed),
        cmocka_unit_test(api_without_an_address_there_is_no_verdict),
        cmocka_unit_test(api_bad_input_is_told_in_one_line),
        cmocka_unit_test(api_questions_have_ids_and_queries_need_room),
        cmocka_unit_test(api_zones_stand_in_front_and_offline_asks_nothing),
        cmocka_unit_test(api_block_lists_are_asked_on_demand),
        cmocka_unit_test(api_live_asks_the_servers_that_it_is_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

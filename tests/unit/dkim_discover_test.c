/* SPDX-License-Identifier: MIT */
/*
 * dkim_discover_test.c - guessing selectors: what is asked, when, and what counts as
 * found. RFC 6376, 3.6.2.1; RFC 8020; RFC 4592.
 */
#include "dkim/discover.h"

#include "dkim_keys.h"
#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define KEY  " TXT \"k=ed25519; p=" ED25519 "\"\n"
#define KEY2 " TXT \"k=ed25519; n=another; p=" ED25519 "\"\n"
#define AT   "._domainkey.example.com"

enum {
    FEW = 12,  /* popular ones in the first burst */
    BESIDE = 2 /* _domainkey and the random selector */
};

struct job {
    size_t limit;
    const char *hint[4];
    struct dkim_discovery out;
};

static enum ac_status step(struct ac_env *env, void *context)
{
    struct job *job = context;
    struct dns_name hint[4];
    struct dkim_search search = { .domain = world_name("example.com"),
                                  .limit = job->limit,
                                  .hint = hint };

    for (; search.n_hints < 4 && job->hint[search.n_hints]; search.n_hints++)
        hint[search.n_hints] = world_name(job->hint[search.n_hints]);
    return dkim_discover(env, &search, &job->out);
}

static void run(struct world *w, const char *zone, struct job *job)
{
    world_init(w, zone);
    assert_int_equal(world_run(w, step, job), AC_OK);
}

static bool was_asked(const struct world *w, const char *selector)
{
    char text[256];
    struct dns_name name;

    snprintf(text, sizeof text, "%s" AT, selector);
    name = world_name(text);
    for (size_t i = 0; i < w->view.n; i++)
        if (dns_name_eq(&w->view.list[i]->name, &name))
            return true;
    return false;
}

/* "s1 s2": the selectors found. */
static const char *found(const struct world *w, const struct job *job)
{
    static char text[2048];
    size_t n = 0;

    (void)w;
    text[0] = '\0';
    for (size_t i = 0; i < job->out.n; i++) {
        char name[DNS_TEXT_MAX];

        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? " " : "",
                              dns_name_print(&job->out.selector[i], name));
    }
    return text;
}

static void dkim_discover_finds_keys_and_judges_them(void **state)
{
    struct job job = { .limit = DKIM_DISCOVER_DEFAULT };
    struct world w;

    (void)state;
    run(&w,
        "google" AT KEY "s1024" AT " TXT \"p="
        "\"\nmx" AT " TXT \"v=spf1 -all\"\n",
        &job);
    assert_string_equal(found(&w, &job), "google s1024");
    assert_int_equal(job.out.tried, DKIM_DISCOVER_DEFAULT);
    assert_int_equal(job.out.unanswered, 0);
    assert_false(job.out.nothing_below);
    assert_false(job.out.wildcard);
    assert_int_equal(job.out.key[0].status, DKIM_VALID);
    assert_int_equal(job.out.key[0].bits, 256);
    assert_string_equal(job.out.key[1].name, "s1024" AT);
    assert_int_equal(job.out.key[1].status, DKIM_REVOKED);
    assert_non_null(world_finding(&w, "dkim-key-ed25519"));
    assert_null(world_finding(&w, "dkim-none-found"));
    /* a key that was taken back is in order where nobody says it is in use */
    assert_null(world_finding(&w, "dkim-key-revoked"));
    world_free(&w);
}

static void dkim_discover_weak_key_found_is_a_finding(void **state)
{
    struct job job = { .limit = DKIM_DISCOVER_DEFAULT };
    struct world w;

    (void)state;
    run(&w, "mail" AT " TXT \"p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ\"\n", &job);
    assert_string_equal(found(&w, &job), "mail");
    assert_int_equal(job.out.key[0].status, DKIM_INVALID);
    assert_non_null(world_finding(&w, "dkim-key-undecodable"));
    world_free(&w);
}

/* RFC 8020: below a name that does not exist there is nothing. */
static void dkim_discover_nxdomain_at_domainkey_spares_the_list(void **state)
{
    struct job job = { .limit = DKIM_DISCOVER_DEFAULT };
    const struct finding *f;
    struct world w;

    (void)state;
    run(&w, "example.com A 192.0.2.1\n", &job);
    assert_int_equal(job.out.n, 0);
    assert_true(job.out.nothing_below);
    assert_int_equal(job.out.tried, FEW);
    assert_int_equal(world_questions(&w), FEW + BESIDE);
    assert_int_equal(w.runs, 2); /* all at once */
    f = world_finding(&w, "dkim-none-found");
    assert_non_null(f);
    assert_string_equal(f->about, "example.com");
    assert_non_null(strstr(f->message, "_domainkey.example.com does not exist"));
    world_free(&w);
}

/* Some servers deny names between: a key below disproves them. */
static void dkim_discover_key_below_a_denied_domainkey_is_believed(void **state)
{
    struct job job = { .limit = DKIM_DISCOVER_DEFAULT };
    struct world w;

    (void)state;
    world_init(&w, "s1" AT KEY "cm" AT KEY);
    world_fault(&w, "_domainkey.example.com", DNS_T_TXT, DNS_NXDOMAIN, false);
    assert_int_equal(world_run(&w, step, &job), AC_OK);
    assert_string_equal(found(&w, &job), "s1 cm");
    assert_false(job.out.nothing_below);
    assert_int_equal(job.out.tried, DKIM_DISCOVER_DEFAULT);
    world_free(&w);
}

static void dkim_discover_none_found_proves_nothing(void **state)
{
    struct job job = { .limit = 20 };
    const struct finding *f;
    struct world w;

    (void)state;
    run(&w, "secret" AT KEY, &job);
    assert_int_equal(job.out.n, 0);
    assert_false(job.out.nothing_below);
    assert_int_equal(job.out.tried, 20);
    f = world_finding(&w, "dkim-none-found");
    assert_non_null(f);
    assert_int_equal(finding_kind(f->id)->severity, FINDING_INFO);
    assert_non_null(strstr(f->message, "the 20 selectors tried; there may be one"));
    world_free(&w);
}

static void dkim_discover_limit_is_kept(void **state)
{
    static const size_t limit[] = { 0, 1, 5, 12, 13, 60 };

    (void)state;
    for (size_t i = 0; i < sizeof limit / sizeof *limit; i++) {
        struct job job = { .limit = limit[i] };
        struct world w;

        run(&w, "x" AT " A 192.0.2.1\n", &job);
        assert_int_equal(job.out.tried, limit[i]);
        assert_int_equal(world_questions(&w), limit[i] ? limit[i] + BESIDE : 0);
        assert_int_equal(world_finding(&w, "dkim-none-found") != NULL, limit[i] != 0);
        world_free(&w);
    }
}

static void dkim_discover_all_tries_every_row_once(void **state)
{
    static const char *const known[] = {
#define S(selector, lists) selector,
#include "dkim/selectors.def"
#undef S
    };
    struct job job = { .limit = SIZE_MAX };
    struct world w;

    (void)state;
    run(&w, "x" AT " A 192.0.2.1\n", &job);
    assert_int_equal(job.out.tried, sizeof known / sizeof *known);
    assert_int_equal(world_questions(&w), sizeof known / sizeof *known + BESIDE);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!was_asked(&w, known[i]))
            fail_msg("%s was not asked about", known[i]);
    world_free(&w);
}

/* selectors.def: by popularity, no twins, lower case. */
static void dkim_discover_selectors_are_ordered_and_unique(void **state)
{
    static const struct {
        const char *name;
        int lists;
    } row[] = {
#define S(selector, n) { selector, n },
#include "dkim/selectors.def"
#undef S
    };
    static const size_t n = sizeof row / sizeof *row;

    (void)state;
    for (size_t i = 0; i < n; i++) {
        struct dns_name name;

        assert_true(dns_name_parse(span_of(row[i].name), &name));
        for (const char *c = row[i].name; *c; c++)
            assert_int_equal(*c, ascii_lower(*c));
        if (i && row[i - 1].lists < row[i].lists)
            fail_msg("%s stands behind %s", row[i].name, row[i - 1].name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(row[i].name, row[k].name) == 0)
                fail_msg("%s stands twice", row[i].name);
    }
}

#define DOMAINS(...)   .domain = { __VA_ARGS__ }
#define SELECTORS(...) .selector = { __VA_ARGS__ }
static const struct {
    const char *name;
    const char *domain[8], *selector[10];
    const char *source;
} provider[] = {
#define P(name_, domains, selectors, source_) \
    { .name = name_, domains, selectors, .source = source_ },
#include "dkim/providers.def"
#undef P
};

static void dkim_discover_providers_are_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof provider / sizeof *provider; i++) {
        struct dns_name name;

        assert_true(*provider[i].name && *provider[i].source && *provider[i].domain);
        for (const char *const *d = provider[i].domain; *d; d++)
            assert_true(dns_name_parse(span_of(*d), &name) &&
                        dns_name_labels(&name) >= 2);
        for (const char *const *s = provider[i].selector; *s; s++)
            for (const char *c = *s; *c; c++)
                assert_int_equal(*c, ascii_lower(*c));
        assert_non_null(*provider[i].selector);
    }
}

static void dkim_discover_hints_put_the_provider_in_front(void **state)
{
    struct job job = { .limit = 6,
                       .hint = { "in1-smtp.messagingengine.com", "_spf.mail.ru",
                                 "notmessagingengine.com" } };
    struct world w;

    (void)state;
    run(&w, "mailru" AT KEY "fm2" AT KEY "google" AT KEY, &job);
    assert_string_equal(found(&w, &job), "fm2 mailru google");
    assert_true(was_asked(&w, "fm1") && was_asked(&w, "mesmtp"));
    assert_false(was_asked(&w, "k1"));
    assert_int_equal(job.out.tried, 6);
    world_free(&w);
}

static void dkim_discover_hint_asks_each_selector_once(void **state)
{
    struct job job = { .limit = DKIM_DISCOVER_DEFAULT,
                       .hint = { "aspmx.l.google.com", "_spf.google.com",
                                 "google.com" } };
    struct world w;

    (void)state;
    run(&w, "google" AT KEY, &job);
    assert_string_equal(found(&w, &job), "google");
    assert_int_equal(job.out.tried, DKIM_DISCOVER_DEFAULT);
    assert_int_equal(world_questions(&w), DKIM_DISCOVER_DEFAULT + BESIDE);
    world_free(&w);
}

/* The CNAME of one selector tells the provider, and so its other selectors. */
static void dkim_discover_cname_suggests_the_siblings(void **state)
{
    struct job job = { .limit = 14 };
    struct world w;

    (void)state;
    run(&w,
        "s1" AT " CNAME fm1.example.com.dkim.fmhosted.com\n"
        "fm1.example.com.dkim.fmhosted.com" KEY "fm3" AT KEY,
        &job);
    assert_string_equal(found(&w, &job), "s1");
    assert_int_equal(job.out.tried, 14); /* fm1 and fm2 took the places left */
    assert_true(was_asked(&w, "fm1") && was_asked(&w, "fm2"));
    world_free(&w);

    job = (struct job){ .limit = 30 };
    run(&w,
        "s1" AT " CNAME fm1.example.com.dkim.fmhosted.com\n"
        "fm1.example.com.dkim.fmhosted.com" KEY "fm3" AT KEY,
        &job);
    assert_string_equal(found(&w, &job), "s1 fm3");
    assert_int_equal(job.out.tried, 30);
    assert_int_equal(world_questions(&w), 30 + BESIDE);
    world_free(&w);
}

/* RFC 4592: a wildcard answers for every name; only what differs from it is there. */
static void dkim_discover_wildcard_proves_no_key(void **state)
{
    static const struct {
        const char *zone, *found;
        bool wildcard;
    } row[] = {
        { "*.example.com TXT \"v=spf1 -all\"\n", "", true },
        { "*" AT KEY, "", true },
        { "*" AT KEY "k2" AT KEY2 "default" AT KEY2, "default k2", true },
        { "*" AT " TXT \"v=DKIM1; p=\"\n", "", true },
        { "*.example.com TXT \"v=spf1 -all\"\ndkim" AT KEY, "dkim", false },
        { "*" AT " TXT \"x\" \"y\"\n*" AT KEY "dkim" AT KEY2, "dkim", true },
        { "*" AT " A 192.0.2.1\ndkim" AT KEY, "dkim", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct job job = { .limit = DKIM_DISCOVER_DEFAULT };
        const struct finding *f;
        struct world w;

        run(&w, row[i].zone, &job);
        f = world_finding(&w, "dkim-wildcard");
        if (strcmp(found(&w, &job), row[i].found) != 0 ||
            job.out.wildcard != row[i].wildcard || (f != NULL) != row[i].wildcard)
            fail_msg("%s: expected [%s] wildcard %d, got [%s] wildcard %d (RFC 4592)",
                     row[i].zone, row[i].found, row[i].wildcard, found(&w, &job),
                     job.out.wildcard);
        if (f)
            assert_non_null(strstr(f->message, "_domainkey.example.com"));
        world_free(&w);
    }
}

static void dkim_discover_random_selector_follows_the_nonce(void **state)
{
    struct job job = { .limit = 1 };
    struct world w;

    (void)state;
    world_init(&w, "x" AT " A 192.0.2.1\n");
    w.env.nonce = 0xfeedfacecafebeef;
    assert_int_equal(world_run(&w, step, &job), AC_OK);
    assert_true(was_asked(&w, "feedfacecafebeef"));
    world_free(&w);
}

static void dkim_discover_dead_servers_are_not_asked_sixty_times(void **state)
{
    struct job job = { .limit = DKIM_DISCOVER_DEFAULT };
    const struct finding *f;
    struct world w;

    (void)state;
    world_init(&w, "google" AT KEY);
    world_fault(&w, "_domainkey.example.com", DNS_T_TXT, DNS_TIMEOUT, true);
    assert_int_equal(world_run(&w, step, &job), AC_OK);
    assert_int_equal(job.out.tried, 0);
    assert_int_equal(job.out.unanswered, FEW);
    assert_int_equal(world_questions(&w), FEW + BESIDE);
    f = world_finding(&w, "dkim-none-found");
    assert_non_null(f);
    assert_non_null(strstr(f->message, "the DNS did not answer for all"));
    world_free(&w);
}

static void dkim_discover_one_failure_does_not_end_the_search(void **state)
{
    struct job job = { .limit = DKIM_DISCOVER_DEFAULT };
    struct world w;

    (void)state;
    world_init(&w, "cm" AT KEY);
    world_fault(&w, "_domainkey.example.com", DNS_T_TXT, DNS_SERVFAIL, false);
    world_fault(&w, "k1" AT, DNS_T_TXT, DNS_TIMEOUT, false);
    world_fault(&w, "000000000000002a" AT, DNS_T_TXT, DNS_REFUSED, false);
    assert_int_equal(world_run(&w, step, &job), AC_OK);
    assert_string_equal(found(&w, &job), "cm");
    assert_int_equal(job.out.tried, DKIM_DISCOVER_DEFAULT - 1);
    assert_int_equal(job.out.unanswered, 1);
    assert_false(job.out.wildcard);
    world_free(&w);
}

/* The design's promise: any order of answers, the same result and no question more. */
static void dkim_discover_order_of_answers_makes_no_difference(void **state)
{
    static const char zone[] = "s1" AT " CNAME fm1.example.com.dkim.fmhosted.com\n"
                               "fm1.example.com.dkim.fmhosted.com" KEY "fm3" AT KEY
                               "mail" AT KEY2 "*" AT " TXT \"v=spf1 -all\"\n";

    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct job job = { .limit = 30, .hint = { "mx.mail.ru" } };
        struct world w;

        world_init(&w, zone);
        w.shuffle = seed;
        assert_int_equal(world_run(&w, step, &job), AC_OK);
        assert_string_equal(found(&w, &job), "s1 mail fm3");
        assert_int_equal(job.out.tried, 30);
        assert_int_equal(world_questions(&w), 30 + BESIDE);
        assert_true(w.runs > 30);
        world_free(&w);
    }
}

static void dkim_discover_takes_two_round_trips(void **state)
{
    struct job job = { .limit = DKIM_DISCOVER_DEFAULT };
    size_t questions;
    unsigned depth;
    struct world w;

    (void)state;
    run(&w, "cm" AT KEY, &job);
    assert_int_equal(w.runs, 3);
    dns_view_count(&w.view, &questions, &depth);
    assert_int_equal(questions, DKIM_DISCOVER_DEFAULT + BESIDE);
    assert_int_equal(depth, 2);
    world_free(&w);
}

static enum ac_status step_long(struct ac_env *env, void *context)
{
    char text[251];
    struct dkim_search search = { .limit = 5 };
    struct dkim_discovery out;

    memset(text, 'a', sizeof text);
    for (size_t i = 50; i < 245; i += 50)
        text[i] = '.';
    text[*(size_t *)context] = '\0';
    search.domain = world_name(text);
    TRY(dkim_discover(env, &search, &out));
    assert_int_equal(out.n, 0);
    return AC_OK;
}

/* RFC 1035, 3.1: a name that would be too long is not asked about. */
static void dkim_discover_long_domains_are_harmless(void **state)
{
    (void)state;
    for (size_t n = 225; n < 250; n++) {
        struct world w;

        world_init(&w, "example.com A 192.0.2.1\n");
        assert_int_equal(world_run(&w, step_long, &n), AC_OK);
        if (n > 243)
            assert_int_equal(world_questions(&w), 0);
        world_free(&w);
    }
}

static void dkim_discover_full_arena_is_enomem(void **state)
{
    struct job job = { .limit = 30 };
    enum ac_status status = AC_ENOMEM;
    struct world w;

    (void)state;
    run(&w,
        "*" AT " TXT \"x\" \"y\"\nmail" AT " TXT \"k=ed25519; \" \"p=" ED25519 "\"\n",
        &job);
    for (size_t cap = 0; status == AC_ENOMEM; cap += 256) {
        struct arena small;
        struct ac_env env = w.env;
        struct findings findings;

        assert_true(cap < 1 << 20);
        arena_init(&small, cap);
        env.arena = &small;
        findings_init(&findings, &small);
        env.findings = &findings;
        status = step(&env, &job);
        arena_free(&small);
    }
    assert_int_equal(status, AC_OK);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dkim_discover_finds_keys_and_judges_them),
        cmocka_unit_test(dkim_discover_weak_key_found_is_a_finding),
        cmocka_unit_test(dkim_discover_nxdomain_at_domainkey_spares_the_list),
        cmocka_unit_test(dkim_discover_key_below_a_denied_domainkey_is_believed),
        cmocka_unit_test(dkim_discover_none_found_proves_nothing),
        cmocka_unit_test(dkim_discover_limit_is_kept),
        cmocka_unit_test(dkim_discover_all_tries_every_row_once),
        cmocka_unit_test(dkim_discover_selectors_are_ordered_and_unique),
        cmocka_unit_test(dkim_discover_providers_are_sound),
        cmocka_unit_test(dkim_discover_hints_put_the_provider_in_front),
        cmocka_unit_test(dkim_discover_hint_asks_each_selector_once),
        cmocka_unit_test(dkim_discover_cname_suggests_the_siblings),
        cmocka_unit_test(dkim_discover_wildcard_proves_no_key),
        cmocka_unit_test(dkim_discover_random_selector_follows_the_nonce),
        cmocka_unit_test(dkim_discover_dead_servers_are_not_asked_sixty_times),
        cmocka_unit_test(dkim_discover_one_failure_does_not_end_the_search),
        cmocka_unit_test(dkim_discover_order_of_answers_makes_no_difference),
        cmocka_unit_test(dkim_discover_takes_two_round_trips),
        cmocka_unit_test(dkim_discover_long_domains_are_harmless),
        cmocka_unit_test(dkim_discover_full_arena_is_enomem),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * spf_suite_test.c - the public SPF conformance cases, run in memory. RFC 7208.
 *
 * The cases are read from $AUTHCHECK_SUITES (a default stands below); where they are
 * not there the test says SKIPPED and passes, or fails under
 * AUTHCHECK_REQUIRE_SUITES=1. Every case is run four times: with all answers at once,
 * and with answers that come one by one in three orders.
 */
#include "spf/check.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    ORDERS = 4,
    RUNS_MAX = 500,
    ARENA_CAP = 64 * 1024 * 1024,
    CNAME_MAX = 10
};

/* The zone of a scenario as the file has it, and the DNS made of it for one run. */
struct dns {
    const json_t *zone;
    struct arena answers, run;
    struct dns_view view;
    struct dns_wants wants;
};

static const char *str(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static struct dns_name name_of(const char *text)
{
    struct dns_name name;

    if (!dns_name_parse(span_of(text), &name))
        fail_msg("\"%s\" in the suite is no name", text);
    return name;
}

/* TXT RDATA: each string cut to 255 octets; no string at all is one empty string. */
static struct span txt_rdata(struct arena *a, const json_t *strings)
{
    size_t size = 1, n = 0, i;
    const json_t *s;
    char *p;

    json_array_foreach(strings, i, s) size +=
        json_string_length(s) + json_string_length(s) / 255 + 1;
    p = arena_alloc(a, size);
    assert_non_null(p);
    json_array_foreach(strings, i, s)
    {
        struct span rest = span_make(json_string_value(s), json_string_length(s));

        do {
            struct span part = span_to(rest, 255);

            p[n++] = (char)part.n;
            memcpy(p + n, part.p, part.n);
            n += part.n;
            rest = span_from(rest, part.n);
        } while (rest.n);
    }
    return span_make(p, n ? n : 1);
}

static struct span name_rdata(struct arena *a, const char *text)
{
    struct dns_name name = name_of(text);
    char *p = arena_strdup(a, dns_name_span(&name));

    assert_non_null(p);
    return span_make(p, name.n);
}

static struct span mx_rdata(struct arena *a, const json_t *data)
{
    struct span host = name_rdata(a, json_string_value(json_array_get(data, 1)));
    json_int_t preference = json_integer_value(json_array_get(data, 0));
    char *p = arena_alloc(a, host.n + 2);

    assert_non_null(p);
    p[0] = (char)(preference >> 8);
    p[1] = (char)(preference & 0xff);
    memcpy(p + 2, host.p, host.n);
    return span_make(p, host.n + 2);
}

static struct span address_rdata(struct arena *a, const char *text)
{
    struct ip ip;
    char *p;

    if (!ip_parse(span_of(text), &ip))
        fail_msg("\"%s\" in the suite is no address", text);
    p = arena_strdup(a, span_make(ip.bytes, ip_bits(&ip) / 8));
    assert_non_null(p);
    return span_make(p, ip_bits(&ip) / 8);
}

static struct span rdata_of(struct arena *a, uint16_t type, const json_t *data)
{
    if (type == DNS_T_TXT)
        return txt_rdata(a, data);
    if (type == DNS_T_MX)
        return mx_rdata(a, data);
    if (type == DNS_T_A || type == DNS_T_AAAA)
        return address_rdata(a, json_string_value(data));
    return name_rdata(a, json_string_value(data));
}

/* What the zone holds at one name for one type, CNAME aside. */
struct held {
    bool exists, fails;
    enum dns_outcome failure;
    size_t n;
    const json_t *data[64];
};

static void hold(struct held *h, const json_t *row, bool asked, bool any)
{
    const json_t *data = json_object_get(row, "data");
    const char *text = json_string_value(data);
    bool failure = text && (!strcmp(text, "TIMEOUT") || !strcmp(text, "SERVFAIL"));

    if (failure && (asked || any)) {
        h->fails = true;
        h->failure = strcmp(text, "TIMEOUT") == 0 ? DNS_TIMEOUT : DNS_SERVFAIL;
    } else if (asked) {
        assert_true(h->n < sizeof h->data / sizeof *h->data);
        h->data[h->n++] = data;
    }
}

static struct held look(const struct dns *d, const struct dns_name *name, uint16_t type)
{
    struct held h = { .n = 0 };
    const json_t *row;
    size_t i;

    json_array_foreach(d->zone, i, row)
    {
        struct dns_name owner = name_of(str(row, "name"));
        const char *type_text = str(row, "type");
        uint16_t number = 0;

        if (!dns_name_eq(&owner, name))
            continue;
        h.exists = true;
        if (!dns_type_parse(span_of(type_text), &number))
            number = 0;
        hold(&h, row, number == type, strcmp(type_text, "*") == 0);
    }
    return h;
}

static const struct dns_answer *records(struct dns *d, uint16_t type,
                                        const struct held *h)
{
    struct dns_answer *a = arena_alloc(&d->answers, sizeof *a);
    struct dns_rr *rr = arena_array(&d->answers, h->n, sizeof *rr);

    assert_true(a && rr);
    for (size_t i = 0; i < h->n; i++)
        rr[i] = (struct dns_rr){ .rdata = rdata_of(&d->answers, type, h->data[i]) };
    *a = (struct dns_answer){ .outcome = DNS_ANSWER, .rr = rr, .n = h->n };
    return a;
}

/* As a resolver would answer: CNAMEs followed, a loop of them a fault. */
static const struct dns_answer *answer(struct dns *d, struct dns_name name,
                                       uint16_t type)
{
    enum dns_outcome outcome = DNS_MALFORMED;

    for (int links = 0; links < CNAME_MAX; links++) {
        struct held h = look(d, &name, type), alias = look(d, &name, DNS_T_CNAME);

        if (h.n)
            return records(d, type, &h);
        if (alias.n && type != DNS_T_CNAME) {
            name = name_of(json_string_value(alias.data[0]));
            continue;
        }
        outcome = h.fails ? h.failure : h.exists ? DNS_NODATA : DNS_NXDOMAIN;
        break;
    }
    return dns_answer_failed(&d->answers, outcome);
}

/* order 0: answer all that is open; else one of it, by that number. */
static void answer_some(struct dns *d, unsigned order, size_t run)
{
    size_t open = 0, chosen, at = 0;

    for (size_t i = 0; i < d->view.n; i++)
        open += !d->view.list[i]->answer;
    assert_true(open > 0);
    chosen = order == 1 ? 0 : order == 2 ? open - 1 : run * 7 % open;
    for (size_t i = 0; i < d->view.n; i++) {
        struct dns_entry *e = d->view.list[i];

        if (e->answer)
            continue;
        if (!order || at == chosen)
            dns_view_answer(&d->view, e, answer(d, e->name, e->type));
        at++;
    }
}

static struct spf_outcome run_case(struct dns *d, const struct spf_request *request,
                                   unsigned order)
{
    struct findings findings;
    struct ac_env env = { .dns = &d->view,
                          .wants = &d->wants,
                          .arena = &d->run,
                          .findings = &findings,
                          .limits = &ac_default_limits,
                          .now = 1800000000 };
    enum ac_status status = AC_PENDING;
    struct spf_outcome out = { .result = SPF_NONE };

    for (size_t run = 0; status == AC_PENDING; run++) {
        assert_true(run < RUNS_MAX);
        if (run)
            answer_some(d, order, run);
        arena_reset(&d->run);
        dns_wants_init(&d->wants, &d->run, ac_default_limits.hints);
        findings_init(&findings, &d->run);
        status = spf_check(&env, request, &out);
    }
    assert_int_equal(status, AC_OK);
    return out;
}

static bool same(const char *a, const char *b, bool ignore_case)
{
    return ignore_case ? span_eq_ci(span_of(a), span_of(b)) : !strcmp(a, b);
}

static bool is_right(const json_t *test, const struct spf_outcome *out)
{
    const char *expected = json_string_value(json_object_get(test, "explanation"));
    bool ci = json_is_true(json_object_get(test, "explanation_ci")), found = false;
    const json_t *result;
    size_t i;

    json_array_foreach(json_object_get(test, "result"), i, result) found =
        found || !strcmp(json_string_value(result), spf_result_print(out->result));
    if (!found || !expected)
        return found;
    if (!strcmp(expected, "DEFAULT"))
        return !out->explanation;
    return out->explanation && same(expected, out->explanation, ci);
}

static void complain(const json_t *test, const struct spf_outcome *out, unsigned order)
{
    char *expected = json_dumps(json_object_get(test, "result"), 0);
    char *spec = json_dumps(json_object_get(test, "spec"), JSON_ENCODE_ANY);

    print_error("%s (RFC 7208, %s; order %u): mail from %s, client %s, HELO %s\n"
                "  expected %s \"%s\", got %s \"%s\"\n  record %.*s\n  because %s\n",
                str(test, "name"), spec, order, str(test, "mailfrom"),
                str(test, "host"), str(test, "helo"), expected,
                str(test, "explanation"), spf_result_print(out->result),
                out->explanation ? out->explanation : "", SPAN_ARG(out->record),
                out->reason_text ? out->reason_text : "-");
    free(expected);
    free(spec);
}

static bool test_passes(const json_t *zone, const json_t *test, unsigned order)
{
    struct spf_request request = { .receiver = span_of(str(test, "receiver")) };
    struct dns d = { .zone = zone };
    struct spf_outcome out;
    bool right;

    arena_init(&d.answers, ARENA_CAP);
    arena_init(&d.run, ARENA_CAP);
    dns_view_init(&d.view, &d.answers, ac_default_limits.questions, 5);
    assert_true(ip_parse(span_of(str(test, "host")), &request.client));
    assert_int_equal(spf_request_mailfrom(&request, span_of(str(test, "mailfrom")),
                                          span_of(str(test, "helo")), &d.answers),
                     AC_OK);
    out = run_case(&d, &request, order);
    right = is_right(test, &out);
    if (!right)
        complain(test, &out, order);
    dns_view_free(&d.view);
    arena_free(&d.run);
    arena_free(&d.answers);
    return right;
}

static json_t *load(const char *file)
{
    const char *folder = getenv("AUTHCHECK_SUITES");
    const char *require = getenv("AUTHCHECK_REQUIRE_SUITES");
    char path[4096];
    json_error_t error;
    json_t *suite;

    snprintf(path, sizeof path, "%s/%s", folder ? folder : "../shared/suites", file);
    suite = json_load_file(path, JSON_ALLOW_NUL, &error);
    if (!suite && require && !strcmp(require, "1"))
        fail_msg("%s: %s", path, error.text);
    if (!suite)
        print_message("SKIPPED suite %s: %s\n", path, error.text);
    return suite;
}

static void run_suite(const char *file, size_t expected)
{
    json_t *suite = load(file);
    const json_t *scenario, *test;
    size_t i, k, n = 0, right = 0;

    if (!suite)
        return;
    json_array_foreach(suite, i, scenario)
        json_array_foreach(json_object_get(scenario, "tests"), k, test)
    {
        bool ok = true;

        for (unsigned order = 0; order < ORDERS; order++)
            ok = ok && test_passes(json_object_get(scenario, "zone"), test, order);
        right += ok;
        n++;
    }
    print_message("%s: %zu of %zu cases\n", file, right, n);
    json_decref(suite);
    assert_int_equal(right, n);
    assert_true(n >= expected);
}

static void spf_check_passes_the_rfc7208_suite(void **state)
{
    (void)state;
    run_suite("rfc7208.json", 203);
}

static void spf_check_passes_the_pyspf_suite(void **state)
{
    (void)state;
    run_suite("pyspf.json", 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spf_check_passes_the_rfc7208_suite),
        cmocka_unit_test(spf_check_passes_the_pyspf_suite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * receivers_truth_test.c - predictions against what 21 mail servers answered on the
 * wire to the same mail from the same DNS.
 *
 * The measurements are not part of this repository: AUTHCHECK_LAB names the directory
 * that holds receivers/truth.json. Without it the test says SKIPPED, and fails when
 * AUTHCHECK_REQUIRE_SUITES=1. Counted are scenarios that records and identities decide
 * alone, those about host and sender domain (conn-*) apart from the rest.
 */
#include "base/buf.h"
#include "support/play.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#define LAB_DEFAULT "../shared/lab"

enum {
    ZONE_MAX = 1 << 20,
    TEXT_MAX = 512
};

struct tally {
    size_t right, wrong;
};

static json_t *load(void)
{
    const char *dir = getenv("AUTHCHECK_LAB");
    const char *require = getenv("AUTHCHECK_REQUIRE_SUITES");
    char path[1024];
    json_error_t error;
    json_t *truth;

    snprintf(path, sizeof path, "%s/receivers/truth.json", dir ? dir : LAB_DEFAULT);
    truth = json_load_file(path, 0, &error);
    if (!truth && require && strcmp(require, "1") == 0)
        fail_msg("%s cannot be read, and AUTHCHECK_REQUIRE_SUITES is 1", path);
    if (!truth)
        printf("SKIPPED suite: no %s\n", path);
    return truth;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static void put_string(struct buf *zone, const char *text)
{
    buf_puts(zone, " \"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_putc(zone, '\\');
        buf_putc(zone, *text);
    }
    buf_putc(zone, '"');
}

static void put_data(struct buf *zone, const json_t *data)
{
    if (json_is_string(data))
        buf_printf(zone, " %s", json_string_value(data));
    for (size_t i = 0; i < json_array_size(data); i++) {
        const json_t *item = json_array_get(data, i);

        if (json_is_integer(item)) /* MX */
            buf_printf(zone, " %d %s", (int)json_integer_value(item),
                       json_string_value(json_array_get(data, ++i)));
        else
            put_string(zone, json_string_value(item));
    }
}

static bool is_fault(const json_t *record)
{
    const char *data = json_string_value(json_object_get(record, "data"));

    return data && (strcmp(data, "SERVFAIL") == 0 || strcmp(data, "TIMEOUT") == 0);
}

static void put_records(struct buf *zone, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *record = json_array_get(list, i);
        const char *type = text_of(record, "type");
        bool is_name = strcmp(type, "CNAME") == 0 || strcmp(type, "PTR") == 0 ||
                       strcmp(type, "MX") == 0;

        if (is_fault(record))
            continue;
        buf_printf(zone, "%s. %s", text_of(record, "name"), type);
        put_data(zone, json_object_get(record, "data"));
        buf_puts(zone, is_name && zone->p[zone->n - 1] != '.' ? ".\n" : "\n");
    }
}

static void put_faults(struct world *w, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *record = json_array_get(list, i);

        if (is_fault(record))
            world_fault(w, text_of(record, "name"), 0,
                        strcmp(text_of(record, "data"), "TIMEOUT") == 0 ? DNS_TIMEOUT
                                                                        : DNS_SERVFAIL,
                        json_is_true(json_object_get(record, "below")));
    }
}

/* The options of one scenario, as a user would give them. */
struct mail {
    char domain[TEXT_MAX], helo[TEXT_MAX], selector[TEXT_MAX], mail_from[TEXT_MAX];
};

static void read_mail(const json_t *scenario, struct mail *m)
{
    const char *from = text_of(scenario, "from"), *helo = text_of(scenario, "helo");
    const char *at = strrchr(from, '@'), *own = strstr(helo, "{D}");
    const json_t *list = json_object_get(scenario, "signatures");
    size_t n = 0;

    snprintf(m->domain, sizeof m->domain, "%s", at ? at + 1 : "");
    m->domain[strcspn(m->domain, ">,")] = '\0';
    if (own)
        snprintf(m->helo, sizeof m->helo, "%.*s%s.test", (int)(own - helo), helo,
                 text_of(scenario, "id"));
    else
        snprintf(m->helo, sizeof m->helo, "%s", helo);
    snprintf(m->mail_from, sizeof m->mail_from, "%s",
             *text_of(scenario, "mail_from") ? text_of(scenario, "mail_from") : "<>");
    m->selector[0] = '\0';
    for (size_t i = 0; i < json_array_size(list); i++)
        n += (size_t)snprintf(m->selector + n, sizeof m->selector - n, "%s%s",
                              i ? " " : "", json_string_value(json_array_get(list, i)));
}

static void begin(struct play *p, const json_t *truth, const json_t *scenario)
{
    static struct mail m; /* the options point into it until play_free */
    struct buf zone;
    struct play_row row;

    buf_init(&zone, ZONE_MAX);
    put_records(&zone, json_object_get(truth, "common"));
    put_records(&zone, json_object_get(scenario, "zone"));
    assert_int_equal(zone.status, AC_OK);
    read_mail(scenario, &m);
    row = (struct play_row){ .why = text_of(scenario, "id"),
                             .zone = buf_text(&zone),
                             .domain = m.domain,
                             .ip = text_of(scenario, "ip"),
                             .selector = m.selector,
                             .mail_from = m.mail_from,
                             .helo = m.helo,
                             .is_unsigned = !m.selector[0] };
    play_init(p, &row);
    buf_free(&zone);
    put_faults(&p->world, json_object_get(truth, "common"));
    put_faults(&p->world, json_object_get(scenario, "zone"));
}

static bool same_enhanced(const struct prediction *p, const json_t *answer)
{
    return strcmp(p->enhanced ? p->enhanced : "", text_of(answer, "enhanced")) == 0;
}

static bool agrees(const struct prediction *p, const json_t *answer)
{
    const char *verdict = text_of(answer, "verdict");
    bool refused = strcmp(verdict, "reject") == 0;

    if (strcmp(verdict, "accept") == 0)
        return p->verdict == VERDICT_ACCEPT || p->verdict == VERDICT_SPAM;
    if (strcmp(verdict, "held") == 0)
        return p->verdict == VERDICT_SPAM;
    return p->verdict == (refused ? VERDICT_REJECT : VERDICT_DEFER) &&
           p->code == (unsigned)json_integer_value(json_object_get(answer, "code")) &&
           same_enhanced(p, answer) && p->stage &&
           strcmp(p->stage, text_of(answer, "stage")) == 0;
}

static bool counts(const json_t *answer)
{
    const char *verdict = text_of(answer, "verdict");

    return *verdict && strcmp(verdict, "none") != 0 && strcmp(verdict, "mixed") != 0;
}

static void compare(struct play *p, const char *receiver, const json_t *scenario,
                    struct tally *t)
{
    const json_t *answer =
        json_object_get(json_object_get(scenario, "answers"), receiver);
    const struct prediction *got;
    struct audit *audit;

    if (!counts(answer))
        return;
    p->receiver[0] = receiver_find(span_of(receiver));
    if (!p->receiver[0])
        fail_msg("receiver %s was measured and is not in receivers.def", receiver);
    audit = play_run(p, 0);
    got = &audit_result(audit)->prediction[0];
    if (agrees(got, answer)) {
        t->right++;
    } else {
        t->wrong++;
        printf("  %s, %s: predicted %s %u %s at %s, measured %s %d %s at %s\n",
               text_of(scenario, "id"), receiver, verdict_print(got->verdict),
               got->code, got->enhanced ? got->enhanced : "-",
               got->stage ? got->stage : "-", text_of(answer, "verdict"),
               (int)json_integer_value(json_object_get(answer, "code")),
               text_of(answer, "enhanced"), text_of(answer, "stage"));
    }
    audit_free(audit);
}

static void run_scenario(const json_t *truth, const json_t *scenario, struct tally *t)
{
    const json_t *list = json_object_get(truth, "receivers");
    struct play p;

    begin(&p, truth, scenario);
    for (size_t i = 0; i < json_array_size(list); i++)
        compare(&p, text_of(json_array_get(list, i), "receiver"), scenario, t);
    play_free(&p);
}

static void receivers_answer_as_measured(void **state)
{
    struct tally decided = { 0 }, connection = { 0 };
    json_t *truth = load();
    const json_t *list = json_object_get(truth, "scenarios");

    (void)state;
    if (!truth)
        return;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *scenario = json_array_get(list, i);

        if (strcmp(text_of(scenario, "decided_by"), "dns") != 0)
            continue;
        run_scenario(truth, scenario,
                     strncmp(text_of(scenario, "id"), "conn-", 5) == 0 ? &connection
                                                                       : &decided);
    }
    printf("receivers: %zu of %zu as measured; of host and sender domain %zu of %zu\n",
           decided.right, decided.right + decided.wrong, connection.right,
           connection.right + connection.wrong);
    assert_true(decided.right > 1000);
    assert_int_equal(decided.wrong, 0);
    assert_true(connection.right > 200);
    assert_int_equal(connection.wrong, 0);
    json_decref(truth);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(receivers_answer_as_measured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * play.c - a whole audit over a small world.
 */
#include "support/play.h"

#include "base/buf.h"
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* cmocka wants the headers above before its own. */
#include <cmocka.h>

enum {
    PLAY_ROUNDS_MAX = 20000,
    PLAY_REPORT_MAX = 1 << 24
};

static const struct {
    const char *name;
    enum dns_outcome outcome;
} outcome_name[] = {
    { "servfail", DNS_SERVFAIL },   { "refused", DNS_REFUSED },
    { "malformed", DNS_MALFORMED }, { "bogus", DNS_BOGUS },
    { "timeout", DNS_TIMEOUT },     { "unreachable", DNS_UNREACHABLE },
    { "deadline", DNS_DEADLINE },
};

static void add_fault(struct play *p, const char *text)
{
    char name[300], type[20], outcome[20];
    uint16_t number = 0;

    if (sscanf(text, "%299s %19s %19[a-z]", name, type, outcome) != 3 ||
        (strcmp(type, "*") != 0 && !dns_type_parse(span_of(type), &number)))
        fail_msg("the test's fault %s is none", text);
    for (size_t i = 0; i < sizeof outcome_name / sizeof *outcome_name; i++)
        if (strcmp(outcome_name[i].name, outcome) == 0) {
            world_fault(&p->world, name, number, outcome_name[i].outcome, false);
            return;
        }
    fail_msg("the test's outcome %s is none", outcome);
}

static void add_faults(struct play *p, const char *text)
{
    while (text && *text) {
        const char *end = strchr(text, ';');

        add_fault(p, text);
        text = end ? end + 1 : NULL;
    }
}

static void add_words(struct play *p, const struct play_row *row)
{
    size_t size = strlen(row->ip ? row->ip : "") + 1;
    const char *why = "";
    char *word;

    p->words = malloc(size + strlen(row->selector ? row->selector : "") + 1);
    assert_non_null(p->words);
    memcpy(p->words, row->ip ? row->ip : "", size);
    for (word = strtok(p->words, " "); word; word = strtok(NULL, " "))
        if (p->options.n_ips == PLAY_MAX ||
            !ip_parse(span_of(word), &p->ip[p->options.n_ips++]))
            fail_msg("the test's address %s is none", word);
    word = strcpy(p->words + size, row->selector ? row->selector : "");
    for (word = strtok(word, " "); word; word = strtok(NULL, " "))
        if (p->options.n_selectors == PLAY_MAX ||
            !audit_selector_parse(word, &p->options.domain,
                                  &p->selector[p->options.n_selectors++], &why))
            fail_msg("the test's selector %s is none: %s", word, why);
}

void play_init(struct play *p, const struct play_row *row)
{
    *p = (struct play){ .receiver = { receiver_find(SPAN("generic")) } };
    world_init(&p->world, row->zone);
    add_faults(p, row->fault);
    p->options = (struct audit_options){
        .domain = world_name(row->domain),
        .ip = p->ip,
        .selector = p->selector,
        .is_unsigned = row->is_unsigned,
        .discover = row->discover,
        .mail_from = span_of(row->mail_from),
        .helo = span_of(row->helo),
        .guess_helo = row->guess_helo,
        .reputation = row->reputation,
        .dnsbl = row->reputation,
        .check_reports = true,
        .fixes = true,
        .receiver = p->receiver,
        .n_receivers = 1,
        .limits = ac_default_limits,
        .now = 1800000000,
        .nonce = 42,
    };
    add_words(p, row);
}

void play_free(struct play *p)
{
    world_free(&p->world);
    free(p->words);
}

uint64_t play_next(uint64_t *state)
{
    uint64_t x = *state += 0x9e3779b97f4a7c15u;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static void answer(const struct play *p, struct dns_view *v, struct dns_entry *e)
{
    dns_view_answer(v, e, world_look(&p->world, v->arena, &e->name, e->type));
}

/* Answer all open questions, or one by chance. */
static void answer_some(const struct play *p, struct dns_view *v, uint64_t *order)
{
    size_t open = 0, chosen, at = 0;

    for (size_t i = 0; i < v->n; i++)
        open += !v->list[i]->answer;
    assert_true(open > 0); /* pending with nothing open would never end */
    chosen = *order ? (size_t)(play_next(order) % open) : 0;
    for (size_t i = 0; i < v->n; i++) {
        if (v->list[i]->answer)
            continue;
        if (!*order || at == chosen)
            answer(p, v, v->list[i]);
        if (*order && at == chosen)
            return;
        at++;
    }
}

struct audit *play_run(const struct play *p, uint64_t order)
{
    struct audit *a = NULL;
    enum ac_status status;
    size_t rounds = 0;

    assert_int_equal(audit_new(&p->options, &a), AC_OK);
    while ((status = audit_step(a)) == AC_PENDING) {
        assert_true(rounds++ < PLAY_ROUNDS_MAX);
        answer_some(p, audit_view(a), &order);
    }
    assert_int_equal(status, AC_OK);
    return a;
}

char *play_json(const struct play *p, uint64_t order)
{
    static const struct report_options options = { .verbose = 0 };
    struct audit *a = play_run(p, order);
    struct buf text;

    buf_init(&text, PLAY_REPORT_MAX);
    report_json(&text, audit_result(a), &options);
    assert_int_equal(text.status, AC_OK);
    audit_free(a);
    return text.p;
}

const struct audit_result *play_begin(struct play *p, const struct play_row *row,
                                      struct audit **audit)
{
    play_init(p, row);
    *audit = play_run(p, 0);
    return audit_result(*audit);
}

void play_end(struct play *p, struct audit *audit)
{
    audit_free(audit);
    play_free(p);
}

const struct finding *play_finding(const struct audit_result *r, const char *id)
{
    enum finding_id want = finding_by_name(span_of(id));

    for (size_t i = 0; i < r->findings.n; i++)
        if (r->findings.row[i].id == want)
            return &r->findings.row[i];
    return NULL;
}

/* SPDX-License-Identifier: MIT */
/*
 * audit.c - one audit: step by step until nothing is open.
 */
#include "audit/audit.h"

#include "audit/fix.h"
#include "audit/plan.h"

#include <stdlib.h>

/* Is the last label all digits? No top-level domain is: a mistyped address. */
static bool looks_like_address(const struct dns_name *name)
{
    struct dns_name top = dns_name_last(name, 1);

    for (size_t i = 1; i <= top.wire[0]; i++)
        if (!ascii_is_digit((char)top.wire[i]))
            return false;
    return true;
}

bool audit_domain_parse(struct span text, struct dns_name *out, const char **why)
{
    if (!dns_name_from_user(text, out, why))
        return false;
    if (dns_name_labels(out) < 2 && !span_contains(text, '.')) {
        *why = "it has no dot";
        return false;
    }
    *why = "its last label is all digits";
    return !looks_like_address(out);
}

bool audit_selector_parse(const char *text, const struct dns_name *domain,
                          struct audit_selector *out, const char **why)
{
    static const char infix[] = "._domainkey.";
    const char *at = strstr(text, infix);
    struct dns_name whole;

    out->text = text;
    out->at.domain = *domain;
    if (!at) {
        if (!dns_name_from_user(span_of(text), &out->at.selector, why))
            return false;
    } else if (!dns_name_from_user(span_make(text, (size_t)(at - text)),
                                   &out->at.selector, why) ||
               !dns_name_from_user(span_of(at + sizeof infix - 1), &out->at.domain,
                                   why)) {
        return false;
    }
    *why = "its key's name would be over 253 characters";
    return dns_name_under(SPAN("_domainkey"), &out->at.domain, &whole) &&
           whole.n + out->at.selector.n - 1 <= DNS_NAME_MAX;
}

/* "<>", also with blanks in it, or nothing at all: the sender of a bounce. */
static bool is_null_path(struct span mail_from)
{
    return mail_from.p && !span_trim(mail_from, "<> \t").n;
}

enum ac_status audit_new(const struct audit_options *options, struct audit **out)
{
    struct audit *a = calloc(1, sizeof *a);
    enum ac_status status = AC_ENOMEM;
    const char *domain = NULL;

    if (!a)
        return AC_ENOMEM;
    engine_init(&a->engine, &options->limits, options->now, options->nonce,
                options->pool);
    a->engine.view.overlay = options->overlay;
    a->engine.view.offline = options->offline;
    a->options = *options;
    if (is_null_path(options->mail_from))
        a->options.mail_from = SPAN("<>");
    domain = dns_name_text(&a->engine.arena, &options->domain);
    if (domain) {
        a->domain = span_of(domain);
        status = plan_begin(a);
    }
    if (status != AC_OK) {
        audit_free(a);
        return status;
    }
    *out = a;
    return AC_OK;
}

void audit_free(struct audit *a)
{
    if (!a)
        return;
    if (a->before.in)
        audit_free(a->before.in->audit);
    fix_free(a);
    engine_free(&a->engine);
    free(a);
}

enum ac_status audit_step(struct audit *a)
{
    enum ac_status status;
    bool again, added = false;

    if (a->finished)
        return AC_OK;
    do {
        status = engine_step(&a->engine, &again);
        if (status != AC_OK && status != AC_PENDING)
            return status;
        if (!again && !added && a->planned)
            break; /* nothing has changed since the plan was looked at */
        TRY(plan_continue(a, &added));
        a->planned = true;
    } while (again || added);
    if (status == AC_PENDING)
        return AC_PENDING;
    TRY(engine_account(&a->engine));
    TRY(plan_finish(a));
    a->finished = true;
    return AC_OK;
}

struct dns_view *audit_view(struct audit *a)
{
    return &a->engine.view;
}

bool audit_decided(struct audit *a)
{
    return plan_decide(a) == AC_OK && a->decided;
}

bool audit_waits_for_lists(const struct audit *a)
{
    for (size_t i = 0; i < a->engine.n_tasks; i++) {
        const struct task *t = a->engine.task[i];

        if (t->status == AC_PENDING && t->run != audit_run_blocklist)
            return false;
    }
    return true;
}

bool audit_hangs_on(struct audit *a, const struct dns_entry *question)
{
    if (plan_decide(a) != AC_OK)
        return true;
    for (size_t i = 0; i < a->engine.n_tasks; i++) {
        const struct task *t = a->engine.task[i];

        if (!t->decisive || t->status != AC_PENDING)
            continue;
        for (size_t k = 0; k < t->wants.n_hard; k++)
            if (t->wants.hard[k] == question)
                return true;
    }
    return false;
}

const struct audit_result *audit_result(const struct audit *a)
{
    return &a->result;
}

void audit_set_wall(struct audit *a, int64_t wall_us, int64_t decided_us)
{
    a->result.decided_us = decided_us;
    a->result.wall_us = wall_us;
}

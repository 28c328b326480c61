/* SPDX-License-Identifier: MIT */
/*
 * tasks.c - each evaluator as a task.
 */
#include "audit/tasks.h"

#include "audit/child.h"
#include "spf/record.h"

enum ac_status audit_run_spf_check(struct ac_env *env, void *context)
{
    struct spf_check_task *t = context;

    return spf_check(env, &t->request, &t->out);
}

enum ac_status audit_run_helo_check(struct ac_env *env, void *context)
{
    struct ac_env silent = *env;

    silent.findings = NULL; /* it sets no verdict; its result is shown as such */
    return audit_run_spf_check(&silent, context);
}

enum ac_status audit_run_spf_variant(struct ac_env *env, void *context)
{
    struct spf_variant_task *t = context;
    const struct spf_evaluator_row *row = spf_evaluator(t->evaluator);
    struct ac_limits limits = *env->limits;
    struct ac_env other = *env;

    limits.spf_lookups = row->lookups;
    limits.spf_voids = row->voids;
    limits.spf_quirks = row->quirks;
    other.limits = &limits;
    other.findings = NULL; /* what is wrong is told by the RFC's own evaluation */
    return spf_check(&other, &t->request, &t->out);
}

enum ac_status audit_run_spf_tree(struct ac_env *env, void *context)
{
    struct spf_tree_task *t = context;

    return spf_audit(env, &t->request, &t->out);
}

enum ac_status audit_run_before(struct ac_env *env, void *context)
{
    struct before_task *t = context;

    return audit_child_run(env, t->audit);
}

enum ac_status audit_run_dkim(struct ac_env *env, void *context)
{
    struct dkim_task *t = context;

    return dkim_audit(env, &t->selector, &t->out);
}

enum ac_status audit_run_policy(struct ac_env *env, void *context)
{
    struct policy_task *t = context;

    return dmarc_discover(env, &t->author, t->rules, &t->out);
}

enum ac_status audit_run_reader(struct ac_env *env, void *context)
{
    struct reader_task *t = context;

    return dmarc_read(env, &t->author, t->reader, &t->out);
}

enum ac_status audit_run_org(struct ac_env *env, void *context)
{
    struct org_task *t = context;

    return dmarc_org_domain(env, &t->name, t->rules, &t->out);
}

enum ac_status audit_run_dmarc_audit(struct ac_env *env, void *context)
{
    struct dmarc_audit_task *t = context;

    return dmarc_audit(env, &t->author, t->check_reports);
}

/* PTR and EHLO do not wait for each other. */
enum ac_status audit_run_host(struct ac_env *env, void *context)
{
    struct host_task *t = context;
    struct ac_env silent = *env;
    unsigned mark = dns_wants_mark(env->wants);
    enum ac_status host, helo = AC_OK;

    if (t->silent)
        silent.findings = NULL;
    host = host_client_audit(&silent, &t->ip, &t->out);
    if (host != AC_OK && host != AC_PENDING)
        return host;
    dns_wants_back(env->wants, mark);
    if (t->helo.p)
        helo = host_helo_audit(&silent, t->helo, &t->ip, &t->helo_facts);
    return helo == AC_OK ? host : helo;
}

enum ac_status audit_run_sender(struct ac_env *env, void *context)
{
    struct sender_task *t = context;

    return sender_domain_audit(env, &t->name, &t->out);
}

enum ac_status audit_run_blocklist(struct ac_env *env, void *context)
{
    struct blocklist_task *t = context;
    bool pending = false;

    t->n = 0;
    t->out = arena_array(env->arena, t->n_ips + t->n_domains, sizeof *t->out);
    if (!t->out)
        return AC_ENOMEM;
    for (size_t i = 0; i < t->n_ips + t->n_domains; i++) {
        struct blocklist_result *row = &t->out[t->n];
        bool is_ip = i < t->n_ips;
        enum ac_status status;

        if (is_ip && t->ip[i].family == 6 && !t->list.ipv6)
            continue;
        status = is_ip ? blocklist_check_ip(env, &t->list, &t->ip[i], row)
                       : blocklist_check_domain(env, &t->list, &t->domain[i - t->n_ips],
                                                row);
        pending = pending || status == AC_PENDING;
        if (status != AC_OK && status != AC_PENDING)
            return status;
        t->n++;
    }
    return pending ? AC_PENDING : AC_OK;
}

/* Whose names tell which provider sends for the domain. */
struct hints {
    struct dns_name name[64];
    size_t n;
};

static void add_hint(struct hints *h, const struct dns_name *name)
{
    if (h->n < sizeof h->name / sizeof *h->name)
        h->name[h->n++] = *name;
}

static void mx_hints(const struct dns_answer *mx, struct hints *h)
{
    struct dns_name host;
    uint16_t preference;

    for (size_t i = 0; i < mx->n && i < MX_SHOWN_MAX; i++)
        if (dns_mx_read(&mx->rr[i], &preference, &host))
            add_hint(h, &host);
}

/* Targets of include: and redirect= of the domain's own record, macros aside. */
static enum ac_status spf_hints(struct ac_env *env, const struct dns_answer *txt,
                                struct hints *h)
{
    struct spf_record record;
    struct dns_name target;
    struct span text;

    if (!spf_record_select(env->arena, txt, &text))
        return AC_OK;
    if (!text.p)
        return AC_ENOMEM;
    TRY(spf_record_parse(env->arena, text, &record));
    for (size_t i = 0; i < record.n; i++) {
        const struct spf_term *term = &record.term[i];

        if ((term->kind == SPF_INCLUDE || term->kind == SPF_REDIRECT) &&
            !span_contains(term->value, '%') && dns_name_parse(term->value, &target))
            add_hint(h, &target);
    }
    return AC_OK;
}

enum ac_status audit_run_discover(struct ac_env *env, void *context)
{
    struct discover_task *t = context;
    struct hints hints = { .n = 0 };
    unsigned mark = dns_wants_mark(env->wants);
    const struct dns_answer *mx, *txt;
    enum ac_status mx_status, txt_status, status;
    struct dkim_search search = { .domain = t->domain,
                                  .limit = t->limit,
                                  .hint = hints.name };

    mx_status = dns_get(env->dns, env->wants, &t->domain, DNS_T_MX, &mx);
    if (mx_status == AC_OK)
        mx_hints(mx, &hints);
    dns_wants_back(env->wants, mark);
    txt_status = dns_get(env->dns, env->wants, &t->domain, DNS_T_TXT, &txt);
    if (txt_status == AC_OK)
        TRY(spf_hints(env, txt, &hints));
    dns_wants_back(env->wants, mark);
    /* The first burst does not wait for the hints; the result does. */
    search.n_hints = hints.n;
    status = dkim_discover(env, &search, &t->out);
    if (status != AC_OK && status != AC_PENDING)
        return status;
    TRY(mx_status);
    TRY(txt_status);
    return status;
}

/* Addresses of one MX host, of both families. */
static enum ac_status mx_host(struct ac_env *env, const struct dns_name *host,
                              struct mx_task *t)
{
    static const uint16_t type[] = { DNS_T_A, DNS_T_AAAA };
    unsigned mark = dns_wants_mark(env->wants);
    bool pending = false;

    for (size_t k = 0; k < 2; k++) {
        const struct dns_answer *a;
        enum ac_status status = dns_get(env->dns, env->wants, host, type[k], &a);

        dns_wants_back(env->wants, mark);
        pending = pending || status == AC_PENDING;
        if (status == AC_PENDING)
            continue;
        TRY(status);
        for (size_t i = 0; i < a->n && t->n < MX_SHOWN_MAX; i++) {
            struct audit_mx *row = &t->out[t->n];

            if (!ip_from_bytes(a->rr[i].rdata, &row->ip))
                continue;
            row->host = dns_name_text(env->arena, host);
            if (!row->host)
                return AC_ENOMEM;
            t->n++;
        }
    }
    return pending ? AC_PENDING : AC_OK;
}

enum ac_status audit_run_mx(struct ac_env *env, void *context)
{
    struct mx_task *t = context;
    const struct dns_answer *mx;
    struct dns_name host;
    uint16_t preference;
    bool pending = false;

    t->n = 0;
    t->out = arena_array(env->arena, MX_SHOWN_MAX, sizeof *t->out);
    if (!t->out)
        return AC_ENOMEM;
    TRY(dns_get(env->dns, env->wants, &t->domain, DNS_T_MX, &mx));
    for (size_t i = 0; i < mx->n && i < MX_SHOWN_MAX; i++) {
        enum ac_status status;

        if (!dns_mx_read(&mx->rr[i], &preference, &host) || host.n == 1)
            continue;
        status = mx_host(env, &host, t);
        pending = pending || status == AC_PENDING;
        if (status != AC_OK && status != AC_PENDING)
            return status;
    }
    return pending ? AC_PENDING : AC_OK;
}

/* SPDX-License-Identifier: MIT */
/*
 * tasks.c - each evaluator as a task. RFC 8601, 3 for names behind addresses.
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

static uint16_t address_type(const struct ip *ip)
{
    return ip->family == 4 ? DNS_T_A : DNS_T_AAAA;
}

static bool answer_has(const struct dns_answer *a, const struct ip *ip)
{
    struct ip one;

    for (size_t i = 0; i < a->n; i++)
        if (ip_from_bytes(a->rr[i].rdata, &one) && ip_eq(&one, ip))
            return true;
    return false;
}

static bool text_before(const struct dns_name *a, const struct dns_name *b)
{
    char x[DNS_TEXT_MAX], y[DNS_TEXT_MAX];

    return strcmp(dns_name_print(a, x), dns_name_print(b, y)) < 0;
}

/* The first HELO_NAMES_MAX of the PTR names in byte order, wherever they stand in the
 * answer: resolvers turn it round. */
static size_t ptr_names(const struct dns_answer *ptr,
                        struct dns_name name[static HELO_NAMES_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < ptr->n; i++) {
        struct dns_name one;
        size_t at = n;

        if (!dns_target_read(&ptr->rr[i], &one) || one.n == 1)
            continue;
        while (at && text_before(&one, &name[at - 1]))
            at--;
        if (at == HELO_NAMES_MAX)
            continue;
        n += n < HELO_NAMES_MAX;
        for (size_t k = n - 1; k > at; k--)
            name[k] = name[k - 1];
        name[at] = one;
    }
    return n;
}

enum ac_status audit_run_helo(struct ac_env *env, void *context)
{
    struct helo_task *t = context;
    char reverse[IP_REVERSE_MAX];
    struct dns_name name[HELO_NAMES_MAX], at;
    const struct dns_answer *ptr, *address;
    bool pending = false;
    size_t n;

    t->found = t->open = false;
    dns_name_parse(span_of(ip_print_reverse(&t->ip, reverse)), &at);
    TRY(dns_get(env->dns, env->wants, &at, DNS_T_PTR, &ptr));
    t->open = !dns_answered(ptr);
    n = ptr_names(ptr, name);
    for (size_t i = 0; i < n; i++) {
        unsigned mark = dns_wants_mark(env->wants);
        enum ac_status status =
            dns_get(env->dns, env->wants, &name[i], address_type(&t->ip), &address);

        dns_wants_back(env->wants, mark);
        pending = pending || status == AC_PENDING;
        if (status != AC_OK && status != AC_PENDING)
            return status;
        if (status == AC_PENDING || t->found)
            continue;
        t->open = t->open || !dns_answered(address);
        if (answer_has(address, &t->ip)) {
            t->found = true;
            t->name = name[i];
        }
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

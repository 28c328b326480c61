/* SPDX-License-Identifier: MIT */
/*
 * plan.c - domain and options to tasks; later tasks from earlier results; which of them
 * a verdict hangs on.
 *
 * Order matters in two places: the identifier of the From domain is the first, and the
 * trees stand before the checks, since they want every branch at once and so note each
 * question at its least depth.
 */
#include "audit/plan.h"

#include "audit/fix.h"
#include "verdict/conn.h"

enum ac_status plan_add(struct audit *a, enum ac_status (*run)(struct ac_env *, void *),
                        size_t size, struct task **task, void *in, const char *label)
{
    void *context = arena_alloc(&a->engine.arena, size);

    if (!context || !label)
        return AC_ENOMEM;
    memcpy(in, &context, sizeof context);
    return engine_add(&a->engine, label, run, context, task);
}

bool plan_null_sender(const struct audit *a)
{
    return a->options.mail_from.p && span_eq(a->options.mail_from, SPAN("<>"));
}

bool plan_helo_counts(const struct audit *a, const struct plan_client *c)
{
    return (!c->helo_guessed && a->options.helo.p) || plan_null_sender(a);
}

bool plan_runs_evaluator(const struct audit *a, enum spf_evaluator evaluator)
{
    for (size_t i = 0; i < a->options.n_receivers; i++)
        if (a->options.receiver[i]->eyes.evaluator == evaluator)
            return true;
    return false;
}

bool plan_runs_reader(const struct audit *a, enum dmarc_reader reader)
{
    for (size_t i = 0; i < a->options.n_receivers; i++)
        if (a->options.receiver[i]->eyes.reader == reader)
            return true;
    return false;
}

/* The identifier for a name, with its two organizational-domain tasks; made once. */
static enum ac_status plan_identifier(struct audit *a, const struct dns_name *name,
                                      struct plan_identifier **out)
{
    static const char *const rules[DMARC_RULES_N] = { "RFC 9989", "RFC 7489" };
    struct plan_identifier *id;
    char text[DNS_TEXT_MAX];

    for (size_t i = 0; i < a->n_identifiers; i++)
        if (dns_name_eq(&a->identifier[i].name, name)) {
            *out = &a->identifier[i];
            return AC_OK;
        }
    *out = id = &a->identifier[a->n_identifiers++];
    id->name = *name;
    for (size_t i = 0; i < DMARC_RULES_N; i++) {
        TRY(PLAN(a, &id->org[i], audit_run_org, "the organizational domain of %s by %s",
                 dns_name_print(name, text), rules[i]));
        id->org[i].in->name = *name;
        id->org[i].in->rules = (enum dmarc_rules)i;
    }
    return AC_OK;
}

struct span plan_mail_from(const struct audit *a)
{
    return a->options.mail_from.p ? a->options.mail_from : a->domain;
}

/* SPF of one client, as soon as the identity is known. */
static enum ac_status plan_spf(struct audit *a, struct plan_client *c)
{
    /* A guessed HELO sets no verdict, so it is not what %{h} of a MAIL FROM check is.
     */
    bool by_helo = plan_null_sender(a);
    struct span helo = by_helo || !c->helo_guessed ? c->helo : a->domain;
    struct spf_request request = { .client = c->ip };
    struct dns_name name;
    char ip[IP_TEXT_MAX];

    TRY(spf_request_mailfrom(&request, plan_mail_from(a), helo.p ? helo : a->domain,
                             &a->engine.arena));
    ip_print(&c->ip, ip);
    TRY(PLAN(a, &c->tree, audit_run_spf_tree, "the SPF look-up total for %s", ip));
    c->tree.in->request = request;
    TRY(PLAN(a, &c->check, audit_run_spf_check, "the SPF result of %s", ip));
    c->check.in->request = request;
    return spf_request_name(&request, &name) ? plan_identifier(a, &name, &c->identifier)
                                             : AC_OK;
}

static bool same_request(const struct spf_request *a, const struct spf_request *b)
{
    return ip_eq(&a->client, &b->client) && span_eq(a->sender, b->sender) &&
           span_eq(a->domain, b->domain) && span_eq(a->helo, b->helo);
}

/* With the domain itself as HELO name and postmaster as sender it is the MAIL FROM
 * check once more, and is not run twice. */
static enum ac_status plan_helo_check(struct audit *a, struct plan_client *c)
{
    struct spf_request request = { .client = c->ip };
    char ip[IP_TEXT_MAX];

    TRY(spf_request_helo(&request, c->helo, &a->engine.arena));
    if (c->check.task && same_request(&request, &c->check.in->request)) {
        c->helo_check.task = c->check.task;
        c->helo_check.in = c->check.in;
        return AC_OK;
    }
    TRY(PLAN(a, &c->helo_check, audit_run_helo_check, "the HELO result of %s",
             ip_print(&c->ip, ip)));
    c->helo_check.in->request = request;
    return AC_OK;
}

static enum ac_status plan_client(struct audit *a, struct plan_client *c)
{
    c->helo = a->options.helo;
    c->helo_guessed = !c->helo.p;
    if (!c->helo.p && !a->options.guess_helo)
        c->helo = a->domain;
    if (c->helo.p || !plan_null_sender(a))
        TRY(plan_spf(a, c));
    return c->helo.p ? plan_helo_check(a, c) : AC_OK;
}

static enum ac_status plan_keys(struct audit *a)
{
    const struct audit_options *o = &a->options;

    for (size_t i = 0; i < o->n_selectors; i++) {
        struct plan_key *k = &a->key[i];

        k->selector = &o->selector[i];
        TRY(PLAN(a, &k->key, audit_run_dkim, "the key of selector %s",
                 k->selector->text));
        k->key.in->selector = k->selector->at;
        TRY(plan_identifier(a, &k->selector->at.domain, &k->identifier));
    }
    if (o->n_selectors || !o->discover)
        return AC_OK;
    TRY(PLAN(a, &a->discover, audit_run_discover, "the search for selectors"));
    a->discover.in->domain = o->domain;
    a->discover.in->limit = o->discover;
    return AC_OK;
}

static enum ac_status plan_policies(struct audit *a)
{
    static const char *const rules[DMARC_RULES_N] = { "RFC 9989", "RFC 7489" };

    for (size_t i = 0; i < DMARC_RULES_N; i++) {
        TRY(PLAN(a, &a->policy[i], audit_run_policy, "the DMARC policy by %s",
                 rules[i]));
        a->policy[i].in->author = a->options.domain;
        a->policy[i].in->rules = (enum dmarc_rules)i;
    }
    for (size_t i = DMARC_RULES_N; i < DMARC_READERS_N; i++) {
        enum dmarc_reader reader = (enum dmarc_reader)i;

        if (!plan_runs_reader(a, reader))
            continue;
        TRY(PLAN(a, &a->reader[i], audit_run_reader, "the DMARC policy by %s",
                 dmarc_reader(reader)->name));
        a->reader[i].in->author = a->options.domain;
        a->reader[i].in->reader = reader;
    }
    TRY(PLAN(a, &a->dmarc_audit, audit_run_dmarc_audit,
             "the check of report addresses"));
    a->dmarc_audit.in->author = a->options.domain;
    a->dmarc_audit.in->check_reports = a->options.check_reports;
    for (size_t i = 0; i < DMARC_RULES_N; i++) {
        a->dmarc_audit.task->after[i] = a->policy[i].task;
        a->dmarc_audit.task->after[DMARC_RULES_N + i] = a->identifier[0].org[i].task;
    }
    return AC_OK;
}

/* Without an address: the record's tree, and the MX hosts as addresses to try. */
static enum ac_status plan_without_client(struct audit *a)
{
    TRY(PLAN(a, &a->tree, audit_run_spf_tree, "the SPF look-up total"));
    TRY(spf_request_mailfrom(&a->tree.in->request, plan_mail_from(a), a->domain,
                             &a->engine.arena));
    TRY(PLAN(a, &a->mx, audit_run_mx, "the addresses of the MX hosts"));
    a->mx.in->domain = a->options.domain;
    return AC_OK;
}

/* For --compare. Its own start-up hangs on nothing but the options. */
static enum ac_status plan_before(struct audit *a)
{
    struct audit_options options = a->options;

    if (!a->options.compare)
        return AC_OK;
    options.overlay = NULL;
    options.compare = false;
    options.fixes = false;
    TRY(PLAN(a, &a->before, audit_run_before, "the audit without the changes"));
    a->before.task->counts_by_run = true;
    return audit_new(&options, &a->before.in->audit);
}

enum ac_status plan_begin(struct audit *a)
{
    const struct audit_options *o = &a->options;
    struct arena *arena = &a->engine.arena;
    struct plan_identifier *from;

    a->client = arena_array(arena, o->n_ips, sizeof *a->client);
    a->key = arena_array(arena, o->n_selectors, sizeof *a->key);
    /* The From domain, one a selector, one a client. */
    a->identifier =
        arena_array(arena, 1 + o->n_selectors + o->n_ips, sizeof *a->identifier);
    if (!a->client || !a->key || !a->identifier)
        return AC_ENOMEM;
    TRY(plan_identifier(a, &o->domain, &from));
    for (size_t i = 0; i < o->n_ips; i++) {
        a->client[i].ip = ip_unmap(o->ip[i]);
        TRY(plan_client(a, &a->client[i]));
    }
    if (!o->n_ips)
        TRY(plan_without_client(a));
    TRY(plan_policies(a));
    TRY(plan_keys(a));
    TRY(plan_reputation(a));
    TRY(plan_before(a));
    a->engine.n_first = a->engine.n_tasks;
    return AC_OK;
}

/* What follows from a guessed host name: the HELO check, and for "<>" SPF as a whole.
 */
static enum ac_status plan_after_guess(struct audit *a, struct plan_client *c,
                                       bool *added)
{
    const struct host_name *found;
    const char *name;
    bool open;

    if (!engine_done(c->host.task) || c->helo.p)
        return AC_OK;
    found = host_confirmed(&c->host.in->out, &open);
    name = found ? dns_name_text(&a->engine.arena, &found->name) : a->domain.p;
    if (!name)
        return AC_ENOMEM;
    c->helo = span_of(name);
    *added = true;
    if (plan_null_sender(a))
        TRY(plan_spf(a, c));
    return plan_helo_check(a, c);
}

/* The other evaluators, once RFC 7208's own has come to where they may part from it. */
static enum ac_status plan_variants(struct audit *a, struct plan_client *c, bool *added)
{
    char ip[IP_TEXT_MAX];

    if (!engine_done(c->check.task) || !c->check.in->out.odd)
        return AC_OK;
    for (size_t i = SPF_EVALUATOR_RFC + 1; i < SPF_EVALUATORS_N; i++) {
        enum spf_evaluator evaluator = (enum spf_evaluator)i;

        if (c->variant[i].task ||
            (!a->options.disagree && !plan_runs_evaluator(a, evaluator)))
            continue;
        TRY(PLAN(a, &c->variant[i], audit_run_spf_variant, "the SPF result of %s by %s",
                 ip_print(&c->ip, ip), spf_evaluator(evaluator)->name));
        c->variant[i].in->request = c->check.in->request;
        c->variant[i].in->evaluator = evaluator;
        *added = true;
    }
    return AC_OK;
}

/* Has any question been answered? Before that no verdict is certain. */
static bool anything_known(const struct audit *a)
{
    const struct dns_view *v = &a->engine.view;

    for (size_t i = 0; i < v->n; i++)
        if (v->list[i]->answer)
            return true;
    return v->offline || v->overlay;
}

/* Is the verdict for this client certain, whatever is still open? */
static enum ac_status client_decided(struct audit *a, const struct plan_client *c,
                                     bool *out)
{
    struct verdict_evidence evidence;
    struct arena scratch;
    enum ac_status status;

    *out = !a->options.n_receivers;
    if (!anything_known(a))
        return AC_OK;
    arena_init_pooled(&scratch, 1 << 20, a->engine.arena.pool);
    *out = true;
    status = plan_evidence(a, c, &scratch, &evidence);
    for (size_t i = 0; status == AC_OK && i < a->options.n_receivers; i++) {
        struct prediction p;

        status = receiver_judge(a->options.receiver[i], &evidence, &scratch, &p);
        /* Of a refusal the cause is wanted too, so all legs are. */
        *out = *out && p.verdict == VERDICT_ACCEPT;
    }
    arena_free(&scratch);
    return status;
}

static void set_decisive(struct task *t, bool decisive)
{
    if (t)
        t->decisive = decisive;
}

/* The legs that a verdict stands on; everything else is for the report alone. */
static void mark_legs(struct audit *a, bool decisive)
{
    for (size_t i = 0; i < DMARC_RULES_N; i++)
        set_decisive(a->policy[i].task, decisive);
    for (size_t i = 0; i < DMARC_READERS_N; i++)
        set_decisive(a->reader[i].task,
                     decisive && plan_runs_reader(a, (enum dmarc_reader)i));
    for (size_t i = 0; i < a->n_identifiers; i++)
        for (size_t k = 0; k < DMARC_RULES_N; k++)
            set_decisive(a->identifier[i].org[k].task, decisive);
    for (size_t i = 0; i < a->options.n_selectors; i++)
        set_decisive(a->key[i].key.task, decisive);
}

static bool judges_helo(const struct audit *a)
{
    for (size_t i = 0; i < a->options.n_receivers; i++)
        if (receiver_judges_helo(a->options.receiver[i]))
            return true;
    return false;
}

/* Does a receiver's verdict on this client hang on the names of the host? */
static bool judges_host(const struct audit *a, const struct plan_client *c)
{
    for (size_t i = 0; i < a->options.n_receivers; i++) {
        const struct receiver *r = a->options.receiver[i];
        uint64_t conditions = receiver_conditions(r);

        if (((conditions & ON_HELO_NAME) && plan_helo_counts(a, c)) ||
            ((conditions & ON_HOST) && verdict_conn_wants_names(&c->ip, &r->eyes)))
            return true;
    }
    return c->helo_guessed && plan_null_sender(a);
}

static enum ac_status mark_decisive(struct audit *a)
{
    bool all = true;

    for (size_t i = 0; i < a->options.n_ips; i++) {
        struct plan_client *c = &a->client[i];
        bool decided;

        TRY(client_decided(a, c, &decided));
        all = all && decided;
        /* No verdict hangs on an explanation (RFC 7208, 6.2). */
        if (c->check.task)
            c->check.task->decisive = !decided && !c->check.in->out.decided;
        for (size_t k = 0; k < SPF_EVALUATORS_N; k++)
            set_decisive(c->variant[k].task,
                         !decided && plan_runs_evaluator(a, (enum spf_evaluator)k));
        if (c->helo_check.task != c->check.task)
            set_decisive(c->helo_check.task,
                         !decided && plan_helo_counts(a, c) && judges_helo(a));
        set_decisive(c->host.task, !decided && judges_host(a, c));
    }
    /* Without an address there is no verdict; the records themselves are the product.
     */
    if (!a->options.n_ips) {
        set_decisive(a->tree.task, true);
        all = false;
    }
    mark_legs(a, !all);
    set_decisive(a->author.task, !all && (a->asked & (ON_SENDER | ON_AUTHOR)));
    set_decisive(a->sender.task, !all && (a->asked & ON_SENDER));
    if (a->before.task)
        a->before.task->decisive = !audit_decided(a->before.in->audit);
    return AC_OK;
}

/* Does a verdict hang on a task that is not done? */
static void look_for_open(struct audit *a)
{
    bool open = false;

    for (size_t i = 0; i < a->engine.n_tasks; i++) {
        const struct task *t = a->engine.task[i];

        open = open || (t->decisive && t->status == AC_PENDING);
    }
    a->decided = !open && !a->added;
    a->stale = false;
}

enum ac_status plan_continue(struct audit *a, bool *added)
{
    *added = false;
    for (size_t i = 0; i < a->options.n_ips; i++)
        TRY(plan_after_guess(a, &a->client[i], added));
    for (size_t i = 0; i < a->options.n_ips; i++)
        TRY(plan_variants(a, &a->client[i], added));
    /* Without fixes nobody but the driver asks what a verdict hangs on, and he when
     * something stays silent. */
    a->stale = true;
    if (!a->options.fixes && !a->before.task) {
        a->decided = false;
        a->added = *added;
        return AC_OK;
    }
    TRY(mark_decisive(a));
    TRY(fix_plan(a, added));
    a->added = *added;
    look_for_open(a);
    return AC_OK;
}

enum ac_status plan_decide(struct audit *a)
{
    if (!a->stale)
        return AC_OK;
    TRY(mark_decisive(a));
    look_for_open(a);
    return AC_OK;
}

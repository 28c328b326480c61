/* SPDX-License-Identifier: MIT */
/*
 * fix.c - the search for fixes, and their proof.
 *
 * Like every evaluator it is run again from the top as answers come. What must not be
 * done twice, an audit over changed records, is kept as a trial by its changes; so the
 * search reads as if each trial were at hand.
 *
 * One failure may hide another: two records merged may still not name the address. Then
 * the search goes on from the changed state, and the fix is both changes.
 */
#include "audit/fix_trial.h"

enum {
    HINTS_MAX = 24
};

/* --- the search ---------------------------------------------------------------------
 */

static bool same_reason(const struct verdict_reason *a, const struct verdict_reason *b)
{
    return a->id == b->id && strcmp(a->about, b->about) == 0;
}

static void fill_key(const struct audit *state, struct fix_case *c)
{
    for (size_t i = 0; i < state->options.n_selectors; i++) {
        const struct dkim_outcome *key = &state->key[i].key.in->out;

        if (!c->key && key->name && strcmp(key->name, c->reason.about) == 0 &&
            dns_name_parse(span_of(key->name), &c->key_name))
            c->key = key;
    }
}

/* The case of one failure in the world as `state` has found it. */
static struct fix_case make_case(const struct search *s, const struct audit *state,
                                 const struct fix_changes *changes,
                                 const struct verdict_reason *reason)
{
    const struct plan_client *client = &state->client[s->t->described];
    const struct dmarc_org *org = &s->t->audit->identifier[0].org[0].in->out;
    struct fix_case c = {
        .env = s->env,
        .reason = *reason,
        .request = &client->check.in->request,
        .spf = &client->check.in->out,
        .tree = &client->tree.in->out,
        .own = org->known ? org->name : s->t->audit->options.domain,
        .hint = s->hint,
        .n_hints = s->n_hints,
        .host = client->host.task && !client->host.in->silent ? &client->host.in->out
                                                              : NULL,
        .helo = state->options.helo,
        .key_record = s->t->audit->options.key_record,
    };

    if (changes)
        c.changes = *changes;
    fill_key(state, &c);
    return c;
}

static enum ac_status mend(struct search *s, const struct audit *state,
                           const struct fix_changes *changes,
                           const struct verdict_reason *reason, struct trial **out);

/* Is mending this failure another way to mend the first one? */
static bool is_alternative(const struct search *s, const struct verdict_reason *reason)
{
    for (size_t i = 0; i < s->t->n_causes; i++) {
        const struct cause *c = &s->t->cause[i];
        bool has_first = false, has_this = false;

        for (size_t k = 0; k < c->n; k++) {
            has_first = has_first || same_reason(&c->reason[k], &s->chain[0]);
            has_this = has_this || same_reason(&c->reason[k], reason);
        }
        if (has_first && has_this)
            return true;
    }
    return false;
}

/* Go on from a trial that mends its failure and shows the next one. */
static enum ac_status mend_next(struct search *s, struct trial *from,
                                struct trial **out)
{
    const struct audit *child = from->child;
    const struct cause *cause;
    size_t n;

    if (from->crossed != FINDING_NONE) {
        struct verdict_reason limit = {
            from->crossed, child->client[s->t->described].check.in->out.domain, NULL
        };

        /* An include too many: the address alone, the next candidate, costs nothing. */
        if (s->chain[s->n - 1].id == FINDING_SPF_IP_NOT_AUTHORIZED)
            return AC_OK;
        return mend(s, child, &from->changes, &limit, out);
    }
    TRY(plan_causes(child, &child->client[s->t->described], from->decided_by,
                    s->env->arena, &cause, &n));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < cause[i].n; k++)
            if (same_reason(&cause[i].reason[k], &s->chain[s->n - 1]))
                return AC_OK; /* it is not mended */
    for (size_t i = 0; i < n && !*out; i++)
        for (size_t k = 0; k < cause[i].n && !*out; k++)
            if (!is_alternative(s, &cause[i].reason[k]))
                TRY(mend(s, child, &from->changes, &cause[i].reason[k], out));
    return AC_OK;
}

/* The first candidate that turns the verdict, by itself or with what else it needs. */
static enum ac_status mend(struct search *s, const struct audit *state,
                           const struct fix_changes *changes,
                           const struct verdict_reason *reason, struct trial **out)
{
    struct fix_candidates candidates;
    struct fix_case c;

    if (s->n == FIX_CHAIN_MAX)
        return AC_OK;
    for (size_t i = 0; i < s->n; i++)
        if (same_reason(&s->chain[i], reason))
            return AC_OK;
    c = make_case(s, state, changes, reason);
    TRY(fix_candidates(&c, &candidates));
    s->chain[s->n++] = *reason;
    for (size_t i = 0; i < candidates.n && !*out; i++) {
        struct trial *t;

        TRY(fix_try(s, candidates.row[i], &t));
        if (t && t->turns)
            *out = t;
        else if (t && t->harmless)
            TRY(mend_next(s, t, out));
    }
    if (!*out)
        s->n--; /* else the chain tells what the fix mends */
    return AC_OK;
}

static bool is_cause(const struct fixes_task *t, enum finding_id id)
{
    for (size_t i = 0; i < t->n_causes; i++)
        for (size_t k = 0; k < t->cause[i].n; k++)
            if (t->cause[i].reason[k].id == id)
                return true;
    return false;
}

static void add_cause(const struct fixes_task *t, struct audit_fix *fix,
                      enum finding_id id)
{
    for (size_t i = 0; i < fix->n_causes; i++)
        if (fix->cause[i] == id)
            return;
    if (is_cause(t, id) && fix->n_causes < CAUSE_LEGS_MAX)
        fix->cause[fix->n_causes++] = id;
}

/* Keep what a search has found; equal changes are one fix of several causes. */
static void add_fix(const struct search *s, const struct trial *trial)
{
    struct fixes_task *t = s->t;
    size_t at = 0;

    while (at < t->n_fixes && !fix_same(&t->fix[at].changes, &trial->changes))
        at++;
    if (at == t->n_fixes) {
        t->fix[at] = (struct audit_fix){ .changes = trial->changes,
                                         .verdict_after = trial->after };
        t->n_fixes++;
    }
    for (size_t i = 0; i < s->n; i++)
        add_cause(t, &t->fix[at], s->chain[i].id);
}

/* --- hints --------------------------------------------------------------------------
 */

static void add_hint(struct dns_name *hint, size_t *n, const struct dns_name *name)
{
    if (*n < HINTS_MAX)
        hint[(*n)++] = *name;
}

/*
 * Names that tell who sends: only of questions that the audit asks anyway, so that no
 * hint costs one, and by its options alone, so that no order of answers changes them.
 */
static enum ac_status gather_hints(struct search *s)
{
    const struct audit *a = s->t->audit;
    struct dns_name *hint = arena_array(s->env->arena, HINTS_MAX, sizeof *hint), at;
    const struct dns_answer *answer;
    char reverse[IP_REVERSE_MAX];
    uint16_t preference;

    if (!hint)
        return AC_ENOMEM;
    s->hint = hint;
    for (size_t i = 0; i < a->options.n_selectors; i++) {
        const char *end = a->key[i].key.in->out.delegated;

        if (end && dns_name_parse(span_of(end), &at))
            add_hint(hint, &s->n_hints, &at);
    }
    if (a->discover.task) {
        TRY(dns_get(s->env->dns, s->env->wants, &a->options.domain, DNS_T_MX, &answer));
        for (size_t i = 0; i < answer->n; i++)
            if (dns_mx_read(&answer->rr[i], &preference, &at))
                add_hint(hint, &s->n_hints, &at);
    }
    if (a->client[s->t->described].host.task &&
        dns_name_parse(
            span_of(ip_print_reverse(&a->client[s->t->described].ip, reverse)), &at)) {
        TRY(dns_get(s->env->dns, s->env->wants, &at, DNS_T_PTR, &answer));
        for (size_t i = 0; i < answer->n; i++)
            if (dns_target_read(&answer->rr[i], &at))
                add_hint(hint, &s->n_hints, &at);
    }
    return AC_OK;
}

/* --- the task -----------------------------------------------------------------------
 */

static bool seen_before(const struct fixes_task *t, size_t cause, size_t reason)
{
    const struct verdict_reason *this = &t->cause[cause].reason[reason];

    for (size_t i = 0; i <= cause; i++)
        for (size_t k = 0; k < (i == cause ? reason : t->cause[i].n); k++)
            if (same_reason(&t->cause[i].reason[k], this))
                return true;
    return false;
}

/* All searches go on side by side: what one waits for does not hold another. */
static enum ac_status run_searches(struct fixes_task *t, const struct search *start)
{
    bool pending = false;

    t->n_fixes = 0;
    for (size_t i = 0; i < t->n_causes; i++)
        for (size_t k = 0; k < t->cause[i].n; k++) {
            struct search s = *start;
            struct trial *found = NULL;
            enum ac_status status;

            if (seen_before(t, i, k))
                continue;
            status = mend(&s, t->audit, NULL, &t->cause[i].reason[k], &found);
            pending = pending || status == AC_PENDING;
            if (status != AC_OK && status != AC_PENDING)
                return status;
            if (found)
                add_fix(&s, found);
        }
    return pending ? AC_PENDING : AC_OK;
}

static enum ac_status run(struct ac_env *env, void *context)
{
    struct fixes_task *t = context;
    struct search s = { .t = t, .env = env };

    /* Once more for the count of questions: those asked for fixes are left out. */
    if (t->done)
        return AC_OK;
    TRY(gather_hints(&s));
    TRY(run_searches(t, &s));
    t->done = true;
    return AC_OK;
}

/* Are all legs of all verdicts known? */
static bool legs_done(const struct audit *a)
{
    for (size_t r = 0; r < DMARC_RULES_N; r++) {
        if (!engine_done(a->policy[r].task))
            return false;
        for (size_t i = 0; i < a->n_identifiers; i++)
            if (!engine_done(a->identifier[i].org[r].task))
                return false;
    }
    for (size_t i = 0; i < a->options.n_selectors; i++)
        if (!engine_done(a->key[i].key.task))
            return false;
    for (size_t i = 0; i < a->options.n_ips; i++)
        if (!engine_done(a->client[i].check.task) ||
            !engine_done(a->client[i].tree.task))
            return false;
    for (size_t i = 0; i < a->options.n_ips; i++)
        if ((a->asked & (ON_HOST | ON_HELO_NAME)) &&
            !engine_done(a->client[i].host.task))
            return false;
    /* What lists say is evidence too: before and after a change it must be the same. */
    for (size_t i = 0; i < a->n_blocklists; i++)
        if (!engine_done(a->blocklist[i].task))
            return false;
    /* What receivers hang on beside these, when it was planned. */
    for (size_t i = 0; i < a->engine.n_tasks; i++)
        if (a->engine.task[i]->decisive && !engine_done(a->engine.task[i]))
            return false;
    return true;
}

enum ac_status fix_plan(struct audit *a, bool *added)
{
    struct arena *arena = &a->engine.arena;
    struct fixes_task *t;

    if (*added || a->fixes_planned || !a->options.fixes || !a->options.n_ips ||
        !legs_done(a))
        return AC_OK;
    a->fixes_planned = true;
    if (a->engine.n_tasks == TASKS_MAX)
        return AC_OK;
    t = arena_alloc(arena, sizeof *t);
    if (!t)
        return AC_ENOMEM;
    t->audit = a;
    TRY(plan_verdicts(a, arena, &t->before, &t->described));
    TRY(plan_causes(a, &a->client[t->described], t->before[t->described].decided_by,
                    arena, &t->cause, &t->n_causes));
    if (!t->n_causes)
        return AC_OK;
    t->fix = arena_array(arena, t->n_causes * CAUSE_LEGS_MAX, sizeof *t->fix);
    if (!t->fix)
        return AC_ENOMEM;
    a->fixes.in = t;
    TRY(engine_add(&a->engine, "the fixes", run, t, &a->fixes.task));
    a->fixes.task->decisive = true;
    a->fixes.task->counts_by_run = true;
    *added = true;
    return AC_OK;
}

static bool is_fixed(const struct audit_result *r, enum finding_id id)
{
    for (size_t i = 0; i < r->n_fixes; i++)
        for (size_t k = 0; k < r->fix[i].n_causes; k++)
            if (r->fix[i].cause[k] == id)
                return true;
    return false;
}

static enum ac_status add_advice(struct audit *a, const struct verdict_reason *reason,
                                 struct audit_advice *row)
{
    struct audit_result *r = &a->result;
    struct ac_env env = { .arena = &a->engine.arena };
    struct fix_case c = { .env = &env,
                          .reason = *reason,
                          .own = a->options.domain,
                          .helo = a->options.helo,
                          .key_record = a->options.key_record };

    for (size_t i = 0; i < r->n_advice; i++)
        if (row[i].cause == reason->id && strcmp(row[i].about, reason->about) == 0)
            return AC_OK;
    fill_key(a, &c);
    if (!c.key && r->best_key)
        c.key = &r->best_key->key;
    row[r->n_advice] =
        (struct audit_advice){ reason->id, reason->about, fix_advice(&c) };
    return row[r->n_advice++].text ? AC_OK : AC_ENOMEM;
}

enum ac_status fix_finish(struct audit *a)
{
    struct audit_result *r = &a->result;
    struct audit_advice *row;
    size_t most = 0;

    if (!a->options.fixes)
        return AC_OK;
    if (a->fixes.task) {
        r->fix = a->fixes.in->fix;
        r->n_fixes = a->fixes.in->n_fixes;
    }
    for (size_t i = 0; i < r->n_causes; i++)
        most += r->cause[i].n;
    row = arena_array(&a->engine.arena, most, sizeof *row);
    if (!row)
        return AC_ENOMEM;
    r->advice = row;
    for (size_t i = 0; i < r->n_causes; i++)
        for (size_t k = 0; k < r->cause[i].n; k++)
            if (!is_fixed(r, r->cause[i].reason[k].id))
                TRY(add_advice(a, &r->cause[i].reason[k], row));
    return AC_OK;
}

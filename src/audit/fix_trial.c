/* SPDX-License-Identifier: MIT */
/*
 * fix_trial.c - changed records in front of the DNS, an audit over them, and whether it
 * is the better for them. RFC 1035, 3.3; RFC 7208, 4.6.4.
 */
#include "audit/fix_trial.h"

#include "audit/child.h"

/* --- trials -------------------------------------------------------------------------
 */

static bool same_span(struct span a, struct span b)
{
    return !a.p == !b.p && span_eq(a, b);
}

static bool has_change(const struct fix_changes *c, const struct fix_change *change)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->row[i].type == change->type &&
            dns_name_eq(&c->row[i].name, &change->name) &&
            same_span(c->row[i].old, change->old) &&
            same_span(c->row[i].new, change->new))
            return true;
    return false;
}

bool fix_same(const struct fix_changes *a, const struct fix_changes *b)
{
    bool same = a->n == b->n;

    for (size_t i = 0; same && i < a->n; i++)
        same = has_change(b, &a->row[i]);
    return same;
}

static bool keep_span(struct arena *a, struct span *s)
{
    if (s->p)
        s->p = arena_strdup(a, *s);
    return s->p;
}

/* A copy that outlives the run. */
static enum ac_status keep_changes(struct arena *a, const struct fix_changes *from,
                                   struct fix_changes *to)
{
    *to = *from;
    for (size_t i = 0; i < to->n; i++) {
        struct fix_change *c = &to->row[i];

        if ((c->old.p && !keep_span(a, &c->old)) ||
            (c->new.p && !keep_span(a, &c->new)))
            return AC_ENOMEM;
    }
    if (to->note)
        to->note = arena_strdup(a, span_of(to->note));
    return !from->note || to->note ? AC_OK : AC_ENOMEM;
}

/* The RDATA of a TXT record: strings of at most 255 octets (RFC 1035, 3.3). */
static bool txt_rdata(struct arena *a, struct span text, struct dns_rr *out)
{
    size_t parts = text.n ? (text.n + 254) / 255 : 1;
    char *p = arena_alloc(a, text.n + parts);

    *out = (struct dns_rr){ .rdata = { p, text.n + parts }, .ttl = 300 };
    for (size_t i = 0; p && i < parts; i++) {
        struct span part = span_to(text, 255);

        *p++ = (char)(unsigned char)part.n;
        if (part.n)
            memcpy(p, part.p, part.n);
        p += part.n;
        text = span_from(text, part.n);
    }
    return out->rdata.p;
}

/* Put one changed name's whole TXT set into the overlay. */
static enum ac_status lay_over(struct ac_env *env, struct dns_overlay *o,
                               const struct fix_changes *changes,
                               const struct dns_name *name)
{
    struct dns_name owner;
    struct span *text;
    struct dns_rr *rr;
    size_t n;

    TRY(fix_texts(env, changes, name, &owner, &text, &n));
    if (!n)
        return dns_overlay_delete(o, &owner, DNS_T_TXT);
    rr = arena_array(env->arena, n, sizeof *rr);
    for (size_t i = 0; rr && i < n; i++)
        if (!txt_rdata(env->arena, text[i], &rr[i]))
            return AC_ENOMEM;
    return rr ? dns_overlay_put(o, &owner, DNS_T_TXT, rr, n) : AC_ENOMEM;
}

/* The RDATA of an address or a name; false where the text is none, or no room is left.
 */
static bool record_rdata(struct arena *a, const struct fix_change *c, struct span text,
                         struct dns_rr *out)
{
    struct dns_name name;
    struct ip ip;
    struct span bytes = { NULL, 0 };

    if (c->type == DNS_T_A || c->type == DNS_T_AAAA) {
        if (ip_parse(text, &ip))
            bytes = span_make((const char *)ip.bytes, ip.family == 4 ? 4 : 16);
    } else if (dns_name_parse(text, &name)) {
        bytes = span_make((const char *)name.wire, name.n);
    }
    *out = (struct dns_rr){ .ttl = 300 };
    if (bytes.p)
        out->rdata = span_make(arena_strdup(a, bytes), bytes.n);
    return out->rdata.p;
}

/* Put one changed name's whole set of another type into the overlay. */
static enum ac_status lay_set(struct ac_env *env, struct dns_overlay *o,
                              const struct fix_changes *changes,
                              const struct fix_change *of)
{
    unsigned mark = dns_wants_mark(env->wants);
    const struct dns_answer *answer;
    enum ac_status status = dns_get(env->dns, env->wants, &of->name, of->type, &answer);
    struct dns_rr *rr, one;
    size_t n = 0;

    dns_wants_back(env->wants, mark);
    TRY(status);
    rr = arena_array(env->arena, answer->n + changes->n, sizeof *rr);
    if (!rr)
        return AC_ENOMEM;
    for (size_t i = 0; i < answer->n; i++)
        rr[n++] = answer->rr[i];
    for (size_t i = 0; i < changes->n; i++) {
        const struct fix_change *c = &changes->row[i];

        if (c->type != of->type || !dns_name_eq(&c->name, &of->name))
            continue;
        if (c->old.p && record_rdata(env->arena, c, c->old, &one))
            for (size_t k = 0; k < n; k++)
                if (span_eq(rr[k].rdata, one.rdata))
                    rr[k--] = rr[--n];
        if (c->new.p && !record_rdata(env->arena, c, c->new, &rr[n++]))
            return AC_ENOMEM;
    }
    return n ? dns_overlay_put(o, &of->name, of->type, rr, n)
             : dns_overlay_delete(o, &of->name, of->type);
}

static enum ac_status make_overlay(struct ac_env *env, const struct audit *a,
                                   const struct fix_changes *changes,
                                   struct dns_overlay **out)
{
    struct dns_overlay *o = dns_overlay_over(a->options.overlay, env->nonce);
    enum ac_status status = o ? AC_OK : AC_ENOMEM;

    for (size_t i = 0; status == AC_OK && i < changes->n; i++)
        switch (changes->row[i].type) {
        case DNS_T_TXT:
            status = lay_over(env, o, changes, &changes->row[i].name);
            break;
        case DNS_T_CNAME: /* it gives way to the set that comes in its place */
            break;
        default:
            status = lay_set(env, o, changes, &changes->row[i]);
            break;
        }
    if (status == AC_OK)
        *out = o;
    else
        dns_overlay_free(o);
    return status;
}

/* The same mail in the changed world, without what a verdict does not hang on. */
static enum ac_status make_child(const struct audit *a, struct trial *t)
{
    struct audit_options o = a->options;

    o.overlay = t->overlay;
    o.fixes = false;
    o.compare = false;
    o.disagree = false;
    o.discover = 0;
    o.check_reports = false;
    o.reputation = false; /* but for what the receivers' rules ask about */
    o.dnsbl = false;      /* no record mends a listing: what the audit knows holds */
    o.n_blocklists = 0;
    o.listed_by = a;
    o.limits.spf_type_99 = false;
    o.guess_helo = o.guess_helo && o.mail_from.p && span_eq(o.mail_from, SPAN("<>"));
    return audit_new(&o, &t->child);
}

/* The trial of these changes, begun if it is new; NULL when there were enough. */
static enum ac_status trial_of(struct search *s, const struct fix_changes *changes,
                               struct trial **out)
{
    struct fixes_task *t = s->t;
    struct arena *arena = &t->audit->engine.arena;
    struct dns_overlay *overlay = NULL;

    *out = NULL;
    for (size_t i = 0; i < t->n_trials; i++)
        if (fix_same(&t->trial[i]->changes, changes)) {
            *out = t->trial[i];
            return AC_OK;
        }
    if (t->n_trials == FIX_TRIALS_MAX)
        return AC_OK;
    TRY(make_overlay(s->env, t->audit, changes, &overlay));
    *out = arena_alloc(arena, sizeof **out);
    if (!*out) {
        dns_overlay_free(overlay);
        return AC_ENOMEM;
    }
    (*out)->overlay = overlay;
    t->trial[t->n_trials++] = *out;
    TRY(keep_changes(arena, changes, &(*out)->changes));
    return make_child(t->audit, *out);
}

/* --- the proof ----------------------------------------------------------------------
 */

static bool no_worse(const struct plan_verdict *after,
                     const struct plan_verdict *before, size_t n_receivers)
{
    for (size_t i = 0; i < n_receivers; i++)
        if (after->prediction[i].verdict > before->prediction[i].verdict)
            return false;
    return after->verdict <= before->verdict;
}

/* Neither more look-ups than receivers make, nor more than there were. */
static bool within(unsigned after, unsigned before, unsigned limit, bool must)
{
    return after <= limit || (!must && after <= before);
}

/* The limit of SPF that the record of the mail described breaks with these changes. */
static enum finding_id limit_crossed(const struct search *s, const struct audit *child)
{
    const struct ac_limits *limits = s->env->limits;
    const struct plan_client *was = &s->t->audit->client[s->t->described];
    const struct plan_client *is = &child->client[s->t->described];
    const struct spf_tree *before = &was->tree.in->out, *after = &is->tree.in->out;
    bool lookups = !before->found, voids = !before->found;

    for (size_t k = 0; k < s->n; k++) {
        lookups = lookups || s->chain[k].id == FINDING_SPF_TOO_MANY_LOOKUPS;
        voids = voids || s->chain[k].id == FINDING_SPF_TOO_MANY_VOIDS;
    }
    if (!within(after->lookups, before->lookups, limits->spf_lookups, lookups))
        return FINDING_SPF_TOO_MANY_LOOKUPS;
    if (!within(after->voids, before->voids, limits->spf_voids, voids))
        return FINDING_SPF_TOO_MANY_VOIDS;
    return FINDING_NONE;
}

static enum ac_status judge_trial(const struct search *s, struct trial *t)
{
    const struct fixes_task *fixes = s->t;
    const struct audit *a = fixes->audit;
    struct plan_verdict *after;
    size_t worst;

    TRY(plan_verdicts(t->child, s->env->arena, &after, &worst));
    t->harmless = true;
    for (size_t i = 0; i < a->options.n_ips; i++) {
        const struct spf_outcome *was = &a->client[i].check.in->out;
        const struct spf_outcome *is = &t->child->client[i].check.in->out;
        bool kept = was->result != SPF_PASS || is->result == SPF_PASS;

        t->harmless = t->harmless && kept &&
                      no_worse(&after[i], &fixes->before[i], a->options.n_receivers);
    }
    t->after = after[fixes->described].verdict;
    t->decided_by = after[fixes->described].decided_by;
    t->crossed = limit_crossed(s, t->child);
    t->turns = t->harmless && t->crossed == FINDING_NONE &&
               t->after != VERDICT_UNKNOWN &&
               t->after < fixes->before[fixes->described].verdict;
    t->done = true;
    return AC_OK;
}

enum ac_status fix_try(struct search *s, const struct fix_changes *changes,
                       struct trial **out)
{
    TRY(trial_of(s, changes, out));
    if (!*out || (*out)->done)
        return AC_OK;
    TRY(audit_child_run(s->env, (*out)->child));
    return judge_trial(s, *out);
}

void fix_free(struct audit *a)
{
    struct fixes_task *t = a->fixes.in;

    for (size_t i = 0; t && i < t->n_trials; i++) {
        audit_free(t->trial[i]->child);
        dns_overlay_free(t->trial[i]->overlay);
    }
}

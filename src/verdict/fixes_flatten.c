/* SPDX-License-Identifier: MIT */
/*
 * fixes_flatten.c - SPF terms replaced by the addresses that they stand for today, and
 * terms that stand for none. RFC 7208, 4.6.4, 10.1.
 *
 * Exact or not at all: a term is replaced only where its addresses of both families are
 * known and nothing in it hangs on the mail.
 */
#include "verdict/fixes_parts.h"

#include <stdio.h>

enum {
    FLAT_DEPTH_MAX = 10,
    FLAT_TERMS_MAX = 120
};

/* What a term stands for. */
struct flat {
    const struct fix_case *c;
    char qualifier; /* of the term in the start record */
    struct span text;
    size_t n;
    bool exact;
};

static void add_network(struct flat *f, struct span network)
{
    char q[2] = { f->qualifier == '+' ? '\0' : f->qualifier, '\0' };
    char *p;

    if (f->n == FLAT_TERMS_MAX || !f->text.p) {
        f->exact = false;
        return;
    }
    p = arena_printf(f->c->env->arena, "%.*s%s%s%.*s", SPAN_ARG(f->text),
                     f->n ? " " : "", q, SPAN_ARG(network));
    f->text = span_of(p);
    f->n++;
}

static enum ac_status add_host(struct flat *f, const struct dns_name *host,
                               const struct spf_term *t)
{
    static const uint16_t type[] = { DNS_T_A, DNS_T_AAAA };
    struct ac_env *env = f->c->env;

    dns_hint(env->dns, env->wants, host, DNS_T_AAAA);
    for (size_t k = 0; k < 2; k++) {
        const unsigned full = k ? 128 : 32, bits = k ? t->bits6 : t->bits4;
        unsigned mark = dns_wants_mark(env->wants);
        const struct dns_answer *answer;
        enum ac_status status = dns_get(env->dns, env->wants, host, type[k], &answer);

        dns_wants_back(env->wants, mark);
        TRY(status);
        f->exact = f->exact && dns_answered(answer);
        for (size_t i = 0; i < answer->n; i++) {
            char text[IP_TEXT_MAX], prefix[8] = "";
            struct ip ip;

            if (!ip_from_bytes(answer->rr[i].rdata, &ip))
                continue;
            if (bits < full)
                snprintf(prefix, sizeof prefix, "/%u", bits);
            add_network(f, span_of(arena_printf(env->arena, "ip%u:%s%s", ip.family,
                                                ip_print(&ip, text), prefix)));
        }
    }
    return AC_OK;
}

static enum ac_status add_mx(struct flat *f, const struct dns_name *name,
                             const struct spf_term *t)
{
    struct ac_env *env = f->c->env;
    unsigned mark = dns_wants_mark(env->wants);
    const struct dns_answer *mx;
    enum ac_status status = dns_get(env->dns, env->wants, name, DNS_T_MX, &mx);

    dns_wants_back(env->wants, mark);
    TRY(status);
    f->exact = f->exact && dns_answered(mx) && mx->n <= env->limits->spf_mx_names;
    for (size_t i = 0; f->exact && i < mx->n; i++) {
        struct dns_name host;
        uint16_t preference;

        if (dns_mx_read(&mx->rr[i], &preference, &host) && host.n > 1)
            TRY(add_host(f, &host, t));
    }
    return AC_OK;
}

static enum ac_status add_record(struct flat *f, const struct dns_name *domain,
                                 unsigned depth);

/* One term of the record of `domain`. *ended: what follows is not looked at. */
static enum ac_status add_term(struct flat *f, const struct dns_name *domain,
                               const struct spf_term *t, unsigned depth, bool *ended)
{
    struct dns_name name = *domain;
    bool good = !t->value.n ||
                (!span_contains(t->value, '%') && dns_name_parse(t->value, &name));

    if (t->kind == SPF_ALL) {
        *ended = true;
        f->exact = f->exact && t->qualifier != '+';
        return AC_OK;
    }
    if (t->kind == SPF_EXP || t->kind == SPF_UNKNOWN || t->kind == SPF_REDIRECT)
        return AC_OK;
    f->exact = f->exact && good && (t->qualifier == '+' || !depth);
    if (!f->exact)
        return AC_OK;
    switch (t->kind) {
    case SPF_IP4:
    case SPF_IP6:
        add_network(f, t->text.p[0] == '+' ? span_from(t->text, 1) : t->text);
        return AC_OK;
    case SPF_A:
        return add_host(f, &name, t);
    case SPF_MX:
        return add_mx(f, &name, t);
    case SPF_INCLUDE:
        return add_record(f, &name, depth + 1);
    case SPF_ALL:
    case SPF_PTR:
    case SPF_EXISTS:
    case SPF_REDIRECT:
    case SPF_EXP:
    case SPF_UNKNOWN:
    case SPF_BAD:
        break;
    }
    f->exact = false;
    return AC_OK;
}

/* All that the record of a domain lets pass. */
static enum ac_status add_record(struct flat *f, const struct dns_name *domain,
                                 unsigned depth)
{
    struct dns_name target;
    struct fix_spf spf;
    bool found, ended = false;

    TRY(fix_spf_at(f->c, domain, &spf, &found));
    f->exact = f->exact && found && spf.record.usable && depth <= FLAT_DEPTH_MAX;
    for (size_t i = 0; f->exact && !ended && i < spf.record.n; i++)
        TRY(add_term(f, domain, &spf.record.term[i], depth, &ended));
    if (!f->exact || ended || !spf.record.redirect)
        return AC_OK;
    f->exact = !span_contains(spf.record.redirect->value, '%') &&
               dns_name_parse(spf.record.redirect->value, &target);
    return f->exact ? add_record(f, &target, depth + 1) : AC_OK;
}

/* --- the start record ----------------------------------------------------------------
 */

/* A term of the start record that costs look-ups, and what it could be replaced by. */
struct choice {
    const struct spf_term *term;
    unsigned lookups, voids;
    struct flat flat;
    bool chosen;
};

struct plan {
    const struct fix_case *c;
    struct fix_spf spf;
    struct choice *choice;
    size_t n;
};

static const struct spf_node *node_of(const struct spf_tree *tree, struct span term)
{
    for (size_t i = 0; i < tree->n_nodes; i++)
        if (tree->node[i].level == 0 && span_eq(tree->node[i].term, term))
            return &tree->node[i];
    return NULL;
}

/* Flatten each term of the start record. *found: it is one's own and can be read. */
static enum ac_status make_plan(const struct fix_case *c, struct plan *p, bool *found)
{
    *p = (struct plan){ .c = c };
    TRY(fix_spf_start(c, &p->spf, found));
    *found = *found && p->spf.record.usable;
    if (!*found)
        return AC_OK;
    p->choice = arena_array(c->env->arena, p->spf.record.n, sizeof *p->choice);
    if (!p->choice)
        return AC_ENOMEM;
    for (size_t i = 0; i < p->spf.record.n; i++) {
        const struct spf_term *t = &p->spf.record.term[i];
        const struct spf_node *node = node_of(c->tree, t->text);
        struct choice *one = &p->choice[p->n];
        bool ended = false;

        if (!node || !node->lookups || t->kind == SPF_REDIRECT)
            continue;
        *one = (struct choice){
            .term = t,
            .lookups = node->lookups,
            .voids = node->voids,
            .flat = { .c = c,
                      .qualifier = t->qualifier,
                      .text = SPAN(""),
                      .exact = true },
        };
        TRY(add_term(&one->flat, &p->spf.domain, t, 0, &ended));
        p->n += one->flat.exact;
    }
    return AC_OK;
}

/* The record with what was chosen replaced, as a candidate. */
static enum ac_status offer(const struct plan *p, struct fix_candidates *out)
{
    struct span text = p->spf.record.text;
    const char *note = NULL;
    bool any = false;

    for (size_t i = p->n; i > 0; i--) {
        const struct choice *one = &p->choice[i - 1];
        size_t at = (size_t)(one->term->text.p - p->spf.record.text.p);

        if (!one->chosen)
            continue;
        text = fix_replace(p->c->env->arena, text,
                           span_make(text.p + at, one->term->text.n), one->flat.text);
        if (!text.p)
            return AC_ENOMEM;
        any = true;
        if (one->flat.n)
            note = "The addresses are those of today: where a service changes its own, "
                   "this record must follow, so run this check again every week or so.";
    }
    return any ? fix_offer(p->c, &p->spf.owner, p->spf.record.text, text, note, out)
               : AC_OK;
}

/* The cheapest term that alone saves enough, else the one that saves most. */
static struct choice *best_choice(const struct plan *p, unsigned excess)
{
    struct choice *best = NULL;

    for (size_t i = 0; i < p->n; i++) {
        struct choice *one = &p->choice[i];
        bool enough = one->lookups >= excess;

        if (one->chosen)
            continue;
        if (!best || (enough && best->lookups < excess) ||
            (enough && one->flat.text.n < best->flat.text.n) ||
            (best->lookups < excess && one->lookups > best->lookups))
            best = one;
    }
    return best;
}

/* Does the same term stand before it? Then it can never change a result. */
static bool is_repeated(const struct plan *p, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (span_eq_ci(p->choice[i].term->text, p->choice[at].term->text))
            return true;
    return false;
}

enum ac_status fix_spf_flatten(const struct fix_case *c, struct fix_candidates *out)
{
    unsigned limit = c->env->limits->spf_lookups, left = c->tree->lookups;
    struct choice *one;
    struct plan p;
    bool found;

    TRY(make_plan(c, &p, &found));
    if (!found)
        return AC_OK;
    for (size_t i = 0; i < p.n && left > limit; i++)
        if (!p.choice[i].flat.n || is_repeated(&p, i)) {
            p.choice[i].flat.text = SPAN("");
            p.choice[i].flat.n = 0;
            p.choice[i].chosen = true;
            left -= p.choice[i].lookups < left ? p.choice[i].lookups : left;
        }
    while (left > limit && (one = best_choice(&p, left - limit))) {
        one->chosen = true;
        left -= one->lookups < left ? one->lookups : left;
    }
    return left <= limit ? offer(&p, out) : AC_OK;
}

enum ac_status fix_spf_drop_void(const struct fix_case *c, struct fix_candidates *out)
{
    struct plan p;
    bool found;

    TRY(make_plan(c, &p, &found));
    for (size_t i = 0; found && i < p.n; i++)
        p.choice[i].chosen = p.choice[i].voids && !p.choice[i].flat.n;
    return found ? offer(&p, out) : AC_OK;
}

enum ac_status fix_spf_flatten_voids(const struct fix_case *c,
                                     struct fix_candidates *out)
{
    struct plan p;
    bool found;

    TRY(make_plan(c, &p, &found));
    for (size_t i = 0; found && i < p.n; i++)
        p.choice[i].chosen = p.choice[i].voids;
    return found ? offer(&p, out) : AC_OK;
}

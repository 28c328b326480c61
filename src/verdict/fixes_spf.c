/* SPDX-License-Identifier: MIT */
/*
 * fixes_spf.c - SPF records that authorise the address asked about. RFC 7208, 4.5,
 * 4.6, 5.
 */
#include "verdict/fixes_parts.h"

static const struct {
    const char *include, *suffixes;
} provider[] = {
#define P(include, suffixes) { include, suffixes },
#include "verdict/providers.def"
#undef P
};

enum {
    PROVIDERS = sizeof provider / sizeof *provider,
    PROVIDERS_TRIED = 2 /* each costs questions */
};

static bool any_hint_under(const struct fix_case *c, struct span suffix)
{
    struct dns_name parent;

    if (!dns_name_parse(suffix, &parent))
        return false;
    for (size_t i = 0; i < c->n_hints; i++)
        if (dns_name_is_under(&c->hint[i], &parent))
            return true;
    return false;
}

static bool is_hinted(const struct fix_case *c, const char *suffixes)
{
    struct span rest = span_of(suffixes);

    while (rest.p)
        if (any_hint_under(c, span_cut(&rest, ' ')))
            return true;
    return false;
}

/* Is the record of this domain part of the tree already? Then it did not help. */
static bool in_tree(const struct fix_case *c, struct span domain)
{
    struct dns_name name;

    if (!dns_name_parse(domain, &name))
        return true; /* macros: nobody knows */
    for (size_t i = 0; i < c->tree->n_includes; i++)
        if (dns_name_eq(&c->tree->include[i], &name))
            return true;
    return false;
}

/* The includes of services that the hints name. */
static size_t hinted_includes(const struct fix_case *c,
                              const char *out[static PROVIDERS_TRIED])
{
    size_t n = 0;

    for (size_t i = 0; i < PROVIDERS && n < PROVIDERS_TRIED; i++)
        if (is_hinted(c, provider[i].suffixes) &&
            !in_tree(c, span_of(provider[i].include)))
            out[n++] = provider[i].include;
    return n;
}

/* An include that nobody looks at: behind "all", or written with "=". */
static bool is_idle_include(const struct fix_case *c, const struct spf_record *r,
                            const struct spf_term *t)
{
    bool behind = t->kind == SPF_INCLUDE && r->all && t > r->all;
    bool modifier = t->kind == SPF_UNKNOWN && span_eq_ci(t->name, SPAN("include"));

    return (behind || modifier) && t->qualifier != '-' && t->qualifier != '~' &&
           t->qualifier != '?' && t->value.n && !in_tree(c, t->value);
}

/* It comes before the "all", as its owner meant it. */
enum ac_status fix_spf_misplaced_include(const struct fix_case *c,
                                         struct fix_candidates *out)
{
    struct arena *a = c->env->arena;
    struct fix_spf spf;
    bool found;

    TRY(fix_spf_start(c, &spf, &found));
    for (size_t i = 0; found && i < spf.record.n; i++) {
        const struct spf_term *t = &spf.record.term[i];
        struct span without, term;
        struct spf_record rest;

        if (!is_idle_include(c, &spf.record, t))
            continue;
        without = fix_remove(a, spf.record.text, t->text);
        term = span_of(arena_printf(a, "include:%.*s", SPAN_ARG(t->value)));
        if (!without.p || !term.p)
            return AC_ENOMEM;
        TRY(spf_record_parse(a, without, &rest));
        TRY(fix_offer(c, &spf.owner, spf.record.text,
                      fix_insert(a, without, fix_default_place(&rest), term), NULL,
                      out));
    }
    return AC_OK;
}

/* The term of the start record at which the evaluation ended; p == NULL: none. */
static struct span last_top_term(const struct spf_outcome *o)
{
    for (size_t i = o->n_steps; i > 0; i--)
        if (o->step[i - 1].level == 0 && o->step[i - 1].term.n)
            return o->step[i - 1].term;
    return span_make(NULL, 0);
}

/* Offer the record with a term at each place that may do: before what decides by
 * default, before the term at which the evaluation ended, and in front of all. */
static enum ac_status offer_places(const struct fix_case *c, const struct fix_spf *spf,
                                   struct span term, struct fix_candidates *out)
{
    const struct spf_record *r = &spf->record;
    struct span ended = last_top_term(c->spf);
    size_t place[3] = { fix_default_place(r), 0, 0 }, n = 1;

    if (!r->n)
        return fix_offer(c, &spf->owner, r->text,
                         fix_insert(c->env->arena, r->text, r->text.n, term), NULL,
                         out);
    for (size_t i = 0; i < r->n && n == 1; i++)
        if (ended.p && span_eq(r->term[i].text, ended))
            place[n++] = (size_t)(r->term[i].text.p - r->text.p);
    place[n++] = (size_t)(r->term[0].text.p - r->text.p);
    for (size_t i = 0; i < n; i++) {
        if (i && (place[i] == place[i - 1] || place[i] >= place[0]))
            continue;
        TRY(fix_offer(c, &spf->owner, r->text,
                      fix_insert(c->env->arena, r->text, place[i], term), NULL, out));
    }
    return AC_OK;
}

enum ac_status fix_spf_authorize(const struct fix_case *c, struct fix_candidates *out)
{
    const char *include[PROVIDERS_TRIED];
    size_t n = hinted_includes(c, include);
    struct fix_spf spf;
    struct span term;
    bool found;

    TRY(fix_spf_start(c, &spf, &found));
    if (!found || !spf.record.usable)
        return AC_OK;
    for (size_t i = 0; i < n && c->reason.id == FINDING_SPF_IP_NOT_AUTHORIZED; i++) {
        term = span_of(arena_printf(c->env->arena, "include:%s", include[i]));
        if (!term.p)
            return AC_ENOMEM;
        TRY(fix_offer(c, &spf.owner, spf.record.text,
                      fix_insert(c->env->arena, spf.record.text,
                                 fix_default_place(&spf.record), term),
                      NULL, out));
    }
    term = fix_address_term(c);
    return term.p ? offer_places(c, &spf, term, out) : AC_ENOMEM;
}

/*
 * A first record. It ends in "~all", not "-all": other hosts that send for the domain
 * have had no SPF result so far, and must not be refused for a record made for this
 * one.
 */
enum ac_status fix_spf_new(const struct fix_case *c, struct fix_candidates *out)
{
    static const char note[] =
        "Add the other hosts that send for this domain as well; \"~all\" marks those "
        "that are not named without asking to refuse them.";
    const char *include[PROVIDERS_TRIED];
    size_t n = hinted_includes(c, include), n_texts;
    struct span term = fix_address_term(c), *text;
    struct arena *a = c->env->arena;
    struct dns_name about, owner;

    if (!fix_about(c, &about) || !fix_is_own(c, &about))
        return AC_OK;
    TRY(fix_texts(c->env, &c->changes, &about, &owner, &text, &n_texts));
    if (!fix_is_own(c, &owner))
        return AC_OK;
    for (size_t i = 0; i < n; i++)
        TRY(fix_offer(c, &owner, span_make(NULL, 0),
                      span_of(arena_printf(a, "v=spf1 include:%s ~all", include[i])),
                      note, out));
    return fix_offer(c, &owner, span_make(NULL, 0),
                     span_of(arena_printf(a, "v=spf1 %.*s ~all", SPAN_ARG(term))), note,
                     out);
}

/* A text that is SPF but for what stands around it: quotes, blanks, a capital V. */
enum ac_status fix_spf_misspelt(const struct fix_case *c, struct fix_candidates *out)
{
    struct dns_name about, owner;
    struct span *text;
    size_t n;

    if (!fix_about(c, &about) || !fix_is_own(c, &about))
        return AC_OK;
    TRY(fix_texts(c->env, &c->changes, &about, &owner, &text, &n));
    for (size_t i = 0; i < n; i++) {
        struct span trimmed = span_trim(text[i], " \t\r\n\"'\\");

        if (trimmed.n != text[i].n && spf_record_is(trimmed) && fix_is_own(c, &owner))
            TRY(fix_offer(c, &owner, text[i], trimmed, NULL, out));
    }
    return AC_OK;
}

/* --- terms of records that point to nothing or back ----------------------------------
 */

/* Is there an SPF record at this name? Unknown counts as yes. */
static enum ac_status has_record(const struct fix_case *c, const struct dns_name *name,
                                 bool *out)
{
    unsigned mark = dns_wants_mark(c->env->wants);
    const struct dns_answer *txt;
    struct dns_name owner;
    struct span *text;
    size_t n;

    *out = true;
    TRY(dns_get(c->env->dns, c->env->wants, name, DNS_T_TXT, &txt));
    dns_wants_back(c->env->wants, mark);
    if (!dns_answered(txt))
        return AC_OK;
    TRY(fix_texts(c->env, &c->changes, name, &owner, &text, &n));
    *out = false;
    for (size_t i = 0; i < n; i++)
        *out = *out || spf_record_is(text[i]);
    return AC_OK;
}

static bool leads_somewhere(const struct spf_term *t, struct dns_name *target)
{
    return (t->kind == SPF_INCLUDE || t->kind == SPF_REDIRECT) &&
           !span_contains(t->value, '%') && dns_name_parse(t->value, target);
}

/* Without the term. The end of a record that a redirect was becomes "~all": without it
 * the record would say nothing about other hosts. */
static struct span without_term(const struct fix_case *c, const struct spf_record *r,
                                struct span text, enum spf_kind kind, struct span term)
{
    struct span left = fix_remove(c->env->arena, text, term);

    if (!left.p || kind != SPF_REDIRECT || r->all)
        return left;
    return fix_insert(c->env->arena, left, left.n, SPAN("~all"));
}

/* The record at fault, if it is one's own and can be read. */
static enum ac_status record_at_fault(const struct fix_case *c, struct fix_spf *out,
                                      bool *found)
{
    struct dns_name about;

    *found = false;
    if (!fix_about(c, &about))
        return AC_OK;
    TRY(fix_spf_at(c, &about, out, found));
    *found = *found && fix_is_own(c, &out->owner);
    return AC_OK;
}

enum ac_status fix_spf_drop_missing(const struct fix_case *c,
                                    struct fix_candidates *out)
{
    struct fix_spf spf;
    struct span text;
    bool found;

    TRY(record_at_fault(c, &spf, &found));
    if (!found)
        return AC_OK;
    text = spf.record.text;
    /* From the end, so that the places of the terms before stay true. */
    for (size_t i = spf.record.n; i > 0; i--) {
        const struct spf_term *t = &spf.record.term[i - 1];
        struct dns_name target;
        struct span at;
        bool has = true;

        if (leads_somewhere(t, &target))
            TRY(has_record(c, &target, &has));
        if (has)
            continue;
        at = span_make(text.p + (t->text.p - spf.record.text.p), t->text.n);
        text = without_term(c, &spf.record, text, t->kind, at);
        if (!text.p)
            return AC_ENOMEM;
    }
    return fix_offer(c, &spf.owner, spf.record.text, text, NULL, out);
}

enum ac_status fix_spf_drop_loop(const struct fix_case *c, struct fix_candidates *out)
{
    struct dns_name start;
    struct fix_spf spf;
    bool found;

    TRY(record_at_fault(c, &spf, &found));
    if (!found || !dns_name_parse(c->request->domain, &start))
        return AC_OK;
    for (size_t i = 0; i < spf.record.n; i++) {
        const struct spf_term *t = &spf.record.term[i];
        struct dns_name target;

        if (leads_somewhere(t, &target) &&
            (dns_name_is_under(&target, &c->own) || dns_name_eq(&target, &start)))
            TRY(fix_offer(
                c, &spf.owner, spf.record.text,
                without_term(c, &spf.record, spf.record.text, t->kind, t->text), NULL,
                out));
    }
    return AC_OK;
}

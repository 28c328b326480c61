/* SPDX-License-Identifier: MIT */
/*
 * fixes_merge.c - SPF records made readable: several merged into one (RFC 7208, 4.5),
 * terms mended where it is certain what was meant (RFC 7208, 4.6.1, 5).
 */
#include "verdict/fixes_parts.h"

/* --- terms that are mistyped ---------------------------------------------------------
 */

/* Names that people write, and the beginning of the term that they mean. */
static const struct {
    const char *wrong, *right;
} name_meant[] = {
    { "ipv4:", "ip4:" },
    { "ipv6:", "ip6:" },
    { "includes:", "include:" },
    { "redirect:", "redirect=" },
    { "exp:", "exp=" },
    { "include=", "include:" },
    { "ip4=", "ip4:" },
    { "ip6=", "ip6:" },
    { "a=", "a:" },
    { "mx=", "mx:" },
    { "exists=", "exists:" },
};

/* "ip4:" or "ip6:" for an address or network; NULL for anything else. */
static const char *network_name(struct span value)
{
    struct ip ip;

    if (!ip_parse(span_to(value, span_find(value, '/')), &ip))
        return NULL;
    return ip.family == 4 ? "ip4:" : "ip6:";
}

/* Dashes of word processors in UTF-8, which stand for "-". */
static bool take_dash(struct span *s)
{
    static const char *const dash[] = { "\xe2\x80\x93", "\xe2\x80\x94",
                                        "\xe2\x88\x92" };

    for (size_t i = 0; i < sizeof dash / sizeof *dash; i++)
        if (span_starts(*s, span_of(dash[i]))) {
            *s = span_from(*s, 3);
            return true;
        }
    return false;
}

/* The term as it was meant, or p == NULL. `text` is one term, blanks within it gone. */
static struct span meant(struct arena *a, struct span text)
{
    const char *qualifier = "", *network;
    struct span body = text, value;

    while (body.n && (body.p[body.n - 1] == ',' || body.p[body.n - 1] == ';'))
        body.n--;
    if (take_dash(&body))
        qualifier = "-";
    else if (body.n && memchr("+-~?", body.p[0], 4)) {
        static const char *const as_text[] = { "+", "-", "~", "?" };

        qualifier = as_text[strchr("+-~?", body.p[0]) - "+-~?"];
        body = span_from(body, 1);
    }
    network = network_name(body);
    if (network)
        return span_of(arena_printf(a, "%s%s%.*s", qualifier, network, SPAN_ARG(body)));
    value = span_from(body, span_find(body, ':') + 1);
    network = network_name(value);
    if (network)
        return span_of(
            arena_printf(a, "%s%s%.*s", qualifier, network, SPAN_ARG(value)));
    for (size_t i = 0; i < sizeof name_meant / sizeof *name_meant; i++)
        if (span_starts_ci(body, span_of(name_meant[i].wrong)))
            return span_of(
                arena_printf(a, "%s%s%.*s", qualifier, name_meant[i].right,
                             SPAN_ARG(span_from(body, strlen(name_meant[i].wrong)))));
    return span_of(arena_printf(a, "%s%.*s", qualifier, SPAN_ARG(body)));
}

/* "include: b.example" and "include :b.example": the blank does not belong there. */
static bool joins(const struct spf_term *t, const struct spf_term *next)
{
    return t->kind == SPF_BAD && next->kind == SPF_BAD && t->text.n && next->text.n &&
           (t->text.p[t->text.n - 1] == ':' || next->text.p[0] == ':');
}

/* The record with its bad terms mended; p == NULL where one cannot be, with certainty.
 */
static enum ac_status mend(struct arena *a, const struct spf_record *r,
                           struct span *out)
{
    struct span text = SPAN("v=spf1");
    struct spf_record mended;

    *out = span_make(NULL, 0);
    if (r->n_problems && !spf_record_is(r->text))
        return AC_OK;
    for (size_t i = 0; i < r->n; i++) {
        const struct spf_term *t = &r->term[i];
        struct span term = t->text;

        if (i + 1 < r->n && joins(t, t + 1)) {
            term = span_of(
                arena_printf(a, "%.*s%.*s", SPAN_ARG(t->text), SPAN_ARG(t[1].text)));
            i++;
        }
        if (t->kind == SPF_BAD && term.p)
            term = meant(a, term);
        text = span_of(arena_printf(a, "%.*s %.*s", SPAN_ARG(text), SPAN_ARG(term)));
        if (!term.p || !text.p)
            return AC_ENOMEM;
    }
    TRY(spf_record_parse(a, text, &mended));
    if (mended.usable)
        *out = text;
    return AC_OK;
}

enum ac_status fix_spf_syntax(const struct fix_case *c, struct fix_candidates *out)
{
    struct dns_name about;
    struct fix_spf spf;
    struct span mended;
    bool found;

    if (!fix_about(c, &about))
        return AC_OK;
    TRY(fix_spf_at(c, &about, &spf, &found));
    if (!found || !fix_is_own(c, &spf.owner))
        return AC_OK;
    TRY(mend(c->env->arena, &spf.record, &mended));
    return mended.p ? fix_offer(c, &spf.owner, spf.record.text, mended, NULL, out)
                    : AC_OK;
}

/* --- several records -----------------------------------------------------------------
 */

enum {
    MERGED_MAX = 8 /* records */
};

struct merge {
    struct arena *a;
    struct span text; /* so far; p == NULL once the arena is full */
    char all;         /* the strictest qualifier of an "all"; 0: none */
    size_t redirects;
    bool has_exp;
};

static void append(struct merge *m, const char *prefix, struct span term)
{
    if (m->text.p)
        m->text = span_of(arena_printf(m->a, "%.*s %s%.*s", SPAN_ARG(m->text), prefix,
                                       SPAN_ARG(term)));
}

/* Does the term stand in the text already, as a whole word? */
static bool has_term(struct span text, struct span term)
{
    while (text.p)
        if (span_eq_ci(span_cut(&text, ' '), term))
            return true;
    return false;
}

static unsigned strictness(char qualifier)
{
    static const char order[] = "+?~-";

    return qualifier ? (unsigned)(strchr(order, qualifier) - order) + 1 : 0;
}

/* The terms that count: none behind "all", which comes last of all. */
static void merge_record(struct merge *m, const struct spf_record *r,
                         bool keep_redirect)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct spf_term *t = &r->term[i];

        if (t->kind == SPF_ALL) {
            if (strictness(t->qualifier) > strictness(m->all))
                m->all = t->qualifier;
            return;
        }
        if (t->kind == SPF_REDIRECT && !r->all && !keep_redirect)
            append(m, "include:", t->value);
        if (t->kind == SPF_REDIRECT || (t->kind == SPF_EXP && m->has_exp))
            continue;
        m->has_exp = m->has_exp || t->kind == SPF_EXP;
        if (m->text.p && !has_term(m->text, t->text))
            append(m, "", t->text);
    }
}

/* One text of all records: the terms of each, one "all", the strictest of them. A
 * redirect stays where it alone ends the record; else its domain is included. */
static struct span merged(struct arena *a, const struct spf_record *r, size_t n)
{
    struct merge m = { .a = a, .text = SPAN("v=spf1") };
    const struct spf_term *redirect = NULL;
    bool has_all = false;

    for (size_t i = 0; i < n; i++) {
        has_all = has_all || r[i].all;
        if (r[i].redirect && !r[i].all) {
            redirect = r[i].redirect;
            m.redirects++;
        }
    }
    for (size_t i = 0; i < n; i++)
        merge_record(&m, &r[i], !has_all && m.redirects == 1);
    if (!has_all && m.redirects == 1)
        append(&m, "", redirect->text);
    else if (m.all)
        append(&m, m.all == '+' ? "" : (char[]){ m.all, '\0' }, SPAN("all"));
    else if (m.redirects)
        append(&m, "", SPAN("~all"));
    return m.text;
}

enum ac_status fix_spf_merge(const struct fix_case *c, struct fix_candidates *out)
{
    struct spf_record record[MERGED_MAX];
    struct span old[MERGED_MAX], *text, one;
    struct fix_changes *changes = fix_copy(c);
    struct arena *a = c->env->arena;
    struct dns_name about, owner;
    size_t n, n_spf = 0, length = 0;
    bool too_much;

    if (!fix_about(c, &about))
        return AC_OK;
    TRY(fix_texts(c->env, &c->changes, &about, &owner, &text, &n));
    for (size_t i = 0; i < n; i++) {
        if (!spf_record_is(text[i]))
            continue;
        length += text[i].n;
        if (n_spf == MERGED_MAX || length > FIX_EDITED_MAX)
            return AC_OK;
        old[n_spf] = text[i];
        TRY(spf_record_parse(a, text[i], &record[n_spf]));
        TRY(mend(a, &record[n_spf], &one));
        if (!one.p)
            return AC_OK;
        TRY(spf_record_parse(a, one, &record[n_spf++]));
    }
    if (n_spf < 2 || !fix_is_own(c, &owner))
        return AC_OK;
    one = merged(a, record, n_spf);
    if (!changes || !one.p)
        return AC_ENOMEM;
    TRY(fix_passes_everybody(a, one, &too_much));
    if (too_much)
        return AC_OK;
    for (size_t i = 0; i < n_spf; i++) {
        struct fix_change row = { owner, DNS_T_TXT, old[i], { NULL, 0 } };

        if (i == 0)
            row.new = one;
        if (one.n > FIX_RECORD_MAX || !fix_change_add(changes, &row))
            return AC_OK;
    }
    fix_offer_changes(changes, out);
    return AC_OK;
}

/* SPDX-License-Identifier: MIT */
/*
 * fixes.c - the table of generators, and what they share: records with changes laid
 * over them, and edits that keep everything else as written.
 */
#include "verdict/fixes.h"

#include "verdict/fixes_parts.h"

#include <stdlib.h>

static const struct {
    enum finding_id id;
    enum ac_status (*generate)(const struct fix_case *c, struct fix_candidates *out);
} generator[] = {
#define X(id, function) { FINDING_##id, function },
#include "verdict/fixes.def"
#undef X
};

enum ac_status fix_candidates(const struct fix_case *c, struct fix_candidates *out)
{
    *out = (struct fix_candidates){ .n = 0 };
    for (size_t i = 0; i < sizeof generator / sizeof *generator; i++)
        if (generator[i].id == c->reason.id)
            TRY(generator[i].generate(c, out));
    return AC_OK;
}

/* --- records with changes laid over them -------------------------------------------
 */

/* Is the CNAME that stood at this name taken away? */
static bool cname_is_gone(const struct fix_changes *changes,
                          const struct dns_name *name)
{
    for (size_t i = 0; i < changes->n; i++)
        if (changes->row[i].type == DNS_T_CNAME &&
            dns_name_eq(&changes->row[i].name, name))
            return true;
    return false;
}

static int text_order(const void *a, const void *b)
{
    return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

static enum ac_status read_texts(struct ac_env *env, const struct fix_changes *changes,
                                 const struct dns_name *name, struct dns_name *owner,
                                 struct span **text, size_t *n)
{
    unsigned mark = dns_wants_mark(env->wants);
    const struct dns_answer *answer = NULL;
    size_t have = 0;

    *owner = *name;
    if (!cname_is_gone(changes, name)) {
        enum ac_status status = dns_get(env->dns, env->wants, name, DNS_T_TXT, &answer);

        dns_wants_back(env->wants, mark);
        TRY(status);
        *owner = *dns_answer_owner(answer, name);
        have = answer->n;
    }
    *text = arena_array(env->arena, have + changes->n, sizeof **text);
    *n = have;
    for (size_t i = 0; *text && i < have; i++) {
        (*text)[i] = dns_txt_join(env->arena, &answer->rr[i]);
        if (!(*text)[i].p)
            return AC_ENOMEM;
    }
    if (!*text)
        return AC_ENOMEM;
    qsort(*text, have, sizeof **text, text_order); /* servers turn them */
    return AC_OK;
}

enum ac_status fix_texts(struct ac_env *env, const struct fix_changes *changes,
                         const struct dns_name *name, struct dns_name *owner,
                         struct span **text, size_t *n)
{
    TRY(read_texts(env, changes, name, owner, text, n));
    for (size_t i = 0; i < changes->n; i++) {
        const struct fix_change *c = &changes->row[i];
        size_t at = 0;

        if (c->type != DNS_T_TXT || !dns_name_eq(&c->name, owner))
            continue;
        while (at < *n && !(c->old.p && span_eq((*text)[at], c->old)))
            at++;
        if (at == *n)
            ++*n;
        if (c->new.p)
            (*text)[at] = c->new;
        else
            (*text)[at] = (*text)[--*n];
    }
    return AC_OK;
}

struct fix_changes *fix_copy(const struct fix_case *c)
{
    struct fix_changes *copy = arena_alloc(c->env->arena, sizeof *copy);

    if (copy)
        *copy = c->changes;
    return copy;
}

bool fix_change_add(struct fix_changes *changes, const struct fix_change *change)
{
    for (size_t i = 0; i < changes->n; i++) {
        struct fix_change *have = &changes->row[i];

        if (have->type == change->type && have->new.p &&
            change->old.p &&dns_name_eq(&have->name, &change->name) &&
            span_eq(have->new, change->old)) {
            have->new = change->new;
            return true;
        }
    }
    if (changes->n == FIX_CHANGES_MAX)
        return false;
    changes->row[changes->n++] = *change;
    return true;
}

enum ac_status fix_passes_everybody(struct arena *a, struct span text, bool *out)
{
    struct spf_record r;

    *out = false;
    if (!spf_record_is(text))
        return AC_OK;
    TRY(spf_record_parse(a, text, &r));
    *out = r.all && r.all->qualifier == '+';
    return AC_OK;
}

void fix_offer_changes(const struct fix_changes *changes, struct fix_candidates *out)
{
    if (out->n < FIX_CANDIDATES_MAX)
        out->row[out->n++] = changes;
}

enum ac_status fix_offer(const struct fix_case *c, const struct dns_name *name,
                         struct span old, struct span new, const char *note,
                         struct fix_candidates *out)
{
    struct fix_changes *changes;
    bool too_much;

    if (!new.p)
        return AC_ENOMEM;
    TRY(fix_passes_everybody(c->env->arena, new, &too_much));
    if (too_much || span_eq(old, new) ||
        new.n > (old.n > FIX_RECORD_MAX ? old.n : FIX_RECORD_MAX))
        return AC_OK;
    changes = fix_copy(c);
    if (!changes)
        return AC_ENOMEM;
    if (note)
        changes->note = note;
    if (fix_change_add(changes, &(struct fix_change){ *name, DNS_T_TXT, old, new }))
        fix_offer_changes(changes, out);
    return AC_OK;
}

bool fix_is_own(const struct fix_case *c, const struct dns_name *name)
{
    struct dns_name start;

    if (dns_name_is_under(name, &c->own))
        return true;
    return dns_name_parse(c->request->domain, &start) &&
           dns_name_is_under(name, &start);
}

/* --- SPF records --------------------------------------------------------------------
 */

enum ac_status fix_spf_at(const struct fix_case *c, const struct dns_name *domain,
                          struct fix_spf *out, bool *found)
{
    struct span *text, record = { NULL, 0 };
    size_t n, n_spf = 0;

    *found = false;
    out->domain = *domain;
    TRY(fix_texts(c->env, &c->changes, domain, &out->owner, &text, &n));
    for (size_t i = 0; i < n; i++)
        if (spf_record_is(text[i]) && !n_spf++)
            record = text[i];
    if (n_spf != 1 || record.n > FIX_EDITED_MAX)
        return AC_OK;
    *found = true;
    return spf_record_parse(c->env->arena, record, &out->record);
}

enum ac_status fix_spf_start(const struct fix_case *c, struct fix_spf *out, bool *found)
{
    struct dns_name start;

    *found = false;
    if (!dns_name_parse(c->request->domain, &start) || start.n == 1)
        return AC_OK;
    TRY(fix_spf_at(c, &start, out, found));
    *found = *found && fix_is_own(c, &out->owner);
    return AC_OK;
}

bool fix_about(const struct fix_case *c, struct dns_name *out)
{
    return c->reason.about && dns_name_parse(span_of(c->reason.about), out) &&
           out->n > 1;
}

struct span fix_insert(struct arena *a, struct span text, size_t at, struct span term)
{
    bool last = at >= text.n;
    const char *gap = last && text.n && text.p[text.n - 1] != ' ' ? " " : "";
    char *p =
        arena_printf(a, "%.*s%s%.*s%s%.*s", SPAN_ARG(span_to(text, at)), gap,
                     SPAN_ARG(term), last ? "" : " ", SPAN_ARG(span_from(text, at)));

    return span_of(p);
}

struct span fix_replace(struct arena *a, struct span text, struct span term,
                        struct span with)
{
    size_t at = (size_t)(term.p - text.p), end = at + term.n;
    char *p;

    if (!with.n) {
        if (end < text.n)
            end++;
        else
            while (at && text.p[at - 1] == ' ')
                at--;
    }
    p = arena_printf(a, "%.*s%.*s%.*s", SPAN_ARG(span_to(text, at)), SPAN_ARG(with),
                     SPAN_ARG(span_from(text, end)));
    return span_of(p);
}

struct span fix_remove(struct arena *a, struct span text, struct span term)
{
    return fix_replace(a, text, term, SPAN(""));
}

struct span fix_address_term(const struct fix_case *c)
{
    struct ip ip = ip_unmap(c->request->client);
    char text[IP_TEXT_MAX];

    return span_of(
        arena_printf(c->env->arena, "ip%u:%s", ip.family, ip_print(&ip, text)));
}

size_t fix_default_place(const struct spf_record *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->term[i].kind == SPF_ALL || r->term[i].kind == SPF_REDIRECT)
            return (size_t)(r->term[i].text.p - r->text.p);
    return r->text.n;
}

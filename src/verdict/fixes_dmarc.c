/* SPDX-License-Identifier: MIT */
/*
 * fixes_dmarc.c - a DMARC record, for receivers that ask bulk senders for one: a first
 * one, one in place of a faulty one, or one of several. RFC 9989, 4.7, 4.10.
 */
#include "verdict/fixes_parts.h"

#include "base/buf.h"
#include "base/taglist.h"

/* Of several records so many are looked at. */
enum {
    RECORDS_MAX = 8
};

static const char policy_note[] =
    "Where it says p=none, add rua=mailto:ADDRESS to get reports, and put the policy that "
    "is meant once all mail of the domain passes.";

/* From weak to strict: 0 for what is no policy. */
static int strictness(struct span value)
{
    static const char *const word[] = { "none", "quarantine", "reject" };

    for (int i = 0; i < 3; i++)
        if (span_eq_ci(value, span_of(word[i])))
            return i + 1;
    return 0;
}

static int record_strictness(struct span record)
{
    struct taglist list;
    const struct taglist_tag *p;

    taglist_parse(record, &list);
    p = taglist_find(&list, "p");
    return p ? strictness(p->value) : 0;
}

/* Tags that a mended record keeps: those that no faulty policy hangs on. */
static bool is_kept(const struct taglist_tag *tag)
{
    static const char *const kept[] = { "rua", "ruf", "adkim", "aspf", "fo" };

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (span_eq_ci(tag->name, span_of(kept[i])))
            return tag->value.n && !tag->faulty && !tag->duplicate;
    return false;
}

/*
 * The same record as every reader takes it; p == NULL when the arena is full. A policy
 * that no reader knows was never in force: p=none stands for it, since a stricter one
 * could have other mail refused.
 */
static struct span mended(struct arena *a, struct span text)
{
    struct taglist list;
    const struct taglist_tag *p;
    struct span out = { NULL, 0 };
    struct buf b;

    taglist_parse(text, &list);
    p = taglist_find(&list, "p");
    buf_init(&b, FIX_EDITED_MAX);
    buf_puts(&b, "v=DMARC1; p=");
    buf_put(&b, p && strictness(p->value) ? p->value : SPAN("none"));
    for (size_t i = 0; i < list.n; i++)
        if (is_kept(&list.tag[i]))
            buf_printf(&b, "; %.*s=%.*s", SPAN_ARG(list.tag[i].name),
                       SPAN_ARG(list.tag[i].value));
    if (b.status == AC_OK)
        out = span_make(arena_strdup(a, buf_span(&b)), b.n);
    buf_free(&b);
    return out;
}

/* All but one of several records taken away: a receiver applies none of several. */
static enum ac_status offer_one_of(const struct fix_case *c,
                                   const struct dns_name *owner,
                                   const struct span *record, size_t n, size_t keep,
                                   struct fix_candidates *out)
{
    struct fix_changes *changes = fix_copy(c);
    bool fits = true;

    if (!changes)
        return AC_ENOMEM;
    for (size_t i = 0; i < n; i++)
        if (i != keep)
            fits =
                fits && fix_change_add(changes,
                                       &(struct fix_change){
                                           *owner, DNS_T_TXT, record[i], { NULL, 0 } });
    if (fits)
        fix_offer_changes(changes, out);
    return AC_OK;
}

/* The texts that are meant as DMARC records, faulty ones included. */
static size_t meant_as_dmarc(const struct span *text, size_t n,
                             struct span record[static RECORDS_MAX])
{
    size_t found = 0;

    for (size_t i = 0; i < n && found < RECORDS_MAX; i++)
        if (span_starts_ci(span_trim(text[i], TAGLIST_BLANKS), SPAN("v=DMARC1")))
            record[found++] = text[i];
    return found;
}

enum ac_status fix_dmarc_record(const struct fix_case *c, struct fix_candidates *out)
{
    struct span record[RECORDS_MAX], *text;
    struct dns_name about, at, owner;
    size_t n;

    if (!fix_about(c, &about) || !dns_name_under(SPAN("_dmarc"), &about, &at) ||
        !fix_is_own(c, &at))
        return AC_OK;
    TRY(fix_texts(c->env, &c->changes, &at, &owner, &text, &n));
    if (!fix_is_own(c, &owner))
        return AC_OK;
    n = meant_as_dmarc(text, n, record);
    if (!n)
        return fix_offer(c, &owner, span_make(NULL, 0), SPAN("v=DMARC1; p=none"),
                         policy_note, out);
    if (n == 1)
        return fix_offer(c, &owner, record[0], mended(c->env->arena, record[0]),
                         policy_note, out);
    for (int strict = 3; strict > 0; strict--) /* the strictest that was published */
        for (size_t i = 0; i < n; i++)
            if (record_strictness(record[i]) == strict)
                TRY(offer_one_of(c, &owner, record, n, i, out));
    return AC_OK;
}

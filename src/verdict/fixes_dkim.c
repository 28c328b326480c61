/* SPDX-License-Identifier: MIT */
/*
 * fixes_dkim.c - key records: the one of --key, or the published one with its tags put
 * right. RFC 6376, 3.6.1; RFC 8463, 4.2.
 */
#include "verdict/fixes_parts.h"

#include "dkim/record.h"

enum {
    TAGS_MAX = 16,
    DER_HEADER_BASE64 = 16 /* characters: the 12 octets before a wrapped Ed25519 key */
};

/* --- the published record, put right -------------------------------------------------
 */

struct tag {
    struct span name, value;
};

/* The tags as written, each name once; false where one has two values. */
static bool read_tags(struct span text, struct tag tag[static TAGS_MAX], size_t *n)
{
    *n = 0;
    while (text.p) {
        struct span value = span_trim(span_cut(&text, ';'), " \t\r\n\"");
        struct span name = span_trim(span_cut(&value, '='), " \t");
        size_t at = 0;

        if (!name.n)
            continue;
        value = span_trim(value, " \t");
        while (at < *n && !span_eq(tag[at].name, name))
            at++;
        if (at < *n && !span_eq(tag[at].value, value))
            return false;
        if (at == TAGS_MAX)
            return false;
        tag[at] = (struct tag){ name, value };
        *n += at == *n;
    }
    return true;
}

/* The base64 text without what came in by copying: quotes, blanks, PEM lines. */
static struct span clean_key(struct arena *a, struct span value)
{
    static const char begin[] = "-----BEGIN PUBLIC KEY-----";
    char *p;
    size_t n = 0;

    if (span_starts(value, span_of(begin)))
        value = span_from(value, sizeof begin - 1);
    p = arena_strdup(a, value);
    for (size_t i = 0; p && i < value.n && value.p[i] != '-'; i++)
        if (!strchr(" \t\r\n\"'\\()", value.p[i]) && value.p[i])
            p[n++] = value.p[i];
    return span_make(p, n);
}

/* "v=DKIM1; k=...; ...; p=..." of the tags, all others as written. */
static struct span retagged(struct arena *a, const struct tag *tag, size_t n,
                            const char *type, struct span key)
{
    struct span text = span_of(arena_printf(a, "v=DKIM1; k=%s", type));

    for (size_t i = 0; text.p && i < n; i++) {
        bool hash = span_eq(tag[i].name, SPAN("h"));

        if (span_eq(tag[i].name, SPAN("v")) || span_eq(tag[i].name, SPAN("k")) ||
            span_eq(tag[i].name, SPAN("p")))
            continue;
        text = span_of(arena_printf(a, "%.*s; %.*s=%.*s", SPAN_ARG(text),
                                    SPAN_ARG(tag[i].name),
                                    SPAN_ARG(hash ? SPAN("sha256") : tag[i].value)));
    }
    return text.p
               ? span_of(arena_printf(a, "%.*s; p=%.*s", SPAN_ARG(text), SPAN_ARG(key)))
               : text;
}

/* The one text at the name that is meant as a key; *n counts all of them. */
static struct span key_text(const struct span *text, size_t n_texts, size_t *n)
{
    struct span one = { NULL, 0 };

    *n = 0;
    for (size_t i = 0; i < n_texts; i++)
        if (dkim_text_kind(text[i]) != DKIM_TEXT_OTHER && !(*n)++)
            one = text[i];
    return one;
}

enum ac_status fix_dkim_retag(const struct fix_case *c, struct fix_candidates *out)
{
    struct span *text, old, key = { NULL, 0 };
    struct arena *a = c->env->arena;
    struct tag tag[TAGS_MAX];
    struct dns_name owner;
    size_t n, n_keys;

    if (!c->key_name.n)
        return AC_OK;
    TRY(fix_texts(c->env, &c->changes, &c->key_name, &owner, &text, &n));
    old = key_text(text, n, &n_keys);
    if (n_keys != 1 || !fix_is_own(c, &owner) || !read_tags(old, tag, &n))
        return AC_OK;
    for (size_t i = 0; i < n; i++)
        if (span_eq(tag[i].name, SPAN("p")))
            key = clean_key(a, tag[i].value);
    if (!key.n)
        return AC_OK;
    TRY(fix_offer(c, &owner, old, retagged(a, tag, n, "rsa", key), NULL, out));
    if (c->reason.id == FINDING_DKIM_KEY_WRAPPED)
        key = span_from(key, DER_HEADER_BASE64);
    return fix_offer(c, &owner, old, retagged(a, tag, n, "ed25519", key), NULL, out);
}

/* --- the key of --key ----------------------------------------------------------------
 */

/* Take the delegation away, if there is one. */
static enum ac_status drop_cname(const struct fix_case *c, struct fix_changes *changes,
                                 bool *dropped)
{
    unsigned mark = dns_wants_mark(c->env->wants);
    const struct dns_answer *txt;
    const char *target;
    enum ac_status status =
        dns_get(c->env->dns, c->env->wants, &c->key_name, DNS_T_TXT, &txt);

    dns_wants_back(c->env->wants, mark);
    TRY(status);
    *dropped = txt->n_cname > 0;
    if (!*dropped)
        return AC_OK;
    target = dns_name_text(c->env->arena, &txt->cname[0]);
    if (!target)
        return AC_ENOMEM;
    changes->note = "The selector was delegated to a provider: from now on this key is "
                    "yours to change, and the provider must sign with it.";
    fix_change_add(changes, &(struct fix_change){ .name = c->key_name,
                                                  .type = DNS_T_CNAME,
                                                  .old = span_of(target) });
    return AC_OK;
}

enum ac_status fix_dkim_publish(const struct fix_case *c, struct fix_candidates *out)
{
    struct fix_changes *changes = fix_copy(c);
    struct fix_change row = { c->key_name, DNS_T_TXT, { NULL, 0 }, { NULL, 0 } };
    struct dns_name owner;
    struct span *text;
    bool dropped, fits = true, put = false;
    size_t n;

    if (!c->key_record.p || !c->key_name.n || !fix_is_own(c, &c->key_name))
        return AC_OK;
    if (!changes)
        return AC_ENOMEM;
    TRY(drop_cname(c, changes, &dropped));
    TRY(fix_texts(c->env, changes, &c->key_name, &owner, &text, &n));
    for (size_t i = 0; i < n && fits; i++) {
        if (dkim_text_kind(text[i]) == DKIM_TEXT_OTHER)
            continue;
        row.old = text[i];
        row.new = put ? span_make(NULL, 0) : c->key_record;
        put = true;
        fits = fix_change_add(changes, &row);
    }
    row.old = span_make(NULL, 0);
    row.new = c->key_record;
    if (!put)
        fits = fits && fix_change_add(changes, &row);
    if (fits)
        fix_offer_changes(changes, out);
    return AC_OK;
}

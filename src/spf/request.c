/* SPDX-License-Identifier: MIT */
/*
 * request.c - from what a peer says in EHLO and MAIL FROM to the arguments of
 * check_host(). RFC 7208, 2.3, 2.4, 4.1, 4.3.
 */
#include "spf/run.h"

static enum ac_status postmaster_at(struct spf_request *r, struct span domain,
                                    struct arena *a)
{
    static const struct span local = { "postmaster@", 11 };
    char *text = arena_alloc(a, local.n + domain.n + 1);

    if (!text)
        return AC_ENOMEM;
    memcpy(text, local.p, local.n);
    if (domain.n)
        memcpy(text + local.n, domain.p, domain.n);
    r->sender = span_make(text, local.n + domain.n);
    r->domain = span_from(r->sender, local.n);
    return AC_OK;
}

/* RFC 5321, 4.1.2: "<@relay,@relay:user@domain>" is a path around an address. */
static struct span strip_path(struct span path)
{
    path = span_trim(path, " \t");
    if (path.n >= 2 && path.p[0] == '<' && path.p[path.n - 1] == '>')
        path = span_to(span_from(path, 1), path.n - 2);
    if (path.n && path.p[0] == '@' && span_contains(path, ':'))
        path = span_from(path, span_find(path, ':') + 1);
    return path;
}

enum ac_status spf_request_mailfrom(struct spf_request *r, struct span mail_from,
                                    struct span helo, struct arena *a)
{
    struct span address = strip_path(mail_from);
    size_t at = span_find_last(address, '@');

    if (!address.n)
        return spf_request_helo(r, helo, a);
    r->helo = helo;
    if (at == address.n)
        return postmaster_at(r, address, a);
    if (at == 0)
        return postmaster_at(r, span_from(address, 1), a);
    r->sender = address;
    r->domain = span_from(address, at + 1);
    return AC_OK;
}

enum ac_status spf_request_helo(struct spf_request *r, struct span helo,
                                struct arena *a)
{
    r->helo = helo;
    return postmaster_at(r, helo, a);
}

/* Blanks, control bytes, and the brackets of a domain literal: never a domain. */
static bool has_foreign_bytes(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= 0x20 || strchr("[]<>()@,;\\\"", s.p[i]))
            return true;
    return false;
}

bool spf_request_name(const struct spf_request *r, struct dns_name *out)
{
    struct span text = r->domain;
    const char *why;

    if (!text.n || text.n > SPF_VALUE_MAX)
        return false;
    if (spf_has_high_bytes(text))
        return dns_name_from_user(text, out, &why);
    return !has_foreign_bytes(text) && dns_name_parse(text, out) &&
           dns_name_labels(out) > 0;
}

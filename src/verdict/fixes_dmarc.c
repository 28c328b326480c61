/* SPDX-License-Identifier: MIT */
/*
 * fixes_dmarc.c - a first DMARC record, for receivers that ask bulk senders for one.
 * RFC 9989, 4.7.
 */
#include "verdict/fixes_parts.h"

/* "p=none" asks for nothing: a stricter policy could have other mail refused. */
enum ac_status fix_dmarc_new(const struct fix_case *c, struct fix_candidates *out)
{
    static const char note[] =
        "Add rua=mailto:ADDRESS to get reports, and a stricter policy once all mail of "
        "the domain passes.";
    struct dns_name about, at, owner;
    struct span *text;
    size_t n;

    if (!fix_about(c, &about) || !dns_name_under(SPAN("_dmarc"), &about, &at) ||
        !fix_is_own(c, &at))
        return AC_OK;
    TRY(fix_texts(c->env, &c->changes, &at, &owner, &text, &n));
    if (n || !fix_is_own(c, &owner))
        return AC_OK;
    return fix_offer(c, &owner, span_make(NULL, 0), SPAN("v=DMARC1; p=none"), note,
                     out);
}

/* SPDX-License-Identifier: MIT */
/*
 * uri.c - where reports go to. RFC 9989, 4.6, 4.8; RFC 3986, 2, 3; RFC 6068.
 *
 * Only as much of RFC 3986 as tells an address from a slip of the pen: the most
 * frequent one is an address without "mailto:", which no receiver reports to.
 */
#include "dmarc/uri.h"

/* "!" 1*DIGIT [ "k" / "m" / "g" / "t" ]: the part after the "!". */
static bool is_size(struct span s)
{
    if (s.n && strchr("kmgt", ascii_lower(s.p[s.n - 1])))
        s.n--;
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_digit(s.p[i]))
            return false;
    return s.n > 0;
}

static bool is_scheme(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_alnum(s.p[i]) &&
            (s.p[i] != '+' && s.p[i] != '-' && s.p[i] != '.'))
            return false;
    return s.n && ascii_is_alpha(s.p[0]);
}

/* Only bytes that a URI may hold. RFC 3986, 2. */
static bool is_uri_text(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_alnum(s.p[i]) &&
            (s.p[i] <= ' ' || s.p[i] > '~' || strchr("\"<>\\^`{|}", s.p[i])))
            return false;
    return s.n > 0;
}

/* A name of letters, digits, "-" and "_", with two labels or more. */
static bool is_host(struct span s, struct dns_name *out)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_alnum(s.p[i]) && !strchr("-_.", s.p[i]))
            return false;
    return s.n && dns_name_parse(s, out) && dns_name_labels(out) >= 2;
}

static const char *read_mailto(struct span address, struct dmarc_uri *out)
{
    size_t at;

    address = span_to(address, span_find(address, '?')); /* header fields: RFC 6068 */
    at = span_find_last(address, '@');
    if (at == address.n || at == 0)
        return "that is not a mail address";
    if (!is_host(span_from(address, at + 1), &out->host))
        return "what stands behind the \"@\" is not a domain name";
    out->mailto = true;
    return NULL;
}

void dmarc_uri_parse(struct span item, struct dmarc_uri *out, bool *sized,
                     const char **why)
{
    size_t bang = span_find(item, '!');
    struct span body = span_to(item, bang), scheme;

    *out = (struct dmarc_uri){ .text = span_trim(body, " \t") };
    *sized = bang < item.n;
    *why = NULL;
    body = out->text;
    scheme = span_cut(&body, ':');
    if (!item.n)
        *why = "there is nothing between two commas";
    else if (*sized && !is_size(span_from(item, bang + 1)))
        *why = "a \"!\" within an address is to be written as %21";
    else if (!body.p)
        *why = "it has no scheme, write mailto: in front of it";
    else if (!is_scheme(scheme) || !is_uri_text(body))
        *why = "that is not a URI";
    else if (span_eq_ci(scheme, SPAN("mailto")))
        *why = read_mailto(body, out);
    out->valid = !*why;
}

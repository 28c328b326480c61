/* SPDX-License-Identifier: MIT */
/*
 * name.c - domain names in wire form, lower case. RFC 1035, 3.1; RFC 4343; RFC 5891.
 */
#include "dns/name.h"

#include <idn2.h>
#include <stdio.h>

static const struct dns_name root = { .n = 1 };

/* Append a label before the root label that stands at the end of `name`. */
static bool name_append(struct dns_name *name, struct span label)
{
    if (!label.n || label.n > DNS_LABEL_MAX || name->n + label.n + 1 > DNS_NAME_MAX)
        return false;
    name->wire[name->n - 1] = (uint8_t)label.n;
    for (size_t i = 0; i < label.n; i++)
        name->wire[name->n + i] = (uint8_t)ascii_lower(label.p[i]);
    name->n = (uint8_t)(name->n + label.n + 1);
    name->wire[name->n - 1] = 0;
    return true;
}

bool dns_name_parse(struct span text, struct dns_name *out)
{
    *out = root;
    if (!text.n || span_eq(text, SPAN(".")))
        return true;
    if (text.p[text.n - 1] == '.')
        text.n--;
    while (text.p)
        if (!name_append(out, span_cut(&text, '.')))
            return false;
    return true;
}

/* Append all labels of `tail`. */
static bool name_join(struct dns_name *name, const struct dns_name *tail)
{
    if (name->n + tail->n - 1 > DNS_NAME_MAX)
        return false;
    memcpy(name->wire + name->n - 1, tail->wire, tail->n);
    name->n = (uint8_t)(name->n + tail->n - 1);
    return true;
}

bool dns_name_prepend(struct span label, const struct dns_name *parent,
                      struct dns_name *out)
{
    struct dns_name name = root;

    if (!name_append(&name, label) || !name_join(&name, parent))
        return false;
    *out = name;
    return true;
}

bool dns_name_under(struct span prefix, const struct dns_name *parent,
                    struct dns_name *out)
{
    struct dns_name name;

    if (!dns_name_parse(prefix, &name) || !name_join(&name, parent))
        return false;
    *out = name;
    return true;
}

bool dns_name_from_wire(struct span wire, struct dns_name *out)
{
    size_t at = 0;

    *out = root;
    while (at < wire.n && wire.p[at]) {
        size_t n = (uint8_t)wire.p[at];

        if (n > DNS_LABEL_MAX || n > wire.n - at - 1 ||
            !name_append(out, span_make(wire.p + at + 1, n)))
            return false;
        at += n + 1;
    }
    return at + 1 == wire.n;
}

static bool is_ascii(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

/* Letters, digits, hyphen; underscore as well, since records live under such labels. */
static bool is_host_text(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_alnum(s.p[i]) && !strchr("-_.", s.p[i]))
            return false;
    return !span_contains(s, '\0');
}

/* What keeps a text from being a name, for dns_name_parse only says that it is none. */
static const char *name_fault(struct span text)
{
    struct span rest = text;

    if (rest.n && rest.p[rest.n - 1] == '.')
        rest.n--;
    while (rest.p) {
        struct span label = span_cut(&rest, '.');

        if (!label.n)
            return "it has an empty label";
        if (label.n > DNS_LABEL_MAX)
            return "it has a label of more than 63 characters";
    }
    return "it has more than 253 characters";
}

/* Can every label that begins with xn-- be turned back (RFC 5891, 5)? */
static bool punycode_ok(struct span text)
{
    char ascii[DNS_TEXT_MAX], *unicode = NULL;
    bool ok;

    if (text.n >= sizeof ascii)
        return true;
    memcpy(ascii, text.p, text.n);
    ascii[text.n] = '\0';
    ok = idn2_to_unicode_8z8z(ascii, &unicode, 0) == IDN2_OK;
    idn2_free(unicode);
    return ok;
}

static bool host_name(struct span text, struct dns_name *out, const char **why)
{
    if (!text.n || span_eq(text, SPAN(".")))
        *why = "it is empty";
    else if (!is_host_text(text))
        *why = "it has a character that no host name has";
    else if (!dns_name_parse(text, out))
        *why = name_fault(text);
    else if (!punycode_ok(text))
        *why = "a label begins with xn-- and is no Punycode (RFC 5891)";
    else
        return true;
    return false;
}

bool dns_name_from_user(struct span text, struct dns_name *out, const char **why)
{
    char utf8[DNS_TEXT_MAX];
    uint8_t *ascii = NULL;
    bool ok;

    if (is_ascii(text))
        return host_name(text, out, why);
    if (text.n >= sizeof utf8 || span_contains(text, '\0')) {
        *why = "it is too long, or has a NUL in it";
        return false;
    }
    memcpy(utf8, text.p, text.n);
    utf8[text.n] = '\0';
    if (idn2_lookup_u8((const uint8_t *)utf8, &ascii,
                       IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) {
        *why = "it is not a name that IDNA 2008 allows (RFC 5891)";
        return false;
    }
    ok = host_name(span_of((const char *)ascii), out, why);
    idn2_free(ascii);
    return ok;
}

const char *dns_name_print(const struct dns_name *name, char out[static DNS_TEXT_MAX])
{
    char *p = out;

    for (size_t at = 0; name->wire[at]; at += name->wire[at] + 1u) {
        if (at)
            *p++ = '.';
        for (size_t i = 1; i <= name->wire[at]; i++) {
            uint8_t c = name->wire[at + i];

            if (c > ' ' && c < 0x7f && c != '.' && c != '\\')
                *p++ = (char)c;
            else
                p += snprintf(p, 5, "\\%03u", c);
        }
    }
    if (p == out)
        *p++ = '.';
    *p = '\0';
    return out;
}

const char *dns_name_text(struct arena *a, const struct dns_name *name)
{
    char text[DNS_TEXT_MAX];

    return arena_strdup(a, span_of(dns_name_print(name, text)));
}

unsigned dns_name_labels(const struct dns_name *name)
{
    unsigned n = 0;

    for (size_t at = 0; name->wire[at]; at += name->wire[at] + 1u)
        n++;
    return n;
}

struct dns_name dns_name_strip(const struct dns_name *name, unsigned n)
{
    struct dns_name out = root;
    size_t at = 0;

    while (n-- && name->wire[at])
        at += name->wire[at] + 1u;
    out.n = (uint8_t)(name->n - at);
    memcpy(out.wire, name->wire + at, out.n);
    return out;
}

struct dns_name dns_name_last(const struct dns_name *name, unsigned n)
{
    unsigned labels = dns_name_labels(name);

    return dns_name_strip(name, labels > n ? labels - n : 0);
}

bool dns_name_eq(const struct dns_name *a, const struct dns_name *b)
{
    return a->n == b->n && memcmp(a->wire, b->wire, a->n) == 0;
}

bool dns_name_is_under(const struct dns_name *name, const struct dns_name *ancestor)
{
    size_t at = 0;

    while (name->n - at > ancestor->n)
        at += name->wire[at] + 1u;
    return name->n - at == ancestor->n &&
           memcmp(name->wire + at, ancestor->wire, ancestor->n) == 0;
}

int dns_name_cmp(const struct dns_name *a, const struct dns_name *b)
{
    return span_cmp(dns_name_span(a), dns_name_span(b));
}

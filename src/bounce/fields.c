/* SPDX-License-Identifier: MIT */
/*
 * fields.c - fields, addresses and host names in text that nobody vouches for.
 * RFC 5322, 2.2; RFC 3464, 2.1.1.
 */
#include "bounce/fields.h"

#include "bounce/text.h"

enum {
    NAME_MAX_BYTES = 76,
    ADDRESS_MAX = 320, /* octets: RFC 5321, 4.5.3.1 */
    HOST_MAX = 255,
    HEADER_LINES_MAX = 400 /* looked at to tell a message from a text */
};

bool bounce_field_begins(struct span line)
{
    size_t n = span_find(span_to(line, NAME_MAX_BYTES), ':');

    if (n == 0 || n == line.n || n == NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!ascii_is_alnum(line.p[i]) && line.p[i] != '-' && line.p[i] != '_')
            return false;
    return ascii_is_alpha(line.p[0]);
}

bool bounce_field_next(struct span *rest, struct bounce_field *out)
{
    *out = (struct bounce_field){ .name = { NULL, 0 } };
    while (rest->p) {
        struct span here = *rest, line = bounce_line(rest);

        if (bounce_field_begins(line)) {
            if (out->name.p) {
                *rest = here;
                return true;
            }
            out->name = span_to(line, span_find(line, ':'));
            out->value = span_from(line, out->name.n + 1);
        } else if (!bounce_trim(line).n) {
            return out->name.p != NULL;
        } else if (out->name.p) {
            out->value.n = (size_t)(line.p + line.n - out->value.p);
        }
    }
    return out->name.p != NULL;
}

struct span bounce_field_get(struct span text, const char *name)
{
    struct bounce_field f;

    text = span_to(text, bounce_field_block(text));
    while (bounce_field_next(&text, &f))
        if (span_eq_ci(f.name, span_of(name)))
            return bounce_trim(f.value);
    return span_make(NULL, 0);
}

size_t bounce_field_block(struct span text)
{
    struct span rest = text;

    while (rest.p)
        if (!bounce_line(&rest).n)
            break;
    return rest.p ? (size_t)(rest.p - text.p) : text.n;
}

bool bounce_field_is_header(struct span text)
{
    static const char *const known[] = { "from",         "to",          "subject",
                                         "date",         "received",    "return-path",
                                         "message-id",   "reply-to",    "mime-version",
                                         "content-type", "delivered-to" };
    unsigned found = 0;
    struct span line = { "", 0 };

    for (unsigned lines = 0; text.p && lines < HEADER_LINES_MAX; lines++) {
        line = bounce_line(&text);
        if (!line.n)
            break;
        if (!bounce_field_begins(line)) {
            if (!lines || (line.p[0] != ' ' && line.p[0] != '\t'))
                return false;
            continue;
        }
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found += span_eq_ci(span_to(line, span_find(line, ':')), span_of(known[i]));
    }
    return found >= 2;
}

struct span bounce_field_typed(struct span value)
{
    size_t at = span_find(span_to(value, 20), ';');

    if (at < 20 && at < value.n)
        value = span_from(value, at + 1);
    value = bounce_trim(value);
    return span_trim(value, "<> \t\r\n");
}

static bool in_local_part(char c)
{
    return ascii_is_alnum(c) || (uint8_t)c >= 0x80 ||
           (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

static bool in_host(char c)
{
    return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' || (uint8_t)c >= 0x80;
}

/* "'user@example.com'" and "to=user@example.com" as they stand in logs: where the
 * address begins. "prvs=123=user" and "SRS0=x=y=user" are local parts. */
static size_t behind_label(struct span s, size_t from, size_t at)
{
    static const char *const labels[] = { "to=",   "from=",  "id=",   "sender=",
                                          "rcpt=", "email=", "user=", "addr=",
                                          "mail=", "f=" };

    while (from < at && strchr("'=.{", s.p[from]))
        from++;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (span_starts_ci(span_make(s.p + from, at - from), span_of(labels[i])))
            return from + strlen(labels[i]);
    return from;
}

struct span bounce_address(struct span s, size_t *end)
{
    for (size_t at = 0; at < s.n; at++) {
        size_t from = at, to = at + 1;

        if (s.p[at] != '@')
            continue;
        while (from > 0 && at - from < ADDRESS_MAX && in_local_part(s.p[from - 1]))
            from--;
        while (to < s.n && to - at < HOST_MAX && in_host(s.p[to]))
            to++;
        while (to > at + 1 && (s.p[to - 1] == '.' || s.p[to - 1] == '-'))
            to--;
        from = behind_label(s, from, at);
        if (from == at || !span_contains(span_make(s.p + at, to - at), '.'))
            continue;
        if (end)
            *end = to;
        return span_make(s.p + from, to - from);
    }
    return span_make(NULL, 0);
}

struct span bounce_address_domain(struct span address)
{
    size_t at = span_find_last(address, '@');

    return at < address.n ? span_from(address, at + 1) : span_make(NULL, 0);
}

struct span bounce_host_at(struct span s)
{
    size_t n = 0;

    while (n < s.n && n < HOST_MAX && in_host(s.p[n]))
        n++;
    while (n && (s.p[n - 1] == '.' || s.p[n - 1] == '-'))
        n--;
    s = span_to(s, n);
    if (!n || !span_contains(s, '.') || !ascii_is_alnum(s.p[0]))
        return span_make(NULL, 0);
    return s;
}

bool bounce_ip_at(struct span s, struct ip *out)
{
    size_t n = 0;

    s = span_trim(s, "[(<'\" \t");
    if (span_starts_ci(s, SPAN("ipv6:")))
        s = span_from(s, 5);
    if (span_starts_ci(s, SPAN("::ffff:")) && span_contains(span_to(s, 12), '.'))
        s = span_from(s, 7);
    while (n < s.n && n < IP_TEXT_MAX &&
           (ascii_hex(s.p[n]) >= 0 || s.p[n] == '.' || s.p[n] == ':'))
        n++;
    if (n < s.n && (ascii_is_alnum(s.p[n]) || s.p[n] == '-'))
        return false;
    while (n && (s.p[n - 1] == '.' || s.p[n - 1] == ':'))
        n--;
    return ip_parse(span_to(s, n), out);
}

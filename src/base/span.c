/* SPDX-License-Identifier: MIT */
/*
 * span.c - borrowed text: comparing, cutting and reading numbers, bytes only.
 */
#include "base/span.h"

int ascii_hex(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int span_cmp(struct span a, struct span b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;

    return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool span_starts(struct span s, struct span prefix)
{
    return s.n >= prefix.n && span_eq(span_to(s, prefix.n), prefix);
}

bool span_starts_ci(struct span s, struct span prefix)
{
    if (s.n < prefix.n)
        return false;
    for (size_t i = 0; i < prefix.n; i++)
        if (ascii_lower(s.p[i]) != ascii_lower(prefix.p[i]))
            return false;
    return true;
}

bool span_ends_ci(struct span s, struct span suffix)
{
    return s.n >= suffix.n && span_starts_ci(span_from(s, s.n - suffix.n), suffix);
}

static bool one_of(char c, const char *bytes)
{
    return c && strchr(bytes, c);
}

struct span span_trim(struct span s, const char *bytes)
{
    while (s.n && one_of(s.p[0], bytes))
        s = span_from(s, 1);
    while (s.n && one_of(s.p[s.n - 1], bytes))
        s.n--;
    return s;
}

size_t span_find(struct span s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

    return at ? (size_t)(at - s.p) : s.n;
}

size_t span_find_last(struct span s, char c)
{
    for (size_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == c)
            return i - 1;
    return s.n;
}

bool span_contains(struct span s, char c)
{
    return span_find(s, c) < s.n;
}

struct span span_cut(struct span *rest, char c)
{
    size_t at = span_find(*rest, c);
    struct span item = span_to(*rest, at);

    *rest = at < rest->n ? span_from(*rest, at + 1) : span_make(NULL, 0);
    return item;
}

bool span_u32(struct span s, uint32_t max, uint32_t *out)
{
    uint64_t value = 0;

    if (!s.n)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_digit(s.p[i]))
            return false;
        value = value * 10 + (uint64_t)(s.p[i] - '0');
        if (value > max)
            return false;
    }
    *out = (uint32_t)value;
    return true;
}

/* SPDX-License-Identifier: MIT */
/*
 * span.h - borrowed text: the one text parser of the project. Bytes, no locale.
 *
 * A span never owns and may hold any byte, NUL included. All functions are total: an
 * empty span is a fine argument everywhere.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
    const char *p;
    size_t n;
};

/* For printf: printf("%.*s", SPAN_ARG(s)); cut at INT_MAX bytes, and at a NUL. */
#define SPAN_ARG(s) (int)((s).n > 0x7fffffff ? 0x7fffffff : (s).n), ((s).n ? (s).p : "")
/* A span over a string literal. */
#define SPAN(literal) ((struct span){ "" literal, sizeof(literal) - 1 })

static inline struct span span_of(const char *text)
{
    return (struct span){ text, text ? strlen(text) : 0 };
}

static inline struct span span_make(const void *p, size_t n)
{
    return (struct span){ p, n };
}

/* ASCII only: the DNS, SPF and tag lists know no other case or blank. */
static inline bool ascii_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool ascii_is_alnum(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c);
}

static inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int ascii_hex(char c); /* value of a hexadecimal digit, or -1 */

static inline bool span_eq(struct span a, struct span b)
{
    return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

int span_cmp(struct span a, struct span b); /* by bytes, as memcmp; shorter first */
bool span_starts(struct span s, struct span prefix);
bool span_starts_ci(struct span s, struct span prefix); /* whatever the ASCII case */

static inline bool span_eq_ci(struct span a, struct span b)
{
    return a.n == b.n && span_starts_ci(a, b);
}

bool span_ends_ci(struct span s, struct span suffix);

/* s without its first n bytes, its last bytes, or both; n beyond the end is the end. */
static inline struct span span_from(struct span s, size_t n)
{
    if (n > s.n)
        n = s.n;
    return n ? span_make(s.p + n, s.n - n) : s;
}

static inline struct span span_to(struct span s, size_t n)
{
    return span_make(s.p, n < s.n ? n : s.n);
}

struct span span_trim(struct span s, const char *bytes); /* both ends */

/* Index of the first (last) c, or s.n if there is none. */
size_t span_find(struct span s, char c);
size_t span_find_last(struct span s, char c);
bool span_contains(struct span s, char c);

/*
 * Cut *rest at the first c: returns what stands before it and leaves what comes after
 * in *rest. Without a c all is returned and *rest is empty with p == NULL; so while
 * (rest.p) { struct span item = span_cut(&rest, ','); ... } sees every item, an empty
 * last one included.
 */
struct span span_cut(struct span *rest, char c);

/* All of s as an unsigned decimal number of at most `max`; false for anything else,
 * the empty span and a sign included. Leading zeros are allowed. */
bool span_u32(struct span s, uint32_t max, uint32_t *out);

#endif

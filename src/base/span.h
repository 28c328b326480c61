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
bool ascii_is_alpha(char c);
bool ascii_is_digit(char c);
bool ascii_is_alnum(char c);
char ascii_lower(char c);
int ascii_hex(char c); /* value of a hexadecimal digit, or -1 */

bool span_eq(struct span a, struct span b);
bool span_eq_ci(struct span a, struct span b); /* without regard to ASCII case */
int span_cmp(struct span a, struct span b);    /* by bytes, as memcmp; shorter first */
bool span_starts(struct span s, struct span prefix);
bool span_starts_ci(struct span s, struct span prefix);
bool span_ends_ci(struct span s, struct span suffix);

/* s without its first n bytes, its last bytes, or both; n beyond the end is the end. */
struct span span_from(struct span s, size_t n);
struct span span_to(struct span s, size_t n);
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

/* SPDX-License-Identifier: MIT */
/*
 * macro.c - macro strings, one token at a time. RFC 7208, 7.
 *
 * Checking and expanding walk the same tokens, so they cannot disagree. An expansion
 * keeps only what can survive the cut from the left: a record of 64 KiB full of macros
 * costs time in proportion to its length, and no memory.
 */
#include "spf/macro.h"

#include <stdio.h>

/* A run of literal text, an escape (%% %_ %-), or a macro. */
struct token {
    struct span literal; /* what it stands for; empty for a macro */
    bool escape;
    char letter;    /* as written; 0 for literals */
    unsigned parts; /* right-hand parts to keep; 0: all */
    bool reverse;
    struct span delimiters;
};

static const char LETTERS[] = "slodipvhcrt";
static const char TEXT_LETTERS[] = "crt";
static const char DELIMITERS[] = ".-+,/_=";

static bool one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

static bool is_literal(char c, enum spf_macro_place place)
{
    return (c > 0x20 && c < 0x7f && c != '%') || (place == SPF_MACRO_TEXT && c == ' ');
}

/* The digits of a macro; RFC 7208, 7.1 asks for 127 at least, more is all there is. */
static const char *read_parts(struct span text, size_t *at, struct token *t)
{
    size_t start = *at;

    while (*at < text.n && ascii_is_digit(text.p[*at])) {
        if (t->parts <= SPF_VALUE_MAX)
            t->parts = t->parts * 10 + (unsigned)(text.p[*at] - '0');
        ++*at;
    }
    if (*at > start && !t->parts)
        return "the number of parts in a macro must not be zero";
    return NULL;
}

/* "%{" is read already: *at stands on the letter. */
static const char *read_macro(struct span text, enum spf_macro_place place, size_t *at,
                              struct token *t)
{
    size_t i = *at;
    const char *why;

    t->letter = i < text.n ? text.p[i] : '\0';
    if (!one_of(ascii_lower(t->letter), LETTERS))
        return "unknown macro letter";
    if (place == SPF_MACRO_DOMAIN && one_of(ascii_lower(t->letter), TEXT_LETTERS))
        return "the macros c, r and t are for explanation texts only";
    *at = ++i;
    why = read_parts(text, &i, t);
    if (why)
        return why;
    t->reverse = i < text.n && ascii_lower(text.p[i]) == 'r';
    i += t->reverse;
    t->delimiters = span_from(text, i);
    t->delimiters.n = 0;
    while (i < text.n && one_of(text.p[i], DELIMITERS)) {
        t->delimiters.n++;
        i++;
    }
    *at = i;
    if (i == text.n || text.p[i] != '}')
        return "a macro must end with \"}\"";
    *at = i + 1;
    return NULL;
}

static const char *read_percent(struct span text, enum spf_macro_place place,
                                size_t *at, struct token *t)
{
    char c = *at + 1 < text.n ? text.p[*at + 1] : '\0';

    t->escape = true;
    switch (c) {
    case '%':
        t->literal = SPAN("%");
        break;
    case '_':
        t->literal = SPAN(" ");
        break;
    case '-':
        t->literal = SPAN("%20");
        break;
    case '{':
        *at += 2;
        return read_macro(text, place, at, t);
    default:
        return "\"%\" must be followed by \"{\", \"%\", \"_\" or \"-\"";
    }
    *at += 2;
    return NULL;
}

/* The token at *at, which moves past it; what is wrong, or NULL. */
static const char *next_token(struct span text, enum spf_macro_place place, size_t *at,
                              struct token *t)
{
    size_t start = *at;

    *t = (struct token){ .letter = '\0' };
    if (text.p[start] == '%')
        return read_percent(text, place, at, t);
    while (*at < text.n && is_literal(text.p[*at], place))
        ++*at;
    t->literal = span_to(span_from(text, start), *at - start);
    if (*at < text.n && text.p[*at] != '%')
        return "a byte that is not printable ASCII";
    return NULL;
}

bool spf_macro_check(struct span text, enum spf_macro_place place,
                     struct spf_fault *fault)
{
    struct token t;

    for (size_t at = 0; at < text.n;) {
        const char *why = next_token(text, place, &at, &t);

        if (why) {
            *fault = (struct spf_fault){ at, why };
            return false;
        }
    }
    return true;
}

/* toplabel: letters, digits and inner hyphens, and not digits alone. */
static bool is_top_label(struct span label)
{
    bool digits = true;

    if (!label.n || label.p[0] == '-' || label.p[label.n - 1] == '-')
        return false;
    for (size_t i = 0; i < label.n; i++) {
        if (!ascii_is_alnum(label.p[i]) && label.p[i] != '-')
            return false;
        digits = digits && ascii_is_digit(label.p[i]);
    }
    return !digits;
}

/* The literal text that ends a domain-spec must end in "." toplabel ["."]. */
static bool ends_in_top_label(struct span tail)
{
    size_t dot;

    if (tail.n && tail.p[tail.n - 1] == '.')
        tail.n--;
    dot = span_find_last(tail, '.');
    return dot < tail.n && is_top_label(span_from(tail, dot + 1));
}

bool spf_macro_check_domain(struct span text, struct spf_fault *fault)
{
    struct span tail = { 0 };
    size_t at = 0, start = 0;
    bool literal = true;

    while (at < text.n) {
        struct token t;
        const char *why;

        start = at;
        why = next_token(text, SPF_MACRO_DOMAIN, &at, &t);
        if (why) {
            *fault = (struct spf_fault){ at, why };
            return false;
        }
        literal = !t.escape;
        tail = t.literal;
    }
    if (!literal || ends_in_top_label(tail))
        return true;
    fault->at = start;
    fault->why = text.n ? "a domain name must end in a top label or a macro"
                        : "a domain name is missing";
    return false;
}

uint32_t spf_macro_letters(struct span text)
{
    uint32_t letters = 0;
    struct token t;

    for (size_t at = 0; at < text.n;) {
        if (next_token(text, SPF_MACRO_TEXT, &at, &t))
            return 0;
        if (t.letter)
            letters |= SPF_LETTER(ascii_lower(t.letter));
    }
    return letters;
}

/* Where an expansion goes. A domain keeps its end, a text its beginning. */
struct sink {
    char *p;
    size_t n, size;
    bool keep_end;
};

static void sink_make_room(struct sink *s, size_t need)
{
    size_t keep = s->size / 2;

    if (!s->keep_end || s->size - s->n >= need || s->n <= keep)
        return;
    memmove(s->p, s->p + s->n - keep, keep);
    s->n = keep;
}

static void sink_put(struct sink *s, struct span text)
{
    if (s->keep_end && text.n > s->size / 2)
        text = span_from(text, text.n - s->size / 2);
    sink_make_room(s, text.n);
    text = span_to(text, s->size - s->n);
    if (text.n)
        memcpy(s->p + s->n, text.p, text.n);
    s->n += text.n;
}

/* RFC 7208, 7.3: an upper case letter asks for URL escapes (RFC 3986, 2.3). */
static void sink_put_escaped(struct sink *s, struct span text)
{
    static const char digit[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        char code[3] = { '%', digit[c >> 4], digit[c & 15] };

        if (ascii_is_alnum(text.p[i]) || one_of(text.p[i], "-._~"))
            sink_put(s, span_make(&text.p[i], 1));
        else
            sink_put(s, span_make(code, sizeof code));
    }
}

static void sink_put_value(struct sink *s, struct span value, bool escape)
{
    if (escape)
        sink_put_escaped(s, value);
    else
        sink_put(s, value);
}

enum {
    SCRATCH_MAX = 64
}; /* 32 nibbles with dots; an address; a number */

static struct span print_nibbles(const struct ip *ip, char out[static SCRATCH_MAX])
{
    static const char digit[] = "0123456789abcdef";
    size_t n = 0;

    for (int i = 0; i < 16; i++) {
        out[n++] = digit[ip->bytes[i] >> 4];
        out[n++] = '.';
        out[n++] = digit[ip->bytes[i] & 15];
        out[n++] = '.';
    }
    return span_make(out, n - 1);
}

static struct span or_unknown(struct span value)
{
    return value.n ? value : SPAN("unknown");
}

/* RFC 7208, 7.2. */
static struct span value_of(char letter, const struct spf_macro_values *v,
                            char scratch[static SCRATCH_MAX])
{
    switch (letter) {
    case 's':
        return v->sender;
    case 'l':
        return v->local;
    case 'o':
        return v->sender_domain;
    case 'd':
        return v->domain;
    case 'p':
        return or_unknown(v->validated);
    case 'v':
        return v->client.family == 6 ? SPAN("ip6") : SPAN("in-addr");
    case 'h':
        return v->helo;
    case 'r':
        return or_unknown(v->receiver);
    case 't':
        snprintf(scratch, SCRATCH_MAX, "%lld", (long long)v->now);
        return span_of(scratch);
    case 'i':
        if (v->client.family == 6)
            return print_nibbles(&v->client, scratch);
        return span_of(ip_print(&v->client, scratch));
    default: /* 'c': the tokenizer lets no other letter pass */
        return span_of(ip_print(&v->client, scratch));
    }
}

/* RFC 7208, 7.3: split, reverse, keep the right-hand parts, join with dots. */
static void put_parts(struct sink *s, const struct token *t, struct span value)
{
    struct span part[SPF_VALUE_MAX + 1];
    char set[SPF_VALUE_MAX + 1] = ".";
    size_t n = 0, skip, start = 0;

    if (t->delimiters.n) {
        struct span d = span_to(t->delimiters, SPF_VALUE_MAX);

        memcpy(set, d.p, d.n);
        set[d.n] = '\0';
    }
    for (size_t i = 0; i <= value.n; i++)
        if (i == value.n || one_of(value.p[i], set)) {
            part[n++] = span_to(span_from(value, start), i - start);
            start = i + 1;
        }
    skip = t->parts && t->parts < n ? n - t->parts : 0;
    for (size_t i = skip; i < n; i++) {
        if (i > skip)
            sink_put(s, SPAN("."));
        sink_put_value(s, part[t->reverse ? n - 1 - i : i], t->letter < 'a');
    }
}

static void put_macro(struct sink *s, const struct token *t,
                      const struct spf_macro_values *values)
{
    char scratch[SCRATCH_MAX];
    struct span value = value_of(ascii_lower(t->letter), values, scratch);

    if (value.n > SPF_VALUE_MAX)
        value = span_from(value, value.n - SPF_VALUE_MAX);
    if (t->parts || t->reverse || t->delimiters.n)
        put_parts(s, t, value);
    else
        sink_put_value(s, value, t->letter < 'a');
}

static enum ac_status expand(struct sink *s, const struct spf_macro_values *values,
                             struct span text, enum spf_macro_place place)
{
    struct token t;

    for (size_t at = 0; at < text.n;) {
        if (next_token(text, place, &at, &t))
            return AC_EINVAL;
        if (t.letter)
            put_macro(s, &t, values);
        else
            sink_put(s, t.literal);
    }
    return AC_OK;
}

static enum ac_status keep(struct arena *a, struct span text, struct span *out)
{
    char *copy = arena_strdup(a, text);

    *out = span_make(copy, copy ? text.n : 0);
    return copy ? AC_OK : AC_ENOMEM;
}

enum ac_status spf_macro_domain(struct arena *a, const struct spf_macro_values *values,
                                struct span text, struct span *out)
{
    char room[4 * SPF_DOMAIN_MAX];
    struct sink s = { .p = room, .size = sizeof room, .keep_end = true };
    struct span name;

    TRY(expand(&s, values, text, SPF_MACRO_DOMAIN));
    name = span_make(room, s.n);
    if (name.n && name.p[name.n - 1] == '.')
        name.n--;
    while (name.n > SPF_DOMAIN_MAX)
        name = span_from(name, span_find(name, '.') + 1);
    return keep(a, name, out);
}

enum ac_status spf_macro_text(struct arena *a, const struct spf_macro_values *values,
                              struct span text, struct span *out)
{
    char room[SPF_EXPLANATION_MAX];
    struct sink s = { .p = room, .size = sizeof room };

    TRY(expand(&s, values, text, SPF_MACRO_TEXT));
    return keep(a, span_make(room, s.n), out);
}

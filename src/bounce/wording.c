/* SPDX-License-Identifier: MIT */
/*
 * wording.c - a reply in one form. In a multi-line reply every line repeats the code
 * and often the enhanced code (RFC 5321, 4.2): once joined they stand in the middle of
 * sentences, and are dropped. An address is shown as "@", so that words in it are not
 * taken for words of the reply.
 */
#include "bounce/wording.h"

#include "bounce/bounce.h"

struct writer {
    char *out;
    size_t n;
    unsigned code; /* 0: not met and not told */
    bool met_code; /* the first one stays in the text */
    bool after_code;
    bool may_begin; /* a code may stand here */
    struct span enhanced;
    bool met_enhanced;
};

/* --- bytes -------------------------------------------------------------------------
 */

/* What word processors and mail programs make of quotes, dashes and blanks. */
static char plain_of_utf8(unsigned char second, unsigned char third)
{
    if (second != 0x80)
        return '?';
    if (third == 0x98 || third == 0x99 || third == 0x9b)
        return '\'';
    if (third == 0x9c || third == 0x9d)
        return '"';
    if (third >= 0x90 && third <= 0x95)
        return '-';
    return third <= 0x8b || third == 0xaf ? ' ' : '?';
}

static size_t utf8_length(unsigned char lead)
{
    return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
}

static bool is_utf8(struct span s, size_t length)
{
    for (size_t i = 1; i < length; i++)
        if (i >= s.n || ((unsigned char)s.p[i] & 0xc0) != 0x80)
            return false;
    return length > 1;
}

/* One character of `s` as ASCII; *length says how many bytes it has. */
static char plain(struct span s, size_t *length)
{
    unsigned char c = (unsigned char)s.p[0];

    *length = 1;
    if (c < 0x80)
        return c < 0x20 || c == 0x7f ? ' ' : ascii_lower((char)c);
    if (is_utf8(s, utf8_length(c))) {
        *length = utf8_length(c);
        if (*length == 2)
            return c == 0xc2 && (unsigned char)s.p[1] == 0xa0 ? ' ' : '?';
        return *length == 3 && c == 0xe2
                   ? plain_of_utf8((unsigned char)s.p[1], (unsigned char)s.p[2])
                   : '?';
    }
    if (c == 0x91 || c == 0x92) /* windows-1252 */
        return '\'';
    return c == 0xa0 ? ' ' : '?';
}

/* --- words -------------------------------------------------------------------------
 */

static void put(struct writer *w, struct span s)
{
    if (!s.n)
        return;
    if (w->n)
        w->out[w->n++] = ' ';
    memcpy(w->out + w->n, s.p, s.n);
    w->n += s.n;
}

static bool ends_address(char c)
{
    return strchr("<>()[]\"',;:=", c) != NULL;
}

static bool is_domain_byte(char c)
{
    return ascii_is_alnum(c) || c == '.' || c == '-' || c == '_';
}

/* "<user@example.com>:" as "<@>:", in place. A link keeps its address: it is data. */
static struct span hide_addresses(char *word, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i + 2 < n; i++)
        if (memcmp(word + i, "://", 3) == 0)
            return span_make(word, n);
    for (size_t i = 0; i < n; i++) {
        if (word[i] != '@') {
            word[kept++] = word[i];
            continue;
        }
        while (kept && !ends_address(word[kept - 1]))
            kept--;
        word[kept++] = '@';
        while (i + 1 < n && is_domain_byte(word[i + 1]))
            i++;
    }
    return span_make(word, kept);
}

/* The reply code that the word begins with, or 0. */
static unsigned code_of(struct span word)
{
    uint32_t code;

    if (word.n < 3 || (word.n > 3 && word.p[3] != '-' && word.p[3] != ':') ||
        !span_u32(span_to(word, 3), 599, &code))
        return 0;
    return code >= 400 ? code : 0;
}

/* "5.7.26", "#5.7.1", "5.7.1:"; whole: three numbers, else two. */
static bool is_enhanced(struct span word, size_t dots, struct span *out)
{
    struct span rest;
    uint32_t number;
    size_t parts = 0;

    *out = rest = span_trim(word, "#:()");
    while (rest.p) {
        struct span part = span_cut(&rest, '.');

        if (part.n > 3 || !span_u32(part, 999, &number) ||
            (!parts && number != 4 && number != 5))
            return false;
        parts++;
    }
    return parts == dots + 1;
}

/* --- the reply -----------------------------------------------------------------------
 */

/* True: the word was a code said before, and is dropped. */
static bool is_repeated_code(struct writer *w, struct span *word)
{
    unsigned code = code_of(*word);
    bool known = code && w->code == code;

    if (!code || (!known && (w->code || !w->may_begin)))
        return false;
    w->after_code = true;
    w->code = code;
    if (!w->met_code) {
        w->met_code = true;
        put(w, span_to(*word, 3));
    }
    *word = span_from(*word, 4);
    return !word->n;
}

static enum ac_status add_word(struct writer *w, struct span word, struct span *rest,
                               struct arena *arena)
{
    struct span enhanced, next, copy;
    uint32_t number;

    if (span_starts(word, SPAN("smtp;"))) /* of a delivery report */
        word = span_from(word, 5);
    if (!word.n || is_repeated_code(w, &word))
        return AC_OK;
    copy = *rest;
    next = span_cut(&copy, ' ');
    if (w->after_code && is_enhanced(word, 1, &enhanced) && next.n &&
        span_u32(next, 999, &number)) { /* "5.7 1" */
        word = span_of(arena_printf(arena, "%.*s.%u", SPAN_ARG(enhanced), number));
        if (!word.p)
            return AC_ENOMEM;
        *rest = copy;
    }
    if (w->after_code && is_enhanced(word, 2, &enhanced)) {
        bool again = w->met_enhanced && span_eq(enhanced, w->enhanced);

        w->after_code = false;
        if (again)
            return AC_OK;
        if (!w->enhanced.p)
            w->enhanced = enhanced;
        w->met_enhanced = true;
    }
    w->after_code = false;
    w->may_begin = word.n && strchr(":;<", word.p[word.n - 1]);
    put(w, word);
    return AC_OK;
}

/* ASCII, lower case, blanks single, addresses hidden: what is left are words. */
static struct span flatten(struct span text, char *out)
{
    size_t n = 0, begin = 0;

    for (size_t i = 0, length; i < text.n; i += length) {
        char c = plain(span_from(text, i), &length);

        if (c != ' ') {
            out[n++] = c;
            continue;
        }
        n = begin + hide_addresses(out + begin, n - begin).n;
        if (n && out[n - 1] != ' ')
            out[n++] = ' ';
        begin = n;
    }
    n = begin + hide_addresses(out + begin, n - begin).n;
    return span_trim(span_make(out, n), " ");
}

/* "Remote server returned ... -> 550 5.7.1 ...": Exchange wraps the words of the host
 * that refused into its own. Only these are of interest, code and all. */
static struct span unwrap(struct span text, bool *is_wrapped)
{
    *is_wrapped = false;
    for (size_t i = 0; i + 4 < text.n; i++)
        if (text.p[i] == '-' && span_starts(span_from(text, i), SPAN("-> ")) &&
            code_of(span_to(span_from(text, i + 3), 3))) {
            *is_wrapped = true;
            return span_from(text, i + 3);
        }
    return text;
}

enum ac_status bounce_wording(const struct bounce_said *said, struct arena *arena,
                              struct bounce_wording *out)
{
    struct span text = span_to(said->text, BOUNCE_TEXT_MAX), rest;
    char *flat = arena_alloc(arena, text.n + 1);
    struct writer w = { .code = said->code,
                        .enhanced = said->enhanced,
                        .may_begin = true };
    bool is_wrapped;

    w.out = arena_alloc(arena, text.n + 2);
    if (!flat || !w.out)
        return AC_ENOMEM;
    rest = unwrap(flatten(text, flat), &is_wrapped);
    if (is_wrapped) {
        w.code = 0;
        w.enhanced = (struct span){ NULL, 0 };
    }
    while (rest.p && rest.n)
        TRY(add_word(&w, span_cut(&rest, ' '), &rest, arena));
    w.out[w.n] = '\0';
    *out = (struct bounce_wording){ w.out, w.n, w.code, w.enhanced };
    return AC_OK;
}

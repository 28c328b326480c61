/* SPDX-License-Identifier: MIT */
/*
 * pattern.c - the rows of patterns.def, matched. Running some hundred expressions over
 * every reply would cost milliseconds, so each alternative of an expression is first
 * asked for a word that any match must hold; few expressions are run at all, and only
 * those are ever compiled.
 */
#include "bounce/pattern.h"

#include <regex.h>

enum {
    NEEDS_MAX = 24, /* alternatives of a row; with more it is always run */
    NEED_BYTES = 16,
    NEED_BYTES_MIN = 3
};

#define BEGIN "(^|[^a-z0-9_./=-])"
#define END   "([^a-z0-9_.-]|[.-]+( |$)|$)"
#define P(id, priority, speaker, class, confidence, codes, words, example, source) \
    { id,                                                                          \
      priority,                                                                    \
      BOUNCE_SPEAKER_##speaker,                                                    \
      BOUNCE_CLASS_##class,                                                        \
      BOUNCE_##confidence,                                                         \
      codes,                                                                       \
      words,                                                                       \
      example,                                                                     \
      source },
static const struct bounce_pattern patterns[] = {
#include "bounce/patterns.def"
};
#undef P
#undef BEGIN
#undef END

enum {
    PATTERNS = sizeof patterns / sizeof patterns[0]
};

/* What is made of a row's words, once. */
static struct prepared {
    bool is_read, is_compiled, is_broken;
    size_t n; /* of need; 0: the expression is always run */
    char need[NEEDS_MAX][NEED_BYTES];
    regex_t expression;
} prepared[PATTERNS];

size_t bounce_pattern_count(void)
{
    return PATTERNS;
}

const struct bounce_pattern *bounce_pattern(size_t i)
{
    return &patterns[i];
}

/* --- the words that an expression cannot do without ----------------------------------
 */

/* Position after the bracket expression or group that begins at `at`. */
static size_t after_part(struct span ere, size_t at)
{
    size_t depth = 0;

    for (; at < ere.n; at++) {
        char c = ere.p[at];

        if (c == '\\') {
            at++;
        } else if (c == '[') {
            at += at + 1 < ere.n && ere.p[at + 1] == '^' ? 2 : 1;
            at += at < ere.n && ere.p[at] == ']';
            at += span_find(span_from(ere, at), ']');
        } else {
            depth += c == '(';
            depth -= c == ')' && depth;
        }
        if (!depth)
            return at + 1;
    }
    return ere.n;
}

/* The longest run of plain bytes outside groups that every match of `ere` holds. */
static struct span needed_word(struct span ere)
{
    struct span best = { ere.p, 0 };
    size_t begin = 0, at = 0;

    while (at <= ere.n) {
        char c = at < ere.n ? ere.p[at] : '\0';
        bool plain = at < ere.n && !strchr("\\[(.^$?*+{", c);
        size_t run;

        if (plain) {
            at++;
            continue;
        }
        run = at - begin;
        if (run && c && strchr("?*{", c)) /* the byte before it may be absent */
            run--;
        if (run > best.n)
            best = span_make(ere.p + begin, run);
        if (at == ere.n)
            break;
        begin = c == '\\' ? at + 1 : after_part(ere, at);
        if (c == '{')
            begin = at + span_find(span_from(ere, at), '}') + 1;
        at = c == '\\' ? at + 2 : begin;
    }
    return best;
}

static void read_words(const struct bounce_pattern *row, struct prepared *out)
{
    struct span ere = span_of(row->words);
    size_t at = 0, begin = 0;

    out->is_read = true;
    while (at <= ere.n) {
        struct span word;

        if (at < ere.n && ere.p[at] != '|') {
            at = after_part(ere, at);
            continue;
        }
        word =
            span_to(needed_word(span_make(ere.p + begin, at - begin)), NEED_BYTES - 1);
        if (word.n < NEED_BYTES_MIN || out->n == NEEDS_MAX) {
            out->n = 0;
            return;
        }
        memcpy(out->need[out->n++], word.p, word.n);
        begin = ++at;
    }
}

static bool may_match(struct prepared *p, const char *text)
{
    for (size_t i = 0; i < p->n; i++)
        if (strstr(text, p->need[i]))
            return true;
    return p->n == 0;
}

static bool compile(size_t i)
{
    struct prepared *p = &prepared[i];

    if (!p->is_compiled && !p->is_broken) {
        p->is_broken =
            regcomp(&p->expression, patterns[i].words, REG_EXTENDED | REG_NOSUB) != 0;
        p->is_compiled = !p->is_broken;
    }
    return p->is_compiled;
}

bool bounce_pattern_compiles(size_t i)
{
    return compile(i);
}

/* --- codes
 * ---------------------------------------------------------------------------- */

/* "x": anything; "606-649": a range; else the number. */
static bool number_fits(struct span want, struct span have)
{
    struct span low = span_cut(&want, '-');
    uint32_t a, b, n;

    if (span_eq(low, SPAN("x")))
        return true;
    if (!span_u32(have, 999, &n) || !span_u32(low, 999, &a))
        return false;
    return want.p ? span_u32(want, 999, &b) && a <= n && n <= b : a == n;
}

static bool enhanced_fits(struct span want, struct span have)
{
    if (have.p[0] != '4' && have.p[0] != '5') /* 2: it was taken */
        return false;
    while (want.p && have.p)
        if (!number_fits(span_cut(&want, '.'), span_cut(&have, '.')))
            return false;
    return !want.p && !have.p;
}

/* "550", "5xx", "500-504" */
static bool code_fits(struct span want, unsigned code)
{
    char digits[3] = { (char)('0' + code / 100 % 10), (char)('0' + code / 10 % 10),
                       (char)('0' + code % 10) };

    if (!span_ends_ci(want, SPAN("xx")))
        return number_fits(want, span_make(digits, sizeof digits));
    return want.p[0] == digits[0];
}

static bool codes_fit(const char *codes, const struct bounce_wording *reply)
{
    struct span rest = span_of(codes);

    while (rest.p && rest.n) {
        struct span want = span_cut(&rest, ' ');

        if (span_contains(want, '.')
                ? reply->enhanced.n && enhanced_fits(want, reply->enhanced)
                : code_fits(want, reply->code))
            return true;
    }
    return false;
}

bool bounce_pattern_fits(size_t i, const struct bounce_wording *reply,
                         enum bounce_speaker_id speaker)
{
    const struct bounce_pattern *row = &patterns[i];
    struct prepared *p = &prepared[i];

    if (row->codes && !codes_fit(row->codes, reply))
        return false;
    if (!row->words[0])
        return row->speaker == BOUNCE_SPEAKER_NONE || row->speaker == speaker;
    if (!p->is_read)
        read_words(row, p);
    return may_match(p, reply->text) && compile(i) &&
           regexec(&p->expression, reply->text, 0, NULL, 0) == 0;
}

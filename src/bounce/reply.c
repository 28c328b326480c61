/* SPDX-License-Identifier: MIT */
/*
 * reply.c - codes and words of one reply. RFC 5321, 4.2; RFC 3463, 2; RFC 2034, 4.
 */
#include "bounce/reply.h"

#include "bounce/bounce.h"
#include "bounce/text.h"

enum {
    SUBJECT_LAST = 7, /* RFC 3463, 3: a version number has any */
    DIGITS_MAX = 3,
    SIGNS_MAX = 4 /* in front of an enhanced code: "(#5.7.1" */
};

static bool in_word(char c)
{
    return ascii_is_alnum(c) || c == '_' || c == '@' || (uint8_t)c >= 0x80;
}

bool bounce_code_at(struct span s, size_t at, unsigned *code, size_t *end)
{
    const char *p = s.p + at;

    if (s.n < at + 3 || !strchr("245", p[0]) || p[1] < '0' || p[1] > '9' ||
        !ascii_is_digit(p[2]))
        return false;
    if (s.n > at + 3 && (in_word(p[3]) || p[3] == '/' || p[3] == '%' || p[3] == '*'))
        return false;
    if (at && (in_word(p[-1]) || strchr("./-+%$&", p[-1]) ||
               (p[-1] == ':' && at > 1 && ascii_is_digit(p[-2]))))
        return false;
    /* "451.123.4", "550:1:2", "555-1234" */
    if (s.n > at + 4 && ascii_is_digit(p[4]) &&
        (p[3] == '.' || p[3] == ':' || p[3] == ','))
        return false;
    if (s.n > at + 5 && p[3] == '-' && ascii_is_digit(p[4]) && p[5] != '.')
        return false;
    *code = (unsigned)(p[0] - '0') * 100 + (unsigned)(p[1] - '0') * 10 +
            (unsigned)(p[2] - '0');
    *end = at + 3;
    return true;
}

/* One to three digits at *at, which is moved behind them. */
static bool number(struct span s, size_t *at, unsigned *out)
{
    size_t n = 0;

    *out = 0;
    while (*at + n < s.n && ascii_is_digit(s.p[*at + n]) && n <= DIGITS_MAX) {
        *out = *out * 10 + (unsigned)(s.p[*at + n] - '0');
        n++;
    }
    *at += n;
    return n > 0 && n <= DIGITS_MAX;
}

static bool is_at(struct span s, size_t at, char c)
{
    return at < s.n && s.p[at] == c;
}

bool bounce_enhanced_at(struct span s, size_t at, bool behind_code,
                        struct bounce_enhanced *out, size_t *end)
{
    struct bounce_enhanced e = { .class = 0 };

    for (size_t n = 0; n < SIGNS_MAX && at < s.n && strchr("#(<[", s.p[at]); n++)
        at++;
    if (at >= s.n || (s.p[at] != '2' && s.p[at] != '4' && s.p[at] != '5'))
        return false;
    if (at && (in_word(s.p[at - 1]) || s.p[at - 1] == '.'))
        return false;
    e.class = (unsigned)(s.p[at++] - '0');
    if (!is_at(s, at++, '.') || !number(s, &at, &e.subject))
        return false;
    if (!is_at(s, at, '.') && !(behind_code && is_at(s, at, ' ')))
        return false;
    at++;
    if (!number(s, &at, &e.detail))
        return false;
    if (at < s.n && (in_word(s.p[at]) || s.p[at] == '-'))
        return false;
    if (at + 1 < s.n && s.p[at] == '.' && ascii_is_digit(s.p[at + 1]))
        return false;
    *out = e;
    *end = at;
    return true;
}

struct bounce_enhanced bounce_enhanced_of(struct span text, unsigned code)
{
    struct bounce_enhanced e;
    unsigned first;
    size_t at = 0, end;

    if (code && bounce_code_at(text, 0, &first, &at)) {
        while (at < text.n && strchr(" -:\t,b'\"", text.p[at]))
            at++;
        if (bounce_enhanced_at(text, at, true, &e, &end))
            return e;
    }
    for (at = 0; at < text.n; at++)
        if (bounce_enhanced_at(text, at, false, &e, &end) && e.class > 2 &&
            e.subject <= SUBJECT_LAST && (!code || e.class == code / 100))
            return e;
    return (struct bounce_enhanced){ .class = 0 };
}

struct bounce_enhanced bounce_enhanced_better(struct bounce_enhanced reply,
                                              struct bounce_enhanced status)
{
    bool vague = reply.subject == 0 && reply.detail == 0;
    bool more = status.class == reply.class && (status.subject || status.detail);

    if (!reply.class || (vague && more))
        return status;
    return reply;
}

const char *bounce_enhanced_print(struct arena *arena, struct bounce_enhanced e)
{
    return arena_printf(arena, "%u.%u.%u", e.class, e.subject, e.detail);
}

static bool is_same(struct bounce_enhanced a, struct bounce_enhanced b)
{
    return a.class == b.class && a.subject == b.subject && a.detail == b.detail;
}

/*
 * Length of a code that is repeated at `at`, its enhanced code and the blank behind it
 * included; 0. "550-" goes wherever it stands in front of a word, "550 " only where a
 * line began or the same enhanced code follows.
 */
static size_t repeated(struct span s, size_t at, unsigned code,
                       struct bounce_enhanced first, bool line_begins)
{
    struct bounce_enhanced e;
    unsigned again;
    size_t end, enhanced;
    bool hyphen, same = false;

    if (line_begins && first.class && bounce_enhanced_at(s, at, false, &e, &end) &&
        is_same(e, first))
        return end - at;
    if (!bounce_code_at(s, at, &again, &end) || again != code)
        return 0;
    hyphen = is_at(s, end, '-');
    if (!hyphen && end < s.n && s.p[end] != ' ' && s.p[end] != '\t')
        return 0;
    if (end < s.n)
        end++;
    if (bounce_enhanced_at(s, end, false, &e, &enhanced)) {
        same = is_same(e, first);
        if (same)
            end = enhanced;
    }
    return hyphen || line_begins || same || is_at(s, 3, '-') ? end - at : 0;
}

bool bounce_reply_is_late(const struct bounce_reply *r)
{
    return (r->enhanced.subject == 4 && r->enhanced.detail == 7) ||
           bounce_find(r->text, 0, "message expired") < r->text.n;
}

/*
 * A reply that only says that time is up may quote the one that all tries met:
 * "554 4.4.7 Message expired <421 4.4.2 Connection timed out>", "{LED=450 4.7.26 ...",
 * "550 5.4.300 Message expired -> 451 4.7.500 Server busy". Then that is the cause.
 */
static void look_inside(struct bounce_reply *r)
{
    static const char *const signs[] = { "<", "led=", "-> " };
    bool is_late = bounce_reply_is_late(r);

    for (size_t k = 0; is_late && k < sizeof signs / sizeof *signs; k++)
        for (size_t at = bounce_find(r->text, 0, signs[k]); at < r->text.n;
             at = bounce_find(r->text, at + 1, signs[k])) {
            struct span inner = span_from(r->text, at + strlen(signs[k]));
            unsigned code;
            size_t end;

            if (!bounce_code_at(inner, 0, &code, &end))
                continue;
            r->code = code;
            r->enhanced = bounce_enhanced_of(inner, code);
            return;
        }
}

/* "(550, b'5.7.26 ..." of a Python program: length of what stands between. */
static size_t python_glue(struct span s, size_t at)
{
    size_t n = 0;

    if (!is_at(s, at, ','))
        return 0;
    for (n = 1; is_at(s, at + n, ' '); n++)
        ;
    n += is_at(s, at + n, 'b');
    return is_at(s, at + n, '\'') || is_at(s, at + n, '"') ? n + 1 : 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

enum ac_status bounce_reply_make(struct span lines, struct arena *arena,
                                 struct bounce_reply *out)
{
    struct bounce_enhanced first;
    size_t n = 0, end;
    bool line_begins = false;
    char *p, quote = 0;

    lines = span_to(bounce_trim(lines), BOUNCE_TEXT_MAX * 2);
    out->code = 0;
    if (!bounce_code_at(lines, 0, &out->code, &end))
        out->code = 0;
    out->enhanced = first = bounce_enhanced_of(lines, out->code);
    p = arena_alloc(arena, lines.n + 1);
    if (!p)
        return AC_ENOMEM;
    for (size_t i = 0; i < lines.n && n < BOUNCE_TEXT_MAX;) {
        size_t skip = 0;

        if (out->code && i == 3 && (skip = python_glue(lines, i)) > 0) {
            p[n++] = ' ';
            i += skip;
            quote = lines.p[i - 1];
            continue;
        }
        if (out->code && n > 4 && is_blank(lines.p[i - 1]))
            skip = repeated(lines, i, out->code, first, line_begins);
        if (skip) {
            i += skip;
            line_begins = false;
            continue;
        }
        if (!is_blank(lines.p[i])) {
            p[n++] = lines.p[i];
            line_begins = false;
        } else {
            line_begins = line_begins || lines.p[i] == '\n';
            if (n && p[n - 1] != ' ')
                p[n++] = ' ';
        }
        i++;
    }
    out->text = bounce_trim(span_make(p, n));
    if (quote && span_find_last(out->text, quote) > 3)
        out->text = span_to(out->text, span_find_last(out->text, quote));
    look_inside(out);
    return AC_OK;
}

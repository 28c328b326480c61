/* SPDX-License-Identifier: MIT */
/*
 * text.c - charsets, line ends and walking lines. RFC 2045; RFC 3629.
 */
#include "bounce/text.h"

#include <errno.h>
#include <iconv.h>

enum {
    CHARSET_MAX = 40,
    HIGH_FIRST = 0xd800, /* surrogates, RFC 2781 */
    LOW_FIRST = 0xdc00,
    LOW_LAST = 0xdfff
};

struct span bounce_line(struct span *rest)
{
    struct span line = span_cut(rest, '\n');

    while (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

struct span bounce_trim(struct span s)
{
    return span_trim(s, " \t\r\n");
}

/* Most bytes are no beginning of the word: they are told by two comparisons. */
size_t bounce_find(struct span s, size_t from, const char *what)
{
    struct span w = span_of(what);
    char small, large;

    if (!w.n || from > s.n)
        return s.n;
    small = ascii_lower(w.p[0]);
    large = small >= 'a' && small <= 'z' ? (char)(small - 'a' + 'A') : small;
    for (size_t i = from; i + w.n <= s.n; i++)
        if ((s.p[i] == small || s.p[i] == large) && span_starts_ci(span_from(s, i), w))
            return i;
    return s.n;
}

enum ac_status bounce_squeeze(struct arena *arena, struct span s, size_t max,
                              struct span *out)
{
    char *p;
    size_t n = 0;

    *out = span_make(NULL, 0);
    if (!s.p)
        return AC_OK;
    p = arena_alloc(arena, (s.n < max ? s.n : max) + 1);
    if (!p)
        return AC_ENOMEM;
    s = bounce_trim(s);
    for (size_t i = 0; i < s.n && n < max; i++) {
        bool blank =
            s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r';

        if (!blank)
            p[n++] = s.p[i];
        else if (n && p[n - 1] != ' ')
            p[n++] = ' ';
    }
    *out = bounce_trim(span_make(p, n));
    return AC_OK;
}

size_t bounce_text_utf16(unsigned unit, unsigned *half, char *out)
{
    unsigned long c = unit;

    if (unit >= HIGH_FIRST && unit < LOW_FIRST) {
        *half = unit;
        return 0;
    }
    if (unit >= LOW_FIRST && unit <= LOW_LAST) {
        c = *half ? 0x10000ul + ((*half - HIGH_FIRST) << 10) + (unit - LOW_FIRST) : '?';
        *half = 0;
    }
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

enum ac_status bounce_text_unmark(struct arena *arena, struct span bytes,
                                  struct span *out)
{
    bool little = span_starts(bytes, SPAN("\xff\xfe"));
    unsigned half = 0;
    size_t n = 0;
    char *p;

    *out = bytes;
    if (!little && !span_starts(bytes, SPAN("\xfe\xff")))
        return AC_OK;
    /* A unit of two bytes is three at most; a pair of them is four. */
    p = arena_alloc(arena, bytes.n / 2 * 3 + 4);
    if (!p)
        return AC_ENOMEM;
    for (size_t i = 2; i + 1 < bytes.n; i += 2) {
        unsigned a = (uint8_t)bytes.p[i], b = (uint8_t)bytes.p[i + 1];

        n += bounce_text_utf16(little ? b << 8 | a : a << 8 | b, &half, p + n);
    }
    *out = span_make(p, n);
    return AC_OK;
}

/* Is it a charset that needs turning, by a name that libc may be asked about? */
static bool is_foreign(struct span charset)
{
    if (!charset.n || charset.n > CHARSET_MAX || span_eq_ci(charset, SPAN("utf-8")) ||
        span_eq_ci(charset, SPAN("us-ascii")))
        return false;
    for (size_t i = 0; i < charset.n; i++)
        if (!ascii_is_alnum(charset.p[i]) && !strchr("-_.:", charset.p[i]))
            return false;
    return true;
}

static bool is_ascii(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((uint8_t)s.p[i] >= 0x80 || s.p[i] == '\x1b')
            return false;
    return true;
}

/* What cannot be read is a question mark, and the reading goes on behind it. */
static size_t convert(iconv_t with, struct span from, char *to, size_t size)
{
    /* iconv takes a pointer that could write, and does not. */
    union {
        const char *given;
        char *taken;
    } in = { .given = from.p };
    size_t left = from.n, room = size;

    while (left && room) {
        size_t done = iconv(with, &in.taken, &left, &to, &room);

        if (done != (size_t)-1 || errno == E2BIG || !left || !room)
            break;
        *to++ = '?';
        room--;
        in.given++;
        left--;
    }
    return size - room;
}

static enum ac_status decode(struct arena *arena, struct span charset,
                             struct span bytes, struct span *out)
{
    char name[CHARSET_MAX + 1];
    size_t size = bytes.n * 3 + 4; /* a byte of any single-byte charset is three */
    iconv_t with;
    char *p;

    *out = bytes;
    if (!is_foreign(charset) || is_ascii(bytes))
        return AC_OK;
    memcpy(name, charset.p, charset.n);
    name[charset.n] = '\0';
    with = iconv_open("UTF-8", name);
    if (with == (iconv_t)-1)
        return AC_OK;
    p = arena_alloc(arena, size);
    if (p)
        *out = span_make(p, convert(with, bytes, p, size));
    iconv_close(with);
    return p ? AC_OK : AC_ENOMEM;
}

/* Characters that only look like ASCII, and those that are not seen. */
static const struct {
    const char *from, *to;
} alike[] = {
    { "\xc2\xa0", " " },      { "\xe2\x80\x98", "'" },  { "\xe2\x80\x99", "'" },
    { "\xe2\x80\x9c", "\"" }, { "\xe2\x80\x9d", "\"" }, { "\xe2\x80\x90", "-" },
    { "\xe2\x80\x91", "-" },  { "\xe2\x80\x92", "-" },  { "\xe2\x80\x93", "-" },
    { "\xe2\x80\x94", "-" },  { "\xe2\x80\x8b", "" },   { "\xe2\x80\xaf", " " },
    { "\xef\xbb\xbf", "" },   { "\xe2\x80\xa8", "\n" }, { "\xef\xbc\x9a", ":" },
    { "\xef\xbc\x88", "(" },  { "\xef\xbc\x89", ")" },  { "\xe3\x80\x80", " " },
};

/* Length of the character at the start of s that has a twin in ASCII; 0. */
static size_t twin(struct span s, const char **to)
{
    if ((uint8_t)s.p[0] < 0xc2)
        return 0;
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++)
        if (span_starts(s, span_of(alike[i].from))) {
            *to = alike[i].to;
            return strlen(alike[i].from);
        }
    return 0;
}

/* "\n550 ", "\r\n550-" and "\n5.7.26 ": a line end as it is written in logs. Its
 * length, or 0. */
static size_t written_end(struct span s)
{
    size_t n = span_starts(s, SPAN("\\r\\n")) ? 4 : span_starts(s, SPAN("\\n")) ? 2 : 0;

    if (!n || s.n < n + 4 || !ascii_is_digit(s.p[n]))
        return 0;
    if (s.p[n + 1] == '.' && ascii_is_digit(s.p[n + 2]))
        return n;
    if (!ascii_is_digit(s.p[n + 1]) || !ascii_is_digit(s.p[n + 2]))
        return 0;
    return s.p[n + 3] == ' ' || s.p[n + 3] == '-' ? n : 0;
}

/* Does the byte stand for itself, whatever comes next? */
static bool is_plain(char c)
{
    return c != '\\' && c != '\r' && c != '\0' && (uint8_t)c < 0xc2;
}

/* What is written otherwise: how many bytes, and what stands in their place. */
static size_t special(struct span s, const char **to)
{
    size_t taken = written_end(s);

    if (!taken)
        taken = twin(s, to);
    /* A wild CR before CRLF, as some gateways write, is no line of its own. */
    if (!taken && s.p[0] == '\r')
        taken = span_starts(s, SPAN("\r\r\n")) ? 3
                : span_starts(s, SPAN("\r\n")) ? 2
                                               : 1;
    return taken;
}

enum ac_status bounce_text(struct arena *arena, struct span charset, struct span bytes,
                           struct span *out)
{
    size_t n = 0;
    char *p;

    TRY(decode(arena, charset, bytes, &bytes));
    p = arena_alloc(arena, bytes.n + 1);
    if (!p)
        return AC_ENOMEM;
    for (size_t i = 0; i < bytes.n;) {
        struct span rest = span_from(bytes, i);
        const char *to = "\n";
        size_t taken;

        if (is_plain(rest.p[0])) {
            p[n++] = rest.p[0];
            i++;
            continue;
        }
        taken = special(rest, &to);
        if (taken) {
            memcpy(p + n, to, strlen(to));
            n += strlen(to);
        } else {
            p[n++] = rest.p[0] ? rest.p[0] : ' ';
            taken = 1;
        }
        i += taken;
    }
    *out = span_make(p, n);
    return AC_OK;
}

/* SPDX-License-Identifier: MIT */
/*
 * json.c - writing JSON (RFC 8259) into a buffer, by rows and brackets.
 */
#include "report/json.h"

void json_init(struct json *j, struct buf *out, bool compact)
{
    *j = (struct json){ .out = out, .compact = compact, .first = true };
}

static void new_line(struct json *j)
{
    buf_putc(j->out, '\n');
    for (unsigned i = 0; i < j->depth; i++)
        buf_puts(j->out, "  ");
}

/* Bytes of the UTF-8 sequence at the start of s that may be shown as it is; 0: none
 * may. Overlong forms, surrogates and C1 controls are none (RFC 3629, 3). */
static size_t utf8_length(struct span s)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint8_t c = (uint8_t)s.p[0];
    size_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 0;
    uint32_t code = n > 1 ? c & (0x7fu >> n) : c;

    if (!n || n > s.n || c >= 0xf8)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if (((uint8_t)s.p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | ((uint8_t)s.p[i] & 0x3f);
    }
    if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    return code < 0x20 || (code >= 0x7f && code < 0xa0) ? 0 : n;
}

/* Does one of eight bytes not stand for itself: a control, a byte over 0x7e, a quote, a
 * backslash? Each test leaves the high bit of the bytes that it is true for. */
static bool needs_escape(const char *p)
{
    const uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
    uint64_t word, quote, backslash;

    memcpy(&word, p, sizeof word);
    quote = word ^ ones * '"';
    backslash = word ^ ones * '\\';
    return ((word | (word + ones) | (word - ones * 0x20) | (quote - ones) |
             (backslash - ones)) &
            high) != 0;
}

/* Bytes at the start of s that stand for themselves: nearly all of them do. */
static size_t plain_length(struct span s)
{
    size_t n = 0;

    while (n + sizeof(uint64_t) <= s.n && !needs_escape(s.p + n))
        n += sizeof(uint64_t);
    while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7f && s.p[n] != '"' &&
           s.p[n] != '\\')
        n++;
    return n;
}

static void put_escaped(struct buf *b, struct span s)
{
    while (s.n) {
        size_t plain = plain_length(s), n;

        buf_put(b, span_to(s, plain));
        s = span_from(s, plain);
        if (!s.n)
            return;
        n = utf8_length(s);
        if (s.p[0] == '"' || s.p[0] == '\\')
            buf_putc(b, '\\');
        if (n)
            buf_put(b, span_to(s, n));
        else
            buf_printf(b, "\\u%04x", (uint8_t)s.p[0]);
        s = span_from(s, n ? n : 1);
    }
}

static void put_string(struct buf *b, struct span s)
{
    char *p;

    if (plain_length(s) < s.n) {
        buf_putc(b, '"');
        put_escaped(b, s);
        buf_putc(b, '"');
        return;
    }
    p = buf_more(b, s.n + 2);
    if (!p)
        return;
    p[0] = '"';
    memcpy(p + 1, s.p, s.n);
    p[s.n + 1] = '"';
    buf_took(b, s.n + 2);
}

/* The comma and the line before a value. */
static void separate(struct json *j)
{
    if (!j->first)
        buf_put(j->out, j->compact && j->depth ? SPAN(", ") : SPAN(","));
    if (j->depth && !j->compact)
        new_line(j);
    j->first = false;
}

/* All that stands before a value. A key is a word of ours, with nothing to escape. */
static void begin(struct json *j, const char *key)
{
    size_t n = key ? strlen(key) : 0;
    char *p;

    if (!key || !j->compact || j->first) {
        separate(j);
        p = key ? buf_more(j->out, n + 4) : NULL;
    } else { /* nearly always, so in one go */
        p = buf_more(j->out, n + 6);
        if (p) {
            *p++ = ',';
            *p++ = ' ';
            buf_took(j->out, 2);
        }
    }
    if (!p)
        return;
    p[0] = '"';
    memcpy(p + 1, key, n);
    memcpy(p + 1 + n, "\": ", 3);
    buf_took(j->out, n + 4);
}

void json_open(struct json *j, const char *key, char bracket)
{
    begin(j, key);
    buf_putc(j->out, bracket);
    j->depth++;
    j->first = true;
}

void json_close(struct json *j, char bracket)
{
    bool empty = j->first;

    j->depth--;
    if (!empty && !j->compact)
        new_line(j);
    buf_putc(j->out, bracket);
    j->first = false;
}

void json_span(struct json *j, const char *key, struct span value)
{
    if (!value.p) {
        json_absent(j, key);
        return;
    }
    begin(j, key);
    put_string(j->out, value);
}

void json_text(struct json *j, const char *key, const char *value)
{
    json_span(j, key, span_of(value));
}

void json_int(struct json *j, const char *key, long long value)
{
    char digits[24], *p = digits + sizeof digits;
    unsigned long long rest =
        value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value;

    begin(j, key);
    do
        *--p = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--p = '-';
    buf_put(j->out, span_make(p, (size_t)(digits + sizeof digits - p)));
}

void json_ms(struct json *j, const char *key, int64_t us)
{
    begin(j, key);
    buf_printf(j->out, "%lld.%lld", (long long)us / 1000, (long long)us % 1000 / 100);
}

void json_bool(struct json *j, const char *key, bool value)
{
    begin(j, key);
    buf_puts(j->out, value ? "true" : "false");
}

void json_tri(struct json *j, const char *key, enum ac_tri value)
{
    if (value == AC_MAYBE)
        json_absent(j, key);
    else
        json_bool(j, key, value == AC_YES);
}

void json_absent(struct json *j, const char *key)
{
    begin(j, key);
    buf_puts(j->out, "null");
}

void json_raw(struct json *j, const char *key, struct span value)
{
    begin(j, key);
    buf_put(j->out, value.p ? value : SPAN("null"));
}

void json_member(struct json *j, struct span key, struct span value)
{
    separate(j);
    put_string(j->out, key);
    buf_puts(j->out, ": ");
    if (value.p)
        put_string(j->out, value);
    else
        buf_puts(j->out, "null");
}

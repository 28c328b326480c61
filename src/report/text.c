/* SPDX-License-Identifier: MIT */
/*
 * text.c - escaping, colour and wrapping for people's eyes.
 */
#include "report/text.h"

enum {
    TEXT_COLUMNS = 88,
    TEXT_LINE_MAX = 1 << 20
};

void text_escape(struct buf *out, struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c >= ' ' && c < 0x7f)
            buf_putc(out, (char)c);
        else
            buf_printf(out, "\\x%02x", c);
    }
}

__attribute__((format(printf, 2, 0))) static void escaped_format(struct buf *line,
                                                                 const char *format,
                                                                 va_list args)
{
    struct buf raw;

    buf_init(&raw, TEXT_LINE_MAX);
    buf_init(line, (size_t)4 * TEXT_LINE_MAX);
    buf_vprintf(&raw, format, args);
    text_escape(line, buf_span(&raw));
    if (raw.status != AC_OK)
        line->status = raw.status;
    buf_free(&raw);
}

void text_line(struct text *t, const char *format, ...)
{
    struct buf line;
    va_list args;

    va_start(args, format);
    escaped_format(&line, format, args);
    va_end(args);
    buf_put(t->out, buf_span(&line));
    buf_putc(t->out, '\n');
    if (line.status != AC_OK)
        t->out->status = line.status;
    buf_free(&line);
}

void text_wrap(struct text *t, unsigned at, unsigned indent, const char *format, ...)
{
    struct buf line;
    struct span rest;
    va_list args;
    size_t column = at;

    va_start(args, format);
    escaped_format(&line, format, args);
    va_end(args);
    rest = buf_span(&line);
    while (rest.n && rest.p[0] == ' ') {
        buf_putc(t->out, ' ');
        rest = span_from(rest, 1);
        column++;
    }
    for (bool first = true; rest.p; first = false) {
        struct span word = span_cut(&rest, ' ');

        if (!first && column + 1 + word.n > TEXT_COLUMNS) {
            buf_printf(t->out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            buf_putc(t->out, ' ');
            column++;
        }
        buf_put(t->out, word);
        column += word.n;
    }
    buf_putc(t->out, '\n');
    if (line.status != AC_OK)
        t->out->status = line.status;
    buf_free(&line);
}

void text_color(struct text *t, enum text_color color)
{
    static const char *const code[] = { "0", "1", "2", "1;32", "1;33", "1;31" };

    if (t->options->color)
        buf_printf(t->out, "\033[%sm", code[color]);
}

const char *text_verdict(enum verdict v)
{
    switch (v) {
    case VERDICT_ACCEPT:
        return "ACCEPT";
    case VERDICT_SPAM:
        return "SPAM FOLDER";
    case VERDICT_DEFER:
        return "DEFER";
    case VERDICT_UNKNOWN:
        return "UNKNOWN";
    case VERDICT_REJECT:
        break;
    }
    return "REJECT";
}

const char *text_gloss(const struct audit_result *r)
{
    static const char *const accepted[] = {
        [AC_NO] = "not authenticated, but no policy asks this receiver to refuse it",
        [AC_MAYBE] = ("perhaps not authenticated, but no policy asks this receiver to "
                      "refuse it"),
        [AC_YES] = "nothing in SPF, DKIM or DMARC makes this receiver refuse the mail",
    };

    for (size_t i = 0; r->verdict == VERDICT_ACCEPT && i < r->n_predictions; i++)
        if (r->prediction[i].verdict != VERDICT_ACCEPT)
            return "nothing certain refuses it, but a receiver may: see Receivers";
    switch (r->verdict) {
    case VERDICT_ACCEPT:
        return accepted[r->dmarc[DMARC_RFC9989].mail.authenticated];
    case VERDICT_SPAM:
        return "accepted, then filed as spam: the policy asks for quarantine";
    case VERDICT_DEFER:
    case VERDICT_REJECT:
        return "";
    case VERDICT_UNKNOWN:
        break;
    }
    return "the DNS did not answer something that the verdict hangs on";
}

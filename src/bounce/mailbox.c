/* SPDX-License-Identifier: MIT */
/*
 * mailbox.c - an mbox (RFC 4155, A) or a single text, read in chunks.
 *
 * A message begins at a line "From " with a time in it, at the start or behind an empty
 * line; words in a message that happen to begin so have no time.
 */
#include "bounce/mailbox.h"

#include "bounce/bounce.h"
#include "bounce/text.h"

#include <errno.h>
#include <stdlib.h>

enum {
    CHUNK = 64 * 1024,
    LOOK = 512 /* bytes of a line that tell whether it begins a message */
};

enum encoding {
    BYTES,
    UTF16_LITTLE,
    UTF16_BIG
};

struct bounce_mailbox {
    FILE *in;
    bool started, at_end, is_mbox;
    enum encoding encoding;
    unsigned half;   /* of a pair of UTF-16 */
    int error;       /* of the file; 0 */
    size_t from, to; /* what of the text is not taken yet */
    char text[2 * CHUNK];
    uint8_t raw[CHUNK / 2]; /* as it is in the file */
};

struct bounce_mailbox *bounce_mailbox_new(FILE *in)
{
    struct bounce_mailbox *m = calloc(1, sizeof *m);

    if (m)
        m->in = in;
    return m;
}

void bounce_mailbox_free(struct bounce_mailbox *m)
{
    free(m);
}

bool bounce_mailbox_is_mbox(const struct bounce_mailbox *m)
{
    return m->is_mbox;
}

static void decode(struct bounce_mailbox *m, struct span raw)
{
    if (m->encoding == BYTES) {
        memcpy(m->text + m->to, raw.p, raw.n);
        m->to += raw.n;
        return;
    }
    for (size_t i = 0; i + 1 < raw.n; i += 2) {
        unsigned a = (uint8_t)raw.p[i], b = (uint8_t)raw.p[i + 1];
        unsigned unit = m->encoding == UTF16_LITTLE ? b << 8 | a : a << 8 | b;

        m->to += bounce_text_utf16(unit, &m->half, m->text + m->to);
    }
}

/* At least LOOK bytes of text, or all that is left. A raw chunk is even, and half of
 * the text is room for three bytes a unit. */
static void fill(struct bounce_mailbox *m)
{
    while (m->to - m->from < LOOK && !m->at_end) {
        struct span raw;

        memmove(m->text, m->text + m->from, m->to - m->from);
        m->to -= m->from;
        m->from = 0;
        errno = 0;
        raw = span_make(m->raw, fread(m->raw, 1, sizeof m->raw, m->in));
        m->at_end = raw.n < sizeof m->raw;
        m->error = ferror(m->in) ? (errno ? errno : EIO) : 0;
        if (!m->started) {
            m->encoding = span_starts(raw, SPAN("\xff\xfe"))   ? UTF16_LITTLE
                          : span_starts(raw, SPAN("\xfe\xff")) ? UTF16_BIG
                                                               : BYTES;
            raw = span_from(raw, m->encoding == BYTES ? 0 : 2);
            m->started = true;
        }
        decode(m, raw);
    }
}

static struct span ahead(const struct bounce_mailbox *m)
{
    return span_make(m->text + m->from, m->to - m->from);
}

/* "From user@example.com Thu Jan  1 00:00:00 2026" */
static bool is_from_line(struct span s)
{
    s = span_to(s, span_find(span_to(s, LOOK), '\n'));
    if (!span_starts(s, SPAN("From ")))
        return false;
    for (size_t i = 5; i + 2 < s.n; i++)
        if (s.p[i] == ':' && ascii_is_digit(s.p[i - 1]) && ascii_is_digit(s.p[i + 1]) &&
            ascii_is_digit(s.p[i + 2]))
            return true;
    return false;
}

/* "From " at the start of a line was written ">From ", and that ">>From ". */
static bool is_stuffed(struct span line)
{
    struct span rest = line;

    while (rest.n && rest.p[0] == '>')
        rest = span_from(rest, 1);
    return rest.n < line.n && span_starts(rest, SPAN("From "));
}

/* One line, its end included, however long: into `out` what it has room for. */
static void take_line(struct bounce_mailbox *m, struct buf *out, bool *cut, bool *empty)
{
    size_t most = out->cap < BOUNCE_BYTES_MAX ? out->cap : BOUNCE_BYTES_MAX;
    bool first = true;

    for (;;) {
        struct span s = ahead(m);
        size_t n = span_find(s, '\n');
        bool ends = n < s.n;
        struct span piece = span_to(s, ends ? n + 1 : n);

        if (first && m->is_mbox && is_stuffed(piece))
            piece = span_from(piece, 1);
        if (first)
            *empty = span_eq(piece, SPAN("\n")) || span_eq(piece, SPAN("\r\n"));
        first = false;
        if (piece.n > most - out->n) {
            *cut = true;
            piece = span_to(piece, most - out->n);
        }
        buf_put(out, piece);
        m->from += ends ? n + 1 : n;
        fill(m);
        if (ends || m->from == m->to)
            return;
    }
}

static void skip_line(struct bounce_mailbox *m)
{
    for (bool ends = false; !ends && m->from < m->to; fill(m)) {
        size_t n = span_find(ahead(m), '\n');

        ends = n < ahead(m).n;
        m->from += ends ? n + 1 : n;
    }
}

enum ac_status bounce_mailbox_next(struct bounce_mailbox *m, struct buf *out, bool *cut)
{
    bool first = !m->started, empty = false;

    out->n = 0;
    out->status = AC_OK;
    *cut = false;
    fill(m);
    if (first)
        m->is_mbox = is_from_line(ahead(m));
    if (m->from < m->to && m->is_mbox)
        skip_line(m);
    else if (m->from == m->to && !m->error)
        return AC_ELIMIT;
    while (m->from < m->to && !m->error && out->status == AC_OK) {
        if (m->is_mbox && empty && is_from_line(ahead(m)))
            return AC_OK;
        /* What is behind the most that is read of a single message matters to nobody.
         */
        if (!m->is_mbox && *cut) {
            m->from = m->to = 0;
            m->at_end = true;
            break;
        }
        take_line(m, out, cut, &empty);
    }
    if (m->error) {
        errno = m->error;
        return AC_EIO;
    }
    return out->status;
}

/* SPDX-License-Identifier: MIT */
/*
 * buf.c - growing output with a cap and a sticky error.
 */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *b, size_t cap)
{
    *b = (struct buf){ .cap = cap };
}

void buf_free(struct buf *b)
{
    free(b->p);
    buf_init(b, b->cap);
}

/* Room for `more` bytes and the NUL; false and the error noted where there is none. */
static bool buf_room(struct buf *b, size_t more)
{
    size_t size = b->size ? b->size : 256;
    char *p;

    if (b->status != AC_OK)
        return false;
    if (more > b->cap - b->n) {
        b->status = AC_ELIMIT;
        return false;
    }
    if (b->n + more < b->size)
        return true;
    while (size <= b->n + more)
        size *= 2;
    p = realloc(b->p, size);
    if (!p) {
        b->status = AC_ENOMEM;
        return false;
    }
    b->p = p;
    b->size = size;
    return true;
}

char *buf_more(struct buf *b, size_t n)
{
    return buf_room(b, n) ? b->p + b->n : NULL;
}

void buf_took(struct buf *b, size_t n)
{
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_put(struct buf *b, struct span s)
{
    char *p = buf_more(b, s.n);

    if (!p)
        return;
    if (s.n)
        memcpy(p, s.p, s.n);
    buf_took(b, s.n);
}

void buf_puts(struct buf *b, const char *text)
{
    buf_put(b, span_of(text));
}

void buf_putc(struct buf *b, char c)
{
    buf_put(b, span_make(&c, 1));
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
    size_t room = b->status == AC_OK ? b->size - b->n : 0;
    va_list again;
    int n;

    va_copy(again, args);
    n = vsnprintf(room ? b->p + b->n : NULL, room, format, args);
    if (n >= 0 && buf_room(b, (size_t)n)) {
        if ((size_t)n >= room) /* it did not fit at once */
            vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
        b->n += (size_t)n;
    } else if (room) {
        b->p[b->n] = '\0';
    }
    va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    buf_vprintf(b, format, args);
    va_end(args);
}

const char *buf_text(const struct buf *b)
{
    return b->n ? b->p : "";
}

struct span buf_span(const struct buf *b)
{
    return span_make(buf_text(b), b->n);
}

/* SPDX-License-Identifier: MIT */
/*
 * buf.h - growing output with a cap and a sticky error: write on, ask once at the end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/span.h"
#include "base/status.h"

#include <stdarg.h>

struct buf {
    char *p;  /* NUL-terminated once anything was written */
    size_t n; /* bytes written, the NUL not counted */
    size_t size;
    size_t cap;            /* most bytes that n may reach */
    enum ac_status status; /* AC_ENOMEM or AC_ELIMIT once a write failed; sticky */
};

void buf_init(struct buf *b, size_t cap);
void buf_free(struct buf *b);

/* Room for n bytes at the end, to be filled by the caller and told to
 * buf_took; NULL as when a write fails. */
char *buf_more(struct buf *b, size_t n);
void buf_took(struct buf *b, size_t n);

/* After a failed write these do nothing; the text then ends where it failed. */
void buf_put(struct buf *b, struct span s);
void buf_puts(struct buf *b, const char *text);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* What was written; "" if nothing was. Lives until the next write or buf_free. */
const char *buf_text(const struct buf *b);
struct span buf_span(const struct buf *b);

#endif

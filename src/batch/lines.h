/* SPDX-License-Identifier: MIT */
/*
 * lines.h - the lines of a file or a pipe, of any length and any bytes, in bounded
 * memory. It never waits unless it is told to, so that audits under way go on while a
 * slow writer of the input thinks.
 */
#ifndef BATCH_LINES_H
#define BATCH_LINES_H

#include "base/span.h"
#include "base/status.h"

struct lines {
    int fd;
    const char *name;  /* for messages */
    char *p;           /* bytes read and not yet taken: */
    size_t start, end; /* of them */
    size_t size;
    size_t max; /* bytes of a line that are kept, and of lines looked at at once */
    bool eof;
    bool skipping;   /* the rest of a line that was too long is still to come */
    uint64_t number; /* of the next line; the first is 1 */
    uint64_t bytes;  /* taken so far */
    uint64_t total;  /* of a regular file; 0: nobody knows */
};

enum lines_status {
    LINES_LINE,
    LINES_WAIT,  /* nothing there yet */
    LINES_END,   /* no further line */
    LINES_FAILED /* errno says why */
};

struct line {
    struct span text; /* without LF and the CR before it; until the next call */
    size_t n;         /* bytes with its end: where the next line begins */
    bool too_long;    /* over the most: text is its beginning */
    bool ended;       /* by a line feed, not by the end of the file */
};

/* path NULL or "-": standard input; max: bytes of a line that are kept. AC_EIO with
 * errno; AC_ENOMEM. */
enum ac_status lines_open(struct lines *l, const char *path, size_t max) AC_MUST_USE;
void lines_close(struct lines *l);

/*
 * Look at the line `ahead` bytes behind the next one, without taking it; 0 is the next.
 * wait: up to a second for one, or until a signal comes (LINES_WAIT). A line that would
 * end more than max bytes ahead is too long.
 */
enum lines_status lines_peek(struct lines *l, size_t ahead, bool wait,
                             struct line *out) AC_MUST_USE;

/* Take n bytes that lines_peek has shown, which are so many lines. */
void lines_take(struct lines *l, size_t n, unsigned lines);

/* Drop the first n bytes of the next line, which lines_peek has shown. */
void lines_drop(struct lines *l, size_t n);

#endif

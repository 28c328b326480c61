/* SPDX-License-Identifier: MIT */
/*
 * writer.h - whole rows to a file or a pipe. What could not be written whole is taken
 * back where the output is a regular file; a slow reader of a pipe is never waited for
 * unless it is said so, since audits are under way meanwhile.
 */
#ifndef BATCH_WRITER_H
#define BATCH_WRITER_H

#include "base/buf.h"

#include <sys/types.h>

enum {
    WRITER_ERROR_MAX = 512
};

struct writer {
    int fd;
    const char *name;
    bool opened;                  /* by us */
    bool regular;                 /* a file, whose writes do not block */
    struct buf rows;              /* rows are printed to its end: see writer_put */
    size_t put;                   /* bytes of `rows` that are whole rows, ... */
    size_t written;               /* ... and those of them that are out */
    char error[WRITER_ERROR_MAX]; /* one line, foreign bytes in it */
};

/*
 * path NULL: standard output. keep: bytes of the file that stay, the rest is cut off; 0
 * begins it anew. A file that another run is writing is left alone. AC_EIO with
 * w->error.
 */
enum ac_status writer_open(struct writer *w, const char *path, off_t keep) AC_MUST_USE;

/* What was printed into w->rows since the last call is a row; a row that could not be
 * printed whole is dropped: AC_ENOMEM. */
enum ac_status writer_put(struct writer *w) AC_MUST_USE;

/* Is all written that was put? */
bool writer_is_empty(const struct writer *w);

/* Is so much unwritten that no row should be added? */
bool writer_is_full(const struct writer *w);

/* Is there so much that a write is worth its while? */
bool writer_is_ready(const struct writer *w);

/* Write rows; wait: up to a second for a slow reader, until a signal comes. AC_OK: all
 * are out; AC_PENDING: some are not; AC_EIO with w->error. */
enum ac_status writer_flush(struct writer *w, bool wait) AC_MUST_USE;

/* AC_EIO with w->error where the file could not be closed. What is not flushed is lost.
 */
enum ac_status writer_close(struct writer *w) AC_MUST_USE;

#endif

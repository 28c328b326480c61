/* SPDX-License-Identifier: MIT */
/*
 * writer.c - rows gather in a buffer, and go out in large writes to a file, or in
 * pieces that a pipe takes without blocking.
 */
#include "batch/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    READY_SIZE = 1 << 16,
    FULL_SIZE = 1 << 20,
    ROWS_MAX = 256 << 20,
    NAME_SHOWN_MAX = 200,
    WAIT_MS = 1000
};

static enum ac_status failed(struct writer *w)
{
    snprintf(
        w->error, sizeof w->error,
        "\"%.*s\": cannot be written (%s); expected a file or device that takes it",
        NAME_SHOWN_MAX, w->name, strerror(errno));
    return AC_EIO;
}

/* Is another process writing rows there? Else it is ours until we end, however that is.
 * A file system without locks is taken at its word. */
static bool is_taken(int fd)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    return fcntl(fd, F_SETLK, &whole) != 0 && (errno == EAGAIN || errno == EACCES);
}

enum ac_status writer_open(struct writer *w, const char *path, off_t keep)
{
    struct stat st;

    *w = (struct writer){ .fd = STDOUT_FILENO, .name = "standard output" };
    buf_init(&w->rows, ROWS_MAX);
    if (path) {
        w->name = path;
        w->opened = true;
        w->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    }
    if (w->fd < 0 || fstat(w->fd, &st) != 0)
        return failed(w);
    w->regular = S_ISREG(st.st_mode);
    if (!path || !w->regular)
        return AC_OK;
    if (is_taken(w->fd)) {
        snprintf(w->error, sizeof w->error,
                 "\"%.*s\": another run is writing it; expected a file of its own",
                 NAME_SHOWN_MAX, w->name);
        return AC_EIO;
    }
    if (ftruncate(w->fd, keep) != 0 || lseek(w->fd, keep, SEEK_SET) < 0)
        return failed(w);
    return AC_OK;
}

enum ac_status writer_put(struct writer *w)
{
    if (w->rows.status != AC_OK) {
        w->rows.status = AC_OK;
        w->rows.n = w->put;
        return AC_ENOMEM;
    }
    w->put = w->rows.n;
    return AC_OK;
}

bool writer_is_empty(const struct writer *w)
{
    return w->put == w->written;
}

bool writer_is_ready(const struct writer *w)
{
    return w->put - w->written >= READY_SIZE;
}

bool writer_is_full(const struct writer *w)
{
    return w->put - w->written >= FULL_SIZE;
}

/* Cut off the row of which a part was written, unless somebody else wrote behind it. */
static void take_back(struct writer *w)
{
    off_t at = lseek(w->fd, 0, SEEK_CUR);
    size_t whole = w->written;
    struct stat st;

    while (whole && w->rows.p[whole - 1] != '\n')
        whole--;
    if (at < (off_t)(w->written - whole) || fstat(w->fd, &st) != 0 || st.st_size != at)
        return;
    at -= (off_t)(w->written - whole);
    if (ftruncate(w->fd, at) == 0 && lseek(w->fd, at, SEEK_SET) == at)
        w->written = whole;
}

/* May a piece be written without blocking? AC_PENDING: not now. */
static enum ac_status can_write(struct writer *w, bool wait)
{
    struct pollfd ready = { .fd = w->fd, .events = POLLOUT };
    int n = w->regular ? 1 : poll(&ready, 1, wait ? WAIT_MS : 0);

    if (n < 0 && errno != EINTR)
        return AC_EIO;
    return n > 0 ? AC_OK : AC_PENDING;
}

enum ac_status writer_flush(struct writer *w, bool wait)
{
    while (w->written < w->put) {
        size_t n = w->put - w->written;
        enum ac_status status = can_write(w, wait);
        ssize_t out;

        if (status == AC_PENDING)
            return AC_PENDING;
        if (!w->regular && n > PIPE_BUF)
            n = PIPE_BUF; /* poll has said that so much fits (POSIX, write) */
        out = status == AC_OK ? write(w->fd, w->rows.p + w->written, n) : -1;
        if (out < 0 && status == AC_OK && (errno == EINTR || errno == EAGAIN))
            return AC_PENDING;
        if (out <= 0) {
            failed(w);
            if (w->regular)
                take_back(w);
            return AC_EIO;
        }
        w->written += (size_t)out;
    }
    w->rows.n = w->put = w->written = 0;
    return AC_OK;
}

enum ac_status writer_close(struct writer *w)
{
    int result = w->opened && w->fd >= 0 ? close(w->fd) : 0;
    enum ac_status status = result == 0 ? AC_OK : failed(w);

    buf_free(&w->rows);
    w->fd = -1;
    return status;
}

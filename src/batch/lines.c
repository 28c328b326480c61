/* SPDX-License-Identifier: MIT */
/*
 * lines.c - a window over the input, which is filled from a descriptor when poll says
 * that it will not block.
 */
#include "batch/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    READ_SIZE = 1 << 16,
    WAIT_MS = 1000
};

enum ac_status lines_open(struct lines *l, const char *path, size_t max)
{
    bool standard = !path || strcmp(path, "-") == 0;
    struct stat st;

    *l = (struct lines){ .fd =
                             standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC),
                         .name = standard ? "standard input" : path,
                         .size = 2 * READ_SIZE,
                         .max = max,
                         .number = 1 };
    if (l->fd < 0)
        return AC_EIO;
    if (fstat(l->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
        l->total = (uint64_t)st.st_size;
    l->p = malloc(l->size);
    return l->p ? AC_OK : AC_ENOMEM;
}

void lines_close(struct lines *l)
{
    if (l->fd > STDIN_FILENO)
        close(l->fd);
    free(l->p);
    *l = (struct lines){ .fd = -1 };
}

/* Room for READ_SIZE bytes more; what was taken is moved out of the way. */
static bool make_room(struct lines *l)
{
    size_t size = l->size;
    char *p;

    if (l->start) {
        memmove(l->p, l->p + l->start, l->end - l->start);
        l->end -= l->start;
        l->start = 0;
    }
    while (size - l->end < READ_SIZE)
        size *= 2;
    if (size == l->size)
        return true;
    p = realloc(l->p, size);
    if (!p)
        return false;
    l->p = p;
    l->size = size;
    return true;
}

/* LINES_LINE: more bytes are there, or the end was seen. */
static enum lines_status fill(struct lines *l, bool wait)
{
    struct pollfd ready = { .fd = l->fd, .events = POLLIN };
    ssize_t n;
    int k;

    if (!make_room(l))
        return LINES_FAILED;
    do
        k = poll(&ready, 1, wait ? WAIT_MS : 0);
    while (k < 0 && errno == EINTR && !wait);
    if (k < 0 && errno != EINTR)
        return LINES_FAILED;
    if (k <= 0)
        return LINES_WAIT;
    n = read(l->fd, l->p + l->end, READ_SIZE);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN ? LINES_WAIT : LINES_FAILED;
    l->eof = n == 0;
    l->end += (size_t)n;
    return LINES_LINE;
}

/* Drop what is left of a line that was too long. */
static enum lines_status skip(struct lines *l, bool wait)
{
    while (l->skipping) {
        char *lf = memchr(l->p + l->start, '\n', l->end - l->start);
        size_t n = lf ? (size_t)(lf + 1 - l->p) - l->start : l->end - l->start;
        enum lines_status status;

        l->start += n;
        l->bytes += n;
        l->skipping = !lf && !l->eof;
        if (!l->skipping)
            break;
        status = fill(l, wait);
        if (status != LINES_LINE)
            return status;
    }
    return LINES_LINE;
}

enum lines_status lines_peek(struct lines *l, size_t ahead, bool wait, struct line *out)
{
    enum lines_status status = skip(l, wait);
    size_t seen = 0; /* bytes without a line's end */

    while (status == LINES_LINE) {
        const char *p = l->p + l->start + ahead;
        size_t n = l->end - l->start - ahead;
        const char *lf = memchr(p + seen, '\n', n - seen);
        size_t length = lf ? (size_t)(lf - p) : n;

        if (ahead + length > l->max) {
            length = l->max > ahead ? l->max - ahead : 0;
            *out = (struct line){ span_make(p, length), length, true, false };
            return LINES_LINE;
        }
        if (lf || (l->eof && n)) {
            bool cr = length && p[length - 1] == '\r';

            *out = (struct line){ span_make(p, length - cr), length + !!lf, false, lf };
            return LINES_LINE;
        }
        if (l->eof)
            return LINES_END;
        seen = n;
        status = fill(l, wait);
    }
    return status;
}

void lines_take(struct lines *l, size_t n, unsigned lines)
{
    /* No line's end among the last bytes: the line goes on. */
    l->skipping = n && l->p[l->start + n - 1] != '\n';
    l->start += n;
    l->bytes += n;
    l->number += lines;
}

void lines_drop(struct lines *l, size_t n)
{
    l->start += n;
    l->bytes += n;
}

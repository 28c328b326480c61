/* SPDX-License-Identifier: MIT */
/*
 * output.c - reports are written beside their place and then moved there.
 */
#define _XOPEN_SOURCE 700 /* mkstemp, fchmod */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static enum ac_status failed(const char *path, char error[static OUTPUT_ERROR_MAX])
{
    const char *why = strerror(errno);

    if (path)
        snprintf(
            error, OUTPUT_ERROR_MAX,
            "\"%s\": cannot be written (%s); expected a file or device that takes it",
            path, why);
    else
        snprintf(error, OUTPUT_ERROR_MAX,
                 "standard output: cannot be written (%s); expected one that takes the "
                 "report",
                 why);
    return AC_EIO;
}

static bool write_all(int fd, struct span text)
{
    while (text.n) {
        ssize_t n = write(fd, text.p, text.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text = span_from(text, (size_t)n);
    }
    return true;
}

/* The access mode that a new file would get. */
static mode_t usual_mode(void)
{
    mode_t mask = umask(0);

    umask(mask);
    return 0666 & ~mask;
}

/* Standard output, a device or a pipe: there is nothing to move. */
static enum ac_status open_through(struct output *o,
                                   char error[static OUTPUT_ERROR_MAX])
{
    o->fd = o->path ? open(o->path, O_WRONLY | O_CLOEXEC) : STDOUT_FILENO;
    return o->fd < 0 ? failed(o->path, error) : AC_OK;
}

/* Takes `target`, which malloc made. */
static enum ac_status open_beside(struct output *o, char *target, mode_t mode,
                                  char error[static OUTPUT_ERROR_MAX])
{
    size_t size = (target ? strlen(target) : 0) + sizeof ".XXXXXX";

    o->target = target;
    o->mode = mode;
    o->temporary = target ? malloc(size) : NULL;
    if (!o->temporary)
        return AC_ENOMEM;
    snprintf(o->temporary, size, "%s.XXXXXX", target);
    o->fd = mkstemp(o->temporary);
    return o->fd < 0 ? failed(o->path, error) : AC_OK;
}

/* Where a symbolic link leads, for the report is to stand there and not in its place.
 * NULL: nowhere, or to what is open already (/dev/stdout). Freed by the caller. */
static char *link_target(const char *path)
{
    char *target = realpath(path, NULL);

    if (target && strncmp(path, "/dev/", 5) != 0 && strncmp(path, "/proc/", 6) != 0)
        return target;
    free(target);
    return NULL;
}

static enum ac_status open_link(struct output *o, mode_t mode,
                                char error[static OUTPUT_ERROR_MAX])
{
    char *target = link_target(o->path);

    return target ? open_beside(o, target, mode, error) : open_through(o, error);
}

enum ac_status output_open(struct output *o, const char *path,
                           char error[static OUTPUT_ERROR_MAX])
{
    struct stat st, own;

    *o = (struct output){ .path = path, .fd = -1 };
    if (!path)
        return open_through(o, error);
    if (lstat(path, &own) != 0)
        return open_beside(o, strdup(path), usual_mode(), error);
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) /* a dangling link: ENOENT */
        return open_through(o, error);
    if (S_ISLNK(own.st_mode))
        return open_link(o, st.st_mode & 07777, error);
    return open_beside(o, strdup(path), st.st_mode & 07777, error);
}

enum ac_status output_put(struct output *o, struct span text,
                          char error[static OUTPUT_ERROR_MAX])
{
    return write_all(o->fd, text) ? AC_OK : failed(o->path, error);
}

/* From the temporary file to its place; false: errno says why. */
static bool move(struct output *o, bool keep)
{
    bool ok = keep && fchmod(o->fd, (mode_t)o->mode) == 0 && fsync(o->fd) == 0;

    ok = close(o->fd) == 0 && ok;
    if (ok && rename(o->temporary, o->target) == 0)
        return true;
    unlink(o->temporary);
    return !keep;
}

enum ac_status output_close(struct output *o, bool keep,
                            char error[static OUTPUT_ERROR_MAX])
{
    enum ac_status status = AC_OK;

    if (o->fd >= 0 && o->temporary)
        status = move(o, keep) ? AC_OK : failed(o->path, error);
    else if (o->fd >= 0 && o->path && close(o->fd) != 0)
        status = failed(o->path, error);
    free(o->temporary);
    free(o->target);
    *o = (struct output){ .fd = -1 };
    return status;
}

enum ac_status output_write(const char *path, struct span text,
                            char error[static OUTPUT_ERROR_MAX])
{
    char other[OUTPUT_ERROR_MAX]; /* what is thrown away has failed already */
    struct output o;
    enum ac_status status = output_open(&o, path, error);

    if (status == AC_OK)
        status = output_put(&o, text, error);
    if (status == AC_OK)
        return output_close(&o, true, error);
    return output_close(&o, false, other) == AC_ENOMEM ? AC_ENOMEM : status;
}

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

/* Standard output, a device or a pipe: there is nothing to move. */
static enum ac_status write_through(const char *path, struct span text,
                                    char error[static OUTPUT_ERROR_MAX])
{
    int fd = path ? open(path, O_WRONLY | O_CLOEXEC) : STDOUT_FILENO;

    if (fd < 0 || !write_all(fd, text))
        return failed(path, error);
    if (path && close(fd) != 0)
        return failed(path, error);
    return AC_OK;
}

/* The access mode that a new file would get. */
static mode_t usual_mode(void)
{
    mode_t mask = umask(0);

    umask(mask);
    return 0666 & ~mask;
}

static enum ac_status write_beside(const char *path, mode_t mode, struct span text,
                                   char error[static OUTPUT_ERROR_MAX])
{
    size_t size = strlen(path) + sizeof ".XXXXXX";
    char *temporary = malloc(size);
    enum ac_status status = AC_OK;
    int fd;

    if (!temporary)
        return AC_ENOMEM;
    snprintf(temporary, size, "%s.XXXXXX", path);
    fd = mkstemp(temporary);
    if (fd < 0) {
        status = failed(path, error);
    } else {
        bool ok = write_all(fd, text) && fchmod(fd, mode) == 0 && fsync(fd) == 0;

        ok = close(fd) == 0 && ok;
        if (!ok || rename(temporary, path) != 0) {
            status = failed(path, error);
            unlink(temporary);
        }
    }
    free(temporary);
    return status;
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

static enum ac_status write_link(const char *path, mode_t mode, struct span text,
                                 char error[static OUTPUT_ERROR_MAX])
{
    char *target = link_target(path);
    enum ac_status status = target ? write_beside(target, mode, text, error)
                                   : write_through(path, text, error);

    free(target);
    return status;
}

enum ac_status output_write(const char *path, struct span text,
                            char error[static OUTPUT_ERROR_MAX])
{
    struct stat st, own;

    if (!path)
        return write_through(path, text, error);
    if (lstat(path, &own) != 0)
        return write_beside(path, usual_mode(), text, error);
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) /* a dangling link: ENOENT */
        return write_through(path, text, error);
    if (S_ISLNK(own.st_mode))
        return write_link(path, st.st_mode & 07777, text, error);
    return write_beside(path, st.st_mode & 07777, text, error);
}

/* SPDX-License-Identifier: MIT */
/*
 * file.c - a whole file into memory, with a cap.
 */
#include "base/file.h"

#include <errno.h>
#include <stdio.h>

enum ac_status file_read(const char *path, struct buf *out)
{
    FILE *f = fopen(path, "r");
    char chunk[16384];
    bool failed;
    size_t n;
    int error;

    if (!f)
        return AC_EIO;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0 && out->status == AC_OK)
        buf_put(out, span_make(chunk, n));
    failed = ferror(f);
    error = errno;
    fclose(f);
    errno = error;
    return failed ? AC_EIO : out->status;
}

/* SPDX-License-Identifier: MIT */
/*
 * output.h - a report to stdout or to a file, whole or not at all.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/span.h"
#include "base/status.h"

enum {
    OUTPUT_ERROR_MAX = 1024
};

/* A report on its way. Between open and close its members are its own. */
struct output {
    const char *path;         /* as given; NULL: stdout */
    int fd;                   /* -1: not open */
    char *target, *temporary; /* written here, and moved there in the end; or NULL */
    unsigned mode;
};

/*
 * path NULL: stdout. A regular file appears under its name only when all of it is
 * written; one that was there stays as it was on failure. AC_EIO with one line in
 * `error`; AC_ENOMEM. After output_open output_close must follow, whatever comes
 * between; keep false throws away what is not at its place yet.
 */
enum ac_status output_open(struct output *o, const char *path,
                           char error[static OUTPUT_ERROR_MAX]) AC_MUST_USE;
enum ac_status output_put(struct output *o, struct span text,
                          char error[static OUTPUT_ERROR_MAX]) AC_MUST_USE;
enum ac_status output_close(struct output *o, bool keep,
                            char error[static OUTPUT_ERROR_MAX]) AC_MUST_USE;

/* All three in one, for a text that is there as a whole. */
enum ac_status output_write(const char *path, struct span text,
                            char error[static OUTPUT_ERROR_MAX]) AC_MUST_USE;

#endif

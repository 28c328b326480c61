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

/*
 * path NULL: stdout. A regular file appears under its name only when all of it is
 * written; one that was there stays as it was on failure. AC_EIO with one line in
 * `error`.
 */
enum ac_status output_write(const char *path, struct span text,
                            char error[static OUTPUT_ERROR_MAX]) AC_MUST_USE;

#endif

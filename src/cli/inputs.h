/* SPDX-License-Identifier: MIT */
/*
 * inputs.h - the files that an operand stands for: itself, or what lies in a folder.
 */
#ifndef CLI_INPUTS_H
#define CLI_INPUTS_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct cli_inputs {
    char **path; /* in byte order of what follows the folder's name */
    size_t n, cap;
    bool is_folder;
};

/*
 * path is a folder: its regular files, and those of new/ and cur/ (a maildir), without
 * hidden ones, and no deeper. Else it is the only one, whether it exists or not.
 * AC_EIO: the folder cannot be read (errno); AC_ENOMEM. cli_inputs_free in every case.
 */
enum ac_status cli_inputs_list(const char *path, struct cli_inputs *out) AC_MUST_USE;
void cli_inputs_free(struct cli_inputs *in);

#endif

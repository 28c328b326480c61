/* SPDX-License-Identifier: MIT */
/*
 * arguments.h - what each option of options.def does with its argument.
 */
#ifndef CLI_ARGUMENTS_H
#define CLI_ARGUMENTS_H

#include "cli/options.h"

/* One line into o->error, foreign bytes escaped. Always AC_EINVAL. */
enum ac_status cli_wrong(struct cli_options *o, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* An argument as a message shows it: one that is empty can be seen, one that is far too
 * long is cut. Lives until the next call. */
const char *cli_shown(struct cli_options *o, const char *text);

/* cli_take_ip, ...: AC_OK; AC_EINVAL with o->error; AC_ENOMEM. */
#define O(id, letter, commands, name, argument, help) \
    enum ac_status cli_take_##id(struct cli_options *o, const char *text);
#include "cli/options.def"
#undef O

#endif

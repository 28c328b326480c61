/* SPDX-License-Identifier: MIT */
/*
 * command.h - what the program does for each command. Each returns the exit code.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"

int command_audit(int argc, char **argv);
int command_batch(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_help(int argc, char **argv);
int command_receivers(int argc, char **argv);

/* What commands share. One line on stderr, whatever bytes are in it: EXIT_USAGE. */
int command_complain(const char *what);

/* After a command line that cannot be read. */
int command_failed(const struct cli_options *o, enum ac_status status);

/* --help and --version; -1: neither was asked for. */
int command_said(const struct cli_options *o);

#endif

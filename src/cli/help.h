/* SPDX-License-Identifier: MIT */
/*
 * help.h - texts made of the tables: --help, findings, completions, parts of the
 * manual.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/options.h"

/* --help of a command: how it is called, and its options. */
void help_usage(struct buf *out, enum cli_taker command);

/* `authcheck help TOPIC`: a command, a finding's id, or one of the generated texts
 * (findings, findings-md, options-mdoc, completion-bash, completion-zsh,
 * completion-fish). NULL: the usage. False: no such topic. */
bool help_topic(struct buf *out, const char *topic);

#endif

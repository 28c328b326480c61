/* SPDX-License-Identifier: MIT */
/*
 * command.h - what the program does for each command. Each returns the exit code.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

int command_audit(int argc, char **argv);
int command_batch(int argc, char **argv);
int command_help(int argc, char **argv);
int command_receivers(int argc, char **argv);

#endif

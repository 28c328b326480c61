/* SPDX-License-Identifier: MIT */
/*
 * commands.h - what the program does for each command. Each returns the exit code.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

int command_audit(int argc, char **argv);
int command_help(int argc, char **argv);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * main.c - which command is it? What is none is an audit.
 */
#define _XOPEN_SOURCE 700 /* SIGXFSZ */
#include "cli/command.h"

#include <signal.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    { "batch", command_batch },
    { "explain", command_explain },
    { "help", command_help },
    { "receivers", command_receivers },
};

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an output error: exit 2 */
    signal(SIGXFSZ, SIG_IGN); /* and so is a file that may not grow */
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return command_audit(argc, argv);
}

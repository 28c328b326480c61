/* SPDX-License-Identifier: MIT */
/*
 * completion.c - completions for bash, zsh and fish, so that no shell offers what the
 * program does not know.
 */
#include "cli/completion.h"

#include "cli/options.h"

enum {
    WORDS_MAX = 4096
};

/* The words that an option's argument may be, with blanks between. */
static void put_words(struct buf *out, int option)
{
    size_t n;

    if (option == OPTION_fail_on) {
        buf_puts(out, "reject spam warning never");
    } else if (option == OPTION_color) {
        buf_puts(out, "auto always never");
    } else if (option == OPTION_format) {
        const struct report_format *format = report_formats(&n);

        for (size_t i = 0; i < n; i++)
            buf_printf(out, "%s%s", i ? " " : "", format[i].name);
    } else if (option == OPTION_receiver) {
        const struct receiver *receiver = receiver_list(&n);

        buf_puts(out, "all");
        for (size_t i = 0; i < n; i++)
            buf_printf(out, " %s", receiver[i].name);
    }
}

static bool takes_file(int option)
{
    return option == OPTION_zone || option == OPTION_output ||
           option == OPTION_record || option == OPTION_replay;
}

/* Text with a backslash, or what else the shell wants, before some bytes. */
static void put_escaped(struct buf *out, const char *text, const char *bytes,
                        const char *quote)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_puts(out, quote);
        else if (strchr(bytes, *text))
            buf_printf(out, "\\%c", *text);
        else
            buf_putc(out, *text);
    }
}

/* "-f | --format) ...": what may stand behind one option. */
static void bash_case(struct buf *out, int option)
{
    const struct option_row *o = &options_table()[option];
    struct buf words;

    if (!o->argument)
        return;
    buf_init(&words, WORDS_MAX);
    put_words(&words, option);
    buf_puts(out, "    ");
    if (o->letter)
        buf_printf(out, "-%c | ", o->letter);
    buf_printf(out, "--%s) ", o->name);
    if (takes_file(option))
        buf_puts(out, "COMPREPLY=($(compgen -f -- \"$cur\"));");
    else if (words.n)
        buf_printf(out, "COMPREPLY=($(compgen -W '%s' -- \"$cur\"));",
                   buf_text(&words));
    buf_puts(out, " return ;;\n");
    buf_free(&words);
}

void completion_bash(struct buf *out)
{
    buf_puts(out, "# bash completion for authcheck; made by authcheck help "
                  "completion-bash\n"
                  "_authcheck()\n"
                  "{\n"
                  "    local cur=${COMP_WORDS[COMP_CWORD]} "
                  "prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                  "    COMPREPLY=()\n"
                  "    case $prev in\n"
                  "    help) COMPREPLY=($(compgen -W \"$(authcheck help findings "
                  "2>/dev/null | cut -d ' ' -f 1)\" -- \"$cur\")); return ;;\n");
    for (int i = 0; i < OPTION_COUNT; i++)
        bash_case(out, i);
    buf_puts(out, "    esac\n"
                  "    COMPREPLY=($(compgen -W 'help");
    for (int i = 0; i < OPTION_COUNT; i++)
        buf_printf(out, " --%s", options_table()[i].name);
    buf_puts(out, "' -- \"$cur\"))\n"
                  "}\n"
                  "complete -F _authcheck authcheck\n");
}

static void zsh_row(struct buf *out, int option)
{
    const struct option_row *o = &options_table()[option];
    struct buf words;

    buf_init(&words, WORDS_MAX);
    put_words(&words, option);
    buf_puts(out, "    '*'");
    if (o->letter)
        buf_printf(out, "{-%c,--%s}", o->letter, o->name);
    else
        buf_printf(out, "--%s", o->name);
    buf_puts(out, "'[");
    put_escaped(out, o->help, "[]:\\", "'\\''");
    buf_putc(out, ']');
    if (o->argument) {
        buf_putc(out, ':');
        put_escaped(out, o->argument, "[]:\\", "'\\''");
        buf_putc(out, ':');
        if (takes_file(option))
            buf_puts(out, "_files");
        else if (words.n)
            buf_printf(out, "(%s)", buf_text(&words));
    }
    buf_puts(out, "' \\\n");
    buf_free(&words);
}

void completion_zsh(struct buf *out)
{
    buf_puts(out, "#compdef authcheck\n"
                  "# made by authcheck help completion-zsh\n"
                  "if (( CURRENT == 3 )) && [[ $words[2] == help ]]; then\n"
                  "    compadd -- ${(f)\"$(authcheck help findings 2>/dev/null | "
                  "cut -d ' ' -f 1)\"}\n"
                  "    return\n"
                  "fi\n"
                  "_arguments -s -S \\\n");
    for (int i = 0; i < OPTION_COUNT; i++)
        zsh_row(out, i);
    buf_puts(out, "    '1:domain or command:(help)'\n");
}

static void fish_row(struct buf *out, int option)
{
    const struct option_row *o = &options_table()[option];
    struct buf words;

    buf_init(&words, WORDS_MAX);
    put_words(&words, option);
    buf_puts(out, "complete -c authcheck");
    if (o->letter)
        buf_printf(out, " -s %c", o->letter);
    buf_printf(out, " -l %s", o->name);
    if (takes_file(option))
        buf_puts(out, " -rF");
    else if (o->argument)
        buf_puts(out, " -x");
    if (words.n)
        buf_printf(out, " -a '%s'", buf_text(&words));
    buf_puts(out, " -d '");
    put_escaped(out, o->help, "\\", "\\'");
    buf_puts(out, "'\n");
    buf_free(&words);
}

void completion_fish(struct buf *out)
{
    buf_puts(out, "# fish completion for authcheck; made by authcheck help "
                  "completion-fish\n"
                  "complete -c authcheck -f\n"
                  "complete -c authcheck -n __fish_use_subcommand -a help -d 'what a "
                  "finding means, and the mend'\n"
                  "complete -c authcheck -n '__fish_seen_subcommand_from help' -a "
                  "\"(authcheck help findings 2>/dev/null | cut -d ' ' -f 1)\"\n");
    for (int i = 0; i < OPTION_COUNT; i++)
        fish_row(out, i);
}

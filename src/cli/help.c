/* SPDX-License-Identifier: MIT */
/*
 * help.c - everything that is generated from options.def and the catalog of findings,
 * so that no text can say something else than the program.
 */
#include "cli/help.h"

#include "cli/completion.h"
#include "cli/options.h"
#include "finding/finding.h"

#define EXAMPLE_MAIL \
    "mail of shop.example, sent by 192.0.2.25, signed with the selector s1"

enum {
    HELP_COLUMN = 28,
    HELP_WIDTH = 88
};

/* Words wrapped at HELP_WIDTH, lines after the first set in by `indent`. */
static void wrap(struct buf *out, size_t column, size_t indent, const char *text)
{
    struct span rest = span_of(text);

    while (rest.p) {
        struct span word = span_cut(&rest, ' ');

        if (column + word.n + 1 > HELP_WIDTH) {
            buf_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            buf_putc(out, ' ');
            column++;
        }
        buf_put(out, word);
        column += word.n;
    }
    buf_putc(out, '\n');
}

static void option_line(struct buf *out, const struct option_row *o)
{
    size_t start = out->n, width;

    if (o->letter)
        buf_printf(out, "  -%c, ", o->letter);
    else
        buf_puts(out, "      ");
    buf_printf(out, "--%s%s%s", o->name, o->argument ? " " : "",
               o->argument ? o->argument : "");
    width = out->n - start;
    if (width >= HELP_COLUMN) {
        buf_printf(out, "\n%*s", HELP_COLUMN, "");
        width = HELP_COLUMN;
    }
    buf_printf(out, "%*s", (int)(HELP_COLUMN - width), "");
    wrap(out, HELP_COLUMN, HELP_COLUMN, o->help);
}

/* How the program is called, and what that is good for. */
static const struct {
    enum cli_taker command; /* FOR_ALL: takes no options */
    const char *call, *what;
} calls[] = {
    { FOR_AUDIT, "DOMAIN --ip IP [OPTION...]", "will this mail be refused, and why?" },
    { FOR_AUDIT, "DOMAIN", "records, keys, policy; no verdict" },
    { FOR_BATCH, "batch [FILE|-] [OPTION...]", "many domains: a row in, a row out" },
    { FOR_EXPLAIN, "explain [FILE...|-]",
      "what a bounce says, and does the DNS explain it?" },
    { FOR_ALL, "receivers [NAME]", "who is predicted, and by which rules" },
    { FOR_ALL, "help FINDING-ID", "what a finding means, and the mend" },
    { FOR_ALL, "help findings", "all of them, one a line" },
};

/* Commands that take options of their own, and what their exit codes say. */
static const struct {
    enum cli_taker command;
    const char *name, *exit_codes;
} commands[] = {
    { FOR_AUDIT, "audit",
      "Exit codes: 0 nothing at or above --fail-on; 1 the mail would be refused; 2 bad "
      "usage or output; 3 the DNS did not answer something that the verdict hangs on." },
    { FOR_BATCH, "batch",
      "Input: NDJSON with domain, ip or ips, selectors, mail_from, helo, id; CSV or TSV "
      "with a header of these names, several values in a cell parted by semicolons; or "
      "a domain a line. What a row does not say, the options say for all. Exit codes: 2 "
      "bad usage, unreadable input, or output that cannot be written; else 1 if any "
      "mail would be refused; else 3 if any row is unknown or has an error; else 0." },
    { FOR_EXPLAIN, "explain",
      "Exit codes: 0 fixed, or not decided by DNS; 1 the DNS still explains the refusal; 2 "
      "bad usage, an input that cannot be read, or output; 3 not decided. With --no-audit "
      "0 where the cause is known, else 3." },
};

/* The lines of one command; before an audit's options those of all. */
static void usage_lines(struct buf *out, enum cli_taker command)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (command == FOR_AUDIT || calls[i].command == command)
            buf_printf(out, "authcheck %-28s %s\n", calls[i].call, calls[i].what);
    buf_putc(out, '\n');
}

void help_usage(struct buf *out, enum cli_taker command)
{
    usage_lines(out, command);
    for (int i = 0; i < OPTION_COUNT; i++)
        if (options_table()[i].commands & command)
            option_line(out, &options_table()[i]);
    buf_putc(out, '\n');
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].command == command)
            wrap(out, 0, 0, commands[i].exit_codes);
}

/* The lines of an example, as they are: they are there to be copied. */
static void example_lines(struct buf *out, const char *indent, const char *example)
{
    struct span rest = span_of(example);

    while (rest.p) {
        buf_puts(out, indent);
        buf_put(out, span_cut(&rest, '\n'));
        buf_putc(out, '\n');
    }
}

static void finding_page(struct buf *out, const struct finding_kind *kind)
{
    buf_printf(out, "%s (%s, %s)\n\n", kind->name,
               finding_severity_print(kind->severity), kind->clause);
    wrap(out, 0, 0, kind->title);
    buf_putc(out, '\n');
    wrap(out, 0, 0, kind->meaning);
    buf_puts(out, "\nWhat to do:");
    wrap(out, sizeof "What to do:" - 1, 0, kind->remedy);
    buf_puts(out, "\nExample (" EXAMPLE_MAIL "):\n\n");
    example_lines(out, "  ", kind->example);
}

static void findings_md(struct buf *out)
{
    buf_puts(out,
             "# Findings\n\nMade by `authcheck help findings-md` from "
             "src/finding/*.def; `authcheck help FINDING-ID`\nprints one entry. An "
             "id is stable for ever.\n\n"
             "An example is " EXAMPLE_MAIL
             " where\nit says nothing else. `given` holds for both, "
             "`wrong` shows the fault, `right` the mend,\n`ask` is the question to "
             "put to the DNS by hand. `<...>` stands for what is too long to\nprint, "
             "`<1-11>` for a line for each number. Tests audit every example: the "
             "finding\nshows in the wrong one and not in the right one.\n");
    for (int i = 0; i < FINDING_COUNT; i++) {
        const struct finding_kind *kind = finding_kind((enum finding_id)i);

        buf_printf(out, "\n## %s\n\n%s. *%s*, %s.\n\n", kind->name, kind->title,
                   finding_severity_print(kind->severity), kind->clause);
        wrap(out, 0, 0, kind->meaning);
        buf_puts(out, "\n**What to do:**");
        wrap(out, sizeof "**What to do:**" - 1, 0, kind->remedy);
        buf_puts(out, "\n```\n");
        example_lines(out, "", kind->example);
        buf_puts(out, "```\n");
    }
}

/* Of an option that an audit does not take: which commands do. */
static void mdoc_takers(struct buf *out, unsigned takers)
{
    buf_puts(out, "Of");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].command & takers)
            buf_printf(out, "\n.Cm %s", commands[i].name);
    buf_puts(out, "\nalone.\n");
}

static void options_mdoc(struct buf *out)
{
    buf_puts(out, ".\\\" Made by authcheck help options-mdoc.\n.Bl -tag -width Ds\n");
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *o = &options_table()[i];

        buf_puts(out, ".It");
        if (o->letter)
            buf_printf(out, " Fl %c ,", o->letter);
        buf_printf(out, " Fl Fl %s", o->name);
        if (o->argument)
            buf_printf(out, " Ar %s", o->argument);
        buf_putc(out, '\n');
        wrap(out, 0, 0, o->help);
        if (!(o->commands & FOR_AUDIT))
            mdoc_takers(out, o->commands);
    }
    buf_puts(out, ".El\n");
}

/* One line per finding: id, severity, title. */
static void findings_list(struct buf *out)
{
    for (int i = 0; i < FINDING_COUNT; i++) {
        const struct finding_kind *kind = finding_kind((enum finding_id)i);

        buf_printf(out, "%-29s %-8s %s\n", kind->name,
                   finding_severity_print(kind->severity), kind->title);
    }
}

static const struct {
    const char *name;
    void (*print)(struct buf *out);
} topics[] = {
    { "findings", findings_list },        { "findings-md", findings_md },
    { "options-mdoc", options_mdoc },     { "completion-bash", completion_bash },
    { "completion-zsh", completion_zsh }, { "completion-fish", completion_fish },
};

bool help_topic(struct buf *out, const char *topic)
{
    enum finding_id id;

    if (!topic)
        topic = "audit";
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (span_eq(span_of(topic), span_of(commands[i].name))) {
            help_usage(out, commands[i].command);
            return true;
        }
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
        if (span_eq(span_of(topic), span_of(topics[i].name))) {
            topics[i].print(out);
            return true;
        }
    id = finding_by_name(span_of(topic));
    if (id != FINDING_NONE)
        finding_page(out, finding_kind(id));
    return id != FINDING_NONE;
}

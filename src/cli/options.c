/* SPDX-License-Identifier: MIT */
/*
 * options.c - the command line by getopt_long, over the rows of options.def. Bad input
 * is told in one line: what, where, and what was expected.
 */
#include "cli/options.h"

#include "base/clock.h"
#include "base/file.h"
#include "cli/arguments.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    LONG_ONLY = 1000
};

static const struct option_row table[] = {
#define O(id, letter, commands, name, argument, help) \
    { letter, commands, name, argument, help, cli_take_##id },
#include "cli/options.def"
#undef O
};

const struct option_row *options_table(void)
{
    return table;
}

/* What getopt_long wants, from the rows that this command takes. */
static void getopt_tables(enum cli_taker command,
                          struct option rows[static OPTION_COUNT + 1],
                          char letters[static 3 * OPTION_COUNT + 2])
{
    struct option *row = rows;
    char *p = letters;

    *p++ = ':'; /* tell a missing argument from an unknown option */
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (!(table[i].commands & command))
            continue;
        *row++ = (struct option){ table[i].name,
                                  table[i].argument ? required_argument : no_argument,
                                  NULL, LONG_ONLY + i };
        if (!table[i].letter)
            continue;
        *p++ = (char)table[i].letter;
        if (table[i].argument)
            *p++ = ':';
    }
    *p = '\0';
    *row = (struct option){ 0 };
}

/* The row that getopt_long returned; OPTION_COUNT for an unknown letter. */
static enum option_id option_of(int c)
{
    if (c >= LONG_ONLY)
        return (enum option_id)(c - LONG_ONLY);
    for (int i = 0; i < OPTION_COUNT; i++)
        if (table[i].letter && table[i].letter == c)
            return (enum option_id)i;
    return OPTION_COUNT;
}

/* "(see authcheck batch --help)". */
static const char *see_help(const struct cli_options *o)
{
    switch (o->command) {
    case FOR_EXPLAIN:
        return "(see authcheck explain --help)";
    case FOR_BATCH:
        return "(see authcheck batch --help)";
    case FOR_AUDIT:
    case FOR_ALL:
        break;
    }
    return "(see authcheck --help)";
}

static enum ac_status read_options(struct cli_options *o, int argc, char **argv)
{
    struct option rows[OPTION_COUNT + 1];
    char letters[3 * OPTION_COUNT + 2];
    int c;

    getopt_tables(o->command, rows, letters);
    unsetenv("POSIXLY_CORRECT"); /* options may stand behind the domain, always */
    opterr = 0;
    optind = 0; /* begin afresh: getopt_long keeps its place from call to call */
    while ((c = getopt_long(argc, argv, letters, rows, NULL)) != -1) {
        enum option_id id;

        if (c == '?' && optopt && optopt < LONG_ONLY)
            return cli_wrong(o, "-%c: no such option %s", optopt, see_help(o));
        if (c == '?')
            return cli_wrong(o,
                             "%s: no such option, or an argument that it does not take "
                             "%s",
                             cli_shown(o, argv[optind - 1]), see_help(o));
        if (c == ':')
            return cli_wrong(o, "%s: no argument; expected one %s", argv[optind - 1],
                             see_help(o));
        id = option_of(c);
        TRY(table[id].take(o, optarg));
        if (o->help || o->version)
            return AC_OK;
    }
    o->operand = argv + optind;
    o->n_operands = argc - optind;
    return AC_OK;
}

enum ac_status cli_take_domain(struct cli_options *o, const char *text)
{
    const char *why = "";
    struct dns_name *domain = &o->audit.domain;
    struct ip ip;

    if (ip_parse(span_of(text), &ip))
        return cli_wrong(o,
                         "%s: an address; expected the domain of the From header, and "
                         "the address behind --ip",
                         cli_shown(o, text));
    if (audit_domain_parse(span_of(text), domain, &why))
        return AC_OK;
    if (!strchr(text, '.'))
        return cli_wrong(o,
                         "%s: no such command, and no domain, since %s (see authcheck "
                         "--help)",
                         cli_shown(o, text), why);
    return cli_wrong(o, "%s: not a domain, since %s; expected one such as example.com",
                     cli_shown(o, text), why);
}

enum ac_status cli_take_selectors(struct cli_options *o)
{
    struct audit_selector *s = arena_array(&o->arena, o->lists.n_selectors, sizeof *s);

    if (!s)
        return AC_ENOMEM;
    if (o->lists.n_selectors > AUDIT_SELECTORS_MAX)
        return cli_wrong(
            o,
            "--selector %s: one too many; expected at most %d selectors in "
            "one audit",
            cli_shown(o, o->lists.selector[AUDIT_SELECTORS_MAX]), AUDIT_SELECTORS_MAX);
    for (size_t i = 0; i < o->lists.n_selectors; i++) {
        const char *why = "";

        if (!audit_selector_parse(o->lists.selector[i], &o->audit.domain, &s[i], &why))
            return cli_wrong(o,
                             "--selector %s: not a selector, since %s; expected s1 or "
                             "s1._domainkey.mailer.example",
                             cli_shown(o, o->lists.selector[i]), why);
    }
    o->audit.selector = s;
    o->audit.n_selectors = o->lists.n_selectors;
    return AC_OK;
}

/* WHEN of --color; https://no-color.org for auto. */
static bool wants_color(const struct cli_options *o)
{
    const char *no_color = getenv("NO_COLOR");

    if (span_eq(span_of(o->color), SPAN("auto")))
        return !o->output && isatty(STDOUT_FILENO) && !(no_color && *no_color);
    return span_eq(span_of(o->color), SPAN("always"));
}

/* The recording of --replay in the place of a domain and its options. */
static enum ac_status take_recording(struct cli_options *o)
{
    const struct audit_options *mail = &o->audit;
    char error[RECORDING_ERROR_MAX];
    enum ac_status status;
    struct buf text;

    if (mail->n_ips || o->lists.n_selectors || o->lists.n_servers || mail->overlay ||
        mail->n_receivers || mail->mail_from.p || mail->helo.p || mail->is_unsigned ||
        mail->offline || mail->bulk || mail->n_blocklists || !mail->dnsbl ||
        mail->key_record.p || mail->discover != DKIM_DISCOVER_DEFAULT)
        return cli_wrong(o, "--replay: the file says what mail is audited, and how; "
                            "expected no other option for that beside it");
    buf_init(&text, RECORDING_BYTES_MAX);
    status = file_read(o->replay, &text);
    if (status == AC_EIO)
        status = cli_wrong(o, "--replay %s: cannot be read (%s); expected a recording",
                           cli_shown(o, o->replay), strerror(errno));
    else if (status == AC_OK)
        status = recording_read(buf_span(&text), o->replay, &o->recording, error);
    if (status == AC_EINVAL && !o->error[0])
        status = cli_wrong(o, "--replay %s", error);
    if (status == AC_OK) {
        bool compare = o->audit.compare;

        o->audit = *recording_options(o->recording);
        o->audit.compare = compare;
    }
    buf_free(&text);
    return status;
}

static enum ac_status check_together(struct cli_options *o)
{
    if (o->audit.compare && !o->audit.overlay)
        return cli_wrong(o, "--compare: there is nothing to compare with; expected "
                            "--zone or --delete beside it");
    if (o->audit.compare && !o->audit.n_ips)
        return cli_wrong(o, "--compare: without an address there is no verdict to "
                            "compare; expected --ip beside it");
    if (o->audit.is_unsigned && o->audit.n_selectors)
        return cli_wrong(o, "--unsigned and --selector: one says that there is no "
                            "signature, the other names one; expected one of them");
    if (o->report.quiet && o->report.verbose)
        return cli_wrong(o, "--quiet and --verbose: expected one of them");
    return AC_OK;
}

/* The domain and its selectors. */
static enum ac_status take_mail(struct cli_options *o)
{
    if (!o->n_operands)
        return cli_wrong(o,
                         "no domain; expected authcheck DOMAIN --ip IP (see authcheck "
                         "--help)");
    if (o->n_operands > 1)
        return cli_wrong(o,
                         "%s: more than one domain; expected one, and addresses behind "
                         "--ip",
                         cli_shown(o, o->operand[1]));
    TRY(cli_take_domain(o, o->operand[0]));
    return cli_take_selectors(o);
}

/* What an audit is of: a domain, or a recording. */
static enum ac_status take_subject(struct cli_options *o)
{
    if (o->replay && o->n_operands)
        return cli_wrong(o,
                         "%s: a domain beside --replay; expected none, since the file "
                         "holds it",
                         cli_shown(o, o->operand[0]));
    if (o->replay)
        TRY(take_recording(o));
    else
        TRY(take_mail(o));
    if (!o->audit.n_receivers && !o->recording)
        TRY(cli_take_default_receivers(o));
    return AC_OK;
}

/* The domain may be that of each bounce: the selectors are only tried out. */
static enum ac_status check_selectors(struct cli_options *o)
{
    struct dns_name given = o->audit.domain;

    if (!given.n && !dns_name_parse(SPAN("example.com"), &o->audit.domain))
        return AC_EINVAL;
    TRY(cli_take_selectors(o));
    TRY(check_together(o));
    o->audit.domain = given;
    o->audit.selector = NULL;
    o->audit.n_selectors = 0;
    return AC_OK;
}

static enum ac_status read_all(struct cli_options *o, int argc, char **argv)
{
    TRY(read_options(o, argc, argv));
    if (o->help || o->version)
        return AC_OK;
    o->report.color = wants_color(o);
    if (o->command == FOR_AUDIT)
        TRY(take_subject(o));
    if (o->command == FOR_EXPLAIN)
        TRY(check_selectors(o));
    return check_together(o);
}

static void set_defaults(struct cli_options *o)
{
    *o = (struct cli_options){
        .audit = { .discover = DKIM_DISCOVER_DEFAULT,
                   .guess_helo = true,
                   .check_reports = true,
                   .disagree = true,
                   .fixes = true,
                   .limits = ac_default_limits,
                   .now = clock_unix(),
                   .nonce = clock_random() },
        .drive = { .servers = 1,
                   .tries = 3,
                   .timeout_us = 2000000,
                   .deadline_us = 20000000 },
    };
    o->format = report_find(SPAN("text"));
    o->color = "auto";
    arena_init(&o->arena, 1 << 24);
}

/* A hundred thousand audits ask for what a verdict hangs on, and for nothing else. */
static void set_batch_defaults(struct cli_options *o)
{
    o->format = report_find(SPAN("json"));
    o->audit.discover = 0;
    o->audit.guess_helo = false;
    o->audit.check_reports = false;
    o->audit.disagree = false;
    o->audit.fixes = false;
    o->audit.limits.spf_type_99 = false; /* dead since RFC 7208, 3.1 */
}

enum ac_status cli_take_default_receivers(struct cli_options *o)
{
    size_t n;
    const struct receiver *all = receiver_list(&n);

    for (size_t i = 0; i < n && i < RECEIVERS_DEFAULT; i++)
        TRY(cli_take_receiver(o, all[i].name));
    return AC_OK;
}

enum ac_status cli_options_parse(struct cli_options *o, enum cli_taker command,
                                 int argc, char **argv)
{
    struct cli_lists *l = &o->lists;
    size_t n = (size_t)argc;

    set_defaults(o);
    o->command = command;
    o->audit.reputation = o->audit.dnsbl = command != FOR_BATCH;
    if (command == FOR_BATCH)
        set_batch_defaults(o);
    l->ip = arena_array(&o->arena, n, sizeof *l->ip);
    l->selector = arena_array(&o->arena, n, sizeof *l->selector);
    l->server = arena_array(&o->arena, n, sizeof *l->server);
    l->receiver = arena_array(&o->arena, CLI_RECEIVERS_MAX, sizeof *l->receiver);
    l->blocklist = arena_array(&o->arena, CLI_BLOCKLISTS_MAX, sizeof *l->blocklist);
    if (!l->ip || !l->selector || !l->server || !l->receiver || !l->blocklist)
        return AC_ENOMEM;
    o->audit.ip = l->ip;
    o->audit.receiver = l->receiver;
    o->audit.blocklist = l->blocklist;
    o->net.servers = l->server;
    TRY(read_all(o, argc, argv));
    o->net.n_servers = l->n_servers;
    o->net.timeout_ms = (unsigned)(o->drive.timeout_us / 1000);
    return AC_OK;
}

void cli_options_free(struct cli_options *o)
{
    recording_free(o->recording);
    dns_overlay_free(o->overlay);
    arena_free(&o->arena);
}

/* SPDX-License-Identifier: MIT */
/*
 * options.c - the command line by getopt_long, over the rows of options.def. Bad input
 * is told in one line: what, where, and what was expected.
 */
#include "cli/options.h"

#include "base/clock.h"
#include "dns/zone.h"
#include "report/text.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    LONG_ONLY = 1000,
    TRIES_MAX = 20,
    SECONDS_MAX = 3600
};

static const struct option_row table[] = {
#define O(id, letter, name, argument, help) { letter, name, argument, help },
#include "cli/options.def"
#undef O
};

const struct option_row *options_table(void)
{
    return table;
}

/* One line into o->error, foreign bytes escaped. Always AC_EINVAL. */
__attribute__((format(printf, 2, 3))) static enum ac_status wrong(struct cli_options *o,
                                                                  const char *format,
                                                                  ...)
{
    struct buf raw, line;
    va_list args;

    buf_init(&raw, CLI_ERROR_MAX);
    buf_init(&line, (size_t)4 * CLI_ERROR_MAX);
    va_start(args, format);
    buf_vprintf(&raw, format, args);
    va_end(args);
    text_escape(&line,
                raw.n ? buf_span(&raw) : SPAN("wrong input, too long to be shown"));
    snprintf(o->error, sizeof o->error, "%s", buf_text(&line));
    buf_free(&raw);
    buf_free(&line);
    return AC_EINVAL;
}

/* An argument as a message shows it: one that is empty can be seen, one that is far too
 * long is cut. Lives until the next call. */
static const char *shown(struct cli_options *o, const char *text)
{
    if (!*text)
        return "\"\"";
    if (strlen(text) < sizeof o->shown)
        return text;
    snprintf(o->shown, sizeof o->shown, "%.*s...", (int)sizeof o->shown - 4, text);
    return o->shown;
}

static enum ac_status take_ip(struct cli_options *o, struct ip *list, const char *text)
{
    struct ip *ip = &list[o->audit.n_ips];

    if (!ip_parse(span_of(text), ip))
        return wrong(o, "--ip %s: not an address; expected IPv4 or IPv6",
                     shown(o, text));
    *ip = ip_unmap(*ip);
    o->audit.n_ips++;
    return AC_OK;
}

/* Decimal seconds to microseconds. */
static enum ac_status take_seconds(struct cli_options *o, const char *option,
                                   const char *text, int64_t *us)
{
    struct span rest = span_of(text);
    struct span whole = span_cut(&rest, '.');
    uint32_t seconds = 0, fraction = 0;
    int64_t scale = 1000000;

    if (rest.n > 6)
        rest.n = 6;
    for (size_t i = 0; i < rest.n; i++)
        scale /= 10;
    if ((!whole.n && !rest.n) || (whole.n && !span_u32(whole, SECONDS_MAX, &seconds)) ||
        (rest.n && !span_u32(rest, 999999, &fraction)) || (rest.p && !rest.n))
        return wrong(o,
                     "--%s %s: not a time; expected seconds up to %d, such as 2 or 0.5",
                     option, shown(o, text), SECONDS_MAX);
    *us = (int64_t)seconds * 1000000 + (int64_t)fraction * scale;
    if (*us < 1000)
        return wrong(o, "--%s %s: too short; expected at least 0.001", option,
                     shown(o, text));
    return AC_OK;
}

static enum ac_status take_tries(struct cli_options *o, const char *text)
{
    uint32_t tries;

    if (!span_u32(span_of(text), TRIES_MAX, &tries) || !tries)
        return wrong(o, "--tries %s: expected a number from 1 to %d", shown(o, text),
                     TRIES_MAX);
    o->drive.tries = tries;
    return AC_OK;
}

static enum ac_status take_discover(struct cli_options *o, const char *text)
{
    uint32_t n;

    if (span_eq(span_of(text), SPAN("all"))) {
        o->audit.discover = SIZE_MAX;
        return AC_OK;
    }
    if (!span_u32(span_of(text), 100000, &n))
        return wrong(o, "--discover %s: expected a number of selectors, or all",
                     shown(o, text));
    o->audit.discover = n;
    return AC_OK;
}

static enum ac_status add_receiver(struct cli_options *o, const struct receiver **list,
                                   const struct receiver *r)
{
    for (size_t i = 0; i < o->audit.n_receivers; i++)
        if (list[i] == r)
            return AC_OK;
    if (o->audit.n_receivers == CLI_RECEIVERS_MAX)
        return wrong(o, "--receiver: more than %d", CLI_RECEIVERS_MAX);
    list[o->audit.n_receivers++] = r;
    return AC_OK;
}

static enum ac_status take_receiver(struct cli_options *o, const struct receiver **list,
                                    const char *text)
{
    size_t n;
    const struct receiver *all = receiver_list(&n);
    const struct receiver *one = receiver_find(span_of(text));

    if (one)
        return add_receiver(o, list, one);
    if (!span_eq(span_of(text), SPAN("all")))
        return wrong(o, "--receiver %s: not known; expected a name such as %s, or all",
                     shown(o, text), all[0].name);
    for (size_t i = 0; i < n; i++)
        TRY(add_receiver(o, list, &all[i]));
    return AC_OK;
}

static enum ac_status take_overlay(struct cli_options *o, bool remove, const char *text)
{
    char error[DNS_ZONE_ERROR_MAX];
    enum ac_status status;

    if (!o->overlay)
        o->overlay = dns_overlay_new(clock_random());
    if (!o->overlay)
        return AC_ENOMEM;
    o->audit.overlay = o->overlay;
    status = remove ? dns_zone_delete(o->overlay, text, error)
                    : dns_zone_load(o->overlay, text, error);
    if (status == AC_EINVAL)
        return wrong(o, "--%s %s", remove ? "delete" : "zone", error);
    return status;
}

static enum ac_status take_format(struct cli_options *o, const char *text)
{
    o->format = report_find(span_of(text));
    return o->format ? AC_OK
                     : wrong(o, "--format %s: not known; expected text or json",
                             shown(o, text));
}

static enum ac_status take_fail_on(struct cli_options *o, const char *text)
{
    static const char *const word[] = { "reject", "spam", "warning", "never" };

    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (span_eq(span_of(text), span_of(word[i]))) {
            o->fail_on = (enum fail_on)i;
            return AC_OK;
        }
    return wrong(o, "--fail-on %s: expected reject, spam, warning or never",
                 shown(o, text));
}

static enum ac_status take_color(struct cli_options *o, const char *text)
{
    const char *no_color = getenv("NO_COLOR");

    if (span_eq(span_of(text), SPAN("auto")))
        o->report.color = isatty(STDOUT_FILENO) && !(no_color && *no_color);
    else if (span_eq(span_of(text), SPAN("always")))
        o->report.color = true;
    else if (span_eq(span_of(text), SPAN("never")))
        o->report.color = false;
    else
        return wrong(o, "--color %s: expected auto, always or never", shown(o, text));
    return AC_OK;
}

/* Room for lists, argc entries each. */
struct lists {
    struct ip *ip;
    const char **selector, **server;
    const struct receiver **receiver;
    size_t n_selectors, n_servers;
    const char *color;
};

static enum ac_status take_option(struct cli_options *o, struct lists *l,
                                  enum option_id id, const char *argument)
{
    switch (id) {
    case OPTION_IP:
        return take_ip(o, l->ip, argument);
    case OPTION_SELECTOR:
        l->selector[l->n_selectors++] = argument;
        return AC_OK;
    case OPTION_DISCOVER:
        return take_discover(o, argument);
    case OPTION_UNSIGNED:
        o->audit.is_unsigned = true;
        return AC_OK;
    case OPTION_MAIL_FROM:
        o->audit.mail_from = span_of(argument);
        return AC_OK;
    case OPTION_HELO:
        o->audit.helo = span_of(argument);
        return AC_OK;
    case OPTION_NAMESERVER:
        if (!net_server_valid(argument))
            return wrong(o,
                         "--nameserver %s: not a server; expected ADDR, ADDR:PORT or "
                         "[V6]:PORT",
                         shown(o, argument));
        l->server[l->n_servers++] = argument;
        return AC_OK;
    case OPTION_TIMEOUT:
        return take_seconds(o, "timeout", argument, &o->drive.timeout_us);
    case OPTION_TRIES:
        return take_tries(o, argument);
    case OPTION_DEADLINE:
        return take_seconds(o, "deadline", argument, &o->drive.deadline_us);
    case OPTION_RECEIVER:
        return take_receiver(o, l->receiver, argument);
    case OPTION_BULK: /* counts for named receivers: see verdict/receivers.def */
        return AC_OK;
    case OPTION_ZONE:
        return take_overlay(o, false, argument);
    case OPTION_DELETE:
        return take_overlay(o, true, argument);
    case OPTION_OFFLINE:
        o->audit.offline = true;
        return AC_OK;
    case OPTION_FORMAT:
        return take_format(o, argument);
    case OPTION_OUTPUT:
        o->output = argument;
        return AC_OK;
    case OPTION_FAIL_ON:
        return take_fail_on(o, argument);
    case OPTION_COLOR:
        l->color = argument;
        return AC_OK;
    case OPTION_VERBOSE:
        o->report.verbose++;
        return AC_OK;
    case OPTION_QUIET:
        o->report.quiet = true;
        return AC_OK;
    case OPTION_HELP:
        o->help = true;
        return AC_OK;
    case OPTION_VERSION:
        o->version = true;
        return AC_OK;
    case OPTION_COUNT:
        break;
    }
    return AC_EINVAL;
}

/* What getopt_long wants, from the rows. */
static void getopt_tables(struct option rows[static OPTION_COUNT + 1],
                          char letters[static 3 * OPTION_COUNT + 2])
{
    char *p = letters;

    *p++ = ':'; /* tell a missing argument from an unknown option */
    for (int i = 0; i < OPTION_COUNT; i++) {
        rows[i] = (struct option){ table[i].name,
                                   table[i].argument ? required_argument : no_argument,
                                   NULL, LONG_ONLY + i };
        if (!table[i].letter)
            continue;
        *p++ = (char)table[i].letter;
        if (table[i].argument)
            *p++ = ':';
    }
    *p = '\0';
    rows[OPTION_COUNT] = (struct option){ 0 };
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

static enum ac_status read_options(struct cli_options *o, struct lists *l, int argc,
                                   char **argv)
{
    struct option rows[OPTION_COUNT + 1];
    char letters[3 * OPTION_COUNT + 2];
    int c;

    getopt_tables(rows, letters);
    opterr = 0;
    optind = 0;
    while (optind = optind ? optind : 1,
           (c = getopt_long(argc, argv, letters, rows, NULL)) != -1) {
        enum option_id id;

        if (c == '?' && optopt && optopt < LONG_ONLY)
            return wrong(o, "-%c: no such option (see authcheck --help)", optopt);
        if (c == '?')
            return wrong(o,
                         "%s: no such option, or an argument that it does not take "
                         "(see authcheck --help)",
                         shown(o, argv[optind - 1]));
        if (c == ':')
            return wrong(o, "%s: no argument; expected one (see authcheck --help)",
                         argv[optind - 1]);
        id = option_of(c);
        TRY(take_option(o, l, id, optarg));
        if (o->help || o->version)
            return AC_OK;
    }
    return AC_OK;
}

/* Is the last label all digits? No top-level domain is: a mistyped address. */
static bool looks_like_address(const struct dns_name *name)
{
    struct dns_name top = dns_name_last(name, 1);

    for (size_t i = 1; i <= top.wire[0]; i++)
        if (top.wire[i] < '0' || top.wire[i] > '9')
            return false;
    return true;
}

static enum ac_status take_domain(struct cli_options *o, const char *text)
{
    const char *why = "";
    struct dns_name *domain = &o->audit.domain;
    struct ip ip;

    if (ip_parse(span_of(text), &ip))
        return wrong(o,
                     "%s: an address; expected the domain of the From header, and "
                     "the address behind --ip",
                     shown(o, text));
    if (dns_name_from_user(span_of(text), domain, &why)) {
        bool dotted = dns_name_labels(domain) > 1 || strchr(text, '.');

        if (dotted && !looks_like_address(domain))
            return AC_OK;
        why = dotted ? "its last label is all digits" : "it has no dot";
    }
    if (!strchr(text, '.'))
        return wrong(o,
                     "%s: no such command, and no domain, since %s (see authcheck "
                     "--help)",
                     shown(o, text), why);
    return wrong(o, "%s: not a domain, since %s; expected one such as example.com",
                 shown(o, text), why);
}

static enum ac_status take_selectors(struct cli_options *o, const struct lists *l)
{
    struct audit_selector *s = arena_array(&o->arena, l->n_selectors, sizeof *s);

    if (!s)
        return AC_ENOMEM;
    for (size_t i = 0; i < l->n_selectors; i++) {
        const char *why = "";

        if (!audit_selector_parse(l->selector[i], &o->audit.domain, &s[i], &why))
            return wrong(o,
                         "--selector %s: not a selector, since %s; expected s1 or "
                         "s1._domainkey.mailer.example",
                         shown(o, l->selector[i]), why);
    }
    o->audit.selector = s;
    o->audit.n_selectors = l->n_selectors;
    return AC_OK;
}

static enum ac_status check_together(struct cli_options *o)
{
    if (o->audit.is_unsigned && o->audit.n_selectors)
        return wrong(o, "--unsigned and --selector: one says that there is no "
                        "signature, the other names one; expected one of them");
    if (o->report.quiet && o->report.verbose)
        return wrong(o, "--quiet and --verbose: expected one of them");
    return AC_OK;
}

static enum ac_status read_all(struct cli_options *o, struct lists *l, int argc,
                               char **argv)
{
    TRY(read_options(o, l, argc, argv));
    if (o->help || o->version)
        return AC_OK;
    if (optind == argc)
        return wrong(o, "no domain; expected authcheck DOMAIN --ip IP (see authcheck "
                        "--help)");
    if (optind + 1 < argc)
        return wrong(o,
                     "%s: more than one domain; expected one, and addresses behind "
                     "--ip",
                     shown(o, argv[optind + 1]));
    TRY(take_domain(o, argv[optind]));
    TRY(take_selectors(o, l));
    TRY(take_color(o, l->color));
    return check_together(o);
}

static void set_defaults(struct cli_options *o)
{
    *o = (struct cli_options){
        .audit = { .discover = DKIM_DISCOVER_DEFAULT,
                   .guess_helo = true,
                   .check_reports = true,
                   .limits = ac_default_limits,
                   .now = clock_unix(),
                   .nonce = clock_random() },
        .drive = { .servers = 1,
                   .tries = 3,
                   .timeout_us = 2000000,
                   .deadline_us = 20000000 },
    };
    o->format = report_find(SPAN("text"));
    arena_init(&o->arena, 1 << 24);
}

enum ac_status cli_options_parse(struct cli_options *o, int argc, char **argv)
{
    struct lists l = { .color = "auto" };
    size_t n = (size_t)argc;

    set_defaults(o);
    l.ip = arena_array(&o->arena, n, sizeof *l.ip);
    l.selector = arena_array(&o->arena, n, sizeof *l.selector);
    l.server = arena_array(&o->arena, n, sizeof *l.server);
    l.receiver = arena_array(&o->arena, CLI_RECEIVERS_MAX, sizeof *l.receiver);
    if (!l.ip || !l.selector || !l.server || !l.receiver)
        return AC_ENOMEM;
    o->audit.ip = l.ip;
    o->audit.receiver = l.receiver;
    o->net.servers = l.server;
    TRY(read_all(o, &l, argc, argv));
    if (!o->audit.n_receivers)
        TRY(take_receiver(o, l.receiver, "generic"));
    o->net.n_servers = l.n_servers;
    o->net.timeout_ms = (unsigned)(o->drive.timeout_us / 1000);
    return AC_OK;
}

void cli_options_free(struct cli_options *o)
{
    dns_overlay_free(o->overlay);
    arena_free(&o->arena);
}

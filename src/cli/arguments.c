/* SPDX-License-Identifier: MIT */
/*
 * arguments.c - the argument of each option, read and judged by itself.
 */
#include "cli/arguments.h"

#include "base/clock.h"
#include "base/file.h"
#include "dkim/publish.h"
#include "dns/zone.h"
#include "report/text.h"

#include <errno.h>
#include <stdio.h>

enum {
    KEY_BYTES_MAX = 65536,
    TRIES_MAX = 20,
    SECONDS_MAX = 3600,
    IN_FLIGHT_MAX = 10000,
    QPS_MAX = 1000000
};

enum ac_status cli_wrong(struct cli_options *o, const char *format, ...)
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

const char *cli_shown(struct cli_options *o, const char *text)
{
    if (!*text)
        return "\"\"";
    if (strlen(text) < sizeof o->shown)
        return text;
    snprintf(o->shown, sizeof o->shown, "%.*s...", (int)sizeof o->shown - 4, text);
    return o->shown;
}

enum ac_status cli_take_ip(struct cli_options *o, const char *text)
{
    struct ip *ip = &o->lists.ip[o->audit.n_ips];

    if (o->audit.n_ips == AUDIT_IPS_MAX)
        return cli_wrong(o,
                         "--ip %s: one too many; expected at most %d addresses in one "
                         "audit",
                         cli_shown(o, text), AUDIT_IPS_MAX);
    if (!ip_parse(span_of(text), ip))
        return cli_wrong(o, "--ip %s: not an address; expected IPv4 or IPv6",
                         cli_shown(o, text));
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
        return cli_wrong(
            o, "--%s %s: not a time; expected seconds up to %d, such as 2 or 0.5",
            option, cli_shown(o, text), SECONDS_MAX);
    *us = (int64_t)seconds * 1000000 + (int64_t)fraction * scale;
    if (*us < 1000)
        return cli_wrong(o, "--%s %s: too short; expected at least 0.001", option,
                         cli_shown(o, text));
    return AC_OK;
}

enum ac_status cli_take_tries(struct cli_options *o, const char *text)
{
    uint32_t tries;

    if (!span_u32(span_of(text), TRIES_MAX, &tries) || !tries)
        return cli_wrong(o, "--tries %s: expected a number from 1 to %d",
                         cli_shown(o, text), TRIES_MAX);
    o->drive.tries = tries;
    return AC_OK;
}

enum ac_status cli_take_in_flight(struct cli_options *o, const char *text)
{
    uint32_t n;

    if (!span_u32(span_of(text), IN_FLIGHT_MAX, &n) || !n)
        return cli_wrong(o, "--in-flight %s: expected a number from 1 to %d",
                         cli_shown(o, text), IN_FLIGHT_MAX);
    o->batch.in_flight = n;
    return AC_OK;
}

enum ac_status cli_take_qps(struct cli_options *o, const char *text)
{
    uint32_t n;

    if (!span_u32(span_of(text), QPS_MAX, &n) || !n)
        return cli_wrong(o, "--qps %s: expected a number from 1 to %d",
                         cli_shown(o, text), QPS_MAX);
    o->batch.qps = n;
    return AC_OK;
}

enum ac_status cli_take_discover(struct cli_options *o, const char *text)
{
    uint32_t n;

    if (span_eq(span_of(text), SPAN("all"))) {
        o->audit.discover = SIZE_MAX;
        return AC_OK;
    }
    if (!span_u32(span_of(text), 100000, &n))
        return cli_wrong(o, "--discover %s: expected a number of selectors, or all",
                         cli_shown(o, text));
    o->audit.discover = n;
    return AC_OK;
}

static enum ac_status add_receiver(struct cli_options *o, const struct receiver *r)
{
    const struct receiver **list = o->lists.receiver;

    for (size_t i = 0; i < o->audit.n_receivers; i++)
        if (list[i] == r)
            return AC_OK;
    if (o->audit.n_receivers == CLI_RECEIVERS_MAX)
        return cli_wrong(o, "--receiver: more than %d", CLI_RECEIVERS_MAX);
    list[o->audit.n_receivers++] = r;
    return AC_OK;
}

enum ac_status cli_take_receiver(struct cli_options *o, const char *text)
{
    size_t n;
    const struct receiver *all = receiver_list(&n);
    const struct receiver *one = receiver_find(span_of(text));

    if (one)
        return add_receiver(o, one);
    if (!span_eq(span_of(text), SPAN("all")))
        return cli_wrong(o,
                         "--receiver %s: not known; expected a name such as %s, or all",
                         cli_shown(o, text), all[0].name);
    for (size_t i = 0; i < n; i++)
        TRY(add_receiver(o, &all[i]));
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
        return cli_wrong(o, "--%s %s", remove ? "delete" : "zone", error);
    return status;
}

/* Rows are JSON or text. */
static enum ac_status take_row_format(struct cli_options *o, const char *text)
{
    bool json = span_eq(span_of(text), SPAN("ndjson"));

    o->format = report_find(json ? SPAN("json") : span_of(text));
    return o->format ? AC_OK
                     : cli_wrong(o, "--format %s: not known; expected ndjson or text",
                                 cli_shown(o, text));
}

enum ac_status cli_take_no_dnsbl(struct cli_options *o, const char *text)
{
    (void)text;
    o->audit.dnsbl = false;
    return AC_OK;
}

enum ac_status cli_take_dnsbl(struct cli_options *o, const char *text)
{
    struct blocklist *list = &o->lists.blocklist[o->audit.n_blocklists];
    const char *why;

    if (o->audit.n_blocklists == CLI_BLOCKLISTS_MAX)
        return cli_wrong(o, "--dnsbl %s: one too many; expected at most %d",
                         cli_shown(o, text), CLI_BLOCKLISTS_MAX);
    if (!blocklist_parse(text, list, &why))
        return cli_wrong(o,
                         "--dnsbl %s: not a block list, since %s; expected its zone, "
                         "such as zen.spamhaus.org or domain:dbl.spamhaus.org",
                         cli_shown(o, text), why);
    o->audit.n_blocklists++;
    return AC_OK;
}

enum ac_status cli_take_format(struct cli_options *o, const char *text)
{
    if (o->command == FOR_BATCH)
        return take_row_format(o, text);
    o->ndjson = o->command == FOR_EXPLAIN && span_eq(span_of(text), SPAN("ndjson"));
    if (o->ndjson)
        text = "json";
    o->format = report_find(span_of(text));
    return o->format ? AC_OK
                     : cli_wrong(o, "--format %s: not known; expected text or json",
                                 cli_shown(o, text));
}

enum ac_status cli_take_fail_on(struct cli_options *o, const char *text)
{
    static const char *const word[] = { "reject", "spam", "warning", "never" };

    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (span_eq(span_of(text), span_of(word[i]))) {
            o->fail_on = (enum fail_on)i;
            return AC_OK;
        }
    return cli_wrong(o, "--fail-on %s: expected reject, spam, warning or never",
                     cli_shown(o, text));
}

enum ac_status cli_take_zone(struct cli_options *o, const char *text)
{
    return take_overlay(o, false, text);
}

enum ac_status cli_take_delete(struct cli_options *o, const char *text)
{
    return take_overlay(o, true, text);
}

enum ac_status cli_take_timeout(struct cli_options *o, const char *text)
{
    return take_seconds(o, "timeout", text, &o->drive.timeout_us);
}

enum ac_status cli_take_deadline(struct cli_options *o, const char *text)
{
    return take_seconds(o, "deadline", text, &o->drive.deadline_us);
}

enum ac_status cli_take_nameserver(struct cli_options *o, const char *text)
{
    if (!net_server_valid(text))
        return cli_wrong(o,
                         "--nameserver %s: not a server; expected ADDR, ADDR:PORT or "
                         "[V6]:PORT",
                         cli_shown(o, text));
    o->lists.server[o->lists.n_servers++] = text;
    return AC_OK;
}

enum ac_status cli_take_from_domain(struct cli_options *o, const char *text)
{
    enum ac_status status = cli_take_domain(o, text);

    if (status == AC_EINVAL)
        return cli_wrong(o,
                         "--domain %s: not a domain; expected one such as example.com",
                         cli_shown(o, text));
    return status;
}

/* Looked at once the domain is known. */
enum ac_status cli_take_selector(struct cli_options *o, const char *text)
{
    o->lists.selector[o->lists.n_selectors++] = text;
    return AC_OK;
}

enum ac_status cli_take_mail_from(struct cli_options *o, const char *text)
{
    o->audit.mail_from = span_of(text);
    return AC_OK;
}

enum ac_status cli_take_helo(struct cli_options *o, const char *text)
{
    o->audit.helo = span_of(text);
    return AC_OK;
}

enum ac_status cli_take_output(struct cli_options *o, const char *text)
{
    o->output = text;
    return AC_OK;
}

enum ac_status cli_take_record(struct cli_options *o, const char *text)
{
    o->record = text;
    return AC_OK;
}

enum ac_status cli_take_replay(struct cli_options *o, const char *text)
{
    o->replay = text;
    return AC_OK;
}

/* Only the public half is kept. */
enum ac_status cli_take_key(struct cli_options *o, const char *text)
{
    const char *why = "";
    enum ac_status status;
    struct buf pem;

    buf_init(&pem, KEY_BYTES_MAX);
    status = file_read(text, &pem);
    if (status == AC_EIO)
        status = cli_wrong(o, "--key %s: cannot be read (%s); expected a key in PEM",
                           cli_shown(o, text), strerror(errno));
    else if (status == AC_ELIMIT)
        status = cli_wrong(o, "--key %s: over %d bytes; expected a key in PEM",
                           cli_shown(o, text), KEY_BYTES_MAX);
    if (status == AC_OK) {
        status = dkim_publish(buf_span(&pem), &o->arena, &o->audit.key_record, &why);
        if (status == AC_EINVAL)
            status = cli_wrong(o, "--key %s: %s", cli_shown(o, text), why);
    }
    for (volatile char *p = pem.p; p && p < pem.p + pem.n; p++)
        *p = 0; /* it may be private */
    buf_free(&pem);
    return status;
}

enum ac_status cli_take_color(struct cli_options *o, const char *text)
{
    static const char *const word[] = { "auto", "always", "never" };

    o->color = text;
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (span_eq(span_of(text), span_of(word[i])))
            return AC_OK;
    return cli_wrong(o, "--color %s: expected auto, always or never",
                     cli_shown(o, text));
}

enum ac_status cli_take_unsigned(struct cli_options *o, const char *none)
{
    (void)none;
    o->audit.is_unsigned = true;
    return AC_OK;
}

enum ac_status cli_take_bulk(struct cli_options *o, const char *none)
{
    (void)none;
    o->audit.bulk = true;
    return AC_OK;
}

enum ac_status cli_take_no_audit(struct cli_options *o, const char *none)
{
    (void)none;
    o->no_audit = true;
    return AC_OK;
}

enum ac_status cli_take_compare(struct cli_options *o, const char *none)
{
    (void)none;
    o->audit.compare = true;
    return AC_OK;
}

enum ac_status cli_take_ordered(struct cli_options *o, const char *none)
{
    (void)none;
    o->batch.ordered = true;
    return AC_OK;
}

enum ac_status cli_take_resume(struct cli_options *o, const char *none)
{
    (void)none;
    o->batch.resume = true;
    return AC_OK;
}

enum ac_status cli_take_fixes(struct cli_options *o, const char *none)
{
    (void)none;
    o->audit.fixes = true;
    return AC_OK;
}

enum ac_status cli_take_check_reports(struct cli_options *o, const char *none)
{
    (void)none;
    o->audit.check_reports = true;
    return AC_OK;
}

enum ac_status cli_take_offline(struct cli_options *o, const char *none)
{
    (void)none;
    o->audit.offline = true;
    return AC_OK;
}

enum ac_status cli_take_verbose(struct cli_options *o, const char *none)
{
    (void)none;
    o->report.verbose++;
    return AC_OK;
}

enum ac_status cli_take_quiet(struct cli_options *o, const char *none)
{
    (void)none;
    o->report.quiet = true;
    return AC_OK;
}

enum ac_status cli_take_help(struct cli_options *o, const char *none)
{
    (void)none;
    o->help = true;
    return AC_OK;
}

enum ac_status cli_take_version(struct cli_options *o, const char *none)
{
    (void)none;
    o->version = true;
    return AC_OK;
}

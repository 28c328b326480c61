/* SPDX-License-Identifier: MIT */
/*
 * command.c - parse, audit, report, exit code.
 */
#include "cli/command.h"

#include "audit/compare.h"
#include "authcheck.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/receivers.h"
#include "report/text.h"

#include <stdio.h>
#include <string.h>

enum {
    REPORT_MAX = 64 * 1024 * 1024,
    COMPLAINT_MAX = 16 * 1024,
    TOPIC_SHOWN = 100 /* bytes of a topic that is none */
};

int command_complain(const char *what)
{
    struct buf line;

    buf_init(&line, COMPLAINT_MAX);
    text_escape(&line, span_of(what));
    fprintf(stderr, "authcheck: %s\n", buf_text(&line));
    buf_free(&line);
    return EXIT_USAGE;
}

/* Write a text to stdout; the exit code. */
static int say(const struct buf *text, const char *path, int code)
{
    char error[OUTPUT_ERROR_MAX];

    if (text->status != AC_OK)
        return command_complain("out of memory");
    if (output_write(path, buf_span(text), error) != AC_OK)
        return command_complain(error);
    return code;
}

/* With --compare a regression alone counts. */
static int compare_code(const struct audit_result *r, enum fail_on fail_on)
{
    if (fail_on == FAIL_ON_NEVER)
        return EXIT_FINE;
    if (audit_regressed(r->before, r))
        return EXIT_REFUSED;
    return audit_left_open(r->before, r) ? EXIT_OPEN : EXIT_FINE;
}

/* Save the audit where --record says; EXIT_FINE, or EXIT_USAGE after a complaint. */
static int save(const struct cli_options *o, struct audit *a)
{
    char error[OUTPUT_ERROR_MAX];
    struct buf text;
    int code = EXIT_FINE;

    if (!o->record)
        return EXIT_FINE;
    buf_init(&text, RECORDING_BYTES_MAX);
    if (recording_write(&text, &o->audit, a) != AC_OK)
        code = command_complain("--record: out of memory");
    else if (output_write(o->record, buf_span(&text), error) != AC_OK)
        code = command_complain(error);
    buf_free(&text);
    return code;
}

static int report(const struct cli_options *o, struct audit *a)
{
    const struct audit_result *r = audit_result(a);
    int saved = save(o, a), code;
    struct buf text;

    buf_init(&text, REPORT_MAX);
    o->format->print(&text, r, &o->report);
    code = say(&text, o->output,
               r->before ? compare_code(r, o->fail_on) : report_exit(r, o->fail_on));
    buf_free(&text);
    return saved == EXIT_FINE ? code : saved;
}

static int run_audit(struct cli_options *o)
{
    char error[NET_ERROR_MAX];
    struct dns_source *source = NULL;
    struct audit *a = NULL;
    enum ac_status status;
    int code = EXIT_USAGE;

    if (!o->audit.offline && !o->recording) {
        source = net_source_new(&o->net, error);
        if (!source)
            return command_complain(error);
        o->drive.servers = net_source_servers(source);
    }
    status = audit_new(&o->audit, &a);
    if (status == AC_OK)
        status = o->recording ? recording_replay(o->recording, a)
                              : audit_drive(a, source, &o->drive);
    if (status != AC_OK)
        command_complain(status == AC_ELIMIT
                             ? "more than one audit may hold: expected fewer "
                               "addresses or selectors"
                             : "out of memory");
    else
        code = report(o, a);
    audit_free(a);
    if (source)
        source->ops->free(source);
    return code;
}

int command_failed(const struct cli_options *o, enum ac_status status)
{
    return command_complain(status == AC_EINVAL ? o->error : "out of memory");
}

int command_said(const struct cli_options *o)
{
    struct buf text;
    int code;

    if (!o->help && !o->version)
        return -1;
    buf_init(&text, REPORT_MAX);
    if (o->help)
        help_usage(&text, o->command);
    else
        buf_puts(&text, "authcheck " AC_VERSION "\n");
    code = say(&text, NULL, EXIT_FINE);
    buf_free(&text);
    return code;
}

int command_audit(int argc, char **argv)
{
    struct cli_options o;
    enum ac_status status = cli_options_parse(&o, FOR_AUDIT, argc, argv);
    int code = status == AC_OK ? command_said(&o) : command_failed(&o, status);

    if (code < 0)
        code = run_audit(&o);
    cli_options_free(&o);
    return code;
}

int command_help(int argc, char **argv)
{
    char what[2 * TOPIC_SHOWN + 200];
    struct buf text;
    int code;

    buf_init(&text, REPORT_MAX);
    if (argc > 2) {
        code = command_complain("help: more than one topic; expected one finding's id");
    } else if (!help_topic(&text, argc > 1 ? argv[1] : NULL)) {
        snprintf(what, sizeof what,
                 "help \"%.*s\": no such topic; expected a finding's id, such as "
                 "spf-ip-not-authorized (authcheck help findings lists them)",
                 TOPIC_SHOWN, argv[1]);
        code = command_complain(what);
    } else {
        code = say(&text, NULL, EXIT_FINE);
    }
    buf_free(&text);
    return code;
}

int command_receivers(int argc, char **argv)
{
    const struct receiver *one = argc == 2 ? receiver_find(span_of(argv[1])) : NULL;
    struct buf text;
    int code;

    buf_init(&text, REPORT_MAX);
    if (argc > 2) {
        code = command_complain(
            "receivers: more than one name; expected one, or none for all");
    } else if (argc == 2 && !one) {
        code = command_complain(
            "receivers: no such receiver; expected a name of the list that "
            "authcheck receivers prints");
    } else {
        if (one)
            cli_receiver_explain(&text, one);
        else
            cli_receivers_list(&text);
        code = say(&text, NULL, EXIT_FINE);
    }
    buf_free(&text);
    return code;
}

/* SPDX-License-Identifier: MIT */
/*
 * batch.c - the command line of a batch becomes its options.
 */
#include "batch/batch.h"

#include "cli/arguments.h"
#include "cli/command.h"

#include <unistd.h>

/* The selectors of --selector, whose domain each row has its own. */
static enum ac_status take_selectors(struct cli_options *o)
{
    if (o->audit.is_unsigned && o->lists.n_selectors)
        return cli_wrong(o, "--unsigned and --selector: one says that there is no "
                            "signature, the other names one; expected one of them");
    if (!o->lists.n_selectors)
        return AC_OK;
    o->audit.domain = (struct dns_name){ .n = 5, .wire = "\1a\1b" };
    return cli_take_selectors(o);
}

static enum ac_status check(struct cli_options *o)
{
    if (o->n_operands > 1)
        return cli_wrong(o,
                         "%s: more than one input; expected one file, or - for "
                         "standard input",
                         cli_shown(o, o->operand[1]));
    if (!o->n_operands && isatty(STDIN_FILENO))
        return cli_wrong(o, "no input; expected a file, or - for standard input (see "
                            "authcheck batch --help)");
    if (o->batch.resume && !o->output)
        return cli_wrong(o, "--resume: nothing to go on with; expected --output FILE "
                            "beside it");
    if (o->batch.resume && span_eq(span_of(o->format->name), SPAN("text")))
        return cli_wrong(o, "--resume: rows of text cannot be told apart; expected "
                            "--format ndjson");
    TRY(take_selectors(o));
    if (!o->audit.n_receivers)
        TRY(cli_take_receiver(o, "generic"));
    return AC_OK;
}

static int run(struct cli_options *o)
{
    struct batch_options b = {
        .audit = o->audit,
        .crew = { .net = o->net,
                  .drive = o->drive,
                  .in_flight = o->batch.in_flight,
                  .qps = o->batch.qps },
        .input = o->n_operands ? o->operand[0] : NULL,
        .output = o->output,
        .text = span_eq(span_of(o->format->name), SPAN("text")),
        .ordered = o->batch.ordered,
        .resume = o->batch.resume,
        .quiet = o->report.quiet,
        .fail_on = o->fail_on,
    };
    char error[BATCH_ERROR_MAX];
    int code = batch_run(&b, error);

    return error[0] ? command_complain(error) : code;
}

int command_batch(int argc, char **argv)
{
    struct cli_options o;
    enum ac_status status = cli_options_parse(&o, FOR_BATCH, argc, argv);
    int code = status == AC_OK ? command_said(&o) : command_failed(&o, status);

    if (code < 0) {
        status = check(&o);
        code = status == AC_OK ? run(&o) : command_failed(&o, status);
    }
    cli_options_free(&o);
    return code;
}

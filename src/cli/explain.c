/* SPDX-License-Identifier: MIT */
/*
 * explain.c - the command explain: from bounces to audits and conclusions, in the order
 * of the inputs. The audits of some bounces are under way at once. Memory does not grow
 * with their number: what is written is forgotten.
 */
#include "explain/explain.h"
#include "bounce/mailbox.h"
#include "cli/audits.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/inputs.h"
#include "cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    TEXT_MAX = 64 * 1024 * 1024,
    ARENA_MAX = 64 * 1024 * 1024,
    JOB_LARGE = 1024 * 1024
};

/* One bounce whose audit is under way. */
struct job {
    struct arena arena; /* of all texts here */
    struct bounce bounce;
    const char *source;
    size_t message;
    struct audits_seat *seat;      /* NULL: none is made */
    bool by_mail_from, by_address; /* as in explain_question */
};

struct session {
    struct cli_options *o;
    struct explain_given given;
    struct audits *audits;
    struct job job[AUDITS_IN_FLIGHT]; /* a ring, in the order of the inputs */
    size_t first, n_jobs;
    struct output output;
    struct buf text;    /* made, and not yet put out */
    bool written;       /* something was */
    bool many;          /* inputs, or messages of one */
    bool unreadable;    /* some input was, */
    bool refused, open; /* some row's exit code is EXIT_REFUSED, EXIT_OPEN */
};

/* --- one bounce ---------------------------------------------------------------------
 */

static void count_exit(struct session *s, const struct explained *e)
{
    if (s->o->fail_on == FAIL_ON_NEVER)
        return;
    if (!e->conclusion) {
        s->open = s->open || e->bounce->verdict.class == BOUNCE_CLASS_NONE;
        return;
    }
    s->refused = s->refused || e->conclusion->state == EXPLAIN_STILL_FAILING;
    s->open = s->open || e->conclusion->state == EXPLAIN_UNDECIDED;
}

/* What is made goes out at once: memory does not grow with the number of bounces. */
static enum ac_status put_out(struct session *s)
{
    char error[OUTPUT_ERROR_MAX];
    enum ac_status status = s->text.status;

    if (status == AC_OK)
        status = output_put(&s->output, buf_span(&s->text), error);
    if (status == AC_EIO)
        command_complain(error);
    s->written = s->written || s->text.n;
    buf_free(&s->text);
    buf_init(&s->text, TEXT_MAX);
    return status;
}

static bool wants_json(const struct session *s)
{
    return span_eq(span_of(s->o->format->name), SPAN("json"));
}

/* A source in a complaint. */
static const char *shown(const char *source)
{
    return strcmp(source, "-") == 0 ? "standard input" : source;
}

static void nothing_found(const struct explained *e)
{
    struct buf line;

    buf_init(&line, TEXT_MAX);
    buf_puts(&line, shown(e->source));
    if (e->message)
        buf_printf(&line, "[%zu]", e->message);
    buf_puts(&line,
             ": no refusal found in it; looked for an SMTP reply such as 550 5.7.1 "
             "..., a line of a mail log, a delivery report (RFC 3464), and the "
             "words of qmail, Exim and Exchange");
    command_complain(buf_text(&line));
    buf_free(&line);
}

static void print(struct session *s, const struct explained *e, bool compact)
{
    bool is_told =
        e->bounce->has_refusal || e->bounce->verdict.class == BOUNCE_CLASS_REPORT;

    if (!is_told)
        nothing_found(e);
    if (wants_json(s))
        explain_json(&s->text, e, compact || s->many || s->o->ndjson);
    else if (!is_told)
        return;
    else if (s->many)
        explain_line(&s->text, e, &s->o->report);
    else
        explain_text(&s->text, e, &s->o->report);
}

/* Words without a code that no pattern knows may be anything. */
static bool is_refusal(const struct bounce *b)
{
    return b->verdict.class != BOUNCE_CLASS_NONE || b->code || b->enhanced.n ||
           b->is_message;
}

static void free_job(struct job *j)
{
    audits_let_go(j->seat);
    arena_free(&j->arena);
    *j = (struct job){ 0 };
}

/* The bounce of a job, read, and its audit begun. */
static enum ac_status begin_job(struct session *s, struct job *j, struct span bytes,
                                bool cut)
{
    struct explain_question q;
    enum ac_status status;
    struct arena arena;
    bool asked = false;

    TRY(bounce_read(bytes, &j->arena, &j->bounce));
    j->bounce.cut = j->bounce.cut || cut;
    j->bounce.has_refusal = j->bounce.has_refusal && is_refusal(&j->bounce);
    if (s->o->no_audit || !j->bounce.has_refusal)
        return AC_OK;
    arena_init(&arena, AUDITS_ARENA_MAX);
    status = explain_ask(&s->given, &j->bounce, &arena, &q, &asked);
    if (status != AC_OK || !asked) {
        arena_free(&arena);
        return status;
    }
    j->by_mail_from = q.by_mail_from;
    j->by_address = q.by_address;
    return audits_hold(s->audits, &q, &arena, s->many, &j->seat);
}

/* Of the job that came first: wait for its audit, and tell. */
static enum ac_status tell_job(struct session *s, struct job *j)
{
    struct explained e = { .source = j->source,
                           .message = j->message,
                           .bounce = &j->bounce };
    const struct audit_result *audit = NULL;
    struct conclusion conclusion;

    if (j->seat)
        TRY(audits_result(s->audits, j->seat, &audit));
    if (audit && !j->by_address) {
        e.audit = audit;
        e.domain = audit->domain;
        e.by_mail_from = j->by_mail_from;
    }
    if (!s->o->no_audit) {
        TRY(explain_conclude(&j->bounce, audit, e.audit, &j->arena, &conclusion));
        e.conclusion = &conclusion;
    }
    count_exit(s, &e);
    print(s, &e, j->message > 0);
    return put_out(s);
}

/* All jobs but the last `left`. */
static enum ac_status tell_jobs(struct session *s, size_t left)
{
    while (s->n_jobs > left) {
        struct job *j = &s->job[s->first];

        TRY(tell_job(s, j));
        free_job(j);
        s->first = (s->first + 1) % AUDITS_IN_FLIGHT;
        s->n_jobs--;
    }
    return AC_OK;
}

static enum ac_status explain_one(struct session *s, struct span bytes, bool cut,
                                  const char *source, size_t message)
{
    struct job *j;

    TRY(tell_jobs(s, AUDITS_IN_FLIGHT - 1));
    j = &s->job[(s->first + s->n_jobs++) % AUDITS_IN_FLIGHT];
    arena_init(&j->arena, ARENA_MAX);
    j->message = message;
    j->source = arena_strdup(&j->arena, span_of(source));
    if (!j->source)
        return AC_ENOMEM;
    TRY(begin_job(s, j, bytes, cut));
    /* Nothing to wait for, or a message of a size that is not kept beside others. */
    if (!s->many || (!j->seat && s->n_jobs == 1) || s->o->audit.offline ||
        j->arena.used > JOB_LARGE)
        return tell_jobs(s, 0);
    return AC_OK;
}

/* --- one input ----------------------------------------------------------------------
 */

/* One line, and the other inputs go on. */
static void unreadable(struct session *s, const char *source, const char *why)
{
    struct buf line;

    buf_init(&line, TEXT_MAX);
    buf_printf(&line, "%s: %s", shown(source), why);
    command_complain(buf_text(&line));
    buf_free(&line);
    s->unreadable = true;
}

static void cannot_read(struct session *s, const char *source)
{
    char why[256];

    snprintf(why, sizeof why, "cannot be read (%s); expected a file with a bounce",
             strerror(errno));
    unreadable(s, source, why);
}

static bool is_blank(struct span bytes)
{
    return !span_trim(bytes, " \t\r\n").n;
}

/* The next message that is not blank. */
static enum ac_status next_message(struct bounce_mailbox *m, struct buf *out, bool *cut)
{
    enum ac_status status;

    do
        status = bounce_mailbox_next(m, out, cut);
    while (status == AC_OK && is_blank(buf_span(out)));
    return status;
}

/* One message ahead, since the only one of a mailbox is told at length. */
static enum ac_status explain_mailbox(struct session *s, struct bounce_mailbox *m,
                                      const char *source, struct buf message[static 2])
{
    bool cut[2] = { false, false };
    enum ac_status status = next_message(m, &message[0], &cut[0]);
    size_t n = 0;

    if (status == AC_ELIMIT)
        unreadable(s, source, "empty; expected a bounce");
    while (status == AC_OK) {
        size_t now = n % 2, ahead = 1 - now;
        bool is_mbox = bounce_mailbox_is_mbox(m);

        status = next_message(m, &message[ahead], &cut[ahead]);
        s->many = s->many || status == AC_OK;
        n++;
        TRY(explain_one(s, buf_span(&message[now]), cut[now], source, is_mbox ? n : 0));
    }
    if (status == AC_EIO)
        cannot_read(s, source);
    return status == AC_EIO || status == AC_ELIMIT ? AC_OK : status;
}

static enum ac_status explain_stream(struct session *s, FILE *in, const char *source)
{
    struct bounce_mailbox *m = bounce_mailbox_new(in);
    struct buf message[2];
    enum ac_status status;

    if (!m)
        return AC_ENOMEM;
    buf_init(&message[0], BOUNCE_BYTES_MAX);
    buf_init(&message[1], BOUNCE_BYTES_MAX);
    status = explain_mailbox(s, m, source, message);
    buf_free(&message[0]);
    buf_free(&message[1]);
    bounce_mailbox_free(m);
    return status;
}

static enum ac_status explain_stdin(struct session *s)
{
    if (isatty(STDIN_FILENO))
        fputs("authcheck: paste the bounce, then press Ctrl-D (see authcheck explain "
              "--help)\n",
              stderr);
    return explain_stream(s, stdin, "-");
}

static enum ac_status explain_file(struct session *s, const char *path)
{
    FILE *in = fopen(path, "rb");
    enum ac_status status;

    if (!in) {
        cannot_read(s, path);
        return AC_OK;
    }
    status = explain_stream(s, in, path);
    fclose(in);
    return status;
}

static enum ac_status explain_operand(struct session *s, const char *path)
{
    struct cli_inputs in;
    enum ac_status status;

    if (strcmp(path, "-") == 0)
        return explain_stdin(s);
    status = cli_inputs_list(path, &in);
    if (status == AC_EIO) {
        cannot_read(s, path);
        status = AC_OK;
    } else if (status == AC_OK && !in.n) {
        unreadable(s, path,
                   "a folder without a bounce; expected files in it, or in new/ and "
                   "cur/");
    }
    s->many = s->many || in.is_folder;
    for (size_t i = 0; status == AC_OK && i < in.n; i++)
        status = explain_file(s, in.path[i]);
    cli_inputs_free(&in);
    return status;
}

/* --- the command --------------------------------------------------------------------
 */

static int session_code(const struct session *s, enum ac_status status)
{
    if (status == AC_ENOMEM || status == AC_ELIMIT)
        return command_complain("out of memory");
    if (status != AC_OK || s->unreadable)
        return EXIT_USAGE;
    return s->refused ? EXIT_REFUSED : s->open ? EXIT_OPEN : EXIT_FINE;
}

static enum ac_status explain_inputs(struct session *s)
{
    const struct cli_options *o = s->o;
    enum ac_status status = o->n_operands ? AC_OK : explain_stdin(s);

    for (int i = 0; status == AC_OK && i < o->n_operands; i++)
        status = explain_operand(s, o->operand[i]);
    return status == AC_OK ? tell_jobs(s, 0) : status;
}

/* With the report at its place, or not there at all. */
static enum ac_status explain_into_output(struct session *s)
{
    char error[OUTPUT_ERROR_MAX] = "";
    enum ac_status status = output_open(&s->output, s->o->output, error), closed;

    if (status == AC_OK)
        status = explain_inputs(s);
    closed = output_close(&s->output, status == AC_OK && s->written, error);
    if (error[0])
        command_complain(error);
    return status == AC_OK ? closed : status;
}

static int explain_all(struct cli_options *o)
{
    struct session *s = calloc(1, sizeof *s);
    int code;

    if (!s)
        return command_complain("out of memory");
    s->o = o;
    s->given =
        (struct explain_given){ &o->audit, o->lists.selector, o->lists.n_selectors };
    s->many = o->n_operands > 1;
    buf_init(&s->text, TEXT_MAX);
    s->audits = audits_new(o);
    code = session_code(s, s->audits ? explain_into_output(s) : AC_ENOMEM);
    for (size_t i = 0; i < AUDITS_IN_FLIGHT; i++)
        free_job(&s->job[i]);
    audits_free(s->audits);
    buf_free(&s->text);
    free(s);
    return code;
}

int command_explain(int argc, char **argv)
{
    struct cli_options o;
    enum ac_status status = cli_options_parse(&o, FOR_EXPLAIN, argc, argv);
    int code = status == AC_OK ? command_said(&o) : command_failed(&o, status);

    if (code < 0)
        code = explain_all(&o);
    cli_options_free(&o);
    return code;
}

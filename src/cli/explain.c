/* SPDX-License-Identifier: MIT */
/*
 * explain.c - the command explain: from bounces to audits and conclusions, one by one.
 * Memory does not grow with their number: what is written is forgotten, and of the
 * audits only the last ones are kept for bounces that ask the same.
 */
#include "explain/explain.h"
#include "batch/crew.h"
#include "bounce/mailbox.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "explain/question.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    TEXT_MAX = 64 * 1024 * 1024,
    ARENA_MAX = 64 * 1024 * 1024,
    MEMO_MAX = 64 /* audits that are kept */
};

/* One audit, and the memory of its question. */
struct memo {
    struct arena arena;
    struct span key; /* p == NULL: free */
    struct audit *audit;
};

struct session {
    struct cli_options *o;
    struct explain_given given;
    struct dns_source
        *source;       /* opened for the first audit, where it is the only one; */
    struct crew *crew; /* else this, which keeps the answers of one for others */
    struct memo memo[MEMO_MAX];
    size_t oldest;
    struct arena arena; /* of one bounce */
    struct output output;
    struct buf text;    /* made, and not yet put out */
    bool written;       /* something was */
    bool many;          /* inputs, or messages of one */
    bool unreadable;    /* some input was, */
    bool refused, open; /* some row's exit code is EXIT_REFUSED, EXIT_OPEN */
};

/* --- the audit ----------------------------------------------------------------------
 */

static void forget(struct memo *m)
{
    audit_free(m->audit);
    arena_free(&m->arena);
    *m = (struct memo){ 0 };
}

static enum ac_status open_source(struct session *s)
{
    char error[NET_ERROR_MAX] = "";
    const struct crew_options crew = { .net = s->o->net, .drive = s->o->drive };

    if (s->source || s->crew || s->o->audit.offline)
        return AC_OK;
    if (s->many)
        s->crew = crew_new(&crew, false, error);
    else
        s->source = net_source_new(&s->o->net, error);
    if (!s->source && !s->crew) {
        command_complain(error);
        return AC_EINVAL;
    }
    if (s->source)
        s->o->drive.servers = net_source_servers(s->source);
    return AC_OK;
}

static enum ac_status drive(struct session *s, struct audit *a)
{
    struct crew_done done;
    enum ac_status status;

    if (!s->crew)
        return audit_drive(a, s->source, &s->o->drive);
    status = crew_take(s->crew, a, NULL);
    if (status != AC_OK)
        return status;
    do
        status = crew_wait(s->crew, INT64_MAX, &done);
    while (status == AC_PENDING); /* a signal that is handled */
    return status == AC_OK ? done.status : status;
}

/* In the place of the oldest; the arena of the question goes there with it. */
static enum ac_status audit_anew(struct session *s, const struct explain_question *q,
                                 const struct arena *arena, struct memo **out)
{
    struct memo *m = &s->memo[s->oldest];
    enum ac_status status;

    forget(m);
    m->arena = *arena;
    *out = m;
    status = open_source(s);
    if (status == AC_OK)
        status = audit_new(&q->audit, &m->audit);
    if (status == AC_OK)
        status = drive(s, m->audit);
    if (status != AC_OK) {
        forget(m);
        return status;
    }
    m->key = q->key;
    s->oldest = (s->oldest + 1) % MEMO_MAX;
    return AC_OK;
}

/* The audit of a bounce: one that was made already, where that asked the same. It is
 * shown where it is one of a domain. */
static enum ac_status audit_of(struct session *s, struct explained *e,
                               const struct audit_result **out)
{
    struct explain_question q;
    struct memo *m = NULL;
    enum ac_status status;
    struct arena arena;
    bool asked = false;

    arena_init(&arena, ARENA_MAX);
    status = explain_ask(&s->given, e->bounce, &arena, &q, &asked);
    for (size_t i = 0; status == AC_OK && asked && i < MEMO_MAX; i++)
        if (s->memo[i].key.p && span_eq(s->memo[i].key, q.key))
            m = &s->memo[i];
    if (status != AC_OK || !asked || m)
        arena_free(&arena);
    else
        status = audit_anew(s, &q, &arena, &m);
    if (status != AC_OK || !asked)
        return status;
    *out = audit_result(m->audit);
    if (q.by_address)
        return AC_OK;
    e->audit = *out;
    e->domain = e->audit->domain;
    e->by_mail_from = q.by_mail_from;
    return AC_OK;
}

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
    if (!e->bounce->has_refusal)
        nothing_found(e);
    if (wants_json(s))
        explain_json(&s->text, e, compact || s->many);
    else if (!e->bounce->has_refusal)
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

static enum ac_status explain_one(struct session *s, struct span bytes, bool cut,
                                  const char *source, size_t message)
{
    struct explained e = { .source = source, .message = message };
    const struct audit_result *audit = NULL;
    struct conclusion conclusion;
    struct bounce bounce;

    arena_reset(&s->arena);
    TRY(bounce_read(bytes, &s->arena, &bounce));
    bounce.cut = bounce.cut || cut;
    bounce.has_refusal = bounce.has_refusal && is_refusal(&bounce);
    e.bounce = &bounce;
    if (!s->o->no_audit) {
        if (bounce.has_refusal)
            TRY(audit_of(s, &e, &audit));
        TRY(explain_conclude(&bounce, audit, &s->arena, &conclusion));
        e.conclusion = &conclusion;
    }
    count_exit(s, &e);
    print(s, &e, message > 0);
    return put_out(s);
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
    return status;
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
    arena_init(&s->arena, ARENA_MAX);
    buf_init(&s->text, TEXT_MAX);
    code = session_code(s, explain_into_output(s));
    for (size_t i = 0; i < MEMO_MAX; i++)
        forget(&s->memo[i]);
    if (s->source)
        s->source->ops->free(s->source);
    crew_free(s->crew);
    buf_free(&s->text);
    arena_free(&s->arena);
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

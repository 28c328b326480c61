/* SPDX-License-Identifier: MIT */
/*
 * batch.c - the run: while there is room a row is read and its audit begun; an audit
 * that ended is printed and its place used again. One thread: the input is not waited
 * for while audits are under way, nor is a slow reader of the output.
 */
#include "batch/batch.h"

#include "base/clock.h"
#include "batch/input.h"
#include "batch/places.h"
#include "batch/print.h"
#include "batch/progress.h"
#include "batch/resume.h"
#include "batch/writer.h"

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HELD_MAX = 8 << 20,     /* bytes of rows that wait for an earlier one */
    FLUSH_US = 200 * 1000,  /* rows are not kept longer than this */
    SLOW_INPUT_US = 20000,  /* how often a pipe is asked for more */
    GRACE_US = 1000 * 1000, /* for what is under way after a signal */
};

struct run {
    const struct batch_options *options;
    struct input input;
    struct writer writer;
    struct resume resume;
    struct tally tally;
    struct progress progress;
    struct crew *crew;
    struct places places;
    size_t under_way; /* audits that the crew has */
    bool input_ended;
    bool resuming;
    int64_t flush_us; /* when rows are to be written at the latest */
    char *error;
};

static volatile sig_atomic_t stop;

static void release_signals(void)
{
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

/* The first signal ends the run, the second, whichever it is, the process. */
static void on_signal(int number)
{
    (void)number;
    stop = 1;
    release_signals();
}

static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal }; /* poll is to come back */

    stop = 0;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static enum ac_status fail(struct run *b, const char *what)
{
    if (!b->error[0])
        snprintf(b->error, BATCH_ERROR_MAX, "%s", what);
    return AC_EIO;
}

static enum ac_status no_memory(struct run *b)
{
    return fail(b, "out of memory");
}

static enum ac_status flush(struct run *b, bool wait)
{
    enum ac_status status = writer_flush(&b->writer, wait);

    b->flush_us = clock_us() + FLUSH_US;
    return status == AC_EIO ? fail(b, b->writer.error) : AC_OK;
}

/* What was printed to the end of the writer's rows is one. */
static enum ac_status put_row(struct run *b)
{
    if (writer_put(&b->writer) != AC_OK)
        return no_memory(b);
    return writer_is_ready(&b->writer) ? flush(b, false) : AC_OK;
}

/* Write the rows whose turn it is; past: all that are done. */
static enum ac_status write_in_order(struct run *b, bool past)
{
    struct place *p;

    while ((p = places_next(&b->places, past))) {
        buf_put(&b->writer.rows, buf_span(&p->text));
        places_give(&b->places, p);
        TRY(put_row(b));
    }
    return AC_OK;
}

/* A row is complete; r is NULL where p->row.error says why. */
static enum ac_status finish_row(struct run *b, struct place *p,
                                 const struct audit_result *r)
{
    struct buf *out = b->options->ordered ? &p->text : &b->writer.rows;

    if (b->options->text)
        print_text(out, &p->row, r);
    else
        print_json(out, &p->row, r);
    if (!b->options->ordered) {
        places_give(&b->places, p);
        return put_row(b);
    }
    if (p->text.status != AC_OK)
        return no_memory(b);
    places_done(&b->places, p);
    return write_in_order(b, false);
}

static enum ac_status finish_error(struct run *b, struct place *p)
{
    tally_error(&b->tally);
    return finish_row(b, p, NULL);
}

static const char *failure(enum ac_status status)
{
    return status == AC_ELIMIT ? "more than one audit may hold: expected fewer "
                                 "addresses or selectors"
                               : "out of memory";
}

/* Is the row there already? AC_OK: no; AC_PENDING: yes. */
static enum ac_status look_for(struct run *b, struct place *p)
{
    char domain[DNS_TEXT_MAX], what[RESUME_ERROR_MAX];
    const char *printed =
        p->row.error ? NULL : dns_name_print(&p->options.domain, domain);

    switch (resume_look(&b->resume, &p->row, printed)) {
    case RESUME_NEW:
        return AC_OK;
    case RESUME_HELD:
        return AC_PENDING;
    case RESUME_OTHER:
        break;
    }
    snprintf(what, sizeof what,
             "--resume: \"%.200s\": its row of line %llu has another id or domain than "
             "the input; expected rows that authcheck batch wrote for this input",
             b->options->output, (unsigned long long)p->row.line);
    return fail(b, what);
}

static enum ac_status begin_row(struct run *b, struct place *p)
{
    enum ac_status status =
        row_options(&p->row, &p->arena, &b->options->audit, &p->options);

    if (status != AC_OK)
        return no_memory(b);
    if (b->resuming) {
        status = look_for(b, p);
        if (status == AC_PENDING)
            places_give(&b->places, p);
        if (status != AC_OK)
            return status == AC_PENDING ? AC_OK : status;
    }
    if (b->options->ordered)
        places_queue(&b->places, p);
    if (p->row.error)
        return finish_error(b, p);
    p->options.pool = crew_pool(b->crew);
    status = audit_new(&p->options, &p->audit);
    if (status == AC_OK)
        status = crew_take(b->crew, p->audit, p);
    if (status != AC_OK) {
        audit_free(p->audit);
        p->audit = NULL;
        p->row.error = failure(status);
        return finish_error(b, p);
    }
    b->under_way++;
    return AC_OK;
}

/* May another row be begun? */
static bool has_room(const struct run *b)
{
    return !b->input_ended && !stop && crew_has_room(b->crew) &&
           !writer_is_full(&b->writer) && b->places.held < HELD_MAX;
}

/* Begin rows while there is room. *slow: the input has nothing to give now. */
static enum ac_status begin_rows(struct run *b, bool *slow)
{
    *slow = false;
    while (has_room(b)) {
        struct place *p = places_take(&b->places);
        enum input_status status;

        if (!p)
            return no_memory(b);
        status = input_next(&b->input, !b->under_way && writer_is_empty(&b->writer),
                            &p->arena, &p->row);
        if (status == INPUT_ROW) {
            TRY(begin_row(b, p));
            continue;
        }
        places_give(&b->places, p);
        if (status == INPUT_FAILED)
            fail(b, b->input.error); /* what is under way is written */
        b->input_ended = status != INPUT_WAIT;
        *slow = status == INPUT_WAIT;
        if (*slow)
            break;
    }
    return AC_OK;
}

/* An audit ended. */
static enum ac_status end_row(struct run *b, const struct crew_done *done)
{
    struct place *p = done->ticket;
    enum ac_status status;

    b->under_way--;
    p->audit = NULL;
    if (done->status == AC_OK) {
        const struct audit_result *r = audit_result(done->audit);

        tally_audit(&b->tally, r, done->load);
        status = finish_row(b, p, r);
    } else {
        p->row.error = failure(done->status);
        status = finish_error(b, p);
    }
    audit_free(done->audit);
    return status;
}

static struct progress_of progress_of(const struct run *b)
{
    return (struct progress_of){ &b->tally, b->crew, &b->input.lines };
}

/* Take up audits that ended, until there is something else to do. */
static enum ac_status wait_rows(struct run *b, int64_t until_us)
{
    struct crew_done done;
    enum ac_status status;

    do {
        status = crew_wait(b->crew, until_us, &done);
        if (status == AC_OK)
            TRY(end_row(b, &done));
        until_us = 0; /* and what else has ended meanwhile */
    } while (status == AC_OK && b->under_way);
    return status == AC_OK || status == AC_PENDING ? AC_OK : no_memory(b);
}

/* One turn; AC_PENDING: there is more to do. */
static enum ac_status turn(struct run *b)
{
    struct progress_of of = progress_of(b);
    int64_t now, until;
    bool slow;

    TRY(begin_rows(b, &slow));
    now = clock_us();
    progress_tell(&b->progress, &of, now);
    if (now >= b->flush_us || (slow && !b->under_way))
        TRY(flush(b, !b->under_way));
    until = b->flush_us < b->progress.next_us ? b->flush_us : b->progress.next_us;
    if (slow && now + SLOW_INPUT_US < until)
        until = now + SLOW_INPUT_US;
    if (b->under_way)
        TRY(wait_rows(b, until));
    else if (writer_is_full(&b->writer))
        TRY(flush(b, true));
    return b->under_way || !(b->input_ended || stop) ? AC_PENDING : AC_OK;
}

/* After a signal: what ends within the grace is written, the rest is dropped. */
static enum ac_status wind_up(struct run *b)
{
    int64_t until = clock_us() + GRACE_US;

    while (b->under_way && clock_us() < until)
        TRY(wait_rows(b, until));
    return write_in_order(b, true);
}

/* Write all that is there; after a signal a slow reader gets one more second. */
static enum ac_status drain(struct run *b)
{
    bool last;

    do {
        last = stop;
        TRY(flush(b, true));
    } while (!writer_is_empty(&b->writer) && !last);
    return AC_OK;
}

/* Rows of the file that the input does not have. */
static enum ac_status check_left(struct run *b)
{
    char what[RESUME_ERROR_MAX];

    if (!b->resume.held)
        return AC_OK;
    snprintf(what, sizeof what,
             "--resume: \"%.200s\": it holds a row of line %llu, which the input does "
             "not have; expected rows that authcheck batch wrote for this input",
             b->options->output, (unsigned long long)resume_left(&b->resume));
    return fail(b, what);
}

static enum ac_status run_all(struct run *b)
{
    enum ac_status status;

    do
        status = turn(b);
    while (status == AC_PENDING && !stop);
    if (status != AC_OK && status != AC_PENDING)
        return status;
    if (stop)
        TRY(wind_up(b));
    TRY(drain(b));
    b->tally.ended = stop && (b->under_way || !b->input_ended);
    return b->tally.ended ? AC_OK : check_left(b);
}

/* Is the output the input itself? A run that reads its own rows would never end. */
static bool same_file(const struct batch_options *o, const struct input *in)
{
    struct stat a, b;
    int found = o->output ? stat(o->output, &a) : fstat(STDOUT_FILENO, &a);

    return found == 0 && fstat(in->lines.fd, &b) == 0 && S_ISREG(a.st_mode) &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static enum ac_status open_all(struct run *b)
{
    const struct batch_options *o = b->options;
    enum input_status began;
    char error[NET_ERROR_MAX];
    off_t keep = 0;
    enum ac_status status = input_open(&b->input, o->input);

    if (status != AC_OK)
        return status == AC_EIO ? fail(b, b->input.error) : no_memory(b);
    while ((began = input_begin(&b->input)) == INPUT_WAIT)
        ;
    if (began == INPUT_FAILED)
        return fail(b, b->input.error);
    if (same_file(o, &b->input))
        return fail(b, o->output ? "--output: it is the input; expected another file"
                                 : "standard output: it is the input; expected another "
                                   "file");
    if (o->resume) {
        status = resume_read(&b->resume, o->output, &b->tally, &keep);
        if (status != AC_OK)
            return status == AC_EINVAL ? fail(b, b->resume.error) : no_memory(b);
        b->resuming = b->resume.held > 0;
    }
    b->crew = crew_new(&o->crew, o->audit.offline, error);
    if (!b->crew)
        return fail(b, error);
    if (writer_open(&b->writer, o->output, keep) != AC_OK)
        return fail(b, b->writer.error);
    progress_init(&b->progress, o->quiet);
    b->flush_us = clock_us() + FLUSH_US;
    return AC_OK;
}

static void close_all(struct run *b)
{
    if (writer_close(&b->writer) != AC_OK)
        fail(b, b->writer.error);
    places_free(&b->places); /* audits whose memory is the crew's */
    if (b->crew)
        crew_free(b->crew);
    resume_free(&b->resume);
    input_close(&b->input);
}

int batch_run(const struct batch_options *options, char error[static BATCH_ERROR_MAX])
{
    struct run b = { .options = options,
                     .input = { .lines = { .fd = -1 } },
                     .writer = { .fd = -1 },
                     .tally = { .fail_on = options->fail_on },
                     .error = error };

    error[0] = '\0';
    if (open_all(&b) == AC_OK) {
        struct progress_of of = progress_of(&b);

        catch_signals();
        if (run_all(&b) == AC_OK && !error[0])
            progress_end(&b.progress, &of, clock_us());
        release_signals();
    }
    close_all(&b);
    return error[0] ? EXIT_USAGE : tally_exit(&b.tally);
}

/* SPDX-License-Identifier: MIT */
/*
 * progress.c - to standard error. Nothing foreign is in it.
 */
#include "batch/progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

enum {
    SECOND_US = 1000000,
    TERMINAL_US = SECOND_US / 2,
    FILE_US = 60 * SECOND_US,
    LINE_MAX_BYTES = 4096
};

void progress_init(struct progress *p, bool quiet)
{
    *p = (struct progress){ .quiet = quiet,
                            .terminal = isatty(STDERR_FILENO),
                            .started_us = clock_us() };
    p->next_us = p->started_us + (p->terminal ? TERMINAL_US : FILE_US);
}

/* n a second. */
static double rate(uint64_t n, int64_t us)
{
    return us > 0 ? (double)n * SECOND_US / (double)us : 0;
}

static void time_left(const struct lines *input, int64_t us, struct buf *out)
{
    double left;
    unsigned long long s;

    if (!input->total || !input->bytes || input->bytes > input->total)
        return;
    left = (double)us / SECOND_US * (double)(input->total - input->bytes) /
           (double)input->bytes;
    s = (unsigned long long)left;
    if (s >= 3600)
        buf_printf(out, ", %llu h %llu min left", s / 3600, s / 60 % 60);
    else if (s >= 60)
        buf_printf(out, ", %llu min %llu s left", s / 60, s % 60);
    else
        buf_printf(out, ", %llu s left", s);
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100 * (double)part / (double)whole : 0;
}

void progress_line(const struct progress *p, const struct progress_of *of,
                   int64_t now_us, struct buf *out)
{
    const struct tally *t = of->tally;
    int64_t us = now_us - p->started_us;
    struct crew_stats s;

    crew_stats(of->crew, &s);
    buf_printf(
        out, "%llu done, %.0f/s, %.0f queries/s, %.1f %% from the cache, %llu unknown",
        (unsigned long long)t->rows, rate(t->rows, us), rate(s.packets, us),
        percent(s.shared, s.questions),
        (unsigned long long)t->verdict[VERDICT_UNKNOWN]);
    if (t->load)
        buf_printf(out, " (%llu load)", (unsigned long long)t->load);
    if (t->held)
        buf_printf(out, ", %llu were there already", (unsigned long long)t->held);
    time_left(of->input, us, out);
}

/* A line that is longer than the terminal is wide must not flow into the next, which
 * could not be written over: no wrap (DEC private mode 7) while it is written. */
#define ONE_LINE "\033[?7l%s\033[?7h"

/* Begin a line, over what a terminal shows. */
static void begin(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    p->shown = false;
}

void progress_tell(struct progress *p, const struct progress_of *of, int64_t now_us)
{
    struct buf line;

    if (now_us < p->next_us)
        return;
    p->next_us = now_us + (p->terminal ? TERMINAL_US : FILE_US);
    if (p->quiet)
        return;
    buf_init(&line, LINE_MAX_BYTES);
    progress_line(p, of, now_us, &line);
    begin(p);
    fprintf(stderr, p->terminal ? ONE_LINE : "authcheck: %s\n", buf_text(&line));
    fflush(stderr);
    p->shown = p->terminal;
    buf_free(&line);
}

void progress_end(struct progress *p, const struct progress_of *of, int64_t now_us)
{
    int64_t us = now_us - p->started_us;
    struct crew_stats s;
    struct buf text;

    begin(p);
    if (p->quiet)
        return;
    crew_stats(of->crew, &s);
    buf_init(&text, LINE_MAX_BYTES);
    tally_print(of->tally, &text);
    buf_printf(&text,
               "%.1f s, %.0f rows/s; %llu DNS queries, %.0f/s, %.2f a row; %.1f %% of "
               "%llu questions from the cache\n",
               (double)us / SECOND_US, rate(of->tally->rows, us),
               (unsigned long long)s.packets, rate(s.packets, us),
               of->tally->rows ? (double)s.packets / (double)of->tally->rows : 0,
               percent(s.shared, s.questions), (unsigned long long)s.questions);
    fputs(buf_text(&text), stderr);
    buf_free(&text);
}

/* SPDX-License-Identifier: MIT */
/*
 * input.c - tells the forms apart, and reads the simplest of them.
 */
#include "batch/input.h"

#include <errno.h>
#include <stdio.h>

enum input_status input_wrong(struct input *in, const char *format, ...)
{
    int n = snprintf(in->error, sizeof in->error, "\"%.*s\", line %llu: ", 200,
                     in->lines.name, (unsigned long long)in->lines.number);
    va_list args;

    va_start(args, format);
    vsnprintf(in->error + n, sizeof in->error - (size_t)n, format, args);
    va_end(args);
    return INPUT_FAILED;
}

static enum input_status unreadable(struct input *in)
{
    snprintf(in->error, sizeof in->error,
             "\"%.*s\": cannot be read (%s); expected a file of domains", 200,
             in->lines.name, strerror(errno));
    return INPUT_FAILED;
}

enum ac_status input_open(struct input *in, const char *path)
{
    enum ac_status status;

    *in = (struct input){ .form = INPUT_UNKNOWN };
    status = lines_open(&in->lines, path, INPUT_LINE_MAX);
    if (status == AC_EIO)
        unreadable(in);
    return status;
}

void input_close(struct input *in)
{
    input_csv_free(in->csv);
    lines_close(&in->lines);
}

static bool is_blank(struct span text)
{
    return !span_trim(text, " \t\r").n;
}

/* Look at the next line. */
static enum input_status look(struct input *in, bool wait, struct line *line)
{
    switch (lines_peek(&in->lines, 0, wait, line)) {
    case LINES_LINE:
        return INPUT_ROW;
    case LINES_WAIT:
        return INPUT_WAIT;
    case LINES_END:
        return INPUT_END;
    case LINES_FAILED:
        break;
    }
    return unreadable(in);
}

/* The next line that is not blank, looked at; comments: nor one that begins with "#".
 */
static enum input_status next_line(struct input *in, bool wait, bool comments,
                                   struct line *line)
{
    enum input_status status;

    while ((status = look(in, wait, line)) == INPUT_ROW) {
        if (line->too_long ||
            !(is_blank(line->text) || (comments && line->text.p[0] == '#')))
            break;
        lines_take(&in->lines, line->n, 1);
    }
    return status;
}

/* A byte order mark, which some editors of Windows put in front. */
static enum input_status take_mark(struct input *in, bool wait)
{
    enum input_status status;
    struct line line;

    if (in->lines.bytes)
        return INPUT_ROW;
    status = look(in, wait, &line);
    if (status != INPUT_ROW)
        return status;
    if (span_starts(line.text, SPAN("\xff\xfe")) ||
        span_starts(line.text, SPAN("\xfe\xff")))
        return input_wrong(in, "UTF-16; expected UTF-8 or ASCII");
    if (span_starts(line.text, SPAN("\xef\xbb\xbf")))
        lines_drop(&in->lines, 3);
    return INPUT_ROW;
}

static enum input_status tell_form(struct input *in, bool wait)
{
    enum input_status status = take_mark(in, wait);
    struct span text;
    struct line line;

    if (status == INPUT_ROW)
        status = next_line(in, wait, true, &line);
    if (status != INPUT_ROW)
        return status;
    text = span_trim(line.text, " \t\r");
    if (text.p[0] == '{' || text.p[0] == '[') {
        in->form = INPUT_JSON;
    } else if (!line.too_long &&
               (span_eq_ci(text, SPAN("domain")) || span_contains(text, ',') ||
                span_contains(text, ';') || span_contains(text, '"') ||
                span_contains(text, '\t'))) {
        status = input_csv_header(in, wait, text);
        if (status == INPUT_ROW)
            in->form = INPUT_CSV;
    } else {
        in->form = INPUT_DOMAINS;
    }
    return status;
}

enum input_status input_begin(struct input *in)
{
    return in->form == INPUT_UNKNOWN ? tell_form(in, true) : INPUT_ROW;
}

static enum input_status no_memory(struct input *in)
{
    return input_wrong(in, "out of memory");
}

/* A row of a form whose rows are lines. */
static enum input_status line_row(struct input *in, bool wait, struct arena *arena,
                                  struct batch_row *row)
{
    struct line line;
    enum input_status status = next_line(in, wait, in->form == INPUT_DOMAINS, &line);
    enum ac_status taken = AC_OK;
    struct span text;

    if (status != INPUT_ROW)
        return status;
    row->line = in->lines.number;
    if (line.too_long) {
        taken = row_wrong(row, arena, "over %d bytes long; expected a shorter line",
                          INPUT_LINE_MAX);
    } else if (in->form == INPUT_JSON) {
        status = input_json_row(line.text, arena, row);
    } else {
        text.p = arena_strdup(arena, line.text);
        text.n = line.text.n;
        taken = text.p ? row_take(row, arena, ROW_DOMAIN, text) : AC_ENOMEM;
    }
    lines_take(&in->lines, line.n, 1);
    return taken == AC_OK && status == INPUT_ROW ? INPUT_ROW : no_memory(in);
}

enum input_status input_next(struct input *in, bool wait, struct arena *arena,
                             struct batch_row *row)
{
    enum input_status status = INPUT_ROW;

    *row = (struct batch_row){ 0 };
    if (in->form == INPUT_UNKNOWN)
        status = tell_form(in, wait);
    if (status != INPUT_ROW)
        return status;
    if (in->form == INPUT_CSV)
        return input_csv_row(in, wait, arena, row);
    return line_row(in, wait, arena, row);
}

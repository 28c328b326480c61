/* SPDX-License-Identifier: MIT */
/*
 * input.h - the rows of a batch, one after the other, from one of three forms. The
 * first line that is not blank tells which:
 *
 *   {"domain": "example.com", "ip": "192.0.2.1"}   NDJSON: an object a line
 *   domain,ip,selectors                            CSV (RFC 4180) or TSV with a header
 *   example.com                                    a domain a line
 *
 * Blank lines are no rows. Lines that begin with "#" are none in a list of domains, and
 * ahead of the first line of any form. Whatever else a line holds, it is a row: one
 * that cannot be read bears an error, and reading goes on with the next line.
 */
#ifndef BATCH_INPUT_H
#define BATCH_INPUT_H

#include "batch/lines.h"
#include "batch/row.h"

enum {
    INPUT_LINE_MAX = 1 << 16, /* bytes of a row */
    INPUT_ERROR_MAX = 512
};

enum input_form {
    INPUT_UNKNOWN,
    INPUT_DOMAINS,
    INPUT_JSON,
    INPUT_CSV
};

struct input_csv; /* input_csv.c */

struct input {
    struct lines lines;
    enum input_form form;
    struct input_csv *csv;
    char error[INPUT_ERROR_MAX]; /* one line, foreign bytes in it */
};

enum input_status {
    INPUT_ROW,
    INPUT_WAIT,  /* nothing there yet, or a signal came */
    INPUT_END,   /* no further row */
    INPUT_FAILED /* in->error: unreadable, no header, no memory */
};

/* path NULL or "-": standard input. AC_EIO with in->error; AC_ENOMEM. */
enum ac_status input_open(struct input *in, const char *path) AC_MUST_USE;
void input_close(struct input *in);

/* Find out the form: INPUT_ROW, INPUT_END (no row at all), or as input_next. */
enum input_status input_begin(struct input *in) AC_MUST_USE;

/* The next row into *row and the arena; wait: see lines_peek. */
enum input_status input_next(struct input *in, bool wait, struct arena *arena,
                             struct batch_row *row) AC_MUST_USE;

/* in->error: "NAME, line N: what". Always INPUT_FAILED. */
enum input_status input_wrong(struct input *in, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Private to the files input*.c. */
enum input_status input_json_row(struct span text, struct arena *arena,
                                 struct batch_row *row) AC_MUST_USE;
enum input_status input_csv_header(struct input *in, bool wait,
                                   struct span first) AC_MUST_USE;
enum input_status input_csv_row(struct input *in, bool wait, struct arena *arena,
                                struct batch_row *row) AC_MUST_USE;
void input_csv_free(struct input_csv *csv);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * text.h - what the parts of the text report share: escaping, colour, wrapping. Nothing
 * that came out of the DNS or from a peer reaches a terminal raw.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "report/report.h"

struct text {
    struct buf *out;
    const struct audit_result *r;
    const struct report_options *options;
};

enum text_color {
    TEXT_PLAIN,
    TEXT_BOLD,
    TEXT_DIM,
    TEXT_GOOD,
    TEXT_WARN,
    TEXT_BAD
};

/* Printable ASCII as it is, all else as \xNN. */
void text_escape(struct buf *out, struct span s);

/* printf whose result is escaped as a whole: for lines with foreign bytes in them. */
void text_line(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same, wrapped at 88 columns: it begins at column `at` of a line, and later lines
 * are set in by `indent` blanks. */
void text_wrap(struct text *t, unsigned at, unsigned indent, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Begin and end a colour; nothing when colour is off. */
void text_color(struct text *t, enum text_color color);

/* The word for a verdict, and what stands behind it when there is no reply to quote. */
const char *text_verdict(enum verdict v);
const char *text_gloss(const struct audit_result *r);

/* What each receiver would answer, and who would disagree: text_receivers.c. */
void text_receivers(struct text *t);
void text_disagreements(struct text *t);

/* The chain from the address to the reply, and what to do next: text_why.c. */
void text_why(struct text *t);
void text_why_next(struct text *t);

/* The failures that the verdict hangs on, each with its mend. text_why.c. */
void text_causes(struct text *t);

/* What mends a cause: the records to publish, else advice in words. False where there
 * is neither. text_fix.c. */
bool text_fix(struct text *t, const struct verdict_reason *reason);

/* The names of the hosts (-v), and the pages that tell what the DNS does not:
 * text_reputation.c. */
void text_hosts(struct text *t);
void text_pages(struct text *t);

/* Before and after (--compare); nothing without it: text_compare.c. */
void text_compare(struct text *t);

/* The evaluation step by step (-v) and every question (-vv): text_trace.c. */
void text_trace(struct text *t);

#endif

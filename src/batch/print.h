/* SPDX-License-Identifier: MIT */
/*
 * print.h - a row of the output: NDJSON, or a line of text.
 */
#ifndef BATCH_PRINT_H
#define BATCH_PRINT_H

#include "base/buf.h"
#include "batch/row.h"

/* r is NULL where row->error says why. A line feed ends it. */
void print_json(struct buf *out, const struct batch_row *row,
                const struct audit_result *r);
void print_text(struct buf *out, const struct batch_row *row,
                const struct audit_result *r);

#endif

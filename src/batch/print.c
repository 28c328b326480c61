/* SPDX-License-Identifier: MIT */
/*
 * print.c - the members of a row in front of and behind those of the audit. resume.c
 * reads what stands here.
 */
#include "batch/print.h"

#include "report/json.h"
#include "report/text.h"

void print_json(struct buf *out, const struct batch_row *row,
                const struct audit_result *r)
{
    struct json j;

    json_init(&j, out, true);
    json_open(&j, NULL, '{');
    json_int(&j, "line", (long long)row->line);
    json_raw(&j, "id", row->id);
    json_text(&j, "error", r ? NULL : row->error);
    if (r)
        report_json_members(&j, r);
    else
        report_json_no_members(&j);
    json_raw(&j, "input", row->other);
    json_close(&j, '}');
    buf_putc(out, '\n');
}

void print_text(struct buf *out, const struct batch_row *row,
                const struct audit_result *r)
{
    static const struct report_options quiet = { .quiet = true };

    buf_printf(out, "%llu  ", (unsigned long long)row->line);
    if (r) {
        text_escape(out, span_of(r->domain));
        buf_puts(out, "  ");
        report_text(out, r, &quiet);
        return;
    }
    buf_puts(out, "ERROR  ");
    text_escape(out, span_of(row->error));
    buf_putc(out, '\n');
}

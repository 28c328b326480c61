/* SPDX-License-Identifier: MIT */
/*
 * report.h - a result as text for people or for programs: a table of formats, a file
 * each.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "audit/result.h"
#include "base/buf.h"

struct report_options {
    bool color;
    bool quiet;       /* the verdict line alone */
    unsigned verbose; /* 1: the SPF evaluation as a tree; 2: every question as well */
};

struct report_format {
    const char *name;
    const char *what; /* for --help */
    void (*print)(struct buf *out, const struct audit_result *r,
                  const struct report_options *options);
};

/* All formats; NULL if there is none of that name. */
const struct report_format *report_formats(size_t *n);
const struct report_format *report_find(struct span name);

/* The formats themselves; see their files. */
void report_json(struct buf *out, const struct audit_result *r,
                 const struct report_options *options);

/* The audit object as a member `key` (NULL: an element) of what is open in j; and its
 * members alone, into an object that is open already. */
struct json;
void report_json_object(struct json *j, const char *key, const struct audit_result *r);
void report_json_members(struct json *j, const struct audit_result *r);

/* The same members, all null: of an audit that could not be made. */
void report_json_no_members(struct json *j);

void report_text(struct buf *out, const struct audit_result *r,
                 const struct report_options *options);

/* "spf-ip-not-authorized", each id once; for causes. n is the number written. */
size_t report_cause_ids(const struct cause *c, const char *out[static CAUSE_LEGS_MAX]);

/* What the receiver that decided answers; NULL when it accepts. */
const char *report_reply(const struct audit_result *r);

#endif

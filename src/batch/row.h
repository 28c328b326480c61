/* SPDX-License-Identifier: MIT */
/*
 * row.h - one input of a batch as it was written, and the audit that it asks for.
 */
#ifndef BATCH_ROW_H
#define BATCH_ROW_H

#include "audit/audit.h"

enum {
    ROW_VALUES_MAX =
        AUDIT_IPS_MAX < AUDIT_SELECTORS_MAX ? AUDIT_IPS_MAX : AUDIT_SELECTORS_MAX
};

/* What the input may say; each is a JSON key and a CSV column of that name. */
enum row_key {
    ROW_DOMAIN,
    ROW_IP, /* one or several, as ROW_SELECTOR */
    ROW_SELECTOR,
    ROW_MAIL_FROM,
    ROW_HELO,
    ROW_ID,
    ROW_OTHER /* kept in the row's `input` */
};

/* All texts live in the arena that the row was read into. */
struct batch_row {
    uint64_t line;     /* of the input where it begins */
    struct span id;    /* JSON text; p == NULL: none */
    struct span other; /* JSON text of an object: what is not ours; p == NULL: none */
    const char *error; /* one line, foreign bytes in it: this input cannot be audited */
    struct span domain, mail_from, helo; /* p == NULL: not said */
    struct span *ip, *selector;
    size_t n_ips, n_selectors;
};

/* ROW_OTHER for a name that is none of ours. */
enum row_key row_key_find(struct span name);

/* Note what is wrong with the row; the first word stays. AC_ENOMEM. */
enum ac_status row_wrong(struct batch_row *row, struct arena *arena, const char *format,
                         ...) __attribute__((format(printf, 3, 4))) AC_MUST_USE;

/* Take a value; an empty one counts as not said. AC_ENOMEM; AC_ELIMIT: more addresses
 * or selectors than ROW_VALUES_MAX. */
enum ac_status row_take(struct batch_row *row, struct arena *arena, enum row_key key,
                        struct span value) AC_MUST_USE;

/*
 * The audit of this row: `defaults`, with what the row says in the place of what they
 * say. Where the row is wrong row->error is set and *out is not to be used. AC_ENOMEM.
 */
enum ac_status row_options(struct batch_row *row, struct arena *arena,
                           const struct audit_options *defaults,
                           struct audit_options *out) AC_MUST_USE;

#endif

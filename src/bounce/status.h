/* SPDX-License-Identifier: MIT */
/*
 * status.h - the fields of a delivery status notification. RFC 3464.
 */
#ifndef BOUNCE_STATUS_H
#define BOUNCE_STATUS_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

enum {
    BOUNCE_RECIPIENTS_MAX = 100
};

/* Spans into the text; p == NULL: the field is not there. */
struct bounce_recipient {
    struct span address;    /* Final-Recipient, else Original-Recipient */
    struct span action;     /* "failed" */
    struct span status;     /* of Status: "5.7.1", comments and all */
    struct span remote;     /* host name of Remote-MTA */
    struct span diagnostic; /* Diagnostic-Code with its type */
};

struct bounce_status {
    struct span reporter; /* host name of Reporting-MTA */
    struct span sender;   /* X-Postfix-Sender and its like: the envelope sender */
    struct bounce_recipient *recipient;
    size_t n;
};

/* All recipients told of in `text`, at most BOUNCE_RECIPIENTS_MAX; what is no field of
 * a status is passed over, so that text around them does no harm. AC_ENOMEM. */
enum ac_status bounce_status_read(struct span text, struct arena *arena,
                                  struct bounce_status *out) AC_MUST_USE;

/* Is this the name of a field that RFC 3464 has for a recipient? */
bool bounce_status_is_field(struct span name);

#endif

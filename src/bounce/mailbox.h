/* SPDX-License-Identifier: MIT */
/*
 * mailbox.h - the bounces of a file one after the other: an mbox (RFC 4155), or one
 * message or text. Reads as it goes: memory does not grow with the file.
 */
#ifndef BOUNCE_MAILBOX_H
#define BOUNCE_MAILBOX_H

#include "base/buf.h"

#include <stdio.h>

struct bounce_mailbox;

/* Reads from `in`, which stays the caller's. NULL: no memory. */
struct bounce_mailbox *bounce_mailbox_new(FILE *in);
void bounce_mailbox_free(struct bounce_mailbox *m);

/*
 * The next message into `out` (emptied first), at most BOUNCE_BYTES_MAX of it; what is
 * longer is skipped, and *cut is true. AC_OK; AC_EIO (errno is set); AC_ENOMEM;
 * AC_ELIMIT when there is none any more. UTF-16 with a mark is turned into UTF-8.
 */
enum ac_status bounce_mailbox_next(struct bounce_mailbox *m, struct buf *out,
                                   bool *cut) AC_MUST_USE;

/* Did the file begin with a "From " line, so that it may hold many? */
bool bounce_mailbox_is_mbox(const struct bounce_mailbox *m);

#endif

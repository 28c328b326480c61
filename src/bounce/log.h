/* SPDX-License-Identifier: MIT */
/*
 * log.h - lines of a mail log: where one begins, and which of many are of one mail. A
 * log tells the envelope sender on another line than the refusal.
 */
#ifndef BOUNCE_LOG_H
#define BOUNCE_LOG_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

/* Does this line begin with a time, as lines of logs do: "Nov  1 10:00:01 ",
 * "2026-11-01 10:00:01 ", "2026-11-01T10:00:01.123Z "? Quoted, and behind the name of a
 * container as well. */
bool bounce_log_begins(struct span line);

/*
 * All of `text` that is of the same mail as the line that holds `at`, a place in text:
 * lines with its queue id, as Postfix, Sendmail and Exim write them, and where it has
 * none, that line; with the lines behind one that begin none themselves. All of the
 * text where that line is not of a log. AC_ENOMEM.
 */
enum ac_status bounce_log_of_mail(struct span text, const char *at, struct arena *arena,
                                  struct span *out) AC_MUST_USE;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * event.h - what mail services tell of a bounce in JSON (SES, SendGrid, Mailgun,
 * SparkPost, Postmark): the values of keys, wherever in an event they stand.
 */
#ifndef BOUNCE_EVENT_H
#define BOUNCE_EVENT_H

#include "base/span.h"

/* The text that the first `"key": "..."` has, escapes as they are; p == NULL: none. */
struct span bounce_event_value(struct span text, const char *key);

/* The address of whom it was for; p == NULL. */
struct span bounce_event_recipient(struct span text);

/* Is `at` behind a key, as in `"code": 550`, and a number or a text of its own? */
bool bounce_event_is_value(struct span line, size_t at, size_t end);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * fields.h - header fields: of a message (RFC 5322, 2.2) and of a delivery status
 * (RFC 3464, 2.1.1), which have the same form.
 */
#ifndef BOUNCE_FIELDS_H
#define BOUNCE_FIELDS_H

#include "base/ip.h"
#include "base/span.h"

/* The value keeps its folds: line ends count as blanks. */
struct bounce_field {
    struct span name, value;
};

/* Does this line begin a field: a name without blanks, and a colon? */
bool bounce_field_begins(struct span line);

/*
 * The next field of *rest; false at an empty line, which is passed, or at the end.
 * Lines that begin no field belong to the one before, blanks in front or not: some
 * reporters forget them. Nothing but such lines is passed over.
 */
bool bounce_field_next(struct span *rest, struct bounce_field *out);

/* The first field of that name in the block at the start of text; p == NULL: none. */
struct span bounce_field_get(struct span text, const char *name);

/* Where the header at the start of text ends: behind the empty line. */
size_t bounce_field_block(struct span text);

/* Does text begin with the header of a message? */
bool bounce_field_is_header(struct span text);

/* "rfc822; user@example.com" as its second half, trimmed, "<" and ">" away. */
struct span bounce_field_typed(struct span value);

/* The first address in s: "user@example.com"; p == NULL: none. With `end` the offset
 * behind it. Quoted names and comments before it are passed. */
struct span bounce_address(struct span s, size_t *end);
struct span bounce_address_domain(struct span address);

/* The host name of two labels and more at the start of s, without a final dot. */
struct span bounce_host_at(struct span s);

/* The IP address at the start of s, brackets and "IPv6:" before it allowed. */
bool bounce_ip_at(struct span s, struct ip *out);

#endif

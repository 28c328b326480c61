/* SPDX-License-Identifier: MIT */
/*
 * name.h - domain names in wire form, lower case. RFC 1035, 3.1; RFC 4343.
 *
 * Lower case once, at the door: then comparing is memcmp and a name is a hash key.
 */
#ifndef DNS_NAME_H
#define DNS_NAME_H

#include "base/arena.h"
#include "base/span.h"

enum {
    DNS_NAME_MAX = 255,  /* octets on the wire */
    DNS_LABEL_MAX = 63,  /* octets of a label */
    DNS_TEXT_MAX = 1024, /* printed, every octet escaped as \DDD, with the NUL */
};

struct dns_name {
    uint8_t n; /* octets in wire, the root label included; 1 is the root */
    uint8_t wire[DNS_NAME_MAX];
};

/*
 * Dotted text to a name; a final dot may stand. Octets stand for themselves: there is
 * no escape, since SPF (RFC 7208, 4.8) and messages know none. False for an empty
 * label, a label over 63 or a name over 255 octets. "" and "." are the root.
 */
bool dns_name_parse(struct span text, struct dns_name *out);

/* "label.parent"; false where the name would be too long or the label is not 1 to 63.
 */
bool dns_name_prepend(struct span label, const struct dns_name *parent,
                      struct dns_name *out);

/* "prefix.parent" with a dotted prefix, for "_dmarc", "s1._domainkey". */
bool dns_name_under(struct span prefix, const struct dns_name *parent,
                    struct dns_name *out);

/* From wire bytes without compression; false if they are not one whole name. */
bool dns_name_from_wire(struct span wire, struct dns_name *out);

/* A host name as a person or a program gives it: U-labels are turned into A-labels
 * (IDNA 2008, RFC 5891), then every label must be a letter-digit-hyphen-underscore
 * label. False and *why (a static text) otherwise. */
bool dns_name_from_user(struct span text, struct dns_name *out, const char **why);

/* Dotted text without the final dot ("." for the root); octets other than printable
 * ASCII, and dots and backslashes within a label, are escaped as \DDD. Returns `out`.
 */
const char *dns_name_print(const struct dns_name *name, char out[static DNS_TEXT_MAX]);

/* The same into an arena; NULL when that is full. */
const char *dns_name_text(struct arena *a, const struct dns_name *name);

unsigned dns_name_labels(const struct dns_name *name); /* the root has none */

/* Without the leftmost n labels; all of them gone is the root. */
struct dns_name dns_name_strip(const struct dns_name *name, unsigned n);

/* The last n labels. */
struct dns_name dns_name_last(const struct dns_name *name, unsigned n);

bool dns_name_eq(const struct dns_name *a, const struct dns_name *b);

/* Is `name` the same as `ancestor`, or below it? */
bool dns_name_is_under(const struct dns_name *name, const struct dns_name *ancestor);

/* By octets, for a stable order. */
int dns_name_cmp(const struct dns_name *a, const struct dns_name *b);

static inline struct span dns_name_span(const struct dns_name *name)
{
    return span_make(name->wire, name->n);
}

#endif

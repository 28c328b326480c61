/* SPDX-License-Identifier: MIT */
/*
 * facts_parts.h - what the readers of single facts share. Private to facts*.c.
 */
#ifndef BOUNCE_FACTS_PARTS_H
#define BOUNCE_FACTS_PARTS_H

#include "bounce/facts.h"

/* What the words before a value say that it is. */
enum bounce_fact {
    FACT_FROM_DOMAIN, /* a domain or an address, of the From header */
    FACT_MAIL_FROM,   /* an address */
    FACT_MAIL_DOMAIN, /* an address or a domain */
    FACT_CLIENT,      /* an IP address */
    FACT_HELO,
};

/* Where *field is not known yet, and the value is not empty. */
void bounce_fact_set(struct span *field, struct span value);

/* The address at the start of text, or in "mail.example.com[192.0.2.1]", where it may
 * be a client's on the Internet and none is known yet. */
void bounce_fact_set_ip(struct bounce *out, struct span text);

/* What stands at the start of the value. */
void bounce_fact_take(enum bounce_fact what, struct span value, struct bounce *out);

/* All that the words in the text announce; with `client` only who connected. */
void bounce_fact_read_told(struct span text, bool client, struct bounce *out);

#endif

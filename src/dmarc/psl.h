/* SPDX-License-Identifier: MIT */
/*
 * psl.h - the public suffix list, as receivers by RFC 7489, 3.2 use it: the whole list,
 * its private part included. Tells, never asks the DNS.
 */
#ifndef DMARC_PSL_H
#define DMARC_PSL_H

#include "dns/name.h"

/*
 * The public suffix of `name` and one label more: "example.co.uk" for
 * "a.example.co.uk". False when there is none: the name is itself a public suffix, or
 * the root. A top-level domain that the list does not hold counts as a public suffix.
 */
bool dmarc_psl_registrable(const struct dns_name *name, struct dns_name *out);

/* Is the top-level domain of the name on the list, so that the default rule "*" is not
 * what makes it a suffix? "test" (a name reserved for tests) counts as listed: it is
 * seen where receivers are tested, and is then put on their lists. */
bool dmarc_psl_listed(const struct dns_name *name);

#endif

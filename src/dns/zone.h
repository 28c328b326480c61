/* SPDX-License-Identifier: MIT */
/*
 * zone.h - master files (RFC 1035, 5) into an overlay, read by ldns.
 */
#ifndef DNS_ZONE_H
#define DNS_ZONE_H

#include "dns/overlay.h"

enum {
    DNS_ZONE_BYTES_MAX = 64 * 1024 * 1024,
    DNS_ZONE_ERROR_MAX = 512
};

/*
 * Read a file. SOA and $TTL are optional; relative names need $ORIGIN. A set that the
 * overlay holds from an earlier file is replaced. AC_OK; AC_ENOMEM; AC_EINVAL for a
 * file that cannot be read, a fault of syntax, a CNAME beside other data, two SOA or
 * two CNAME records at a name: then `error` is one line "FILE:LINE: what, and what was
 * expected" (control bytes escaped), and the overlay is as it was.
 */
enum ac_status dns_zone_load(struct dns_overlay *o, const char *path,
                             char error[static DNS_ZONE_ERROR_MAX]) AC_MUST_USE;

/* The same from memory; `path` is for messages. For tests and fuzzing. */
enum ac_status dns_zone_read(struct dns_overlay *o, const char *path, struct span text,
                             char error[static DNS_ZONE_ERROR_MAX]) AC_MUST_USE;

/* "NAME/TYPE", as --delete has it: that record set is taken away from the DNS.
 * AC_EINVAL with one line in `error`; AC_ENOMEM. */
enum ac_status dns_zone_delete(struct dns_overlay *o, const char *text,
                               char error[static DNS_ZONE_ERROR_MAX]) AC_MUST_USE;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * overlay.h - the proposed state of the world, put in front of the DNS: record sets
 * from master files, and record sets taken away. RFC 1035, 5; RFC 4592; RFC 8020.
 *
 * The rules: a set (name and type) here takes the place of that set in the DNS; a CNAME
 * here replaces all types at its name, and any set here replaces a live CNAME; a name
 * here and all its ancestors exist; a wildcard here applies below names that the live
 * DNS says do not exist.
 */
#ifndef DNS_OVERLAY_H
#define DNS_OVERLAY_H

#include "dns/answer.h"
#include "dns/name.h"

struct dns_overlay;

/* NULL when memory is out. seed: chance, for the hash. */
struct dns_overlay *dns_overlay_new(uint64_t seed);
void dns_overlay_free(struct dns_overlay *o);

/* One that stands in front of another: what it does not hold is looked for in `below`,
 * which it neither changes nor owns. below may be NULL. NULL when memory is out. */
struct dns_overlay *dns_overlay_over(const struct dns_overlay *below, uint64_t seed);

/* Put a record set in the place of the one there; rr are copied. */
enum ac_status dns_overlay_put(struct dns_overlay *o, const struct dns_name *name,
                               uint16_t type, const struct dns_rr *rr,
                               size_t n) AC_MUST_USE;

/* Take a record set away: the type is NODATA at that name, whatever the DNS says. */
enum ac_status dns_overlay_delete(struct dns_overlay *o, const struct dns_name *name,
                                  uint16_t type) AC_MUST_USE;

/* All that was put and deleted, in no order that means anything: rr is NULL with n == 0
 * for a set that was deleted. Ends with the first failure of `each`, which it returns.
 */
enum ac_status dns_overlay_each(
    const struct dns_overlay *o,
    enum ac_status (*each)(void *context, const struct dns_name *name, uint16_t type,
                           const struct dns_rr *rr, size_t n),
    void *context) AC_MUST_USE;

/* What the overlay says of one name. */
enum dns_overlay_says {
    DNS_OVERLAY_NOTHING,  /* ask the DNS */
    DNS_OVERLAY_EXISTS,   /* ask the DNS; if it says NXDOMAIN, it is NODATA */
    DNS_OVERLAY_NO_CNAME, /* as EXISTS, and a CNAME in the answer is to be ignored */
    DNS_OVERLAY_DELETED,  /* the type is NODATA here */
    DNS_OVERLAY_SET,      /* *set is the answer */
    DNS_OVERLAY_CNAME,    /* *set is the CNAME: go on at its target */
};

struct dns_overlay_set {
    const struct dns_rr *rr;
    size_t n;
};

enum dns_overlay_says dns_overlay_look(const struct dns_overlay *o,
                                       const struct dns_name *name, uint16_t type,
                                       const struct dns_overlay_set **set);

/* The wildcard that covers `name`, which neither the overlay nor the DNS holds: SET,
 * CNAME, EXISTS (the wildcard has other types: NODATA) or NOTHING. RFC 4592, 3.3. */
enum dns_overlay_says dns_overlay_wildcard(const struct dns_overlay *o,
                                           const struct dns_name *name, uint16_t type,
                                           const struct dns_overlay_set **set);

#endif

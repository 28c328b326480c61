/* SPDX-License-Identifier: MIT */
/*
 * sender.h - can mail be sent back to this sender domain? SOA (which Yahoo asks for),
 * MX, A and AAAA (RFC 5321, 5.1), null MX (RFC 7505).
 */
#ifndef REPUTATION_SENDER_H
#define REPUTATION_SENDER_H

#include "env/env.h"

enum {
    SENDER_MX_MAX = 10 /* hosts that are looked at, the most preferred */
};

struct sender_mx {
    struct dns_name host;
    uint16_t preference;
    bool address;         /* the "name" is an address: no host name (RFC 5321, 5.1) */
    bool alias;           /* a CNAME (RFC 2181, 10.3) */
    enum ac_tri resolves; /* has A or AAAA */
};

struct sender_domain {
    struct dns_name name;
    enum ac_tri exists; /* not NXDOMAIN */
    enum ac_tri soa; /* the question for SOA is answered with one: at the name, or with
                        the SOA of the zone that holds it (RFC 2308, 2.2) */
    enum ac_tri has_mx, has_address; /* MX records, null MX included; A or AAAA */
    enum ac_tri null_mx;             /* "0 ." alone (RFC 7505, 3) */
    enum ac_tri deliverable; /* some MX host, or without MX the name, has an address */
    enum dns_outcome mx, a, aaaa; /* how the questions ended */
    const struct sender_mx *host; /* by preference, then in byte order */
    size_t n_hosts;
    bool more_hosts; /* than are looked at */
};

/* All at once. Emits the findings sender-*. */
enum ac_status sender_domain_audit(struct ac_env *env, const struct dns_name *name,
                                   struct sender_domain *out) AC_MUST_USE;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * host.h - what the DNS says about the sending host: its name by address and whether
 * that name leads back (RFC 8601, 2.7.3, iprev), and the name that it says it has in
 * EHLO (RFC 5321, 4.1.1.1).
 */
#ifndef REPUTATION_HOST_H
#define REPUTATION_HOST_H

#include "base/special.h"
#include "env/env.h"

enum {
    HOST_NAMES_MAX = 10 /* PTR names that are followed (RFC 8601, 2.7.3) */
};

/* RFC 8601, 2.7.3. */
enum host_iprev {
    HOST_IPREV_PASS,      /* some PTR name resolves to the address */
    HOST_IPREV_FAIL,      /* names, but none resolves to it */
    HOST_IPREV_NONE,      /* no PTR name: permerror in the RFC's words */
    HOST_IPREV_TEMPERROR, /* the DNS did not tell */
};

struct host_name {
    struct dns_name name;
    enum ac_tri confirmed; /* it resolves to the address; MAYBE: no answer */
    bool generic;          /* looks like a name made of the address: a dial-up pool */
};

/* One address that connects. */
struct host_client {
    struct ip ip;
    const struct special *special; /* NULL: an address of the public Internet */
    bool judged; /* what the DNS says of its names is held against it on the Internet.
                    Not so of an example's or a private address without any name */
    enum dns_outcome ptr; /* how the PTR question ended */
    enum host_iprev iprev;
    const struct host_name *name; /* in byte order; at most HOST_NAMES_MAX */
    size_t n_names;
    bool more_names; /* than were followed */
};

/* Reads PTR, then A or AAAA of every name, all at once. Emits the findings host-ptr-*,
 * host-address-*, host-name-*. */
enum ac_status host_client_audit(struct ac_env *env, const struct ip *ip,
                                 struct host_client *out) AC_MUST_USE;

/*
 * The first name that is confirmed. *open: some name before it, or all of them, could
 * not be looked up. NULL when there is none.
 */
const struct host_name *host_confirmed(const struct host_client *host, bool *open);

/*
 * Is the name made of the address, or of words for lines that anybody rents? Octets in
 * any order, in decimal or hexadecimal, count outside the last two labels alone.
 */
bool host_name_is_generic(const struct dns_name *name, const struct ip *ip);

const char *host_iprev_print(enum host_iprev iprev); /* "pass", "fail", "none", ... */

/* What a receiver can tell of an EHLO name without and with the DNS. */
struct host_helo {
    bool literal;        /* "[192.0.2.1]" or "[IPv6:...]" (RFC 5321, 4.1.3) */
    bool valid;          /* a domain name or a well-formed literal */
    bool fqdn;           /* has at least two labels */
    enum ac_tri exists;  /* has A, AAAA or MX, as Postfix asks */
    enum ac_tri matches; /* resolves to the address (literal: is the address) */
};

/* Is what a peer said a whole host name, and no literal? */
bool host_helo_name(struct span helo, struct dns_name *out);

/* helo: as a peer said it, hostile. Emits the findings host-helo-*. A guessed name is
 * not asked about: nobody said it. */
enum ac_status host_helo_audit(struct ac_env *env, struct span helo,
                               const struct ip *ip, struct host_helo *out) AC_MUST_USE;

#endif

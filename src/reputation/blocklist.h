/* SPDX-License-Identifier: MIT */
/*
 * blocklist.h - DNS block lists (RFC 5782) as rows of blocklists.def: what each answer
 * means, which answers are errors of the asker, how to be delisted.
 *
 * A list that cannot be asked from here is never "listed" and never "clean".
 */
#ifndef REPUTATION_BLOCKLIST_H
#define REPUTATION_BLOCKLIST_H

#include "env/env.h"

enum blocklist_kind {
    BLOCKLIST_IP,
    BLOCKLIST_DOMAIN
};

enum blocklist_state {
    BLOCKLIST_CLEAN,
    BLOCKLIST_LISTED,
    BLOCKLIST_UNCHECKED, /* refused to us, wildcarded, dead or silent: see why */
};

/* Answers A with the last octets from..to mean this. */
struct blocklist_code {
    uint8_t from[4], to[4]; /* inclusive, as bytes of the address */
    bool error; /* an error of the asker: "could not be checked from here" */
    const char *meaning;
};

struct blocklist {
    const char *zone, *name; /* "zen.spamhaus.org", "Spamhaus ZEN" */
    enum blocklist_kind kind;
    bool ipv6; /* it lists IPv6 addresses */
    const struct blocklist_code *code;
    size_t n_codes;
    const char *page;  /* to look up and be delisted, with {ip} or {domain} */
    const char *terms; /* of use, in a few words */
    const char *source;
    const char *test_listed,
        *test_clean; /* test points (RFC 5782, 5), below the zone */
};

const struct blocklist *blocklist_list(size_t *n);

/* One subject at one list. */
struct blocklist_result {
    const struct blocklist *list;
    const char *subject; /* "192.0.2.1", "example.com" */
    enum blocklist_state state;
    const char
        *meaning;       /* of the answer, or why it could not be checked; NULL: clean */
    const char *answer; /* "127.0.0.4"; NULL without */
    const char *page;   /* filled in */
};

/* Ask one list about an address (kind IP) or a domain; its test points at the same
 * time. Emits blocklist-*. */
enum ac_status blocklist_check_ip(struct ac_env *env, const struct blocklist *list,
                                  const struct ip *ip,
                                  struct blocklist_result *out) AC_MUST_USE;
enum ac_status blocklist_check_domain(struct ac_env *env, const struct blocklist *list,
                                      const struct dns_name *domain,
                                      struct blocklist_result *out) AC_MUST_USE;

#endif

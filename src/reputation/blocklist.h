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

/* What answers from..to, or with one of these bits in the last octet, mean. */
struct blocklist_code {
    uint8_t from[4], to[4]; /* inclusive, as bytes of the address */
    uint8_t bits;           /* 0: from and to count */
    bool error; /* an error of the asker: "could not be checked from here" */
    const char *meaning;
};

struct blocklist {
    const char *zone, *name; /* "zen.spamhaus.org", "Spamhaus ZEN" */
    enum blocklist_kind kind;
    bool ipv6;   /* it lists IPv6 addresses */
    bool widely; /* many receivers refuse mail for a listing alone */
    bool hosts;  /* of domains: it knows the names below a listed domain as well */
    const struct blocklist_code *code;
    size_t n_codes;
    const char *page;   /* to look up and be delisted, with {ip} or {domain}; or NULL */
    const char *terms;  /* of use, in a few words; or NULL */
    const char *source; /* of the row; or NULL */
    const char *test;   /* a listed test point of its own, below the zone; NULL: it has
                           that of RFC 5782, 5 alone, which is asked in any case */
};

const struct blocklist *blocklist_list(size_t *n);

enum {
    BLOCKLISTS_MAX = 64 /* of one audit, those that the user names included */
};

/*
 * A list as the user names it: "ZONE", or "domain:ZONE" for one of domains; a row of
 * the table where there is one for it. `zone` and `name` are borrowed from text. False
 * and *why (a static text) when it is none, or a dead one.
 */
bool blocklist_parse(const char *text, struct blocklist *out, const char **why);

/* One subject at one list. */
struct blocklist_result {
    const struct blocklist *list;
    const char *subject; /* "192.0.2.1", "example.com" */
    enum blocklist_state state;
    const char
        *meaning;       /* of the answer, or why it could not be checked; NULL: clean */
    const char *answer; /* "127.0.0.4", several with blanks between; NULL without */
    const char *page;   /* filled in; or NULL */
};

/* Ask one list about an address (kind IP) or a domain; its test points at the same
 * time (RFC 5782, 5). Emits blocklist-listed and its kin. */
enum ac_status blocklist_check_ip(struct ac_env *env, const struct blocklist *list,
                                  const struct ip *ip,
                                  struct blocklist_result *out) AC_MUST_USE;
enum ac_status blocklist_check_domain(struct ac_env *env, const struct blocklist *list,
                                      const struct dns_name *domain,
                                      struct blocklist_result *out) AC_MUST_USE;

/* One finding about all lists that could not be checked; none where there are none. */
void blocklist_note_unchecked(struct findings *f, const char *about,
                              const struct blocklist_result *r, size_t n);

/* Is the name one that is asked of a list? */
bool blocklist_asks(const struct blocklist *list, const struct dns_name *name);

const char *blocklist_state_print(enum blocklist_state state); /* "clean", ... */

#endif

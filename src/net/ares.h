/* SPDX-License-Identifier: MIT */
/*
 * ares.h - the live source: c-ares carries packets, ldns reads them.
 */
#ifndef NET_ARES_H
#define NET_ARES_H

#include "dns/source.h"

enum {
    NET_SERVERS_MAX = 8,
    NET_ERROR_MAX = 256
};

struct net_options {
    const char *const
        *servers; /* "ADDR", "ADDR:PORT", "[V6]:PORT"; none: the system's */
    size_t n_servers;
    unsigned timeout_ms; /* patience with one try of one query */
    unsigned in_flight;  /* most queries under way at once; 0: the default of 100 */
};

/*
 * Open sockets-to-be; no packet is sent. Returns NULL with `error` set to one line: a
 * server's address that is none (what, and what was expected), no memory.
 */
struct dns_source *net_source_new(const struct net_options *options,
                                  char error[static NET_ERROR_MAX]);

/* Number of servers in use: a round of failover is over after so many answers. */
unsigned net_source_servers(const struct dns_source *s);

/* Are all of them on this host or in a network of one's own (net/server.h)? */
bool net_source_is_near(const struct dns_source *s);

/* Is this text a nameserver that net_source_new would take? */
bool net_server_valid(const char *text);

#endif

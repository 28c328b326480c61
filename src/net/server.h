/* SPDX-License-Identifier: MIT */
/*
 * server.h - the text form of a nameserver.
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "base/ip.h"

enum {
    NET_PORT = 53
};

struct net_server {
    struct ip ip;
    uint16_t port;
};

/* "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:5353";
 * false for all else, a host name and port 0 included. */
bool net_server_parse(struct span text, struct net_server *out);

/* On this host, or in a network of one's own? */
bool net_server_is_near(const struct net_server *server);

/* One line on a text that is no server: as it stands, without control bytes and not for
 * ever, and what was expected. */
void net_server_complain(const char *text, char *out, size_t size);

#endif

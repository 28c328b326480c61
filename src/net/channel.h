/* SPDX-License-Identifier: MIT */
/*
 * channel.h - a channel of c-ares to one server, and the servers of the system.
 */
#ifndef NET_CHANNEL_H
#define NET_CHANNEL_H

#define CARES_NO_DEPRECATED /* ares_send is what 1.18 has */

#include "dns/answer.h"
#include "net/server.h"

#include <sys/select.h>

#include <ares.h>

/*
 * Open a channel that asks this server alone, once a query, over UDP or TCP; no socket
 * is opened before the first query. on_socket is called with `data` when a socket is to
 * be watched or not any more. Returns ARES_SUCCESS, or *out is NULL.
 */
int net_channel_open(const struct net_server *server, bool tcp, int timeout_ms,
                     ares_sock_state_cb on_socket, void *data, ares_channel *out);

/* The first `max` servers that /etc/resolv.conf names; this host where it names none
 * (resolv.conf(5)). Returns ARES_SUCCESS, or *n is 0. */
int net_channel_system(struct net_server *out, unsigned max, unsigned *n);

/* What the DNS did, of a query that ended in one of c-ares' failures. */
enum dns_outcome net_channel_outcome(int status);

#endif

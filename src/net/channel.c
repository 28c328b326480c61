/* SPDX-License-Identifier: MIT */
/*
 * channel.c - how c-ares is set up. RFC 6891 for the UDP size.
 *
 * NOCHECKRESP, since error replies are answers to us. EDNS, or replies over 512 octets
 * count as cut. STAYOPEN, or the sockets are closed whenever nothing is open. IGNTC:
 * TCP has a channel of its own. The receive buffer that sockets have by default holds
 * 90 large answers. All else that c-ares would look up in files and in the
 * environment is given, so that it opens no file.
 */
#include "net/channel.h"

#include "dns/wire.h"

#include <netinet/in.h>

enum {
    RECEIVE_BUFFER = 1024 * 1024 /* octets; the system gives what it allows */
};

/* on_socket NULL: a channel that is never used, with the servers of the system. */
static int channel_new(bool tcp, int timeout_ms, ares_sock_state_cb on_socket,
                       void *data, ares_channel *out)
{
    static char lookups[] = "b"; /* DNS, not /etc/hosts */
    struct in_addr nowhere = { 0 };
    struct ares_options o = {
        .flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_EDNS | ARES_FLAG_STAYOPEN |
                 ARES_FLAG_NOSEARCH | (tcp ? ARES_FLAG_USEVC : ARES_FLAG_IGNTC),
        .timeout = timeout_ms,
        .tries = 1,
        .ndots = 1,
        .ednspsz = DNS_UDP_SIZE,
        .lookups = lookups,
        .socket_receive_buffer_size = RECEIVE_BUFFER,
    };
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
               ARES_OPT_EDNSPSZ | ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS |
               ARES_OPT_SORTLIST | ARES_OPT_NOROTATE | ARES_OPT_SOCK_RCVBUF;
    int status;

#ifdef ARES_OPT_QUERY_CACHE
    mask |= ARES_OPT_QUERY_CACHE; /* of 0 seconds: none */
#endif
    if (on_socket) {
        o.servers = &nowhere; /* the real one is put in its place */
        o.nservers = 1;
        o.sock_state_cb = on_socket;
        o.sock_state_cb_data = data;
        mask |= ARES_OPT_SERVERS | ARES_OPT_SOCK_STATE_CB;
    }
    status = ares_init_options(out, &o, mask);
    if (status != ARES_SUCCESS)
        *out = NULL;
    return status;
}

int net_channel_open(const struct net_server *server, bool tcp, int timeout_ms,
                     ares_sock_state_cb on_socket, void *data, ares_channel *out)
{
    const bool v4 = server->ip.family == 4;
    struct ares_addr_port_node node = {
        .family = v4 ? AF_INET : AF_INET6,
        .udp_port = server->port,
        .tcp_port = server->port,
    };
    int status = channel_new(tcp, timeout_ms, on_socket, data, out);

    if (status != ARES_SUCCESS)
        return status;
    memcpy(&node.addr, server->ip.bytes,
           v4 ? sizeof node.addr.addr4 : sizeof node.addr.addr6);
    status = ares_set_servers_ports(*out, &node);
    if (status != ARES_SUCCESS) {
        ares_destroy(*out);
        *out = NULL;
    }
    return status;
}

enum dns_outcome net_channel_outcome(int status)
{
    switch (status) {
    case ARES_ETIMEOUT:
        return DNS_TIMEOUT;
    case ARES_EBADRESP:
    case ARES_EFORMERR:
        return DNS_MALFORMED;
    default:
        return DNS_UNREACHABLE;
    }
}

int net_channel_system(struct net_server *out, unsigned max, unsigned *n)
{
    struct ares_addr_port_node *nodes = NULL;
    ares_channel channel;
    int status = channel_new(false, 1000, NULL, NULL, &channel);

    *n = 0;
    if (status != ARES_SUCCESS)
        return status;
    status = ares_get_servers_ports(channel, &nodes);
    ares_destroy(channel);
    for (const struct ares_addr_port_node *node = nodes; node && *n < max;
         node = node->next) {
        struct net_server *to = &out[(*n)++];
        const bool v4 = node->family == AF_INET;

        to->ip.family = v4 ? 4 : 6;
        to->port = node->udp_port > 0 ? (uint16_t)node->udp_port : NET_PORT;
        memcpy(to->ip.bytes, &node->addr,
               v4 ? sizeof node->addr.addr4 : sizeof node->addr.addr6);
    }
    ares_free_data(nodes);
    return status;
}

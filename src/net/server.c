/* SPDX-License-Identifier: MIT */
/*
 * server.c - the text form of a nameserver. RFC 3986, 3.2.2 for the brackets.
 *
 * Addresses only: a name would need the DNS to find the DNS.
 */
#include "net/server.h"

static bool port_parse(struct span text, uint16_t *out)
{
    uint32_t port;

    if (!span_u32(text, UINT16_MAX, &port) || !port)
        return false;
    *out = (uint16_t)port;
    return true;
}

bool net_server_parse(struct span text, struct net_server *out)
{
    size_t end;

    out->port = NET_PORT;
    if (span_starts(text, SPAN("["))) {
        end = span_find(text, ']');
        if (end == text.n || !ip_parse_v6(span_from(span_to(text, end), 1), &out->ip))
            return false;
        text = span_from(text, end + 1);
        return !text.n ||
               (text.p[0] == ':' && port_parse(span_from(text, 1), &out->port));
    }
    if (ip_parse(text, &out->ip))
        return true;
    end = span_find(text, ':');
    return end != text.n && ip_parse_v4(span_to(text, end), &out->ip) &&
           port_parse(span_from(text, end + 1), &out->port);
}

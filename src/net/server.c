/* SPDX-License-Identifier: MIT */
/*
 * server.c - the text form of a nameserver. RFC 3986, 3.2.2 for the brackets.
 *
 * Addresses only: a name would need the DNS to find the DNS.
 */
#include "net/server.h"

#include "base/special.h"

#include "net/ares.h"

#include <stdio.h>

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

bool net_server_is_near(const struct net_server *server)
{
    return special_is_private(&server->ip);
}

void net_server_complain(const char *text, char *out, size_t size)
{
    char shown[64];
    size_t n = 0;

    for (; text[n] && n < sizeof shown - 1; n++)
        shown[n] = text[n] > ' ' && text[n] < 0x7f ? text[n] : '?';
    shown[n] = '\0';
    snprintf(out, size,
             "nameserver \"%s\": expected an address as 192.0.2.1, 192.0.2.1:53, "
             "2001:db8::1 or [2001:db8::1]:53",
             shown);
}

bool net_server_valid(const char *text)
{
    struct net_server server;

    return net_server_parse(span_of(text), &server);
}

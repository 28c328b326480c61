/* SPDX-License-Identifier: MIT */
/*
 * ip.c - addresses as bytes; text by inet_pton and inet_ntop.
 */
#include "base/ip.h"

#include <arpa/inet.h>
#include <stdio.h>

static bool parse_family(struct span text, int af, struct ip *out)
{
    char copy[IP_TEXT_MAX];

    if (!text.n || text.n >= sizeof copy || memchr(text.p, '\0', text.n))
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    *out = (struct ip){ .family = af == AF_INET ? 4 : 6 };
    return inet_pton(af, copy, out->bytes) == 1;
}

bool ip_parse_v4(struct span text, struct ip *out)
{
    return parse_family(text, AF_INET, out);
}

bool ip_parse_v6(struct span text, struct ip *out)
{
    return parse_family(text, AF_INET6, out);
}

bool ip_parse(struct span text, struct ip *out)
{
    return ip_parse_v4(text, out) || ip_parse_v6(text, out);
}

bool ip_from_bytes(struct span rdata, struct ip *out)
{
    if (rdata.n != 4 && rdata.n != 16)
        return false;
    *out = (struct ip){ .family = rdata.n == 4 ? 4 : 6 };
    memcpy(out->bytes, rdata.p, rdata.n);
    return true;
}

struct ip ip_unmap(struct ip ip)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    struct ip v4 = { .family = 4 };

    if (ip.family != 6 || memcmp(ip.bytes, mapped, sizeof mapped) != 0)
        return ip;
    memcpy(v4.bytes, ip.bytes + 12, 4);
    return v4;
}

/* Printed in every row of a batch, and by far most often: not through printf, as
 * inet_ntop does. */
static void print_v4(const uint8_t bytes[static 4], char *p)
{
    for (int i = 0; i < 4; i++) {
        unsigned n = bytes[i];

        if (i)
            *p++ = '.';
        if (n >= 100)
            *p++ = (char)('0' + n / 100);
        if (n >= 10)
            *p++ = (char)('0' + n / 10 % 10);
        *p++ = (char)('0' + n % 10);
    }
    *p = '\0';
}

const char *ip_print(const struct ip *ip, char out[static IP_TEXT_MAX])
{
    out[0] = '\0';
    if (ip->family == 4)
        print_v4(ip->bytes, out);
    else
        inet_ntop(AF_INET6, ip->bytes, out, IP_TEXT_MAX);
    return out;
}

const char *ip_print_reverse(const struct ip *ip, char out[static IP_REVERSE_MAX])
{
    static const char digit[] = "0123456789abcdef";
    char *p = out;

    if (ip->family == 4) {
        snprintf(out, IP_REVERSE_MAX, "%u.%u.%u.%u.in-addr.arpa", ip->bytes[3],
                 ip->bytes[2], ip->bytes[1], ip->bytes[0]);
        return out;
    }
    for (int i = 15; i >= 0; i--) {
        *p++ = digit[ip->bytes[i] & 15];
        *p++ = '.';
        *p++ = digit[ip->bytes[i] >> 4];
        *p++ = '.';
    }
    memcpy(p, "ip6.arpa", sizeof "ip6.arpa");
    return out;
}

unsigned ip_bits(const struct ip *ip)
{
    return ip->family == 4 ? 32 : 128;
}

bool ip_in_prefix(const struct ip *ip, const struct ip *net, unsigned prefix)
{
    unsigned whole = prefix / 8, rest = prefix % 8;

    if (ip->family != net->family || prefix > ip_bits(ip))
        return false;
    if (memcmp(ip->bytes, net->bytes, whole) != 0)
        return false;
    return !rest || ((ip->bytes[whole] ^ net->bytes[whole]) >> (8 - rest)) == 0;
}

bool ip_eq(const struct ip *a, const struct ip *b)
{
    return ip_in_prefix(a, b, ip_bits(a));
}

/* SPDX-License-Identifier: MIT */
/*
 * ip.h - IPv4 and IPv6 addresses: text, prefixes, reverse names.
 */
#ifndef BASE_IP_H
#define BASE_IP_H

#include "base/span.h"

struct ip {
    uint8_t bytes[16]; /* network order; an IPv4 address uses the first four */
    uint8_t family;    /* 4 or 6 */
};

enum {
    IP_TEXT_MAX = 46,
    IP_REVERSE_MAX = 74
}; /* with the NUL */

/* IPv4 dotted quad or IPv6 in any form of RFC 4291, 2.2; false for all else, zone ids
 * and blanks included. A v4-mapped IPv6 address stays IPv6: see ip_unmap. */
bool ip_parse(struct span text, struct ip *out);
bool ip_parse_v4(struct span text, struct ip *out);
bool ip_parse_v6(struct span text, struct ip *out);

/* From the RDATA of an A (4 bytes) or AAAA (16 bytes) record; false for other lengths.
 */
bool ip_from_bytes(struct span rdata, struct ip *out);

/* ::ffff:192.0.2.1 as the IPv4 address that it stands for (RFC 7208, 5); others as is.
 */
struct ip ip_unmap(struct ip ip);

/* Canonical text (RFC 5952 for IPv6). Returns `out`. */
const char *ip_print(const struct ip *ip, char out[static IP_TEXT_MAX]);

/* "1.2.0.192.in-addr.arpa", or nibbles under "ip6.arpa". Returns `out`. */
const char *ip_print_reverse(const struct ip *ip, char out[static IP_REVERSE_MAX]);

/* Number of bits: 32 or 128. */
unsigned ip_bits(const struct ip *ip);

/* Do the first `prefix` bits agree? False across families. */
bool ip_in_prefix(const struct ip *ip, const struct ip *net, unsigned prefix);

bool ip_eq(const struct ip *a, const struct ip *b);

#endif

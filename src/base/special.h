/* SPDX-License-Identifier: MIT */
/*
 * special.h - addresses that are not of the public Internet: the registries of RFC 6890
 * as rows of special.def.
 */
#ifndef BASE_SPECIAL_H
#define BASE_SPECIAL_H

#include "base/ip.h"

/* Where an address of the special registries may be met. */
enum special_reach {
    SPECIAL_PRIVATE, /* never seen across the Internet */
    SPECIAL_EXAMPLE, /* documentation: nothing is to be said about its names */
    SPECIAL_BENCH,   /* benchmarking: a laboratory, where all else is as it should be */
};

/* A row of special.def. */
struct special {
    struct ip net;
    unsigned prefix; /* bits */
    enum special_reach reach;
    const char *what; /* "private (RFC 1918)" */
};

/* NULL for an address of the public Internet. An IPv4 address within an IPv6 one
 * (ip_unmap) counts as itself. */
const struct special *special_find(const struct ip *ip);

/* Is it one that is never seen across the Internet? */
bool special_is_private(const struct ip *ip);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * special.c - the registries of special addresses. RFC 6890.
 */
#include "reputation/host.h"

#define GROUP(g) (uint8_t)((g) >> 8), (uint8_t)((g)&0xff)

static const struct host_special row[] = {
#define V4(a, b, c, d, bits, where, words) \
    { { { a, b, c, d }, 4 }, bits, HOST_##where, words },
#define V6(a, b, c, d, bits, where, words) \
    { { { GROUP(a), GROUP(b), GROUP(c), GROUP(d) }, 6 }, bits, HOST_##where, words },
#include "reputation/special.def"
#undef V4
#undef V6
};

const struct host_special *host_special(const struct ip *ip)
{
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (ip_in_prefix(ip, &row[i].net, row[i].prefix))
            return &row[i];
    return NULL;
}

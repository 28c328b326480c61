/* SPDX-License-Identifier: MIT */
/*
 * special.c - the registries of special addresses. RFC 6890.
 */
#include "base/special.h"

#define GROUP(g) (uint8_t)((g) >> 8), (uint8_t)((g)&0xff)

static const struct special row[] = {
#define V4(a, b, c, d, bits, where, words) \
    { { { a, b, c, d }, 4 }, bits, SPECIAL_##where, words },
#define V6(a, b, c, d, bits, where, words) \
    { { { GROUP(a), GROUP(b), GROUP(c), GROUP(d) }, 6 }, bits, SPECIAL_##where, words },
#include "base/special.def"
#undef V4
#undef V6
};

const struct special *special_find(const struct ip *ip)
{
    const struct ip plain = ip_unmap(*ip);

    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (ip_in_prefix(&plain, &row[i].net, row[i].prefix))
            return &row[i];
    return NULL;
}

bool special_is_private(const struct ip *ip)
{
    const struct special *s = special_find(ip);

    return s && s->reach == SPECIAL_PRIVATE;
}

/* SPDX-License-Identifier: MIT */
/*
 * base64.c - RFC 4648, 4. Strict but for white space: what opens at one verifier and
 * not at another is a fault to be reported.
 */
#include "base/base64.h"

static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (ascii_is_digit(c))
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static long fail(size_t at, size_t *bad)
{
    if (bad)
        *bad = at;
    return -1;
}

long base64_decode(struct span text, uint8_t *out, size_t size, size_t *bad)
{
    uint32_t bits = 0;
    unsigned digits = 0, padding = 0;
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        int v = sextet(c);

        if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
            continue;
        if (c == '=') {
            if (digits % 4 < 2 || ++padding > 4 - digits % 4)
                return fail(i, bad);
            continue;
        }
        if (v < 0 || padding)
            return fail(i, bad);
        bits = bits << 6 | (uint32_t)v;
        if (digits++ % 4) {
            if (n == size)
                return fail(i, bad);
            out[n++] = (uint8_t)(bits >> (6 - 2 * ((digits - 1) % 4)));
        }
    }
    if (digits % 4 == 1 || (digits % 4 && padding != 4 - digits % 4))
        return fail(text.n, bad);
    return (long)n;
}

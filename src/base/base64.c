/* SPDX-License-Identifier: MIT */
/*
 * base64.c - RFC 4648, 4. Strict but for white space: what opens at one verifier and
 * not at another is a fault to be reported.
 */
#include "base/base64.h"

/* 1 more than the value of a digit; 0: it is none. */
static const uint8_t digit_value[128] = {
    0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
    0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
    0,  0,  0,  0,  0,  63, 0,  0,  0,  64, 53, 54, 55, 56, 57, 58, 59, 60, 61,
    62, 0,  0,  0,  0,  0,  0,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
    12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 0,  0,  0,  0,
    0,  0,  27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
    44, 45, 46, 47, 48, 49, 50, 51, 52, 0,  0,  0,  0,  0,
};

static int sextet(char c)
{
    return c < 0 ? -1 : digit_value[(uint8_t)c & 0x7f] - 1;
}

/* Most of a key is digits without anything between: the value of four of them; false
 * when some are none. */
static bool quartet(const char *p, uint32_t *out)
{
    int v[4];

    for (size_t i = 0; i < 4; i++) {
        v[i] = sextet(p[i]);
        if (v[i] < 0)
            return false;
    }
    *out = (uint32_t)v[0] << 18 | (uint32_t)v[1] << 12 | (uint32_t)v[2] << 6 |
           (uint32_t)v[3];
    return true;
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
        char c;
        int v;

        /* Four digits at once, where there is nothing but digits. */
        for (uint32_t four; !(digits % 4) && !padding && text.n - i >= 4 &&
                            size - n >= 3 && quartet(text.p + i, &four);
             i += 4, digits += 4) {
            out[n++] = (uint8_t)(four >> 16);
            out[n++] = (uint8_t)(four >> 8);
            out[n++] = (uint8_t)four;
        }
        if (i == text.n)
            break;
        c = text.p[i];
        v = sextet(c);

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

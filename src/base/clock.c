/* SPDX-License-Identifier: MIT */
/*
 * clock.c - time from clock_gettime, chance from getentropy (one call fills a pool).
 */
#define _DEFAULT_SOURCE /* getentropy */
#include "base/clock.h"

#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int64_t clock_unix(void)
{
    return (int64_t)time(NULL);
}

int64_t clock_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_ms(void)
{
    return clock_us() / 1000;
}

uint64_t clock_random(void)
{
    static uint64_t pool[32];
    static size_t left;

    if (!left) {
        /* Query ids guard against forged answers: without chance there is no safe way
         * to go on. */
        if (getentropy(pool, sizeof pool) != 0)
            abort();
        left = sizeof pool / sizeof *pool;
    }
    return pool[--left];
}

/* SPDX-License-Identifier: MIT */
/*
 * clock.h - the only place that asks for the time and for chance.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_unix(void); /* seconds since 1970 */
int64_t clock_ms(void);   /* milliseconds on a clock that never jumps */
int64_t clock_us(void);   /* microseconds on the same clock */

/* 64 bits from the system's generator, for ids and hash keys. */
uint64_t clock_random(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * key.h - the public key in p=: what it is and whether it is one of the known bad ones.
 * RFC 6376, 3.6.1; RFC 8017, A.1.1; RFC 8463, 4.2.
 */
#ifndef DKIM_KEY_H
#define DKIM_KEY_H

#include "base/span.h"
#include "base/status.h"
#include "dkim/record.h"

/* The first that applies. */
enum dkim_key_state {
    DKIM_KEY_GOOD,       /* a key: see the other members */
    DKIM_KEY_NOT_DER,    /* no DER, or DER of something else */
    DKIM_KEY_CUT,        /* its end is missing */
    DKIM_KEY_TRAILING,   /* bytes follow after the key */
    DKIM_KEY_PRIVATE,    /* a private key */
    DKIM_KEY_OTHER_TYPE, /* a key of another type than k= says */
    DKIM_KEY_WRAPPED,    /* Ed25519 within SubjectPublicKeyInfo: 44 bytes, not 32 */
    DKIM_KEY_LENGTH,     /* k=ed25519 with a number of bytes other than 32 */
    DKIM_KEY_IMPOSSIBLE, /* numbers that no private key fits */
};

struct dkim_key {
    enum dkim_key_state state;
    unsigned bits;         /* of the RSA modulus, or 256; 0: unknown */
    size_t odd;            /* CUT: bytes missing; TRAILING: too many; LENGTH: bytes */
    const char *is;        /* OTHER_TYPE, IMPOSSIBLE: what it is; lives for ever */
    bool exponent_one;     /* RSA: whoever knows the public key can sign */
    bool exponent_large;   /* RSA: over 31 bits, more than some verifiers read */
    bool roca;             /* RSA: the modulus bears the mark of CVE-2017-15361 */
    unsigned small_factor; /* RSA: a prime up to 167 that divides the modulus; or 0 */
    bool close_primes;     /* RSA: Fermat's method finds the factors at once */
};

/*
 * Look at the bytes of a key. Every answer about it is in *out with AC_OK, so a broken
 * key is no error; AC_ENOMEM. Nothing of OpenSSL lives on after the call, no
 * configuration file of it is read.
 */
enum ac_status dkim_key_read(enum dkim_algorithm algorithm, struct span bytes,
                             struct dkim_key *out) AC_MUST_USE;

#endif

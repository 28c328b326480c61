/* SPDX-License-Identifier: MIT */
/*
 * dkim_key_test.c - public keys: every row is one key and what it is.
 */
#include "dkim/key.h"

#include "base/base64.h"
#include "dkim_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum {
    E1 = 1,    /* exponent_one */
    LARGE = 2, /* exponent_large */
    ROCA = 4,
    FACTOR = 8, /* small_factor */
    CLOSE = 16  /* close_primes */
};

struct row {
    const char *what, *base64;
    enum dkim_algorithm algorithm;
    enum dkim_key_state state;
    unsigned bits, flags;
    const char *clause;
};

static const struct row row[] = {
    { "RSA 2048, SubjectPublicKeyInfo", RSA_2048, DKIM_RSA, DKIM_KEY_GOOD, 2048, 0,
      "RFC 6376, 3.6.1, erratum 3017" },
    { "RSA 2048, RSAPublicKey", RSA_2048_PKCS1, DKIM_RSA, DKIM_KEY_GOOD, 2048, 0,
      "RFC 6376, 3.6.1" },
    { "RSA 512", RSA_512, DKIM_RSA, DKIM_KEY_GOOD, 512, 0, "RFC 8301, 3.2" },
    { "RSA 1023", RSA_1023, DKIM_RSA, DKIM_KEY_GOOD, 1023, 0, "RFC 8301, 3.2" },
    { "RSA 1024", RSA_1024, DKIM_RSA, DKIM_KEY_GOOD, 1024, 0, "RFC 8301, 3.2" },
    { "RSA 2047", RSA_2047, DKIM_RSA, DKIM_KEY_GOOD, 2047, 0, "RFC 8301, 3.2" },
    { "RSA 4096", RSA_4096, DKIM_RSA, DKIM_KEY_GOOD, 4096, 0, "RFC 8301, 3.2" },
    { "RSA 4104", RSA_4104, DKIM_RSA, DKIM_KEY_GOOD, 4104, 0, "RFC 8301, 3.2" },
    { "ROCA", RSA_ROCA, DKIM_RSA, DKIM_KEY_GOOD, 2048, ROCA, "CVE-2017-15361" },
    { "exponent 1", RSA_EXPONENT_1, DKIM_RSA, DKIM_KEY_GOOD, 2048, E1,
      "RFC 8017, 3.1" },
    { "exponent 3", RSA_EXPONENT_3, DKIM_RSA, DKIM_KEY_GOOD, 2048, 0, "RFC 8017, 3.1" },
    { "exponent of 31 bits", RSA_EXPONENT_31, DKIM_RSA, DKIM_KEY_GOOD, 2048, 0,
      "RFC 8017, 3.1" },
    { "exponent of 33 bits", RSA_EXPONENT_LARGE, DKIM_RSA, DKIM_KEY_GOOD, 2048, LARGE,
      "RFC 8017, 3.1" },
    { "exponent 0", RSA_EXPONENT_0, DKIM_RSA, DKIM_KEY_IMPOSSIBLE, 2048, 0,
      "RFC 8017, 3.1" },
    { "even exponent", RSA_EXPONENT_EVEN, DKIM_RSA, DKIM_KEY_IMPOSSIBLE, 2048, 0,
      "RFC 8017, 3.1" },
    { "exponent = modulus", RSA_EXPONENT_N, DKIM_RSA, DKIM_KEY_IMPOSSIBLE, 2048, 0,
      "RFC 8017, 3.1" },
    { "even modulus", RSA_EVEN, DKIM_RSA, DKIM_KEY_IMPOSSIBLE, 2048, 0,
      "RFC 8017, 3.1" },
    { "factor 167", RSA_FACTOR_167, DKIM_RSA, DKIM_KEY_GOOD, 2048, FACTOR,
      "RFC 8017, 3.1" },
    { "neighbouring primes", RSA_CLOSE, DKIM_RSA, DKIM_KEY_GOOD, 2048, CLOSE,
      "RFC 8017, 3.1" },
    { "square", RSA_SQUARE, DKIM_RSA, DKIM_KEY_GOOD, 2048, CLOSE, "RFC 8017, 3.1" },
    { "close primes", RSA_CLOSE_LATER, DKIM_RSA, DKIM_KEY_GOOD, 2048, CLOSE,
      "RFC 8017, 3.1" },
    { "primes out of reach", RSA_NOT_SO_CLOSE, DKIM_RSA, DKIM_KEY_GOOD, 2048, 0,
      "RFC 8017, 3.1" },
    { "EC where RSA is due", EC_P256, DKIM_RSA, DKIM_KEY_OTHER_TYPE, 0, 0,
      "RFC 6376, 6.1.2" },
    { "Ed25519 SPKI where RSA is due", ED25519_SPKI, DKIM_RSA, DKIM_KEY_OTHER_TYPE, 0,
      0, "RFC 6376, 6.1.2" },
    { "Ed25519 where RSA is due", ED25519, DKIM_RSA, DKIM_KEY_NOT_DER, 0, 0,
      "RFC 6376, 6.1.2" },
    { "RSAPrivateKey", PRIVATE_PKCS1, DKIM_RSA, DKIM_KEY_PRIVATE, 0, 0,
      "RFC 8017, A.1.2" },
    { "PrivateKeyInfo", PRIVATE_PKCS8, DKIM_RSA, DKIM_KEY_PRIVATE, 0, 0,
      "RFC 5208, 5" },
    { "Ed25519, 44 characters", ED25519, DKIM_ED25519, DKIM_KEY_GOOD, 256, 0,
      "RFC 8463, 4.2" },
    { "Ed25519 in SubjectPublicKeyInfo", ED25519_SPKI, DKIM_ED25519, DKIM_KEY_WRAPPED,
      0, 0, "RFC 8463, 4.2" },
    { "RSA where Ed25519 is due", RSA_2048, DKIM_ED25519, DKIM_KEY_OTHER_TYPE, 0, 0,
      "RFC 8463, 4.2" },
    { "3 bytes where Ed25519 is due", "AAAA", DKIM_ED25519, DKIM_KEY_LENGTH, 0, 0,
      "RFC 8463, 4.2" },
    { "one byte", "MA==", DKIM_RSA, DKIM_KEY_NOT_DER, 0, 0, "RFC 8017, A.1.1" },
    { "empty sequence", "MAA=", DKIM_RSA, DKIM_KEY_NOT_DER, 0, 0, "RFC 8017, A.1.1" },
    { "indefinite length", "MIAAAA==", DKIM_RSA, DKIM_KEY_NOT_DER, 0, 0, "DER" },
};

static size_t decode(const char *base64, uint8_t *out, size_t size)
{
    long n = base64_decode(span_of(base64), out, size, NULL);

    assert_true(n > 0);
    return (size_t)n;
}

static unsigned flags_of(const struct dkim_key *key)
{
    return (key->exponent_one ? E1 : 0u) | (key->exponent_large ? LARGE : 0u) |
           (key->roca ? ROCA : 0u) | (key->small_factor ? FACTOR : 0u) |
           (key->close_primes ? CLOSE : 0u);
}

static void dkim_key_reads_every_kind_of_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const struct row *r = &row[i];
        uint8_t der[2048];
        size_t n = decode(r->base64, der, sizeof der);
        struct dkim_key key;

        assert_int_equal(dkim_key_read(r->algorithm, span_make(der, n), &key), AC_OK);
        if (key.state != r->state || key.bits != r->bits || flags_of(&key) != r->flags)
            fail_msg("%s (%s): expected state %d, %u bits, flags %u; got %d, %u, %u "
                     "(%s)",
                     r->what, r->base64, r->state, r->bits, r->flags, key.state,
                     key.bits, flags_of(&key), r->clause);
    }
}

static void dkim_key_names_the_factor_and_the_other_type(void **state)
{
    uint8_t der[2048];
    struct dkim_key key;
    size_t n;

    (void)state;
    n = decode(RSA_FACTOR_167, der, sizeof der);
    assert_int_equal(dkim_key_read(DKIM_RSA, span_make(der, n), &key), AC_OK);
    assert_int_equal(key.small_factor, 167);
    n = decode(EC_P256, der, sizeof der);
    assert_int_equal(dkim_key_read(DKIM_RSA, span_make(der, n), &key), AC_OK);
    assert_string_equal(key.is, "elliptic curve (EC)");
    der[8] ^= 1; /* within the OID */
    assert_int_equal(dkim_key_read(DKIM_RSA, span_make(der, n), &key), AC_OK);
    assert_string_equal(key.is, "unknown");
}

/* A value that ends too early is the commonest fault there is. */
static void dkim_key_every_prefix_is_cut_and_tells_how_much(void **state)
{
    static const char *const whole[] = { RSA_2048, RSA_2048_PKCS1 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        uint8_t der[2048];
        size_t n = decode(whole[i], der, sizeof der);

        for (size_t cut = 0; cut < n; cut++) {
            struct dkim_key key;

            assert_int_equal(dkim_key_read(DKIM_RSA, span_make(der, cut), &key), AC_OK);
            if (cut < 4) { /* not even the length is there */
                assert_int_equal(key.state, DKIM_KEY_NOT_DER);
                continue;
            }
            if (key.state != DKIM_KEY_CUT || key.odd != n - cut)
                fail_msg("%zu of %zu bytes: state %d, %zu missing", cut, n, key.state,
                         key.odd);
        }
    }
}

static void dkim_key_trailing_bytes_are_counted(void **state)
{
    uint8_t der[2048];
    size_t n = decode(RSA_2048, der, sizeof der - 2);
    struct dkim_key key;

    (void)state;
    der[n] = der[n + 1] = 0;
    assert_int_equal(dkim_key_read(DKIM_RSA, span_make(der, n + 2), &key), AC_OK);
    assert_int_equal(key.state, DKIM_KEY_TRAILING);
    assert_int_equal(key.odd, 2);
}

/* DER has one form of each length, and no RSA number is negative or empty. */
static void dkim_key_other_than_der_is_refused(void **state)
{
    static const struct span bad[] = {
        { "\x30\x81\x06\x02\x01\x0f\x02\x01\x03", 9 }, /* long form of a short length */
        { "\x30\x82\x00\x80", 4 },                 /* a length with a leading zero */
        { "\x30\x84\x01\x00\x00\x00", 6 },         /* four octets of length */
        { "\x30\x82\x01", 3 },                     /* a length that is cut */
        { "\x30\x06\x02\x01\x8f\x02\x01\x03", 8 }, /* negative modulus */
        { "\x30\x06\x02\x01\x0f\x02\x01\x83", 8 }, /* negative exponent */
        { "\x30\x05\x02\x00\x02\x01\x03", 7 },     /* INTEGER without octets */
        { "\x30\x09\x02\x01\x0f\x02\x01\x03\x02\x01\x05", 11 }, /* three numbers */
        { "\x30\x04\x30\x00\x03\x00", 6 },                      /* no algorithm */
        { "\x31\x06\x02\x01\x0f\x02\x01\x03", 8 },              /* a SET */
    };
    struct dkim_key key;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(dkim_key_read(DKIM_RSA, bad[i], &key), AC_OK);
        if (key.state != DKIM_KEY_NOT_DER)
            fail_msg("row %zu: state %d, expected NOT_DER (RFC 8017, A.1.1)", i,
                     key.state);
    }
    assert_int_equal(
        dkim_key_read(DKIM_RSA, SPAN("\x30\x06\x02\x01\x0f\x02\x01\x03"), &key), AC_OK);
    assert_int_equal(key.state, DKIM_KEY_GOOD);
    assert_int_equal(key.bits, 4);
}

/* The shell must be sound as well: each length within it one too long. */
static void dkim_key_broken_shell_is_refused(void **state)
{
    static const size_t length_at[] = { 5, 22, 27 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        uint8_t der[2048];
        size_t n = decode(RSA_2048, der, sizeof der);
        struct dkim_key key;

        der[length_at[i]]++;
        assert_int_equal(dkim_key_read(DKIM_RSA, span_make(der, n), &key), AC_OK);
        if (key.state != DKIM_KEY_NOT_DER)
            fail_msg("length at byte %zu: state %d", length_at[i], key.state);
    }
}

static void dkim_key_of_unknown_type_is_not_looked_at(void **state)
{
    struct dkim_key key;

    (void)state;
    assert_int_equal(dkim_key_read(DKIM_UNKNOWN_ALGORITHM, SPAN("x"), &key), AC_OK);
    assert_int_equal(key.state, DKIM_KEY_GOOD);
    assert_int_equal(key.bits, 0);
}

/* A modulus beyond all reason is measured and not computed with. */
static void dkim_key_giant_is_only_measured(void **state)
{
    static uint8_t der[40000];
    static const uint8_t head[] = { 0x30, 0x82, 0x9c, 0x3c, 0x02, 0x82, 0x9c, 0x31 };
    struct dkim_key key;

    (void)state;
    memset(der, 0xff, sizeof der);
    memcpy(der, head, sizeof head);
    der[8] = 0;
    memcpy(der + 8 + 0x9c31, "\x02\x05\x01\x00\x00\x00\x01", 7);
    der[10 + 0x9c31] = 1;
    assert_int_equal(dkim_key_read(DKIM_RSA, span_make(der, 4 + 0x9c3c), &key), AC_OK);
    assert_int_equal(key.state, DKIM_KEY_GOOD);
    assert_int_equal(key.bits, 8 * 0x9c30);
    assert_true(key.exponent_large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dkim_key_reads_every_kind_of_key),
        cmocka_unit_test(dkim_key_names_the_factor_and_the_other_type),
        cmocka_unit_test(dkim_key_every_prefix_is_cut_and_tells_how_much),
        cmocka_unit_test(dkim_key_trailing_bytes_are_counted),
        cmocka_unit_test(dkim_key_other_than_der_is_refused),
        cmocka_unit_test(dkim_key_broken_shell_is_refused),
        cmocka_unit_test(dkim_key_of_unknown_type_is_not_looked_at),
        cmocka_unit_test(dkim_key_giant_is_only_measured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

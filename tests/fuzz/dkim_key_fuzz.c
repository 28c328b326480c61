/* SPDX-License-Identifier: MIT */
/*
 * dkim_key_fuzz.c - targets: dkim_key_read, base64_decode. Input: the bytes of a key,
 * which are read as RSA and as Ed25519, and as the text of p=.
 */
#include "base/base64.h"
#include "dkim/key.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_key(enum dkim_algorithm algorithm, struct span bytes)
{
    struct dkim_key key;

    require(dkim_key_read(algorithm, bytes, &key) == AC_OK);
    require(key.bits <= bytes.n * 8);
    require(key.state != DKIM_KEY_CUT || key.odd > 0);
    require(key.state != DKIM_KEY_TRAILING || (key.odd > 0 && key.odd < bytes.n));
    require((key.state != DKIM_KEY_OTHER_TYPE && key.state != DKIM_KEY_IMPOSSIBLE) ||
            key.is);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = span_make(data, size);
    uint8_t *decoded = malloc(size + 1);
    size_t bad = 0;
    long n;

    require(decoded != NULL);
    check_key(DKIM_RSA, bytes);
    check_key(DKIM_ED25519, bytes);
    n = base64_decode(bytes, decoded, size / 4 * 3 + 3 < size ? size / 4 * 3 + 3 : size,
                      &bad);
    require(n >= 0 || bad <= size);
    if (n > 0)
        check_key(DKIM_RSA, span_make(decoded, (size_t)n));
    free(decoded);
    return 0;
}

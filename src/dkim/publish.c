/* SPDX-License-Identifier: MIT */
/*
 * publish.c - key files, read by OpenSSL: RSA as SubjectPublicKeyInfo (RFC 6376,
 * 3.6.1), Ed25519 as its bare 32 octets (RFC 8463, 4.2), in base64 (RFC 4648, 4).
 */
#include "dkim/publish.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

enum {
    ED25519_BYTES = 32,
    RSA_BITS_MIN = 1024 /* RFC 8301, 3.2 */
};

/* Nobody is asked for a pass phrase. */
static int no_pass_phrase(char *buffer, int size, int writing, void *context)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)context;
    return 0;
}

static EVP_PKEY *read_key(struct span pem)
{
    EVP_PKEY *key = NULL;
    BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);

    if (bio)
        key = PEM_read_bio_PrivateKey(bio, NULL, no_pass_phrase, NULL);
    if (bio && !key && BIO_reset(bio) == 1)
        key = PEM_read_bio_PUBKEY(bio, NULL, no_pass_phrase, NULL);
    BIO_free(bio);
    ERR_clear_error();
    return key;
}

static enum ac_status print_record(struct arena *a, const char *type,
                                   const uint8_t *bytes, int n, struct span *record)
{
    size_t size = 4 * (((size_t)n + 2) / 3) + 1;
    unsigned char *text = arena_alloc(a, size);
    char *p;

    if (!text)
        return AC_ENOMEM;
    EVP_EncodeBlock(text, bytes, n);
    p = arena_printf(a, "v=DKIM1; k=%s; p=%s", type, (const char *)text);
    *record = span_of(p);
    return p ? AC_OK : AC_ENOMEM;
}

static enum ac_status print_key(EVP_PKEY *key, struct arena *a, struct span *record,
                                const char **why)
{
    uint8_t ed25519[ED25519_BYTES], *der = NULL;
    size_t n = sizeof ed25519;
    enum ac_status status;
    int length;

    if (EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 &&
        EVP_PKEY_get_raw_public_key(key, ed25519, &n) == 1)
        return print_record(a, "ed25519", ed25519, (int)n, record);
    *why = "a key of a type that DKIM does not know; expected RSA or Ed25519";
    if (EVP_PKEY_get_id(key) != EVP_PKEY_RSA)
        return AC_EINVAL;
    *why = "an RSA key of under 1024 bits, which no verifier takes; expected 2048";
    if (EVP_PKEY_get_bits(key) < RSA_BITS_MIN)
        return AC_EINVAL;
    length = i2d_PUBKEY(key, &der);
    if (length <= 0)
        return AC_ENOMEM;
    status = print_record(a, "rsa", der, length, record);
    OPENSSL_free(der);
    return status;
}

enum ac_status dkim_publish(struct span pem, struct arena *a, struct span *record,
                            const char **why)
{
    EVP_PKEY *key;
    enum ac_status status;

    *why =
        "no key in PEM, or an encrypted one; expected \"-----BEGIN PRIVATE KEY-----\" "
        "or \"-----BEGIN PUBLIC KEY-----\"";
    if (pem.n > 1 << 20)
        return AC_EINVAL;
    key = read_key(pem);
    if (!key)
        return AC_EINVAL;
    status = print_key(key, a, record, why);
    EVP_PKEY_free(key);
    return status;
}

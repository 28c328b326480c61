/* SPDX-License-Identifier: MIT */
/*
 * dkim_publish_test.c - key files and the records that publish them. RFC 6376, 3.6.1;
 * RFC 8463, 4.2.
 */
#include "dkim/publish.h"

#include "base/buf.h"
#include "unit/dkim_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* The private key of RFC 8037, A.1, and its public half. */
#define ED25519_PRIVATE \
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"
#define ED25519_PUBLIC "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

/* clang-format off */
#define ENCRYPTED \
    "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjxIFoWzk65agICCAAw" \
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEHaiMAOB4gSFK4HHG5khz+gEQPYx" \
    "biSB62zATBDLQTOn7HUFE2nc0vq0RyFx3pEp6cEsQHqt/8GTPDPKRjLCl6BOztGk" \
    "8fStbNlMhzY4qWic3V8="
/* clang-format on */

static void pem(struct buf *b, const char *label, const char *base64)
{
    struct span rest = span_of(base64);

    buf_printf(b, "-----BEGIN %s-----\n", label);
    while (rest.n) {
        buf_printf(b, "%.*s\n", SPAN_ARG(span_to(rest, 64)));
        rest = span_from(rest, 64);
    }
    buf_printf(b, "-----END %s-----\n", label);
}

static void dkim_publish_prints_the_public_half_of_a_key_file(void **state)
{
    static const struct {
        const char *label, *base64, *record; /* NULL: refused */
    } rows[] = {
        { "PUBLIC KEY", RSA_2048, "v=DKIM1; k=rsa; p=" RSA_2048 },
        { "PUBLIC KEY", RSA_1024, "v=DKIM1; k=rsa; p=" RSA_1024 },
        { "PUBLIC KEY", ED25519_SPKI, "v=DKIM1; k=ed25519; p=" ED25519 },
        { "PRIVATE KEY", ED25519_PRIVATE, "v=DKIM1; k=ed25519; p=" ED25519_PUBLIC },
        { "PUBLIC KEY", RSA_512, NULL }, /* no verifier takes it: RFC 8301, 3.2 */
        { "PUBLIC KEY", EC_P256, NULL },
        { "PUBLIC KEY", "AAAA", NULL },
        { "CERTIFICATE", RSA_2048, NULL },
        { "ENCRYPTED PRIVATE KEY", ENCRYPTED, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *why = NULL;
        struct span record = { NULL, 0 };
        enum ac_status status;
        struct arena a;
        struct buf b;

        arena_init(&a, 1 << 20);
        buf_init(&b, 1 << 16);
        pem(&b, rows[i].label, rows[i].base64);
        status = dkim_publish(buf_span(&b), &a, &record, &why);
        assert_int_equal(status, rows[i].record ? AC_OK : AC_EINVAL);
        if (rows[i].record)
            assert_string_equal(record.p, rows[i].record);
        else
            assert_non_null(why);
        buf_free(&b);
        arena_free(&a);
    }
}

static void dkim_publish_refuses_what_is_no_key(void **state)
{
    static const char *const text[] = { "", "no key", "-----BEGIN PRIVATE KEY-----\n" };
    struct span record;
    const char *why;
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        assert_int_equal(dkim_publish(span_of(text[i]), &a, &record, &why), AC_EINVAL);
    arena_free(&a);
}

static void dkim_publish_without_memory_says_so(void **state)
{
    const char *why;
    struct span record;
    struct arena a;
    struct buf b;

    (void)state;
    arena_init(&a, 0);
    buf_init(&b, 1 << 16);
    pem(&b, "PUBLIC KEY", RSA_2048);
    assert_int_equal(dkim_publish(buf_span(&b), &a, &record, &why), AC_ENOMEM);
    buf_free(&b);
    arena_free(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(dkim_publish_prints_the_public_half_of_a_key_file),
        cmocka_unit_test(dkim_publish_refuses_what_is_no_key),
        cmocka_unit_test(dkim_publish_without_memory_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

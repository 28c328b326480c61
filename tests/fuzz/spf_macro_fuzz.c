/* SPDX-License-Identifier: MIT */
/*
 * spf_macro_fuzz.c - targets: spf_macro_check, spf_macro_check_domain,
 * spf_macro_letters, spf_macro_domain, spf_macro_text. RFC 7208, 7.
 *
 * Up to the first NUL the bytes are the local part; what follows is the macro string.
 */
#include "spf/macro.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)   \
    do {                  \
        if (!(condition)) \
            abort();      \
    } while (0)

static void expand(struct arena *a, const struct spf_macro_values *values,
                   struct span text)
{
    struct spf_fault fault = { 0, NULL };
    bool in_text = spf_macro_check(text, SPF_MACRO_TEXT, &fault);
    bool in_name, is_domain;
    struct span out;

    MUST(in_text || (fault.why && fault.at <= text.n));
    in_name = spf_macro_check(text, SPF_MACRO_DOMAIN, &fault);
    is_domain = spf_macro_check_domain(text, &fault);
    MUST(fault.at <= text.n);
    MUST(!is_domain || in_name);
    MUST(!in_name || in_text);
    spf_macro_letters(text);
    MUST((spf_macro_domain(a, values, text, &out) == AC_OK) == in_name);
    if (in_name)
        MUST(out.n <= SPF_DOMAIN_MAX);
    MUST((spf_macro_text(a, values, text, &out) == AC_OK) == in_text);
    if (in_text)
        MUST(out.n <= SPF_EXPLANATION_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_make(size ? (const char *)data : "", size);
    struct span local = span_cut(&text, '\0');
    struct spf_macro_values values = { .sender = local,
                                       .local = local,
                                       .sender_domain = SPAN("example.com"),
                                       .domain = SPAN("a.b.example.org"),
                                       .helo = local,
                                       .now = 1 };
    struct arena arena;

    values.client.family = size % 2 ? 4 : 6;
    arena_init(&arena, 1 << 20);
    expand(&arena, &values, text);
    arena_free(&arena);
    return 0;
}

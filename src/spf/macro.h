/* SPDX-License-Identifier: MIT */
/*
 * macro.h - macro strings: their syntax and their expansion. RFC 7208, 7.
 *
 * No DNS here: who expands a text that uses %{p} finds the validated name first
 * (spf_macro_letters tells whether it does).
 */
#ifndef SPF_MACRO_H
#define SPF_MACRO_H

#include "base/arena.h"
#include "base/ip.h"

enum {
    SPF_VALUE_MAX = 512,        /* octets of a sender or HELO that macros look at: an
                                   SMTP command line has no more (RFC 5321, 4.5.3.1.4) */
    SPF_DOMAIN_MAX = 253,       /* octets of an expanded name (RFC 7208, 7.3) */
    SPF_EXPLANATION_MAX = 4096, /* octets of an expanded explanation; our own cap */
};

/* Where a macro string stands decides what it may hold. */
enum spf_macro_place {
    SPF_MACRO_DOMAIN, /* a domain-spec: no %{c} %{r} %{t} */
    SPF_MACRO_TEXT,   /* an explanation, or the value of an unknown modifier */
};

/* The first fault of a text: its offset, and what is wrong (static text). */
struct spf_fault {
    size_t at;
    const char *why;
};

/* What the letters stand for. All texts are borrowed and may hold any octet. */
struct spf_macro_values {
    struct span sender;        /* s */
    struct span local;         /* l */
    struct span sender_domain; /* o */
    struct span domain;        /* d */
    struct span validated;     /* p: empty is "unknown" */
    struct span helo;          /* h */
    struct span receiver;      /* r: empty is "unknown" */
    struct ip client;          /* i, c, v */
    int64_t now;               /* t: Unix seconds */
};

/* Is it a macro-string? False and *fault otherwise. */
bool spf_macro_check(struct span text, enum spf_macro_place place,
                     struct spf_fault *fault);

/* Is it a domain-spec: a macro-string that ends in a top label or in a macro? */
bool spf_macro_check_domain(struct span text, struct spf_fault *fault);

/* The letters used, upper case as lower, as a set of SPF_LETTER; none when the text is
 * not a macro-string. */
#define SPF_LETTER(c) (UINT32_C(1) << ((c) - 'a'))
uint32_t spf_macro_letters(struct span text);

/*
 * Expand a text that passed the check above. The result is in the arena. For a domain
 * labels are cut from the left until at most SPF_DOMAIN_MAX octets are left, and a
 * final dot is dropped; the result may still be no domain name. AC_ENOMEM; AC_EINVAL
 * when the text is no macro-string.
 */
enum ac_status spf_macro_domain(struct arena *a, const struct spf_macro_values *values,
                                struct span text, struct span *out) AC_MUST_USE;

/* The same for explanations, which are cut at SPF_EXPLANATION_MAX octets. */
enum ac_status spf_macro_text(struct arena *a, const struct spf_macro_values *values,
                              struct span text, struct span *out) AC_MUST_USE;

#endif

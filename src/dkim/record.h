/* SPDX-License-Identifier: MIT */
/*
 * record.h - the text of a key record: tags and what is wrong with them, but for the
 * key itself (dkim/key.h). RFC 6376, 3.6.1.
 */
#ifndef DKIM_RECORD_H
#define DKIM_RECORD_H

#include "finding/finding.h"

enum dkim_algorithm {
    DKIM_RSA,     /* k=rsa, and the default */
    DKIM_ED25519, /* RFC 8463 */
    DKIM_UNKNOWN_ALGORITHM,
};

struct dkim_record {
    enum dkim_algorithm algorithm;
    const char *key_type;  /* k= as published (hostile), or "rsa" without it */
    struct span p;         /* the value of the first p=; p.p == NULL without one */
    size_t p_at;           /* its offset in the text */
    bool testing;          /* t=y */
    bool same_domain_only; /* t=s */
    enum finding_id fault; /* the first reason why no verifier may use it, or NONE */
    const char *fault_text;
};

enum dkim_text {
    DKIM_TEXT_OTHER,   /* not meant as a key record: no fault */
    DKIM_TEXT_KEY,     /* meant as one: says v=DKIM..., or has a p= and no v= of another
                          protocol */
    DKIM_TEXT_REVOKED, /* meant as one, and every p= in it is empty */
};

enum dkim_text dkim_text_kind(struct span text);

/*
 * Read all tags. Problems go to `findings` (never NULL) about the name `about`; reading
 * goes on behind each. AC_ENOMEM is the only failure. Texts are borrowed or in the
 * arena of `findings`.
 */
enum ac_status dkim_record_parse(struct span text, const char *about,
                                 struct findings *findings,
                                 struct dkim_record *out) AC_MUST_USE;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * audit.h - the key at one selector: would a signature made with its private key verify
 * today? RFC 6376, 3.6; RFC 8301; RFC 8463.
 */
#ifndef DKIM_AUDIT_H
#define DKIM_AUDIT_H

#include "env/env.h"

/* The first that applies, in this order. */
enum dkim_status {
    DKIM_TEMPERROR,
    DKIM_MISSING, /* NXDOMAIN, no TXT, or no text that is a key record */
    DKIM_REVOKED, /* empty p= */
    DKIM_INVALID, /* no verifier may use it */
    DKIM_TESTING, /* t=y: a failure is treated as unsigned; usable */
    DKIM_WEAK, /* RSA of 1024 to 2047 bits, ROCA, exponent 1: usable, not for today */
    DKIM_VALID,
};

/* Why a key is not usable, where verifiers are known to disagree about it; bits. */
enum dkim_fault {
    DKIM_FAULT_SHORT = 1,   /* RSA under 1024 bits */
    DKIM_FAULT_HASH = 2,    /* h= without sha256 */
    DKIM_FAULT_SERVICE = 4, /* s= without email */
    DKIM_FAULT_SEVERAL = 8, /* two key records */
    DKIM_FAULT_OTHER = 16,  /* anything else: nobody uses it */
};

struct dkim_selector {
    struct dns_name selector; /* s1, also with dots */
    struct dns_name domain;   /* d= */
};

struct dkim_outcome {
    enum dkim_status status;
    enum ac_tri usable; /* MAYBE on temperror */
    const char
        *key_type;      /* "rsa", "ed25519", or as published (hostile); NULL: unknown */
    unsigned bits;      /* 0: unknown */
    struct span record; /* the TXT text; p == NULL when there is none */
    const char *name;   /* s1._domainkey.example.com */
    const char *delegated;  /* the end of the CNAME chain, or NULL */
    bool same_domain_only;  /* t=s: i= must be in d= itself, no subdomain */
    unsigned faults;        /* bits of enum dkim_fault, of an invalid key */
    enum finding_id reason; /* not usable: why; else FINDING_NONE */
    const char *reason_text;
};

/*
 * Judge one selector. Status as spf_check. Findings: all that is wrong with the key.
 * A key is never "good" because something answered: a wildcard that answers with other
 * text is DKIM_MISSING.
 */
enum ac_status dkim_audit(struct ac_env *env, const struct dkim_selector *selector,
                          struct dkim_outcome *out) AC_MUST_USE;

const char *dkim_status_print(
    enum dkim_status status); /* "temperror", "missing", ... */

#endif

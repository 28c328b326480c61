/* SPDX-License-Identifier: MIT */
/*
 * faults.h - is the DNS at fault in this, for the mail that was refused? One question
 * at a time, over the audit of today. Three-valued: what the DNS did not tell, and what
 * nobody told us about the mail, leaves it open.
 */
#ifndef EXPLAIN_FAULTS_H
#define EXPLAIN_FAULTS_H

#include "audit/result.h"
#include "bounce/bounce.h"

enum fault {
#define F(id, function) FAULT_##id,
#include "explain/faults.def"
#undef F
    FAULTS_N
};

/* BY_SPF and so on: a bit each. */
enum fault_bits {
#define F(id, function) BY_##id = (int)(1u << FAULT_##id),
#include "explain/faults.def"
#undef F
};

/* What would close an open fault. */
enum fault_lack {
    FAULT_LACKS_NOTHING,
    FAULT_LACKS_ANSWER,   /* of the DNS */
    FAULT_LACKS_IP,       /* the address that connected */
    FAULT_LACKS_SELECTOR, /* how the mail is signed */
    FAULT_LACKS_HELO,     /* the name that was said in EHLO */
    FAULT_LACKS_LIST,     /* an answer of the block list that the reply names */
};

enum {
    FAULT_BECAUSE_MAX = 12
};

struct fault_found {
    enum ac_tri there; /* MAYBE: see lacks */
    const char *words; /* half a sentence: what it is now; in the arena or static */
    enum fault_lack lacks;
    enum finding_id because[FAULT_BECAUSE_MAX]; /* of the audit's, each once */
    size_t n_because;
};

struct fault_case {
    const struct bounce *bounce;
    const struct audit_result *audit;
    struct arena *arena; /* for words */
};

/* AC_ENOMEM. */
enum ac_status fault_look(enum fault fault, const struct fault_case *c,
                          struct fault_found *out) AC_MUST_USE;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * question.h - which audit explains a bounce: what the bounce tells of the mail, under
 * what the command line says.
 */
#ifndef EXPLAIN_QUESTION_H
#define EXPLAIN_QUESTION_H

#include "audit/audit.h"
#include "bounce/bounce.h"

/* What the user said; it wins over the bounce. */
struct explain_given {
    const struct audit_options *audit; /* domain.n == 0, n_ips == 0, n_receivers == 0:
                                          not given, and so on */
    const char *const *selector;       /* of --selector, as text */
    size_t n_selectors;
};

/* One audit, ready to be begun. All is in the arena or in what was given, nothing in
 * the bounce: an audit may outlive that. */
struct explain_question {
    struct audit_options audit;
    bool by_mail_from; /* the bounce has no From domain: that of MAIL FROM was taken */
    bool by_address; /* no domain is known, and the host alone decides: the audit is of
                        its reverse name, and nobody's to be shown */
    struct span key; /* the same for audits that would be the same */
};

/* *asked is false where too little is known: no domain. AC_ENOMEM. */
enum ac_status explain_ask(const struct explain_given *given,
                           const struct bounce *bounce, struct arena *arena,
                           struct explain_question *out, bool *asked) AC_MUST_USE;

#endif

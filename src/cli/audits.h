/* SPDX-License-Identifier: MIT */
/*
 * audits.h - the audits that the bounces of one run ask for: the same one is made once,
 * and several are under way at the same time.
 */
#ifndef CLI_AUDITS_H
#define CLI_AUDITS_H

#include "cli/options.h"
#include "explain/question.h"

enum {
    AUDITS_MAX = 64,       /* that are kept */
    AUDITS_IN_FLIGHT = 32, /* seats that may be held at the same time */
    AUDITS_ARENA_MAX = 64 * 1024 * 1024
};

struct audits;
struct audits_seat; /* an audit that is kept while somebody holds it */

/* NULL: no memory. No source is opened before the first audit. */
struct audits *audits_new(struct cli_options *o);
void audits_free(struct audits *a);

/*
 * Hold the audit of this question; it is begun where there is none yet. The arena of
 * the question is taken over, whatever is returned. many: others follow, so that the
 * call does not wait for it. AC_EINVAL after a complaint; else failures of ours.
 */
enum ac_status audits_hold(struct audits *a, const struct explain_question *q,
                           struct arena *arena, bool many,
                           struct audits_seat **out) AC_MUST_USE;

/* Wait for its result, which is there until audits_let_go. */
enum ac_status audits_result(struct audits *a, struct audits_seat *seat,
                             const struct audit_result **out) AC_MUST_USE;
void audits_let_go(struct audits_seat *seat);

#endif

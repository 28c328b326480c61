/* SPDX-License-Identifier: MIT */
/*
 * lint.h - what is wrong or risky in one SPF record, whoever sends.
 */
#ifndef SPF_LINT_H
#define SPF_LINT_H

#include "spf/run.h"

/*
 * Findings about the record of a frame. Below an include only what matters to those who
 * include it is told: how a provider ends its record is its own affair.
 */
void spf_lint_record(struct findings *f, const struct spf_frame *frame);

/* Findings about the TXT records around it: near misses, and the size of the answer. */
enum ac_status spf_lint_answer(struct arena *a, struct findings *f,
                               const struct spf_frame *frame,
                               const struct dns_answer *txt) AC_MUST_USE;

#endif

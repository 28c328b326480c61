/* SPDX-License-Identifier: MIT */
/*
 * faults_parts.h - what the judges of single faults share. Private to faults*.c.
 */
#ifndef EXPLAIN_FAULTS_PARTS_H
#define EXPLAIN_FAULTS_PARTS_H

#include "explain/faults.h"

/* fault_spf and so on: one fault each, into *f, which is AC_NO before. */
#define F(id, function) \
    void function(const struct fault_case *c, struct fault_found *f);
#include "explain/faults.def"
#undef F

/* Note a finding, where the audit has it; once. */
void fault_because(struct fault_found *f, const struct fault_case *c,
                   enum finding_id id);

/* Open, and what would close it. */
void fault_open(struct fault_found *f, enum fault_lack lack, const char *words);

/* Do these words stand in the reply, without regard to case? */
bool fault_text_has(const struct fault_case *c, struct span word);

#endif

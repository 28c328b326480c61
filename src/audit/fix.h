/* SPDX-License-Identifier: MIT */
/*
 * fix.h - a task that looks for changes of the DNS which turn the verdict, and proves
 * each by an audit over the changed records (audit/child.h). Private to the audit room.
 *
 * A change "turns the verdict" when it is strictly better for the address that the
 * verdict describes and no worse for any other; no limit of SPF may be crossed by it.
 */
#ifndef AUDIT_FIX_H
#define AUDIT_FIX_H

#include "audit/plan.h"

/* Add the task once the legs of a verdict that is worse than accept are known. */
enum ac_status fix_plan(struct audit *a, bool *added) AC_MUST_USE;

/* What was found, and advice for what was not, into a->result, whose causes are known.
 */
enum ac_status fix_finish(struct audit *a) AC_MUST_USE;

/* The audits that the task has begun. */
void fix_free(struct audit *a);

#endif

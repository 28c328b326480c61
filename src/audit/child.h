/* SPDX-License-Identifier: MIT */
/*
 * child.h - another audit over the answers of a running one: the same mail in a world
 * that differs by an overlay. What-if, --compare and the proof of a fix are all this.
 *
 * A child asks nothing itself. What it wants and its parent has not asked becomes a
 * want of the task that runs it, so that one engine and one source serve both.
 */
#ifndef AUDIT_CHILD_H
#define AUDIT_CHILD_H

#include "audit/audit.h"
#include "env/env.h"

/*
 * Run `child` as far as the answers of env->dns (overlay aside) reach: AC_OK when it is
 * done, AC_PENDING with its open questions noted in env->wants. To be called from a
 * task's run function, again and again with the same child, which keeps its state. The
 * child must have been made with the same `now` and `nonce`; it is offline if the
 * parent is (audit_new sets that from the options).
 */
enum ac_status audit_child_run(struct ac_env *env, struct audit *child) AC_MUST_USE;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * ahead.h - looking past the look-up that the evaluation stands at: questions that will
 * be needed soon, and results that are still possible.
 */
#ifndef SPF_AHEAD_H
#define SPF_AHEAD_H

#include "spf/run.h"

/* Note hints for all that the evaluation may reach, by the rules in check.h. AC_ENOMEM,
 * AC_ELIMIT. */
enum ac_status spf_hint(struct spf_run *run) AC_MUST_USE;

/* Is the term's question hinted at all? Not those that may tell which mail is on its
 * way: exists, ptr, and targets with %{s} %{l} %{p}. */
bool spf_may_hint(const struct spf_term *term);

/* Could some answer to the look-ups that failed (or were not made) give pass, or
 * anything but pass? Asks nothing and changes no counter. */
enum ac_status spf_could(struct spf_run *run, bool *pass, bool *fail) AC_MUST_USE;

#endif

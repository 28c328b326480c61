/* SPDX-License-Identifier: MIT */
/*
 * match.h - the mechanisms that ask for addresses: a, mx, ptr, exists, and ip4, ip6
 * beside them. RFC 7208, 5.
 */
#ifndef SPF_MATCH_H
#define SPF_MATCH_H

#include "spf/run.h"

/* Does the client match? On SPF_TEMP and SPF_PERM run->reason says why. Not for all,
 * include and modifiers. Status as dns_get. */
enum ac_status spf_match(struct spf_run *run, const struct spf_frame *frame,
                         const struct spf_term *term, enum spf_match *out) AC_MUST_USE;

/* The target of a term in evaluation, %{p} included, which may ask. */
enum ac_status spf_match_target(struct spf_run *run, const struct spf_frame *frame,
                                const struct spf_term *term,
                                struct spf_target *out) AC_MUST_USE;

#endif

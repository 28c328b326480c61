/* SPDX-License-Identifier: MIT */
/*
 * compare.h - is a world with proposed changes worse than before? For --compare.
 */
#ifndef AUDIT_COMPARE_H
#define AUDIT_COMPARE_H

#include "audit/result.h"

/*
 * Is a receiver's verdict, or an SPF result, for some address worse after than before?
 * A question that is open after is no regression: see audit_left_open.
 */
bool audit_regressed(const struct audit_result *before,
                     const struct audit_result *after);

/* Would it be one if the answer to an open question were a bad one? */
bool audit_left_open(const struct audit_result *before,
                     const struct audit_result *after);

#endif

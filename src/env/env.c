/* SPDX-License-Identifier: MIT */
/*
 * env.c - the default caps. RFC 7208, 4.6.4.
 */
#include "env/env.h"

const struct ac_limits ac_default_limits = {
    .questions = 1000,
    .hints = 64,
    .spf_lookups = 10,
    .spf_voids = 2,
    .spf_mx_names = 10,
    .spf_ptr_names = 10,
    .spf_type_99 = true,
    .spf_tree = 200,
};

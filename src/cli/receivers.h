/* SPDX-License-Identifier: MIT */
/*
 * receivers.h - `authcheck receivers`: who is predicted, and by which rules.
 */
#ifndef CLI_RECEIVERS_H
#define CLI_RECEIVERS_H

#include "base/buf.h"
#include "verdict/receiver.h"

/* A line for each. */
void cli_receivers_list(struct buf *out);

/* Rules, programs, habits and sources of one. */
void cli_receiver_explain(struct buf *out, const struct receiver *r);

#endif

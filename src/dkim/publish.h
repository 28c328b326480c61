/* SPDX-License-Identifier: MIT */
/*
 * publish.h - a key file to the record that publishes its public half. RFC 6376, 3.6.1;
 * RFC 8463, 4.2.
 */
#ifndef DKIM_PUBLISH_H
#define DKIM_PUBLISH_H

#include "base/arena.h"

/*
 * PEM of a private or public key, RSA or Ed25519, to "v=DKIM1; k=...; p=..." in the
 * arena. AC_EINVAL and *why (a clause, lives for ever) for anything else, an encrypted
 * key included; AC_ENOMEM. Nothing private is kept.
 */
enum ac_status dkim_publish(struct span pem, struct arena *a, struct span *record,
                            const char **why) AC_MUST_USE;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * reply.h - the words of a reply: placeholders of a rule's text filled in.
 *
 * {from} From domain; {at} domain whose DMARC record applies; {ip}; {sender} MAIL FROM;
 * {domain} domain that SPF was evaluated for; {helo}; {spf}, {dkim} and {dmarc} as
 * "Pass" or "Fail". Anything else stands as it is.
 */
#ifndef VERDICT_REPLY_H
#define VERDICT_REPLY_H

#include "verdict/evidence.h"

/* In the arena; NULL when that is full. Bytes may be hostile. */
const char *verdict_reply(const char *text, const struct verdict_evidence *e,
                          const struct verdict_eyes *eyes, struct arena *arena);

#endif

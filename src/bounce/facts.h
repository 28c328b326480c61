/* SPDX-License-Identifier: MIT */
/*
 * facts.h - whose mail was refused: domains, addresses and selectors, out of the reply,
 * the fields of the report, the words around it, and the header of the returned copy.
 */
#ifndef BOUNCE_FACTS_H
#define BOUNCE_FACTS_H

#include "bounce/bounce.h"
#include "bounce/parts.h"

/* Each fills in what `out` does not know yet; so the surest source comes first. All
 * texts are spans into what is given. */
/* Of a reply: whom the receiver saw. */
void bounce_facts_of_client(struct span reply, struct bounce *out);
/* Of a reply, or of the words of a log around it. */
void bounce_facts_of_text(struct span text, struct bounce *out);
/* Results of authentication in a reply or in an Authentication-Results. AC_ENOMEM. */
enum ac_status bounce_facts_of_results(struct span text, struct arena *arena,
                                       struct bounce *out) AC_MUST_USE;
/* A header of the refused message. `host` refused it, `reporter` tells of it: only they
 * may say what they saw (RFC 8601, 5). AC_ENOMEM. */
enum ac_status bounce_facts_of_copy(struct span header, struct span host,
                                    struct span reporter, struct arena *arena,
                                    struct bounce *out) AC_MUST_USE;
/* The fields of a feedback report (RFC 5965; RFC 6591). AC_ENOMEM. */
enum ac_status bounce_facts_of_feedback(struct span fields, struct arena *arena,
                                        struct bounce *out) AC_MUST_USE;
/* Is it the header of a message that a mail system wrote about another? */
bool bounce_facts_is_notice(struct span head);
/* The header of the bounce itself. */
void bounce_facts_of_head(struct span head, struct span reporter, struct bounce *out);

#endif

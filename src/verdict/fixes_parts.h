/* SPDX-License-Identifier: MIT */
/*
 * fixes_parts.h - what the generators of fixes share. Private to the files
 * verdict/fixes*.c.
 */
#ifndef VERDICT_FIXES_PARTS_H
#define VERDICT_FIXES_PARTS_H

#include "spf/record.h"
#include "verdict/fixes.h"

enum {
    FIX_EDITED_MAX =
        4096 /* octets: longer records are hostile, and edits make copies */
};

/* The changes made so far, to go on from; NULL when the arena is full. */
struct fix_changes *fix_copy(const struct fix_case *c);

/* Put a change to them: a later change of a record that an earlier one made falls
 * together with it. False where there is no room. */
bool fix_change_add(struct fix_changes *changes, const struct fix_change *change);

/* Does an SPF record end in "+all"? What is mended would let the whole Internet pass.
 */
enum ac_status fix_passes_everybody(struct arena *a, struct span text,
                                    bool *out) AC_MUST_USE;

/* Offer a candidate with one record more replaced: TXT at `name`. A new record that is
 * too long, equal to the old one, or passes everybody is no candidate. */
enum ac_status fix_offer(const struct fix_case *c, const struct dns_name *name,
                         struct span old, struct span new, const char *note,
                         struct fix_candidates *out) AC_MUST_USE;

/* Offer changes made by hand; without effect when they are as many as fit. */
void fix_offer_changes(const struct fix_changes *changes, struct fix_candidates *out);

/* May the user change records at this name? */
bool fix_is_own(const struct fix_case *c, const struct dns_name *name);

/* The only SPF record at a domain as it is now. *found is false where there is none or
 * more than one, or it is far too long. AC_PENDING, AC_ENOMEM. */
struct fix_spf {
    struct dns_name domain, owner;
    struct spf_record record;
};
enum ac_status fix_spf_at(const struct fix_case *c, const struct dns_name *domain,
                          struct fix_spf *out, bool *found) AC_MUST_USE;

/* The record of the domain where SPF starts, if it is one's own. */
enum ac_status fix_spf_start(const struct fix_case *c, struct fix_spf *out,
                             bool *found) AC_MUST_USE;

/* The domain in the text of a reason ("about"); false when it is none. */
bool fix_about(const struct fix_case *c, struct dns_name *out);

/* The first n octets, a term and the rest; p == NULL when the arena is full. */
struct span fix_insert(struct arena *a, struct span text, size_t at, struct span term);

/* Without a term (as it stands in the text) and one blank beside it. */
struct span fix_remove(struct arena *a, struct span text, struct span term);

/* With another text in place of a term; an empty one removes it. */
struct span fix_replace(struct arena *a, struct span text, struct span term,
                        struct span with);

/* "ip4:192.0.2.1" of the client; p == NULL when the arena is full. */
struct span fix_address_term(const struct fix_case *c);

/* Where a new mechanism goes: before "all" and "redirect", else the end. */
size_t fix_default_place(const struct spf_record *r);

/* One function per kind of mend; see fixes.def. */
#define X(id, function)                                                           \
    enum ac_status function(const struct fix_case *c, struct fix_candidates *out) \
        AC_MUST_USE;
#include "verdict/fixes.def"
#undef X

#endif

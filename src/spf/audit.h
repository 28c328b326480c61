/* SPDX-License-Identifier: MIT */
/*
 * audit.h - the whole tree of an SPF record, matched or not: what it costs any receiver
 * and what is wrong in it. RFC 7208, 4.6.4, 5, 10.1.
 */
#ifndef SPF_AUDIT_H
#define SPF_AUDIT_H

#include "spf/check.h"

/* One term (or one record) of the tree, in order of the text, depth first. */
struct spf_node {
    unsigned level;     /* 0: terms of the start record */
    const char *domain; /* whose record */
    struct span term;   /* as written */
    const char *target; /* the name that it looks up, or NULL */
    unsigned lookups;   /* DNS terms of this term and all below it */
    unsigned voids;     /* void look-ups of this term and all below it */
    unsigned names;     /* MX names, or addresses of `a`; 0 for others */
    const char *note;   /* "no such name", "did not answer", "loop", ...; or NULL */
};

struct spf_tree {
    bool found; /* there is exactly one SPF record */
    struct span record;
    unsigned lookups; /* of the whole tree */
    unsigned voids;
    bool complete; /* false where a branch did not answer, a macro cannot be known
                      without the mail, or our own cap ended the walk */
    const struct spf_node *node;
    size_t n_nodes;
    const struct dns_name
        *include;      /* targets of include and redirect, whole tree: the */
    size_t n_includes; /* hosts that tell which provider sends */
};

/*
 * Walk the tree of request->domain; the client, sender and HELO serve macros
 * (client.family 0: no client is known, terms that need one are "incomplete").
 * Findings: everything that is wrong or risky in the records, whatever the client.
 * Status as spf_check; a look-up that fails makes `complete` false and the walk goes on
 * with its siblings.
 */
enum ac_status spf_audit(struct ac_env *env, const struct spf_request *request,
                         struct spf_tree *out) AC_MUST_USE;

#endif

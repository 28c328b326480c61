/* SPDX-License-Identifier: MIT */
/*
 * lookup.h - what stands at _dmarc.<name>, and the DNS tree walk over such places.
 * RFC 9989, 4.10.
 */
#ifndef DMARC_LOOKUP_H
#define DMARC_LOOKUP_H

#include "dmarc/record.h"

enum {
    DMARC_WALK_MAX = 8 /* RFC 9989, 4.10: no more than eight queries */
};

enum dmarc_sight {
    DMARC_SEES_NOTHING,
    DMARC_SEES_RECORD,
    DMARC_SEES_SEVERAL,   /* more than one record: all are discarded */
    DMARC_SEES_NO_ANSWER, /* the DNS did not tell */
};

struct dmarc_place {
    struct dns_name name; /* the domain, without _dmarc */
    const char *where;    /* "_dmarc.example.com", in the arena */
    enum dmarc_sight sight;
    struct dmarc_record record; /* when there is exactly one */
    size_t n_records;
    struct span ignored; /* a text that is meant to be a record and is none, or empty */
    enum dns_outcome outcome;
};

/* Ask. The place lives as long as the arena. AC_OK, AC_PENDING, AC_ENOMEM, AC_ELIMIT.
 */
enum ac_status dmarc_look(struct ac_env *env, const struct dns_name *name,
                          struct dmarc_place *out) AC_MUST_USE;

/* dmarc_psl_registrable, which is slow: the first name of an audit is kept. */
enum ac_status dmarc_registrable(struct ac_env *env, const struct dns_name *name,
                                 bool *found, struct dns_name *out) AC_MUST_USE;

/* Two or more records, or a text that is none: one finding each. */
void dmarc_place_report(struct ac_env *env, const struct dmarc_place *place);

struct dmarc_walk {
    struct dns_name *name;     /* in order, the start first */
    size_t n;                  /* none for the root */
    struct dmarc_place *place; /* of each; filled up to n_seen */
    size_t n_seen; /* places up to the one that ended the walk (psd=y or psd=n) */
};

/* The names of a walk, all of them hinted. NULL when the arena is full. */
struct dmarc_walk *dmarc_walk_new(struct ac_env *env, const struct dns_name *start);

/* Look at the places from the one numbered `from` on, until the walk ends. As
 * dmarc_look; AC_PENDING once every question that is open has been noted. */
enum ac_status dmarc_walk_on(struct ac_env *env, struct dmarc_walk *walk,
                             size_t from) AC_MUST_USE;

#endif

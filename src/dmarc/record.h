/* SPDX-License-Identifier: MIT */
/*
 * record.h - one DMARC record: what it says, and all that is wrong with it. RFC 9989,
 * 4.7, 4.8; RFC 7489, 6.3, 6.4.
 *
 * A record is read once for both RFCs. Where they differ the record keeps what is
 * written, and dmarc_record_policy says what a reader of either makes of it.
 */
#ifndef DMARC_RECORD_H
#define DMARC_RECORD_H

#include "dmarc/discover.h"

enum {
    DMARC_URIS_MAX = 32,   /* of rua and of ruf; those behind are a fault */
    DMARC_FAULTS_MAX = 32, /* per record; those behind are not listed */
};

/* A policy tag: p, sp or np. */
struct dmarc_request {
    bool given;
    bool valid; /* false also when it is not given */
    enum dmarc_policy policy;
    struct span text; /* the value as written */
};

/* One address of rua or ruf. RFC 9989, 4.6. */
struct dmarc_uri {
    struct span text;     /* without blanks and without the obsolete size */
    bool valid;           /* a URI by its syntax */
    bool mailto;          /* and of the only scheme that everybody reports to */
    struct dns_name host; /* of a valid mailto: where reports go to */
};

struct dmarc_fault {
    enum finding_id id;
    size_t at;        /* byte of the record where it begins */
    const char *text; /* goes on after "The DMARC record at NAME ..."; no full stop */
};

struct dmarc_record {
    struct span text; /* borrowed, as all spans here */
    struct dmarc_request p, sp, np;
    char psd;                     /* 'y', 'n' or 'u' */
    bool testing;                 /* t=y */
    bool strict_dkim, strict_spf; /* adkim=s, aspf=s */
    unsigned pct;                 /* 100 without a valid one */
    bool has_rua, has_ruf;        /* the tag is there, whatever it holds */
    const struct dmarc_uri *rua, *ruf;
    size_t n_rua, n_ruf;
    const struct dmarc_fault *fault; /* in order of the text; p, sp and np are not */
    size_t n_faults;                 /* among them: see dmarc_record_policy */
};

/* Does the text begin with v=DMARC1, so that it is a DMARC record? RFC 9989, 4.7: "v"
 * comes first, without a blank before it, and its value counts by case. */
bool dmarc_is_record(struct span text);

/* Is it meant to be one although it is none? */
bool dmarc_looks_like_record(struct span text);

/* Read a text for which dmarc_is_record holds. AC_ENOMEM is the only failure. */
enum ac_status dmarc_record_parse(struct arena *a, struct span text,
                                  struct dmarc_record *out) AC_MUST_USE;

/* Whose mail is it, seen from the name that holds the record? */
enum dmarc_whose {
    DMARC_OWN,        /* the name itself: p */
    DMARC_SUBDOMAIN,  /* a name below that exists: sp */
    DMARC_NO_SUCH_SUB /* a name below that does not exist: np (RFC 9989 alone) */
};

/*
 * The policy: true, and *tag is the tag that it came from. Without a valid p, or with
 * an invalid sp (or np) the record counts as p=none if it says where to report to, and
 * *tag is NULL; else false: DMARC does not apply. RFC 9989, 4.10.1; RFC 7489, 6.6.3.
 */
bool dmarc_record_policy(const struct dmarc_record *r, enum dmarc_rules rules,
                         enum dmarc_whose whose, enum dmarc_policy *policy,
                         const char **tag);

/* Is there at least one valid URI in rua? */
bool dmarc_record_has_report_uri(const struct dmarc_record *r);

#endif

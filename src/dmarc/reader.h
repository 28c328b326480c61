/* SPDX-License-Identifier: MIT */
/*
 * reader.h - how receivers' own programs find and read DMARC records where that is not
 * as RFC 9989, 4.10 or RFC 7489, 6.6.3 have it. The questions are those of RFC 7489.
 */
#ifndef DMARC_READER_H
#define DMARC_READER_H

#include "dmarc/discover.h"

/* The first two are enum dmarc_rules. */
enum dmarc_reader {
    DMARC_READER_RFC9989 = DMARC_RFC9989,
    DMARC_READER_RFC7489 = DMARC_RFC7489,
    DMARC_READER_OPENDMARC,  /* libopendmarc 1.4.2, asking by itself */
    DMARC_READER_EXIM,       /* the same parser behind Exim 4.96's own look-up */
    DMARC_READER_RSPAMD,     /* rspamd 3.4 */
    DMARC_READER_MAIL_DMARC, /* Mail::DMARC 1.2021 */
    DMARC_READERS_N
};

struct dmarc_reader_row {
    const char *name;
    const char *differs; /* from RFC 7489, in words; NULL for the RFCs */
};

const struct dmarc_reader_row *dmarc_reader(enum dmarc_reader reader);

/*
 * What this reader finds for mail from `author`. As dmarc_discover, but notes no
 * findings. Where it takes one of several texts by their order, which servers turn, the
 * text that leads to the most severe policy is taken and out->by_chance is set.
 */
enum ac_status dmarc_read(struct ac_env *env, const struct dns_name *author,
                          enum dmarc_reader reader,
                          struct dmarc_discovery *out) AC_MUST_USE;

/*
 * Alignment as this reader has it, for all but the two RFCs. Their suffix lists know no
 * default rule: a top-level domain that is not listed has no Organizational Domains
 * below it.
 */
bool dmarc_reader_aligned(enum dmarc_reader reader, const struct dns_name *author,
                          const struct dns_name *identifier, bool strict);

#endif

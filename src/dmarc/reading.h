/* SPDX-License-Identifier: MIT */
/*
 * reading.h - one text as the parsers of OpenDMARC, rspamd and Mail::DMARC take it. For
 * the files of this folder alone.
 */
#ifndef DMARC_READING_H
#define DMARC_READING_H

#include "dmarc/reader.h"

struct dmarc_reading {
    bool applies; /* false: it is a record, and of no use */
    enum dmarc_policy p, sp;
    bool has_sp;
    bool strict_dkim, strict_spf;
    unsigned pct;
};

/* Is the text a record to this reader at all, and what does it say? subdomain: it is
 * read for a name below the one that holds it. */
bool dmarc_reading_of(enum dmarc_reader reader, struct span text, bool subdomain,
                      struct dmarc_reading *out);

#endif

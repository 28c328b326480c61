/* SPDX-License-Identifier: MIT */
/*
 * uri.h - one address of rua or ruf. RFC 9989, 4.6, 4.8; RFC 3986; RFC 6068.
 */
#ifndef DMARC_URI_H
#define DMARC_URI_H

#include "dmarc/record.h"

/*
 * Read one item of the list, blanks around it already gone. *sized: it bears the
 * obsolete size limit ("!10m"), which is ignored. *why: what is wrong, when it is not
 * valid; a static text.
 */
void dmarc_uri_parse(struct span item, struct dmarc_uri *out, bool *sized,
                     const char **why);

#endif

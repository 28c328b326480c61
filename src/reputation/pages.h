/* SPDX-License-Identifier: MIT */
/*
 * pages.h - pages that tell what the DNS cannot: what an operator thinks of an address
 * or a domain. Rows of pages.def, and how an address is filled in.
 */
#ifndef REPUTATION_PAGES_H
#define REPUTATION_PAGES_H

#include "base/arena.h"

struct reputation_page {
    const char *name, *what;
    bool of_domain;  /* else of the address */
    const char *url; /* with {ip} or {domain}, where the page takes that */
};

const struct reputation_page *reputation_pages(size_t *n);

/*
 * The address of a page with every {ip} and {domain} replaced by `subject`, what is not
 * safe in an address as %XX. In the arena; NULL when that is full. url NULL: NULL.
 */
const char *reputation_page_fill(struct arena *a, const char *url, const char *subject);

#endif

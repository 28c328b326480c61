/* SPDX-License-Identifier: MIT */
/*
 * psl.c - the public suffix list by libpsl; the only file that includes <libpsl.h>.
 * RFC 7489, 3.2.
 *
 * The list is the one built into the library, which costs nothing to load. Only where
 * the system's package `publicsuffix` is newer than that is the package's file read, in
 * its compiled form: 0.07 ms, once in the life of the process. (Reading the list as
 * text would take 6 ms.) The pointer is the only thing that is kept between runs; it is
 * set once and never changes, so one process judges all domains by one list.
 */
#include "dmarc/psl.h"

#include <libpsl.h>
#include <pthread.h>

static const psl_ctx_t *list;
static pthread_once_t list_once = PTHREAD_ONCE_INIT;

static void list_load(void)
{
    if (psl_builtin_outdated() > 0)
        list = psl_latest(NULL);
    if (!list)
        list = psl_builtin();
}

static unsigned dots(const char *text)
{
    unsigned n = 0;

    for (; *text; text++)
        n += *text == '.';
    return n;
}

bool dmarc_psl_registrable(const struct dns_name *name, struct dns_name *out)
{
    char text[DNS_TEXT_MAX];
    unsigned labels = 2; /* without any list: every top-level domain is a suffix */

    (void)pthread_once(&list_once, list_load);
    if (list) {
        /* Dots within labels are printed as \046: dots count labels. */
        const char *found = psl_registrable_domain(list, dns_name_print(name, text));

        if (!found)
            return false;
        labels = dots(found) + 1;
    }
    if (dns_name_labels(name) < labels)
        return false;
    *out = dns_name_last(name, labels);
    return true;
}

bool dmarc_psl_listed(const struct dns_name *name)
{
    struct dns_name top = dns_name_last(name, 1);
    char text[DNS_TEXT_MAX];

    (void)pthread_once(&list_once, list_load);
    dns_name_print(&top, text);
    return strcmp(text, "test") == 0 || !list ||
           psl_is_public_suffix2(list, text, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE);
}

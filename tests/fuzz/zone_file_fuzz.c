/* SPDX-License-Identifier: MIT */
/*
 * zone_file_fuzz.c - dns_zone_read on any bytes: no fault of memory, and what zone.h
 * promises holds: one line of error, and a faulty file changes nothing. Corpus:
 * tests/fuzz/corpus/zone_file.
 */
#include "dns/zone.h"

#include <stdlib.h>

enum {
    TEXT_MAX = 16 * 1024
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

/* What stood in the overlay before still stands there. */
static void need_first(const struct dns_overlay *o, enum ac_status status)
{
    const struct dns_overlay_set *set = NULL;
    struct dns_name name;

    need(dns_name_parse(SPAN("kept.example"), &name));
    if (dns_overlay_look(o, &name, DNS_T_TXT, &set) == DNS_OVERLAY_SET)
        need(set->n > 0);
    else
        need(status == AC_OK); /* replaced, by a CNAME say */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dns_overlay *o = dns_overlay_new(1);
    char error[DNS_ZONE_ERROR_MAX];
    enum ac_status status;

    if (size > TEXT_MAX)
        size = TEXT_MAX;
    need(o != NULL);
    need(dns_zone_read(o, "first", SPAN("kept.example. 60 IN TXT \"x\"\n"), error) ==
         AC_OK);
    for (int twice = 0; twice < 2; twice++) {
        status = dns_zone_read(o, "file", span_make(data, size), error);
        need(status == AC_OK || status == AC_EINVAL);
        need((status == AC_OK) == !error[0]);
        for (const char *p = error; *p; p++)
            need((unsigned char)*p >= ' ' && *p != 0x7f);
        need_first(o, status);
    }
    dns_overlay_free(o);
    return 0;
}

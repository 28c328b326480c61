/* SPDX-License-Identifier: MIT */
/*
 * dmarc_record_fuzz.c - dmarc_is_record, dmarc_looks_like_record, dmarc_record_parse,
 * dmarc_record_policy on any bytes: no fault of memory, and what is promised of the
 * result holds. Corpus: tests/fuzz/corpus/dmarc_record.
 */
#include "dmarc/record.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static void check_policies(const struct dmarc_record *r)
{
    for (int rules = DMARC_RFC9989; rules <= DMARC_RFC7489; rules++)
        for (int whose = DMARC_OWN; whose <= DMARC_NO_SUCH_SUB; whose++) {
            enum dmarc_policy policy = DMARC_REJECT;
            const char *tag = NULL;
            bool applies = dmarc_record_policy(r, (enum dmarc_rules)rules,
                                               (enum dmarc_whose)whose, &policy, &tag);

            /* Never anything but none out of a record without a valid p. */
            need(policy == DMARC_NONE || (applies && tag && r->p.valid));
            need(applies || !dmarc_record_has_report_uri(r));
        }
}

static void check_faults(const struct dmarc_record *r)
{
    for (size_t i = 0; i < r->n_faults; i++) {
        need(r->fault[i].at <= r->text.n);
        need(i == 0 || r->fault[i - 1].at <= r->fault[i].at);
        need(strlen(r->fault[i].text) < 500);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_make(data, size);
    struct dmarc_record r;
    struct arena a;

    (void)dmarc_looks_like_record(text);
    need(!dmarc_is_record(text) || dmarc_looks_like_record(text));
    arena_init(&a, 1 << 20);
    /* Also what is no record: the parser must stand it. */
    need(dmarc_record_parse(&a, text, &r) == AC_OK);
    need(r.pct <= 100 && (r.psd == 'u' || r.psd == 'y' || r.psd == 'n'));
    need(r.n_rua <= DMARC_URIS_MAX && r.n_ruf <= DMARC_URIS_MAX);
    check_faults(&r);
    check_policies(&r);
    arena_free(&a);
    return 0;
}

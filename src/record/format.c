/* SPDX-License-Identifier: MIT */
/*
 * format.c - what writing and reading a recording share.
 */
#include "record/format.h"

#include "base/hash.h"

static const char *const word[] = {
    [DNS_ANSWER] = "answer",
    [DNS_NODATA] = "nodata",
    [DNS_NXDOMAIN] = "nxdomain",
    [DNS_SERVFAIL] = "servfail",
    [DNS_REFUSED] = "refused",
    [DNS_MALFORMED] = "malformed",
    [DNS_BOGUS] = "bogus",
    [DNS_TIMEOUT] = "timeout",
    [DNS_UNREACHABLE] = "unreachable",
    [DNS_DEADLINE] = "deadline",
};

uint64_t record_checksum(struct span body)
{
    static const uint64_t key[2] = { 0x6175746863686563u, 0x6b207265636f7264u };

    return hash_bytes(key, body);
}

const char *record_outcome_word(enum dns_outcome outcome)
{
    return word[outcome];
}

bool record_outcome_find(struct span text, enum dns_outcome *out)
{
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (span_eq(text, span_of(word[i]))) {
            *out = (enum dns_outcome)i;
            return true;
        }
    return false;
}

/* SPDX-License-Identifier: MIT */
/*
 * format.c - what writing and reading a recording share.
 */
#include "record/format.h"

#include "base/hash.h"

uint64_t record_checksum(struct span body)
{
    static const uint64_t key[2] = { 0x6175746863686563u, 0x6b207265636f7264u };

    return hash_bytes(key, body);
}

bool record_outcome_find(struct span text, enum dns_outcome *out)
{
    for (int i = DNS_ANSWER; i <= DNS_DEADLINE; i++)
        if (span_eq(text, span_of(dns_outcome_word((enum dns_outcome)i)))) {
            *out = (enum dns_outcome)i;
            return true;
        }
    return false;
}

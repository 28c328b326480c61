/* SPDX-License-Identifier: MIT */
/*
 * format.h - what writing and reading a recording share. Private to the room.
 */
#ifndef RECORD_FORMAT_H
#define RECORD_FORMAT_H

#include "dns/answer.h"

/* Of the bytes after the first line. */
uint64_t record_checksum(struct span body);

/* As dns_outcome_word has it. */
bool record_outcome_find(struct span word, enum dns_outcome *out);

#endif

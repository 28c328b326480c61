/* SPDX-License-Identifier: MIT */
/*
 * speaker.h - who refuses: operators of mailboxes, gateways, and mail software, known
 * by the name of the host that spoke or by a mark in the reply. Rows of speakers.def.
 */
#ifndef BOUNCE_SPEAKER_H
#define BOUNCE_SPEAKER_H

#include "base/span.h"

enum bounce_speaker_kind {
    BOUNCE_OPERATOR, /* runs the hosts: its words are its own */
    BOUNCE_SOFTWARE  /* runs on anybody's hosts */
};

enum bounce_speaker_id {
    BOUNCE_SPEAKER_NONE,
#define S(id, ...) BOUNCE_SPEAKER_##id,
#include "bounce/speakers.def"
#undef S
    BOUNCE_SPEAKER_COUNT
};

struct bounce_speaker {
    const char *name;  /* "gmail"; what --receiver takes where there is such a one */
    const char *title; /* "Gmail" */
    enum bounce_speaker_kind kind;
    const char *hosts;  /* suffixes of host names, a blank between; "" */
    const char *marks;  /* words of its replies, normalised, a bar between; "" */
    const char *family; /* shares hosts and words with others of it; NULL */
};

/* NULL for BOUNCE_SPEAKER_NONE. */
const struct bounce_speaker *bounce_speaker(enum bounce_speaker_id id);

/* By the name of a host, whatever follows it ("mx.example.com[192.0.2.1]"). */
enum bounce_speaker_id bounce_speaker_of_host(struct span host);

/* By a mark in the normalised reply. */
enum bounce_speaker_id bounce_speaker_of_text(const char *text);

/*
 * Who speaks, when the words are `words`'s, the host is `host`'s and `mark` was seen in
 * the text? The words decide, but where software runs on the hosts of an operator (the
 * host says so, or a mark), and between relatives with the same words, the host does.
 */
enum bounce_speaker_id bounce_speaker_choose(enum bounce_speaker_id words,
                                             enum bounce_speaker_id host,
                                             enum bounce_speaker_id mark);

#endif

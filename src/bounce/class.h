/* SPDX-License-Identifier: MIT */
/*
 * class.h - the causes that a refusal may name, as rows of classes.def, and the pattern
 * that tells which one a reply names and who speaks. Text comes first, then the host
 * that spoke, then the enhanced code, then the reply code: codes are shared by many
 * causes.
 */
#ifndef BOUNCE_CLASS_H
#define BOUNCE_CLASS_H

#include "base/arena.h"
#include "base/span.h"

enum bounce_area {
    BOUNCE_AREA_AUTHENTICATION,
    BOUNCE_AREA_HOST,
    BOUNCE_AREA_REPUTATION,
    BOUNCE_AREA_CONTENT,
    BOUNCE_AREA_RATE,
    BOUNCE_AREA_PERMISSION,
    BOUNCE_AREA_RECIPIENT,
    BOUNCE_AREA_POLICY,
    BOUNCE_AREA_OTHER,
};

enum bounce_confidence {
    BOUNCE_LOW,
    BOUNCE_MEDIUM,
    BOUNCE_HIGH
};

/* A row of classes.def: C(ID, "name", AREA, "meaning", "what to do next"). */
struct bounce_class {
    const char *name; /* "dmarc_policy" */
    enum bounce_area area;
    const char *meaning; /* one sentence for a tired administrator */
    const char *next;    /* one imperative sentence */
};

enum bounce_class_id {
    BOUNCE_CLASS_NONE,
#define C(id, ...) BOUNCE_CLASS_##id,
#include "bounce/classes.def"
#undef C
    BOUNCE_CLASS_COUNT
};

/* NULL for BOUNCE_CLASS_NONE. */
const struct bounce_class *bounce_class(enum bounce_class_id id);
const char *bounce_area_print(enum bounce_area area); /* "authentication", ... */
const char *bounce_confidence_print(enum bounce_confidence confidence);

/* What is known of a refusal before it is classified. */
struct bounce_said {
    struct span text; /* the reply as read: lines joined, codes still in it */
    struct span host; /* who spoke (Remote-MTA, "host x said"); p == NULL: not told */
    unsigned code;    /* 0: none */
    struct span enhanced; /* "5.7.1"; p == NULL: none */
};

struct bounce_verdict {
    enum bounce_class_id class; /* NONE: no pattern fits */
    enum bounce_confidence confidence;
    const char *speaker; /* "gmail": a name of ours, which --receiver takes where there
                            is such a receiver; NULL: the text does not tell */
    const char *speaker_what; /* "Gmail", for people; NULL likewise */
    const char *pattern;      /* id of the row of patterns.def that fits; NULL */
};

/* Which receiver prints this? Never fails: what does not fit is BOUNCE_CLASS_NONE. The
 * arena is for the normalised text, and all of the time is bounded by a cap on it.
 * AC_ENOMEM. */
enum ac_status bounce_classify(const struct bounce_said *said, struct arena *arena,
                               struct bounce_verdict *out) AC_MUST_USE;

#endif

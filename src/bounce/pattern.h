/* SPDX-License-Identifier: MIT */
/*
 * pattern.h - the rows of patterns.def: which words and codes of a reply name which
 * cause.
 */
#ifndef BOUNCE_PATTERN_H
#define BOUNCE_PATTERN_H

#include "bounce/class.h"
#include "bounce/speaker.h"
#include "bounce/wording.h"

struct bounce_pattern {
    const char *id;
    int priority;
    enum bounce_speaker_id speaker;
    enum bounce_class_id class;
    enum bounce_confidence confidence;
    const char *codes;   /* NULL: any */
    const char *words;   /* POSIX ERE over the normalised reply; "": codes alone */
    const char *example; /* fits this row and none before it */
    const char *source;
};

size_t bounce_pattern_count(void);
const struct bounce_pattern *bounce_pattern(size_t i);

/* Can the expression of row i be compiled? */
bool bounce_pattern_compiles(size_t i);

/*
 * Does row i fit the reply? `speaker` is who is known to speak by host or mark: a row
 * without words fits its own speaker alone. Expressions are compiled when they are
 * first needed, and kept: not for two threads at once.
 */
bool bounce_pattern_fits(size_t i, const struct bounce_wording *reply,
                         enum bounce_speaker_id speaker);

#endif

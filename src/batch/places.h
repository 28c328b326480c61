/* SPDX-License-Identifier: MIT */
/*
 * places.h - where a row is from its reading to its writing: a place holds its memory,
 * and is used again for a later row. With --ordered places also stand in a queue, in
 * the order of the input.
 */
#ifndef BATCH_PLACES_H
#define BATCH_PLACES_H

#include "batch/row.h"

#include "base/buf.h"

struct place {
    struct place *other; /* all places, to free them */
    struct place *next;  /* in the queue, or the next free place */
    struct arena arena;  /* of the row and the options of its audit */
    struct batch_row row;
    struct audit_options options;
    struct audit *audit; /* while the crew has it */
    struct buf text;     /* printed, and waiting for its turn */
    bool done;           /* text is there */
};

/* Zeroed at first. */
struct places {
    struct place *all, *free;
    struct place *first, *last; /* the queue: rows that are not written yet */
    size_t held;                /* bytes of those in it that are done */
};

/* A place for a row; NULL: no memory. */
struct place *places_take(struct places *ps);

/* It is empty again, and not in the queue. */
void places_give(struct places *ps, struct place *p);

/* To the end of the queue. */
void places_queue(struct places *ps, struct place *p);

/* The row in p->text is printed; it waits for its turn. */
void places_done(struct places *ps, struct place *p);

/* Take the next row that is done out of the queue: its head, or past: the first of
 * those that are done, over the heads of others. NULL: there is none. */
struct place *places_next(struct places *ps, bool past);

/* With the audits that are still there. */
void places_free(struct places *ps);

#endif

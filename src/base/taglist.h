/* SPDX-License-Identifier: MIT */
/*
 * taglist.h - "tag=value; tag=value": the lists of DKIM (RFC 6376, 3.2), which DMARC
 * borrows (RFC 9989, 4.7). Splits and reports; what a fault means is the caller's word.
 */
#ifndef BASE_TAGLIST_H
#define BASE_TAGLIST_H

#include "base/span.h"

/* What may stand around names, values and list items (FWS); for span_trim. */
#define TAGLIST_BLANKS " \t\r\n"

enum {
    TAGLIST_TAGS_MAX = 64, /* more than any record needs; keeps finding twins cheap */
    TAGLIST_FAULTS_MAX = 16
};

struct taglist_tag {
    struct span name;  /* without blanks, never empty, case as written */
    struct span value; /* without blanks at its ends; may be empty */
    struct span spec;  /* all that stands between the semicolons, blanks included */
    size_t at;         /* offsets in the text: of the name, ... */
    size_t value_at;   /* ... and of the value (where it would be, if empty) */
    bool faulty;       /* its name or value holds a byte that the grammar forbids */
    bool duplicate;    /* a tag of the same name stands before it */
};

enum taglist_fault_kind {
    TAGLIST_EMPTY,     /* ";;": nothing between two semicolons */
    TAGLIST_NO_EQUALS, /* no "=": the part is not among the tags */
    TAGLIST_NO_NAME,   /* nothing before the "=": not among the tags */
    TAGLIST_BAD_NAME,  /* not a letter, then letters, digits and underscores */
    TAGLIST_BAD_VALUE, /* a byte that is neither printable ASCII nor a blank */
    TAGLIST_DUPLICATE,
    TAGLIST_TOO_MANY, /* what follows was not read */
};

struct taglist_fault {
    enum taglist_fault_kind kind;
    size_t at;        /* offset in the text of the first byte at fault */
    struct span part; /* the name for DUPLICATE, else the part without its blanks */
};

/* All spans borrow from the text. About 6 KB: a local variable, not a member. */
struct taglist {
    struct taglist_tag tag[TAGLIST_TAGS_MAX]; /* in order, duplicates included */
    size_t n;
    struct taglist_fault fault[TAGLIST_FAULTS_MAX]; /* the first ones, in order */
    size_t n_faults;
};

/* Never fails: reads on behind every fault. One semicolon may end the list. */
void taglist_parse(struct span text, struct taglist *out);

/* The first tag of that name (case counts: RFC 6376, 3.2), or NULL. */
const struct taglist_tag *taglist_find(const struct taglist *list, const char *name);

/* "a tag without \"=\"", "a duplicate tag", ...: a noun phrase; lives for ever. */
const char *taglist_fault_print(enum taglist_fault_kind kind);

#endif

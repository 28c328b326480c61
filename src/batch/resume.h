/* SPDX-License-Identifier: MIT */
/*
 * resume.h - which rows a file of an earlier run holds, by line of the input. Two bytes
 * a line: a checksum of id and domain, so that the file of another input is found out.
 */
#ifndef BATCH_RESUME_H
#define BATCH_RESUME_H

#include "batch/row.h"
#include "batch/tally.h"

#include <sys/types.h>

enum {
    RESUME_ERROR_MAX = 512
};

struct resume {
    uint16_t **page; /* of RESUME_PAGE lines each; NULL: no row of these is held */
    size_t n_pages;
    uint64_t held; /* rows of the file that the input has not shown yet */
    char error[RESUME_ERROR_MAX]; /* one line, foreign bytes in it */
};

/*
 * Read the file; its rows are counted in *tally. *keep: bytes of it that are whole
 * rows; a last row that was torn is not among them. No file is an empty one. AC_EINVAL
 * with r->error: unreadable, or a file of another kind; AC_ENOMEM. resume_free in every
 * case.
 */
enum ac_status resume_read(struct resume *r, const char *path, struct tally *tally,
                           off_t *keep) AC_MUST_USE;
void resume_free(struct resume *r);

enum resume_answer {
    RESUME_NEW,
    RESUME_HELD,
    RESUME_OTHER /* the file holds that line with another id or domain */
};

/* Is this row held? `domain` as it is printed; NULL where there is none. To be asked
 * once for each row. */
enum resume_answer resume_look(struct resume *r, const struct batch_row *row,
                               const char *domain) AC_MUST_USE;

/* The first line of which a row is held that the input did not show; 0: none. */
uint64_t resume_left(const struct resume *r);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * recording.h - a whole audit as one file: what was asked for, time, chance, every
 * answer with its time. It runs again offline to the same bytes.
 *
 * The file is a line "authcheck-recording VERSION CHECKSUM LENGTH", then that many
 * bytes of JSON. The checksum finds accidents, not forgers. Bytes that are no text
 * stand in hexadecimal.
 */
#ifndef RECORD_RECORDING_H
#define RECORD_RECORDING_H

#include "audit/audit.h"
#include "base/buf.h"

enum {
    RECORDING_VERSION = 1,
    RECORDING_BYTES_MAX = 64 * 1024 * 1024,
    RECORDING_ERROR_MAX = 512
};

struct recording;

/* Write an audit that is done, with the options it was made with. */
enum ac_status recording_write(struct buf *out, const struct audit_options *options,
                               struct audit *a) AC_MUST_USE;

/*
 * Read one. AC_EINVAL with one line "PATH: what, and what was expected" in `error` for
 * anything that is not a whole recording of this version; AC_ENOMEM. `path` is for the
 * message.
 */
enum ac_status recording_read(struct span text, const char *path,
                              struct recording **out,
                              char error[static RECORDING_ERROR_MAX]) AC_MUST_USE;
void recording_free(struct recording *r);

/* The options; they live as long as the recording. */
const struct audit_options *recording_options(const struct recording *r);

/* Put every answer into a new audit that was made with those options, and its wall time
 * once it is done; run it to the end. A question that the recording does not hold
 * counts as unanswered. */
enum ac_status recording_replay(const struct recording *r, struct audit *a) AC_MUST_USE;

#endif

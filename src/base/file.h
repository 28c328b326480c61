/* SPDX-License-Identifier: MIT */
/*
 * file.h - a whole file into memory, with a cap.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"

/* Append all bytes to `out`, whose cap is the most that is read. AC_EIO: errno says why
 * (a folder among it); AC_ELIMIT: more than the cap; AC_ENOMEM. */
enum ac_status file_read(const char *path, struct buf *out) AC_MUST_USE;

#endif

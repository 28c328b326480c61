/* SPDX-License-Identifier: MIT */
/*
 * json.h - writing JSON (RFC 8259). Whatever bytes go in, valid UTF-8 JSON comes out.
 */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "base/buf.h"

struct json {
    struct buf *out;
    unsigned depth;
    bool compact; /* one line, for NDJSON */
    bool first;   /* nothing written yet in the innermost object or array */
};

void json_init(struct json *j, struct buf *out, bool compact);

/* key: letters, digits, "_"; NULL for an element of an array. bracket: '{' or '['. */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket); /* '}' or ']' */

/* Bytes that are no UTF-8, and control characters, become \u00XX. p == NULL is null. */
void json_span(struct json *j, const char *key, struct span value);
void json_text(struct json *j, const char *key, const char *value);
void json_int(struct json *j, const char *key, long long value);
void json_ms(struct json *j, const char *key, int64_t us); /* 61.2 */
void json_bool(struct json *j, const char *key, bool value);
void json_tri(struct json *j, const char *key, enum ac_tri value); /* MAYBE: null */
void json_absent(struct json *j, const char *key);

/* A member whose key is foreign: any bytes. p == NULL is null. */
void json_member(struct json *j, struct span key, struct span value);

/* A value that is JSON already, on one line; p == NULL is null. */
void json_raw(struct json *j, const char *key, struct span value);

#endif

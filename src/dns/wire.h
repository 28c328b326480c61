/* SPDX-License-Identifier: MIT */
/*
 * wire.h - bytes to question and answer, by ldns. RFC 1035, 4; RFC 6891; RFC 2308.
 */
#ifndef DNS_WIRE_H
#define DNS_WIRE_H

#include "base/status.h"
#include "dns/answer.h"

enum {
    DNS_QUERY_MAX = 12 + DNS_NAME_MAX + 4 + 11, /* header, question, OPT */
    DNS_UDP_SIZE = 1232,                        /* of our EDNS */
};

/*
 * A query with RD and AD set and an OPT record, last and without options. Returns its
 * length in out, which is at most DNS_QUERY_MAX.
 */
size_t dns_wire_query(const struct dns_name *name, uint16_t type, uint16_t id,
                      uint8_t out[static DNS_QUERY_MAX]);

/* Does the reply say that it was cut (TC), so that TCP has to be asked? */
bool dns_wire_truncated(struct span reply);

/*
 * A reply to that question as an answer in the arena; the bytes are copied. Anything
 * that is not a well-formed reply to this question is DNS_MALFORMED. A CNAME chain is
 * followed within the reply (at most 16 links; a loop is DNS_MALFORMED); where its end
 * is missing `unfinished` is set. AC_ENOMEM is the only failure.
 */
enum ac_status dns_wire_answer(struct arena *a, const struct dns_name *name,
                               uint16_t type, struct span reply,
                               const struct dns_answer **out) AC_MUST_USE;

#endif

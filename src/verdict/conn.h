/* SPDX-License-Identifier: MIT */
/*
 * conn.h - the host that connects, its HELO name and the sender's domains in a
 * receiver's eyes: which conditions hold, and how what is open may end.
 */
#ifndef VERDICT_CONN_H
#define VERDICT_CONN_H

#include "verdict/facts.h"

/* What can be open beside authentication. */
enum verdict_conn {
    CONN_HOST,
    CONN_HELO,
    CONN_SENDER, /* and the From domain, where it is the same */
    CONN_AUTHOR,
    CONN_N
};

/* The facts of one world; evidence points into it. */
struct verdict_conn_room {
    struct host_client host;
    struct host_helo helo;
    struct sender_domain sender, author;
};

/* The conditions that hold. What the DNS failed to tell holds for nobody but those who
 * are known to go on (VERDICT_MEETS_FAILURE). */
uint64_t verdict_conn_facts(const struct verdict_evidence *e,
                            const struct verdict_eyes *eyes);

/* In how many ways it may end, for rules over these conditions; 1: it is not open. */
unsigned verdict_conn_ways(const struct verdict_evidence *e,
                           const struct verdict_eyes *eyes, uint64_t conditions,
                           enum verdict_conn what);

/* May it still get an answer that rules over these conditions wait for? */
bool verdict_conn_pending(const struct verdict_evidence *e,
                          const struct verdict_eyes *eyes, uint64_t conditions);

/* Is the address one whose lack of a name is held against it, in these eyes? For one of
 * examples it is worth no wait. */
bool verdict_conn_wants_names(const struct ip *ip, const struct verdict_eyes *eyes);

/*
 * Close it in this way; way 0 is the best for the mail. False: it cannot end so. The
 * evidence then points into *room.
 */
bool verdict_conn_close(struct verdict_evidence *e, enum verdict_conn what,
                        unsigned way, struct verdict_conn_room *room);

/* As if nothing were wrong with it. */
void verdict_conn_mend(struct verdict_evidence *e, enum verdict_conn what);

/* Which conditions this one listing makes hold. */
uint64_t verdict_conn_listing(const struct verdict_evidence *e,
                              const struct blocklist_result *listing);

#endif

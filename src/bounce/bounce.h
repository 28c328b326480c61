/* SPDX-License-Identifier: MIT */
/*
 * bounce.h - what a bounce says: a pasted SMTP reply, a line of a log, a delivery
 * status notification (RFC 3464), or the prose of qmail, Exim and Exchange.
 *
 * Everything in it is hostile: texts keep their bytes, bounded, and are escaped where
 * they are shown. Nothing is ever taken for the reply out of the returned copy of the
 * message; domains, addresses and selectors are.
 */
#ifndef BOUNCE_BOUNCE_H
#define BOUNCE_BOUNCE_H

#include "base/ip.h"
#include "bounce/class.h"
#include "dns/name.h"

enum {
    BOUNCE_BYTES_MAX = 4 * 1024 * 1024, /* read of one message; what follows is not */
    BOUNCE_TEXT_MAX = 4096,             /* bytes of a reply */
    BOUNCE_SELECTORS_MAX = 10
};

/* Spans and texts live in the arena given to bounce_read; p == NULL: not told. */
struct bounce {
    bool is_message;      /* it has headers; else a pasted text */
    bool has_refusal;     /* some reply, code or diagnostic was found; a feedback report
                             has none, and the class of reports */
    unsigned code;        /* 550; 0 where it holds none */
    struct span enhanced; /* "5.7.1", as in RFC 3463: three numbers with dots */
    struct span text;     /* the reply, continuation lines joined by one blank */
    struct span host;     /* the host that refused */
    struct span action;   /* of the DSN: "failed", "delayed" */
    struct bounce_verdict verdict;

    struct span domain; /* of the From header of the mail that was refused */
    struct span
        mail_from; /* its envelope sender: an address, its domain alone, or "<>" */
    bool has_ip;
    struct ip ip; /* that connected to the host that refused */
    struct span helo;
    struct span recipient;
    struct span selector[BOUNCE_SELECTORS_MAX]; /* "s1._domainkey.example.com" */
    size_t n_selectors;
    /* Authentication-Results that the receiver wrote, where the bounce holds them:
     * "pass", "fail", ... (RFC 8601); p == NULL. */
    struct span said_spf, said_dkim, said_dmarc;
    bool cut; /* longer than BOUNCE_BYTES_MAX: only the beginning was read */
};

/*
 * Read one bounce: a whole message or a pasted text, in any encoding, however broken.
 * What is not there is empty: reading never fails but for AC_ENOMEM, and AC_EIO (errno
 * says so) where it is a message and GMime, which reads those, is not installed. A
 * message with several recipients: the first that was refused for a cause in
 * authentication, else the first that failed.
 */
enum ac_status bounce_read(struct span bytes, struct arena *arena,
                           struct bounce *out) AC_MUST_USE;

#endif

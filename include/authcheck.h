/* SPDX-License-Identifier: MIT */
/*
 * authcheck.h - will a receiver refuse this mail, and which failure is to blame?
 *
 * The library has two doors to one core:
 *
 * - sans I/O: ac_audit_new, then ac_audit_step until it returns AC_DONE. While it
 * returns AC_WANTS_ANSWERS, take questions with ac_next_question, ask them in any way,
 * and hand the raw DNS replies to ac_answer. No socket, no clock, no thread of its own.
 * - live: ac_audit_live does all that with the system's resolvers, or those given.
 *
 * Texts are UTF-8 or bytes as the DNS gave them: escape them before showing them. Times
 * are milliseconds. No function is safe to call from two threads with the same audit;
 * different audits do not touch each other.
 */
#ifndef AUTHCHECK_H
#define AUTHCHECK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AC_VERSION "0.1.0"

#if defined __GNUC__
#define AC_API __attribute__((visibility("default")))
#else
#define AC_API
#endif

struct ac_audit;

/* What came of a call. */
enum ac_code {
    AC_DONE = 0,
    AC_WANTS_ANSWERS, /* ac_next_question has questions to ask */
    AC_BAD_INPUT,     /* ac_error says what, and what was expected */
    AC_NO_MEMORY,
    AC_SYSTEM, /* the operating system refused; ac_error says what */
};

/* From best to worst. */
enum ac_verdict {
    AC_VERDICT_NONE = -1, /* no address was given, or the audit is not done */
    AC_VERDICT_ACCEPT,
    AC_VERDICT_SPAM,    /* delivered to the spam folder */
    AC_VERDICT_DEFER,   /* a 4xx answer */
    AC_VERDICT_UNKNOWN, /* an unanswered DNS question could change it */
    AC_VERDICT_REJECT,  /* a 5xx answer */
};

/* What to audit. Zero it, then set what is known; texts are copied. */
struct ac_options {
    const char *domain;    /* of the From header; required */
    const char *const *ip; /* addresses that connect; may be none */
    size_t n_ips;
    const char *const *selector; /* "s1" or "s1._domainkey.mailer.example" */
    size_t n_selectors;
    int is_unsigned;             /* the mail bears no DKIM signature */
    const char *mail_from;       /* NULL: postmaster@domain; "<>": a bounce */
    const char *helo;            /* NULL: guessed from PTR, else the domain */
    long discover;               /* selectors to try when none is named; -1: all */
    const char *const *receiver; /* NULL: "generic" */
    size_t n_receivers;
    const char *const *zone; /* master files put in front of the DNS */
    size_t n_zones;
    const char *const *remove; /* "NAME/TYPE": record sets taken away */
    size_t n_removed;
    int offline; /* what no zone file holds does not exist */
    int dnsbl;   /* ask block lists too: read their terms of use first */
};

/* One question that waits for an answer. */
struct ac_question {
    size_t id;        /* for ac_answer */
    const char *name; /* dotted text; lives as long as the audit */
    uint16_t type;    /* IANA number */
};

/*
 * A new audit in *out, also after AC_BAD_INPUT, so that ac_error can be asked; free it
 * in every case. After AC_NO_MEMORY *out may be NULL, which ac_audit_free takes too.
 */
AC_API enum ac_code ac_audit_new(const struct ac_options *options,
                                 struct ac_audit **out);
AC_API void ac_audit_free(struct ac_audit *audit);

/* Go on as far as the answers reach: AC_DONE, AC_WANTS_ANSWERS, AC_NO_MEMORY. */
AC_API enum ac_code ac_audit_step(struct ac_audit *audit);

/* The next question that was not handed out yet: 1, or 0 when there is none now. */
AC_API int ac_next_question(struct ac_audit *audit, struct ac_question *out);

/* Write the query packet for a question: returns its length, or 0 when size is too
 * small (300 bytes are enough). dns_id: the id to put in; choose it by chance. */
AC_API size_t ac_query(const struct ac_audit *audit, size_t id, uint16_t dns_id,
                       void *packet, size_t size);

/* Hand in the raw reply to a question, or NULL when there was none: the audit then
 * counts it as unanswered, never as a missing record. The first answer counts. AC_DONE,
 * AC_BAD_INPUT (no such question), AC_NO_MEMORY. */
AC_API enum ac_code ac_answer(struct ac_audit *audit, size_t id, const void *reply,
                              size_t size);

/* How ac_audit_live asks. Zeros are the defaults: system's servers, 2 s, 3 tries, 20 s.
 */
struct ac_live_options {
    const char *const *nameserver; /* "ADDR", "ADDR:PORT", "[V6]:PORT" */
    size_t n_nameservers;
    unsigned timeout_ms; /* patience with one try of one query */
    unsigned tries;
    unsigned deadline_ms; /* of the whole audit */
};

/* Run the audit to its end over the network. AC_DONE, AC_BAD_INPUT, AC_NO_MEMORY,
 * AC_SYSTEM. options may be NULL. */
AC_API enum ac_code ac_audit_live(struct ac_audit *audit,
                                  const struct ac_live_options *options);

/* Results, after AC_DONE. They live as long as the audit. */
AC_API enum ac_verdict ac_verdict(const struct ac_audit *audit);

/* The SMTP reply that is predicted; NULL when the mail is accepted. */
AC_API const char *ac_reply(const struct ac_audit *audit);

/* The report as the program prints it: "json" or "text"; NULL for another format,
 * before the audit is done, or without memory. The caller frees it with free(). */
AC_API char *ac_report(const struct ac_audit *audit, const char *format);

/* One line on what was wrong; "" when nothing was. Lives until the next call. */
AC_API const char *ac_error(const struct ac_audit *audit);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: MIT */
/*
 * status.h - did *we* work? What the DNS did is enum dns_outcome (dns/answer.h);
 * what it means is a result or a finding.
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#define AC_MUST_USE __attribute__((warn_unused_result))

enum ac_status {
    AC_OK = 0,
    AC_PENDING, /* not an error: wants were noted, run again when they are answered */
    AC_ENOMEM,  /* malloc failed, or the byte cap of an arena was reached */
    AC_EINVAL,  /* the caller broke a contract, or input is not what it must be */
    AC_EIO,     /* the operating system refused; errno says why */
    AC_ELIMIT,  /* one of our own caps was hit */
};

/* A fact that an unanswered question may leave open. */
enum ac_tri {
    AC_NO = 0,
    AC_MAYBE = 1,
    AC_YES = 2
};

static inline enum ac_tri ac_tri_and(enum ac_tri a, enum ac_tri b)
{
    return a < b ? a : b;
}

static inline enum ac_tri ac_tri_or(enum ac_tri a, enum ac_tri b)
{
    return a > b ? a : b;
}

/* The only macro that hides a return: carries any status but AC_OK up. */
#define TRY(call)                           \
    do {                                    \
        enum ac_status try_status = (call); \
        if (try_status != AC_OK)            \
            return try_status;              \
    } while (0)

#endif

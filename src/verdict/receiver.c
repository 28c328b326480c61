/* SPDX-License-Identifier: MIT */
/*
 * receiver.c - the table of receivers and what each does with the evidence.
 */
#include "verdict/receiver.h"

/* The worst disposition among bits. */
static enum dmarc_policy worst(unsigned bits)
{
    return bits & 1u << DMARC_REJECT       ? DMARC_REJECT
           : bits & 1u << DMARC_QUARANTINE ? DMARC_QUARANTINE
                                           : DMARC_NONE;
}

static enum dmarc_policy best(unsigned bits)
{
    return bits & 1u << DMARC_NONE         ? DMARC_NONE
           : bits & 1u << DMARC_QUARANTINE ? DMARC_QUARANTINE
                                           : DMARC_REJECT;
}

/* Refuses on disposition reject, files quarantine as spam. RFC 9989, 7.2. */
static enum ac_status enforce_dmarc(const struct receiver *r,
                                    const struct verdict_evidence *e,
                                    struct arena *arena, struct prediction *out)
{
    struct verdict_dmarc dmarc;

    verdict_dmarc(e, r->rules, &dmarc);
    if (worst(dmarc.possible) != best(dmarc.possible)) {
        out->verdict = VERDICT_UNKNOWN;
        return AC_OK;
    }
    switch (worst(dmarc.possible)) {
    case DMARC_NONE:
        out->verdict = VERDICT_ACCEPT;
        return AC_OK;
    case DMARC_QUARANTINE:
        out->verdict = VERDICT_SPAM;
        return AC_OK;
    case DMARC_REJECT:
        break;
    }
    out->verdict = VERDICT_REJECT;
    out->stage = "data";
    out->code = 550;
    out->enhanced = "5.7.1";
    out->reply = arena_printf(arena, "550 5.7.1 Email rejected per DMARC policy for %s",
                              e->from_domain);
    return out->reply ? AC_OK : AC_ENOMEM;
}

static const struct receiver receivers[] = {
#define R(name, rules, judge, what, source) { name, what, source, rules, judge },
#include "verdict/receivers.def"
#undef R
};

const struct receiver *receiver_list(size_t *n)
{
    *n = sizeof receivers / sizeof *receivers;
    return receivers;
}

const struct receiver *receiver_find(struct span name)
{
    for (size_t i = 0; i < sizeof receivers / sizeof *receivers; i++)
        if (span_eq_ci(name, span_of(receivers[i].name)))
            return &receivers[i];
    return NULL;
}

enum ac_status receiver_judge(const struct receiver *r,
                              const struct verdict_evidence *e, struct arena *arena,
                              struct prediction *out)
{
    *out = (struct prediction){ .receiver = r, .certainty = CERTAINTY_HIGH };
    return r->judge(r, e, arena, out);
}

const char *verdict_print(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_ACCEPT:
        return "accept";
    case VERDICT_SPAM:
        return "spam";
    case VERDICT_DEFER:
        return "defer";
    case VERDICT_UNKNOWN:
        return "unknown";
    case VERDICT_REJECT:
        return "reject";
    }
    return "?";
}

const char *certainty_print(enum certainty certainty)
{
    switch (certainty) {
    case CERTAINTY_LOW:
        return "low";
    case CERTAINTY_MEDIUM:
        return "medium";
    case CERTAINTY_HIGH:
        return "high";
    }
    return "?";
}

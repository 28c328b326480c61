/* SPDX-License-Identifier: MIT */
/*
 * reply.c - placeholders of reply texts.
 */
#include "verdict/reply.h"

#include "base/buf.h"

enum {
    REPLY_MAX = 8192
};

static bool dkim_passes(const struct verdict_evidence *e,
                        const struct verdict_eyes *eyes)
{
    for (size_t i = 0; i < e->n_dkim; i++)
        if (verdict_dkim_pass(&e->dkim[i], eyes) == AC_YES)
            return true;
    return false;
}

/* What stands for one placeholder; NULL: it is none. Texts live in `room` or longer. */
static const char *value_of(struct span name, const struct verdict_evidence *e,
                            const struct verdict_eyes *eyes,
                            char room[static DNS_TEXT_MAX])
{
    const struct dmarc_discovery *policy = &e->dmarc[eyes->reader];
    struct verdict_dmarc dmarc;

    if (span_eq(name, SPAN("from")))
        return e->from_domain;
    if (span_eq(name, SPAN("at")))
        return policy->domain.n ? dns_name_print(&policy->domain, room)
                                : e->from_domain;
    if (span_eq(name, SPAN("ip")))
        return ip_print(&e->ip, room);
    if (span_eq(name, SPAN("sender")))
        return e->null_sender ? "" : e->sender;
    if (span_eq(name, SPAN("domain")))
        return e->spf_domain;
    if (span_eq(name, SPAN("helo")))
        return e->helo ? e->helo : "";
    if (span_eq(name, SPAN("spf")))
        return verdict_spf_pass(e, eyes) == AC_YES ? "Pass" : "Fail";
    if (span_eq(name, SPAN("dkim")))
        return dkim_passes(e, eyes) ? "Pass" : "Fail";
    if (span_eq(name, SPAN("dmarc"))) {
        verdict_dmarc(e, eyes, &dmarc);
        return dmarc.result == DMARC_RESULT_PASS ? "Pass" : "Fail";
    }
    return NULL;
}

static void fill(struct buf *out, struct span rest, const struct verdict_evidence *e,
                 const struct verdict_eyes *eyes)
{
    char room[DNS_TEXT_MAX];

    while (rest.p) {
        struct span tail, name;
        const char *value;

        buf_put(out, span_cut(&rest, '{'));
        if (!rest.p)
            return;
        tail = rest;
        name = span_cut(&tail, '}');
        value = value_of(name, e, eyes, room);
        if (value)
            buf_puts(out, value);
        else
            buf_printf(out, "{%.*s}", SPAN_ARG(name));
        rest = tail;
    }
}

const char *verdict_reply(const char *text, const struct verdict_evidence *e,
                          const struct verdict_eyes *eyes, struct arena *arena)
{
    const char *kept = NULL;
    struct buf out;

    buf_init(&out, REPLY_MAX);
    fill(&out, span_of(text), e, eyes);
    if (out.status != AC_ENOMEM)
        kept = arena_strdup(arena, buf_span(&out));
    buf_free(&out);
    return kept;
}

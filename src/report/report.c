/* SPDX-License-Identifier: MIT */
/*
 * report.c - the table of formats, and what all of them share.
 */
#include "report/report.h"

static const struct report_format formats[] = {
    { "text", "for people (default)", report_text },
    { "json", "one indented object, for programs", report_json },
};

const struct report_format *report_formats(size_t *n)
{
    *n = sizeof formats / sizeof *formats;
    return formats;
}

const struct report_format *report_find(struct span name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (span_eq(name, span_of(formats[i].name)))
            return &formats[i];
    return NULL;
}

size_t report_cause_ids(const struct cause *c, const char *out[static CAUSE_LEGS_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++) {
        const char *name = finding_kind(c->reason[i].id)->name;
        bool known = false;

        for (size_t k = 0; k < n; k++)
            known = known || out[k] == name;
        if (!known)
            out[n++] = name;
    }
    return n;
}

const char *report_reply(const struct audit_result *r)
{
    /* The receiver of an accept may have a reply of low certainty: that decides
     * nothing. */
    return r->has_verdict && r->verdict != VERDICT_ACCEPT
               ? r->prediction[r->decided_by].reply
               : NULL;
}

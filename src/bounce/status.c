/* SPDX-License-Identifier: MIT */
/*
 * status.c - per-message and per-recipient fields. RFC 3464, 2.2 and 2.3.
 *
 * Blocks are not trusted: reporters put empty lines between the fields of a recipient,
 * or none between two recipients. A field that the recipient already has begins the
 * next one.
 */
#include "bounce/status.h"

#include "bounce/fields.h"
#include "bounce/text.h"

#include <stddef.h>

static const struct {
    const char *name;
    size_t at; /* in struct bounce_recipient */
} known[] = {
    { "final-recipient", offsetof(struct bounce_recipient, address) },
    { "original-recipient", offsetof(struct bounce_recipient, address) },
    { "action", offsetof(struct bounce_recipient, action) },
    { "status", offsetof(struct bounce_recipient, status) },
    { "remote-mta", offsetof(struct bounce_recipient, remote) },
    { "diagnostic-code", offsetof(struct bounce_recipient, diagnostic) },
};

static struct span *field_of(struct bounce_recipient *r, struct span name)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (span_eq_ci(name, span_of(known[i].name)))
            return (struct span *)(void *)((char *)r + known[i].at);
    return NULL;
}

bool bounce_status_is_field(struct span name)
{
    struct bounce_recipient none;

    return field_of(&none, name) != NULL || span_eq_ci(name, SPAN("reporting-mta")) ||
           span_eq_ci(name, SPAN("last-attempt-date")) ||
           span_eq_ci(name, SPAN("arrival-date"));
}

static struct span host_of(struct span value)
{
    struct span host = bounce_host_at(span_trim(bounce_field_typed(value), "[( "));

    return host;
}

static struct span cleaned(struct span name, struct span value)
{
    if (span_ends_ci(name, SPAN("recipient"))) {
        struct span typed = bounce_field_typed(value), found;

        found = bounce_address(typed, NULL);
        return found.p ? found : typed;
    }
    if (span_eq_ci(name, SPAN("remote-mta")))
        return host_of(value);
    return bounce_trim(value);
}

static void put(struct bounce_status *s, struct bounce_recipient *now,
                const struct bounce_field *f)
{
    struct span *field = field_of(now, f->name);
    struct span value = cleaned(f->name, f->value);
    bool final = span_starts_ci(f->name, SPAN("final"));

    /* Final-Recipient is the address that was refused; either of the two may be first.
     */
    if (!span_ends_ci(f->name, SPAN("recipient"))
            ? field->p != NULL
            : now->action.p && now->address.p && now->status.p && final) {
        if (s->n == BOUNCE_RECIPIENTS_MAX)
            return;
        s->recipient[s->n++] = *now;
        *now = (struct bounce_recipient){ .address = { NULL, 0 } };
    }
    if (!field->p || final)
        *field = value;
}

enum ac_status bounce_status_read(struct span text, struct arena *arena,
                                  struct bounce_status *out)
{
    struct bounce_recipient now = { .address = { NULL, 0 } };
    struct bounce_field f;

    *out = (struct bounce_status){ .n = 0 };
    out->recipient = arena_array(arena, BOUNCE_RECIPIENTS_MAX, sizeof now);
    if (!out->recipient)
        return AC_ENOMEM;
    while (text.p) {
        bool more = bounce_field_next(&text, &f);

        if (!more && !text.p)
            break;
        if (!more)
            continue;
        if (span_eq_ci(f.name, SPAN("reporting-mta")) && !out->reporter.p)
            out->reporter = host_of(f.value);
        else if (span_ends_ci(f.name, SPAN("-sender")) && !out->sender.p)
            out->sender = bounce_field_typed(f.value);
        else if (field_of(&now, f.name))
            put(out, &now, &f);
    }
    if ((now.address.p || now.status.p || now.diagnostic.p) &&
        out->n < BOUNCE_RECIPIENTS_MAX)
        out->recipient[out->n++] = now;
    return AC_OK;
}

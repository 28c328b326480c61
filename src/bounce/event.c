/* SPDX-License-Identifier: MIT */
/*
 * event.c - keys and values by their signs (RFC 8259): an event that was cut, or is one
 * of many on a line, is read as far as it goes.
 */
#include "bounce/event.h"

#include "bounce/fields.h"
#include "bounce/text.h"

/* The text that begins at the quote at the start of s. */
static struct span quoted(struct span s)
{
    size_t n = 0;

    if (!span_starts(s, SPAN("\"")))
        return span_make(NULL, 0);
    s = span_from(s, 1);
    while (n < s.n && s.p[n] != '"')
        n += s.p[n] == '\\' ? 2 : 1;
    return span_to(s, n);
}

struct span bounce_event_value(struct span text, const char *key)
{
    size_t n = strlen(key);

    for (size_t at = bounce_find(text, 0, key); at < text.n;
         at = bounce_find(text, at + 1, key)) {
        size_t colon = at + n + 1;

        if (!at || text.p[at - 1] != '"' || at + n >= text.n || text.p[at + n] != '"')
            continue;
        while (colon < text.n && text.p[colon] == ' ')
            colon++;
        if (colon == text.n || text.p[colon++] != ':')
            continue;
        while (colon < text.n && text.p[colon] == ' ')
            colon++;
        if (colon < text.n && text.p[colon] == '"')
            return quoted(span_from(text, colon));
    }
    return span_make(NULL, 0);
}

struct span bounce_event_recipient(struct span text)
{
    static const char *const keys[] = { "emailaddress", "email", "recipient",
                                        "rcpt_to" };

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct span address = bounce_address(bounce_event_value(text, keys[i]), NULL);

        if (address.p)
            return address;
    }
    return span_make(NULL, 0);
}

bool bounce_event_is_value(struct span line, size_t at, size_t end)
{
    struct span before = bounce_trim(span_to(line, at));
    struct span after = bounce_trim(span_from(line, end));

    if (span_ends_ci(before, SPAN("\"")) && span_starts(after, SPAN("\""))) {
        before = bounce_trim(span_to(before, before.n - 1));
        after = bounce_trim(span_from(after, 1));
    }
    return span_ends_ci(before, SPAN("\":")) && (!after.n || strchr(",}", after.p[0]));
}

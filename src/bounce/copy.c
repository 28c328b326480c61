/* SPDX-License-Identifier: MIT */
/*
 * copy.c - where does a notification without MIME pass into the returned message? By
 * the line that says so, or by a header that stands in the middle of the words.
 */
#include "bounce/fields.h"
#include "bounce/parts.h"
#include "bounce/text.h"

enum {
    MARK_MAX = 160, /* bytes: a longer line is no marker */
    LOOK_AHEAD = 40 /* lines of a header that are looked at */
};

/* A line that holds one of these, and little else, stands before a copy. */
static const char *const marks[] = {
    "below this line is a copy of",
    "this is a copy of the message",
    "this is a copy of your message",
    "this is the copy of",
    "copy of the message follows",
    "copy of your message follows",
    "message follows",
    "mail follows",
    "headers follow",
    "header follows",
    "text follows",
    "unsent message below",
    "returned message below",
    "original message below",
    "content-type: message/rfc822",
    "content-type: text/rfc822-headers",
    "content-type: message/global",
};

/* These do if a header comes next; they stand in sentences too. */
static const char *const hints[] = {
    "original message", "original mail",     "undelivered message", "copy of",
    "returned message", "rejected message",  "your message",        "failed message",
    "bounced message",  "header of",         "headers of",          "message header",
    "message body",     "forwarded message", "first part of",
};

static bool holds_one(struct span line, const char *const *list, size_t n)
{
    struct span s = span_trim(line, " \t-=*_~#:.|>+");

    if (!s.n || line.n > MARK_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
        if (bounce_find(s, 0, list[i]) < s.n)
            return true;
    return false;
}

/* Is it the header of a message? Two fields that every message has, and one that only
 * transport or a composer writes, before the first empty line. */
static bool is_header(struct span text)
{
    static const char *const usual[] = { "from", "to", "subject", "date", "cc" };
    static const char *const telling[] = {
        "received",     "return-path",    "message-id", "mime-version",
        "content-type", "dkim-signature", "x-mailer",   "delivered-to",
    };
    unsigned common = 0, special = 0;

    for (unsigned lines = 0; text.p && lines < LOOK_AHEAD; lines++) {
        struct span line = bounce_trim(bounce_line(&text));
        struct span name = span_to(line, span_find(line, ':'));

        if (!line.n)
            break;
        for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
            common += span_eq_ci(name, span_of(usual[i]));
        for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
            special += span_eq_ci(name, span_of(telling[i]));
    }
    return (special >= 1 && common >= 2) || special >= 3 || common >= 4;
}

static bool is_transported(struct span header)
{
    return bounce_field_get(header, "received").p ||
           bounce_field_get(header, "return-path").p ||
           (bounce_field_get(header, "message-id").p &&
            bounce_field_get(header, "mime-version").p);
}

/* The forwarded notification itself stands below such a line too. */
static bool is_notification(struct span header)
{
    struct span from = bounce_field_get(header, "from");

    return bounce_find(from, 0, "mailer-daemon") < from.n ||
           bounce_find(from, 0, "postmaster") < from.n ||
           bounce_find(from, 0, "mail delivery") < from.n ||
           bounce_find(from, 0, "microsoft exchange") < from.n;
}

/* Behind a marker: the first line that begins a field, past empty lines and a few
 * others. */
static struct span header_behind(struct span text)
{
    unsigned others = 0;

    while (text.p && others < 3) {
        struct span here = text, line = bounce_trim(bounce_line(&text));

        if (bounce_field_begins(line))
            return here;
        others += line.n > 0;
    }
    return span_make(NULL, 0);
}

/* Does a copy begin at this line (or, for a marker, below it)? p == NULL: no. */
static struct span copy_at(struct span here, struct span line, struct span rest,
                           bool first_field)
{
    struct span header;

    if (holds_one(line, marks, sizeof marks / sizeof *marks)) {
        header = header_behind(rest);
        return header.p ? header : span_make(here.p + here.n, 0);
    }
    if (holds_one(line, hints, sizeof hints / sizeof *hints)) {
        header = header_behind(rest);
        if (header.p && is_header(header) && !is_notification(header))
            return header;
    }
    /* Without a marker it must be more than a list of "From", "To" and "Subject". */
    if (first_field && here.p[0] != ' ' && here.p[0] != '\t' && is_header(here) &&
        is_transported(here) && !is_notification(here))
        return here;
    return span_make(NULL, 0);
}

size_t bounce_copy_find(struct span text, size_t *copy)
{
    struct span rest = text;
    bool in_fields = false;

    while (rest.p) {
        struct span here = rest, line = bounce_line(&rest);
        bool is_field = bounce_field_begins(bounce_trim(line));
        struct span found = copy_at(here, line, rest, is_field && !in_fields);

        if (found.p) {
            *copy = (size_t)(found.p - text.p);
            return (size_t)(here.p - text.p);
        }
        in_fields = is_field || (in_fields && bounce_trim(line).n);
    }
    *copy = text.n;
    return text.n;
}

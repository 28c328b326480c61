/* SPDX-License-Identifier: MIT */
/*
 * reading.c - three parsers that are kinder or harsher than RFC 7489, 6.3.
 *
 * What is modelled is what changes the policy: which texts are records, which faults
 * spoil them, which values are taken. Reports are left out.
 */
#include "dmarc/reading.h"

#define BLANKS " \t\r\n\v\f"

enum {
    PCT_MAX = 100
};

/* The next tag of a list: false at its end. A part without "=" has no value. */
static bool next_tag(struct span *rest, struct span *name, struct span *value)
{
    if (!rest->p)
        return false;
    *value = span_cut(rest, ';');
    *name = span_trim(span_cut(value, '='), BLANKS);
    *value = span_trim(*value, BLANKS);
    return true;
}

/* Digits at the start, as strtoul reads them; 0 without any. */
static unsigned leading_number(struct span text)
{
    unsigned n = 0;

    for (size_t i = 0; i < text.n && ascii_is_digit(text.p[i]) && n <= PCT_MAX; i++)
        n = n * 10 + (unsigned)(text.p[i] - '0');
    return n;
}

/* Any beginning of a word stands for it ("p=rej"), or the whole word alone. */
static bool read_policy(struct span value, bool beginning, enum dmarc_policy *out)
{
    static const enum dmarc_policy order[] = { DMARC_REJECT, DMARC_NONE,
                                               DMARC_QUARANTINE };

    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct span word = span_of(dmarc_policy_print(order[i]));

        if (beginning ? span_starts_ci(word, value) : span_eq_ci(word, value)) {
            *out = order[i];
            return true;
        }
    }
    return false;
}

static bool read_mode(struct span value, bool beginning, bool *strict)
{
    *strict = beginning ? span_starts_ci(SPAN("strict"), value)
                        : span_eq_ci(value, SPAN("s"));
    return *strict || (beginning ? span_starts_ci(SPAN("relaxed"), value)
                                 : span_eq_ci(value, SPAN("r")));
}

static bool all_digits(struct span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!ascii_is_digit(text.p[i]))
            return false;
    return true;
}

/* Every item begins with one of the letters, or (words) with a beginning of a word. */
static bool each_item(struct span list, char between, const char *letters)
{
    while (list.p) {
        struct span item = span_trim(span_cut(&list, between), BLANKS);

        if (!item.n || (letters && !strchr(letters, ascii_lower(item.p[0]))))
            return false;
    }
    return true;
}

/* What libopendmarc keeps while it reads. */
struct opendmarc {
    struct dmarc_reading *r;
    bool has_p, has_rua, has_ruf;
};

/* One tag; false: its value ends the reading with an error. */
static bool opendmarc_tag(struct opendmarc *o, struct span name, struct span value)
{
    struct dmarc_reading *r = o->r;
    bool *again;

    if (span_eq_ci(name, SPAN("v")))
        return span_eq_ci(value, SPAN("DMARC1"));
    if (span_eq_ci(name, SPAN("p"))) {
        bool good = read_policy(value, true, &r->p);

        o->has_p = o->has_p || good;
        return good;
    }
    if (span_eq_ci(name, SPAN("sp"))) {
        bool good = read_policy(value, true, &r->sp);

        r->has_sp = r->has_sp || good;
        return good;
    }
    if (span_eq_ci(name, SPAN("adkim")))
        return read_mode(value, true, &r->strict_dkim);
    if (span_eq_ci(name, SPAN("aspf")))
        return read_mode(value, true, &r->strict_spf);
    if (span_eq_ci(name, SPAN("pct")))
        return (r->pct = leading_number(value)) <= PCT_MAX;
    if (span_eq_ci(name, SPAN("ri")))
        return all_digits(value);
    if (span_eq_ci(name, SPAN("fo")))
        return each_item(value, ':', "01ds");
    if (span_eq_ci(name, SPAN("rf")))
        return each_item(value, ',', "ai");
    if (!span_eq_ci(name, SPAN("rua")) && !span_eq_ci(name, SPAN("ruf")))
        return true;
    again = span_eq_ci(name, SPAN("rua")) ? &o->has_rua : &o->has_ruf;
    if (*again)
        return false;
    *again = true;
    return each_item(value, ',', NULL);
}

/* libopendmarc; `partly`: the caller ignores an error and takes what was read. */
static void read_opendmarc(struct span text, bool partly, struct dmarc_reading *out)
{
    struct opendmarc o = { .r = out };
    struct span name, value;
    bool good = true;

    while (good && next_tag(&text, &name, &value))
        if (name.n && value.n)
            good = opendmarc_tag(&o, name, value);
    out->applies = o.has_p && (good || partly);
}

static bool contains(struct span text, struct span part)
{
    for (; text.n >= part.n; text = span_from(text, 1))
        if (span_starts(text, part))
            return true;
    return false;
}

/* "v = DMARC1" and what ends it; the rest of the text in *rest. */
static bool rspamd_version(struct span text, struct span *rest)
{
    if (!span_starts(text, SPAN("v")))
        return false;
    text = span_trim(span_from(text, 1), BLANKS);
    if (!span_starts(text, SPAN("=")))
        return false;
    text = span_trim(span_from(text, 1), BLANKS);
    if (!span_starts(text, SPAN("DMARC1")))
        return false;
    *rest = span_from(text, 6);
    return rest->n && strchr(BLANKS ";\\", rest->p[0]);
}

/* A separator is a semicolon with blanks behind it, or blanks; so a blank in front of
 * a semicolon leaves the semicolon where a tag should begin, and ends the list. */
static struct span rspamd_list(struct span rest)
{
    for (size_t i = 0; i + 1 < rest.n; i++)
        if (strchr(" \t", rest.p[i]) && rest.p[i + 1] == ';')
            return span_to(rest, i);
    return rest;
}

static bool read_rspamd(struct span text, bool subdomain, struct dmarc_reading *out)
{
    struct span rest, name, value;
    bool good = true, mode;

    if (!rspamd_version(text, &rest))
        return false;
    rest = rspamd_list(rest);
    while (next_tag(&rest, &name, &value)) {
        if (span_eq_ci(name, SPAN("p"))) {
            good = read_policy(value, false, &out->p) && good;
        } else if (span_eq_ci(name, SPAN("sp"))) {
            out->has_sp = read_policy(value, false, &out->sp);
            good = good && (out->has_sp || !subdomain);
        } else if (span_eq_ci(name, SPAN("adkim"))) {
            good = read_mode(value, false, &out->strict_dkim) && good;
        } else if (span_eq_ci(name, SPAN("aspf"))) {
            good = read_mode(value, false, &mode) && good;
            out->strict_spf = mode;
        } else if (span_eq_ci(name, SPAN("pct")) && value.n && all_digits(value)) {
            out->pct = leading_number(value);
        }
    }
    out->applies = good;
    return true;
}

static bool read_mail_dmarc(struct span text, struct dmarc_reading *out)
{
    bool version = false, has_p = false, good = true;
    struct span name, value;

    if (!span_starts_ci(text, SPAN("v=dmarc1")))
        return false;
    while (next_tag(&text, &name, &value)) {
        if (span_eq_ci(name, SPAN("v")))
            version = span_eq_ci(value, SPAN("DMARC1"));
        else if (span_eq_ci(name, SPAN("p")))
            has_p = read_policy(value, false, &out->p);
        else if (span_eq_ci(name, SPAN("sp")))
            good = out->has_sp = read_policy(value, false, &out->sp);
        else if (span_eq_ci(name, SPAN("adkim")))
            out->strict_dkim = span_eq_ci(value, SPAN("s"));
        else if (span_eq_ci(name, SPAN("aspf")))
            out->strict_spf = span_eq_ci(value, SPAN("s"));
        else if (span_eq_ci(name, SPAN("pct")) && value.n)
            out->pct = leading_number(value);
    }
    out->applies = version && has_p && good;
    return true;
}

bool dmarc_reading_of(enum dmarc_reader reader, struct span text, bool subdomain,
                      struct dmarc_reading *out)
{
    *out = (struct dmarc_reading){ .p = DMARC_NONE, .pct = PCT_MAX };
    switch (reader) {
    case DMARC_READER_OPENDMARC:
        if (!contains(text, SPAN("v=DMARC")))
            return false;
        read_opendmarc(text, false, out);
        if (!out->pct) /* mail that is not in the sample goes free */
            out->p = out->sp = DMARC_NONE;
        return true;
    case DMARC_READER_EXIM:
        read_opendmarc(text, true, out);
        out->pct = PCT_MAX;
        return true;
    case DMARC_READER_RSPAMD:
        return read_rspamd(text, subdomain, out);
    case DMARC_READER_MAIL_DMARC:
        return read_mail_dmarc(text, out);
    case DMARC_READER_RFC9989:
    case DMARC_READER_RFC7489:
    case DMARC_READERS_N:
        break;
    }
    return false;
}

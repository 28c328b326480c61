/* SPDX-License-Identifier: MIT */
/*
 * facts_copy.c - what the header of the refused message tells: its own fields are its
 * author's, but of Received, Authentication-Results and Received-SPF only those count
 * which the house that refused wrote. RFC 5321, 4.4; RFC 6376, 3.5; RFC 8601, 5.
 */
#include "bounce/facts_parts.h"

#include "bounce/fields.h"
#include "bounce/speaker.h"
#include "bounce/text.h"

/* Who may tell what was seen: the host that refused, or the one that reports it. */
struct witness {
    struct span host, reporter;
    struct span author; /* domain of the From field of the refused message */
};

/* Whose house is it? The last two labels of a name, or three below "co.uk" and its
 * like. That is no list of public suffixes: it need only tell hosts apart. */
static struct span house(struct span host)
{
    static const char *const shared[] = {
        "co", "com", "org", "net", "ac", "gov", "edu",
        "ne", "or",  "go",  "ad",  "ed", "gr",  "lg"
    };
    size_t last = span_find_last(host, '.');
    size_t second = span_find_last(span_to(host, last), '.');
    struct span label;

    if (last == host.n || second == last)
        return host;
    label = span_make(host.p + second + 1, last - second - 1);
    for (size_t i = 0; host.n - last == 3 && i < sizeof shared / sizeof *shared; i++)
        if (span_eq_ci(label, span_of(shared[i]))) {
            last = span_find_last(span_to(host, second), '.');
            return last == second ? host : span_from(host, last + 1);
        }
    return span_from(host, second + 1);
}

/* Hosts of one house, or of one operator who has several. */
static bool is_akin(struct span a, struct span b)
{
    enum bounce_speaker_id of_a = bounce_speaker_of_host(a);

    if (!a.n || !b.n)
        return false;
    return span_eq_ci(house(a), house(b)) ||
           (of_a != BOUNCE_SPEAKER_NONE && of_a == bounce_speaker_of_host(b));
}

/* Does the name belong to the host that refused; or, where none is named, to a reporter
 * that is not the sender's own? */
static bool is_theirs(struct span name, const struct witness *w)
{
    name = bounce_host_at(bounce_trim(name));
    if (!name.p)
        return false;
    if (w->host.p)
        return is_akin(name, w->host);
    return w->reporter.p && is_akin(name, w->reporter) &&
           !is_akin(w->reporter, w->author);
}

/* Microsoft names nobody as the author of its results, but the address it saw. */
static bool is_by_microsoft(struct span value, const struct witness *w)
{
    return span_starts_ci(value, SPAN("spf=")) &&
           bounce_find(value, 0, "(sender ip is ") < value.n &&
           span_ends_ci(w->host.p ? w->host : w->reporter, SPAN(".outlook.com"));
}

/* --- the copy ---------------------------------------------------------------- */

static struct span tag(struct span value, char name)
{
    while (value.p) {
        struct span item = bounce_trim(span_cut(&value, ';'));

        if (item.n > 2 && item.p[0] == name && (item.p[1] == '=' || item.p[1] == ' '))
            return bounce_trim(span_from(item, span_find(item, '=') + 1));
    }
    return span_make(NULL, 0);
}

/* "s1._domainkey.example.com" of a DKIM-Signature (RFC 6376, 3.6.2.1). */
static enum ac_status add_selector(struct span signature, struct arena *arena,
                                   struct bounce *out)
{
    struct span s = tag(signature, 's'), d = tag(signature, 'd');
    char *name;

    if (!s.n || !d.n || s.n + d.n > 240 || out->n_selectors == BOUNCE_SELECTORS_MAX)
        return AC_OK;
    for (size_t i = 0; i < s.n + d.n; i++) {
        char c = i < s.n ? s.p[i] : d.p[i - s.n];

        if (!ascii_is_alnum(c) && !strchr("-._", c))
            return AC_OK;
    }
    name = arena_printf(arena, "%.*s._domainkey.%.*s", SPAN_ARG(s), SPAN_ARG(d));
    if (!name)
        return AC_ENOMEM;
    for (size_t i = 0; i < out->n_selectors; i++)
        if (span_eq_ci(out->selector[i], span_of(name)))
            return AC_OK;
    out->selector[out->n_selectors++] = span_of(name);
    return AC_OK;
}

/* The author's address: "Name <user@example.com>", a comment or a quoted name aside. */
static struct span author_domain(struct span from)
{
    size_t at = span_find_last(from, '<');
    struct span address = bounce_address(span_from(from, at < from.n ? at : 0), NULL);

    if (!address.p)
        address = bounce_address(from, NULL);
    return bounce_address_domain(address);
}

/* The first place of a word with white space, a fold too, on both sides; s.n. */
static size_t find_word(struct span s, const char *word)
{
    size_t n = strlen(word);

    for (size_t at = bounce_find(s, 1, word); at + n < s.n;
         at = bounce_find(s, at + 1, word))
        if (strchr(" \t\r\n", s.p[at - 1]) && strchr(" \t\r\n", s.p[at + n]))
            return at;
    return s.n;
}

/*
 * Who connected to the house that refused: told by itself in the Received fields on
 * top, each of which names its author behind "by" (RFC 5321, 4.4). False: no more of
 * them.
 */
static bool read_received(struct span value, const struct witness *w,
                          struct bounce *out)
{
    size_t by = find_word(value, "by"), at;
    struct span from = span_to(value, by), name;

    if (by == value.n || !span_starts_ci(from, SPAN("from ")))
        return true;
    if (!is_theirs(span_from(value, by + 2), w))
        return false;
    if (is_theirs(span_from(from, 5), w))
        return true;
    for (at = 0; at < from.n && !out->has_ip; at++)
        if (from.p[at] == '[' || from.p[at] == '(')
            bounce_fact_set_ip(out, span_from(from, at + 1));
    at = bounce_find(from, 0, "helo");
    name = span_from(from, at < from.n ? at + 4 : 5);
    if (out->has_ip)
        bounce_fact_set(&out->helo, bounce_host_at(span_trim(name, " =<")));
    return false;
}

static enum ac_status read_field(const struct bounce_field *f, const struct witness *w,
                                 struct arena *arena, struct bounce *out)
{
    struct span value = bounce_trim(f->value);
    size_t at = bounce_find(value, 0, "receiver=");

    if (span_eq_ci(f->name, SPAN("from")))
        bounce_fact_set(&out->domain, author_domain(value));
    if (span_eq_ci(f->name, SPAN("return-path")))
        bounce_fact_take(FACT_MAIL_FROM, value, out);
    if (span_eq_ci(f->name, SPAN("dkim-signature")))
        TRY(add_selector(value, arena, out));
    if (span_eq_ci(f->name, SPAN("authentication-results")) &&
        (is_theirs(value, w) || is_by_microsoft(value, w))) {
        TRY(bounce_facts_of_results(value, arena, out));
        bounce_fact_read_told(value, false, out);
    }
    if (span_eq_ci(f->name, SPAN("received-spf")) && at < value.n &&
        is_theirs(span_from(value, at + 9), w))
        bounce_fact_read_told(value, false, out);
    at = bounce_find(value, 0, "envelope-from ");
    if (span_eq_ci(f->name, SPAN("received")) && at < value.n)
        bounce_fact_take(FACT_MAIL_FROM, span_from(value, at + 14), out);
    return AC_OK;
}

enum ac_status bounce_facts_of_copy(struct span header, struct span host,
                                    struct span reporter, struct arena *arena,
                                    struct bounce *out)
{
    struct span rest = span_to(header, bounce_field_block(header));
    struct witness w = { host, reporter,
                         author_domain(bounce_field_get(header, "from")) };
    bool on_top = true;
    struct bounce_field f;

    while (bounce_field_next(&rest, &f)) {
        TRY(read_field(&f, &w, arena, out));
        if (on_top && span_eq_ci(f.name, SPAN("received")))
            on_top = read_received(bounce_trim(f.value), &w, out);
    }
    return AC_OK;
}

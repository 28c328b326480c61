/* SPDX-License-Identifier: MIT */
/*
 * record.c - text to terms. RFC 7208, 4.5, 4.6, 5, 6, 12.
 *
 * Names and forms are rows of a table; each form has one reader. A reader returns what
 * is wrong as static text and its place, so that nothing is printed where nobody looks.
 */
#include "spf/record.h"

#include "spf/macro.h"

static const struct span VERSION = { "v=spf1", 6 };

/* What may follow a name. */
enum form {
    FORM_BARE,            /* all */
    FORM_DOMAIN,          /* include:D exists:D */
    FORM_OPTIONAL_DOMAIN, /* ptr[:D] */
    FORM_HOST,            /* a[:D][/n][//m] mx */
    FORM_IP4,
    FORM_IP6,
};

static const struct mechanism {
    const char *name;
    enum spf_kind kind;
    enum form form;
} mechanisms[] = {
    { "all", SPF_ALL, FORM_BARE },
    { "include", SPF_INCLUDE, FORM_DOMAIN },
    { "a", SPF_A, FORM_HOST },
    { "mx", SPF_MX, FORM_HOST },
    { "ptr", SPF_PTR, FORM_OPTIONAL_DOMAIN },
    { "ip4", SPF_IP4, FORM_IP4 },
    { "ip6", SPF_IP6, FORM_IP6 },
    { "exists", SPF_EXISTS, FORM_DOMAIN },
};

/* Names that people write, and what they mean. */
static const struct {
    const char *name, *why;
} mistaken[] = {
    { "ipv4", "there is no mechanism \"ipv4\": it is written \"ip4:\"" },
    { "ip", "there is no mechanism \"ip\": it is written \"ip4:\" or \"ip6:\"" },
    { "ipv6", "there is no mechanism \"ipv6\": it is written \"ip6:\"" },
    { "redirect", "\"redirect\" is a modifier: it is written \"redirect=\"" },
    { "exp", "\"exp\" is a modifier: it is written \"exp=\"" },
    { "includes", "there is no mechanism \"includes\": it is written \"include:\"" },
    { "aaaa", "there is no mechanism \"aaaa\": \"a\" asks for both address types" },
    { "txt", "there is no mechanism \"txt\"" },
};

/* One reader at work on one term. */
struct reader {
    struct spf_term *term;
    size_t at; /* of what is being read, in the term */
    const char *why;
};

static bool fail(struct reader *r, size_t at, const char *why)
{
    r->at = at;
    r->why = why;
    return false;
}

/* "0", or digits without a leading zero, up to max. */
static bool read_prefix(struct reader *r, struct span digits, uint8_t max, uint8_t *out)
{
    size_t at = (size_t)(digits.p - r->term->text.p);
    uint32_t value;

    if (digits.n > 1 && digits.p[0] == '0')
        return fail(r, at, "a prefix length must not begin with 0");
    if (!span_u32(digits, max, &value))
        return fail(r, at,
                    max == 32 ? "an IPv4 prefix length is a number from 0 to 32"
                              : "an IPv6 prefix length is a number from 0 to 128");
    *out = (uint8_t)value;
    return true;
}

/* Where the digits at the end of s begin; s.n when it does not end in digits. */
static size_t trailing_digits(struct span s)
{
    size_t i = s.n;

    while (i && ascii_is_digit(s.p[i - 1]))
        i--;
    return i;
}

/*
 * Take "/n", "//m" or "/n//m" off the end of *rest. A slash elsewhere may be part of a
 * domain-spec, so this is read from the right.
 */
static bool read_dual_prefix(struct reader *r, struct span *rest)
{
    size_t i = trailing_digits(*rest);

    if (i < rest->n && i >= 2 && rest->p[i - 1] == '/' && rest->p[i - 2] == '/') {
        if (!read_prefix(r, span_from(*rest, i), 128, &r->term->bits6))
            return false;
        rest->n = i - 2;
        i = trailing_digits(*rest);
    }
    if (i < rest->n && i >= 1 && rest->p[i - 1] == '/') {
        if (!read_prefix(r, span_from(*rest, i), 32, &r->term->bits4))
            return false;
        rest->n = i - 1;
    }
    return true;
}

static bool read_domain(struct reader *r, struct span domain)
{
    struct spf_fault fault = { 0, NULL };
    size_t at = (size_t)(domain.p - r->term->text.p);
    struct ip ip;

    r->term->value = domain;
    if (spf_macro_check_domain(domain, &fault))
        return true;
    if (ip_parse(domain, &ip))
        return fail(r, at,
                    "an address where a domain name must stand: write "
                    "\"ip4:\" or \"ip6:\"");
    return fail(r, at + fault.at, fault.why);
}

static bool read_host(struct reader *r, struct span rest)
{
    if (!read_dual_prefix(r, &rest))
        return false;
    if (!rest.n)
        return true;
    if (rest.p[0] != ':')
        return fail(r, (size_t)(rest.p - r->term->text.p),
                    "expected \":\" and a domain name, or a prefix length");
    return read_domain(r, span_from(rest, 1));
}

static bool read_network(struct reader *r, struct span rest, bool v4)
{
    size_t slash = span_find(rest, '/');
    struct span address = span_to(rest, slash);
    size_t at = (size_t)(rest.p - r->term->text.p);

    if (rest.n && (rest.p[rest.n - 1] == ',' || rest.p[rest.n - 1] == ';'))
        return fail(r, at + rest.n - 1, "terms are separated by spaces alone");
    if (v4 ? !ip_parse_v4(address, &r->term->net)
           : !ip_parse_v6(address, &r->term->net))
        return fail(r, at, v4 ? "not an IPv4 address" : "not an IPv6 address");
    if (slash == rest.n)
        return true;
    return read_prefix(r, span_from(rest, slash + 1), v4 ? 32 : 128,
                       v4 ? &r->term->bits4 : &r->term->bits6);
}

/* `rest` is what follows the name: empty, or beginning with ':' or '/'. */
static bool read_form(struct reader *r, enum form form, struct span rest)
{
    size_t at = (size_t)(rest.p - r->term->text.p);
    bool colon = rest.n && rest.p[0] == ':';

    if (form == FORM_HOST)
        return read_host(r, rest);
    if (form == FORM_BARE || (form == FORM_OPTIONAL_DOMAIN && !colon))
        return !rest.n || fail(r, at, "nothing may follow the name here");
    if (!colon)
        return fail(r, at, "expected \":\" and a value");
    if (form == FORM_IP4 || form == FORM_IP6)
        return read_network(r, span_from(rest, 1), form == FORM_IP4);
    return read_domain(r, span_from(rest, 1));
}

static bool no_such_mechanism(struct reader *r, size_t at)
{
    for (size_t i = 0; i < sizeof mistaken / sizeof *mistaken; i++)
        if (span_eq_ci(r->term->name, span_of(mistaken[i].name)))
            return fail(r, at, mistaken[i].why);
    return fail(r, at,
                r->term->name.n ? "unknown mechanism"
                                : "expected the name of a mechanism");
}

static bool is_qualifier(char c)
{
    return c == '+' || c == '-' || c == '~' || c == '?';
}

static bool read_mechanism(struct reader *r)
{
    struct spf_term *t = r->term;
    size_t start = 0, end;

    t->qualifier = '+';
    if (t->text.n && is_qualifier(t->text.p[0])) {
        t->qualifier = t->text.p[0];
        start = 1;
    }
    for (end = start; end < t->text.n; end++)
        if (t->text.p[end] == ':' || t->text.p[end] == '/' || t->text.p[end] == '=')
            break;
    t->name = span_to(span_from(t->text, start), end - start);
    for (size_t i = 0; i < sizeof mechanisms / sizeof *mechanisms; i++)
        if (span_eq_ci(t->name, span_of(mechanisms[i].name))) {
            t->kind = mechanisms[i].kind;
            return read_form(r, mechanisms[i].form,
                             span_make(t->text.p + end, t->text.n - end));
        }
    return no_such_mechanism(r, start);
}

/* RFC 7208, 12: name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ), then "=" at once. */
static size_t modifier_name(struct span text)
{
    size_t i = 0;

    if (!text.n || !ascii_is_alpha(text.p[0]))
        return 0;
    while (i < text.n && (ascii_is_alnum(text.p[i]) || text.p[i] == '-' ||
                          text.p[i] == '_' || text.p[i] == '.'))
        i++;
    return i < text.n && text.p[i] == '=' ? i : 0;
}

static bool read_modifier(struct reader *r, size_t name)
{
    struct spf_term *t = r->term;
    struct spf_fault fault;

    t->name = span_to(t->text, name);
    t->value = span_from(t->text, name + 1);
    t->kind = span_eq_ci(t->name, SPAN("redirect")) ? SPF_REDIRECT
              : span_eq_ci(t->name, SPAN("exp"))    ? SPF_EXP
                                                    : SPF_UNKNOWN;
    if (t->kind != SPF_UNKNOWN)
        return read_domain(r, t->value);
    if (spf_macro_check(t->value, SPF_MACRO_TEXT, &fault))
        return true;
    return fail(r, name + 1 + fault.at, fault.why);
}

/* The record while it is read: the same arrays, not yet const. */
struct draft {
    struct spf_record *record;
    struct spf_term *term;
    struct spf_problem *problem;
};

static void add_problem(struct draft *d, size_t at, size_t n, const char *what)
{
    d->record->usable = false;
    if (d->record->n_problems < SPF_PROBLEMS_MAX)
        d->problem[d->record->n_problems++] = (struct spf_problem){ at, n, what };
}

/* Remember the first of each kind; RFC 7208, 6 forbids a second redirect or exp. */
static const char *note_first(struct spf_record *r, const struct spf_term *t)
{
    const struct spf_term **first = t->kind == SPF_REDIRECT ? &r->redirect
                                    : t->kind == SPF_EXP    ? &r->exp
                                    : t->kind == SPF_ALL    ? &r->all
                                                            : NULL;
    if (first && *first && t->kind != SPF_ALL)
        return "\"redirect\" and \"exp\" may stand only once";
    if (first && !*first)
        *first = t;
    return NULL;
}

static void read_term(struct draft *d, struct span text)
{
    struct spf_term *t = &d->term[d->record->n++];
    struct reader r = { .term = t };
    size_t at = (size_t)(text.p - d->record->text.p);
    size_t name = modifier_name(text);
    const char *why;

    *t = (struct spf_term){ .kind = SPF_BAD, .text = text, .bits4 = 32, .bits6 = 128 };
    if (!(name ? read_modifier(&r, name) : read_mechanism(&r))) {
        t->kind = SPF_BAD;
        add_problem(d, at + r.at, text.n - r.at, r.why);
        return;
    }
    why = note_first(d->record, t);
    if (why)
        add_problem(d, at, text.n, why);
}

/* Terms are separated by spaces and by nothing else (RFC 7208, 4.6.1). */
static size_t count_terms(struct span rest)
{
    size_t n = 0;

    while (rest.p)
        n += span_cut(&rest, ' ').n > 0;
    return n < SPF_TERMS_MAX ? n : SPF_TERMS_MAX;
}

enum ac_status spf_record_parse(struct arena *a, struct span text,
                                struct spf_record *out)
{
    struct span rest = span_from(text, VERSION.n);
    struct draft d = { .record = out };
    size_t max = rest.n ? count_terms(rest) : 0;

    *out = (struct spf_record){ .text = text, .usable = true };
    d.term = arena_array(a, max + 1, sizeof *d.term);
    d.problem = arena_array(a, SPF_PROBLEMS_MAX, sizeof *d.problem);
    if (!d.term || !d.problem)
        return AC_ENOMEM;
    out->term = d.term;
    out->problem = d.problem;
    if (!spf_record_is(text))
        add_problem(&d, 0, text.n, "an SPF record begins with \"v=spf1\" and a space");
    while (rest.n) {
        struct span term = span_cut(&rest, ' ');

        if (!term.n)
            continue;
        if (out->n == SPF_TERMS_MAX) {
            add_problem(&d, (size_t)(term.p - text.p), term.n, "more than 1,000 terms");
            break;
        }
        read_term(&d, term);
    }
    return AC_OK;
}

bool spf_record_is(struct span text)
{
    return span_starts_ci(text, VERSION) &&
           (text.n == VERSION.n || text.p[VERSION.n] == ' ');
}

size_t spf_record_select(struct arena *a, const struct dns_answer *txt,
                         struct span *text)
{
    size_t n = 0;

    *text = span_make(NULL, 0);
    for (size_t i = 0; i < txt->n; i++) {
        struct span joined = dns_txt_join(a, &txt->rr[i]);

        if (!joined.p)
            return 1; /* the arena is full: text->p stays NULL */
        if (spf_record_is(joined) && n++ == 0)
            *text = joined;
    }
    return n;
}

bool spf_term_counts(const struct spf_term *term)
{
    switch (term->kind) {
    case SPF_INCLUDE:
    case SPF_A:
    case SPF_MX:
    case SPF_PTR:
    case SPF_EXISTS:
    case SPF_REDIRECT:
        return true;
    case SPF_ALL:
    case SPF_IP4:
    case SPF_IP6:
    case SPF_EXP:
    case SPF_UNKNOWN:
    case SPF_BAD:
        break;
    }
    return false;
}

/* SPDX-License-Identifier: MIT */
/*
 * facts.c - what a refused message was, told by many, none of whom is sure.
 * RFC 5321, 4.4 (Received); RFC 6376, 3.5; RFC 8601; RFC 5965; RFC 7208, 9.1.
 */
#include "bounce/facts.h"

#include "bounce/fields.h"
#include "bounce/text.h"

/* Who may tell what was seen: the host that refused, or the one that reports it. */
struct witness {
    struct span host, reporter;
    struct span author; /* domain of the From field of the refused message */
};

/* What the words before a value say that it is. */
enum what {
    FROM_DOMAIN, /* a domain or an address, of the From header */
    MAIL_FROM,   /* an address */
    MAIL_DOMAIN, /* an address or a domain */
    CLIENT,      /* an IP address */
    HELO,
};

static const struct {
    const char *before;
    enum what what;
} told[] = {
    { "header.from=", FROM_DOMAIN },
    { "unauthenticated email from ", FROM_DOMAIN },
    { "sending domain ", FROM_DOMAIN },
    { "from domain ", FROM_DOMAIN },
    { "from: domain ", FROM_DOMAIN },
    { "dmarc policy for ", FROM_DOMAIN },
    { "dmarc policy of ", FROM_DOMAIN },
    { "dmarc policy for domain ", FROM_DOMAIN },
    { "policy of domain ", FROM_DOMAIN },
    { "policy of ", FROM_DOMAIN },
    { "administrator of ", FROM_DOMAIN },
    { "dmarc record for ", FROM_DOMAIN },
    { "rfc5322.from domain ", FROM_DOMAIN },
    { "rfc5322 from ", FROM_DOMAIN },
    { "mail from domain ", MAIL_DOMAIN },
    { "mail from:", MAIL_FROM },
    { "mail from ", MAIL_FROM },
    { "smtp.mailfrom=", MAIL_DOMAIN },
    { "smtp.mail=", MAIL_DOMAIN },
    { "envelope-from=", MAIL_FROM },
    { "envelope-from ", MAIL_FROM },
    { "envelope from ", MAIL_FROM },
    { "domain of ", MAIL_DOMAIN },
    { "s=helo;id=", HELO },
    { "\"source\":\"", MAIL_FROM },
    { " from=<", MAIL_FROM },
    { " f=<", MAIL_FROM },
    { "sender=", MAIL_FROM },
    { "verification failed for ", MAIL_FROM },
    { "id=", MAIL_FROM },
    { "spf [", MAIL_DOMAIN },
    { "with ip: [", CLIENT },
    { "client host [", CLIENT },
    { "client host ", CLIENT },
    { "client-ip=", CLIENT },
    { "sender ip is ", CLIENT },
    { "sending ip address ", CLIENT },
    { "sending ip ", CLIENT },
    { "sender ip ", CLIENT },
    { "source ip ", CLIENT },
    { "ip address ", CLIENT },
    { "ip address: ", CLIENT },
    { "ip: ", CLIENT },
    { "ip [", CLIENT },
    { "messages from ", CLIENT },
    { "mail from ip ", CLIENT },
    { "reverse dns for ", CLIENT },
    { "ip=", CLIENT },
    { "(ip)", CLIENT },
    { "does not designate ", CLIENT },
    { "connecting host ", CLIENT },
    { "connection from ", CLIENT },
    { "rcpt from ", CLIENT },
    { "connect from ", CLIENT },
    { "end-of-message from ", CLIENT },
    { "your ip ", CLIENT },
    { "helo command rejected: <", HELO },
    { "helo=<", HELO },
    { "helo=", HELO },
    { "helo ", HELO },
    { "ehlo ", HELO },
};

static void set(struct span *field, struct span value)
{
    if (!field->p && value.p && value.n)
        *field = value;
}

/* An address, or "mail.example.com[192.0.2.1]". */
static void set_ip(struct bounce *out, struct span text)
{
    struct span host = bounce_host_at(text);
    struct ip ip;

    if (host.p && host.n < text.n && text.p[host.n] == '[')
        text = span_from(text, host.n);

    if (!out->has_ip && bounce_ip_at(text, &ip) && bounce_ip_is_public(&ip)) {
        out->ip = ip;
        out->has_ip = true;
    }
}

/* The domain at the start of s, which may be in an address or in brackets. */
static struct span domain_at(struct span s)
{
    struct span address;
    size_t end;
    struct ip ip;

    s = span_trim(s, " \t\r\n[(<'\"@:=");
    end = 0;
    while (end < s.n && !strchr(" \t\r\n)>]'\",;", s.p[end]))
        end++;
    address = bounce_address(span_to(s, end), NULL);
    s = address.p ? bounce_address_domain(address) : bounce_host_at(s);
    return bounce_ip_at(s, &ip) ? span_make(NULL, 0) : s;
}

static void take(enum what what, struct span value, struct bounce *out)
{
    struct span start = span_trim(value, " \t\r\n<['\"");
    struct span address = bounce_address(span_to(start, 330), NULL);
    bool begins = address.p && address.p == start.p;

    switch (what) {
    case FROM_DOMAIN:
        set(&out->domain, domain_at(value));
        break;
    case MAIL_FROM:
        if (begins)
            set(&out->mail_from, address);
        else if (span_starts(bounce_trim(value), SPAN("<>")))
            set(&out->mail_from, SPAN("<>"));
        break;
    case MAIL_DOMAIN:
        set(&out->mail_from, begins ? address : domain_at(value));
        break;
    case CLIENT:
        set_ip(out, value);
        break;
    case HELO:
        set(&out->helo, domain_at(value));
        break;
    }
}

/* What stands behind the words of the table; of clients only, if so wanted. */
static void read_told(struct span text, bool client, struct bounce *out)
{
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        bool is_word = ascii_is_alnum(told[i].before[0]);

        if (client && told[i].what != CLIENT && told[i].what != HELO)
            continue;
        for (size_t at = bounce_find(text, 0, told[i].before); at < text.n;
             at = bounce_find(text, at + 1, told[i].before))
            if (!at || !is_word || !ascii_is_alnum(text.p[at - 1]))
                take(told[i].what, span_from(text, at + strlen(told[i].before)), out);
    }
}

/* The first address of a client in a reply: "[192.0.2.1      12] Our system ...". */
static void first_ip(struct span text, struct bounce *out)
{
    for (size_t at = 0; at < text.n && !out->has_ip; at++)
        if ((ascii_hex(text.p[at]) >= 0 || text.p[at] == ':') &&
            (!at ||
             (!ascii_is_alnum(text.p[at - 1]) && !strchr("-.:_", text.p[at - 1]))))
            set_ip(out, span_from(text, at));
}

/* "rejected due to example.com's DMARC policy" */
static void owner_of_policy(struct span text, struct bounce *out)
{
    size_t at = bounce_find(text, 0, "'s dmarc policy"), from = at;

    if (at == text.n)
        return;
    while (from > 0 && text.p[from - 1] != ' ')
        from--;
    set(&out->domain, domain_at(span_make(text.p + from, at - from)));
}

/* What stands between "<" and these words, which begin with ">"; empty without them. */
static struct span named_before(struct span text, const char *words)
{
    size_t at = bounce_find(text, 0, words), from = at;

    if (at == text.n)
        return span_make(text.p, 0);
    while (from > 0 && text.p[from - 1] != '<')
        from--;
    return span_make(text.p + from, at - from);
}

/* "<user@example.com>: Sender address rejected", "<mx>: Helo command rejected": such a
 * name is as it was said, and seldom a domain. */
static void rejected(struct span text, struct bounce *out)
{
    struct span sender = named_before(text, ">: sender address");
    struct span helo = named_before(text, ">: helo command");
    bool plain = helo.n && helo.n < DNS_TEXT_MAX;

    for (size_t i = 0; plain && i < helo.n; i++)
        plain = helo.p[i] > ' ' && helo.p[i] < 0x7f;
    if (plain)
        set(&out->helo, helo);
    if (sender.n)
        take(MAIL_FROM, sender, out);
}

void bounce_facts_of_client(struct span reply, struct bounce *out)
{
    reply = span_to(reply, BOUNCE_TEXT_MAX);
    read_told(reply, true, out);
    first_ip(reply, out);
}

void bounce_facts_of_text(struct span text, struct bounce *out)
{
    text = span_to(text, BOUNCE_TEXT_MAX);
    owner_of_policy(text, out);
    rejected(text, out);
    read_told(text, false, out);
}

/* --- Authentication-Results -------------------------------------------------- */

/* RFC 8601, 2.7: anything else is no result. */
static bool is_result(struct span word)
{
    static const char *const words[] = { "pass",      "fail",   "softfail",
                                         "neutral",   "none",   "temperror",
                                         "permerror", "policy", "hardfail" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (span_eq_ci(word, span_of(words[i])))
            return true;
    return false;
}

/* "spf=pass", and "Spf= Fail , Dkim= Pass" as Microsoft writes it into a reply. */
static struct span result_of(struct span s, const char *method)
{
    for (size_t at = bounce_find(s, 0, method); at < s.n;
         at = bounce_find(s, at + 1, method)) {
        struct span rest = span_trim(span_from(s, at + strlen(method)), " ");
        size_t n = 0;

        if ((at && (ascii_is_alnum(s.p[at - 1]) || strchr("-._", s.p[at - 1]))) ||
            !rest.n || rest.p[0] != '=')
            continue;
        rest = span_trim(span_from(rest, 1), " ");
        while (n < rest.n && ascii_is_alpha(rest.p[n]))
            n++;
        if (is_result(span_to(rest, n)))
            return span_to(rest, n);
    }
    return span_make(NULL, 0);
}

static enum ac_status set_result(struct span *field, struct span text,
                                 const char *method, struct arena *arena)
{
    struct span word = result_of(text, method);
    char *lower;

    if (field->p || !word.p)
        return AC_OK;
    lower = arena_strdup(arena, word);
    if (!lower)
        return AC_ENOMEM;
    for (size_t i = 0; i < word.n; i++)
        lower[i] = ascii_lower(lower[i]);
    *field = span_make(lower, word.n);
    return AC_OK;
}

enum ac_status bounce_facts_of_results(struct span text, struct arena *arena,
                                       struct bounce *out)
{
    TRY(set_result(&out->said_spf, text, "spf", arena));
    TRY(set_result(&out->said_dkim, text, "dkim", arena));
    TRY(set_result(&out->said_dmarc, text, "dmarc", arena));
    return AC_OK;
}

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

static bool is_akin(struct span a, struct span b)
{
    return a.n && b.n && span_eq_ci(house(a), house(b));
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

/*
 * Who connected to the house that refused: told by itself in the Received fields on
 * top, each of which names its author behind "by" (RFC 5321, 4.4). False: no more of
 * them.
 */
static bool read_received(struct span value, const struct witness *w,
                          struct bounce *out)
{
    size_t by = bounce_find(value, 0, "by "), at;
    struct span from = span_to(value, by), name;

    if (by == value.n || !span_starts_ci(from, SPAN("from ")))
        return true;
    if (!is_theirs(span_from(value, by + 3), w))
        return false;
    if (is_theirs(span_from(from, 5), w))
        return true;
    for (at = 0; at < from.n && !out->has_ip; at++)
        if (from.p[at] == '[' || from.p[at] == '(')
            set_ip(out, span_from(from, at + 1));
    at = bounce_find(from, 0, "helo");
    name = span_from(from, at < from.n ? at + 4 : 5);
    if (out->has_ip)
        set(&out->helo, bounce_host_at(span_trim(name, " =<")));
    return false;
}

static enum ac_status read_field(const struct bounce_field *f, const struct witness *w,
                                 struct arena *arena, struct bounce *out)
{
    struct span value = bounce_trim(f->value);
    size_t at = bounce_find(value, 0, "receiver=");

    if (span_eq_ci(f->name, SPAN("from")))
        set(&out->domain, author_domain(value));
    if (span_eq_ci(f->name, SPAN("return-path")))
        take(MAIL_FROM, value, out);
    if (span_eq_ci(f->name, SPAN("dkim-signature")))
        TRY(add_selector(value, arena, out));
    if (span_eq_ci(f->name, SPAN("authentication-results")) &&
        (is_theirs(value, w) || is_by_microsoft(value, w))) {
        TRY(bounce_facts_of_results(value, arena, out));
        read_told(value, false, out);
    }
    if (span_eq_ci(f->name, SPAN("received-spf")) && at < value.n &&
        is_theirs(span_from(value, at + 9), w))
        read_told(value, false, out);
    at = bounce_find(value, 0, "envelope-from ");
    if (span_eq_ci(f->name, SPAN("received")) && at < value.n)
        take(MAIL_FROM, span_from(value, at + 14), out);
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

enum ac_status bounce_facts_of_feedback(struct span fields, struct arena *arena,
                                        struct bounce *out)
{
    struct bounce_field f;

    while (bounce_field_next(&fields, &f)) {
        struct span value = bounce_trim(f.value);

        if (span_eq_ci(f.name, SPAN("source-ip")))
            set_ip(out, value);
        if (span_eq_ci(f.name, SPAN("original-mail-from")))
            take(MAIL_FROM, value, out);
        if (span_eq_ci(f.name, SPAN("original-rcpt-to")))
            set(&out->recipient, bounce_address(value, NULL));
        if (span_eq_ci(f.name, SPAN("reported-domain")))
            set(&out->domain, domain_at(value));
        if (span_eq_ci(f.name, SPAN("authentication-results"))) {
            TRY(bounce_facts_of_results(value, arena, out));
            bounce_facts_of_text(value, out);
        }
    }
    return AC_OK;
}

bool bounce_facts_is_notice(struct span head)
{
    static const char *const authors[] = { "mailer-daemon", "postmaster",
                                           "mail delivery", "mail system",
                                           "maildelivery",  "microsoft exchange",
                                           "mailerdaemon" };
    static const char *const subjects[] = {
        "undeliver", "delivery",  "returned mail", "failure",
        "non remis", "bounce",    "not delivered", "failed",
        "rejected",  "could not", "unzustellbar"
    };
    struct span from = bounce_field_get(head, "from");
    struct span subject = bounce_field_get(head, "subject");
    struct span answer = bounce_field_get(head, "auto-submitted");

    for (size_t i = 0; i < sizeof authors / sizeof *authors; i++)
        if (bounce_find(from, 0, authors[i]) < from.n)
            return true;
    /* Exim calls its bounces "auto-replied" too; but they have an author above. */
    if (bounce_find(answer, 0, "auto-replied") < answer.n)
        return false;
    if (span_eq(bounce_field_get(head, "return-path"), SPAN("<>")))
        return true;
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
        if (bounce_find(subject, 0, subjects[i]) < subject.n)
            return true;
    return false;
}

void bounce_facts_of_head(struct span head, struct span reporter, struct bounce *out)
{
    struct bounce_field f;

    set(&out->recipient,
        bounce_address(bounce_field_get(head, "x-failed-recipients"), NULL));
    /* A bounce goes to the envelope sender (RFC 5321, 6.1). */
    if (bounce_facts_is_notice(head))
        set(&out->mail_from, bounce_address(bounce_field_get(head, "to"), NULL));
    if (!reporter.p)
        return;
    while (bounce_field_next(&head, &f)) {
        struct span value = bounce_trim(f.value);

        if (!span_eq_ci(f.name, SPAN("received")) ||
            !span_starts_ci(value, SPAN("from ")) ||
            !span_eq_ci(bounce_host_at(span_from(value, 5)), reporter))
            continue;
        for (size_t at = 0; at < bounce_find(value, 0, " by ") && !out->has_ip; at++)
            if (value.p[at] == '[')
                set_ip(out, span_from(value, at + 1));
        if (out->has_ip)
            set(&out->helo, reporter);
        break;
    }
}

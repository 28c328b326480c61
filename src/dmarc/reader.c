/* SPDX-License-Identifier: MIT */
/*
 * reader.c - readers that are not the RFCs: RFC 7489, 6.6.3 with the habits of four
 * programs, as their sources and 4,599 measured sessions show them.
 */
#include "dmarc/reader.h"

#include "dmarc/psl.h"
#include "dmarc/reading.h"

static const struct dmarc_reader_row rows[DMARC_READERS_N] = {
    [DMARC_READER_RFC9989] = { "RFC 9989", NULL },
    [DMARC_READER_RFC7489] = { "RFC 7489", NULL },
    [DMARC_READER_OPENDMARC] = { "OpenDMARC",
                                 "looks at the first TXT record alone, so of two "
                                 "records applies one; v= may stand anywhere; a bad "
                                 "value in any tag spoils the record; with pct=0 asks "
                                 "for nothing; strict alignment is met by a name below "
                                 "an organizational domain" },
    [DMARC_READER_EXIM] = { "Exim",
                            "asks _dmarc.<From domain> alone, never the organizational "
                            "domain; looks at the first TXT record alone, as bytes, "
                            "without its v=; what stands before a bad value counts; "
                            "ignores pct; strict alignment is met by a name below an "
                            "organizational domain" },
    [DMARC_READER_RSPAMD] = { "rspamd",
                              "a blank before a semicolon ends the record; sp counts "
                              "for subdomains alone, a bad one too; a missing p is "
                              "p=none" },
    [DMARC_READER_MAIL_DMARC] = { "Mail::DMARC",
                                  "v=dmarc1 in small letters is a record; a From "
                                  "domain whose top-level domain is on no suffix list "
                                  "is invalid" },
};

const struct dmarc_reader_row *dmarc_reader(enum dmarc_reader reader)
{
    return &rows[reader];
}

/* The Organizational Domain by a suffix list without a default rule. */
static bool listed_org(const struct dns_name *name, struct dns_name *org)
{
    return dmarc_psl_listed(name) && dmarc_psl_registrable(name, org);
}

/* One place: what each of its TXT records would lead to. */
struct look {
    struct ac_env *env;
    enum dmarc_reader reader;
    bool subdomain; /* the place is above the author */
    const struct dns_name *domain;
    const char *where;
    struct dmarc_discovery *out;
    size_t records;  /* texts that are a record to this reader */
    size_t texts;    /* texts that it may take, or not */
    bool unanswered; /* the DNS failed here */
};

static bool takes_first(enum dmarc_reader reader)
{
    return reader == DMARC_READER_OPENDMARC || reader == DMARC_READER_EXIM;
}

static void settle(struct look *l, const struct dmarc_reading *r, struct span text)
{
    struct dmarc_discovery *out = l->out;
    enum dmarc_policy policy = l->subdomain && r->has_sp ? r->sp : r->p;

    l->records++;
    if (out->found == DMARC_FOUND && (!r->applies || policy <= out->policy))
        return;
    *out = (struct dmarc_discovery){
        .found = r->applies ? DMARC_FOUND : DMARC_UNUSABLE,
        .record = text,
        .found_at = l->where,
        .domain = *l->domain,
        .policy = r->applies ? policy : DMARC_NONE,
        .policy_tag = l->subdomain && r->has_sp ? "sp" : "p",
        .pct = r->pct,
        .strict_dkim = r->strict_dkim,
        .strict_spf = r->strict_spf,
        .possible = DMARC_CAN_BE_ABSENT,
    };
}

static enum ac_status read_texts(struct look *l, const struct dns_answer *answer)
{
    for (size_t i = 0; i < answer->n; i++) {
        struct dmarc_reading r;
        struct span text = l->reader == DMARC_READER_EXIM
                               ? answer->rr[i].rdata
                               : dns_txt_join(l->env->arena, &answer->rr[i]);

        if (!text.p)
            return AC_ENOMEM;
        l->texts++;
        if (dmarc_reading_of(l->reader, text, l->subdomain, &r))
            settle(l, &r, text);
    }
    return AC_OK;
}

/* RFC 7489, 6.6.3 takes no record of several; readers of the first take it. */
static void choose(struct look *l)
{
    if (takes_first(l->reader)) {
        l->out->by_chance = l->records && l->texts > 1;
        return;
    }
    if (l->records > 1)
        *l->out = (struct dmarc_discovery){ .found = DMARC_UNUSABLE, .pct = 100 };
}

static enum ac_status look_at(struct look *l)
{
    const struct dns_answer *answer;
    struct dns_name full;

    l->records = l->texts = 0;
    if (!dns_name_under(SPAN("_dmarc"), l->domain, &full))
        return AC_OK;
    TRY(dns_get(l->env->dns, l->env->wants, &full, DNS_T_TXT, &answer));
    l->where = dns_name_text(l->env->arena, &full);
    if (!l->where)
        return AC_ENOMEM;
    if (!dns_answered(answer)) {
        l->unanswered = true;
        l->out->silent = l->out->silent || answer->outcome >= DNS_TIMEOUT;
        return AC_OK;
    }
    TRY(read_texts(l, answer));
    choose(l);
    return AC_OK;
}

/* After a failed look-up rspamd stops; the others go on to the next name. */
static bool goes_on(const struct look *l)
{
    return !l->records && !(l->unanswered && l->reader == DMARC_READER_RSPAMD);
}

static enum ac_status read_by_habit(struct ac_env *env, const struct dns_name *author,
                                    enum dmarc_reader reader,
                                    struct dmarc_discovery *out)
{
    struct look l = { .env = env, .reader = reader, .domain = author, .out = out };
    struct dns_name org;

    *out = (struct dmarc_discovery){ .found = DMARC_ABSENT, .pct = 100 };
    if (reader == DMARC_READER_MAIL_DMARC && !dmarc_psl_listed(author))
        return AC_OK; /* it calls such a From domain invalid */
    TRY(look_at(&l));
    if (goes_on(&l) && reader != DMARC_READER_EXIM && listed_org(author, &org) &&
        !dns_name_eq(&org, author)) {
        l.domain = &org;
        l.subdomain = true;
        TRY(look_at(&l));
    }
    if (!l.records && l.unanswered)
        out->found = DMARC_TEMPERROR;
    return AC_OK;
}

enum ac_status dmarc_read(struct ac_env *env, const struct dns_name *author,
                          enum dmarc_reader reader, struct dmarc_discovery *out)
{
    struct ac_env quiet = *env;

    quiet.findings = NULL;
    switch (reader) {
    case DMARC_READER_RFC9989:
        return dmarc_discover(&quiet, author, DMARC_RFC9989, out);
    case DMARC_READER_RFC7489:
        return dmarc_discover(&quiet, author, DMARC_RFC7489, out);
    case DMARC_READER_OPENDMARC:
    case DMARC_READER_EXIM:
    case DMARC_READER_RSPAMD:
    case DMARC_READER_MAIL_DMARC:
        return read_by_habit(&quiet, author, reader, out);
    case DMARC_READERS_N:
        break;
    }
    return AC_EINVAL;
}

/* libopendmarc: in strict mode the Organizational Domain of the identifier is compared
 * as well; in relaxed mode one name above the other is enough. */
static bool aligned_by_libopendmarc(const struct dns_name *author,
                                    const struct dns_name *identifier, bool strict)
{
    struct dns_name org;
    bool has_org = listed_org(identifier, &org);

    if (!strict && (dns_name_is_under(author, identifier) ||
                    dns_name_is_under(identifier, author)))
        return true;
    if (!has_org)
        return false;
    return strict ? dns_name_eq(&org, author) : dns_name_is_under(author, &org);
}

static bool aligned_by_list(const struct dns_name *author,
                            const struct dns_name *identifier)
{
    struct dns_name a = *author, b = *identifier, org;

    if (listed_org(author, &org))
        a = org;
    if (listed_org(identifier, &org))
        b = org;
    return dns_name_eq(&a, &b);
}

bool dmarc_reader_aligned(enum dmarc_reader reader, const struct dns_name *author,
                          const struct dns_name *identifier, bool strict)
{
    if (dns_name_eq(author, identifier))
        return true;
    if (takes_first(reader))
        return aligned_by_libopendmarc(author, identifier, strict);
    return !strict && aligned_by_list(author, identifier);
}

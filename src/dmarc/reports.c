/* SPDX-License-Identifier: MIT */
/*
 * reports.c - external report destinations: <domain>._report._dmarc.<host> must hold a
 * DMARC record. RFC 9990, 4; RFC 7489, 7.1.
 *
 * The questions about the consent and about the host's Organizational Domain are asked
 * side by side, for all hosts at once: neither waits for the other.
 */
#include "dmarc/reports.h"

struct host {
    struct dns_name name;
    const char *tag; /* "rua" or "ruf", where it stands first */
};

struct hosts {
    struct host host[DMARC_HOSTS_MAX];
    size_t n;
    size_t dropped;
};

static void add_host(struct hosts *hosts, const struct dns_name *domain,
                     const struct dmarc_uri *uri, const char *tag)
{
    if (!uri->mailto || dns_name_eq(&uri->host, domain))
        return;
    for (size_t i = 0; i < hosts->n; i++)
        if (dns_name_eq(&hosts->host[i].name, &uri->host))
            return;
    if (hosts->n == DMARC_HOSTS_MAX)
        hosts->dropped++;
    else
        hosts->host[hosts->n++] = (struct host){ uri->host, tag };
}

/* The one answer that is missing may be "yes" or "no". */
static enum ac_status ask_consent(struct ac_env *env, const struct dns_name *domain,
                                  const struct dns_name *host, enum ac_tri *agreed,
                                  const char **where)
{
    struct dns_name full, below;
    const struct dns_answer *answer;
    char domain_text[DNS_TEXT_MAX];

    *agreed = AC_NO;
    *where = NULL;
    if (!dns_name_under(SPAN("_report._dmarc"), host, &below) ||
        !dns_name_under(span_of(dns_name_print(domain, domain_text)), &below, &full))
        return AC_OK; /* step 4: longer than a name may be */
    TRY(dns_get(env->dns, env->wants, &full, DNS_T_TXT, &answer));
    *where = dns_name_text(env->arena, &full);
    if (!*where)
        return AC_ENOMEM;
    if (!dns_answered(answer))
        *agreed = AC_MAYBE;
    for (size_t i = 0; i < answer->n; i++) {
        struct span text = dns_txt_join(env->arena, &answer->rr[i]);

        if (!text.p)
            return AC_ENOMEM;
        if (dmarc_is_record(text))
            *agreed = AC_YES;
    }
    return AC_OK;
}

static void report(struct ac_env *env, const char *about, const struct host *host,
                   enum ac_tri allowed, const char *where)
{
    char name[DNS_TEXT_MAX];

    dns_name_print(&host->name, name);
    if (allowed == AC_MAYBE)
        finding_add(env->findings, FINDING_DMARC_REPORT_UNCHECKED, about,
                    "Whether %s agrees to receive the DMARC reports that %s in %s asks "
                    "for could not be checked: the DNS did not answer.",
                    name, host->tag, about);
    else if (allowed == AC_NO && !where)
        finding_add(env->findings, FINDING_DMARC_REPORT_NOT_AUTHORIZED, about,
                    "%s, to which %s in %s sends reports, cannot agree to it: the name "
                    "of the record would be longer than the DNS allows.",
                    name, host->tag, about);
    else if (allowed == AC_NO)
        finding_add(env->findings, FINDING_DMARC_REPORT_NOT_AUTHORIZED, about,
                    "%s, to which %s in %s sends reports, has not agreed to receive "
                    "them: there is no DMARC record at %s.",
                    name, host->tag, about, where);
}

static enum ac_status check_host(struct ac_env *env, const struct dns_name *domain,
                                 const struct dmarc_org *domain_org,
                                 const struct host *host)
{
    unsigned mark = dns_wants_mark(env->wants);
    char about[DNS_TEXT_MAX + 8] = "_dmarc.";
    enum ac_status asked, walked;
    enum ac_tri agreed, own;
    struct dmarc_org org;
    const char *where;

    asked = ask_consent(env, domain, &host->name, &agreed, &where);
    dns_wants_back(env->wants, mark);
    walked = dmarc_org_domain(env, &host->name, DMARC_RFC9989, &org);
    TRY(asked);
    TRY(walked);
    own = dmarc_aligned(domain, domain_org, &host->name, &org, false);
    dns_name_print(domain, about + strlen(about));
    report(env, about, host, ac_tri_or(own, agreed), where);
    return AC_OK;
}

enum ac_status dmarc_check_reports(struct ac_env *env, const struct dns_name *domain,
                                   const struct dmarc_record *record)
{
    unsigned mark = dns_wants_mark(env->wants);
    struct hosts hosts = { .n = 0 };
    struct dmarc_org org = { .known = false };
    enum ac_status result;

    for (size_t i = 0; i < record->n_rua; i++)
        add_host(&hosts, domain, &record->rua[i], "rua");
    for (size_t i = 0; i < record->n_ruf; i++)
        add_host(&hosts, domain, &record->ruf[i], "ruf");
    if (!hosts.n)
        return AC_OK;
    result = dmarc_org_domain(env, domain, DMARC_RFC9989, &org);
    for (size_t i = 0; i < hosts.n; i++) {
        enum ac_status status;

        if (result != AC_OK && result != AC_PENDING)
            return result;
        dns_wants_back(env->wants, mark);
        status = check_host(env, domain, &org, &hosts.host[i]);
        if (status != AC_OK)
            result = status;
    }
    if (result == AC_OK && hosts.dropped) {
        char name[DNS_TEXT_MAX];

        finding_add(env->findings, FINDING_DMARC_REPORT_UNCHECKED,
                    dns_name_print(domain, name),
                    "The DMARC record of %s sends reports to more than %d other "
                    "domains: %zu of its addresses were not checked.",
                    name, DMARC_HOSTS_MAX, hosts.dropped);
    }
    return result;
}

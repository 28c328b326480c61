/* SPDX-License-Identifier: MIT */
/*
 * match.c - one function per mechanism, each as its section of RFC 7208, 5 has it.
 *
 * All DNS answers come through ask(), where temperror (4.4) and the limit of void
 * look-ups (4.6.4) live. Void look-ups are counted one by one, not once per term: so do
 * the implementations that enforce the limit at all.
 */
#include "spf/match.h"

#include "spf/evaluator.h"

/* A look-up on behalf of a term. */
struct asker {
    struct spf_run *run;
    const struct spf_frame *frame;
    const struct spf_term *term;
};

static enum ac_status ask(const struct asker *who, const struct dns_name *name,
                          uint16_t type, const struct dns_answer **answer,
                          enum spf_match *out)
{
    struct spf_run *run = who->run;
    const struct ac_limits *limits = run->env->limits;

    *out = SPF_NO_MATCH;
    TRY(dns_get(run->env->dns, run->env->wants, name, type, answer));
    if (!dns_answered(*answer)) {
        run->unanswered = true;
        run->silent = run->silent || (*answer)->outcome >= DNS_TIMEOUT;
        run->reason = spf_reason_dns(run->env->arena, name, type, (*answer)->outcome);
        *out = SPF_TEMP;
    } else if ((*answer)->outcome != DNS_ANSWER && ++run->voids > limits->spf_voids) {
        run->reason =
            spf_reason_voids(run->env->arena, run->top->print, run->client.family,
                             limits->spf_voids, who->frame->print, who->term->text);
        *out = SPF_PERM;
    }
    return AC_OK;
}

/* What `a` makes of a name without an address, where the RFC has no match. */
static bool void_ends(const struct asker *who, const struct dns_answer *answer)
{
    return (who->run->env->limits->spf_quirks & SPF_VOID_A_ENDS) &&
           who->term->kind == SPF_A && answer->outcome != DNS_ANSWER;
}

/* RFC 7208, 5.3. */
static enum ac_status match_a(const struct asker *who, const struct dns_name *name,
                              enum spf_match *out)
{
    const struct dns_answer *answer;

    TRY(ask(who, name, spf_address_type(who->run), &answer, out));
    if (*out == SPF_NO_MATCH && spf_address_matches(who->run, who->term, answer))
        *out = SPF_MATCH;
    if (void_ends(who, answer)) {
        who->run->reason = spf_reason_voids(who->run->env->arena, who->run->top->print,
                                            who->run->client.family, 0,
                                            who->frame->print, who->term->text);
        *out = SPF_PERM;
    }
    return AC_OK;
}

/* Every host is asked for at once, and waited for together. */
static enum ac_status want_hosts(struct spf_run *run, const struct dns_name *host,
                                 size_t n)
{
    struct dns_siblings s = dns_siblings_begin(run->env->wants);
    const struct dns_answer *answer;

    for (size_t i = 0; i < n; i++) {
        enum ac_status status = dns_get(run->env->dns, run->env->wants, &host[i],
                                        spf_address_type(run), &answer);

        if (status != AC_OK && status != AC_PENDING)
            return status;
        dns_siblings_next(&s, run->env->wants);
    }
    return AC_PENDING;
}

/* Host by host until one decides: a match is not kept waiting by the hosts behind it.
 */
static enum ac_status match_hosts(const struct asker *who, const struct dns_name *host,
                                  size_t n, enum spf_match *out)
{
    struct dns_siblings s = dns_siblings_begin(who->run->env->wants);

    for (size_t i = 0; i < n && *out == SPF_NO_MATCH; i++) {
        enum ac_status status = match_a(who, &host[i], out);

        if (status == AC_PENDING)
            return want_hosts(who->run, host + i, n - i);
        TRY(status);
        if (*out == SPF_TEMP && who->term->kind == SPF_PTR)
            *out = SPF_NO_MATCH;
        dns_siblings_next(&s, who->run->env->wants);
    }
    dns_siblings_end(&s, who->run->env->wants);
    return AC_OK;
}

/* RFC 7208, 5.4: the address of no more than ten hosts may be asked for (4.6.4). */
static enum ac_status match_mx(const struct asker *who, const struct dns_name *name,
                               enum spf_match *out)
{
    struct spf_run *run = who->run;
    unsigned limit = run->env->limits->spf_mx_names;
    const struct dns_answer *mx;
    struct dns_name *host;
    size_t n;

    TRY(ask(who, name, DNS_T_MX, &mx, out));
    if (*out != SPF_NO_MATCH || !mx->n)
        return AC_OK;
    host = spf_mx_hosts(run, mx, &n);
    if (!host)
        return AC_ENOMEM;
    TRY(match_hosts(who, host, n < limit ? n : limit, out));
    if (*out == SPF_NO_MATCH && n > limit) {
        run->reason = spf_reason_mx(run->env->arena, who->frame->print, who->term->text,
                                    name, n, limit);
        *out = SPF_PERM;
    }
    return AC_OK;
}

/*
 * RFC 7208, 5.5: names beyond the tenth are ignored, and a failed look-up is no match.
 * A name outside the target cannot match, so it is not asked about.
 */
static enum ac_status match_ptr(const struct asker *who, const struct dns_name *name,
                                enum spf_match *out)
{
    struct spf_run *run = who->run;
    const struct dns_answer *ptr;
    struct dns_name reverse, *host;
    size_t n = 0;

    if (!spf_reverse_name(run, &reverse))
        return AC_OK;
    TRY(ask(who, &reverse, DNS_T_PTR, &ptr, out));
    host = arena_array(run->env->arena, ptr->n + 1, sizeof *host);
    if (!host)
        return AC_ENOMEM;
    for (size_t i = 0; i < ptr->n && i < run->env->limits->spf_ptr_names; i++)
        if (dns_target_read(&ptr->rr[i], &host[n]) && dns_name_is_under(&host[n], name))
            n++;
    if (*out == SPF_TEMP)
        *out = SPF_NO_MATCH;
    TRY(match_hosts(who, host, n, out));
    if (*out != SPF_PERM)
        run->reason.id = FINDING_NONE;
    return AC_OK;
}

/* RFC 7208, 5.7: type A, whatever the client speaks. */
static enum ac_status match_exists(const struct asker *who, const struct dns_name *name,
                                   enum spf_match *out)
{
    const struct dns_answer *answer;

    TRY(ask(who, name, DNS_T_A, &answer, out));
    if (*out == SPF_NO_MATCH && answer->n)
        *out = SPF_MATCH;
    return AC_OK;
}

enum ac_status spf_match_target(struct spf_run *run, const struct spf_frame *frame,
                                const struct spf_term *term, struct spf_target *out)
{
    if (spf_letters(term) & SPF_LETTER('p'))
        TRY(spf_validated_name(run, &frame->name, &run->values.validated));
    return spf_target(run, frame, term, out);
}

enum ac_status spf_match(struct spf_run *run, const struct spf_frame *frame,
                         const struct spf_term *term, enum spf_match *out)
{
    const struct asker who = { run, frame, term };
    struct spf_target target;

    *out = SPF_NO_MATCH;
    if (term->kind == SPF_IP4 || term->kind == SPF_IP6) {
        *out = spf_network_matches(run, term) ? SPF_MATCH : SPF_NO_MATCH;
        return AC_OK;
    }
    if (spf_never_matches(run, term))
        return AC_OK;
    TRY(spf_match_target(run, frame, term, &target));
    if (!target.valid) /* RFC 7208, 4.8 leaves it open: what cannot exist has no records
                        */
        return AC_OK;
    switch (term->kind) {
    case SPF_A:
        return match_a(&who, &target.name, out);
    case SPF_MX:
        return match_mx(&who, &target.name, out);
    case SPF_PTR:
        return match_ptr(&who, &target.name, out);
    case SPF_EXISTS:
        return match_exists(&who, &target.name, out);
    case SPF_ALL:
    case SPF_IP4:
    case SPF_IP6:
    case SPF_INCLUDE:
    case SPF_REDIRECT:
    case SPF_EXP:
    case SPF_UNKNOWN:
    case SPF_BAD:
        break;
    }
    return AC_EINVAL;
}

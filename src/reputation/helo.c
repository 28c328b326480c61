/* SPDX-License-Identifier: MIT */
/*
 * helo.c - the name that a host says it has. RFC 5321, 2.3.5, 4.1.1.1, 4.1.3, 4.1.4.
 *
 * A receiver may look whether the name is one, and whether it leads to the host;
 * by 4.1.4 it must not refuse for the latter, and by the same clause many refuse for
 * the former.
 */
#include "reputation/host.h"

/* "[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC 5321, 4.1.3). */
static bool literal_parse(struct span helo, struct ip *out)
{
    struct span inside = span_to(span_from(helo, 1), helo.n < 2 ? 0 : helo.n - 2);

    if (helo.n < 2 || helo.p[helo.n - 1] != ']')
        return false;
    if (span_starts_ci(inside, SPAN("IPv6:")))
        return ip_parse_v6(span_from(inside, 5), out);
    return ip_parse_v4(inside, out);
}

/* Letters, digits, hyphens within, and the underscore that hosts have all the same. */
static bool label_is_sound(struct span label)
{
    if (!label.n || label.p[0] == '-' || label.p[label.n - 1] == '-')
        return false;
    for (size_t i = 0; i < label.n; i++)
        if (!ascii_is_alnum(label.p[i]) && label.p[i] != '-' && label.p[i] != '_')
            return false;
    return true;
}

/* A host name; a bare address is none (RFC 1123, 2.1: the last label is not a number).
 */
static bool name_parse(struct span helo, struct dns_name *out)
{
    struct span rest = helo, label = { "", 0 };
    bool number = true;

    while (rest.p) {
        label = span_cut(&rest, '.');
        if (!label_is_sound(label))
            return false;
    }
    for (size_t i = 0; i < label.n; i++)
        number = number && ascii_is_digit(label.p[i]);
    return !number && dns_name_parse(helo, out);
}

/* Resolvers know it by themselves (RFC 6761, 6.3), and whoever says it is not meant. */
static bool is_localhost(const struct dns_name *name)
{
    struct dns_name localhost;

    return dns_name_parse(SPAN("localhost"), &localhost) &&
           dns_name_is_under(name, &localhost);
}

/* A, AAAA and MX of the name, all at once. */
static enum ac_status look_up(struct ac_env *env, const struct dns_name *name,
                              const struct ip *ip, struct host_helo *out)
{
    static const uint16_t type[] = { DNS_T_A, DNS_T_AAAA, DNS_T_MX };
    unsigned mark = dns_wants_mark(env->wants);
    bool pending = false;

    for (size_t i = 0; i < sizeof type / sizeof *type; i++) {
        const struct dns_answer *a;
        enum ac_status status = dns_get(env->dns, env->wants, name, type[i], &a);
        enum ac_tri has;
        struct ip one;

        dns_wants_back(env->wants, mark);
        pending = pending || status == AC_PENDING;
        if (status == AC_PENDING)
            continue;
        TRY(status);
        has = !dns_answered(a) ? AC_MAYBE : a->n ? AC_YES : AC_NO;
        out->exists = ac_tri_or(out->exists, has);
        if (type[i] != (ip->family == 4 ? DNS_T_A : DNS_T_AAAA))
            continue;
        out->matches = has == AC_MAYBE ? AC_MAYBE : AC_NO;
        for (size_t k = 0; k < a->n; k++)
            if (ip_from_bytes(a->rr[k].rdata, &one) && ip_eq(&one, ip))
                out->matches = AC_YES;
    }
    return pending ? AC_PENDING : AC_OK;
}

static const char *shown(struct ac_env *env, struct span helo)
{
    enum {
        SHOWN = 100
    };

    return arena_printf(env->arena, "%.*s%s", SPAN_ARG(span_to(helo, SHOWN)),
                        helo.n > SHOWN ? "..." : "");
}

static void note(struct ac_env *env, const char *helo, const char *ip,
                 const struct host_helo *h)
{
    struct findings *f = env->findings;

    if (!h->valid)
        finding_add(f, FINDING_HOST_HELO_INVALID, helo,
                    "\"%s\", said in EHLO, is neither a host name nor an address in "
                    "square brackets.",
                    helo);
    else if (!h->fqdn && !h->literal)
        finding_add(f, FINDING_HOST_HELO_NOT_FQDN, helo,
                    "\"%s\", said in EHLO, is one label and not a whole host name.",
                    helo);
    else if (h->exists == AC_NO)
        finding_add(f, FINDING_HOST_HELO_UNKNOWN, helo,
                    "\"%s\", said in EHLO, has neither an address nor an MX record.",
                    helo);
    else if (h->matches == AC_NO)
        finding_add(f, FINDING_HOST_HELO_OTHER, helo,
                    "\"%s\", said in EHLO, does not lead to %s, which says it.", helo,
                    ip);
}

enum ac_status host_helo_audit(struct ac_env *env, struct span helo,
                               const struct ip *ip, struct host_helo *out)
{
    char text[IP_TEXT_MAX];
    const char *said = shown(env, helo);
    struct dns_name name;
    struct ip literal;

    *out = (struct host_helo){ .literal = span_starts(helo, SPAN("[")) };
    if (!said)
        return AC_ENOMEM;
    if (out->literal) {
        out->valid = literal_parse(helo, &literal);
        out->exists = out->valid ? AC_YES : AC_NO;
        out->matches = out->valid && ip_eq(&literal, ip) ? AC_YES : AC_NO;
    } else if (name_parse(helo, &name)) {
        out->valid = true;
        out->fqdn = dns_name_labels(&name) > 1;
        if (is_localhost(&name))
            out->exists = AC_YES;
        else
            TRY(look_up(env, &name, ip, out));
    }
    note(env, said, ip_print(ip, text), out);
    return AC_OK;
}

bool host_helo_name(struct span helo, struct dns_name *out)
{
    return helo.n && name_parse(helo, out) && dns_name_labels(out) > 1;
}

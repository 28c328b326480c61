/* SPDX-License-Identifier: MIT */
/*
 * fixes_advice.c - what to do where no record turns the verdict, and why none does. One
 * row per finding; where a row is missing, the finding's own remedy is given.
 */
#include "verdict/fixes_parts.h"

struct advice {
    enum finding_id id;
    const char *(*text)(const struct fix_case *c);
};

static const char *unsigned_mail(const struct fix_case *c)
{
    struct arena *a = c->env->arena;

    if (c->key && c->key->usable == AC_YES)
        return arena_printf(
            a,
            "No record can sign mail: the key at %s is in order, so have the server "
            "that sends sign with it (d= its domain, s= its selector), then run this "
            "again with --selector.",
            c->key->name);
    if (c->key_record.p)
        return arena_printf(
            a,
            "No record can sign mail: publish the key of --key at a new selector, such "
            "as s1._domainkey.%s, let the server that sends sign with it, then run this "
            "again with --selector s1.",
            c->reason.about);
    return arena_printf(
        a,
        "No record can sign mail: turn DKIM signing on at the server or service that "
        "sends, with d=%s, publish the record that it prints, then run this again with "
        "--selector.",
        c->reason.about);
}

static const char *other_mail_from(const struct fix_case *c)
{
    return arena_printf(
        c->env->arena,
        "No record mends this, and the policy must not be weakened: send with a MAIL "
        "FROM (bounce address, return path) in the domain %s itself, which its SPF "
        "record must let pass, or sign with DKIM as d=%s.",
        c->reason.about, c->reason.about);
}

static const char *other_signer(const struct fix_case *c)
{
    return arena_printf(
        c->env->arena,
        "No record mends this, and the policy must not be weakened: have the service "
        "that sends sign with d=%s (often called \"domain authentication\" or \"custom "
        "DKIM\"), next to its own signature.",
        c->reason.about);
}

static const char *no_domain(const struct fix_case *c)
{
    return arena_printf(c->env->arena,
                        "No record can be published at \"%s\": send with a MAIL FROM "
                        "(or, for bounces, a HELO name) that is a full domain name.",
                        c->reason.about ? c->reason.about : "");
}

static const char *dns_down(const struct fix_case *c)
{
    return arena_printf(c->env->arena,
                        "No record mends name servers that do not answer: see that "
                        "those of %s do, then run this again.",
                        c->reason.about ? c->reason.about : "the domain");
}

static const char *syntax(const struct fix_case *c)
{
    return arena_printf(
        c->env->arena,
        "What was meant is not certain, or the record belongs to somebody else, so no "
        "record is proposed. %s Have whoever keeps the record of %s correct it.",
        c->reason.text ? c->reason.text : "", c->reason.about);
}

/* A key that only its owner can publish. */
static const char *key(const struct fix_case *c)
{
    struct arena *a = c->env->arena;

    if (c->key && c->key->delegated)
        return arena_printf(
            a,
            "The name %s is delegated to %s: only who runs that name can publish the "
            "key. Enable DKIM for the domain there, or point the CNAME to the name that "
            "the provider gives today.",
            c->key->name, c->key->delegated);
    if (c->key_record.p)
        return arena_printf(
            a, "The key of --key at %s does not turn the verdict: see the findings.",
            c->reason.about);
    return arena_printf(
        a,
        "Only who signs has the key. Name its file with --key (for OpenDKIM the "
        ".private file that KeyTable names; elsewhere openssl genrsa 2048 makes a new "
        "one) and run this again: the record for %s is then printed.",
        c->reason.about);
}

/* --- host, sender's domain, lists ---------------------------------------------------
 */

/* A name that the host might have. */
static const char *some_name(const struct fix_case *c)
{
    char own[DNS_TEXT_MAX];
    struct dns_name name;

    if (c->helo.p && dns_name_parse(c->helo, &name) && dns_name_labels(&name) > 1)
        return dns_name_text(c->env->arena, &name);
    return arena_printf(c->env->arena, "mail.%s", dns_name_print(&c->own, own));
}

static const char *no_ptr(const struct fix_case *c)
{
    const char *name = some_name(c);

    return name ? arena_printf(
                      c->env->arena,
                      "No record of the domain mends this: whoever runs the network of "
                      "%s, in most cases the provider or hoster, publishes its PTR "
                      "record. Ask there for the full name of the server (such as %s), "
                      "publish the address at that name, and let the server say it in "
                      "EHLO.",
                      c->reason.about, name)
                : NULL;
}

static const char *false_ptr(const struct fix_case *c)
{
    return arena_printf(
        c->env->arena,
        "The name of %s is in a domain of somebody else, who would have to publish the "
        "address there. Or ask whoever runs the network of the address, in most cases "
        "the provider or hoster, for a PTR record with a name of your own that has this "
        "address.",
        c->reason.about);
}

static const char *bad_helo(const struct fix_case *c)
{
    return arena_printf(
        c->env->arena, "No record mends this: configure the server to say its own full "
                       "name in EHLO (myhostname in Postfix, primary_hostname in Exim, "
                       "confDOMAIN_NAME in sendmail), and publish its address there.");
}

static const char *null_mx(const struct fix_case *c)
{
    return arena_printf(
        c->env->arena,
        "A null MX is published on purpose, so no record is proposed in its place: %s "
        "takes no mail, and must send none. Send from a domain that takes mail; or, "
        "where %s shall take it, publish MX records with the hosts that do.",
        c->reason.about, c->reason.about);
}

static const char *no_mail_host(const struct fix_case *c)
{
    return arena_printf(
        c->env->arena,
        "Which host takes the mail for %s, the DNS does not tell, so no record is "
        "proposed: publish an MX record with the name of that host, and an address at "
        "the name; or send with a MAIL FROM in a domain that takes mail.",
        c->reason.about);
}

static const char *no_such_domain(const struct fix_case *c)
{
    return arena_printf(c->env->arena,
                        "Nothing can be published at a domain that does not exist: "
                        "correct the sender's domain, or register %s and publish its "
                        "records.",
                        c->reason.about);
}

/* A line on Spamhaus's PBL is accused of nothing, so there is nothing to be stopped. */
static const char *listed_address(const struct fix_case *c)
{
    return arena_printf(
        c->env->arena,
        "No record takes %s off a list. Read at its page why it is there. For spam: find "
        "what sends it (a stolen password, a form that anybody can send with, bought "
        "addresses), stop that, then ask the operator of the list; until it is off, send "
        "through another host. For a line that shall send no mail by itself (PBL): send "
        "through the mail server of your provider, or say at that page that this is a "
        "mail server.",
        c->reason.about);
}

static const char *listed_domain(const struct fix_case *c)
{
    return arena_printf(
        c->env->arena,
        "No record takes %s off a list. Find what put it there (a stolen password, a "
        "site broken into, bought addresses), stop that, and then ask the operator of "
        "the list; until it is off, send from another domain.",
        c->reason.about);
}

static const struct advice table[] = {
    { FINDING_DKIM_UNSIGNED, unsigned_mail },
    { FINDING_SPF_NOT_ALIGNED, other_mail_from },
    { FINDING_DKIM_NOT_ALIGNED, other_signer },
    { FINDING_SPF_DOMAIN_INVALID, no_domain },
    { FINDING_SPF_DNS_ERROR, dns_down },
    { FINDING_DKIM_DNS_ERROR, dns_down },
    { FINDING_SPF_SYNTAX_ERROR, syntax },
    { FINDING_DNS_NOT_ANSWERED, dns_down },
    { FINDING_HOST_PTR_MISSING, no_ptr },
    { FINDING_HOST_PTR_NOT_CONFIRMED, false_ptr },
    { FINDING_HOST_PTR_PARTLY, false_ptr },
    { FINDING_HOST_NAME_GENERIC, no_ptr },
    { FINDING_HOST_HELO_INVALID, bad_helo },
    { FINDING_HOST_HELO_NOT_FQDN, bad_helo },
    { FINDING_HOST_HELO_UNKNOWN, bad_helo },
    { FINDING_SENDER_NULL_MX, null_mx },
    { FINDING_SENDER_DOMAIN_MISSING, no_such_domain },
    { FINDING_SENDER_NO_MAIL_HOST, no_mail_host },
    { FINDING_SENDER_MX_DEAD, no_mail_host },
    { FINDING_SENDER_MX_ADDRESS, no_mail_host },
    { FINDING_SENDER_NO_MX, no_mail_host },
    { FINDING_BLOCKLIST_ADDRESS_LISTED, listed_address },
    { FINDING_BLOCKLIST_DOMAIN_LISTED, listed_domain },
    { FINDING_DKIM_KEY_MISSING, key },
    { FINDING_DKIM_DELEGATION_DANGLING, key },
    { FINDING_DKIM_KEY_REVOKED, key },
    { FINDING_DKIM_KEY_DUPLICATE, key },
    { FINDING_DKIM_KEY_SYNTAX, key },
    { FINDING_DKIM_KEY_DUPLICATE_TAG, key },
    { FINDING_DKIM_KEY_VERSION, key },
    { FINDING_DKIM_KEY_WITHOUT_P, key },
    { FINDING_DKIM_KEY_TYPE, key },
    { FINDING_DKIM_KEY_HASH, key },
    { FINDING_DKIM_KEY_SERVICE, key },
    { FINDING_DKIM_KEY_BASE64, key },
    { FINDING_DKIM_KEY_UNDECODABLE, key },
    { FINDING_DKIM_KEY_MISMATCH, key },
    { FINDING_DKIM_KEY_WRAPPED, key },
    { FINDING_DKIM_KEY_PRIVATE, key },
    { FINDING_DKIM_KEY_TOO_SHORT, key },
    { FINDING_DKIM_KEY_IMPOSSIBLE, key },
};

const char *fix_advice(const struct fix_case *c)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].id == c->reason.id)
            return table[i].text(c);
    return arena_printf(c->env->arena,
                        "No change of SPF or DKIM records was found that turns the "
                        "verdict without authorising more than was asked. %s",
                        finding_kind(c->reason.id)->remedy);
}

/* SPDX-License-Identifier: MIT */
/*
 * question.c - domain, address, sender, signatures and receivers of the audit. What a
 * bounce tells is hostile: what is no domain or no selector is left out.
 */
#include "explain/question.h"

#include "base/buf.h"
#include "base/special.h"
#include "explain/conclusion.h"

enum {
    RECEIVERS_MAX = 3 /* the speaker, the stand-in of the class, generic */
};

/* The domain of an address, of a bare domain, or of "<user@domain>". */
static struct span domain_of(struct span address)
{
    size_t at = span_find_last(address, '@');

    if (at < address.n)
        address = span_from(address, at + 1);
    return span_trim(address, "<> .");
}

static bool is_domain(struct span text, struct dns_name *out)
{
    const char *why;

    return text.n && dns_name_from_user(text, out, &why) && dns_name_labels(out) > 1;
}

static bool take_domain(const struct bounce *b, struct explain_question *q)
{
    if (q->audit.domain.n || is_domain(b->domain, &q->audit.domain))
        return true;
    q->by_mail_from = is_domain(domain_of(b->mail_from), &q->audit.domain);
    return q->by_mail_from;
}

/* Is the host, by its address and by what it says in EHLO, all that the DNS is asked
 * for?
 */
static bool host_decides(const struct explain_row *row)
{
    unsigned by_address = BY_PTR | BY_LISTED_IP | BY_HELO, all = 0;

    for (int i = 0; i < EXPLAIN_WAYS_MAX; i++)
        all |= row->way[i];
    return all && !(all & ~by_address);
}

/* Of the reverse name, which has no records that matter: only the address is looked at.
 */
static bool take_address(const struct bounce *b, struct explain_question *q)
{
    struct audit_options *o = &q->audit;
    char reverse[IP_REVERSE_MAX];

    if (!o->n_ips || !host_decides(explain_row(b->verdict.class)) ||
        !dns_name_parse(span_of(ip_print_reverse(&o->ip[0], reverse)), &o->domain))
        return false;
    q->by_address = true;
    o->discover = 0;
    o->fixes = o->check_reports = false;
    return true;
}

/* A copy of what the bounce tells, where nothing was given. */
static enum ac_status take_text(struct span *given, struct span told,
                                struct arena *arena)
{
    if (given->p || !told.n)
        return AC_OK;
    *given = span_make(arena_strdup(arena, told), told.n);
    return given->p ? AC_OK : AC_ENOMEM;
}

static enum ac_status take_client(const struct bounce *b, struct arena *arena,
                                  struct audit_options *o)
{
    struct ip *ip = arena_alloc(arena, sizeof *ip);

    if (!ip)
        return AC_ENOMEM;
    *ip = ip_unmap(b->ip);
    if (!o->n_ips && b->has_ip && !special_is_private(ip)) {
        o->ip = ip;
        o->n_ips = 1;
    }
    TRY(take_text(&o->mail_from, b->mail_from, arena));
    return take_text(&o->helo, b->helo, arena);
}

static enum ac_status add_selector(struct audit_selector *list, size_t *n,
                                   struct span text, const struct dns_name *domain,
                                   struct arena *arena)
{
    const char *copy = arena_strdup(arena, text), *why;

    if (!copy)
        return AC_ENOMEM;
    if (*n < AUDIT_SELECTORS_MAX && strlen(copy) == text.n &&
        audit_selector_parse(copy, domain, &list[*n], &why))
        (*n)++;
    return AC_OK;
}

static enum ac_status take_selectors(const struct explain_given *given,
                                     const struct bounce *b, struct arena *arena,
                                     struct audit_options *o)
{
    size_t most = given->n_selectors ? given->n_selectors : b->n_selectors;
    struct audit_selector *list = arena_array(arena, most, sizeof *list);
    size_t n = 0;

    if (!list)
        return AC_ENOMEM;
    for (size_t i = 0; !o->is_unsigned && i < most; i++)
        TRY(add_selector(
            list, &n, given->n_selectors ? span_of(given->selector[i]) : b->selector[i],
            &o->domain, arena));
    o->selector = list;
    o->n_selectors = n;
    /* The receiver saw no signature (RFC 8601, 2.7), and the header has none. */
    if (!n && span_eq_ci(b->said_dkim, SPAN("none")))
        o->is_unsigned = true;
    return AC_OK;
}

static void add_receiver(const struct receiver **list, size_t *n, const char *name)
{
    const struct receiver *r = name ? receiver_find(span_of(name)) : NULL;

    for (size_t i = 0; r && i < *n; i++)
        if (list[i] == r)
            return;
    if (r)
        list[(*n)++] = r;
}

/* The speaker first: of equal verdicts the first decides. */
static enum ac_status take_receivers(const struct bounce *b, struct arena *arena,
                                     struct audit_options *o)
{
    const struct receiver **list;

    if (o->n_receivers)
        return AC_OK;
    list = arena_array(arena, RECEIVERS_MAX, sizeof(struct receiver *));
    if (!list)
        return AC_ENOMEM;
    add_receiver(list, &o->n_receivers, b->verdict.speaker);
    add_receiver(list, &o->n_receivers, explain_row(b->verdict.class)->stand_in);
    add_receiver(list, &o->n_receivers, "generic");
    o->receiver = list;
    return AC_OK;
}

/* All that the bounce may change in the audit; of one run the rest is the same. */
static enum ac_status make_key(struct explain_question *q, struct arena *arena)
{
    const struct audit_options *o = &q->audit;
    char text[DNS_TEXT_MAX], ip[IP_TEXT_MAX];
    enum ac_status status;
    struct buf key;

    buf_init(&key, 1 << 16);
    buf_puts(&key, dns_name_print(&o->domain, text));
    for (size_t i = 0; i < o->n_ips; i++)
        buf_printf(&key, " %s", ip_print(&o->ip[i], ip));
    buf_printf(&key, "\n%zu ", o->mail_from.n);
    buf_put(&key, o->mail_from);
    buf_printf(&key, "\n%zu ", o->helo.n);
    buf_put(&key, o->helo);
    for (size_t i = 0; i < o->n_selectors; i++)
        buf_printf(&key, "\n%s", o->selector[i].text);
    for (size_t i = 0; i < o->n_receivers; i++)
        buf_printf(&key, "\n%s", o->receiver[i]->name);
    buf_printf(&key, "\n%d %d", o->bulk, o->is_unsigned);
    q->key = span_make(arena_strdup(arena, buf_span(&key)), key.n);
    status = key.status == AC_OK && q->key.p ? AC_OK : AC_ENOMEM;
    buf_free(&key);
    return status;
}

enum ac_status explain_ask(const struct explain_given *given,
                           const struct bounce *bounce, struct arena *arena,
                           struct explain_question *out, bool *asked)
{
    *out = (struct explain_question){ .audit = *given->audit };
    TRY(take_client(bounce, arena, &out->audit));
    *asked = take_domain(bounce, out) || take_address(bounce, out);
    if (!*asked)
        return AC_OK;
    out->audit.bulk = out->audit.bulk || explain_row(bounce->verdict.class)->bulk;
    TRY(take_selectors(given, bounce, arena, &out->audit));
    TRY(take_receivers(bounce, arena, &out->audit));
    return make_key(out, arena);
}

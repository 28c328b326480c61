/* SPDX-License-Identifier: MIT */
/*
 * api.c - the public library: a facade over audit/ and net/, which copies what it is
 * given and keeps every internal type out of authcheck.h.
 */
#include "authcheck.h"

#include "audit/audit.h"
#include "audit/drive.h"
#include "base/clock.h"
#include "dns/wire.h"
#include "dns/zone.h"
#include "net/ares.h"
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    API_ERROR_MAX = 1024,
    API_TEXT_MAX = 64 * 1024 * 1024
};

struct ac_audit {
    struct arena arena; /* copies of the options, names of questions */
    struct audit_options options;
    struct dns_overlay *overlay;
    struct audit *audit; /* NULL after bad input */
    size_t handed_out;   /* questions given to the caller so far */
    bool done;
    char error[API_ERROR_MAX];
};

__attribute__((format(printf, 2, 3))) static enum ac_code bad_input(struct ac_audit *a,
                                                                    const char *format,
                                                                    ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(a->error, sizeof a->error, format, args);
    va_end(args);
    return AC_BAD_INPUT;
}

static enum ac_code code_of(struct ac_audit *a, enum ac_status status)
{
    switch (status) {
    case AC_OK:
        return AC_DONE;
    case AC_PENDING:
        return AC_WANTS_ANSWERS;
    case AC_EINVAL:
        return AC_BAD_INPUT;
    case AC_EIO:
        return AC_SYSTEM;
    case AC_ENOMEM:
    case AC_ELIMIT:
        break;
    }
    snprintf(a->error, sizeof a->error, "out of memory");
    return AC_NO_MEMORY;
}

static enum ac_code take_ips(struct ac_audit *a, const struct ac_options *o)
{
    struct ip *ip = arena_array(&a->arena, o->n_ips, sizeof *ip);

    if (!ip)
        return AC_NO_MEMORY;
    if (o->n_ips > AUDIT_IPS_MAX)
        return bad_input(a, "%zu addresses; expected at most %d", o->n_ips,
                         AUDIT_IPS_MAX);
    for (size_t i = 0; i < o->n_ips; i++) {
        if (!ip_parse(span_of(o->ip[i]), &ip[i]))
            return bad_input(a, "ip %s: not an address; expected IPv4 or IPv6",
                             o->ip[i]);
        ip[i] = ip_unmap(ip[i]);
    }
    a->options.ip = ip;
    a->options.n_ips = o->n_ips;
    return AC_DONE;
}

static enum ac_code take_selectors(struct ac_audit *a, const struct ac_options *o)
{
    struct audit_selector *s = arena_array(&a->arena, o->n_selectors, sizeof *s);

    if (!s)
        return AC_NO_MEMORY;
    if (o->is_unsigned && o->n_selectors)
        return bad_input(a, "is_unsigned and a selector: expected one of them");
    if (o->n_selectors > AUDIT_SELECTORS_MAX)
        return bad_input(a, "%zu selectors; expected at most %d", o->n_selectors,
                         AUDIT_SELECTORS_MAX);
    for (size_t i = 0; i < o->n_selectors; i++) {
        const char *text = arena_strdup(&a->arena, span_of(o->selector[i]));
        const char *why = "";

        if (!text)
            return AC_NO_MEMORY;
        if (!audit_selector_parse(text, &a->options.domain, &s[i], &why))
            return bad_input(a, "selector %s: not a selector, since %s", text, why);
    }
    a->options.selector = s;
    a->options.n_selectors = o->n_selectors;
    a->options.is_unsigned = o->is_unsigned;
    return AC_DONE;
}

static enum ac_code take_receivers(struct ac_audit *a, const struct ac_options *o)
{
    static const char *const generic[] = { "generic" };
    const char *const *name = o->n_receivers ? o->receiver : generic;
    size_t n = o->n_receivers ? o->n_receivers : 1;
    const struct receiver **list = arena_array(&a->arena, n, sizeof *list);

    if (!list)
        return AC_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        list[i] = receiver_find(span_of(name[i]));
        if (!list[i])
            return bad_input(a, "receiver %s: not known", name[i]);
    }
    a->options.receiver = list;
    a->options.n_receivers = n;
    return AC_DONE;
}

static enum ac_code take_zones(struct ac_audit *a, const struct ac_options *o)
{
    char error[DNS_ZONE_ERROR_MAX];
    enum ac_status status = AC_OK;

    if (!o->n_zones && !o->n_removed)
        return AC_DONE;
    a->overlay = dns_overlay_new(clock_random());
    if (!a->overlay)
        return AC_NO_MEMORY;
    a->options.overlay = a->overlay;
    for (size_t i = 0; status == AC_OK && i < o->n_zones; i++)
        status = dns_zone_load(a->overlay, o->zone[i], error);
    for (size_t i = 0; status == AC_OK && i < o->n_removed; i++)
        status = dns_zone_delete(a->overlay, o->remove[i], error);
    if (status == AC_EINVAL)
        return bad_input(a, "%s", error);
    return code_of(a, status);
}

/* A copy of a text that may be absent; false without memory. */
static bool take_text(struct ac_audit *a, const char *text, struct span *out)
{
    *out = span_make(NULL, 0);
    if (!text)
        return true;
    out->p = arena_strdup(&a->arena, span_of(text));
    out->n = out->p ? strlen(text) : 0;
    return out->p;
}

static enum ac_code take_options(struct ac_audit *a, const struct ac_options *o)
{
    const char *why = "it is missing";
    enum ac_code code;

    a->options = (struct audit_options){
        .discover = o->discover < 0 ? SIZE_MAX : (size_t)o->discover,
        .guess_helo = true,
        .check_reports = true,
        .fixes = true,
        .reputation = true,
        .dnsbl = o->dnsbl,
        .offline = o->offline,
        .limits = ac_default_limits,
        .now = clock_unix(),
        .nonce = clock_random(),
    };
    if (!o->domain || !dns_name_from_user(span_of(o->domain), &a->options.domain, &why))
        return bad_input(a, "domain %s: not a domain, since %s",
                         o->domain ? o->domain : "", why);
    if (!take_text(a, o->mail_from, &a->options.mail_from) ||
        !take_text(a, o->helo, &a->options.helo))
        return AC_NO_MEMORY;
    code = take_ips(a, o);
    if (code == AC_DONE)
        code = take_selectors(a, o);
    if (code == AC_DONE)
        code = take_receivers(a, o);
    return code == AC_DONE ? take_zones(a, o) : code;
}

enum ac_code ac_audit_new(const struct ac_options *options, struct ac_audit **out)
{
    struct ac_audit *a = calloc(1, sizeof *a);
    enum ac_code code;

    *out = a;
    if (!a)
        return AC_NO_MEMORY;
    arena_init(&a->arena, API_TEXT_MAX);
    code = take_options(a, options);
    if (code == AC_DONE)
        return code_of(a, audit_new(&a->options, &a->audit));
    return code == AC_NO_MEMORY ? code_of(a, AC_ENOMEM) : code;
}

void ac_audit_free(struct ac_audit *audit)
{
    if (!audit)
        return;
    audit_free(audit->audit);
    dns_overlay_free(audit->overlay);
    arena_free(&audit->arena);
    free(audit);
}

enum ac_code ac_audit_step(struct ac_audit *audit)
{
    enum ac_code code;

    if (!audit->audit)
        return AC_BAD_INPUT;
    code = code_of(audit, audit_step(audit->audit));
    audit->done = code == AC_DONE;
    return code;
}

int ac_next_question(struct ac_audit *audit, struct ac_question *out)
{
    const struct dns_view *view = audit->audit ? audit_view(audit->audit) : NULL;
    const struct dns_entry *e;

    if (!view || audit->handed_out == view->n)
        return 0;
    e = view->list[audit->handed_out];
    *out = (struct ac_question){
        .id = e->index,
        .name = dns_name_text(&audit->arena, &e->name),
        .type = e->type,
    };
    if (!out->name)
        return 0;
    audit->handed_out++;
    return 1;
}

static struct dns_entry *entry_of(const struct ac_audit *audit, size_t id)
{
    const struct dns_view *view = audit->audit ? audit_view(audit->audit) : NULL;

    return view && id < view->n ? view->list[id] : NULL;
}

size_t ac_query(const struct ac_audit *audit, size_t id, uint16_t dns_id, void *packet,
                size_t size)
{
    const struct dns_entry *e = entry_of(audit, id);
    uint8_t query[DNS_QUERY_MAX];
    size_t n;

    if (!e)
        return 0;
    n = dns_wire_query(&e->name, e->type, dns_id, query);
    if (n > size)
        return 0;
    memcpy(packet, query, n);
    return n;
}

enum ac_code ac_answer(struct ac_audit *audit, size_t id, const void *reply,
                       size_t size)
{
    struct dns_entry *e = entry_of(audit, id);
    const struct dns_answer *answer;
    struct dns_view *view;
    enum ac_status status = AC_OK;

    if (!e)
        return bad_input(audit, "there is no question %zu", id);
    view = audit_view(audit->audit);
    if (reply)
        status = dns_wire_answer(view->arena, &e->name, e->type, span_make(reply, size),
                                 &answer);
    else
        answer = dns_answer_failed(view->arena, DNS_TIMEOUT);
    if (status != AC_OK || !answer)
        return code_of(audit, AC_ENOMEM);
    dns_view_answer(view, e, answer);
    return AC_DONE;
}

enum ac_code ac_audit_live(struct ac_audit *audit,
                           const struct ac_live_options *options)
{
    static const struct ac_live_options defaults = { 0 };
    const struct ac_live_options *o = options ? options : &defaults;
    unsigned timeout_ms = o->timeout_ms ? o->timeout_ms : 2000;
    struct net_options net = { .servers = o->nameserver,
                               .n_servers = o->n_nameservers,
                               .timeout_ms = timeout_ms };
    struct drive_options drive = {
        .tries = o->tries ? o->tries : 3,
        .timeout_us = (int64_t)timeout_ms * 1000,
        .deadline_us = (int64_t)(o->deadline_ms ? o->deadline_ms : 20000) * 1000,
    };
    struct dns_source *source;
    enum ac_code code;

    if (!audit->audit)
        return AC_BAD_INPUT;
    if (audit->handed_out)
        return bad_input(audit, "the questions of this audit were handed out already");
    source = net_source_new(&net, audit->error);
    if (!source)
        return o->n_nameservers ? AC_BAD_INPUT : AC_SYSTEM;
    drive.servers = net_source_servers(source);
    code = code_of(audit, audit_drive(audit->audit, source, &drive));
    audit->done = code == AC_DONE;
    source->ops->free(source);
    return code;
}

enum ac_verdict ac_verdict(const struct ac_audit *audit)
{
    const struct audit_result *r;

    if (!audit->done)
        return AC_VERDICT_NONE;
    r = audit_result(audit->audit);
    return r->has_verdict ? (enum ac_verdict)r->verdict : AC_VERDICT_NONE;
}

const char *ac_reply(const struct ac_audit *audit)
{
    return audit->done ? report_reply(audit_result(audit->audit)) : NULL;
}

char *ac_report(const struct ac_audit *audit, const char *format)
{
    const struct report_format *f = report_find(span_of(format));
    const struct report_options options = { .verbose = 0 };
    struct buf text;

    if (!f || !audit->done)
        return NULL;
    buf_init(&text, API_TEXT_MAX);
    f->print(&text, audit_result(audit->audit), &options);
    if (text.status != AC_OK)
        buf_free(&text);
    return text.p; /* the caller's */
}

const char *ac_error(const struct ac_audit *audit)
{
    return audit ? audit->error : "out of memory";
}

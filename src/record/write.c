/* SPDX-License-Identifier: MIT */
/*
 * write.c - an audit into a recording.
 */
#include "record/format.h"
#include "record/recording.h"

#include "report/json.h"

#include <stdio.h>

static bool is_plain(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' || s.p[i] > '~')
            return false;
    return true;
}

static void put_hex(struct json *j, const char *key, struct span bytes)
{
    struct buf hex;

    buf_init(&hex, (size_t)2 * RECORDING_BYTES_MAX);
    for (size_t i = 0; i < bytes.n; i++)
        buf_printf(&hex, "%02x", (uint8_t)bytes.p[i]);
    json_span(j, key, buf_span(&hex));
    if (hex.status != AC_OK)
        j->out->status = hex.status;
    buf_free(&hex);
}

/* Text as it is; any other bytes as {"hex": ...}; null where there is none. */
static void put_text(struct json *j, const char *key, struct span s)
{
    if (!s.p || is_plain(s)) {
        json_span(j, key, s);
        return;
    }
    json_open(j, key, '{');
    put_hex(j, "hex", s);
    json_close(j, '}');
}

static void put_name(struct json *j, const char *key, const struct dns_name *name)
{
    put_hex(j, key, dns_name_span(name));
}

static void put_records(struct json *j, const struct dns_rr *rr, size_t n)
{
    json_open(j, "records", '[');
    for (size_t i = 0; i < n; i++) {
        json_open(j, NULL, '{');
        json_int(j, "ttl", rr[i].ttl);
        put_hex(j, "rdata", rr[i].rdata);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static enum ac_status put_set(void *context, const struct dns_name *name, uint16_t type,
                              const struct dns_rr *rr, size_t n)
{
    struct json *j = context;

    json_open(j, NULL, '{');
    put_name(j, "wire", name);
    json_int(j, "type", type);
    json_bool(j, "deleted", !n);
    put_records(j, rr, n);
    json_close(j, '}');
    return AC_OK;
}

static enum ac_status put_overlay(struct json *j, const struct dns_overlay *overlay)
{
    if (!overlay) {
        json_absent(j, "overlay");
        return AC_OK;
    }
    json_open(j, "overlay", '[');
    TRY(dns_overlay_each(overlay, put_set, j));
    json_close(j, ']');
    return AC_OK;
}

static void put_lists(struct json *j, const struct audit_options *o)
{
    char ip[IP_TEXT_MAX];

    json_open(j, "ips", '[');
    for (size_t i = 0; i < o->n_ips; i++)
        json_text(j, NULL, ip_print(&o->ip[i], ip));
    json_close(j, ']');
    json_open(j, "selectors", '[');
    for (size_t i = 0; i < o->n_selectors; i++)
        json_text(j, NULL, o->selector[i].text);
    json_close(j, ']');
    json_open(j, "receivers", '[');
    for (size_t i = 0; i < o->n_receivers; i++)
        json_text(j, NULL, o->receiver[i]->name);
    json_close(j, ']');
}

static void put_blocklists(struct json *j, const struct audit_options *o)
{
    json_bool(j, "dnsbl", o->dnsbl);
    json_open(j, "blocklists", '[');
    for (size_t i = 0; i < o->n_blocklists; i++) {
        json_open(j, NULL, '{');
        json_text(j, "zone", o->blocklist[i].zone);
        json_bool(j, "domain", o->blocklist[i].kind == BLOCKLIST_DOMAIN);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static enum ac_status put_options(struct json *j, const struct audit_options *o)
{
    char domain[DNS_TEXT_MAX], nonce[24];

    json_open(j, "options", '{');
    json_text(j, "domain", dns_name_print(&o->domain, domain));
    put_lists(j, o);
    json_bool(j, "unsigned", o->is_unsigned);
    json_int(j, "discover", o->discover == SIZE_MAX ? -1 : (long long)o->discover);
    put_text(j, "mail_from", o->mail_from);
    put_text(j, "helo", o->helo);
    json_bool(j, "guess_helo", o->guess_helo);
    json_bool(j, "bulk", o->bulk);
    json_bool(j, "reputation", o->reputation);
    put_blocklists(j, o);
    json_bool(j, "disagree", o->disagree);
    json_bool(j, "check_reports", o->check_reports);
    json_bool(j, "fixes", o->fixes);
    put_text(j, "key_record", o->key_record);
    json_bool(j, "offline", o->offline);
    json_int(j, "now", o->now);
    snprintf(nonce, sizeof nonce, "%016llx", (unsigned long long)o->nonce);
    json_text(j, "nonce", nonce);
    TRY(put_overlay(j, o->overlay));
    json_close(j, '}');
    return AC_OK;
}

static void put_answer(struct json *j, const struct dns_entry *e, int64_t start_us)
{
    const struct dns_answer *a = e->answer;
    char name[DNS_TEXT_MAX];

    json_open(j, NULL, '{');
    json_text(j, "name", dns_name_print(&e->name, name)); /* for people alone */
    put_name(j, "wire", &e->name);
    json_int(j, "type", e->type);
    json_text(j, "outcome", dns_outcome_word(a->outcome));
    json_bool(j, "unfinished", a->unfinished);
    json_bool(j, "ad", a->ad);
    json_int(j, "rcode", a->rcode);
    json_int(j, "ttl", a->ttl);
    json_open(j, "cnames", '[');
    for (size_t i = 0; i < a->n_cname; i++)
        put_name(j, NULL, &a->cname[i]);
    json_close(j, ']');
    put_records(j, a->rr, a->n);
    json_int(j, "asked_us", e->asked_us < 0 ? -1 : e->asked_us - start_us);
    json_int(j, "took_us", e->took_us);
    json_int(j, "tries", e->tries);
    json_close(j, '}');
}

static void put_answers(struct json *j, const struct dns_view *view)
{
    int64_t start_us = view->n ? view->list[0]->asked_us : 0;

    json_open(j, "answers", '[');
    for (size_t i = 0; i < view->n; i++)
        if (view->list[i]->answer)
            put_answer(j, view->list[i], start_us);
    json_close(j, ']');
}

enum ac_status recording_write(struct buf *out, const struct audit_options *options,
                               struct audit *a)
{
    struct buf body;
    struct json j;
    enum ac_status status;

    buf_init(&body, RECORDING_BYTES_MAX);
    json_init(&j, &body, false);
    json_open(&j, NULL, '{');
    status = put_options(&j, options);
    json_int(&j, "wall_us", audit_result(a)->wall_us);
    json_int(&j, "decided_us", audit_result(a)->decided_us);
    put_answers(&j, audit_view(a));
    json_close(&j, '}');
    buf_putc(&body, '\n');
    if (status == AC_OK)
        status = body.status;
    if (status == AC_OK) {
        buf_printf(out, "authcheck-recording %d %016llx %zu\n", RECORDING_VERSION,
                   (unsigned long long)record_checksum(buf_span(&body)), body.n);
        buf_put(out, buf_span(&body));
        status = out->status;
    }
    buf_free(&body);
    return status;
}

/* SPDX-License-Identifier: MIT */
/*
 * read.c - a recording back into options and answers, by jansson. Everything in the
 * file is checked: it may come from anybody.
 */
#include "record/format.h"
#include "record/recording.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct recorded_answer {
    struct dns_name name;
    uint16_t type;
    struct dns_answer answer;
    int64_t asked_us, took_us;
    unsigned tries;
};

struct recording {
    struct arena arena;
    struct audit_options options;
    struct dns_overlay *overlay;
    struct recorded_answer *answer;
    size_t n;
    int64_t wall_us, decided_us;
    const char *path;
    char *error;
};

/* One line, since jansson quotes what stands near a fault; always AC_EINVAL. */
__attribute__((format(printf, 2, 3))) static enum ac_status fault(struct recording *r,
                                                                  const char *format,
                                                                  ...)
{
    int n = snprintf(r->error, RECORDING_ERROR_MAX, "%s: ", r->path);
    va_list args;

    if (n < 0 || n >= RECORDING_ERROR_MAX)
        return AC_EINVAL;
    va_start(args, format);
    vsnprintf(r->error + n, (size_t)(RECORDING_ERROR_MAX - n), format, args);
    va_end(args);
    for (char *p = r->error + n; *p; p++)
        if (*p < ' ' || *p > '~')
            *p = '?';
    return AC_EINVAL;
}

static enum ac_status odd_value(struct recording *r, const char *key)
{
    return fault(r,
                 "\"%s\" is not what a recording has there; expected one that "
                 "authcheck --record wrote",
                 key);
}

static enum ac_status get_int(struct recording *r, const json_t *o, const char *key,
                              int64_t least, int64_t most, int64_t *out)
{
    const json_t *v = json_object_get(o, key);

    *out = json_integer_value(v);
    if (!json_is_integer(v) || *out < least || *out > most)
        return odd_value(r, key);
    return AC_OK;
}

static enum ac_status get_bool(struct recording *r, const json_t *o, const char *key,
                               bool *out)
{
    const json_t *v = json_object_get(o, key);

    *out = json_is_true(v);
    return json_is_boolean(v) ? AC_OK : odd_value(r, key);
}

static struct span text_of(const json_t *v)
{
    return span_make(json_string_value(v), json_string_length(v));
}

/* Bytes from hexadecimal, in the arena. */
static enum ac_status get_hex(struct recording *r, const json_t *v, const char *key,
                              struct span *out)
{
    struct span hex = text_of(v);
    char *bytes = arena_alloc(&r->arena, hex.n / 2 + 1);

    if (!bytes)
        return AC_ENOMEM;
    if (!json_is_string(v) || hex.n % 2)
        return odd_value(r, key);
    for (size_t i = 0; i < hex.n; i += 2) {
        int high = ascii_hex(hex.p[i]), low = ascii_hex(hex.p[i + 1]);

        if (high < 0 || low < 0)
            return odd_value(r, key);
        bytes[i / 2] = (char)(high << 4 | low);
    }
    *out = span_make(bytes, hex.n / 2);
    return AC_OK;
}

static enum ac_status get_name(struct recording *r, const json_t *v, const char *key,
                               struct dns_name *out)
{
    struct span wire;

    TRY(get_hex(r, v, key, &wire));
    return dns_name_from_wire(wire, out) ? AC_OK : odd_value(r, key);
}

/* A text, {"hex": ...}, or null. */
static enum ac_status get_text(struct recording *r, const json_t *o, const char *key,
                               struct span *out)
{
    const json_t *v = json_object_get(o, key);

    *out = span_make(NULL, 0);
    if (json_is_null(v))
        return AC_OK;
    if (json_is_object(v))
        return get_hex(r, json_object_get(v, "hex"), key, out);
    if (!json_is_string(v))
        return odd_value(r, key);
    out->p = arena_strdup(&r->arena, text_of(v));
    out->n = json_string_length(v);
    return out->p ? AC_OK : AC_ENOMEM;
}

static enum ac_status get_array(struct recording *r, const json_t *o, const char *key,
                                const json_t **out)
{
    *out = json_object_get(o, key);
    return json_is_array(*out) ? AC_OK : odd_value(r, key);
}

static enum ac_status get_records(struct recording *r, const json_t *o,
                                  const struct dns_rr **out, size_t *n)
{
    const json_t *list;
    struct dns_rr *rr;

    TRY(get_array(r, o, "records", &list));
    *n = json_array_size(list);
    rr = arena_array(&r->arena, *n, sizeof *rr);
    if (!rr)
        return AC_ENOMEM;
    for (size_t i = 0; i < *n; i++) {
        const json_t *v = json_array_get(list, i);
        int64_t ttl;

        TRY(get_int(r, v, "ttl", 0, UINT32_MAX, &ttl));
        rr[i].ttl = (uint32_t)ttl;
        TRY(get_hex(r, json_object_get(v, "rdata"), "rdata", &rr[i].rdata));
    }
    *out = rr;
    return AC_OK;
}

static enum ac_status get_overlay(struct recording *r, const json_t *o)
{
    const json_t *list = json_object_get(o, "overlay");

    if (json_is_null(list))
        return AC_OK;
    TRY(get_array(r, o, "overlay", &list));
    r->overlay = dns_overlay_new(r->options.nonce);
    if (!r->overlay)
        return AC_ENOMEM;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        const struct dns_rr *rr;
        struct dns_name name;
        int64_t type;
        bool deleted;
        size_t n;

        TRY(get_name(r, json_object_get(v, "wire"), "wire", &name));
        TRY(get_int(r, v, "type", 1, UINT16_MAX, &type));
        TRY(get_bool(r, v, "deleted", &deleted));
        TRY(get_records(r, v, &rr, &n));
        if (deleted == (n > 0))
            return odd_value(r, "deleted");
        TRY(deleted ? dns_overlay_delete(r->overlay, &name, (uint16_t)type)
                    : dns_overlay_put(r->overlay, &name, (uint16_t)type, rr, n));
    }
    r->options.overlay = r->overlay;
    return AC_OK;
}

static enum ac_status get_ips(struct recording *r, const json_t *o)
{
    const json_t *list;
    struct ip *ip;

    TRY(get_array(r, o, "ips", &list));
    ip = arena_array(&r->arena, json_array_size(list), sizeof *ip);
    if (!ip)
        return AC_ENOMEM;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!ip_parse(text_of(json_array_get(list, i)), &ip[i]))
            return odd_value(r, "ips");
    r->options.ip = ip;
    r->options.n_ips = json_array_size(list);
    return AC_OK;
}

static enum ac_status get_selectors(struct recording *r, const json_t *o)
{
    struct audit_selector *s;
    const json_t *list;

    TRY(get_array(r, o, "selectors", &list));
    s = arena_array(&r->arena, json_array_size(list), sizeof *s);
    if (!s)
        return AC_ENOMEM;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *why,
            *text = arena_strdup(&r->arena, text_of(json_array_get(list, i)));

        if (!text)
            return AC_ENOMEM;
        if (!audit_selector_parse(text, &r->options.domain, &s[i], &why))
            return odd_value(r, "selectors");
    }
    r->options.selector = s;
    r->options.n_selectors = json_array_size(list);
    return AC_OK;
}

static enum ac_status get_receivers(struct recording *r, const json_t *o)
{
    const struct receiver **list;
    const json_t *names;

    TRY(get_array(r, o, "receivers", &names));
    if (!json_array_size(names)) /* a verdict is always somebody's */
        return odd_value(r, "receivers");
    list = arena_array(&r->arena, json_array_size(names), sizeof *list);
    if (!list)
        return AC_ENOMEM;
    for (size_t i = 0; i < json_array_size(names); i++) {
        list[i] = receiver_find(text_of(json_array_get(names, i)));
        if (!list[i])
            return odd_value(r, "receivers");
    }
    r->options.receiver = list;
    r->options.n_receivers = json_array_size(names);
    return AC_OK;
}

static enum ac_status get_nonce(struct recording *r, const json_t *o)
{
    const json_t *v = json_object_get(o, "nonce");
    struct span bytes;

    TRY(get_hex(r, v, "nonce", &bytes));
    if (bytes.n != 8)
        return odd_value(r, "nonce");
    for (size_t i = 0; i < 8; i++)
        r->options.nonce = r->options.nonce << 8 | (uint8_t)bytes.p[i];
    return AC_OK;
}

/* The lists that were asked. A recording of before there were any has none of this. */
static enum ac_status get_blocklists(struct recording *r, const json_t *o)
{
    struct audit_options *out = &r->options;
    struct blocklist *row;
    const json_t *list, *v;
    const char *why;
    size_t i;

    if (!json_object_get(o, "reputation"))
        return AC_OK;
    TRY(get_bool(r, o, "reputation", &out->reputation));
    TRY(get_bool(r, o, "dnsbl", &out->dnsbl));
    TRY(get_array(r, o, "blocklists", &list));
    row = arena_array(&r->arena, json_array_size(list), sizeof *row);
    if (!row)
        return AC_ENOMEM;
    if (json_array_size(list) > BLOCKLISTS_MAX)
        return odd_value(r, "blocklists");
    json_array_foreach(list, i, v)
    {
        const char *text = json_string_value(json_object_get(v, "zone"));
        bool of_domains;

        TRY(get_bool(r, v, "domain", &of_domains));
        text = text ? arena_printf(&r->arena, "%s%s", of_domains ? "domain:" : "", text)
                    : "";
        if (!text)
            return AC_ENOMEM;
        if (!blocklist_parse(text, &row[i], &why))
            return odd_value(r, "blocklists");
    }
    out->blocklist = row;
    out->n_blocklists = json_array_size(list);
    return AC_OK;
}

static enum ac_status get_options(struct recording *r, const json_t *root)
{
    const json_t *o = json_object_get(root, "options");
    struct audit_options *out = &r->options;
    const char *why;
    int64_t discover;

    out->limits = ac_default_limits;
    if (!dns_name_from_user(text_of(json_object_get(o, "domain")), &out->domain, &why))
        return odd_value(r, "domain");
    TRY(get_ips(r, o));
    TRY(get_selectors(r, o));
    TRY(get_receivers(r, o));
    TRY(get_bool(r, o, "unsigned", &out->is_unsigned));
    TRY(get_int(r, o, "discover", -1, 1000000, &discover));
    out->discover = discover < 0 ? SIZE_MAX : (size_t)discover;
    TRY(get_text(r, o, "mail_from", &out->mail_from));
    TRY(get_text(r, o, "helo", &out->helo));
    TRY(get_bool(r, o, "guess_helo", &out->guess_helo));
    TRY(get_bool(r, o, "bulk", &out->bulk));
    TRY(get_blocklists(r, o));
    TRY(get_bool(r, o, "disagree", &out->disagree));
    TRY(get_bool(r, o, "check_reports", &out->check_reports));
    TRY(get_bool(r, o, "fixes", &out->fixes));
    TRY(get_text(r, o, "key_record", &out->key_record));
    TRY(get_bool(r, o, "offline", &out->offline));
    TRY(get_int(r, o, "now", 0, INT64_MAX, &out->now));
    TRY(get_nonce(r, o));
    return get_overlay(r, o);
}

static enum ac_status get_cnames(struct recording *r, const json_t *v,
                                 struct dns_answer *out)
{
    struct dns_name *name;
    const json_t *list;

    TRY(get_array(r, v, "cnames", &list));
    out->n_cname = json_array_size(list);
    name = arena_array(&r->arena, out->n_cname, sizeof *name);
    if (!name)
        return AC_ENOMEM;
    for (size_t i = 0; i < out->n_cname; i++)
        TRY(get_name(r, json_array_get(list, i), "cnames", &name[i]));
    out->cname = name;
    return AC_OK;
}

static enum ac_status get_answer(struct recording *r, const json_t *v,
                                 struct recorded_answer *out)
{
    struct dns_answer *a = &out->answer;
    int64_t type, rcode, ttl, tries;

    TRY(get_name(r, json_object_get(v, "wire"), "wire", &out->name));
    TRY(get_int(r, v, "type", 1, UINT16_MAX, &type));
    TRY(get_int(r, v, "rcode", 0, UINT8_MAX, &rcode));
    TRY(get_int(r, v, "ttl", 0, UINT32_MAX, &ttl));
    TRY(get_int(r, v, "tries", 0, UINT16_MAX, &tries));
    TRY(get_int(r, v, "asked_us", -1, INT64_MAX / 2, &out->asked_us));
    TRY(get_int(r, v, "took_us", -1, INT64_MAX / 2, &out->took_us));
    TRY(get_bool(r, v, "ad", &a->ad));
    TRY(get_bool(r, v, "unfinished", &a->unfinished));
    if (!record_outcome_find(text_of(json_object_get(v, "outcome")), &a->outcome))
        return odd_value(r, "outcome");
    TRY(get_cnames(r, v, a));
    TRY(get_records(r, v, &a->rr, &a->n));
    if ((a->outcome == DNS_ANSWER) != (a->n > 0))
        return odd_value(r, "records");
    out->type = (uint16_t)type;
    a->rcode = (uint8_t)rcode;
    a->ttl = (uint32_t)ttl;
    out->tries = (unsigned)tries;
    return AC_OK;
}

static enum ac_status get_all(struct recording *r, const json_t *root)
{
    const json_t *list;

    TRY(get_options(r, root));
    TRY(get_int(r, root, "wall_us", 0, INT64_MAX / 2, &r->wall_us));
    TRY(get_int(r, root, "decided_us", 0, INT64_MAX / 2, &r->decided_us));
    TRY(get_array(r, root, "answers", &list));
    r->n = json_array_size(list);
    if (r->n > r->options.limits.questions)
        return odd_value(r, "answers");
    r->answer = arena_array(&r->arena, r->n, sizeof *r->answer);
    if (!r->answer)
        return AC_ENOMEM;
    for (size_t i = 0; i < r->n; i++)
        TRY(get_answer(r, json_array_get(list, i), &r->answer[i]));
    return AC_OK;
}

/* "authcheck-recording 1 CHECKSUM LENGTH" and the bytes it speaks of. */
static enum ac_status check_head(struct recording *r, struct span text,
                                 struct span *body)
{
    struct span head = span_cut(&text, '\n');
    struct span word = span_cut(&head, ' ');
    struct span version = span_cut(&head, ' ');
    struct span sum = span_cut(&head, ' ');
    char expected[24];
    uint32_t length;

    if (!span_eq(word, SPAN("authcheck-recording")) || !text.p)
        return fault(r, "line 1: not a recording; expected a file that authcheck "
                        "--record wrote");
    if (!span_eq(version, SPAN("1")))
        return fault(r, "line 1: a recording of another version; expected version %d",
                     RECORDING_VERSION);
    if (!span_u32(head, RECORDING_BYTES_MAX, &length))
        return fault(r, "line 1: no length; expected a number of bytes");
    if (text.n < length)
        return fault(r, "cut short: %zu bytes after line 1; expected %u", text.n,
                     length);
    snprintf(expected, sizeof expected, "%016llx",
             (unsigned long long)record_checksum(text));
    if (text.n > length || !span_eq(sum, span_of(expected)))
        return fault(r,
                     "changed since it was recorded: its checksum is %s; expected "
                     "the one of line 1",
                     expected);
    *body = text;
    return AC_OK;
}

static enum ac_status read_body(struct recording *r, struct span body)
{
    json_error_t where;
    json_t *root = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &where);
    enum ac_status status;

    if (!root)
        return fault(r, "line %d: %s; expected JSON", where.line + 1, where.text);
    status = get_all(r, root);
    json_decref(root);
    return status;
}

enum ac_status recording_read(struct span text, const char *path,
                              struct recording **out,
                              char error[static RECORDING_ERROR_MAX])
{
    struct recording *r = calloc(1, sizeof *r);
    struct span body;
    enum ac_status status;

    error[0] = '\0';
    if (!r)
        return AC_ENOMEM;
    arena_init(&r->arena, (size_t)4 * RECORDING_BYTES_MAX);
    r->path = path;
    r->error = error;
    status = check_head(r, text, &body);
    if (status == AC_OK)
        status = read_body(r, body);
    if (status != AC_OK) {
        recording_free(r);
        return status;
    }
    *out = r;
    return AC_OK;
}

void recording_free(struct recording *r)
{
    if (!r)
        return;
    dns_overlay_free(r->overlay);
    arena_free(&r->arena);
    free(r);
}

const struct audit_options *recording_options(const struct recording *r)
{
    return &r->options;
}

static enum ac_status preload(const struct recording *r, struct dns_view *view)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct recorded_answer *a = &r->answer[i];
        struct dns_entry *e;

        TRY(dns_view_preload(view, &a->name, a->type, &a->answer, &e));
        e->asked_us = a->asked_us;
        e->took_us = a->took_us;
        e->tries = a->tries;
    }
    return AC_OK;
}

enum ac_status recording_replay(const struct recording *r, struct audit *a)
{
    struct dns_view *view = audit_view(a);
    const struct dns_answer *none = dns_answer_failed(view->arena, DNS_DEADLINE);
    enum ac_status status;

    if (!none)
        return AC_ENOMEM;
    TRY(preload(r, view));
    while ((status = audit_step(a)) == AC_PENDING)
        for (size_t i = 0; i < view->n; i++)
            if (!view->list[i]->answer)
                dns_view_answer(view, view->list[i], none);
    audit_set_wall(a, r->wall_us, r->decided_us);
    return status;
}

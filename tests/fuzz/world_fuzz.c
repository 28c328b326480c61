/* SPDX-License-Identifier: MIT */
/*
 * world_fuzz.c - a whole audit over a world made of any bytes: it ends, it keeps the
 * caps, it says the same in any order of answers (audit_step over the whole chain of
 * evaluators), and both reports are sound (report_json, report_text). Corpus:
 * tests/fuzz/corpus/world.
 *
 * The first line is DOMAIN IP SELECTOR MAIL-FROM HELO FLAGS, "-" for what is left out;
 * FLAGS are letters: u unsigned, g guess HELO, d discover, 6 an IPv6 client as well.
 * Every other line is OWNER TYPE DATA, TYPE one of t TXT, a A, 6 AAAA, c CNAME, p PTR,
 * m MX, and ! for a question that fails. DATA of TXT is taken as it is.
 */
#include "base/buf.h"
#include "report/report.h"
#include "support/play.h"

#include <jansson.h>
#include <stdlib.h>

enum {
    RECORDS_MAX = 64,
    RDATA_MAX = 4096,
    REPORT_MAX = 1 << 24
};

struct record {
    struct dns_name owner;
    uint16_t type;
    struct dns_rr rr;
};

struct maker {
    struct arena arena;
    struct record record[RECORDS_MAX];
    size_t n;
    struct play play;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

/* --- bytes to a world ------------------------------------------------------------- */

static struct span txt_rdata(struct arena *a, struct span text)
{
    char *out = arena_alloc(a, RDATA_MAX + RDATA_MAX / 255 + 2);
    size_t n = 0;

    need(out != NULL);
    text = span_to(text, RDATA_MAX);
    do {
        struct span part = span_to(text, 255);

        out[n++] = (char)part.n;
        if (part.n)
            memcpy(out + n, part.p, part.n);
        n += part.n;
        text = span_from(text, part.n);
    } while (text.n);
    return span_make(out, n);
}

static struct span name_rdata(struct arena *a, struct span text, bool mx)
{
    struct dns_name name;
    char *out = arena_alloc(a, DNS_NAME_MAX + 2);

    need(out != NULL);
    if (!dns_name_parse(text, &name))
        return span_make(NULL, 0);
    memcpy(out + 2, name.wire, name.n);
    return mx ? span_make(out, (size_t)name.n + 2) : span_make(out + 2, name.n);
}

static void add_fault(struct maker *m, const struct dns_name *owner, struct span data)
{
    char text[DNS_TEXT_MAX];
    enum dns_outcome outcome =
        DNS_SERVFAIL + (data.n ? (unsigned char)data.p[0] % 7 : 0);

    if (!strchr(dns_name_print(owner, text), '\\'))
        world_fault(&m->play.world, text, 0, outcome, false);
}

static void add_line(struct maker *m, struct span line)
{
    struct span owner = span_cut(&line, ' '), type = span_cut(&line, ' ');
    struct record *r = &m->record[m->n];
    struct ip ip;

    if (!owner.n || !type.n || m->n == RECORDS_MAX || !dns_name_parse(owner, &r->owner))
        return;
    r->rr = (struct dns_rr){ .ttl = 60 };
    switch (type.p[0]) {
    case 't':
        r->type = DNS_T_TXT;
        r->rr.rdata = txt_rdata(&m->arena, line);
        break;
    case 'a':
    case '6':
        if (!ip_parse(line, &ip))
            return;
        r->type = ip.family == 4 ? DNS_T_A : DNS_T_AAAA;
        r->rr.rdata =
            span_make(arena_strdup(&m->arena, span_make(ip.bytes, ip_bits(&ip) / 8)),
                      ip_bits(&ip) / 8);
        break;
    case 'c':
    case 'p':
    case 'm':
        r->type = type.p[0] == 'c'   ? DNS_T_CNAME
                  : type.p[0] == 'p' ? DNS_T_PTR
                                     : DNS_T_MX;
        r->rr.rdata = name_rdata(&m->arena, line, r->type == DNS_T_MX);
        break;
    case '!':
        add_fault(m, &r->owner, line);
        return;
    default:
        return;
    }
    if (r->rr.rdata.p)
        m->n++;
}

/* The sets of records, each put once. */
static void put_records(struct maker *m)
{
    struct dns_rr set[RECORDS_MAX];

    for (size_t i = 0; i < m->n; i++) {
        size_t n = 0;

        for (size_t k = 0; k < m->n; k++)
            if (m->record[k].type == m->record[i].type &&
                dns_name_eq(&m->record[k].owner, &m->record[i].owner))
                set[n++] = m->record[k].rr;
        need(dns_overlay_put(m->play.world.zone, &m->record[i].owner, m->record[i].type,
                             set, n) == AC_OK);
    }
}

static const char *word(struct maker *m, struct span *line)
{
    struct span w = span_cut(line, ' ');

    return w.n && !span_eq(w, SPAN("-")) ? arena_strdup(&m->arena, w) : NULL;
}

static bool read_options(struct maker *m, struct span line)
{
    struct play *p = &m->play;
    const char *domain = word(m, &line), *ip = word(m, &line), *key = word(m, &line);
    const char *from = word(m, &line), *helo = word(m, &line), *why = "";

    p->options = (struct audit_options){
        .ip = p->ip,
        .selector = p->selector,
        .receiver = p->receiver,
        .n_receivers = 1,
        .mail_from = span_of(from),
        .helo = span_of(helo),
        .guess_helo = span_contains(line, 'g'),
        .is_unsigned = span_contains(line, 'u'),
        .discover = span_contains(line, 'd') ? 8 : 0,
        .reputation = span_contains(line, 'r'),
        .dnsbl = span_contains(line, 'r'),
        .check_reports = true,
        .limits = ac_default_limits,
        .now = 1800000000,
        .nonce = 42,
    };
    p->receiver[0] = receiver_find(SPAN("generic"));
    if (!domain || !dns_name_from_user(span_of(domain), &p->options.domain, &why))
        return false;
    if (ip && ip_parse(span_of(ip), &p->ip[0]))
        p->options.n_ips = 1;
    if (span_contains(line, '6') &&
        ip_parse(SPAN("2001:db8::1"), &p->ip[p->options.n_ips]))
        p->options.n_ips++;
    if (key && !p->options.is_unsigned &&
        audit_selector_parse(key, &p->options.domain, &p->selector[0], &why))
        p->options.n_selectors = 1;
    return true;
}

/* --- what must hold --------------------------------------------------------------- */

static void check_text(const struct audit_result *r)
{
    static const struct report_options options = { .verbose = 2 };
    struct buf text;

    buf_init(&text, REPORT_MAX);
    report_text(&text, r, &options);
    need(text.status == AC_OK);
    for (size_t i = 0; i < text.n; i++)
        need(text.p[i] == '\n' || (text.p[i] >= ' ' && text.p[i] < 0x7f));
    buf_free(&text);
}

/* The report in JSON, or NULL when a cap had a say in it. */
static char *run(const struct play *p, uint64_t order)
{
    static const struct report_options options = { .verbose = 0 };
    struct audit *a = play_run(p, order);
    const struct audit_result *r = audit_result(a);
    json_error_t error;
    json_t *json;
    struct buf text;
    bool capped = audit_view(a)->n >= p->options.limits.questions / 2;

    need(audit_view(a)->n <= p->options.limits.questions);
    for (size_t i = 0; i < r->n_spf; i++)
        need(r->spf[i].check.lookups <= p->options.limits.spf_lookups + 1);
    buf_init(&text, REPORT_MAX);
    report_json(&text, r, &options);
    need(text.status == AC_OK);
    json = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    need(json != NULL);
    json_decref(json);
    check_text(r);
    audit_free(a);
    if (capped)
        buf_free(&text);
    return text.p;
}

static void check_orders(struct play *p, uint64_t chance)
{
    char *first = run(p, 0), *other;

    other = run(p, chance | 1);
    need(!first || !other || strcmp(first, other) == 0);
    free(other);
    p->options.limits.hints = 0;
    other = run(p, play_next(&chance) | 1);
    need(!first || !other || strcmp(first, other) == 0);
    free(other);
    free(first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = span_make(data, size > 8192 ? 8192 : size), line;
    struct maker m = { .n = 0 };

    arena_init(&m.arena, 1 << 22);
    line = span_cut(&rest, '\n');
    if (read_options(&m, line)) {
        world_init(&m.play.world, "");
        while (rest.p)
            add_line(&m, span_cut(&rest, '\n'));
        put_records(&m);
        check_orders(&m.play, size * 77 + (size ? data[size / 2] : 0));
        m.play.options.overlay = m.play.world.zone;
        m.play.options.offline = true;
        free(run(&m.play, 0));
        world_free(&m.play.world);
    }
    arena_free(&m.arena);
    return 0;
}

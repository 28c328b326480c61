/* SPDX-License-Identifier: MIT */
/*
 * format_json.c - the audit object of the public contract. Keys are never missing: what
 * does not apply is null.
 */
#include "authcheck.h"
#include "report/json.h"
#include "report/json_reputation.h"
#include "report/report.h"

static void spf_row(struct json *j, const struct audit_spf *s)
{
    const struct spf_outcome *c = &s->check;
    char ip[IP_TEXT_MAX];

    json_open(j, NULL, '{');
    json_text(j, "ip", ip_print(&s->ip, ip));
    json_text(j, "identity", "mailfrom");
    json_text(j, "domain", c->domain);
    json_text(j, "result", spf_result_print(c->result));
    json_tri(j, "aligned", s->aligned);
    json_span(j, "record", c->record);
    json_span(j, "mechanism", c->mechanism);
    json_text(j, "found_in", c->mechanism.p ? c->found_in : NULL);
    json_text(j, "explanation", c->explanation);
    json_int(j, "lookups", c->lookups);
    json_int(j, "void_lookups", c->void_lookups);
    json_int(j, "lookups_total", s->tree.lookups);
    json_bool(j, "lookups_total_complete", s->tree.complete);
    json_text(j, "helo", s->helo);
    json_bool(j, "helo_guessed", s->helo_guessed);
    json_text(j, "helo_result", spf_result_print(s->helo_check.result));
    json_close(j, '}');
}

static void dkim_row(struct json *j, const struct audit_dkim *d)
{
    json_open(j, NULL, '{');
    json_text(j, "selector", d->selector);
    json_text(j, "domain", d->domain);
    json_text(j, "name", d->key.name);
    json_text(j, "status", dkim_status_print(d->key.status));
    json_tri(j, "usable", d->key.usable);
    json_tri(j, "aligned", d->aligned);
    json_text(j, "key_type", d->key.key_type);
    if (d->key.bits)
        json_int(j, "bits", d->key.bits);
    else
        json_absent(j, "bits");
    json_span(j, "record", d->key.record);
    json_bool(j, "discovered", d->discovered);
    json_close(j, '}');
}

static void dmarc_policy(struct json *j, const struct dmarc_discovery *p)
{
    bool found = p->found == DMARC_FOUND;

    json_text(j, "policy", found ? dmarc_policy_print(p->policy) : NULL);
    json_text(j, "policy_tag", found ? p->policy_tag : NULL);
    if (found) {
        json_bool(j, "testing", p->testing);
        json_text(j, "adkim", p->strict_dkim ? "s" : "r");
        json_text(j, "aspf", p->strict_spf ? "s" : "r");
    } else {
        json_absent(j, "testing");
        json_absent(j, "adkim");
        json_absent(j, "aspf");
    }
}

static void dmarc_object(struct json *j, const char *key, const struct audit_result *r,
                         enum dmarc_rules rules)
{
    const struct audit_dmarc *d = &r->dmarc[rules];
    char org[DNS_TEXT_MAX];

    json_open(j, key, '{');
    json_text(j, "result", r->has_verdict ? dmarc_result_print(d->mail.result) : NULL);
    json_span(j, "record", d->policy.record);
    json_text(j, "found_at", d->policy.found_at);
    json_text(j, "organizational_domain",
              d->org.known ? dns_name_print(&d->org.name, org) : NULL);
    dmarc_policy(j, &d->policy);
    json_text(j, "disposition",
              r->has_verdict && d->mail.disposition_known
                  ? dmarc_policy_print(d->mail.disposition)
                  : NULL);
    if (rules == DMARC_RFC7489)
        json_bool(j, "differs", d->differs);
    json_close(j, '}');
}

/* The ids of all causes of one prediction, each once. Why somebody *may* refuse is no
 * finding. */
static void because(struct json *j, const struct audit_result *r,
                    const struct audit_causes *all)
{
    bool told[FINDING_COUNT] = { false };

    json_open(j, "because", '[');
    for (size_t c = 0; c < all->n; c++)
        for (size_t k = 0; k < all->cause[c].n; k++) {
            enum finding_id id = all->cause[c].reason[k].id;

            if (!told[id] && findings_has(&r->findings, id))
                json_text(j, NULL, finding_kind(id)->name);
            told[id] = true;
        }
    json_close(j, ']');
}

static void receivers(struct json *j, const struct audit_result *r)
{
    json_open(j, "receivers", '[');
    for (size_t i = 0; i < r->n_predictions; i++) {
        const struct prediction *p = &r->prediction[i];
        bool certain = p->verdict != VERDICT_UNKNOWN;

        json_open(j, NULL, '{');
        json_text(j, "receiver", p->receiver->name);
        json_text(j, "verdict", verdict_print(p->verdict));
        json_text(j, "certainty", certain ? certainty_print(p->certainty) : NULL);
        json_text(j, "stage", p->stage);
        if (p->code)
            json_int(j, "code", p->code);
        else
            json_absent(j, "code");
        json_text(j, "enhanced", p->enhanced);
        json_text(j, "reply", p->reply);
        because(j, r, &r->because[i]);
        json_open(j, "alternatives", '[');
        if (p->rule && p->rule->or)
            json_text(j, NULL, p->rule->or);
        json_close(j, ']');
        json_text(j, "not_checked", p->receiver->not_checked);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void disagreements(struct json *j, const struct audit_result *r)
{
    json_open(j, "disagreements", '[');
    for (size_t i = 0; i < r->n_disagreements; i++) {
        json_open(j, NULL, '{');
        json_text(j, "who", r->disagreement[i].who);
        json_text(j, "what", r->disagreement[i].what);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void findings(struct json *j, const struct audit_result *r)
{
    json_open(j, "findings", '[');
    for (size_t i = 0; i < r->findings.n; i++) {
        const struct finding *f = &r->findings.row[i];
        const struct finding_kind *kind = finding_kind(f->id);

        json_open(j, NULL, '{');
        json_text(j, "id", kind->name);
        json_text(j, "severity", finding_severity_print(kind->severity));
        json_text(j, "about", f->about);
        json_text(j, "message", f->message);
        json_text(j, "reference", kind->clause);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void causes(struct json *j, const struct audit_result *r)
{
    json_open(j, "causes", '[');
    for (size_t i = 0; i < r->n_causes; i++) {
        const char *id[CAUSE_LEGS_MAX];
        size_t n = report_cause_ids(&r->cause[i], id);

        json_open(j, NULL, '[');
        for (size_t k = 0; k < n; k++)
            json_text(j, NULL, id[k]);
        json_close(j, ']');
    }
    json_close(j, ']');
}

static void fix_changes(struct json *j, const struct fix_changes *c)
{
    char name[DNS_TEXT_MAX], type[DNS_TYPE_TEXT_MAX];

    json_open(j, "changes", '[');
    for (size_t i = 0; i < c->n; i++) {
        json_open(j, NULL, '{');
        json_text(j, "name", dns_name_print(&c->row[i].name, name));
        json_text(j, "type", dns_type_print(c->row[i].type, type));
        json_span(j, "old", c->row[i].old);
        json_span(j, "new", c->row[i].new);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void fixes(struct json *j, const struct audit_result *r)
{
    json_open(j, "fixes", '[');
    for (size_t i = 0; i < r->n_fixes; i++) {
        const struct audit_fix *f = &r->fix[i];

        json_open(j, NULL, '{');
        json_open(j, "causes", '[');
        for (size_t k = 0; k < f->n_causes; k++)
            json_text(j, NULL, finding_kind(f->cause[k])->name);
        json_close(j, ']');
        fix_changes(j, &f->changes);
        json_bool(j, "verified", true); /* none is kept that is not */
        json_text(j, "verdict_after", verdict_print(f->verdict_after));
        json_text(j, "note", f->changes.note);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void advice(struct json *j, const struct audit_result *r)
{
    json_open(j, "advice", '[');
    for (size_t i = 0; i < r->n_advice; i++) {
        json_open(j, NULL, '{');
        json_text(j, "cause", finding_kind(r->advice[i].cause)->name);
        json_text(j, "about", r->advice[i].about);
        json_text(j, "text", r->advice[i].text);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void header(struct json *j, const struct audit_result *r)
{
    char ip[IP_TEXT_MAX];

    json_int(j, "schema", 1);
    json_text(j, "version", AC_VERSION);
    json_text(j, "domain", r->domain);
    json_open(j, "ips", '[');
    for (size_t i = 0; i < r->n_ips; i++)
        json_text(j, NULL, ip_print(&r->ip[i], ip));
    json_close(j, ']');
    json_text(j, "mail_from", r->mail_from);
    json_text(j, "helo", r->helo);
}

static void verdict(struct json *j, const struct audit_result *r)
{
    bool has = r->has_verdict;

    json_text(j, "verdict", has ? verdict_print(r->verdict) : NULL);
    json_text(j, "decided_by",
              has ? r->prediction[r->decided_by].receiver->name : NULL);
    json_text(j, "reply", report_reply(r));
    json_open(j, "signed_by", '[');
    for (size_t i = 0; i < r->n_signed; i++)
        json_text(j, NULL, r->signed_by[i]);
    json_close(j, ']');
    json_text(j, "verdict_if_signed",
              r->best_key ? verdict_print(r->verdict_if_signed) : NULL);
    json_text(j, "verdict_if_unsigned",
              has ? verdict_print(r->verdict_if_unsigned) : NULL);
}

static void alignment(struct json *j, const struct audit_result *r)
{
    json_open(j, "alignment", '[');
    for (size_t i = 0; i < r->n_identifiers; i++) {
        const struct audit_identifier *id = &r->identifier[i];
        char text[DNS_TEXT_MAX];

        json_open(j, NULL, '{');
        json_text(j, "role", id->role);
        json_text(j, "name", dns_name_print(&id->name, text));
        for (int k = 0; k < DMARC_RULES_N; k++) {
            bool by_9989 = k == DMARC_RFC9989;

            json_open(j, by_9989 ? "rfc9989" : "rfc7489", '{');
            json_text(j, "organizational_domain",
                      id->org[k].known ? dns_name_print(&id->org[k].name, text) : NULL);
            json_text(j, "rule", id->org[k].rule);
            json_tri(j, "aligned", id->aligned[k]);
            json_close(j, '}');
        }
        json_close(j, '}');
    }
    json_close(j, ']');
}

/* Without an address: the record itself, and addresses to try. */
static void without_client(struct json *j, const struct audit_result *r)
{
    char ip[IP_TEXT_MAX];

    if (r->tree) {
        json_open(j, "spf_record", '{');
        json_span(j, "record", r->tree->record);
        json_int(j, "lookups_total", r->tree->lookups);
        json_bool(j, "lookups_total_complete", r->tree->complete);
        json_close(j, '}');
    } else {
        json_absent(j, "spf_record");
    }
    json_open(j, "mx", '[');
    for (size_t i = 0; i < r->n_mx; i++) {
        json_open(j, NULL, '{');
        json_text(j, "host", r->mx[i].host);
        json_text(j, "ip", ip_print(&r->mx[i].ip, ip));
        json_close(j, '}');
    }
    json_close(j, ']');
}

void report_json_members(struct json *j, const struct audit_result *r)
{
    header(j, r);
    verdict(j, r);
    json_open(j, "spf", '[');
    for (size_t i = 0; i < r->n_spf; i++)
        spf_row(j, &r->spf[i]);
    json_close(j, ']');
    json_open(j, "dkim", '[');
    for (size_t i = 0; i < r->n_dkim; i++)
        dkim_row(j, &r->dkim[i]);
    json_close(j, ']');
    dmarc_object(j, "dmarc", r, DMARC_RFC9989);
    dmarc_object(j, "dmarc_7489", r, DMARC_RFC7489);
    alignment(j, r);
    receivers(j, r);
    disagreements(j, r);
    findings(j, r);
    causes(j, r);
    fixes(j, r);
    advice(j, r);
    json_reputation(j, r);
    without_client(j, r);
    if (r->before)
        report_json_object(j, "before", r->before);
    else
        json_absent(j, "before");
    json_open(j, "dns", '{');
    json_int(j, "queries", (long long)r->queries);
    json_int(j, "depth", r->depth);
    json_ms(j, "wall_ms", r->wall_us);
    json_close(j, '}');
}

void report_json_no_members(struct json *j)
{
    static const char *const member[] = {
        "schema",
        "version",
        "domain",
        "ips",
        "mail_from",
        "helo",
        "verdict",
        "decided_by",
        "reply",
        "signed_by",
        "verdict_if_signed",
        "verdict_if_unsigned",
        "spf",
        "dkim",
        "dmarc",
        "dmarc_7489",
        "alignment",
        "receivers",
        "disagreements",
        "findings",
        "causes",
        "fixes",
        "advice",
        "host",
        "sender_domain",
        "blocklists",
        "pages",
        "spf_record",
        "mx",
        "before",
        "dns",
    };

    for (size_t i = 0; i < sizeof member / sizeof *member; i++)
        json_absent(j, member[i]);
}

void report_json_object(struct json *j, const char *key, const struct audit_result *r)
{
    json_open(j, key, '{');
    report_json_members(j, r);
    json_close(j, '}');
}

void report_json(struct buf *out, const struct audit_result *r,
                 const struct report_options *options)
{
    struct json j;

    (void)options;
    json_init(&j, out, false);
    report_json_object(&j, NULL, r);
    buf_putc(out, '\n');
}

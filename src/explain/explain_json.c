/* SPDX-License-Identifier: MIT */
/*
 * explain_json.c - the explain object of the public contract. Keys are never missing:
 * what does not apply is null.
 */
#include "explain/explain.h"
#include "report/json.h"

/* What is empty was not told. */
static void told(struct json *j, const char *key, struct span value)
{
    json_span(j, key, value.n ? value : (struct span){ NULL, 0 });
}

static void bounce_class_members(struct json *j, const struct bounce_verdict *v)
{
    const struct bounce_class *class = bounce_class(v->class);

    json_text(j, "class", class ? class->name : NULL);
    json_text(j, "area", class ? bounce_area_print(class->area) : NULL);
    json_text(j, "confidence", class ? bounce_confidence_print(v->confidence) : NULL);
    json_text(j, "pattern", class ? v->pattern : NULL);
}

static void said(struct json *j, const struct bounce *b)
{
    json_open(j, "receiver_said", '{');
    told(j, "spf", b->said_spf);
    told(j, "dkim", b->said_dkim);
    told(j, "dmarc", b->said_dmarc);
    json_close(j, '}');
}

static void bounce_object(struct json *j, const struct bounce *b)
{
    char ip[IP_TEXT_MAX];

    json_open(j, "bounce", '{');
    json_text(j, "speaker", b->verdict.speaker);
    if (b->code)
        json_int(j, "reply_code", b->code);
    else
        json_absent(j, "reply_code");
    told(j, "enhanced_code", b->enhanced);
    told(j, "text", b->text);
    bounce_class_members(j, &b->verdict);
    told(j, "action", b->action);
    told(j, "domain", b->domain);
    told(j, "mail_from", b->mail_from);
    json_text(j, "ip", b->has_ip ? ip_print(&b->ip, ip) : NULL);
    told(j, "helo", b->helo);
    json_open(j, "selectors", '[');
    for (size_t i = 0; i < b->n_selectors; i++)
        json_span(j, NULL, b->selector[i]);
    json_close(j, ']');
    told(j, "recipient", b->recipient);
    told(j, "host", b->host);
    said(j, b);
    json_bool(j, "cut", b->cut);
    json_close(j, '}');
}

static void conclusion_object(struct json *j, const struct conclusion *c)
{
    if (!c) {
        json_absent(j, "conclusion");
        return;
    }
    json_open(j, "conclusion", '{');
    json_text(j, "state", explain_state_print(c->state));
    json_open(j, "because", '[');
    for (size_t i = 0; i < c->n_because; i++)
        json_text(j, NULL, finding_kind(c->because[i])->name);
    json_close(j, ']');
    json_text(j, "text", c->text);
    json_open(j, "next", '[');
    for (size_t i = 0; i < c->n_steps; i++)
        json_text(j, NULL, c->step[i]);
    json_close(j, ']');
    json_close(j, '}');
}

void explain_json(struct buf *out, const struct explained *e, bool compact)
{
    struct json j;

    json_init(&j, out, compact);
    json_open(&j, NULL, '{');
    json_int(&j, "schema", 1);
    json_text(&j, "source", e->source);
    if (e->message)
        json_int(&j, "message", (long long)e->message);
    else
        json_absent(&j, "message");
    bounce_object(&j, e->bounce);
    if (e->audit)
        report_json_object(&j, "audit", e->audit);
    else
        json_absent(&j, "audit");
    conclusion_object(&j, e->conclusion);
    json_close(&j, '}');
    buf_putc(out, '\n');
}

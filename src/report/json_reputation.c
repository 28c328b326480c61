/* SPDX-License-Identifier: MIT */
/*
 * json_reputation.c - hosts, sender domains, block lists and pages in the audit object.
 */
#include "report/json_reputation.h"

static void helo(struct json *j, const struct audit_host *h)
{
    if (!h->helo) {
        json_absent(j, "helo");
        return;
    }
    json_open(j, "helo", '{');
    json_text(j, "name", h->helo_name);
    json_bool(j, "literal", h->helo->literal);
    json_bool(j, "valid", h->helo->valid);
    json_bool(j, "fqdn", h->helo->fqdn);
    json_tri(j, "exists", h->helo->exists);
    json_tri(j, "matches", h->helo->matches);
    json_close(j, '}');
}

static void host(struct json *j, const struct audit_host *h)
{
    const struct host_client *c = &h->client;
    char ip[IP_TEXT_MAX], name[DNS_TEXT_MAX];

    json_open(j, NULL, '{');
    json_text(j, "ip", ip_print(&c->ip, ip));
    json_text(j, "special", c->special ? c->special->what : NULL);
    json_text(j, "ptr_outcome", dns_outcome_word(c->ptr));
    json_text(j, "iprev", host_iprev_print(c->iprev));
    json_open(j, "names", '[');
    for (size_t i = 0; i < c->n_names; i++) {
        json_open(j, NULL, '{');
        json_text(j, "name", dns_name_print(&c->name[i].name, name));
        json_tri(j, "confirmed", c->name[i].confirmed);
        json_bool(j, "generic", c->name[i].generic);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_bool(j, "more_names", c->more_names);
    helo(j, h);
    json_close(j, '}');
}

static void sender_members(struct json *j, const struct sender_domain *d)
{
    char name[DNS_TEXT_MAX];

    json_text(j, "domain", dns_name_print(&d->name, name));
    json_tri(j, "exists", d->exists);
    json_tri(j, "soa", d->soa);
    json_tri(j, "mx", d->has_mx);
    json_tri(j, "address", d->has_address);
    json_tri(j, "null_mx", d->null_mx);
    json_tri(j, "deliverable", d->deliverable);
    json_open(j, "mx_hosts", '[');
    for (size_t i = 0; i < d->n_hosts; i++) {
        json_open(j, NULL, '{');
        json_text(j, "host", dns_name_print(&d->host[i].host, name));
        json_int(j, "preference", d->host[i].preference);
        json_bool(j, "address", d->host[i].address);
        json_bool(j, "alias", d->host[i].alias);
        json_tri(j, "resolves", d->host[i].resolves);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_bool(j, "more_mx_hosts", d->more_hosts);
}

static void sender(struct json *j, const struct audit_result *r)
{
    if (!r->sender) {
        json_absent(j, "sender_domain");
        return;
    }
    json_open(j, "sender_domain", '{');
    sender_members(j, r->sender);
    if (r->author) {
        json_open(j, "from_domain", '{');
        sender_members(j, r->author);
        json_close(j, '}');
    } else {
        json_absent(j, "from_domain");
    }
    json_close(j, '}');
}

static void listing(struct json *j, const struct blocklist_result *l)
{
    json_open(j, NULL, '{');
    json_text(j, "zone", l->list->zone);
    json_text(j, "name", l->list->name);
    json_text(j, "kind", l->list->kind == BLOCKLIST_IP ? "ip" : "domain");
    json_text(j, "subject", l->subject);
    json_text(j, "state", blocklist_state_print(l->state));
    json_text(j, "answer", l->answer);
    json_text(j, "meaning", l->meaning);
    json_text(j, "page", l->page);
    json_text(j, "terms", l->list->terms);
    json_close(j, '}');
}

void json_reputation(struct json *j, const struct audit_result *r)
{
    json_open(j, "host", '[');
    for (size_t i = 0; i < r->n_hosts; i++)
        host(j, &r->host[i]);
    json_close(j, ']');
    sender(j, r);
    json_open(j, "blocklists", '[');
    for (size_t i = 0; i < r->n_listings; i++)
        listing(j, &r->listing[i]);
    json_close(j, ']');
    json_open(j, "pages", '[');
    for (size_t i = 0; i < r->n_pages; i++) {
        json_open(j, NULL, '{');
        json_text(j, "name", r->page[i].name);
        json_text(j, "what", r->page[i].what);
        json_text(j, "about", r->page[i].about);
        json_text(j, "url", r->page[i].url);
        json_close(j, '}');
    }
    json_close(j, ']');
}

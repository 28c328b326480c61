/* SPDX-License-Identifier: MIT */
/*
 * text_reputation.c - the host's names, and where to look for what the DNS does not
 * tell. Faults of host, sender and lists are findings; what is well stays unsaid.
 */
#include "report/text.h"

static void host(struct text *t, const struct host_client *c)
{
    char ip[IP_TEXT_MAX], name[DNS_TEXT_MAX];
    bool open;
    const struct host_name *found = host_confirmed(c, &open);

    ip_print(&c->ip, ip);
    buf_printf(t->out, "  %-6s ", "Host");
    text_color(t, c->iprev == HOST_IPREV_PASS ? TEXT_GOOD : TEXT_WARN);
    buf_printf(t->out, "%-10s", host_iprev_print(c->iprev));
    text_color(t, TEXT_PLAIN);
    if (found)
        text_line(t, " %s is %s, which leads back to it", ip,
                  dns_name_print(&found->name, name));
    else if (c->n_names)
        text_line(t, " %s is called %s, which %s lead back to it", ip,
                  dns_name_print(&c->name[0].name, name),
                  open ? "may not" : "does not");
    else
        text_line(t, " %s: %s", ip, dns_outcome_print(c->ptr));
}

void text_hosts(struct text *t)
{
    for (size_t i = 0; t->options->verbose && i < t->r->n_hosts; i++)
        host(t, &t->r->host[i].client);
}

void text_pages(struct text *t)
{
    const struct audit_result *r = t->r;

    if (!r->n_pages)
        return;
    buf_puts(t->out, "\nWhat the DNS does not tell: reputation\n");
    for (size_t i = 0; i < r->n_pages; i++)
        text_line(t, "  %-24s %s", r->page[i].name, r->page[i].url);
}

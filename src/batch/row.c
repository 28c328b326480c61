/* SPDX-License-Identifier: MIT */
/*
 * row.c - texts of the input become the options of an audit.
 */
#include "batch/row.h"

#include <stdio.h>

enum {
    SHOWN_MAX = 100 /* bytes of a foreign text in a message */
};

enum row_key row_key_find(struct span name)
{
    static const struct {
        const char *name;
        enum row_key key;
    } row[] = {
        { "domain", ROW_DOMAIN },
        { "ip", ROW_IP },
        { "ips", ROW_IP },
        { "selectors", ROW_SELECTOR },
        { "selector", ROW_SELECTOR },
        { "mail_from", ROW_MAIL_FROM },
        { "helo", ROW_HELO },
        { "id", ROW_ID },
    };

    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (span_eq(name, span_of(row[i].name)))
            return row[i].key;
    return ROW_OTHER;
}

enum ac_status row_wrong(struct batch_row *row, struct arena *arena, const char *format,
                         ...)
{
    va_list args;

    if (row->error)
        return AC_OK;
    va_start(args, format);
    row->error = arena_vprintf(arena, format, args);
    va_end(args);
    return row->error ? AC_OK : AC_ENOMEM;
}

static enum ac_status add(struct arena *arena, struct span **list, size_t *n,
                          struct span value)
{
    if (*n == ROW_VALUES_MAX)
        return AC_ELIMIT;
    if (!*list)
        *list = arena_array(arena, 1, sizeof **list);
    else if ((*n & (*n - 1)) == 0) { /* full at every power of two */
        size_t cap = *n;

        *list = arena_grow(arena, *list, *n, &cap, sizeof **list);
    }
    if (!*list)
        return AC_ENOMEM;
    (*list)[(*n)++] = value;
    return AC_OK;
}

enum ac_status row_take(struct batch_row *row, struct arena *arena, enum row_key key,
                        struct span value)
{
    value = span_trim(value, " \t\r\n");
    if (!value.n)
        return AC_OK;
    switch (key) {
    case ROW_DOMAIN:
        row->domain = value;
        break;
    case ROW_IP:
        return add(arena, &row->ip, &row->n_ips, value);
    case ROW_SELECTOR:
        return add(arena, &row->selector, &row->n_selectors, value);
    case ROW_MAIL_FROM:
        row->mail_from = value;
        break;
    case ROW_HELO:
        row->helo = value;
        break;
    case ROW_ID:
    case ROW_OTHER:
        break; /* JSON texts: see input.h */
    }
    return AC_OK;
}

/* A foreign text in a message, cut where it is far too long. */
#define SHOWN(s) SPAN_ARG(span_to((s), SHOWN_MAX))

static enum ac_status take_domain(struct batch_row *row, struct arena *arena,
                                  struct audit_options *out)
{
    const char *why = "";
    struct ip ip;

    if (!row->domain.p)
        return row_wrong(row, arena, "no domain; expected one such as example.com");
    if (ip_parse(row->domain, &ip))
        return row_wrong(row, arena,
                         "domain \"%.*s\": an address; expected the domain of the From "
                         "header",
                         SHOWN(row->domain));
    if (!audit_domain_parse(row->domain, &out->domain, &why))
        return row_wrong(row, arena,
                         "domain \"%.*s\": not a domain, since %s; expected one such "
                         "as example.com",
                         SHOWN(row->domain), why);
    return AC_OK;
}

static enum ac_status take_ips(struct batch_row *row, struct arena *arena,
                               struct audit_options *out)
{
    struct ip *ip = arena_array(arena, row->n_ips, sizeof *ip);

    if (!ip)
        return AC_ENOMEM;
    for (size_t i = 0; i < row->n_ips; i++) {
        if (!ip_parse(row->ip[i], &ip[i]))
            return row_wrong(row, arena,
                             "ip \"%.*s\": not an address; expected IPv4 or IPv6",
                             SHOWN(row->ip[i]));
        ip[i] = ip_unmap(ip[i]);
    }
    out->ip = ip;
    out->n_ips = row->n_ips;
    return AC_OK;
}

/* Selectors of the command line are as good as those of the row, but may lie in the
 * row's own domain: read anew for each. */
static enum ac_status take_selectors(struct batch_row *row, struct arena *arena,
                                     struct audit_options *out)
{
    struct audit_selector *s = arena_array(arena, row->n_selectors, sizeof *s);

    if (!s)
        return AC_ENOMEM;
    for (size_t i = 0; i < row->n_selectors; i++) {
        const char *why = "", *text = arena_strdup(arena, row->selector[i]);

        if (!text)
            return AC_ENOMEM;
        if (strlen(text) != row->selector[i].n ||
            !audit_selector_parse(text, &out->domain, &s[i], &why))
            return row_wrong(row, arena, "selector \"%.*s\": not a selector, since %s",
                             SHOWN(row->selector[i]), *why ? why : "it holds a NUL");
    }
    out->selector = s;
    out->n_selectors = row->n_selectors;
    out->is_unsigned = false;
    return AC_OK;
}

enum ac_status row_options(struct batch_row *row, struct arena *arena,
                           const struct audit_options *defaults,
                           struct audit_options *out)
{
    *out = *defaults;
    if (!row->error)
        TRY(take_domain(row, arena, out));
    if (!row->error && row->n_ips)
        TRY(take_ips(row, arena, out));
    if (!row->error && !row->n_selectors && defaults->n_selectors) {
        for (size_t i = 0; i < defaults->n_selectors; i++)
            TRY(row_take(row, arena, ROW_SELECTOR,
                         span_of(defaults->selector[i].text)));
    }
    if (!row->error && row->n_selectors)
        TRY(take_selectors(row, arena, out));
    if (row->mail_from.p)
        out->mail_from = row->mail_from;
    if (row->helo.p)
        out->helo = row->helo;
    return AC_OK;
}

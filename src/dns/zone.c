/* SPDX-License-Identifier: MIT */
/*
 * zone.c - master files into an overlay. RFC 1035, 5; the reading itself is ldns'.
 *
 * A file is read as a whole, sorted into record sets and checked before the first set
 * is put, so that a faulty file changes nothing.
 */
#include "dns/zone.h"

#include "base/buf.h"
#include "base/file.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>

/* Stands in for the $ORIGIN that a file does not give, so that its absence is seen. */
#define NO_ORIGIN "no-origin-was-given.invalid."

struct zone_row {
    struct dns_name name;
    uint16_t type;
    int line;
    struct dns_rr rr;
};

struct zone_reader {
    const char *path;
    char *error;
    struct arena arena;
    struct zone_row *row;
    size_t n, cap;
    struct dns_name no_origin;
};

/* "FILE:LINE: message" with control bytes shown as \xNN. Always AC_EINVAL. */
__attribute__((format(printf, 3, 4))) static enum ac_status zone_fault(
    const struct zone_reader *z, int line, const char *format, ...)
{
    char text[DNS_ZONE_ERROR_MAX];
    va_list args;
    size_t at = 0, n = 0;
    int where;

    where = line ? snprintf(text, sizeof text, "%s:%d: ", z->path, line)
                 : snprintf(text, sizeof text, "%s: ", z->path);
    if (where < 0 || (size_t)where >= sizeof text)
        where = 0;
    va_start(args, format);
    vsnprintf(text + where, sizeof text - (size_t)where, format, args);
    va_end(args);
    for (; text[at] && n + 5 < DNS_ZONE_ERROR_MAX; at++) {
        unsigned char c = (unsigned char)text[at];

        if (c < ' ' || c == 0x7f)
            n += (size_t)snprintf(z->error + n, 5, "\\x%02x", c);
        else
            z->error[n++] = text[at];
    }
    z->error[n] = '\0';
    return AC_EINVAL;
}

/* RDATA in wire form without compression, in the arena; p == NULL when it is full. */
static struct span rdata_of(struct arena *a, const ldns_rr *rr)
{
    ldns_buffer *b = ldns_buffer_new(512);
    struct span out = { NULL, 0 };
    bool ok = b != NULL;

    for (size_t i = 0; ok && i < ldns_rr_rd_count(rr); i++)
        ok = ldns_rdf2buffer_wire(b, ldns_rr_rdf(rr, i)) == LDNS_STATUS_OK;
    if (ok) {
        out = span_make(ldns_buffer_begin(b), ldns_buffer_position(b));
        out.p = arena_strdup(a, out);
    }
    ldns_buffer_free(b);
    return out;
}

/* Does any name of the record lack the $ORIGIN that it needs? */
static bool lacks_origin(const struct zone_reader *z, const ldns_rr *rr)
{
    for (size_t i = 0; i <= ldns_rr_rd_count(rr); i++) {
        const ldns_rdf *rdf = i ? ldns_rr_rdf(rr, i - 1) : ldns_rr_owner(rr);
        struct dns_name name;

        if (ldns_rdf_get_type(rdf) == LDNS_RDF_TYPE_DNAME &&
            dns_name_from_wire(span_make(ldns_rdf_data(rdf), ldns_rdf_size(rdf)),
                               &name) &&
            dns_name_is_under(&name, &z->no_origin))
            return true;
    }
    return false;
}

static enum ac_status add_row(struct zone_reader *z, const ldns_rr *rr, int line)
{
    const ldns_rdf *owner = ldns_rr_owner(rr);
    struct zone_row *rows = arena_grow(&z->arena, z->row, z->n, &z->cap, sizeof *rows);
    struct zone_row *row;

    if (!rows)
        return AC_ENOMEM;
    z->row = rows;
    row = &rows[z->n];
    if (lacks_origin(z, rr))
        return zone_fault(z, line,
                          "a relative name, and no $ORIGIN before it; expected a name "
                          "with a final dot, or $ORIGIN");
    if (ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN)
        return zone_fault(z, line, "a record of another class; expected IN");
    if (!dns_name_from_wire(span_make(ldns_rdf_data(owner), ldns_rdf_size(owner)),
                            &row->name))
        return zone_fault(z, line, "an owner name that is no domain name");
    row->type = (uint16_t)ldns_rr_get_type(rr);
    row->line = line;
    row->rr.ttl = ldns_rr_ttl(rr);
    row->rr.rdata = rdata_of(&z->arena, rr);
    if (!row->rr.rdata.p)
        return AC_ENOMEM;
    z->n++;
    return AC_OK;
}

/* Read one entry; *line moves on. *end: the file is over. */
static enum ac_status read_entry(struct zone_reader *z, FILE *f, ldns_rdf **origin,
                                 ldns_rdf **previous, uint32_t *ttl, int *line,
                                 bool *end)
{
    ldns_rr *rr = NULL;
    int first = *line;
    ldns_status status = ldns_rr_new_frm_fp_l(&rr, f, ttl, origin, previous, line);
    enum ac_status result = AC_OK;

    *end = false;
    switch (status) {
    case LDNS_STATUS_OK:
        result = add_row(z, rr, first);
        ldns_rr_free(rr);
        return result;
    case LDNS_STATUS_SYNTAX_EMPTY:
        *end = feof(f);
        return AC_OK;
    case LDNS_STATUS_SYNTAX_TTL:
    case LDNS_STATUS_SYNTAX_ORIGIN:
        return AC_OK;
    case LDNS_STATUS_SYNTAX_INCLUDE:
        return zone_fault(z, first,
                          "$INCLUDE is not read; expected the records "
                          "themselves, or another --zone");
    case LDNS_STATUS_MEM_ERR:
        return AC_ENOMEM;
    default:
        return zone_fault(z, first, "%s; expected a record as RFC 1035, 5 has it",
                          ldns_get_errorstr_by_id(status));
    }
}

static enum ac_status read_all(struct zone_reader *z, FILE *f)
{
    ldns_rdf *origin = ldns_dname_new_frm_str(NO_ORIGIN), *previous = NULL;
    uint32_t ttl = 3600;
    int line = 1;
    bool end = false;
    enum ac_status status = origin ? AC_OK : AC_ENOMEM;

    while (status == AC_OK && !end && !feof(f))
        status = read_entry(z, f, &origin, &previous, &ttl, &line, &end);
    ldns_rdf_deep_free(origin);
    ldns_rdf_deep_free(previous);
    return status;
}

static int row_cmp(const void *a, const void *b)
{
    const struct zone_row *x = a, *y = b;
    int c = dns_name_cmp(&x->name, &y->name);

    if (!c)
        c = (x->type > y->type) - (x->type < y->type);
    if (!c)
        c = span_cmp(x->rr.rdata, y->rr.rdata);
    return c ? c : (x->line > y->line) - (x->line < y->line);
}

static bool same_set(const struct zone_row *a, const struct zone_row *b)
{
    return a->type == b->type && dns_name_eq(&a->name, &b->name);
}

/* RRSIG and NSEC may stand beside a CNAME (RFC 4034, 3 and 4). */
static bool beside_cname(uint16_t type)
{
    return type == LDNS_RR_TYPE_RRSIG || type == LDNS_RR_TYPE_NSEC;
}

/* Types of which a name has one record (RFC 1034, 3.6.2; RFC 1035, 5.2). */
static enum ac_status check_singles(const struct zone_reader *z)
{
    char text[DNS_TEXT_MAX], type[DNS_TYPE_TEXT_MAX];

    for (size_t i = 1; i < z->n; i++) {
        const struct zone_row *row = &z->row[i], *prior = row - 1;

        if ((row->type == DNS_T_CNAME || row->type == DNS_T_SOA) &&
            same_set(prior, row) && !span_eq(prior->rr.rdata, row->rr.rdata))
            return zone_fault(z, row->line, "a second %s at %s; expected one",
                              dns_type_print(row->type, type),
                              dns_name_print(&row->name, text));
    }
    return AC_OK;
}

static enum ac_status check_cnames(const struct zone_reader *z)
{
    char text[DNS_TEXT_MAX], type[DNS_TYPE_TEXT_MAX];
    size_t first = 0;

    for (size_t i = 0; i < z->n; i++) {
        const struct zone_row *row = &z->row[i];

        if (!dns_name_eq(&z->row[first].name, &row->name))
            first = i;
        if (row->type != DNS_T_CNAME)
            continue;
        for (size_t k = first; k < z->n; k++) {
            const struct zone_row *other = &z->row[k];

            if (!dns_name_eq(&other->name, &row->name))
                break;
            if (other->type != DNS_T_CNAME && !beside_cname(other->type))
                return zone_fault(
                    z, other->line > row->line ? other->line : row->line,
                    "a CNAME beside %s at %s; expected a CNAME alone (RFC 1034, 3.6.2)",
                    dns_type_print(other->type, type),
                    dns_name_print(&row->name, text));
        }
    }
    return AC_OK;
}

/* Put the rows, sorted, set by set; equal records count once (RFC 2181, 5). */
static enum ac_status put_rows(struct zone_reader *z, struct dns_overlay *o)
{
    struct dns_rr *set = arena_array(&z->arena, z->n, sizeof *set);
    size_t n = 0;

    if (!set)
        return AC_ENOMEM;
    for (size_t i = 0; i < z->n; i++) {
        if (!n || !span_eq(set[n - 1].rdata, z->row[i].rr.rdata))
            set[n++] = z->row[i].rr;
        if (i + 1 < z->n && same_set(&z->row[i], &z->row[i + 1]))
            continue;
        TRY(dns_overlay_put(o, &z->row[i].name, z->row[i].type, set, n));
        n = 0;
    }
    return AC_OK;
}

/* Quotes and parentheses that do not end: the reader would take what follows, or the
 * end of the file, for their content. RFC 1035, 5.1. */
static enum ac_status check_balance(const struct zone_reader *z, struct span text)
{
    bool quoted = false, comment = false;
    int line = 1, opened = 0;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (c == '\n') {
            if (quoted)
                return zone_fault(z, line,
                                  "a quote that does not end; expected \" "
                                  "on the same line");
            comment = false;
            line++;
        } else if (comment) {
            continue;
        } else if (c == '\\' && i + 1 < text.n && text.p[i + 1] != '\n') {
            i++;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (quoted) {
            continue;
        } else if (c == ';') {
            comment = true;
        } else if (c == '(' && opened) {
            return zone_fault(z, line, "a ( within the ( of line %d; expected )",
                              opened);
        } else if (c == '(') {
            opened = line;
        } else if (c == ')' && !opened) {
            return zone_fault(z, line, "a ) without a ( before it");
        } else if (c == ')') {
            opened = 0;
        }
    }
    if (quoted)
        return zone_fault(z, line,
                          "a quote that does not end; expected \" on the same "
                          "line");
    return opened ? zone_fault(z, opened, "a ( that does not end; expected )") : AC_OK;
}

static enum ac_status read_rows(struct zone_reader *z, struct span text)
{
    char *copy;
    FILE *f;
    enum ac_status status;

    if (span_contains(text, '\0')) {
        int line = 1;

        for (size_t i = 0; text.p[i]; i++)
            line += text.p[i] == '\n';
        return zone_fault(z, line, "a NUL byte; expected text");
    }
    TRY(check_balance(z, text));
    /* fmemopen wants bytes that it may write to, ldns a final line break. */
    copy = arena_alloc(&z->arena, text.n + 2);
    if (!copy)
        return AC_ENOMEM;
    if (text.n)
        memcpy(copy, text.p, text.n);
    copy[text.n] = '\n';
    f = fmemopen(copy, text.n + 1, "r");
    if (!f)
        return AC_ENOMEM;
    status = read_all(z, f);
    fclose(f);
    return status;
}

enum ac_status dns_zone_read(struct dns_overlay *o, const char *path, struct span text,
                             char error[static DNS_ZONE_ERROR_MAX])
{
    struct zone_reader z = { .path = path, .error = error };
    enum ac_status status;

    error[0] = '\0';
    arena_init(&z.arena, (size_t)8 * DNS_ZONE_BYTES_MAX);
    dns_name_parse(SPAN(NO_ORIGIN), &z.no_origin);
    if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
        text = span_from(text, 3); /* the mark that some editors put in front */
    status = read_rows(&z, text);
    if (status == AC_OK) {
        if (z.n)
            qsort(z.row, z.n, sizeof *z.row, row_cmp);
        status = check_singles(&z);
    }
    if (status == AC_OK)
        status = check_cnames(&z);
    if (status == AC_OK)
        status = put_rows(&z, o);
    arena_free(&z.arena);
    return status;
}

enum ac_status dns_zone_load(struct dns_overlay *o, const char *path,
                             char error[static DNS_ZONE_ERROR_MAX])
{
    struct zone_reader z = { .path = path, .error = error };
    enum ac_status status;
    struct buf text;

    buf_init(&text, DNS_ZONE_BYTES_MAX);
    status = file_read(path, &text);
    if (status == AC_EIO)
        status = zone_fault(&z, 0, "cannot be read (%s); expected a master file",
                            strerror(errno));
    else if (status == AC_ELIMIT)
        status =
            zone_fault(&z, 0, "is over %d bytes; expected less", DNS_ZONE_BYTES_MAX);
    else if (status == AC_OK)
        status = dns_zone_read(o, path, buf_span(&text), error);
    buf_free(&text);
    return status;
}

enum ac_status dns_zone_delete(struct dns_overlay *o, const char *text,
                               char error[static DNS_ZONE_ERROR_MAX])
{
    struct zone_reader z = { .path = text, .error = error };
    struct span whole = span_of(text);
    size_t slash = span_find_last(whole, '/');
    const char *why = "";
    struct dns_name name;
    uint16_t type;

    if (slash == whole.n)
        return zone_fault(&z, 0, "has no slash; expected NAME/TYPE");
    if (!dns_name_from_user(span_to(whole, slash), &name, &why))
        return zone_fault(&z, 0, "the name is none, since %s; expected NAME/TYPE", why);
    if (!dns_type_parse(span_from(whole, slash + 1), &type))
        return zone_fault(&z, 0, "the type is not known; expected one such as TXT");
    return dns_overlay_delete(o, &name, type);
}

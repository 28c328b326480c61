/* SPDX-License-Identifier: MIT */
/*
 * text_fix.c - fixes as lines of a master file (RFC 1035, 5.1), ready to paste, and
 * advice in words where there is none.
 */
#include "report/text.h"

#include <stdio.h>

enum {
    STRING_MAX = 255 /* octets of one character-string: RFC 1035, 3.3 */
};

/* "string" "string" ...: what is not printable as \DDD (RFC 1035, 5.1). */
static void put_strings(struct buf *out, struct span text)
{
    for (size_t i = 0; i < text.n || i == 0; i++) {
        unsigned char c = i < text.n ? (unsigned char)text.p[i] : 0;

        if (i % STRING_MAX == 0)
            buf_puts(out, i ? "\" \"" : "\"");
        if (i == text.n)
            break;
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c < ' ' || c > '~')
            buf_printf(out, "\\%03u", c);
        else
            buf_putc(out, (char)c);
    }
    buf_putc(out, '"');
}

static void put_record(struct text *t, const char *before, const struct fix_change *c,
                       struct span data)
{
    char name[DNS_TEXT_MAX], type[DNS_TYPE_TEXT_MAX];

    buf_printf(t->out, "      %s%s. IN %s ", before, dns_name_print(&c->name, name),
               dns_type_print(c->type, type));
    if (c->type == DNS_T_TXT) {
        put_strings(t->out, data);
    } else {
        text_escape(t->out, data);
        if (c->type != DNS_T_A && c->type != DNS_T_AAAA) /* else it is a name */
            buf_putc(t->out, '.');
    }
    buf_putc(t->out, '\n');
}

static bool mends(const struct audit_fix *f, enum finding_id id)
{
    for (size_t i = 0; i < f->n_causes; i++)
        if (f->cause[i] == id)
            return true;
    return false;
}

/* What to do with the records. */
static const char *heading(const struct fix_changes *c)
{
    bool takes_away = false, replaces = false;

    for (size_t i = 0; i < c->n; i++) {
        takes_away = takes_away || !c->row[i].new.p;
        replaces = replaces || c->row[i].old.p;
    }
    if (takes_away)
        return "      Publish this, and take away what is marked so:\n";
    if (!replaces)
        return c->n == 1 ? "      Publish this record:\n"
                         : "      Publish these records:\n";
    return c->n == 1 ? "      Publish this record in the place of the one there:\n"
                     : "      Publish these records, in the place of those there:\n";
}

static void put_fix(struct text *t, const struct audit_fix *f)
{
    const struct audit_result *r = t->r;
    const struct fix_changes *c = &f->changes;
    char ip[IP_TEXT_MAX], whom[IP_TEXT_MAX + 5] = "";

    buf_puts(t->out, heading(c));
    for (size_t i = 0; i < c->n; i++)
        if (c->row[i].new.p)
            put_record(t, "", &c->row[i], c->row[i].new);
        else
            put_record(t, "; take away: ", &c->row[i], c->row[i].old);
    if (r->n_ips > 1)
        snprintf(whom, sizeof whom, " for %s", ip_print(&r->ip[r->described], ip));
    text_wrap(t, 0, 6, "      verified: with %s the verdict%s is %s",
              c->n == 1 ? "this record" : "these records", whom,
              text_verdict(f->verdict_after));
    if (c->note)
        text_wrap(t, 0, 6, "      %s", c->note);
}

/* Was the fix shown with an earlier failure? */
static bool told(const struct audit_result *r, const struct audit_fix *f,
                 const struct verdict_reason *reason)
{
    for (size_t i = 0; i < r->n_causes; i++)
        for (size_t k = 0; k < r->cause[i].n; k++) {
            if (&r->cause[i].reason[k] == reason)
                return false;
            if (mends(f, r->cause[i].reason[k].id))
                return true;
        }
    return false;
}

bool text_fix(struct text *t, const struct verdict_reason *reason)
{
    const struct audit_result *r = t->r;

    for (size_t i = 0; i < r->n_fixes; i++)
        if (mends(&r->fix[i], reason->id)) {
            if (told(r, &r->fix[i], reason))
                buf_puts(t->out, "      As above: that change serves both.\n");
            else
                put_fix(t, &r->fix[i]);
            return true;
        }
    for (size_t i = 0; i < r->n_advice; i++)
        if (r->advice[i].cause == reason->id &&
            strcmp(r->advice[i].about, reason->about) == 0) {
            text_wrap(t, 0, 6, "      %s", r->advice[i].text);
            return true;
        }
    return false;
}

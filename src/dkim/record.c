/* SPDX-License-Identifier: MIT */
/*
 * record.c - key records, RFC 6376, 3.6.1 and 6.1.2.
 *
 * What one verifier refuses and another lets pass counts as refused where the RFC
 * refuses it: a syntax fault anywhere makes the whole list void (RFC 6376, 3.2).
 */
#include "dkim/record.h"

#include "base/taglist.h"

/* First words of what else is published in TXT records with tags of the same look. */
static bool is_other_protocol(struct span version)
{
    static const struct span other[] = {
        { "DMARC", 5 }, { "spf", 3 }, { "BIMI", 4 }, { "STSv", 4 }, { "TLSRPT", 6 },
    };

    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (span_starts_ci(version, other[i]))
            return true;
    return false;
}

enum dkim_text dkim_text_kind(struct span text)
{
    struct taglist list;
    const struct taglist_tag *v, *p;

    if (!span_contains(text, '='))
        return DKIM_TEXT_OTHER;
    taglist_parse(text, &list);
    v = taglist_find(&list, "v");
    p = taglist_find(&list, "p");
    if (!p)
        return v && span_starts_ci(v->value, SPAN("DKIM")) ? DKIM_TEXT_KEY
                                                           : DKIM_TEXT_OTHER;
    if (v && is_other_protocol(v->value))
        return DKIM_TEXT_OTHER;
    for (size_t i = 0; i < list.n; i++)
        if (span_eq(list.tag[i].name, SPAN("p")) && list.tag[i].value.n)
            return DKIM_TEXT_KEY;
    return DKIM_TEXT_REVOKED;
}

/* What all checks of one record share. */
struct reading {
    const struct taglist *list;
    const char *about;
    struct findings *findings;
    struct dkim_record *out;
};

/* Values come from strangers: a message shows no more of one than this. */
#define SHOWN(value) SPAN_ARG(span_to((value), 60))

/* Add a finding that makes the record void; the first one is kept as the reason. */
static void __attribute__((format(printf, 3, 4)))
refuse(struct reading *r, enum finding_id id, const char *format, ...)
{
    const char *message;
    va_list args;

    va_start(args, format);
    message = arena_vprintf(r->findings->arena, format, args);
    va_end(args);
    if (!message) {
        r->findings->status = AC_ENOMEM;
        return;
    }
    finding_add(r->findings, id, r->about, "%s", message);
    if (r->out->fault == FINDING_NONE) {
        r->out->fault = id;
        r->out->fault_text = message;
    }
}

/* Is `word` an item of the list "a:b:c"? */
static bool list_has(struct span value, struct span word)
{
    while (value.p)
        if (span_eq(span_trim(span_cut(&value, ':'), TAGLIST_BLANKS), word))
            return true;
    return false;
}

static void check_syntax(struct reading *r)
{
    for (size_t i = 0; i < r->list->n_faults; i++) {
        const struct taglist_fault *f = &r->list->fault[i];

        if (f->kind == TAGLIST_DUPLICATE)
            refuse(r, FINDING_DKIM_KEY_DUPLICATE_TAG,
                   "The key record at %s has the tag \"%.*s\" more than once (again at "
                   "byte %zu), so verifiers discard all of it.",
                   r->about, SHOWN(f->part), f->at + 1);
        else
            refuse(r, FINDING_DKIM_KEY_SYNTAX,
                   "The key record at %s holds %s at byte %zu: \"%.*s\".", r->about,
                   taglist_fault_print(f->kind), f->at + 1, SHOWN(f->part));
    }
}

/* If present, v= must be first and exactly DKIM1. */
static void check_version(struct reading *r)
{
    const struct taglist_tag *v = taglist_find(r->list, "v");

    if (!v)
        return;
    if (!span_eq(v->value, SPAN("DKIM1")))
        refuse(r, FINDING_DKIM_KEY_VERSION,
               "The key record at %s says v=%.*s where only v=DKIM1 is allowed%s.",
               r->about, SHOWN(v->value),
               span_contains(v->value, '\\')
                   ? ": a backslash of a zone file went into the record"
                   : "");
    if (v != &r->list->tag[0])
        refuse(r, FINDING_DKIM_KEY_VERSION,
               "The key record at %s has v=%.*s at byte %zu, behind the tag \"%.*s\", "
               "but v= must come first.",
               r->about, SHOWN(v->value), v->at + 1, SHOWN(r->list->tag[0].name));
}

static void read_key_type(struct reading *r)
{
    const struct taglist_tag *k = taglist_find(r->list, "k");

    r->out->key_type = "rsa";
    r->out->algorithm = DKIM_RSA;
    if (!k || span_eq(k->value, SPAN("rsa")))
        return;
    r->out->key_type = arena_strdup(r->findings->arena, k->value);
    if (span_eq(k->value, SPAN("ed25519"))) {
        r->out->algorithm = DKIM_ED25519;
        return;
    }
    r->out->algorithm = DKIM_UNKNOWN_ALGORITHM;
    refuse(
        r, FINDING_DKIM_KEY_TYPE,
        "The key record at %s says k=%.*s, a key type that verifiers do not know: it "
        "is rsa or ed25519, in lower case.",
        r->about, SHOWN(k->value));
}

static void check_uses(struct reading *r)
{
    const struct taglist_tag *h = taglist_find(r->list, "h");
    const struct taglist_tag *s = taglist_find(r->list, "s");

    if (h && !list_has(h->value, SPAN("sha256")))
        refuse(r, FINDING_DKIM_KEY_HASH,
               "The key record at %s allows the hashes h=%.*s alone, without sha256, "
               "and verifiers accept no other.",
               r->about, SHOWN(h->value));
    if (s && !list_has(s->value, SPAN("*")) && !list_has(s->value, SPAN("email")))
        refuse(r, FINDING_DKIM_KEY_SERVICE,
               "The key record at %s is for the services s=%.*s, which do not include "
               "email.",
               r->about, SHOWN(s->value));
}

static void read_flags(struct reading *r)
{
    const struct taglist_tag *t = taglist_find(r->list, "t");
    const struct taglist_tag *g = taglist_find(r->list, "g");

    if (t && list_has(t->value, SPAN("y"))) {
        r->out->testing = true;
        finding_add(r->findings, FINDING_DKIM_KEY_TESTING, r->about,
                    "The key at %s is marked as a test (t=y).", r->about);
    }
    if (t && list_has(t->value, SPAN("s"))) {
        r->out->same_domain_only = true;
        finding_add(r->findings, FINDING_DKIM_KEY_NO_SUBDOMAINS, r->about,
                    "The key at %s is not for subdomains (t=s): a signature whose i= "
                    "names one fails.",
                    r->about);
    }
    if (g && !span_eq(g->value, SPAN("*")))
        finding_add(r->findings, FINDING_DKIM_KEY_GRANULARITY, r->about,
                    "The key record at %s has g=%.*s: old verifiers %s.", r->about,
                    SHOWN(g->value),
                    g->value.n ? "use the key for that local-part alone"
                               : "then use the key for no address at all");
}

static void read_key_data(struct reading *r)
{
    const struct taglist_tag *p = taglist_find(r->list, "p");

    if (!p) {
        refuse(r, FINDING_DKIM_KEY_WITHOUT_P,
               "The record at %s says v=DKIM1 and holds no key: the tag p= is missing.",
               r->about);
        return;
    }
    r->out->p = p->value;
    r->out->p_at = p->value_at;
}

enum ac_status dkim_record_parse(struct span text, const char *about,
                                 struct findings *findings, struct dkim_record *out)
{
    struct taglist list;
    struct reading r = { &list, about, findings, out };

    *out = (struct dkim_record){ .fault = FINDING_NONE };
    taglist_parse(text, &list);
    read_key_data(&r);
    check_syntax(&r);
    check_version(&r);
    read_key_type(&r);
    check_uses(&r);
    read_flags(&r);
    return out->key_type ? findings->status : AC_ENOMEM;
}

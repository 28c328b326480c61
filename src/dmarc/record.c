/* SPDX-License-Identifier: MIT */
/*
 * record.c - reading a DMARC record. RFC 9989, 4.7, 4.8; RFC 7489, 6.3, 6.4.
 *
 * A fault in one tag never spoils another: the tag gets its default (RFC 9989, 4.8).
 * p, sp and np are the exception, their faults decide about the whole record (RFC 9989,
 * 4.10.1), for an empty value as well: a tag that is there and is not valid. The names
 * of tags are read without regard to case, as the ABNF of both RFCs has them.
 *
 * A tag that stands twice is not foreseen. The first one counts here; RFC 6376, 3.2,
 * where the format comes from, would have the whole list dropped.
 */
#include "dmarc/record.h"

#include "base/taglist.h"
#include "dmarc/uri.h"

#include <stdio.h>

/* Values are hostile and may be long: in messages they are cut here. */
#define SHOWN(s) SPAN_ARG(span_to((s), 100))

enum tag {
    TAG_V,
    TAG_P,
    TAG_SP,
    TAG_NP,
    TAG_PSD,
    TAG_T,
    TAG_ADKIM,
    TAG_ASPF,
    TAG_RUA,
    TAG_RUF,
    TAG_FO,
    TAG_PCT,
    TAG_RF,
    TAG_RI,
    TAG_COUNT
};

struct reader {
    struct arena *arena;
    struct dmarc_record *r;
    struct dmarc_fault *fault;
    size_t n_faults;
    const struct taglist_tag *seen[TAG_COUNT]; /* the first of each */
    enum ac_status status;                     /* AC_ENOMEM; sticky */
};

static void fault(struct reader *rd, enum finding_id id, size_t at, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

static void fault(struct reader *rd, enum finding_id id, size_t at, const char *format,
                  ...)
{
    va_list args;
    const char *text;

    if (rd->n_faults == DMARC_FAULTS_MAX)
        return;
    va_start(args, format);
    text = arena_vprintf(rd->arena, format, args);
    va_end(args);
    if (!text)
        rd->status = AC_ENOMEM;
    else
        rd->fault[rd->n_faults++] = (struct dmarc_fault){ id, at, text };
}

/* The value is not one of those that the tag can have. */
static void bad_value(struct reader *rd, const struct taglist_tag *tag,
                      const char *expected)
{
    fault(rd, FINDING_DMARC_TAG_INVALID, tag->value_at,
          "says %.*s=%.*s (byte %zu), but %s", SHOWN(tag->name), SHOWN(tag->value),
          tag->value_at, expected);
}

/* A value of one letter among `letters`; the first of them is the default. */
static char read_letter(struct reader *rd, const struct taglist_tag *tag,
                        const char *letters, const char *expected)
{
    char c = tag->value.n == 1 ? ascii_lower(tag->value.p[0]) : '\0';

    if (c && strchr(letters, c))
        return c;
    bad_value(rd, tag, expected);
    return letters[0];
}

static struct dmarc_request read_request(const struct taglist_tag *tag)
{
    struct dmarc_request q = { .given = true, .text = tag->value };

    for (int i = DMARC_NONE; i <= DMARC_REJECT; i++) {
        enum dmarc_policy policy = (enum dmarc_policy)i;

        if (span_eq_ci(tag->value, span_of(dmarc_policy_print(policy)))) {
            q.valid = true;
            q.policy = policy;
        }
    }
    return q;
}

static void read_pct(struct reader *rd, const struct taglist_tag *tag)
{
    uint32_t pct = 0;

    if (tag->value.n > 3 || !span_u32(tag->value, 100, &pct)) {
        bad_value(rd, tag, "pct is a number from 0 to 100");
        return;
    }
    rd->r->pct = pct;
    if (pct == 100)
        fault(rd, FINDING_DMARC_TAG_REMOVED, tag->at,
              "has pct=100, which is the default and was removed by RFC 9989");
    else
        fault(rd, FINDING_DMARC_PCT, tag->at,
              "has pct=%u: receivers by RFC 7489 apply the full policy to %u in 100 "
              "messages that fail and the next weaker one to the others, receivers by "
              "RFC 9989 apply the full policy to all",
              pct, pct);
}

/* fo: 0 or 1, d, s, each at most once. RFC 9989, 4.7. */
static bool fo_is_valid(struct span value)
{
    static const char letters[] = "01ds";
    unsigned seen = 0;

    while (value.p) {
        struct span item = span_trim(span_cut(&value, ':'), " \t");
        const char *at = item.n == 1 ? strchr(letters, ascii_lower(*item.p)) : NULL;
        unsigned bit = at && *at ? 1U << (unsigned)(at - letters) : 0;

        if (!bit || (seen & bit))
            return false;
        seen |= bit;
    }
    return (seen & 3) != 3;
}

static void read_fo(struct reader *rd, const struct taglist_tag *tag)
{
    if (!fo_is_valid(tag->value))
        bad_value(rd, tag, "fo is a list of 0 or 1, d and s with \":\" between");
}

/* Give one URI a line for each fault. */
static void judge_uri(struct reader *rd, const struct taglist_tag *tag,
                      const struct dmarc_uri *uri, const char *why, bool sized,
                      size_t at)
{
    if (!uri->valid)
        fault(rd, FINDING_DMARC_REPORT_URI_INVALID, at,
              "has \"%.*s\" in %.*s (byte %zu): %s", SHOWN(uri->text), SHOWN(tag->name),
              at, why);
    else if (!uri->mailto)
        fault(
            rd, FINDING_DMARC_REPORT_URI_UNSUPPORTED, at,
            "wants reports by %.*s in %.*s, but receivers need to support mailto: only",
            SHOWN(uri->text), SHOWN(tag->name));
    if (sized)
        fault(rd, FINDING_DMARC_REPORT_SIZE, at,
              "limits the size of reports to %.*s (\"!\" in %.*s), which RFC 9989 has "
              "removed",
              SHOWN(uri->text), SHOWN(tag->name));
}

static void read_uris(struct reader *rd, const struct taglist_tag *tag,
                      const struct dmarc_uri **out, size_t *n)
{
    struct dmarc_uri *uri = NULL;
    struct span rest = tag->value;
    size_t cap = 0;

    while (rest.p && *n < DMARC_URIS_MAX) {
        struct span item = span_trim(span_cut(&rest, ','), " \t");
        size_t at = tag->value_at + (size_t)(item.p - tag->value.p);
        const char *why = NULL;
        bool sized = false;
        struct dmarc_uri *grown = arena_grow(rd->arena, uri, *n, &cap, sizeof *uri);

        if (!grown) {
            rd->status = AC_ENOMEM;
            break;
        }
        uri = grown;
        dmarc_uri_parse(item, &uri[*n], &sized, &why);
        judge_uri(rd, tag, &uri[*n], why, sized, at);
        ++*n;
    }
    if (rest.p)
        fault(rd, FINDING_DMARC_REPORT_URI_INVALID, tag->value_at,
              "has more than %d addresses in %.*s; those behind were not looked at",
              DMARC_URIS_MAX, SHOWN(tag->name));
    *out = uri;
}

static void read_value(struct reader *rd, enum tag kind, const struct taglist_tag *tag)
{
    struct dmarc_record *r = rd->r;

    switch (kind) {
    case TAG_P:
        r->p = read_request(tag);
        break;
    case TAG_SP:
        r->sp = read_request(tag);
        break;
    case TAG_NP:
        r->np = read_request(tag);
        break;
    case TAG_PSD:
        r->psd = read_letter(rd, tag, "uyn", "psd is y, n or u: taken as psd=u");
        break;
    case TAG_T:
        r->testing = read_letter(rd, tag, "ny", "t is y or n: taken as t=n") == 'y';
        break;
    case TAG_ADKIM:
        r->strict_dkim =
            read_letter(rd, tag, "rs", "adkim is r or s: taken as adkim=r") == 's';
        break;
    case TAG_ASPF:
        r->strict_spf =
            read_letter(rd, tag, "rs", "aspf is r or s: taken as aspf=r") == 's';
        break;
    case TAG_RUA:
        r->has_rua = true;
        read_uris(rd, tag, &r->rua, &r->n_rua);
        break;
    case TAG_RUF:
        r->has_ruf = true;
        read_uris(rd, tag, &r->ruf, &r->n_ruf);
        break;
    case TAG_FO:
        read_fo(rd, tag);
        break;
    case TAG_PCT:
        read_pct(rd, tag);
        break;
    case TAG_RF:
    case TAG_RI:
        fault(rd, FINDING_DMARC_TAG_REMOVED, tag->at,
              "has the tag %.*s, which RFC 9989 has removed", SHOWN(tag->name));
        break;
    case TAG_V:
    case TAG_COUNT:
        break;
    }
}

static enum tag tag_by_name(struct span name)
{
    static const char *const names[TAG_COUNT] = {
        "v",    "p",   "sp",  "np", "psd", "t",  "adkim",
        "aspf", "rua", "ruf", "fo", "pct", "rf", "ri",
    };
    int i = 0;

    while (i < TAG_COUNT && !span_eq_ci(name, span_of(names[i])))
        i++;
    return (enum tag)i;
}

/* 1*ALPHA: a tag list would allow digits too. RFC 9989, 4.8. */
static bool all_letters(struct span name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!ascii_is_alpha(name.p[i]))
            return false;
    return true;
}

/* Line ends and tabs are blanks to a tag list of DKIM. Here no line end may stand at
 * all, nor a tab within a value (dmarc-value is %x20-3A / %x3C-7E). */
static bool has_bad_blank(const struct taglist_tag *tag)
{
    return span_contains(tag->spec, '\r') || span_contains(tag->spec, '\n') ||
           span_contains(tag->value, '\t');
}

static bool has_upper(struct span name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] != ascii_lower(name.p[i]))
            return true;
    return false;
}

/* A syntax error takes p, sp and np as invalid, and any other tag as not there. */
static void read_broken(struct reader *rd, enum tag kind, const struct taglist_tag *tag)
{
    struct dmarc_request broken = { .given = true, .text = tag->value };

    if (kind == TAG_P)
        rd->r->p = broken;
    else if (kind == TAG_SP)
        rd->r->sp = broken;
    else if (kind == TAG_NP)
        rd->r->np = broken;
}

static void read_tag(struct reader *rd, const struct taglist_tag *tag)
{
    enum tag kind = tag_by_name(tag->name);

    if (!tag->faulty && (has_bad_blank(tag) || !all_letters(tag->name)))
        fault(rd, FINDING_DMARC_SYNTAX, tag->at,
              "has %s in \"%.*s\" (byte %zu): that tag does not count",
              has_bad_blank(tag) ? "a line end or a tab"
                                 : "a tag name that is not letters only",
              SHOWN(span_trim(tag->spec, TAGLIST_BLANKS)), tag->at);
    if (kind == TAG_COUNT) {
        if (!tag->faulty && !tag->duplicate && all_letters(tag->name))
            fault(rd, FINDING_DMARC_TAG_UNKNOWN, tag->at,
                  "has the tag \"%.*s\" (byte %zu), which DMARC does not know: it is "
                  "ignored",
                  SHOWN(tag->name), tag->at);
        return;
    }
    if (rd->seen[kind]) {
        fault(rd, FINDING_DMARC_TAG_DUPLICATE, tag->at,
              "has the tag %.*s twice (again at byte %zu): the first value is taken "
              "here, but a receiver may drop the whole record",
              SHOWN(tag->name), tag->at);
        return;
    }
    rd->seen[kind] = tag;
    if (has_upper(tag->name))
        fault(rd, FINDING_DMARC_TAG_CASE, tag->at,
              "has the tag name \"%.*s\" (byte %zu), which a receiver that knows small "
              "letters only will not find",
              SHOWN(tag->name), tag->at);
    if (tag->faulty || has_bad_blank(tag))
        read_broken(rd, kind, tag);
    else if (!tag->value.n && kind != TAG_P && kind != TAG_SP && kind != TAG_NP)
        bad_value(rd, tag, "a value cannot be empty");
    else
        read_value(rd, kind, tag);
}

static void read_list_faults(struct reader *rd, const struct taglist *list)
{
    for (size_t i = 0; i < list->n_faults; i++) {
        const struct taglist_fault *f = &list->fault[i];

        if (f->kind != TAGLIST_DUPLICATE) /* read_tag has more to say */
            fault(rd, FINDING_DMARC_SYNTAX, f->at,
                  "has %s at byte %zu (\"%.*s\"): that part does not count",
                  taglist_fault_print(f->kind), f->at, SHOWN(f->part));
    }
}

/* What only the whole list shows. */
static void read_order(struct reader *rd, const struct taglist *list)
{
    const struct taglist_tag *p = rd->seen[TAG_P], *fo = rd->seen[TAG_FO];

    if (p && p != &list->tag[1])
        fault(rd, FINDING_DMARC_POLICY_NOT_SECOND, p->at,
              "has p at byte %zu and not right after v, where RFC 7489 wants it",
              p->at);
    if (fo && !rd->r->has_ruf)
        fault(rd, FINDING_DMARC_FO_WITHOUT_RUF, fo->at,
              "has fo=%.*s but no ruf: without ruf there are no failure reports and fo "
              "is ignored",
              SHOWN(fo->value));
}

/* By position; stable, and short, so that insertion does. */
static void sort_faults(struct dmarc_fault *f, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct dmarc_fault x = f[i];
        size_t j = i;

        for (; j > 0 && f[j - 1].at > x.at; j--)
            f[j] = f[j - 1];
        f[j] = x;
    }
}

enum ac_status dmarc_record_parse(struct arena *a, struct span text,
                                  struct dmarc_record *out)
{
    struct dmarc_fault faults[DMARC_FAULTS_MAX];
    struct reader rd = { .arena = a, .r = out, .fault = faults };
    struct taglist list;

    *out = (struct dmarc_record){ .text = text, .psd = 'u', .pct = 100 };
    taglist_parse(text, &list);
    read_list_faults(&rd, &list);
    for (size_t i = 0; i < list.n; i++)
        read_tag(&rd, &list.tag[i]);
    read_order(&rd, &list);
    if (rd.n_faults) {
        struct dmarc_fault *kept = arena_array(a, rd.n_faults, sizeof *kept);

        if (!kept)
            return AC_ENOMEM;
        sort_faults(faults, rd.n_faults);
        memcpy(kept, faults, rd.n_faults * sizeof *kept);
        out->fault = kept;
        out->n_faults = rd.n_faults;
    }
    return rd.status;
}

bool dmarc_is_record(struct span text)
{
    struct span rest = text;
    struct span spec = span_cut(&rest, ';');
    struct span name = span_cut(&spec, '=');

    if (!name.n || (name.p[0] != 'v' && name.p[0] != 'V'))
        return false;
    return span_trim(name, " \t").n == 1 &&
           span_eq(span_trim(spec, " \t"), SPAN("DMARC1"));
}

bool dmarc_looks_like_record(struct span text)
{
    for (; text.n; text = span_from(text, 1))
        if (span_starts_ci(text, SPAN("dmarc")))
            return true;
    return false;
}

bool dmarc_record_has_report_uri(const struct dmarc_record *r)
{
    for (size_t i = 0; i < r->n_rua; i++)
        if (r->rua[i].valid)
            return true;
    return false;
}

bool dmarc_record_policy(const struct dmarc_record *r, enum dmarc_rules rules,
                         enum dmarc_whose whose, enum dmarc_policy *policy,
                         const char **tag)
{
    bool knows_np = rules == DMARC_RFC9989;

    if (!r->p.valid || (r->sp.given && !r->sp.valid) ||
        (knows_np && r->np.given && !r->np.valid)) {
        *policy = DMARC_NONE;
        *tag = NULL;
        return dmarc_record_has_report_uri(r);
    }
    if (whose == DMARC_NO_SUCH_SUB && knows_np && r->np.given) {
        *policy = r->np.policy;
        *tag = "np";
    } else if (whose != DMARC_OWN && r->sp.given) {
        *policy = r->sp.policy;
        *tag = "sp";
    } else {
        *policy = r->p.policy;
        *tag = "p";
    }
    return true;
}

/* SPDX-License-Identifier: MIT */
/*
 * lint.c - one small function per weakness of a record. RFC 7208, 3.4, 5, 6, 10.1.
 */
#include "spf/lint.h"

enum {
    LONG_RECORD = 450,    /* octets: RFC 7208, 3.4 */
    LARGE_ANSWER = 512,   /* octets: RFC 7208, 3.4 */
    DUPLICATES_MAX = 200, /* terms compared with each other */
    RR_OVERHEAD = 12,     /* octets of a record whose owner is compressed */
    HEADER_OVERHEAD = 16, /* header, type and class of the question */
};

/* Prefix lengths that are still plausible: of a record of one's own, and of a provider.
 */
static const struct {
    unsigned bits4, bits6;
} narrow[2] = { { 16, 32 }, { 8, 16 } };

static void lint_all(struct findings *f, const struct spf_frame *frame)
{
    const struct spf_term *all = frame->record->all;
    const char *domain = frame->print;

    if (all && all->qualifier == '+')
        finding_add(f, FINDING_SPF_PASS_ALL, domain,
                    "\"%.*s\" in the SPF record of %s lets every address of the "
                    "Internet send.",
                    SPF_SHOWN(all->text), domain);
    if (frame->included)
        return;
    if (all && all->qualifier == '?')
        finding_add(f, FINDING_SPF_NEUTRAL_DEFAULT, domain,
                    "\"%.*s\" in the SPF record of %s makes all other hosts neutral.",
                    SPF_SHOWN(all->text), domain);
    if (all && all->qualifier == '~')
        finding_add(f, FINDING_SPF_SOFTFAIL_DEFAULT, domain,
                    "\"%.*s\" in the SPF record of %s makes all other hosts softfail.",
                    SPF_SHOWN(all->text), domain);
    if (!all && !frame->record->redirect)
        finding_add(
            f, FINDING_SPF_NO_DEFAULT, domain,
            "The SPF record of %s has neither \"all\" nor \"redirect\", so hosts "
            "that it does not list are neutral.",
            domain);
}

static void lint_unreachable(struct findings *f, const struct spf_frame *frame)
{
    const struct spf_record *r = frame->record;
    const struct spf_term *first = NULL;
    size_t n = 0;

    if (!r->all)
        return;
    for (const struct spf_term *t = r->all + 1; t < r->term + r->n; t++)
        if (t->kind < SPF_REDIRECT) {
            first = first ? first : t;
            n++;
        }
    if (first)
        finding_add(f, FINDING_SPF_UNREACHABLE_TERM, frame->print,
                    "%zu term%s after \"%.*s\" in the SPF record of %s, from \"%.*s\" "
                    "on, %s never used.",
                    n, n == 1 ? "" : "s", SPF_SHOWN(r->all->text), frame->print,
                    SPF_SHOWN(first->text), n == 1 ? "is" : "are");
    if (r->redirect)
        finding_add(f, FINDING_SPF_REDIRECT_IGNORED, frame->print,
                    "\"%.*s\" in the SPF record of %s is ignored because of \"%.*s\".",
                    SPF_SHOWN(r->redirect->text), frame->print,
                    SPF_SHOWN(r->all->text));
}

static void lint_range(struct findings *f, const struct spf_frame *frame,
                       const struct spf_term *t)
{
    bool v4 = t->kind != SPF_IP6, v6 = t->kind != SPF_IP4;
    bool wide4 = v4 && t->bits4 < narrow[frame->included].bits4;
    bool wide6 = v6 && t->bits6 < narrow[frame->included].bits6;

    if (t->qualifier == '+' && (wide4 || wide6))
        finding_add(f, FINDING_SPF_WIDE_RANGE, frame->print,
                    "\"%.*s\" in the SPF record of %s authorizes a whole /%u of %s.",
                    SPF_SHOWN(t->text), frame->print, wide4 ? t->bits4 : t->bits6,
                    wide4 ? "IPv4" : "IPv6");
}

static void lint_modifier(struct findings *f, const struct spf_frame *frame,
                          const struct spf_term *t)
{
    static const char *const name[] = { "all", "include", "a",   "mx",
                                        "ptr", "ip4",     "ip6", "exists" };
    bool mechanism = false;

    if (frame->included)
        return;
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        mechanism = mechanism || span_eq_ci(t->name, span_of(name[i]));
    finding_add(f, FINDING_SPF_UNKNOWN_MODIFIER, frame->print,
                mechanism
                    ? "\"%.*s\" in the SPF record of %s is written with \"=\" and "
                      "so authorizes nobody: a mechanism takes \":\"."
                    : "\"%.*s\" in the SPF record of %s is a modifier that "
                      "receivers do not know and skip.",
                SPF_SHOWN(t->text), frame->print);
}

static void lint_term(struct findings *f, const struct spf_frame *frame,
                      const struct spf_term *t)
{
    switch (t->kind) {
    case SPF_IP4:
    case SPF_IP6:
    case SPF_A:
    case SPF_MX:
        lint_range(f, frame, t);
        break;
    case SPF_UNKNOWN:
        lint_modifier(f, frame, t);
        break;
    case SPF_PTR:
        finding_add(f, FINDING_SPF_PTR_USED, frame->print,
                    "\"%.*s\" in the SPF record of %s should not be published.",
                    SPF_SHOWN(t->text), frame->print);
        break;
    case SPF_ALL:
    case SPF_INCLUDE:
    case SPF_EXISTS:
    case SPF_REDIRECT:
    case SPF_EXP:
    case SPF_BAD:
        break;
    }
}

/* A mechanism without its qualifier. */
static struct span bare(const struct spf_term *t)
{
    return span_from(t->text, t->name.n ? (size_t)(t->name.p - t->text.p) : 0);
}

static void lint_duplicates(struct findings *f, const struct spf_frame *frame)
{
    const struct spf_record *r = frame->record;
    size_t n = r->n < DUPLICATES_MAX ? r->n : DUPLICATES_MAX;

    for (size_t i = 1; i < n; i++)
        for (size_t j = 0; j < i && r->term[i].kind < SPF_REDIRECT; j++)
            if (span_eq_ci(bare(&r->term[i]), bare(&r->term[j])) &&
                &r->term[j] != r->all) {
                finding_add(f, FINDING_SPF_DUPLICATE_TERM, frame->print,
                            "\"%.*s\" stands twice in the SPF record of %s.",
                            SPF_SHOWN(r->term[i].text), frame->print);
                break;
            }
}

void spf_lint_record(struct findings *f, const struct spf_frame *frame)
{
    const struct spf_record *r = frame->record;

    lint_all(f, frame);
    lint_unreachable(f, frame);
    for (size_t i = 0; i < r->n; i++)
        lint_term(f, frame, &r->term[i]);
    if (frame->included)
        return;
    lint_duplicates(f, frame);
    if (r->text.n > LONG_RECORD)
        finding_add(f, FINDING_SPF_RECORD_LONG, frame->print,
                    "The SPF record of %s is %zu octets long, over %d.", frame->print,
                    r->text.n, LONG_RECORD);
}

/* "v=spf1" behind quotes or blanks, without its blank, or misspelt in front. */
static bool looks_like_spf(struct span text)
{
    static const char *const start[] = { "v=spf", "v =",   "v= spf", "spf1 ",
                                         "v:spf", "v-spf", "spf=" };

    if (spf_record_is(text))
        return false;
    if (span_starts(text, SPAN("\xef\xbb\xbf")))
        text = span_from(text, 3);
    while (text.n && (text.p[0] == ' ' || text.p[0] == '\t' || text.p[0] == '"' ||
                      text.p[0] == '\''))
        text = span_from(text, 1);
    for (size_t i = 0; i < sizeof start / sizeof *start; i++)
        if (span_starts_ci(text, span_of(start[i])))
            return !span_starts_ci(text, SPAN("v =")) ||
                   span_starts_ci(span_trim(span_from(text, 3), " "), SPAN("spf"));
    return false;
}

enum ac_status spf_lint_answer(struct arena *a, struct findings *f,
                               const struct spf_frame *frame,
                               const struct dns_answer *txt)
{
    size_t size = HEADER_OVERHEAD + (size_t)frame->name.n;

    for (size_t i = 0; i < txt->n; i++) {
        struct span text = dns_txt_join(a, &txt->rr[i]);

        if (!text.p)
            return AC_ENOMEM;
        size += RR_OVERHEAD + txt->rr[i].rdata.n;
        if (looks_like_spf(text))
            finding_add(f, FINDING_SPF_NOT_A_RECORD, frame->print,
                        "The TXT record \"%.*s\" of %s is not taken for SPF.",
                        SPF_SHOWN(text), frame->print);
    }
    if (size > LARGE_ANSWER && !frame->included)
        finding_add(f, FINDING_SPF_ANSWER_LARGE, frame->print,
                    "The %zu TXT record%s of %s make an answer of %zu octets, over %d.",
                    txt->n, txt->n == 1 ? "" : "s", frame->print, size, LARGE_ANSWER);
    return AC_OK;
}

/* SPDX-License-Identifier: MIT */
/*
 * spf_record_fuzz.c - targets: spf_record_is, spf_record_parse, spf_lint_record,
 * spf_check and spf_audit over the record. RFC 7208, 4.6, 12.
 *
 * The bytes are the record of a.test, and of every other name that it may lead to.
 */
#include "spf/audit.h"
#include "spf/record.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    RUNS_MAX = 300,
    ARENA_CAP = 256 * 1024 * 1024
};

#define MUST(condition)   \
    do {                  \
        if (!(condition)) \
            abort();      \
    } while (0)

/* What the parser promises: positions inside the text, and usable means no problem. */
static void parse(struct arena *a, struct span text)
{
    struct spf_record r;

    MUST(spf_record_parse(a, text, &r) == AC_OK);
    MUST(r.n <= SPF_TERMS_MAX && r.n_problems <= SPF_PROBLEMS_MAX);
    MUST(r.usable == (r.n_problems == 0));
    for (size_t i = 0; i < r.n_problems; i++)
        MUST(r.problem[i].what && r.problem[i].at + r.problem[i].n <= text.n);
    for (size_t i = 0; i < r.n; i++) {
        MUST(r.term[i].text.p >= text.p && r.term[i].text.n);
        MUST(r.term[i].text.p + r.term[i].text.n <= text.p + text.n);
    }
}

/* TXT: the record; MX and PTR: a name; addresses: by the name's length. */
static const struct dns_answer *answer(struct arena *a, const struct dns_entry *e,
                                       struct span txt)
{
    const struct dns_rr host[] = { { .rdata = SPAN("\0\1\1m\4test\0") },
                                   { .rdata = SPAN("\1p\1a\4test\0") },
                                   { .rdata = SPAN("\300\0\2\1") } };
    struct dns_answer *out = arena_alloc(a, sizeof *out);
    struct dns_rr *rr = arena_alloc(a, sizeof *rr);

    MUST(out && rr);
    out->outcome = e->name.n % 7   ? DNS_ANSWER
                   : e->name.n % 2 ? DNS_TIMEOUT
                                   : DNS_NODATA;
    if (out->outcome != DNS_ANSWER)
        return out;
    out->n = 1;
    out->rr = rr;
    *rr = e->type == DNS_T_TXT   ? (struct dns_rr){ .rdata = txt }
          : e->type == DNS_T_MX  ? host[0]
          : e->type == DNS_T_PTR ? host[1]
                                 : host[2];
    return out;
}

/* The text as TXT RDATA. */
static struct span rdata(struct arena *a, struct span text)
{
    char *p = arena_alloc(a, text.n + text.n / 255 + 2);
    size_t n = 0;

    MUST(p);
    do {
        struct span part = span_to(text, 255);

        p[n++] = (char)part.n;
        if (part.n)
            memcpy(p + n, part.p, part.n);
        n += part.n;
        text = span_from(text, part.n);
    } while (text.n);
    return span_make(p, n);
}

static void evaluate(struct arena *answers, struct arena *run, struct span txt,
                     bool tree)
{
    struct spf_request request = { .client = { { 192, 0, 2, 9 }, 4 },
                                   .sender = SPAN("u+x@a.test"),
                                   .domain = SPAN("a.test"),
                                   .helo = SPAN("h.test") };
    enum ac_status status = AC_PENDING;
    struct dns_view view;
    struct dns_wants wants;
    struct findings findings;
    struct ac_env env = { &view, &wants, run, &findings, &ac_default_limits, 1, 1 };

    dns_view_init(&view, answers, ac_default_limits.questions, 1);
    for (int i = 0; status == AC_PENDING; i++) {
        struct spf_outcome out;
        struct spf_tree spf;

        MUST(i < RUNS_MAX);
        for (size_t k = 0; k < view.n; k++)
            dns_view_answer(&view, view.list[k], answer(answers, view.list[k], txt));
        arena_reset(run);
        dns_wants_init(&wants, run, ac_default_limits.hints);
        findings_init(&findings, run);
        status =
            tree ? spf_audit(&env, &request, &spf) : spf_check(&env, &request, &out);
        if (status == AC_OK && !tree)
            MUST(out.lookups <= ac_default_limits.spf_lookups + 1);
        if (status == AC_OK && tree)
            MUST(spf.lookups <= ac_default_limits.spf_tree);
    }
    MUST(status == AC_OK || status == AC_ELIMIT);
    dns_view_free(&view);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_make(size ? (const char *)data : "", size);
    struct arena answers, run;
    struct span txt;

    if (size > 60000)
        return 0;
    arena_init(&answers, ARENA_CAP);
    arena_init(&run, ARENA_CAP);
    parse(&run, text);
    txt = rdata(&answers, text);
    evaluate(&answers, &run, txt, false);
    evaluate(&answers, &run, txt, true);
    arena_free(&run);
    arena_free(&answers);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * check.c - check_host(), as a receiver does it. RFC 7208, 4 to 6.
 *
 * Terms are counted in the order of evaluation, over the whole recursion; what hints
 * have asked for changes no counter. A run that misses an answer ends with AC_PENDING
 * and notes, on its way out, all other questions that it may reach.
 */
#include "spf/check.h"

#include "spf/ahead.h"
#include "spf/evaluator.h"
#include "spf/match.h"

/* The evaluation and the outcome it writes. */
struct checker {
    struct spf_run run;
    struct spf_outcome *out;
    struct spf_step *step;
    size_t cap_steps;
};

static enum ac_status check_host(struct checker *c, struct spf_frame *frame,
                                 enum spf_result *result);

const char *spf_result_print(enum spf_result result)
{
    static const char *const word[] = { "none",     "neutral",   "pass",     "fail",
                                        "softfail", "temperror", "permerror" };

    return word[result];
}

static enum ac_status note_step(struct checker *c, const struct spf_frame *frame,
                                struct span term, const char *note)
{
    struct spf_outcome *out = c->out;
    struct spf_step *step = arena_grow(c->run.env->arena, c->step, out->n_steps,
                                       &c->cap_steps, sizeof *step);

    if (!step || !note)
        return AC_ENOMEM;
    c->step = step;
    out->step = step;
    step[out->n_steps++] = (struct spf_step){ .level = frame->level,
                                              .domain = frame->print,
                                              .term = term,
                                              .note = note,
                                              .lookups = c->run.lookups,
                                              .voids = c->run.voids };
    return AC_OK;
}

static enum spf_result of_qualifier(char qualifier)
{
    return qualifier == '-'   ? SPF_FAIL
           : qualifier == '~' ? SPF_SOFTFAIL
           : qualifier == '?' ? SPF_NEUTRAL
                              : SPF_PASS;
}

static bool has_quirk(const struct checker *c, unsigned quirks)
{
    return c->run.env->limits->spf_quirks & quirks;
}

/* Why `term` is one too many. */
static void set_too_many(struct checker *c, const struct spf_frame *frame,
                         const struct spf_term *term)
{
    struct spf_run *run = &c->run;
    unsigned limit = run->env->limits->spf_lookups;
    bool loops = false;

    for (const struct spf_frame *f = frame; f->up; f = f->up)
        loops = loops || spf_frame_loops(f->up, &f->name);
    if (loops) {
        run->reason = spf_reason_loop(run->env->arena, frame->print, term->text);
        return;
    }
    run->reason = (struct spf_reason){
        FINDING_SPF_TOO_MANY_LOOKUPS, run->top->print,
        arena_printf(
            run->env->arena,
            "The SPF record of %s needs more than %u DNS look-ups; \"%.*s\" in "
            "the record of %s is the one too many.",
            run->top->print, limit, SPF_SHOWN(term->text), frame->print)
    };
}

/* RFC 7208, 4.6.4: one more term that asks the DNS; false when it is one too many. */
static bool count_term(struct checker *c, const struct spf_frame *frame,
                       const struct spf_term *term)
{
    struct spf_run *run = &c->run;

    if (has_quirk(c, SPF_COUNTS_RECORDS) && term->kind != SPF_INCLUDE &&
        term->kind != SPF_REDIRECT)
        return true;
    if (++run->lookups <= run->env->limits->spf_lookups)
        return true;
    set_too_many(c, frame, term);
    return false;
}

/* What include and redirect have in common: the record behind the term is evaluated.
 * *result is none where there is none to evaluate. */
static enum ac_status follow(struct checker *c, const struct spf_frame *frame,
                             const struct spf_term *term, enum spf_result *result)
{
    struct spf_run *run = &c->run;
    struct spf_target target = { .valid = false };
    struct spf_frame *below;

    *result = SPF_NONE;
    if (!spf_never_matches(run, term))
        TRY(spf_match_target(run, frame, term, &target));
    if (target.valid && spf_is_full_name(&target.name)) {
        below = spf_frame_new(run, frame, term, &target);
        if (!below)
            return AC_ENOMEM;
        TRY(check_host(c, below, result));
    }
    if (*result == SPF_NONE)
        run->reason =
            spf_reason_include(run->env->arena, frame->print, term->text, target.text);
    return AC_OK;
}

/* RFC 7208, 5.2: the table of results. */
static enum ac_status match_include(struct checker *c, const struct spf_frame *frame,
                                    const struct spf_term *term, enum spf_match *out)
{
    unsigned lookups = c->run.lookups;
    enum spf_result result;

    *out = SPF_NO_MATCH;
    if (spf_never_matches(&c->run, term))
        return AC_OK;
    TRY(follow(c, frame, term, &result));
    if (has_quirk(c, SPF_COUNTS_BEFORE))
        c->run.lookups = lookups;
    switch (result) {
    case SPF_PASS:
        *out = SPF_MATCH;
        break;
    case SPF_FAIL:
    case SPF_SOFTFAIL:
    case SPF_NEUTRAL:
        break;
    case SPF_TEMPERROR:
        *out = SPF_TEMP;
        break;
    case SPF_PERMERROR:
    case SPF_NONE:
        c->run.odd = true;
        *out = has_quirk(c, SPF_EMPTY_INCLUDE) ? SPF_NO_MATCH : SPF_PERM;
        break;
    }
    return AC_OK;
}

/* A term that RFC 7208, 4.6 would have spoil the whole record. */
static enum spf_match match_bad(const struct checker *c, const struct spf_term *term)
{
    struct spf_term read;

    if (has_quirk(c, SPF_IPV4_WORD) && spf_evaluator_reads_ip(term, &read))
        return spf_network_matches(&c->run, &read) ? SPF_MATCH : SPF_NO_MATCH;
    if (has_quirk(c, SPF_SKIPS_BAD) ||
        (has_quirk(c, SPF_SKIPS_UNKNOWN) && !spf_evaluator_knows(term)))
        return SPF_NO_MATCH;
    return SPF_PERM;
}

/* RFC 7208, 5.1; to some +all is an error. */
static void match_all(struct checker *c, const struct spf_frame *frame,
                      const struct spf_term *term, enum spf_match *out)
{
    bool pass = term->qualifier == '+';

    c->run.odd = c->run.odd || pass;
    *out = pass && has_quirk(c, SPF_NO_PASS_ALL) ? SPF_PERM : SPF_MATCH;
    if (*out == SPF_PERM)
        c->run.reason = (struct spf_reason){
            FINDING_SPF_PASS_ALL, frame->print,
            "+all authorizes everybody, which this evaluator takes for an error."
        };
}

static enum ac_status match_term(struct checker *c, const struct spf_frame *frame,
                                 const struct spf_term *term, enum spf_match *out)
{
    *out = SPF_PERM;
    if (has_quirk(c, SPF_COUNTS_BEFORE) &&
        c->run.lookups >= c->run.env->limits->spf_lookups) {
        set_too_many(c, frame, term);
        return AC_OK;
    }
    if (spf_term_counts(term) && !count_term(c, frame, term))
        return AC_OK;
    if (term->kind == SPF_BAD) {
        *out = match_bad(c, term);
        if (*out == SPF_PERM)
            c->run.reason =
                spf_reason_syntax(c->run.env->arena, frame->print, frame->record, 0);
        return AC_OK;
    }
    if (term->kind == SPF_INCLUDE)
        return match_include(c, frame, term, out);
    if (term->kind == SPF_ALL) { /* RFC 7208, 5.1 */
        match_all(c, frame, term, out);
        return AC_OK;
    }
    return spf_match(&c->run, frame, term, out);
}

/* A note for people: what came of the term. */
static enum ac_status note_term(struct checker *c, const struct spf_frame *frame,
                                const struct spf_term *term, enum spf_match match,
                                unsigned voids)
{
    static const char *const word[] = { "does not match", "matches", "temperror",
                                        "permerror" };
    const char *note = word[match];

    if (match == SPF_NO_MATCH && c->run.voids > voids)
        note = "does not match: nothing is found there (void look-up)";
    if (match == SPF_TEMP || match == SPF_PERM)
        note = arena_printf(c->run.env->arena, "%s: %s", word[match],
                            c->run.reason.text ? c->run.reason.text : "");
    return note_step(c, frame, term->text, note);
}

/* The verdict of this record; below an include it is only an answer for the include. */
static void decide(struct checker *c, const struct spf_frame *frame,
                   const struct spf_term *term)
{
    if (frame->included)
        return;
    c->run.last = frame;
    c->out->mechanism = term ? term->text : span_make(NULL, 0);
    c->out->found_in = term ? frame->print : NULL;
}

/* RFC 7208, 6.1. */
static enum ac_status follow_redirect(struct checker *c, const struct spf_frame *frame,
                                      enum spf_result *result)
{
    const struct spf_term *term = frame->record->redirect;

    *result = SPF_PERMERROR;
    if (!count_term(c, frame, term))
        return note_term(c, frame, term, SPF_PERM, c->run.voids);
    TRY(note_step(c, frame, term->text, "nothing matched: goes on at its target"));
    TRY(follow(c, frame, term, result));
    if (*result == SPF_NONE)
        *result = SPF_PERMERROR;
    return AC_OK;
}

/* Terms that were hinted wait for the record alone; those that were not, for all that
 * was asked before them. */
static void set_depth(struct checker *c, const struct spf_term *term,
                      const struct dns_siblings *s)
{
    if (spf_term_counts(term) && !spf_may_hint(term))
        dns_wants_back(c->run.env->wants, s->deepest);
}

/* RFC 7208, 4.6.2, 4.7: term by term until one decides. */
static enum ac_status evaluate_record(struct checker *c, const struct spf_frame *frame,
                                      enum spf_result *result)
{
    const struct spf_record *r = frame->record;
    struct dns_siblings s = dns_siblings_begin(c->run.env->wants);
    enum spf_match match;

    for (size_t i = 0; i < r->n; i++) {
        const struct spf_term *term = &r->term[i];
        unsigned voids = c->run.voids;

        if (term->kind >= SPF_REDIRECT && term->kind != SPF_BAD)
            continue; /* a modifier: RFC 7208, 4.6.3 */
        set_depth(c, term, &s);
        TRY(match_term(c, frame, term, &match));
        dns_siblings_next(&s, c->run.env->wants);
        TRY(note_term(c, frame, term, match, voids));
        if (match == SPF_NO_MATCH)
            continue;
        *result = match == SPF_MATCH  ? of_qualifier(term->qualifier)
                  : match == SPF_TEMP ? SPF_TEMPERROR
                                      : SPF_PERMERROR;
        decide(c, frame, match == SPF_MATCH ? term : NULL);
        dns_siblings_end(&s, c->run.env->wants);
        return AC_OK;
    }
    if (r->redirect) {
        set_depth(c, r->redirect, &s);
        TRY(follow_redirect(c, frame, result));
        dns_siblings_end(&s, c->run.env->wants);
        return AC_OK;
    }
    dns_siblings_end(&s, c->run.env->wants);
    *result = SPF_NEUTRAL;
    decide(c, frame, NULL);
    return note_step(c, frame, span_make(NULL, 0), "nothing matched: neutral");
}

/* RFC 7208, 4.4, 4.5: no record to evaluate. */
static enum ac_status no_record(struct checker *c, const struct spf_frame *frame,
                                const struct spf_lookup *found, enum spf_result *result)
{
    struct spf_run *run = &c->run;
    struct arena *a = run->env->arena;

    if (found->found == SPF_UNANSWERED) {
        run->unanswered = true;
        run->silent = run->silent || found->answer->outcome >= DNS_TIMEOUT;
        run->reason =
            spf_reason_dns(a, &frame->name, DNS_T_TXT, found->answer->outcome);
        *result = SPF_TEMPERROR;
        run->odd = run->odd || frame == run->top;
        if (frame == run->top && has_quirk(c, SPF_FAILURE_IS_NONE))
            *result = SPF_NONE;
    } else if (found->found == SPF_SEVERAL) {
        run->odd = true;
        run->reason = spf_reason_multiple(a, frame->print, found->n);
        *result = SPF_PERMERROR;
    } else {
        run->reason = spf_reason_missing(a, frame->print, found->answer);
        run->voids += frame != run->top && found->answer->outcome != DNS_ANSWER;
        *result = SPF_NONE;
    }
    return note_step(c, frame, span_make(NULL, 0), run->reason.text);
}

/* RFC 7208, 4: for a frame whose name is a full domain name. */
static enum ac_status check_host(struct checker *c, struct spf_frame *frame,
                                 enum spf_result *result)
{
    struct spf_run *run = &c->run;
    const struct spf_lookup *found;

    TRY(spf_find(run, &frame->name, &found));
    frame->record = found->record;
    if (frame == run->top && found->record)
        c->out->record = found->record->text;
    if (!found->record)
        return no_record(c, frame, found, result);
    TRY(note_step(c, frame, span_make(NULL, 0), "has an SPF record"));
    run->odd = run->odd || !found->record->usable;
    if (found->record->usable || has_quirk(c, SPF_LAZY_SYNTAX))
        return evaluate_record(c, frame, result);
    run->reason = spf_reason_syntax(run->env->arena, frame->print, found->record, 0);
    *result = SPF_PERMERROR;
    return note_step(c, frame, span_make(NULL, 0), c->run.reason.text);
}

/* RFC 7208, 6.2: one TXT record, ASCII, a macro string; whatever else is no text. */
static enum ac_status read_explanation(struct checker *c, const struct dns_answer *txt)
{
    struct spf_run *run = &c->run;
    struct spf_macro_values values = run->values;
    struct spf_fault fault;
    struct span text;

    if (txt->n != 1)
        return AC_OK;
    text = dns_txt_join(run->env->arena, &txt->rr[0]);
    if (!text.p)
        return AC_ENOMEM;
    if (!spf_macro_check(text, SPF_MACRO_TEXT, &fault))
        return AC_OK;
    values.domain = run->last->text;
    if (spf_macro_letters(text) & SPF_LETTER('p'))
        TRY(spf_validated_name(run, &run->last->name, &values.validated));
    TRY(spf_macro_text(run->env->arena, &values, text, &text));
    c->out->explanation = text.p;
    return AC_OK;
}

/* exp= of the record that failed: not of one that was included (RFC 7208, 6.2). */
static enum ac_status explain(struct checker *c)
{
    struct spf_run *run = &c->run;
    const struct spf_term *exp = run->last->record->exp;
    const struct dns_answer *txt;
    struct spf_target target;

    if (!exp || spf_never_matches(run, exp))
        return AC_OK;
    TRY(spf_match_target(run, run->last, exp, &target));
    if (!target.valid)
        return AC_OK;
    TRY(dns_get(run->env->dns, run->env->wants, &target.name, DNS_T_TXT, &txt));
    return read_explanation(c, txt);
}

static struct spf_reason not_authorized(const struct checker *c)
{
    const struct spf_outcome *out = c->out;
    struct arena *a = c->run.env->arena;
    const char *result = spf_result_print(out->result), *text;
    char ip[IP_TEXT_MAX];

    ip_print(&c->run.client, ip);
    if (out->mechanism.p)
        text = arena_printf(a,
                            "%s is not authorized by the SPF record of %s: \"%.*s\" in "
                            "the record of %s gives %s.",
                            ip, out->domain, SPF_SHOWN(out->mechanism), out->found_in,
                            result);
    else
        text = arena_printf(a,
                            "%s is not authorized by the SPF record of %s: no term of "
                            "it matches, which gives %s.",
                            ip, out->domain, result);
    return (struct spf_reason){ FINDING_SPF_IP_NOT_AUTHORIZED, out->domain, text };
}

/* RFC 7208, 4.3 to 4.7, then the words for it. */
static enum ac_status evaluate(struct checker *c, bool domain_ok)
{
    struct spf_run *run = &c->run;
    struct spf_outcome *out = c->out;

    if (domain_ok)
        TRY(check_host(c, run->top, &out->result));
    else
        run->reason = spf_reason_domain(run->env->arena, run->top->print);
    if (run->unanswered)
        TRY(spf_could(run, &out->could_pass, &out->could_fail));
    out->could_pass = out->could_pass || out->result == SPF_PASS;
    out->could_fail = out->could_fail || out->result != SPF_PASS;
    c->out->decided = true;
    if (c->out->result == SPF_FAIL)
        TRY(explain(c));
    if (c->out->result == SPF_FAIL || c->out->result == SPF_SOFTFAIL ||
        c->out->result == SPF_NEUTRAL)
        run->reason = not_authorized(c);
    if (c->out->result == SPF_PASS)
        run->reason.id = FINDING_NONE;
    return AC_OK;
}

static enum ac_status finish(struct checker *c)
{
    struct spf_run *run = &c->run;
    struct spf_outcome *out = c->out;

    out->lookups = run->lookups;
    out->void_lookups = run->voids;
    out->silent = run->silent;
    out->odd = run->odd || run->voids || out->result == SPF_PERMERROR ||
               run->lookups >= run->env->limits->spf_lookups;
    out->reason = run->reason.id;
    if (out->reason == FINDING_NONE)
        return AC_OK;
    out->about = run->reason.about;
    out->reason_text = run->reason.text;
    if (!out->about || !out->reason_text)
        return AC_ENOMEM;
    if (out->reason == FINDING_SPF_TOO_MANY_LOOKUPS ||
        out->reason == FINDING_SPF_INCLUDE_LOOP)
        return AC_OK; /* spf_audit says it with the whole tree in view */
    return spf_reason_add(run->env->findings, &run->reason);
}

enum ac_status spf_check(struct ac_env *env, const struct spf_request *request,
                         struct spf_outcome *out)
{
    struct checker c = { .out = out };
    unsigned mark = dns_wants_mark(env->wants);
    enum ac_status status;
    bool domain_ok;

    *out = (struct spf_outcome){ .result = SPF_NONE, .reason = FINDING_NONE };
    TRY(spf_run_init(&c.run, env, request, &domain_ok));
    out->domain = c.run.top->print;
    status = evaluate(&c, domain_ok);
    if (status == AC_PENDING) {
        dns_wants_back(env->wants, mark);
        TRY(spf_hint(&c.run));
    }
    return status == AC_OK ? finish(&c) : status;
}

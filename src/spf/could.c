/* SPDX-License-Identifier: MIT */
/*
 * could.c - what an evaluation could still end in, over all answers that a failed
 * look-up might have had. RFC 7208, 4.6.2, 5.2, 6.1.
 *
 * The same walk as check_host() over sets of results: a term whose answer is not known
 * both matches and does not. Limits are counted at their least, so "could pass" is
 * never denied because of a term that might not have been reached.
 */
#include "spf/ahead.h"

/* Which ends a record can come to. Errors are neither: they end everything. */
struct ends {
    bool pass;
    bool other;     /* fail, softfail, neutral: an include goes on */
    unsigned voids; /* least number when it goes on */
    unsigned terms;
};

/* How a term can turn out. */
struct turns {
    bool match, no_match;
    unsigned voids, terms; /* least number when it does not match */
};

enum {
    WORK_MAX = 20000 /* terms looked at; beyond it anything is thought possible */
};

struct walk {
    struct spf_run *run;
    unsigned work;
    bool error; /* some way leads to permerror */
};

static enum ac_status explore(struct walk *w, const struct spf_frame *frame,
                              unsigned terms, unsigned voids, struct ends *out);

static const struct turns ANYTHING = { .match = true, .no_match = true };

/* One look-up of addresses (or, for exists, of anything). */
static void turn_address(struct walk *w, const struct spf_term *t,
                         const struct dns_name *name, struct turns *out)
{
    uint16_t type = t->kind == SPF_EXISTS ? DNS_T_A : spf_address_type(w->run);
    const struct dns_answer *a = dns_peek(w->run->env->dns, name, type);

    if (!a || !dns_answered(a)) {
        out->match = true;
        return;
    }
    out->voids += a->outcome != DNS_ANSWER;
    if (t->kind == SPF_EXISTS ? a->n > 0 : spf_address_matches(w->run, t, a)) {
        out->match = true;
        out->no_match = false;
    }
}

static enum ac_status turn_mx(struct walk *w, const struct spf_term *t,
                              const struct dns_name *name, struct turns *out)
{
    const struct dns_answer *mx = dns_peek(w->run->env->dns, name, DNS_T_MX);
    unsigned limit = w->run->env->limits->spf_mx_names;
    struct dns_name *host;
    size_t n;

    if (!mx || !dns_answered(mx)) {
        out->match = true;
        return AC_OK;
    }
    out->voids += mx->outcome != DNS_ANSWER;
    host = spf_mx_hosts(w->run, mx, &n);
    if (!host)
        return AC_ENOMEM;
    for (size_t i = 0; i < n && i < limit && out->no_match; i++)
        turn_address(w, t, &host[i], out);
    if (n > limit && out->no_match) {
        out->no_match = false;
        w->error = true;
    }
    return AC_OK;
}

static void turn_ptr(struct walk *w, const struct spf_term *t,
                     const struct dns_name *name, struct turns *out)
{
    struct dns_name reverse, host;
    const struct dns_answer *ptr;

    if (!spf_reverse_name(w->run, &reverse))
        return;
    ptr = dns_peek(w->run->env->dns, &reverse, DNS_T_PTR);
    if (!ptr || !dns_answered(ptr)) {
        out->match = true;
        return;
    }
    out->voids += ptr->outcome != DNS_ANSWER;
    for (size_t i = 0; i < ptr->n && i < w->run->env->limits->spf_ptr_names; i++)
        if (dns_target_read(&ptr->rr[i], &host) && dns_name_is_under(&host, name))
            turn_address(w, t, &host, out);
}

/* include and redirect: what the record behind them can end in. */
static enum ac_status ends_behind(struct walk *w, const struct spf_frame *frame,
                                  const struct spf_term *t,
                                  const struct spf_target *target, unsigned terms,
                                  unsigned voids, struct ends *out)
{
    const struct spf_lookup *found;
    struct spf_frame *below;

    *out = (struct ends){ .voids = voids, .terms = terms };
    if (!target->valid || !spf_is_full_name(&target->name)) {
        w->error = true;
        return AC_OK;
    }
    TRY(spf_find_peek(w->run, &target->name, &found));
    if (!found || found->found == SPF_UNANSWERED) {
        out->pass = out->other = true;
        return AC_OK;
    }
    if (!found->record || !found->record->usable) {
        w->error = true;
        return AC_OK;
    }
    below = spf_frame_new(w->run, frame, t, target);
    if (!below)
        return AC_ENOMEM;
    below->record = found->record;
    return explore(w, below, terms, voids, out);
}

static enum ac_status turn_include(struct walk *w, const struct spf_frame *frame,
                                   const struct spf_term *t,
                                   const struct spf_target *target, struct turns *out)
{
    struct ends ends;

    TRY(ends_behind(w, frame, t, target, out->terms, out->voids, &ends));
    *out = (struct turns){ ends.pass, ends.other, ends.voids, ends.terms };
    return AC_OK;
}

/* How the term can turn out; terms and voids are those before it, itself counted. */
static enum ac_status turn(struct walk *w, const struct spf_frame *frame,
                           const struct spf_term *t, struct turns *out)
{
    struct spf_target target;

    out->match = t->kind == SPF_ALL;
    out->no_match = !out->match;
    if (t->kind == SPF_IP4 || t->kind == SPF_IP6) {
        out->match = spf_network_matches(w->run, t);
        out->no_match = !out->match;
    }
    if (!spf_term_counts(t) || spf_never_matches(w->run, t))
        return AC_OK;
    if (spf_letters(t) & SPF_LETTER('p')) {
        out->match = true; /* any name may come out of a PTR look-up */
        return AC_OK;
    }
    TRY(spf_target(w->run, frame, t, &target));
    if (t->kind == SPF_INCLUDE)
        return turn_include(w, frame, t, &target, out);
    if (!target.valid)
        return AC_OK;
    if (t->kind == SPF_MX)
        return turn_mx(w, t, &target.name, out);
    if (t->kind == SPF_PTR)
        turn_ptr(w, t, &target.name, out);
    else
        turn_address(w, t, &target.name, out);
    return AC_OK;
}

static void add_end(struct ends *out, char qualifier, unsigned terms, unsigned voids)
{
    if (qualifier == '+') {
        out->pass = true;
        return;
    }
    if (!out->other || terms < out->terms)
        out->terms = terms;
    if (!out->other || voids < out->voids)
        out->voids = voids;
    out->other = true;
}

static enum ac_status explore_redirect(struct walk *w, const struct spf_frame *frame,
                                       unsigned terms, unsigned voids, struct ends *out)
{
    const struct spf_term *t = frame->record->redirect;
    const struct ac_limits *limits = w->run->env->limits;
    struct spf_target target;
    struct ends ends;

    if (!t) {
        add_end(out, '?', terms, voids);
        return AC_OK;
    }
    if (terms + 1 > limits->spf_lookups) {
        w->error = true;
        return AC_OK;
    }
    if (spf_letters(t) & SPF_LETTER('p')) {
        out->pass = true;
        add_end(out, '?', terms + 1, voids);
        return AC_OK;
    }
    TRY(spf_target(w->run, frame, t, &target));
    TRY(ends_behind(w, frame, t, &target, terms + 1, voids, &ends));
    out->pass = out->pass || ends.pass;
    if (ends.other)
        add_end(out, '?', ends.terms, ends.voids);
    return AC_OK;
}

static enum ac_status explore(struct walk *w, const struct spf_frame *frame,
                              unsigned terms, unsigned voids, struct ends *out)
{
    const struct spf_record *r = frame->record;
    const struct ac_limits *limits = w->run->env->limits;

    *out = (struct ends){ .pass = false };
    for (size_t i = 0; i < r->n; i++) {
        const struct spf_term *t = &r->term[i];
        struct turns turns = ANYTHING;

        if (t->kind == SPF_REDIRECT || t->kind == SPF_EXP || t->kind == SPF_UNKNOWN)
            continue;
        if (++w->work > WORK_MAX) {
            out->pass = out->other = true;
            return AC_OK;
        }
        turns.terms = terms + spf_term_counts(t);
        turns.voids = voids;
        if (turns.terms > limits->spf_lookups) {
            w->error = true;
            return AC_OK;
        }
        TRY(turn(w, frame, t, &turns));
        if (turns.match)
            add_end(out, t->qualifier, turns.terms, voids);
        w->error = w->error || (turns.no_match && turns.voids > limits->spf_voids);
        if (!turns.no_match || turns.voids > limits->spf_voids)
            return AC_OK;
        terms = turns.terms;
        voids = turns.voids;
    }
    return explore_redirect(w, frame, terms, voids, out);
}

enum ac_status spf_could(struct spf_run *run, bool *pass, bool *fail)
{
    struct walk w = { .run = run };
    const struct spf_lookup *found;
    struct ends ends;

    *pass = *fail = false;
    run->env->wants->looked_around = true;
    TRY(spf_find_peek(run, &run->top->name, &found));
    if (!found || found->found == SPF_UNANSWERED) {
        *pass = *fail = true;
        return AC_OK;
    }
    if (!found->record || !found->record->usable)
        return AC_OK;
    run->top->record = found->record;
    TRY(explore(&w, run->top, 0, 0, &ends));
    *pass = ends.pass;
    *fail = ends.other || w.error;
    return AC_OK;
}

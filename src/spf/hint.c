/* SPDX-License-Identifier: MIT */
/*
 * hint.c - the questions that an evaluation may reach, asked for side by side. RFC
 * 7208, 4.6.4 sets the bound: what stands behind the tenth term is never needed.
 *
 * The bound also keeps a hostile record from turning us on others (RFC 7208, 11.1). No
 * hints for exists, ptr and targets with %{s} %{l} %{p}: they may tell a stranger which
 * mail is on its way, and are made to be asked one by one.
 */
#include "spf/ahead.h"

/* Terms met so far, in the order of evaluation. */
struct walk {
    struct spf_run *run;
    unsigned terms;
};

static enum ac_status hint_record(struct walk *w, const struct spf_frame *frame,
                                  bool *passes);

static void hint(struct walk *w, const struct dns_name *name, uint16_t type)
{
    dns_hint(w->run->env->dns, w->run->env->wants, name, type);
}

/* Does the term decide by itself, so that nothing behind it is reached? */
static bool decides(const struct walk *w, const struct spf_term *t)
{
    if (t->kind == SPF_ALL)
        return true;
    return (t->kind == SPF_IP4 || t->kind == SPF_IP6) && spf_network_matches(w->run, t);
}

bool spf_may_hint(const struct spf_term *t)
{
    const uint32_t secret = SPF_LETTER('s') | SPF_LETTER('l') | SPF_LETTER('p');

    return t->kind != SPF_EXISTS && t->kind != SPF_PTR && !(spf_letters(t) & secret);
}

/* The record behind include and redirect, and what it leads to once it is known. */
static enum ac_status hint_nested(struct walk *w, const struct spf_frame *frame,
                                  const struct spf_term *t,
                                  const struct spf_target *target, bool *passes)
{
    const struct spf_lookup *found;
    struct spf_frame *below;

    if (!spf_is_full_name(&target->name) || spf_frame_loops(frame, &target->name))
        return AC_OK;
    hint(w, &target->name, DNS_T_TXT);
    TRY(spf_find_peek(w->run, &target->name, &found));
    if (!found || !found->record || !found->record->usable)
        return AC_OK;
    TRY(spf_find(w->run, &target->name, &found)); /* it is known: for the depth */
    below = spf_frame_new(w->run, frame, t, target);
    if (!below)
        return AC_ENOMEM;
    below->record = found->record;
    return hint_record(w, below, passes);
}

static enum ac_status hint_mx(struct walk *w, const struct dns_name *name)
{
    struct spf_run *run = w->run;
    const struct dns_answer *mx = dns_peek(run->env->dns, name, DNS_T_MX);
    struct dns_name *host;
    size_t n;

    hint(w, name, DNS_T_MX);
    if (!mx || !mx->n)
        return AC_OK;
    TRY(dns_get(run->env->dns, run->env->wants, name, DNS_T_MX, &mx));
    host = spf_mx_hosts(run, mx, &n);
    if (!host)
        return AC_ENOMEM;
    for (size_t i = 0; i < n && i < run->env->limits->spf_mx_names; i++)
        hint(w, &host[i], spf_address_type(run));
    return AC_OK;
}

/* *passes: the term is an include that is sure to match. */
static enum ac_status hint_term(struct walk *w, const struct spf_frame *frame,
                                const struct spf_term *t, bool *passes)
{
    struct spf_target target;

    *passes = false;
    if (!spf_may_hint(t) || spf_never_matches(w->run, t))
        return AC_OK;
    TRY(spf_target(w->run, frame, t, &target));
    if (!target.valid)
        return AC_OK;
    if (t->kind == SPF_A)
        hint(w, &target.name, spf_address_type(w->run));
    else if (t->kind == SPF_MX)
        TRY(hint_mx(w, &target.name));
    else if (t->kind == SPF_EXP)
        hint(w, &target.name, DNS_T_TXT);
    else
        TRY(hint_nested(w, frame, t, &target, passes));
    return AC_OK;
}

/* *passes: no question is left open, and the answer is pass. */
static enum ac_status hint_record(struct walk *w, const struct spf_frame *frame,
                                  bool *passes)
{
    const struct spf_record *r = frame->record;
    unsigned mark = dns_wants_mark(w->run->env->wants);
    bool open = false, sure;

    if (r->exp && !frame->included)
        TRY(hint_term(w, frame, r->exp, &sure));
    for (size_t i = 0; i <= r->n; i++) {
        const struct spf_term *t = i < r->n ? &r->term[i] : r->redirect;

        if (i == r->n && (r->all || !t))
            break;
        if (i < r->n && t->kind != SPF_REDIRECT && decides(w, t)) {
            *passes = !open && t->qualifier == '+';
            return AC_OK;
        }
        if (!spf_term_counts(t) || (i < r->n && t->kind == SPF_REDIRECT))
            continue;
        if (++w->terms > w->run->env->limits->spf_lookups)
            return AC_OK;
        TRY(hint_term(w, frame, t, &sure));
        dns_wants_back(w->run->env->wants, mark);
        if (sure)
            return AC_OK;
        open = true;
    }
    return AC_OK;
}

static enum ac_status hint_from_top(struct spf_run *run)
{
    struct walk w = { .run = run };
    const struct spf_lookup *found;
    bool passes = false;

    TRY(spf_find_peek(run, &run->top->name, &found));
    if (!found || !found->record || !found->record->usable)
        return AC_OK;
    TRY(spf_find(run, &run->top->name, &found));
    run->top->record = found->record;
    return hint_record(&w, run->top, &passes);
}

enum ac_status spf_hint(struct spf_run *run)
{
    struct dns_wants *wants = run->env->wants;
    uint64_t user = wants->user;
    enum ac_status status;

    wants->user = 0; /* an answer read for the sake of hints alone is not wanted */
    status = hint_from_top(run);
    wants->user = user;
    return status;
}

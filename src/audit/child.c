/* SPDX-License-Identifier: MIT */
/*
 * child.c - an audit over another one's answers.
 */
#include "audit/child.h"

/* Hand on the answers that the parent has, and note what it lacks. */
static enum ac_status hand_down(struct ac_env *env, struct audit *child, bool *moved)
{
    struct dns_view *view = audit_view(child);
    unsigned mark = dns_wants_mark(env->wants);

    *moved = false;
    for (size_t i = 0; i < view->n; i++) {
        struct dns_entry *e = view->list[i];
        const struct dns_answer *answer;
        enum ac_status status;

        if (e->answer)
            continue;
        /* The depth of a question is the child's: what it waited for is known there. */
        dns_wants_behind(env->wants, mark, e->depth - 1);
        status = dns_get_raw(env->dns, env->wants, &e->name, e->type, &answer);
        dns_wants_back(env->wants, mark);
        if (status == AC_PENDING)
            continue;
        TRY(status);
        dns_view_answer(view, e, answer);
        *moved = true;
    }
    return AC_OK;
}

enum ac_status audit_child_run(struct ac_env *env, struct audit *child)
{
    enum ac_status status;
    bool moved;

    while ((status = audit_step(child)) == AC_PENDING) {
        TRY(hand_down(env, child, &moved));
        if (!moved)
            return AC_PENDING;
    }
    return status;
}

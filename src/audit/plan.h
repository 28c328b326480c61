/* SPDX-License-Identifier: MIT */
/*
 * plan.h - which tasks make up an audit, and which of them a verdict hangs on. Private
 * to the audit room.
 */
#ifndef AUDIT_PLAN_H
#define AUDIT_PLAN_H

#include "audit/tasks.h"

/* An evaluator's task together with its context. */
#define PLANNED(type)                                          \
    struct {                                                   \
        struct task *task; /* NULL: not planned, or not yet */ \
        struct type##_task *in;                                \
    }

/* A name whose Organizational Domain is wanted, by both sets of rules. */
struct plan_identifier {
    struct dns_name name;
    PLANNED(org) org[DMARC_RULES_N];
};

/* One address of --ip. */
struct plan_client {
    struct ip ip;
    struct span helo; /* p == NULL while it is being guessed */
    bool helo_guessed;
    PLANNED(host) host;
    PLANNED(spf_tree) tree;
    PLANNED(spf_check) check;
    PLANNED(spf_variant) variant[SPF_EVALUATORS_N]; /* where they could differ */
    PLANNED(spf_check) helo_check;
    struct plan_identifier *identifier; /* NULL: MAIL FROM has no domain name */
};

/* One selector of --selector. */
struct plan_key {
    const struct audit_selector *selector;
    PLANNED(dkim) key;
    struct plan_identifier *identifier;
};

struct fixes_task; /* audit/fix.h */

struct audit {
    struct engine engine;
    struct audit_options options;
    struct span domain; /* printed */
    struct plan_client *client;
    struct plan_key *key;
    struct plan_identifier *identifier; /* each name once; [0] is the From domain */
    size_t n_identifiers;
    PLANNED(policy) policy[DMARC_RULES_N];
    PLANNED(reader) reader[DMARC_READERS_N]; /* without the RFCs, by need */
    PLANNED(dmarc_audit) dmarc_audit;
    PLANNED(discover) discover;
    PLANNED(mx) mx;
    uint64_t asked; /* conditions that the rules of the receivers chosen ask about */
    PLANNED(sender) sender; /* the MAIL FROM domain; NULL where it is the From domain */
    PLANNED(sender) author; /* the From domain */
    PLANNED(blocklist) * blocklist;
    size_t n_blocklists;
    PLANNED(spf_tree) tree; /* without an address */
    PLANNED(before) before; /* the world without the proposed changes */
    PLANNED(fixes) fixes;
    bool fixes_planned; /* or there is nothing to mend */
    bool planned;       /* plan_continue has looked at what there is */
    bool decided;       /* see audit_decided */
    bool added;         /* plan_continue has added tasks that did not run yet */
    bool stale;         /* `decided`, and what is decisive, are of an earlier state */
    bool finished;
    struct audit_result result;
};

/* The tasks that can be planned from the options alone. */
enum ac_status plan_begin(struct audit *a) AC_MUST_USE;

/* Tasks that earlier results call for, and which are decisive now. *added: some were.
 */
enum ac_status plan_continue(struct audit *a, bool *added) AC_MUST_USE;

/* Bring `decided`, and which tasks are decisive, up to date. */
enum ac_status plan_decide(struct audit *a) AC_MUST_USE;

/* Does one of the receivers chosen run this evaluator, this reader? */
bool plan_runs_evaluator(const struct audit *a, enum spf_evaluator evaluator);
bool plan_runs_reader(const struct audit *a, enum dmarc_reader reader);

/* Was the HELO name given, or does it stand in for a null sender, so that it counts? */
bool plan_helo_counts(const struct audit *a, const struct plan_client *c);
bool plan_null_sender(const struct audit *a);

/*
 * The evidence on the mail from one client, of what is known now; what is pending is
 * left open. dkim has room for n_keys identifiers. With keys == NULL the signatures are
 * those of --selector.
 */
enum ac_status plan_evidence(const struct audit *a, const struct plan_client *c,
                             struct arena *arena,
                             struct verdict_evidence *out) AC_MUST_USE;

/* What the receivers answer to the mail from one client. */
struct plan_verdict {
    enum verdict verdict;
    size_t decided_by; /* index of the receiver whose verdict it is */
    struct prediction *prediction;
};

/* The verdicts for all clients, of what is known now, and which of them is described:
 * the first of the worst. There must be a client. */
enum ac_status plan_verdicts(const struct audit *a, struct arena *arena,
                             struct plan_verdict **each, size_t *described) AC_MUST_USE;

/* Why one receiver answers to the mail from this client as it does. */
enum ac_status plan_causes(const struct audit *a, const struct plan_client *c,
                           size_t receiver, struct arena *arena,
                           const struct cause **out, size_t *n) AC_MUST_USE;

/* What is asked beside authentication, its place in the evidence, and in the result:
 * audit/reputation.c. */
enum ac_status plan_reputation(struct audit *a) AC_MUST_USE;
enum ac_status plan_reputation_evidence(const struct audit *a,
                                        const struct plan_client *c,
                                        struct arena *arena,
                                        struct verdict_evidence *out) AC_MUST_USE;
enum ac_status plan_reputation_finish(struct audit *a) AC_MUST_USE;

/* Is it a question to a block list? They tell of themselves what was not answered. */
bool plan_is_blocklist(const struct audit *a, const struct dns_name *name);

/* The text that stands for MAIL FROM: an address, a bare domain, or "<>". */
struct span plan_mail_from(const struct audit *a);

/* Add a task with a fresh context of the right type to `slot`, with a printf label. */
#define PLAN(a, slot, runner, ...)                                              \
    plan_add(a, runner, sizeof *(slot)->in, &(slot)->task, (void *)&(slot)->in, \
             arena_printf(&(a)->engine.arena, __VA_ARGS__))
enum ac_status plan_add(struct audit *a, enum ac_status (*run)(struct ac_env *, void *),
                        size_t size, struct task **task, void *in,
                        const char *label) AC_MUST_USE;

/* A signature that verifies, by a key of this domain. */
struct verdict_identifier plan_signature(const struct audit *a,
                                         const struct plan_identifier *domain);

/* Findings about questions that the DNS left open, and what hangs on them. */
enum ac_status plan_note_open(struct audit *a) AC_MUST_USE;

/* Who would come to another outcome for this mail: into a->result. */
enum ac_status plan_disagree(struct audit *a, const struct plan_client *c) AC_MUST_USE;

/* Fill a->result once all tasks are done. */
enum ac_status plan_finish(struct audit *a) AC_MUST_USE;

#endif

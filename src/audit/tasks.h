/* SPDX-License-Identifier: MIT */
/*
 * tasks.h - each evaluator with its input and result, in the form that the engine runs.
 * What is only glue between rooms (the MX hosts of the domain, hints for discovery) is
 * evaluated here.
 */
#ifndef AUDIT_TASKS_H
#define AUDIT_TASKS_H

#include "audit/audit.h"
#include "audit/engine.h"
#include "dmarc/audit.h"
#include "dmarc/reader.h"
#include "reputation/blocklist.h"
#include "reputation/host.h"
#include "reputation/sender.h"
#include "spf/evaluator.h"

struct spf_check_task {
    struct spf_request request;
    struct spf_outcome out;
};

/* The same by one of the evaluators that are not RFC 7208. */
struct spf_variant_task {
    struct spf_request request;
    enum spf_evaluator evaluator;
    struct spf_outcome out;
};

struct spf_tree_task {
    struct spf_request request;
    struct spf_tree out;
};

/* The names of a host: by PTR, and in EHLO. */
struct host_task {
    struct ip ip;
    bool silent;      /* it serves to guess the HELO name alone: no findings */
    struct span helo; /* as it was given; p == NULL: it was not */
    struct host_client out;
    struct host_helo helo_facts;
};

struct sender_task {
    struct dns_name name;
    struct sender_domain out;
};

/* All subjects of an audit at one list. */
struct blocklist_task {
    struct blocklist list;
    const struct ip *ip;
    size_t n_ips;
    struct dns_name domain[3]; /* From, MAIL FROM, EHLO */
    size_t n_domains;
    struct blocklist_result *out;
    size_t n;
};

struct dkim_task {
    struct dkim_selector selector;
    struct dkim_outcome out;
};

struct discover_task {
    struct dns_name domain;
    size_t limit;
    struct dkim_discovery out;
};

struct policy_task {
    struct dns_name author;
    enum dmarc_rules rules;
    struct dmarc_discovery out;
};

/* A reader that is not one of the RFCs. */
struct reader_task {
    struct dns_name author;
    enum dmarc_reader reader;
    struct dmarc_discovery out;
};

struct org_task {
    struct dns_name name;
    enum dmarc_rules rules;
    struct dmarc_org out;
};

struct dmarc_audit_task {
    struct dns_name author;
    bool check_reports;
};

/* The same audit without the overlay. */
struct before_task {
    struct audit *audit;
};

struct mx_task {
    struct dns_name domain;
    struct audit_mx *out;
    size_t n;
};

enum {
    MX_SHOWN_MAX = 20
};

enum ac_status audit_run_spf_check(struct ac_env *env, void *context);
enum ac_status audit_run_helo_check(struct ac_env *env, void *context);
enum ac_status audit_run_spf_variant(struct ac_env *env, void *context);
enum ac_status audit_run_spf_tree(struct ac_env *env, void *context);
enum ac_status audit_run_host(struct ac_env *env, void *context);
enum ac_status audit_run_sender(struct ac_env *env, void *context);
enum ac_status audit_run_blocklist(struct ac_env *env, void *context);
enum ac_status audit_run_dkim(struct ac_env *env, void *context);
enum ac_status audit_run_discover(struct ac_env *env, void *context);
enum ac_status audit_run_policy(struct ac_env *env, void *context);
enum ac_status audit_run_reader(struct ac_env *env, void *context);
enum ac_status audit_run_org(struct ac_env *env, void *context);
enum ac_status audit_run_dmarc_audit(struct ac_env *env, void *context);
enum ac_status audit_run_before(struct ac_env *env, void *context);
enum ac_status audit_run_mx(struct ac_env *env, void *context);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * tasks.h - each evaluator with its input and result, in the form that the engine runs.
 * What is only glue between rooms (the name of the connecting host, the MX hosts of the
 * domain, hints for discovery) is evaluated here.
 */
#ifndef AUDIT_TASKS_H
#define AUDIT_TASKS_H

#include "audit/audit.h"
#include "audit/engine.h"
#include "dmarc/audit.h"
#include "dmarc/reader.h"
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

/* The host name behind an address: the first of its PTR names, in byte order, that
 * resolves back to it. */
struct helo_task {
    struct ip ip;
    bool found;
    bool open; /* some name before it, or all of them, could not be looked up */
    struct dns_name name;
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
    HELO_NAMES_MAX = 10,
    MX_SHOWN_MAX = 20
};

enum ac_status audit_run_spf_check(struct ac_env *env, void *context);
enum ac_status audit_run_helo_check(struct ac_env *env, void *context);
enum ac_status audit_run_spf_variant(struct ac_env *env, void *context);
enum ac_status audit_run_spf_tree(struct ac_env *env, void *context);
enum ac_status audit_run_helo(struct ac_env *env, void *context);
enum ac_status audit_run_dkim(struct ac_env *env, void *context);
enum ac_status audit_run_discover(struct ac_env *env, void *context);
enum ac_status audit_run_policy(struct ac_env *env, void *context);
enum ac_status audit_run_reader(struct ac_env *env, void *context);
enum ac_status audit_run_org(struct ac_env *env, void *context);
enum ac_status audit_run_dmarc_audit(struct ac_env *env, void *context);
enum ac_status audit_run_before(struct ac_env *env, void *context);
enum ac_status audit_run_mx(struct ac_env *env, void *context);

#endif

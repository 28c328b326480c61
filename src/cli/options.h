/* SPDX-License-Identifier: MIT */
/*
 * options.h - the command line as data. See options.def.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "audit/audit.h"
#include "audit/drive.h"
#include "net/ares.h"
#include "record/recording.h"
#include "report/exit.h"
#include "report/report.h"

/* Which commands take an option, as bits. */
enum cli_taker {
    FOR_AUDIT = 1,
    FOR_EXPLAIN = 2,
    FOR_BATCH = 4,
    FOR_ALL = 7,
};

enum option_id {
#define O(id, letter, commands, name, argument, help) OPTION_##id,
#include "cli/options.def"
#undef O
    OPTION_COUNT
};

struct cli_options;

struct option_row {
    int letter;        /* 0: none */
    unsigned commands; /* bits of enum cli_taker */
    const char *name, *argument, *help;
    /* Take its argument (NULL where it has none); AC_EINVAL with o->error. */
    enum ac_status (*take)(struct cli_options *o, const char *argument);
};

/* The rows of options.def, OPTION_COUNT of them. */
const struct option_row *options_table(void);

enum {
    CLI_ERROR_MAX = 2048,
    CLI_SHOWN_MAX = 300,
    CLI_RECEIVERS_MAX = 64,
    CLI_BLOCKLISTS_MAX = 16
};

/* Lists that grow option by option, with room for argc entries each. */
struct cli_lists {
    struct ip *ip;
    const char **selector, **server;
    const struct receiver **receiver; /* CLI_RECEIVERS_MAX */
    struct blocklist *blocklist;      /* CLI_BLOCKLISTS_MAX */
    size_t n_selectors, n_servers;
};

/* What the command line asks for. Texts point into argv. */
struct cli_options {
    enum cli_taker command; /* that is run */
    struct arena arena;
    char **operand; /* what is no option, in order; of argv */
    int n_operands;
    struct cli_lists lists;
    struct audit_options audit;
    struct drive_options drive;
    struct net_options net;
    struct report_options report;
    struct dns_overlay *overlay;
    const struct report_format *format;
    const char *output;          /* NULL: stdout */
    const char *record;          /* file to save the audit in, or NULL */
    const char *replay;          /* file to take the audit from, or NULL */
    struct recording *recording; /* what was read from it */
    enum fail_on fail_on;
    struct {
        unsigned in_flight, qps; /* 0: not said */
        bool ordered, resume;
    } batch;
    const char *color; /* WHEN of --color */
    bool ndjson;       /* explain: an object a line, however few there are */
    bool no_audit;     /* explain: only read what the bounce says */
    bool help, version;
    char shown[CLI_SHOWN_MAX];
    char error[CLI_ERROR_MAX]; /* one line: what, where, what was expected */
};

/*
 * Read the command line of `command`; zone files are loaded. Its operands are left as
 * they are, but for an audit: then the domain, its selectors and the receivers are
 * taken too. AC_OK; AC_EINVAL with o->error; AC_ENOMEM. cli_options_free in every case.
 */
enum ac_status cli_options_parse(struct cli_options *o, enum cli_taker command,
                                 int argc, char **argv) AC_MUST_USE;

/* The domain of an audit, of any text. */
enum ac_status cli_take_domain(struct cli_options *o, const char *text) AC_MUST_USE;

/* The selectors of --selector, once o->audit.domain is known. */
enum ac_status cli_take_selectors(struct cli_options *o) AC_MUST_USE;

/* The receivers that are predicted when none is named. */
enum ac_status cli_take_default_receivers(struct cli_options *o) AC_MUST_USE;

void cli_options_free(struct cli_options *o);

#endif

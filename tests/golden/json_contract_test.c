/* SPDX-License-Identifier: MIT */
/*
 * json_contract_test.c - the public contract of `--format json`, checked mechanically:
 * every command line of the contract_*.table files gives an object with every key, of
 * the right type, words in range; what must agree with each other does; the exit code
 * is what verdict, findings and --fail-on say. Then what the row itself expects.
 *
 * A table: "zones FILE..." and "options OPTION..." hold for the command lines after
 * them (the default options are --offline). A command line stands at the margin as a
 * shell would read it; below it, set in, what it must give: "exit N", "PATH = JSON",
 * "has ID...", "lacks ID..." (findings). A value that is no JSON is a string.
 * "server FILE" starts a DNS server on loopback with that zone (a record a line), and
 * sends the command lines after it there; "silence NAME" lets it give no answer about
 * that name, and "patience OPTION..." takes the place of its usual patience.
 */
#include "support/dnsd.h"

#include <ctype.h>
#include <glob.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum {
    LINE_BYTES = 4096,
    OUTPUT_BYTES = 1 << 20
};

/* A key: where it is, what it may hold, and its words where it is an enumeration. */
struct key {
    const char *in, *name;
    const char *types; /* s string, n integer, r real, b boolean, o object, a array,
                          0 null */
    const char *words; /* " a b c ": one of them, when it is a string */
};

#define VERDICTS " accept spam defer unknown reject "
#define SPF      " pass fail softfail neutral none temperror permerror "
#define DMARC    " pass fail none temperror permerror "
#define POLICIES " none quarantine reject "
#define OUTCOMES                                                        \
    " answer nodata nxdomain servfail refused malformed bogus timeout " \
    "unreachable deadline "

static const struct key keys[] = {
    { "", "schema", "n", NULL },
    { "", "version", "s", NULL },
    { "", "domain", "s", NULL },
    { "", "ips", "a", NULL },
    { "", "mail_from", "s", NULL },
    { "", "helo", "s0", NULL },
    { "", "verdict", "s0", VERDICTS },
    { "", "decided_by", "s0", NULL },
    { "", "reply", "s0", NULL },
    { "", "signed_by", "a", NULL },
    { "", "verdict_if_signed", "s0", VERDICTS },
    { "", "verdict_if_unsigned", "s0", VERDICTS },
    { "", "spf", "a", NULL },
    { "", "dkim", "a", NULL },
    { "", "dmarc", "o", NULL },
    { "", "dmarc_7489", "o", NULL },
    { "", "receivers", "a", NULL },
    { "", "findings", "a", NULL },
    { "", "causes", "a", NULL },
    { "", "fixes", "a", NULL },
    { "", "dns", "o", NULL },
    { "spf", "ip", "s", NULL },
    { "spf", "identity", "s", " mailfrom " },
    { "spf", "domain", "s", NULL },
    { "spf", "result", "s", SPF },
    { "spf", "aligned", "b0", NULL },
    { "spf", "record", "s0", NULL },
    { "spf", "mechanism", "s0", NULL },
    { "spf", "found_in", "s0", NULL },
    { "spf", "explanation", "s0", NULL },
    { "spf", "lookups", "n", NULL },
    { "spf", "void_lookups", "n", NULL },
    { "spf", "lookups_total", "n", NULL },
    { "spf", "lookups_total_complete", "b", NULL },
    { "spf", "helo", "s", NULL },
    { "spf", "helo_guessed", "b", NULL },
    { "spf", "helo_result", "s", SPF },
    { "dkim", "selector", "s", NULL },
    { "dkim", "domain", "s", NULL },
    { "dkim", "name", "s", NULL },
    { "dkim", "status", "s", " temperror missing revoked invalid testing weak valid " },
    { "dkim", "usable", "b0", NULL },
    { "dkim", "aligned", "b0", NULL },
    { "dkim", "key_type", "s0", NULL },
    { "dkim", "bits", "n0", NULL },
    { "dkim", "record", "s0", NULL },
    { "dkim", "discovered", "b", NULL },
    { "dmarc", "result", "s0", DMARC },
    { "dmarc", "record", "s0", NULL },
    { "dmarc", "found_at", "s0", NULL },
    { "dmarc", "organizational_domain", "s0", NULL },
    { "dmarc", "policy", "s0", POLICIES },
    { "dmarc", "policy_tag", "s0", " p sp np " },
    { "dmarc", "testing", "b0", NULL },
    { "dmarc", "adkim", "s0", " r s " },
    { "dmarc", "aspf", "s0", " r s " },
    { "dmarc", "disposition", "s0", POLICIES },
    { "dmarc_7489", "differs", "b", NULL },
    { "receivers", "receiver", "s", NULL },
    { "receivers", "verdict", "s", VERDICTS },
    { "receivers", "certainty", "s0", " high medium low " },
    { "receivers", "stage", "s0", NULL },
    { "receivers", "code", "n0", NULL },
    { "receivers", "enhanced", "s0", NULL },
    { "receivers", "reply", "s0", NULL },
    { "receivers", "because", "a", NULL },
    { "findings", "id", "s", NULL },
    { "findings", "severity", "s", " error warning info " },
    { "findings", "about", "s", NULL },
    { "findings", "message", "s", NULL },
    { "findings", "reference", "s", NULL },
    { "fixes", "causes", "a", NULL },
    { "fixes", "changes", "a", NULL },
    { "fixes", "verified", "b", NULL },
    { "fixes", "verdict_after", "s", VERDICTS },
    { "fixes", "note", "s0", NULL },
    { "changes", "name", "s", NULL },
    { "changes", "type", "s", " TXT CNAME " },
    { "changes", "old", "s0", NULL },
    { "changes", "new", "s0", NULL },
    { "", "advice", "a", NULL },
    { "advice", "cause", "s", NULL },
    { "advice", "about", "s", NULL },
    { "advice", "text", "s", NULL },
    { "", "host", "a", NULL },
    { "host", "ip", "s", NULL },
    { "host", "special", "s0", NULL },
    { "host", "ptr_outcome", "s", OUTCOMES },
    { "host", "iprev", "s", " pass fail none temperror " },
    { "host", "names", "a", NULL },
    { "host", "more_names", "b", NULL },
    { "host", "helo", "o0", NULL },
    { "names", "name", "s", NULL },
    { "names", "confirmed", "b0", NULL },
    { "names", "generic", "b", NULL },
    { "helo", "name", "s", NULL },
    { "helo", "literal", "b", NULL },
    { "helo", "valid", "b", NULL },
    { "helo", "fqdn", "b", NULL },
    { "helo", "exists", "b0", NULL },
    { "helo", "matches", "b0", NULL },
    { "", "sender_domain", "o0", NULL },
    { "sender_domain", "from_domain", "o0", NULL },
    { "from_domain", "domain", "s", NULL },
    { "from_domain", "exists", "b0", NULL },
    { "from_domain", "soa", "b0", NULL },
    { "from_domain", "mx", "b0", NULL },
    { "from_domain", "address", "b0", NULL },
    { "from_domain", "null_mx", "b0", NULL },
    { "from_domain", "deliverable", "b0", NULL },
    { "from_domain", "mx_hosts", "a", NULL },
    { "from_domain", "more_mx_hosts", "b", NULL },
    { "mx_hosts", "host", "s", NULL },
    { "mx_hosts", "preference", "n", NULL },
    { "mx_hosts", "address", "b", NULL },
    { "mx_hosts", "alias", "b", NULL },
    { "mx_hosts", "resolves", "b0", NULL },
    { "", "blocklists", "a", NULL },
    { "blocklists", "zone", "s", NULL },
    { "blocklists", "name", "s", NULL },
    { "blocklists", "kind", "s", " ip domain " },
    { "blocklists", "subject", "s", NULL },
    { "blocklists", "state", "s", " clean listed unchecked " },
    { "blocklists", "answer", "s0", NULL },
    { "blocklists", "meaning", "s0", NULL },
    { "blocklists", "page", "s0", NULL },
    { "blocklists", "terms", "s0", NULL },
    { "", "pages", "a", NULL },
    { "pages", "name", "s", NULL },
    { "pages", "what", "s", NULL },
    { "pages", "about", "s", NULL },
    { "pages", "url", "s", NULL },
    { "dns", "queries", "n", NULL },
    { "dns", "depth", "n", NULL },
    { "dns", "wall_ms", "nr", NULL },
    { "explain", "schema", "n", NULL },
    { "explain", "source", "s", NULL },
    { "explain", "message", "n0", NULL },
    { "explain", "bounce", "o", NULL },
    { "explain", "audit", "o0", NULL },
    { "explain", "conclusion", "o0", NULL },
    { "bounce", "speaker", "s0", NULL },
    { "bounce", "reply_code", "n0", NULL },
    { "bounce", "enhanced_code", "s0", NULL },
    { "bounce", "text", "s0", NULL },
    { "bounce", "class", "s0", NULL },
    { "bounce", "area", "s0",
      " authentication host reputation content rate permission recipient policy other " },
    { "bounce", "confidence", "s0", " high medium low " },
    { "bounce", "pattern", "s0", NULL },
    { "bounce", "action", "s0", NULL },
    { "bounce", "domain", "s0", NULL },
    { "bounce", "mail_from", "s0", NULL },
    { "bounce", "ip", "s0", NULL },
    { "bounce", "helo", "s0", NULL },
    { "bounce", "selectors", "a", NULL },
    { "bounce", "recipient", "s0", NULL },
    { "bounce", "host", "s0", NULL },
    { "bounce", "receiver_said", "o", NULL },
    { "bounce", "cut", "b", NULL },
    { "conclusion", "state", "s", " still-failing fixed not-dns undecided " },
    { "conclusion", "because", "a", NULL },
    { "conclusion", "text", "s", NULL },
    { "conclusion", "next", "a", NULL },
};

/* One run of the program, and what was wrong with it. */
struct run {
    const char *table;
    int line;
    char args[LINE_BYTES];
    int exit_code;
    json_t *object;
    bool failed;
};

static const char *program;
static struct dnsd *server;
static char *catalog; /* docs/findings.md */
static int passed, failed;

__attribute__((format(printf, 2, 3))) static void wrong(struct run *r,
                                                        const char *format, ...)
{
    va_list args;

    if (!r->failed)
        printf("FAIL %s:%d: authcheck %s\n", r->table, r->line, r->args);
    r->failed = true;
    printf("     ");
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

/* --- the shape ----------------------------------------------------------------------
 */

static char type_letter(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return 's';
    case JSON_INTEGER:
        return 'n';
    case JSON_REAL:
        return 'r';
    case JSON_TRUE:
    case JSON_FALSE:
        return 'b';
    case JSON_OBJECT:
        return 'o';
    case JSON_ARRAY:
        return 'a';
    case JSON_NULL:
        break;
    }
    return '0';
}

static void check_key(struct run *r, const struct key *k, const json_t *object)
{
    const json_t *value = json_object_get(object, k->name);
    char word[128];

    if (!value) {
        wrong(r, "%s.%s is missing", k->in, k->name);
        return;
    }
    if (!strchr(k->types, type_letter(value))) {
        wrong(r, "%s.%s has type %c, expected one of %s", k->in, k->name,
              type_letter(value), k->types);
        return;
    }
    if (!k->words || !json_is_string(value))
        return;
    snprintf(word, sizeof word, " %s ", json_string_value(value));
    if (!strstr(k->words, word))
        wrong(r, "%s.%s is \"%s\", expected one of%s", k->in, k->name,
              json_string_value(value), k->words);
}

static void check_keys_of(struct run *r, const char *in, const json_t *object)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i].in, in) == 0)
            check_key(r, &keys[i], object);
}

/* A sender domain: its members, and each host. */
static void check_sender_shape(struct run *r, const json_t *sender)
{
    const json_t *row;
    size_t i;

    if (!json_is_object(sender))
        return;
    check_keys_of(r, "from_domain", sender);
    json_array_foreach(json_object_get(sender, "mx_hosts"), i, row)
        check_keys_of(r, "mx_hosts", row);
}

static void check_reputation_shape(struct run *r)
{
    const json_t *sender = json_object_get(r->object, "sender_domain"), *row, *name;
    size_t i, k;

    check_sender_shape(r, sender);
    if (json_is_object(sender))
        check_keys_of(r, "sender_domain", sender);
    check_sender_shape(r, json_object_get(sender, "from_domain"));
    json_array_foreach(json_object_get(r->object, "host"), i, row)
    {
        json_array_foreach(json_object_get(row, "names"), k, name)
            check_keys_of(r, "names", name);
        if (json_is_object(json_object_get(row, "helo")))
            check_keys_of(r, "helo", json_object_get(row, "helo"));
    }
}

static void check_shape(struct run *r)
{
    static const char *const lists[] = { "spf",      "dkim",       "receivers",
                                         "findings", "fixes",      "advice",
                                         "host",     "blocklists", "pages" };
    const json_t *row, *change;
    size_t i, m;

    check_keys_of(r, "", r->object);
    check_keys_of(r, "dmarc", json_object_get(r->object, "dmarc"));
    check_keys_of(r, "dmarc", json_object_get(r->object, "dmarc_7489"));
    check_keys_of(r, "dmarc_7489", json_object_get(r->object, "dmarc_7489"));
    check_keys_of(r, "dns", json_object_get(r->object, "dns"));
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        json_array_foreach(json_object_get(r->object, lists[k]), i, row)
            check_keys_of(r, lists[k], row);
    json_array_foreach(json_object_get(r->object, "fixes"), i, row)
        json_array_foreach(json_object_get(row, "changes"), m, change)
            check_keys_of(r, "changes", change);
    check_reputation_shape(r);
}

/* --- what must agree ----------------------------------------------------------------
 */

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static bool has_finding(const json_t *object, const char *id)
{
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(object, "findings"), i,
                       row) if (text_of(row, "id") &&
                                strcmp(text_of(row, "id"), id) == 0) return true;
    return false;
}

static void check_ids(struct run *r, const char *what, const json_t *ids)
{
    const json_t *id;
    size_t i;

    json_array_foreach(ids, i, id) if (!json_is_string(id) ||
                                       !has_finding(r->object, json_string_value(id)))
        wrong(r, "%s names \"%s\", which is not among the findings", what,
              json_is_string(id) ? json_string_value(id) : "?");
}

/* Is there a fix for the cause, or a word why there is none? */
static bool is_answered(const struct run *r, const char *cause)
{
    const json_t *row, *id;
    size_t i, k;

    json_array_foreach(json_object_get(r->object, "fixes"), i, row) json_array_foreach(
        json_object_get(row, "causes"), k,
        id) if (strcmp(json_string_value(id), cause) == 0) return true;
    json_array_foreach(json_object_get(r->object, "advice"), i,
                       row) if (strcmp(text_of(row, "cause"), cause) == 0) return true;
    return false;
}

/* Fixes are proved, are better than the verdict, and mend causes. */
static void check_fixes(struct run *r)
{
    const json_t *row, *id;
    size_t i, k;

    json_array_foreach(json_object_get(r->object, "causes"), i, row)
        json_array_foreach(row, k, id) if (!is_answered(r, json_string_value(id)))
            wrong(r, "cause %s has neither fix nor advice", json_string_value(id));
    json_array_foreach(json_object_get(r->object, "fixes"), i, row)
    {
        const char *after = text_of(row, "verdict_after");

        check_ids(r, "fixes.causes", json_object_get(row, "causes"));
        if (!json_is_true(json_object_get(row, "verified")) ||
            !json_array_size(json_object_get(row, "changes")))
            wrong(r, "fixes[%zu] is not verified, or changes nothing", i);
        if (strcmp(after, "unknown") == 0 ||
            strcmp(after, text_of(r->object, "verdict")) == 0)
            wrong(r, "fixes[%zu] does not turn the verdict", i);
    }
}

static void check_causes(struct run *r)
{
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(r->object, "causes"), i, row)
    {
        if (!json_is_array(row) || !json_array_size(row))
            wrong(r, "causes[%zu] is not a list of ids", i);
        check_ids(r, "causes", row);
    }
    json_array_foreach(json_object_get(r->object, "receivers"), i, row)
        check_ids(r, "because", json_object_get(row, "because"));
}

/* The receiver that decided, among the receivers, and its reply. */
static void check_decided(struct run *r)
{
    const char *by = text_of(r->object, "decided_by");
    const char *verdict = text_of(r->object, "verdict");
    const json_t *row;
    size_t i, n = json_array_size(json_object_get(r->object, "ips"));

    if ((verdict != NULL) != (n > 0) || (by != NULL) != (n > 0))
        wrong(r, "verdict and decided_by are there with an address and only then");
    if (json_array_size(json_object_get(r->object, "spf")) != n)
        wrong(r, "spf has not one row for each address");
    if (!by || !verdict)
        return;
    json_array_foreach(json_object_get(r->object, "receivers"), i, row)
    {
        if (!text_of(row, "receiver") || strcmp(text_of(row, "receiver"), by) != 0)
            continue;
        if (strcmp(text_of(row, "verdict"), verdict) != 0)
            wrong(r, "decided_by has another verdict than the verdict");
        if (!json_equal(json_object_get(row, "reply"),
                        json_object_get(r->object, "reply")))
            wrong(r, "decided_by gives another reply than the reply");
        return;
    }
    wrong(r, "decided_by \"%s\" is not among the receivers", by);
}

/* signed_by: the named selectors that are usable; verdict_if_signed goes with a usable
 * key. */
static void check_signed(struct run *r)
{
    const json_t *signed_by = json_object_get(r->object, "signed_by"), *row;
    size_t i, n = 0, usable = 0;
    bool has_verdict = text_of(r->object, "verdict") != NULL;

    json_array_foreach(json_object_get(r->object, "dkim"), i, row)
    {
        if (!json_is_true(json_object_get(row, "usable")))
            continue;
        usable++;
        if (json_is_true(json_object_get(row, "discovered")))
            continue;
        if (!json_equal(json_array_get(signed_by, n), json_object_get(row, "selector")))
            wrong(r, "signed_by lacks a usable selector of --selector");
        n++;
    }
    if (json_array_size(signed_by) != n)
        wrong(r, "signed_by has %zu rows, expected %zu", json_array_size(signed_by), n);
    if ((text_of(r->object, "verdict_if_signed") != NULL) != (has_verdict && usable))
        wrong(r, "verdict_if_signed is there without a usable key, or not with one");
}

/* Of an SPF row: the term and its place go together; the whole is no less than a part.
 */
static void check_spf(struct run *r)
{
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(r->object, "spf"), i, row)
    {
        const char *result = text_of(row, "result");

        if (!text_of(row, "mechanism") != !text_of(row, "found_in"))
            wrong(r, "spf[%zu] has a mechanism or found_in without the other", i);
        if (result && strcmp(result, "pass") == 0 && !text_of(row, "mechanism"))
            wrong(r, "spf[%zu] passes without a mechanism", i);
        if (json_is_true(json_object_get(row, "lookups_total_complete")) &&
            json_integer_value(json_object_get(row, "lookups")) >
                json_integer_value(json_object_get(row, "lookups_total")))
            wrong(r, "spf[%zu] has more lookups than lookups_total", i);
    }
}

static bool is_row(const struct run *r)
{
    return strncmp(r->args, "batch ", 6) == 0;
}

/* A row of host for each address; a listing has an answer and a meaning, what could not
 * be checked has a reason, and neither of the others. */
static void check_reputation(struct run *r)
{
    const json_t *row;
    size_t i, n = json_array_size(json_object_get(r->object, "ips"));
    size_t hosts = json_array_size(json_object_get(r->object, "host"));

    if (hosts != n && (hosts || !is_row(r))) /* a batch may leave them out */
        wrong(r, "host has not one row for each address");
    json_array_foreach(json_object_get(r->object, "blocklists"), i, row)
    {
        const char *state = text_of(row, "state") ? text_of(row, "state") : "";
        bool listed = strcmp(state, "listed") == 0, clean = strcmp(state, "clean") == 0;

        if (listed != (text_of(row, "answer") != NULL) ||
            clean != !text_of(row, "meaning"))
            wrong(r, "blocklists[%zu] is %s, with or without answer and meaning", i,
                  state);
        if (strcmp(state, "unchecked") == 0 &&
            !has_finding(r->object, "blocklist-unchecked"))
            wrong(r, "blocklists[%zu] is unchecked, and nothing is said of it", i);
    }
}

/* dmarc_7489.differs tells of another outcome, and of nothing else. */
static void check_differs(struct run *r)
{
    const json_t *new = json_object_get(r->object, "dmarc");
    const json_t *old = json_object_get(r->object, "dmarc_7489");
    bool differs = json_is_true(json_object_get(old, "differs"));
    bool same =
        json_equal(json_object_get(new, "result"), json_object_get(old, "result")) &&
        json_equal(json_object_get(new, "disposition"),
                   json_object_get(old, "disposition"));

    if (text_of(r->object, "verdict") && differs == same)
        wrong(r, "dmarc_7489.differs is %s", differs ? "true" : "false");
}

/* Every finding is a sentence about something, and has an entry in docs/findings.md. */
static void check_findings(struct run *r)
{
    const json_t *row;
    char heading[256];
    size_t i;

    json_array_foreach(json_object_get(r->object, "findings"), i, row)
    {
        const char *id = text_of(row, "id"), *message = text_of(row, "message");
        size_t n = message ? strlen(message) : 0;

        snprintf(heading, sizeof heading, "\n## %s\n", id ? id : "?");
        if (!strstr(catalog, heading))
            wrong(r, "finding %s has no entry in docs/findings.md", id ? id : "?");
        if (!n || !strchr(".?!", message[n - 1]))
            wrong(r, "the message of %s is no sentence", id ? id : "?");
    }
}

static bool has_severity(const json_t *object, const char *severities)
{
    const json_t *row;
    size_t i;

    json_array_foreach(
        json_object_get(object, "findings"), i,
        row) if (text_of(row, "severity") &&
                 strstr(severities, text_of(row, "severity"))) return true;
    return false;
}

/* The exit code of the contract, out of the object. Without a verdict 0 or 3 may be. */
static void check_exit(struct run *r)
{
    const char *verdict = text_of(r->object, "verdict");
    const char *at = strstr(r->args, "--fail-on ");
    char level[16] = "reject";
    int want;

    if (strstr(r->args, "--compare"))
        return; /* tells of regressions alone: the rows say which */
    if (at)
        sscanf(at, "--fail-on %15s", level);
    if (!verdict)
        verdict = "none";
    want = strcmp(verdict, "unknown") == 0 ? 3 : 0;
    if (strcmp(verdict, "reject") == 0)
        want = 1;
    if (strcmp(level, "spam") == 0 || strcmp(level, "warning") == 0)
        if (strcmp(verdict, "spam") == 0 || strcmp(verdict, "defer") == 0)
            want = 1;
    if (strcmp(level, "warning") == 0 && has_severity(r->object, "warning error"))
        want = 1;
    if (strcmp(level, "never") == 0)
        want = 0;
    if (r->exit_code != want && !(r->exit_code == 3 && strcmp(verdict, "none") == 0))
        wrong(r, "exit code %d, expected %d by verdict %s and --fail-on %s",
              r->exit_code, want, verdict, level);
}

/* --compare: the same object once more, without the changes. */
static void check_before(struct run *r)
{
    json_t *whole = r->object, *before = json_object_get(whole, "before");

    if (!strstr(r->args, "--compare"))
        return;
    if (!json_is_object(before)) {
        wrong(r, "before is not an object");
        return;
    }
    r->object = before;
    check_shape(r);
    check_causes(r);
    check_decided(r);
    r->object = whole;
}

/* All that holds of an audit object, wherever it stands. */
static void check_audit(struct run *r)
{
    check_shape(r);
    check_spf(r);
    check_reputation(r);
    check_differs(r);
    check_findings(r);
    check_causes(r);
    /* A batch looks for fixes when it is told to. */
    if (!is_row(r) || strstr(r->args, "--fixes"))
        check_fixes(r);
    check_decided(r);
    check_signed(r);
}

/* The exit code of explain: of the conclusion, without one of the class. */
static void check_explain_exit(struct run *r, const char *state, const char *class)
{
    int want = !state                                ? (class ? 0 : 3)
               : strcmp(state, "still-failing") == 0 ? 1
               : strcmp(state, "undecided") == 0     ? 3
                                                     : 0;

    if (strstr(r->args, "--fail-on never"))
        want = 0;
    if (r->exit_code != want)
        wrong(r, "exit code %d, expected %d by state %s", r->exit_code, want,
              state ? state : "null");
}

/* The explain object, and the audit in it. */
static void check_explained(struct run *r)
{
    json_t *whole = r->object, *audit = json_object_get(whole, "audit");
    const json_t *bounce = json_object_get(whole, "bounce");
    const json_t *conclusion = json_object_get(whole, "conclusion");
    const char *state = text_of(conclusion, "state");
    const char *text = text_of(conclusion, "text");
    bool no_audit = strstr(r->args, "--no-audit") != NULL;

    check_keys_of(r, "explain", whole);
    check_keys_of(r, "bounce", bounce);
    if (!text_of(bounce, "class") != !text_of(bounce, "area") ||
        !text_of(bounce, "class") != !text_of(bounce, "confidence"))
        wrong(r, "class, area and confidence do not go together");
    if (no_audit != !json_is_object(conclusion) || (no_audit && json_is_object(audit)))
        wrong(r, "audit and conclusion are there with --no-audit, or not without");
    if (state)
        check_keys_of(r, "conclusion", conclusion);
    if (text && !strchr(".?!", text[strlen(text) - 1]))
        wrong(r, "the text of the conclusion is no sentence");
    if (state && strcmp(state, "still-failing") != 0 &&
        strcmp(state, "undecided") != 0 &&
        json_array_size(json_object_get(conclusion, "because")))
        wrong(r, "%s because of something", state);
    check_explain_exit(r, state, text_of(bounce, "class"));
    if (!json_is_object(audit))
        return;
    r->object = audit;
    check_audit(r);
    check_ids(r, "conclusion.because", json_object_get(conclusion, "because"));
    r->object = whole;
}

/* --- what the row expects -----------------------------------------------------------
 */

/* "spf.0.result" in the object; NULL when there is no such place. */
static const json_t *at_path(const json_t *object, const char *path)
{
    char copy[LINE_BYTES], *save = NULL;

    snprintf(copy, sizeof copy, "%s", path);
    for (char *part = strtok_r(copy, ".", &save); part && object;
         part = strtok_r(NULL, ".", &save))
        object = json_is_array(object)
                     ? json_array_get(object, (size_t)strtoul(part, NULL, 10))
                     : json_object_get(object, part);
    return object;
}

static void expect_value(struct run *r, char *path, const char *value)
{
    json_t *want = json_loads(value, JSON_DECODE_ANY, NULL);
    const json_t *got;
    char *text;

    path[strcspn(path, " ")] = '\0';
    got = at_path(r->object, path);
    if (!want)
        want = json_string(value);
    if (!got || !json_equal(got, want)) {
        text = got ? json_dumps(got, JSON_ENCODE_ANY) : NULL;
        wrong(r, "%s is %s, expected %s", path, text ? text : "not there", value);
        free(text);
    }
    json_decref(want);
}

static void expect_findings(struct run *r, char *ids, bool has)
{
    const json_t *explained = json_object_get(r->object, "audit");
    const json_t *audit = explained ? explained : r->object;
    char *save = NULL;

    for (char *id = strtok_r(ids, " ", &save); id; id = strtok_r(NULL, " ", &save))
        if (has_finding(audit, id) != has)
            wrong(r, "finding %s is %s", id, has ? "not there" : "there");
}

static void expect(struct run *r, char *text)
{
    char *equals = strstr(text, " = ");

    if (strncmp(text, "exit ", 5) == 0) {
        if (r->exit_code != atoi(text + 5))
            wrong(r, "exit code %d, expected %s", r->exit_code, text + 5);
    } else if (!r->object) {
        return;
    } else if (strncmp(text, "has ", 4) == 0) {
        expect_findings(r, text + 4, true);
    } else if (strncmp(text, "lacks ", 6) == 0) {
        expect_findings(r, text + 6, false);
    } else if (equals) {
        expect_value(r, text, equals + 3);
    } else {
        wrong(r, "what does \"%s\" mean?", text);
    }
}

/* --- running ------------------------------------------------------------------------
 */

static void finish(struct run *r)
{
    if (!r->line)
        return;
    if (r->failed)
        failed++;
    else
        passed++;
    json_decref(r->object);
    *r = (struct run){ .table = r->table };
}

/* A row of a batch: what stands around the audit, and null for one that was not made.
 */
static const struct key row_keys[] = {
    { "", "line", "n", NULL },
    { "", "error", "s0", NULL },
    { "", "input", "o0", NULL },
};

static void check_row(struct run *r)
{
    for (size_t i = 0; i < sizeof row_keys / sizeof *row_keys; i++)
        check_key(r, &row_keys[i], r->object);
    if (!json_object_get(r->object, "id"))
        wrong(r, "id is missing");
}

/* A row with an error: every key is there, and null. */
static bool is_no_audit(struct run *r)
{
    if (!text_of(r->object, "error"))
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!*keys[i].in && !json_is_null(json_object_get(r->object, keys[i].name)))
            wrong(r, "%s is not null beside an error", keys[i].name);
    if (r->exit_code != 3)
        wrong(r, "exit code %d, expected 3 by an error", r->exit_code);
    return true;
}

static void start(struct run *r, int line, const char *args, const char *extra)
{
    static char output[OUTPUT_BYTES];
    char command[6 * LINE_BYTES];
    json_error_t error;
    FILE *pipe;
    size_t n;
    int status;

    finish(r);
    r->line = line;
    snprintf(r->args, sizeof r->args, "%s", args);
    if (snprintf(command, sizeof command, "%s %s %s --format json </dev/null", program,
                 args, extra) >= (int)sizeof command)
        wrong(r, "the command line is too long");
    pipe = popen(command, "r");
    n = pipe ? fread(output, 1, sizeof output, pipe) : 0;
    status = pipe ? pclose(pipe) : -1;
    r->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    r->object = json_loadb(output, n, JSON_REJECT_DUPLICATES, &error);
    if (!r->object) {
        wrong(r, "no JSON, exit code %d: %s", r->exit_code, error.text);
        return;
    }
    if (is_row(r)) {
        check_row(r);
        if (is_no_audit(r))
            return;
    }
    if (strncmp(args, "explain ", 8) == 0) {
        check_explained(r);
        return;
    }
    check_audit(r);
    check_exit(r);
    check_before(r);
}

/* "zones A B" to "--zone fixtures/zones/A.zone --zone fixtures/zones/B.zone". */
static void set_zones(char *extra, size_t size, char *names)
{
    char *save = NULL;
    size_t n = 0;

    extra[0] = '\0';
    for (char *name = strtok_r(names, " ", &save); name && n < size;
         name = strtok_r(NULL, " ", &save))
        n += (size_t)snprintf(extra + n, size - n, " --zone fixtures/zones/%s.zone",
                              name);
}

static char *whole_file(const char *path)
{
    char *text = calloc(1, OUTPUT_BYTES);
    FILE *f = fopen(path, "r");

    if (!text || !f || fread(text, 1, OUTPUT_BYTES - 1, f) == 0) {
        printf("FAIL %s cannot be read\n", path);
        exit(1);
    }
    fclose(f);
    return text;
}

/* "server FILE": a server with that zone, and the options that lead there. */
static void set_server(char *options, size_t size, const char *name)
{
    char path[LINE_BYTES], *text;

    if (server)
        dnsd_free(server);
    server = dnsd_new(0);
    snprintf(path, sizeof path, "fixtures/zones/%s.zone", name + strspn(name, " "));
    text = whole_file(path);
    dnsd_zone(server, text);
    free(text);
    snprintf(options, size, "--nameserver %s --timeout 5", dnsd_address(server));
}

static void silence(const char *name)
{
    struct dnsd_rule rule = { .name = name + strspn(name, " "), .tricks = DNSD_SILENT };

    if (server)
        dnsd_rule(server, &rule);
}

static void run_table(const char *path)
{
    char line[LINE_BYTES], zones[LINE_BYTES] = "",
                           options[2 * LINE_BYTES] = "--offline";
    char extra[4 * LINE_BYTES];
    struct run r = { .table = path };
    FILE *f = fopen(path, "r");

    for (int number = 1; f && fgets(line, sizeof line, f); number++) {
        line[strcspn(line, "\n")] = '\0';
        if (!line[0] || line[0] == '#')
            continue;
        snprintf(extra, sizeof extra, "%s %s", zones, options);
        if (strncmp(line, "zones", 5) == 0)
            set_zones(zones, sizeof zones, line + 5);
        else if (strncmp(line, "server", 6) == 0)
            set_server(options, sizeof options, line + 6);
        else if (strncmp(line, "silence", 7) == 0)
            silence(line + 7);
        else if (strncmp(line, "options", 7) == 0)
            snprintf(options, sizeof options, "%s", line + 7);
        else if (strncmp(line, "patience", 8) == 0)
            snprintf(options, sizeof options, "--nameserver %s %s",
                     dnsd_address(server), line + 8);
        else if (!isspace((unsigned char)line[0]))
            start(&r, number, line, extra);
        else
            expect(&r, line + strspn(line, " "));
    }
    finish(&r);
    if (f)
        fclose(f);
}

int main(void)
{
    glob_t tables;

    program = getenv("AUTHCHECK") ? getenv("AUTHCHECK") : "build/authcheck";
    catalog = whole_file("docs/findings.md");
    if (glob("tests/golden/contract_*.table", 0, NULL, &tables) == 0) {
        for (size_t i = 0; i < tables.gl_pathc; i++)
            run_table(tables.gl_pathv[i]);
        globfree(&tables);
    }
    if (server)
        dnsd_free(server);
    free(catalog);
    printf("contract: %d passed, %d failed\n", passed, failed);
    return failed > 0 || !passed;
}

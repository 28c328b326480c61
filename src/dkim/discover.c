/* SPDX-License-Identifier: MIT */
/*
 * discover.c - guessing selectors. RFC 6376, 3.6.2.1 (the namespace); RFC 8020 (below a
 * name that does not exist there is nothing); RFC 4592 (wildcards).
 *
 * It is run again after every few answers, so a run that still waits does no more than
 * make names and look them up: records are read and judged when all is answered.
 */
#include "dkim/discover.h"

#include "dkim/record.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    LIKELY_FEW = 12, /* of the popular ones go into the first burst */
    EXTRAS_MAX = 8,  /* candidates that CNAMEs of other candidates may add */
    NAMED_MAX = 64,  /* candidates that providers add */
    SELECTOR_DIGITS = 16,
    TEXT_BYTES_MAX = 4 * 1024 * 1024, /* joined in one search: keys need 1 % of it */
};

static const struct span popular[] = {
#define S(selector, lists) { selector, sizeof selector - 1 },
#include "dkim/selectors.def"
#undef S
};

enum {
    POPULAR = sizeof popular / sizeof *popular
};

struct provider {
    const char *name;
    const char *domain[8];    /* up to NULL */
    const char *selector[10]; /* up to NULL */
    const char *source;
};

#define DOMAINS(...)   .domain = { __VA_ARGS__ }
#define SELECTORS(...) .selector = { __VA_ARGS__ }
static const struct provider provider[] = {
#define P(name_, domains, selectors, source_) \
    { .name = name_, domains, selectors, .source = source_ },
#include "dkim/providers.def"
#undef P
};

enum {
    PROVIDERS = sizeof provider / sizeof *provider
};

/* One selector to try. */
struct candidate {
    struct span selector;
    unsigned mark;                   /* depth of the answer that suggested it */
    const struct dns_answer *answer; /* NULL: not known yet */
};

struct run {
    struct ac_env *env;
    const struct dkim_search *search;
    struct dns_name base;   /* _domainkey.domain */
    struct candidate *list; /* in the order of trying */
    size_t n, max;
    struct span named[NAMED_MAX]; /* those of the list that are not from popular[] */
    size_t n_named;
    size_t extras;
    unsigned seen;                   /* depth of the deepest answer read */
    bool pending;                    /* some question of this run is open */
    const struct dns_answer *root;   /* of _domainkey, or NULL */
    const struct dns_answer *random; /* of a selector that nobody has, or NULL */
    struct span *wild;               /* its texts */
    size_t n_wild;
    size_t room; /* octets of text that may still be joined */
};

static bool is_listed(const struct run *r, struct span selector)
{
    for (size_t i = 0; i < r->n; i++)
        if (span_eq(r->list[i].selector, selector))
            return true;
    return false;
}

static void add(struct run *r, struct span selector, unsigned mark)
{
    r->list[r->n++] = (struct candidate){ .selector = selector, .mark = mark };
}

/* A selector that a provider uses. */
static bool add_named(struct run *r, const char *selector, unsigned mark)
{
    struct span s = span_of(selector);

    if (r->n == r->max || r->n_named == NAMED_MAX || is_listed(r, s))
        return false;
    r->named[r->n_named++] = s;
    add(r, s, mark);
    return true;
}

/* Rows of popular[]. They hold no twins, so only the named ones can be in the list. */
static void add_popular(struct run *r, size_t from, size_t to, unsigned mark)
{
    for (size_t i = from; i < to && r->n < r->max; i++) {
        bool listed = false;

        for (size_t k = 0; k < r->n_named && !listed; k++)
            listed = span_eq(r->named[k], popular[i]);
        if (!listed)
            add(r, popular[i], mark);
    }
}

static bool is_at_or_below(struct span name, struct span domain)
{
    return span_ends_ci(name, domain) &&
           (name.n == domain.n || name.p[name.n - domain.n - 1] == '.');
}

/* The provider that a name belongs to, or NULL. */
static const struct provider *provider_of(const struct dns_name *name)
{
    char text[DNS_TEXT_MAX];
    struct span span = span_of(dns_name_print(name, text));

    for (size_t i = 0; i < PROVIDERS; i++)
        for (const char *const *d = provider[i].domain; *d; d++)
            if (is_at_or_below(span, span_of(*d)))
                return &provider[i];
    return NULL;
}

/* What the hosts of the domain's mail tell. */
static void add_hinted(struct run *r, unsigned mark)
{
    for (size_t i = 0; i < r->search->n_hints; i++) {
        const struct provider *p = provider_of(&r->search->hint[i]);

        for (const char *const *s = p ? p->selector : NULL; s && *s; s++)
            add_named(r, *s, mark);
    }
}

/* A selector that is a CNAME to a provider's name suggests the provider's others. */
static void add_siblings(struct run *r, const struct dns_answer *answer, unsigned mark)
{
    for (size_t i = 0; i < answer->n_cname && r->extras < EXTRAS_MAX; i++) {
        const struct provider *p = provider_of(&answer->cname[i]);

        for (const char *const *s = p ? p->selector : NULL;
             s && *s && r->extras < EXTRAS_MAX; s++)
            r->extras += add_named(r, *s, mark);
    }
}

/* One question beside others: *out stays NULL while it is open. */
static enum ac_status ask(struct run *r, const struct dns_name *name, unsigned mark,
                          const struct dns_answer **out)
{
    enum ac_status status;

    dns_wants_back(r->env->wants, mark);
    status = dns_get(r->env->dns, r->env->wants, name, DNS_T_TXT, out);
    if (status == AC_PENDING) {
        *out = NULL;
        r->pending = true;
        return AC_OK;
    }
    r->seen = dns_wants_deeper(r->env->wants, r->seen, dns_wants_mark(r->env->wants));
    return status;
}

static enum ac_status ask_selector(struct run *r, struct span selector, unsigned mark,
                                   const struct dns_answer **out)
{
    static const struct dns_answer too_long = { .outcome = DNS_NXDOMAIN };
    struct dns_name name;

    if (dns_name_under(selector, &r->base, &name))
        return ask(r, &name, mark, out);
    *out = &too_long;
    return AC_OK;
}

/* Ask about the candidates from that one on, those that they suggest included. */
static enum ac_status try_from(struct run *r, size_t from)
{
    for (size_t i = from; i < r->n; i++) {
        struct candidate *c = &r->list[i];

        TRY(ask_selector(r, c->selector, c->mark, &c->answer));
        if (c->answer && c->answer->n_cname)
            add_siblings(r, c->answer, dns_wants_mark(r->env->wants));
    }
    return AC_OK;
}

/* What the candidates so far say together. */
struct few {
    bool open;     /* some are not answered yet */
    bool answered; /* some got an answer, with records or without */
    bool exist;    /* at some there are records, or a CNAME */
};

static struct few look_at(const struct run *r)
{
    struct few few = { 0 };

    for (size_t i = 0; i < r->n; i++) {
        const struct dns_answer *a = r->list[i].answer;

        few.open = few.open || !a;
        few.answered = few.answered || (a && dns_answered(a));
        few.exist = few.exist || (a && (a->outcome == DNS_ANSWER || a->n_cname));
    }
    return few;
}

static bool is_denied(const struct dns_answer *root)
{
    return root->outcome == DNS_NXDOMAIN && !root->n_cname;
}

/*
 * Is the long list worth its questions? Not below a name that does not exist, unless
 * the likely few disprove that (there are servers that deny the names between); and
 * not where no server answers.
 */
static bool is_worth_more(const struct run *r, const struct few *few)
{
    if (!r->root)
        return false;
    if (!dns_answered(r->root))
        return few->answered;
    return !is_denied(r->root) || few->exist;
}

static enum ac_status ask_all(struct run *r)
{
    unsigned mark = dns_wants_mark(r->env->wants), behind;
    char random[SELECTOR_DIGITS + 1];
    struct few few;
    size_t n, max = r->max;

    snprintf(random, sizeof random, "%016" PRIx64, r->env->nonce);
    r->seen = mark;
    add_hinted(r, mark);
    add_popular(r, 0, LIKELY_FEW, mark);
    TRY(ask(r, &r->base, mark, &r->root));
    behind = dns_wants_mark(r->env->wants);
    TRY(ask_selector(r, span_of(random), mark, &r->random));
    TRY(try_from(r, 0));
    few = look_at(r);
    if (is_worth_more(r, &few)) {
        /* places are kept for what the open ones may suggest */
        if (few.open)
            r->max = max > EXTRAS_MAX ? max - EXTRAS_MAX : 0;
        n = r->n;
        add_popular(r, LIKELY_FEW, POPULAR, behind);
        TRY(try_from(r, n));
        r->max = max;
    }
    dns_wants_back(r->env->wants, r->seen);
    return r->pending ? AC_PENDING : AC_OK;
}

/* The texts of the wildcard, joined once. */
static enum ac_status read_wildcard(struct run *r)
{
    const struct dns_answer *a = r->random;

    if (a->outcome != DNS_ANSWER)
        return AC_OK;
    r->wild = arena_array(r->env->arena, a->n, sizeof *r->wild);
    if (!r->wild)
        return AC_ENOMEM;
    for (; r->n_wild < a->n; r->n_wild++) {
        r->wild[r->n_wild] = dns_txt_join(r->env->arena, &a->rr[r->n_wild]);
        if (!r->wild[r->n_wild].p)
            return AC_ENOMEM;
    }
    return AC_OK;
}

/* Does a key record stand there that is not the wildcard's? The first one decides, so
 * that no set of thousands is compared with another. */
static enum ac_status look_for_key(struct run *r, const struct dns_answer *answer,
                                   bool *found)
{
    struct span text = { 0 };
    bool key = false;

    *found = false;
    for (size_t i = 0; answer->outcome == DNS_ANSWER && i < answer->n && !key; i++) {
        if (answer->rr[i].rdata.n > r->room)
            return AC_OK; /* hundreds of answers of 64 KiB: nobody's keys */
        r->room -= answer->rr[i].rdata.n;
        text = dns_txt_join(r->env->arena, &answer->rr[i]);
        if (!text.p)
            return AC_ENOMEM;
        key = dkim_text_kind(text) != DKIM_TEXT_OTHER;
    }
    *found = key;
    for (size_t i = 0; i < r->n_wild && *found; i++)
        *found = !span_eq(r->wild[i], text);
    return AC_OK;
}

/* The full judgement. That an old key is revoked is as it should be, and told by its
 * status; only a selector in use makes it a fault. */
static enum ac_status judge(struct run *r, struct span selector,
                            struct dkim_discovery *out)
{
    struct findings findings;
    struct ac_env env = *r->env;
    struct dkim_selector s = { .domain = r->search->domain };

    if (!dns_name_parse(selector, &s.selector))
        return AC_EINVAL;
    findings_init(&findings, env.arena);
    env.findings = &findings;
    TRY(dkim_audit(&env, &s, &out->key[out->n]));
    if (r->env->findings && out->key[out->n].status != DKIM_REVOKED)
        findings_append(r->env->findings, &findings);
    out->selector[out->n++] = s.selector;
    return AC_OK;
}

static enum ac_status judge_found(struct run *r, struct dkim_discovery *out)
{
    out->key = arena_array(r->env->arena, DKIM_FOUND_MAX, sizeof *out->key);
    out->selector = arena_array(r->env->arena, DKIM_FOUND_MAX, sizeof *out->selector);
    if (!out->key || !out->selector)
        return AC_ENOMEM;
    TRY(read_wildcard(r));
    for (size_t i = 0; i < r->n; i++) {
        const struct dns_answer *a = r->list[i].answer;
        bool found;

        if (dns_answered(a))
            out->tried++;
        else
            out->unanswered++;
        TRY(look_for_key(r, a, &found));
        if (found && out->n < DKIM_FOUND_MAX)
            TRY(judge(r, r->list[i].selector, out));
    }
    return AC_OK;
}

static void note_result(const struct run *r, const struct dkim_discovery *out,
                        const char *domain)
{
    struct findings *f = r->env->findings;

    if (out->wildcard)
        finding_add(f, FINDING_DKIM_WILDCARD, domain,
                    "A selector made up by chance has a TXT record at "
                    "_domainkey.%s: a wildcard answers for every name.",
                    domain);
    if (out->n)
        return;
    if (out->nothing_below)
        finding_add(f, FINDING_DKIM_NONE_FOUND, domain,
                    "No DKIM key was found: _domainkey.%s does not exist, and so no "
                    "selector can be below it.",
                    domain);
    else
        finding_add(
            f, FINDING_DKIM_NONE_FOUND, domain,
            "No DKIM key was found at %s under the %zu selectors tried%s; there "
            "may be one under another selector.",
            domain, out->tried,
            out->unanswered ? ", and the DNS did not answer for all" : "");
}

enum ac_status dkim_discover(struct ac_env *env, const struct dkim_search *search,
                             struct dkim_discovery *out)
{
    size_t most = POPULAR + NAMED_MAX;
    struct run r = { .env = env,
                     .search = search,
                     .room = TEXT_BYTES_MAX,
                     .max = search->limit < most ? search->limit : most };
    const char *domain;

    *out = (struct dkim_discovery){ 0 };
    if (!r.max || !dns_name_under(SPAN("_domainkey"), &search->domain, &r.base))
        return AC_OK;
    r.list = arena_array(env->arena, r.max, sizeof *r.list);
    if (!r.list)
        return AC_ENOMEM;
    TRY(ask_all(&r));
    domain = dns_name_text(env->arena, &search->domain);
    if (!domain)
        return AC_ENOMEM;
    TRY(judge_found(&r, out));
    out->wildcard = r.random->outcome == DNS_ANSWER;
    out->nothing_below = is_denied(r.root) && !look_at(&r).exist;
    note_result(&r, out, domain);
    return env->findings ? env->findings->status : AC_OK;
}

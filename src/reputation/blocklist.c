/* SPDX-License-Identifier: MIT */
/*
 * blocklist.c - is an address or a domain on a block list? RFC 5782.
 *
 * An answer counts only of a list that is seen to work in the same run: its listed test
 * point is listed, its clean one is not (RFC 5782, 5). Otherwise a dead list whose zone
 * was bought by somebody lists the whole world, and one that refuses a public resolver
 * lists nobody.
 */
#include "reputation/blocklist.h"

#include "base/buf.h"
#include "reputation/pages.h"

enum {
    ANSWERS_MAX = 16, /* records of one answer that are read */
    TEXT_BYTES = 2048,
    TESTS_MAX = 2
};

/* --- the table ----------------------------------------------------------------------
 */

#define COMMA      ,
#define CODES(...) __VA_ARGS__
#define IS(a, b, c, d, words)                           \
    {                                                   \
        { a, b, c, d }, { a, b, c, d }, 0, false, words \
    }
#define RANGE(a, b, c, d, to, words)                     \
    {                                                    \
        { a, b, c, d }, { a, b, c, to }, 0, false, words \
    }
#define BIT(mask, words)                 \
    {                                    \
        { 0 }, { 0 }, mask, false, words \
    }
#define REFUSED(a, b, c, d, to, why)                  \
    {                                                 \
        { a, b, c, d }, { a, b, c, to }, 0, true, why \
    }
#define CODE_LIST(...) ((const struct blocklist_code[]){ __VA_ARGS__ })

static const struct blocklist list[] = {
#define B(zone_text, name_text, of, traits, url, of_use, from, own, codes) \
    { .zone = zone_text,                                                   \
      .name = name_text,                                                   \
      .kind = BLOCKLIST_##of,                                              \
      traits,                                                              \
      .code = CODE_LIST(codes),                                            \
      .n_codes = sizeof CODE_LIST(codes) / sizeof(struct blocklist_code),  \
      .page = url,                                                         \
      .terms = of_use,                                                     \
      .source = from,                                                      \
      .test = own },
#define DEAD(domain, why)
#include "reputation/blocklists.def"
#undef B
#undef DEAD
};

static const struct {
    const char *domain, *why;
} dead[] = {
#define B(...)
#define DEAD(domain, why) { domain, why },
#include "reputation/blocklists.def"
#undef B
#undef DEAD
};

const struct blocklist *blocklist_list(size_t *n)
{
    *n = sizeof list / sizeof *list;
    return list;
}

static const char *why_dead(const struct dns_name *zone)
{
    struct dns_name domain;

    for (size_t i = 0; i < sizeof dead / sizeof *dead; i++)
        if (dns_name_parse(span_of(dead[i].domain), &domain) &&
            dns_name_is_under(zone, &domain))
            return dead[i].why;
    return NULL;
}

bool blocklist_parse(const char *text, struct blocklist *out, const char **why)
{
    bool of_domains = span_starts(span_of(text), SPAN("domain:"));
    const char *zone = of_domains ? text + strlen("domain:") : text;
    struct dns_name name, own;

    if (!dns_name_from_user(span_of(zone), &name, why))
        return false;
    *why = why_dead(&name);
    if (*why)
        return false;
    *why = "it is a single label";
    if (dns_name_labels(&name) < 2)
        return false;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (dns_name_parse(span_of(list[i].zone), &own) && dns_name_eq(&own, &name)) {
            *out = list[i];
            return true;
        }
    *out = (struct blocklist){ .zone = zone,
                               .name = zone,
                               .kind = of_domains ? BLOCKLIST_DOMAIN : BLOCKLIST_IP,
                               .ipv6 = true,
                               .hosts = true };
    return true;
}

bool blocklist_asks(const struct blocklist *l, const struct dns_name *name)
{
    struct dns_name zone;

    return dns_name_parse(span_of(l->zone), &zone) && dns_name_is_under(name, &zone);
}

const char *blocklist_state_print(enum blocklist_state state)
{
    switch (state) {
    case BLOCKLIST_CLEAN:
        return "clean";
    case BLOCKLIST_LISTED:
        return "listed";
    case BLOCKLIST_UNCHECKED:
        break;
    }
    return "unchecked";
}

/* --- one answer ---------------------------------------------------------------------
 */

/* What an answer says, from the worst for trusting the list on. */
enum says {
    SAYS_REFUSED,   /* an error of the asker, by the list's own word */
    SAYS_REWRITTEN, /* no address of a list: a resolver's own page of help */
    SAYS_SILENCE,   /* the DNS did not answer */
    SAYS_LISTED,
    SAYS_NOTHING,
};

struct reading {
    enum says says;
    const char *why; /* of REFUSED and SILENCE */
    uint8_t code[ANSWERS_MAX][4];
    size_t n;
};

static bool in_range(const uint8_t *code, const struct blocklist_code *row)
{
    return memcmp(code, row->from, 3) == 0 && code[3] >= row->from[3] &&
           code[3] <= row->to[3];
}

/* Why this answer is an error of the asker; NULL when it is none. Every list keeps
 * 127.0.0.1 free (RFC 5782, 5), and several say no by 127.255.255.x. */
static const char *refusal(const struct blocklist *l, const uint8_t *code)
{
    static const uint8_t localhost[4] = { 127, 0, 0, 1 };

    for (size_t i = 0; i < l->n_codes; i++)
        if (l->code[i].error && in_range(code, &l->code[i]))
            return l->code[i].meaning;
    if (code[1] == 255 && code[2] == 255)
        return "the list refuses this question";
    return memcmp(code, localhost, 4) == 0 ? "the list refuses this resolver" : NULL;
}

static int code_order(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, 4);
}

/* Keep a code in its order: resolvers turn answers round. */
static void keep_code(struct reading *r, const uint8_t *code)
{
    size_t at = r->n;

    if (r->n == ANSWERS_MAX)
        return;
    while (at && code_order(code, r->code[at - 1]) < 0) {
        memcpy(r->code[at], r->code[at - 1], 4);
        at--;
    }
    memcpy(r->code[at], code, 4);
    r->n++;
}

static struct reading read_answer(const struct blocklist *l, const struct dns_answer *a)
{
    struct reading r = { .says = SAYS_NOTHING };

    if (!dns_answered(a)) {
        r.says = SAYS_SILENCE;
        r.why = dns_outcome_print(a->outcome);
        return r;
    }
    for (size_t i = 0; i < a->n; i++) {
        const uint8_t *code = (const uint8_t *)a->rr[i].rdata.p;
        bool is_code = a->rr[i].rdata.n == 4 && code[0] == 127;
        const char *why = is_code ? refusal(l, code) : NULL;

        if (why && r.says > SAYS_REFUSED)
            r = (struct reading){ .says = SAYS_REFUSED, .why = why };
        else if (!is_code && r.says > SAYS_REWRITTEN)
            r.says = SAYS_REWRITTEN;
        else if (r.says > SAYS_LISTED)
            r.says = SAYS_LISTED;
        if (is_code)
            keep_code(&r, code);
    }
    return r;
}

/* --- a subject at a list ------------------------------------------------------------
 */

/* All that is asked of a list at once. */
struct check {
    const struct blocklist *list;
    struct dns_name zone;
    struct reading listed[TESTS_MAX], clean, subject;
    size_t n_tests;
    bool pending;
};

/* One question; AC_PENDING is noted and not returned. */
static enum ac_status ask(struct ac_env *env, struct check *c, struct span prefix,
                          struct reading *out)
{
    unsigned mark = dns_wants_mark(env->wants);
    const struct dns_answer *answer;
    struct dns_name at;
    enum ac_status status;

    if (!dns_name_under(prefix, &c->zone, &at)) {
        *out = (struct reading){ .says = SAYS_REFUSED,
                                 .why = "the name is too long to be asked about" };
        return AC_OK;
    }
    status = dns_get_spare(env->dns, env->wants, &at, DNS_T_A, &answer);
    dns_wants_back(env->wants, mark);
    if (status == AC_PENDING) {
        c->pending = true;
        return AC_OK;
    }
    TRY(status);
    *out = read_answer(c->list, answer);
    return AC_OK;
}

/* Why the list cannot be trusted now; NULL when it can. */
static const char *distrust(const struct check *c, struct arena *a)
{
    const struct reading *all[TESTS_MAX + 2] = { &c->subject, &c->clean };
    size_t n = 2;
    bool works = false;

    for (size_t i = 0; i < c->n_tests; i++) {
        works = works || c->listed[i].says == SAYS_LISTED;
        all[n++] = &c->listed[i];
    }
    for (size_t i = 0; i < n; i++)
        if (all[i]->says == SAYS_REFUSED)
            return all[i]->why;
    for (size_t i = 0; i < n; i++)
        if (all[i]->says == SAYS_REWRITTEN)
            return "an answer is no address of a list: a resolver rewrites answers, or "
                   "the zone is not a list any more";
    if (c->clean.says == SAYS_LISTED)
        return "it lists everything, its clean test entry too: the list is dead";
    for (size_t i = 0; i < (works ? 2 : n); i++)
        if (all[i]->says == SAYS_SILENCE)
            return arena_printf(a, "%s", all[i]->why);
    return works ? NULL
                 : "its test entry is not listed: the list is dead, or refuses this "
                   "resolver";
}

static void put_meaning(struct buf *b, const char *meaning)
{
    buf_printf(b, "%s%s", b->n ? "; " : "", meaning);
}

/* What the codes of an answer mean, each meaning once: rows in their order. */
static void print_meaning(const struct blocklist *l, const struct reading *r,
                          struct buf *b)
{
    buf_init(b, TEXT_BYTES);
    for (size_t i = 0; i < l->n_codes; i++) {
        const struct blocklist_code *row = &l->code[i];
        bool fits = false;

        for (size_t k = 0; k < r->n; k++)
            fits = fits ||
                   (row->bits ? r->code[k][3] & row->bits : in_range(r->code[k], row));
        if (fits && !row->error)
            put_meaning(b, row->meaning);
    }
    if (!b->n)
        put_meaning(b, l->n_codes ? "with an answer that its operator does not explain"
                                  : "listed");
}

static enum ac_status fill_listed(struct arena *a, const struct check *c,
                                  struct blocklist_result *out)
{
    const struct reading *r = &c->subject;
    struct buf meaning, answer;

    print_meaning(c->list, r, &meaning);
    buf_init(&answer, TEXT_BYTES);
    for (size_t i = 0; i < r->n; i++)
        buf_printf(&answer, "%s%u.%u.%u.%u", i ? " " : "", r->code[i][0], r->code[i][1],
                   r->code[i][2], r->code[i][3]);
    out->state = BLOCKLIST_LISTED;
    out->meaning = arena_strdup(a, buf_span(&meaning));
    out->answer = arena_strdup(a, buf_span(&answer));
    buf_free(&meaning);
    buf_free(&answer);
    return out->meaning && out->answer ? AC_OK : AC_ENOMEM;
}

static void note(struct ac_env *env, const struct blocklist_result *r)
{
    enum finding_id id = !r->list->widely ? FINDING_BLOCKLIST_LISTED_MINOR
                         : r->list->kind == BLOCKLIST_IP
                             ? FINDING_BLOCKLIST_ADDRESS_LISTED
                             : FINDING_BLOCKLIST_DOMAIN_LISTED;

    if (r->page)
        finding_add(env->findings, id, r->subject,
                    "%s is on the block list %s (%s): %s; see %s for why, and for the "
                    "way off it.",
                    r->subject, r->list->name, r->answer, r->meaning, r->page);
    else
        finding_add(env->findings, id, r->subject,
                    "%s is on the block list %s (%s): %s.", r->subject, r->list->name,
                    r->answer, r->meaning);
}

static enum ac_status judge(struct ac_env *env, const struct check *c,
                            const char *subject, struct blocklist_result *out)
{
    *out = (struct blocklist_result){ .list = c->list, .subject = subject };
    if (!subject)
        return AC_ENOMEM;
    out->page = reputation_page_fill(env->arena, c->list->page, subject);
    out->meaning = distrust(c, env->arena);
    if (out->meaning) {
        out->state = BLOCKLIST_UNCHECKED;
        return AC_OK;
    }
    if (c->subject.says != SAYS_LISTED)
        return AC_OK;
    TRY(fill_listed(env->arena, c, out));
    note(env, out);
    return AC_OK;
}

static bool check_init(struct check *c, const struct blocklist *l)
{
    *c = (struct check){ .list = l };
    return dns_name_parse(span_of(l->zone), &c->zone);
}

/* The reversed address without the zone of the reverse tree. */
static struct span reversed(const struct ip *ip, char out[static IP_REVERSE_MAX])
{
    struct span text = span_of(ip_print_reverse(ip, out));

    return span_to(text, text.n - (ip->family == 4 ? sizeof ".in-addr.arpa" - 1
                                                   : sizeof ".ip6.arpa" - 1));
}

enum ac_status blocklist_check_ip(struct ac_env *env, const struct blocklist *l,
                                  const struct ip *ip, struct blocklist_result *out)
{
    /* RFC 5782, 5: 127.0.0.2 and 127.0.0.1, mapped for IPv6. */
    struct ip listed = { { 127, 0, 0, 2 }, 4 }, clean = { { 127, 0, 0, 1 }, 4 };
    char reverse[IP_REVERSE_MAX], text[IP_TEXT_MAX];
    struct check c;

    if (ip->family == 6) {
        listed = (struct ip){ { [10] = 0xff, 0xff, 127, 0, 0, 2 }, 6 };
        clean = (struct ip){ { [10] = 0xff, 0xff, 127, 0, 0, 1 }, 6 };
    }
    if (!check_init(&c, l))
        return AC_EINVAL;
    /* Of a list that is known to hold both, either test point shows that it works. */
    c.n_tests = ip->family == 6 && l->n_codes ? 2 : 1;
    TRY(ask(env, &c, reversed(ip, reverse), &c.subject));
    TRY(ask(env, &c, reversed(&listed, reverse), &c.listed[0]));
    if (c.n_tests > 1)
        TRY(ask(env, &c, SPAN("2.0.0.127"), &c.listed[1]));
    TRY(ask(env, &c, reversed(&clean, reverse), &c.clean));
    if (c.pending)
        return AC_PENDING;
    return judge(env, &c, arena_strdup(env->arena, span_of(ip_print(ip, text))), out);
}

enum ac_status blocklist_check_domain(struct ac_env *env, const struct blocklist *l,
                                      const struct dns_name *domain,
                                      struct blocklist_result *out)
{
    char text[DNS_TEXT_MAX];
    struct check c;

    if (!check_init(&c, l))
        return AC_EINVAL;
    c.n_tests = l->test ? 2 : 1;
    TRY(ask(env, &c, span_of(dns_name_print(domain, text)), &c.subject));
    TRY(ask(env, &c, SPAN("test"), &c.listed[0]));
    if (l->test)
        TRY(ask(env, &c, span_of(l->test), &c.listed[1]));
    TRY(ask(env, &c, SPAN("invalid"), &c.clean));
    if (c.pending)
        return AC_PENDING;
    return judge(env, &c, dns_name_text(env->arena, domain), out);
}

/* --- what could not be checked ------------------------------------------------------
 */

/* The first result of a list that could not be checked. */
static bool is_first(const struct blocklist_result *r, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (r[k].list == r[i].list && r[k].state == BLOCKLIST_UNCHECKED)
            return false;
    return r[i].state == BLOCKLIST_UNCHECKED;
}

static bool same_reason(const struct blocklist_result *a,
                        const struct blocklist_result *b)
{
    return strcmp(a->meaning, b->meaning) == 0;
}

/* "Spamhaus ZEN, Spamhaus DBL (why)", for every reason that was not told before. */
static size_t print_lists(const struct blocklist_result *r, size_t n, struct buf *b)
{
    size_t lists = 0;

    for (size_t i = 0; i < n; i++) {
        bool told = false;

        if (!is_first(r, i))
            continue;
        lists++;
        for (size_t k = 0; k < i; k++)
            told = told || (is_first(r, k) && same_reason(&r[k], &r[i]));
        if (told)
            continue;
        for (size_t k = i; k < n; k++)
            if (is_first(r, k) && same_reason(&r[k], &r[i]))
                buf_printf(b, "%s%s", b->n ? ", " : "", r[k].list->name);
        buf_printf(b, " (%s)", r[i].meaning);
    }
    return lists;
}

void blocklist_note_unchecked(struct findings *f, const char *about,
                              const struct blocklist_result *r, size_t n)
{
    enum {
        PAGES_TOLD = 2
    };
    struct buf lists, pages;
    size_t told = 0, all;

    buf_init(&lists, TEXT_BYTES);
    buf_init(&pages, TEXT_BYTES);
    all = print_lists(r, n, &lists);
    for (size_t i = 0; i < n && told < PAGES_TOLD; i++)
        if (is_first(r, i) && r[i].page)
            buf_printf(&pages, "%s%s", told++ ? " and " : "", r[i].page);
    if (told)
        finding_add(f, FINDING_BLOCKLIST_UNCHECKED, about,
                    "Could not be checked from here: %s; look by hand at %s%s.",
                    buf_text(&lists), buf_text(&pages),
                    all > told ? ", and at the pages of the others" : "");
    else if (all)
        finding_add(f, FINDING_BLOCKLIST_UNCHECKED, about,
                    "Could not be checked from here: %s.", buf_text(&lists));
    buf_free(&lists);
    buf_free(&pages);
}

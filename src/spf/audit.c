/* SPDX-License-Identifier: MIT */
/*
 * audit.c - the whole tree of an SPF record, term by term, whoever sends. RFC 7208,
 * 4.6.4 sets the limits that it counts against.
 *
 * No branch waits for another: a question that is open is noted and the walk goes on,
 * so that one run asks for everything that is known to be needed. exists, ptr and
 * targets with %{p} are counted and not asked: what they find hangs on the mail.
 */
#include "spf/audit.h"

#include "spf/lint.h"

enum {
    NODES_MAX = 2000, /* rows for people; counting goes on without them */
    TREE_BYTES_MAX =
        6 * 1024 * 1024, /* of records read: no honest tree has 1 % of it */
};

struct walker {
    struct spf_run run;
    struct spf_tree *tree;
    struct spf_node *node;
    struct dns_name *include;
    size_t cap_nodes, cap_includes;
    bool pending;
    size_t bytes;            /* that reading the records has cost so far, by room() */
    const char *over_domain; /* the term that breaks the limit of look-ups */
    struct span over;
};

/* The term at work: its record, its depth, its row. */
struct site {
    const struct spf_frame *frame;
    const struct spf_term *term;
    unsigned depth;
    size_t row; /* NODES_MAX: none */
};

static enum ac_status walk_record(struct walker *w, struct spf_frame *frame,
                                  const struct spf_lookup *found, unsigned depth);

static struct arena *arena_of(const struct walker *w)
{
    return w->run.env->arena;
}

static void set_note(struct walker *w, const struct site *s, const char *note)
{
    if (s->row < NODES_MAX)
        w->node[s->row].note = note;
}

static enum ac_status add_node(struct walker *w, struct site *s)
{
    struct spf_tree *tree = w->tree;
    struct spf_node *node;

    s->row = NODES_MAX;
    if (tree->n_nodes == NODES_MAX)
        return AC_OK;
    node = arena_grow(arena_of(w), w->node, tree->n_nodes, &w->cap_nodes, sizeof *node);
    if (!node)
        return AC_ENOMEM;
    w->node = node;
    tree->node = node;
    s->row = tree->n_nodes++;
    node[s->row] = (struct spf_node){ .level = s->depth,
                                      .domain = s->frame->print,
                                      .term = s->term->text };
    return AC_OK;
}

static enum ac_status add_include(struct walker *w, const struct dns_name *name)
{
    struct spf_tree *tree = w->tree;
    struct dns_name *list;

    for (size_t i = 0; i < tree->n_includes; i++)
        if (dns_name_eq(&w->include[i], name))
            return AC_OK;
    list = arena_grow(arena_of(w), w->include, tree->n_includes, &w->cap_includes,
                      sizeof *list);
    if (!list)
        return AC_ENOMEM;
    w->include = list;
    tree->include = list;
    list[tree->n_includes++] = *name;
    return AC_OK;
}

static enum ac_status report(struct walker *w, struct spf_reason reason)
{
    return spf_reason_add(w->run.env->findings, &reason);
}

/*
 * One question of a term. *out is NULL when there is nothing to read: it is open, it
 * failed, or the audit may ask no more; the walk goes on.
 */
static enum ac_status ask(struct walker *w, const struct site *s,
                          const struct dns_name *name, uint16_t type,
                          const struct dns_answer **out)
{
    struct ac_env *env = w->run.env;
    enum ac_status status = dns_get(env->dns, env->wants, name, type, out);

    if (status == AC_OK && dns_answered(*out))
        return AC_OK;
    w->tree->complete = false;
    if (status == AC_OK) {
        set_note(w, s, "did not answer");
        TRY(report(w, spf_reason_dns(arena_of(w), name, type, (*out)->outcome)));
    } else if (status == AC_PENDING) {
        w->pending = true;
    } else if (status == AC_ELIMIT) {
        set_note(w, s, "not looked up: too many questions");
    } else {
        return status;
    }
    *out = NULL;
    return AC_OK;
}

/* RFC 7208, 4.6.4: one more void look-up. */
static enum ac_status add_void(struct walker *w, const struct site *s)
{
    unsigned limit = w->run.env->limits->spf_voids;

    if (++w->tree->voids != limit + 1)
        return AC_OK;
    return report(w,
                  spf_reason_voids(arena_of(w), w->run.top->print, w->run.client.family,
                                   limit, s->frame->print, s->term->text));
}

static enum ac_status note_void(struct walker *w, const struct site *s,
                                const struct dns_name *name, uint16_t type,
                                const struct dns_answer *answer)
{
    bool missing = answer->outcome == DNS_NXDOMAIN;
    char text[DNS_TEXT_MAX], type_text[DNS_TYPE_TEXT_MAX];

    set_note(w, s, missing ? "no such name" : "no record of that type");
    if (missing || type != DNS_T_AAAA) /* an IPv4 host is not a fault */
        finding_add(w->run.env->findings, FINDING_SPF_VOID_LOOKUP, s->frame->print,
                    "\"%.*s\" in the SPF record of %s finds nothing: %s %s.",
                    SPF_SHOWN(s->term->text), s->frame->print,
                    dns_name_print(name, text),
                    missing            ? "does not exist"
                    : type == DNS_T_MX ? "has no MX record"
                                       : arena_printf(arena_of(w), "has no %s record",
                                                      dns_type_print(type, type_text)));
    return add_void(w, s);
}

/* The addresses of a name: of the client's family, else of any. */
static enum ac_status walk_addresses(struct walker *w, const struct site *s,
                                     const struct dns_name *name, unsigned *n)
{
    uint16_t type = spf_address_type(&w->run);
    const struct dns_answer *first, *answer;

    TRY(ask(w, s, name, type, &first));
    answer = first;
    if (first && !first->n && !w->run.client.family && first->outcome == DNS_NODATA)
        TRY(ask(w, s, name, DNS_T_AAAA, &answer));
    if (!answer)
        return AC_OK;
    *n += (unsigned)answer->n;
    return answer->n ? AC_OK : note_void(w, s, name, type, first);
}

static enum ac_status walk_mx(struct walker *w, const struct site *s,
                              const struct dns_name *name, unsigned *n)
{
    unsigned limit = w->run.env->limits->spf_mx_names, addresses = 0;
    struct dns_siblings siblings;
    const struct dns_answer *mx;
    struct dns_name *host;
    size_t hosts;

    TRY(ask(w, s, name, DNS_T_MX, &mx));
    if (!mx)
        return AC_OK;
    if (!mx->n)
        return note_void(w, s, name, DNS_T_MX, mx);
    host = spf_mx_hosts(&w->run, mx, &hosts);
    if (!host)
        return AC_ENOMEM;
    *n = (unsigned)hosts;
    siblings = dns_siblings_begin(w->run.env->wants);
    for (size_t i = 0; i < hosts && i < limit; i++) {
        TRY(walk_addresses(w, s, &host[i], &addresses));
        dns_siblings_next(&siblings, w->run.env->wants);
    }
    dns_siblings_end(&siblings, w->run.env->wants);
    if (hosts <= limit)
        return AC_OK;
    set_note(w, s, "too many MX hosts");
    return report(w, spf_reason_mx(arena_of(w), s->frame->print, s->term->text, name,
                                   hosts, limit));
}

/* May one more set of TXT records be read? Two hundred records of 64 KiB would fill the
 * arena, and an audit must not end for what the report alone wants to know. */
static bool room(struct walker *w, const struct dns_answer *txt)
{
    size_t bytes = 0;

    for (size_t i = 0; i < txt->n; i++)
        bytes += txt->rr[i].rdata.n;
    bytes = 2 * bytes; /* joined to select a record, and once more to judge the set */
    bytes += bytes / 8 < SPF_TERMS_MAX ? bytes / 8 * sizeof(struct spf_term)
                                       : SPF_TERMS_MAX * sizeof(struct spf_term);
    w->bytes += bytes;
    return w->bytes <= TREE_BYTES_MAX;
}

/* The record behind include and redirect. */
static enum ac_status walk_nested(struct walker *w, const struct site *s,
                                  const struct spf_target *target)
{
    const struct spf_lookup *found;
    const struct dns_answer *answer;
    struct spf_frame *below;

    TRY(add_include(w, &target->name));
    if (spf_frame_loops(s->frame, &target->name)) {
        w->tree->complete = false;
        set_note(w, s, "loop");
        return report(w, spf_reason_loop(arena_of(w), s->frame->print, s->term->text));
    }
    TRY(ask(w, s, &target->name, DNS_T_TXT, &answer));
    if (!answer)
        return AC_OK;
    if (!room(w, answer)) {
        w->tree->complete = false;
        set_note(w, s, "not walked: the tree is too large");
        return AC_OK;
    }
    TRY(spf_find(&w->run, &target->name, &found));
    below = spf_frame_new(&w->run, s->frame, s->term, target);
    if (!below)
        return AC_ENOMEM;
    if (!found->n) {
        set_note(w, s, "no SPF record there");
        if (answer->outcome != DNS_ANSWER)
            TRY(add_void(w, s));
        TRY(report(w, spf_reason_include(arena_of(w), s->frame->print, s->term->text,
                                         target->text)));
    }
    return walk_record(w, below, found, s->depth + 1);
}

/* Can the target be known without the mail? */
static bool is_open(const struct walker *w, const struct spf_term *t)
{
    const uint32_t client = SPF_LETTER('s') | SPF_LETTER('l') | SPF_LETTER('i') |
                            SPF_LETTER('v') | SPF_LETTER('h');
    uint32_t letters = spf_letters(t);

    if (letters & SPF_LETTER('p'))
        return true;
    return !w->run.client.family && (letters & client);
}

static enum ac_status walk_target(struct walker *w, const struct site *s)
{
    bool nested = s->term->kind == SPF_INCLUDE || s->term->kind == SPF_REDIRECT;
    unsigned names = 0;
    struct spf_target target;

    if (s->term->kind == SPF_EXISTS || s->term->kind == SPF_PTR ||
        is_open(w, s->term) || spf_never_matches(&w->run, s->term)) {
        set_note(w, s, "hangs on the mail: not looked up");
        w->tree->complete = w->tree->complete && !nested;
        return AC_OK;
    }
    TRY(spf_target(&w->run, s->frame, s->term, &target));
    if (s->row < NODES_MAX && target.valid)
        w->node[s->row].target = dns_name_text(arena_of(w), &target.name);
    if (!target.valid || (nested && !spf_is_full_name(&target.name))) {
        set_note(w, s, "not a domain name");
        return nested ? report(w, spf_reason_include(arena_of(w), s->frame->print,
                                                     s->term->text, target.text))
                      : AC_OK;
    }
    if (nested)
        return walk_nested(w, s, &target);
    if (w->tree->lookups > 2 * w->run.env->limits->spf_lookups) {
        set_note(w, s, "never looked up: far beyond the limit");
        return AC_OK;
    }
    if (s->term->kind == SPF_MX)
        TRY(walk_mx(w, s, &target.name, &names));
    else
        TRY(walk_addresses(w, s, &target.name, &names));
    if (s->row < NODES_MAX)
        w->node[s->row].names = names;
    return AC_OK;
}

static enum ac_status walk_term(struct walker *w, struct site *s)
{
    const struct ac_limits *limits = w->run.env->limits;
    struct spf_tree *tree = w->tree;
    unsigned lookups = tree->lookups, voids = tree->voids;

    TRY(add_node(w, s));
    if (s->term->kind == SPF_BAD)
        set_note(w, s, "syntax error");
    if (!spf_term_counts(s->term))
        return AC_OK;
    if (tree->lookups >= limits->spf_tree) {
        tree->complete = false;
        set_note(w, s, "not walked: the tree is too large");
        return AC_OK;
    }
    if (++tree->lookups == limits->spf_lookups + 1) {
        w->over = s->term->text;
        w->over_domain = s->frame->print;
    }
    TRY(walk_target(w, s));
    if (s->row < NODES_MAX) {
        w->node[s->row].lookups = tree->lookups - lookups;
        w->node[s->row].voids = tree->voids - voids;
    }
    return AC_OK;
}

/* The terms in the order of evaluation: redirect comes last (RFC 7208, 6.1). */
static enum ac_status walk_terms(struct walker *w, const struct spf_frame *frame,
                                 unsigned depth)
{
    const struct spf_record *r = frame->record;
    struct dns_siblings siblings = dns_siblings_begin(w->run.env->wants);
    bool ended = false;

    for (size_t i = 0; i <= r->n; i++) {
        const struct spf_term *t = i < r->n ? &r->term[i] : r->redirect;
        struct site s = { .frame = frame, .term = t, .depth = depth };

        if (!t || (i < r->n && t->kind == SPF_REDIRECT))
            continue;
        if (ended && t->kind <= SPF_REDIRECT) {
            TRY(add_node(w, &s));
            set_note(w, &s, "never reached: after \"all\"");
            continue;
        }
        TRY(walk_term(w, &s));
        dns_siblings_next(&siblings, w->run.env->wants);
        ended = ended || t->kind == SPF_ALL;
    }
    dns_siblings_end(&siblings, w->run.env->wants);
    return AC_OK;
}

static enum ac_status walk_record(struct walker *w, struct spf_frame *frame,
                                  const struct spf_lookup *found, unsigned depth)
{
    struct arena *a = arena_of(w);
    struct findings *f = w->run.env->findings;

    TRY(spf_lint_answer(a, f, frame, found->answer));
    if (found->found == SPF_SEVERAL)
        TRY(report(w, spf_reason_multiple(a, frame->print, found->n)));
    if (!found->record)
        return AC_OK;
    frame->record = found->record;
    for (size_t i = 0; i < found->record->n_problems; i++)
        TRY(report(w, spf_reason_syntax(a, frame->print, found->record, i)));
    spf_lint_record(f, frame);
    return walk_terms(w, frame, depth);
}

/* ", most of them by X (7) and Y (5)": the terms of the start record that cost most. */
static const char *blame(const struct walker *w)
{
    const struct spf_node *first = NULL, *second = NULL;

    for (size_t i = 0; i < w->tree->n_nodes; i++) {
        const struct spf_node *n = &w->node[i];

        if (n->level != 0 || n->lookups < 2)
            continue;
        if (!first || n->lookups > first->lookups) {
            second = first;
            first = n;
        } else if (!second || n->lookups > second->lookups) {
            second = n;
        }
    }
    if (!first)
        return "";
    if (!second)
        return arena_printf(arena_of(w), ", most of them by \"%.*s\" (%u)",
                            SPF_SHOWN(first->term), first->lookups);
    return arena_printf(arena_of(w),
                        ", most of them by \"%.*s\" (%u) and \"%.*s\" (%u)",
                        SPF_SHOWN(first->term), first->lookups, SPF_SHOWN(second->term),
                        second->lookups);
}

/* RFC 7208, 4.6.4: the sum over the tree. */
static void judge_lookups(struct walker *w)
{
    const struct spf_tree *tree = w->tree;
    unsigned limit = w->run.env->limits->spf_lookups;
    const char *domain = w->run.top->print, *more = blame(w);
    const char *least = tree->complete ? "" : "at least ";

    if (!more)
        return;
    if (tree->lookups > limit)
        finding_add(
            w->run.env->findings, FINDING_SPF_TOO_MANY_LOOKUPS, domain,
            "The SPF record of %s needs %s%u DNS look-ups where %u are "
            "allowed%s; \"%.*s\" in the record of %s is the first one too many.",
            domain, least, tree->lookups, limit, more, SPF_SHOWN(w->over),
            w->over_domain);
    else if (tree->lookups + 2 >= limit)
        finding_add(w->run.env->findings, FINDING_SPF_LOOKUPS_NEAR_LIMIT, domain,
                    "The SPF record of %s needs %s%u of the %u DNS look-ups allowed%s.",
                    domain, least, tree->lookups, limit, more);
}

static enum ac_status walk_top(struct walker *w)
{
    struct spf_run *run = &w->run;
    const struct spf_lookup *found;

    TRY(spf_find(run, &run->top->name, &found));
    if (found->found == SPF_UNANSWERED) {
        w->tree->complete = false;
        return report(w, spf_reason_dns(arena_of(w), &run->top->name, DNS_T_TXT,
                                        found->answer->outcome));
    }
    if (found->found == SPF_NOT_FOUND)
        TRY(report(w, spf_reason_missing(arena_of(w), run->top->print, found->answer)));
    if (found->record) {
        w->tree->found = true;
        w->tree->record = found->record->text;
    }
    return walk_record(w, run->top, found, 0);
}

/* RFC 7208, 3.1: the type SPF (99) is dead. No result hangs on it, so whether it is
 * there, and not what it says, is all that is asked. */
static enum ac_status look_for_type_99(struct walker *w)
{
    struct ac_env *env = w->run.env;
    const struct spf_frame *top = w->run.top;
    unsigned mark = dns_wants_mark(env->wants);
    const struct dns_answer *a;
    enum ac_status status;

    if (!env->limits->spf_type_99)
        return AC_OK;
    status = dns_get(env->dns, env->wants, &top->name, DNS_T_SPF, &a);
    dns_wants_back(env->wants, mark);
    if (status == AC_PENDING) {
        w->pending = true;
        return AC_OK;
    }
    TRY(status);
    if (a->outcome == DNS_ANSWER)
        finding_add(env->findings, FINDING_SPF_TYPE_99, top->print,
                    "%s publishes a record of the type SPF (99), which nobody reads: "
                    "only TXT records count.",
                    top->print);
    return AC_OK;
}

enum ac_status spf_audit(struct ac_env *env, const struct spf_request *request,
                         struct spf_tree *out)
{
    struct walker w = { .tree = out };
    bool domain_ok;

    *out = (struct spf_tree){ .complete = true };
    TRY(spf_run_init(&w.run, env, request, &domain_ok));
    if (!domain_ok)
        return report(&w, spf_reason_domain(env->arena, w.run.top->print));
    TRY(look_for_type_99(&w));
    TRY(walk_top(&w));
    if (w.pending)
        return AC_PENDING;
    judge_lookups(&w);
    return env->findings ? env->findings->status : AC_OK;
}

/* SPDX-License-Identifier: MIT */
/*
 * org.c - the Organizational Domain of a name, and whether two names share one.
 * RFC 9989, 4.4, 4.10.2; RFC 7489, 3.1, 3.2.
 *
 * Where the DNS left a place of a walk open, alignment is judged in every world that
 * its answer could make: no record there, one without psd, psd=n, psd=y. Both names see
 * the same world, so two walks with the same hole often agree whatever is in it (a dead
 * _dmarc.com does not put example.com and mail.example.com apart).
 */
#include "dmarc/lookup.h"

enum {
    HOLES_MAX = 4, /* open names; 4^4 worlds at most */
    KINDS = 4
};

/* What the walk cares for at one place. */
enum kind {
    KIND_NONE,
    KIND_PLAIN, /* a record without psd, or psd=u */
    KIND_PSD_N,
    KIND_PSD_Y
};

static enum kind kind_seen(const struct dmarc_place *place)
{
    if (place->sight != DMARC_SEES_RECORD)
        return KIND_NONE;
    return place->record.psd == 'n'   ? KIND_PSD_N
           : place->record.psd == 'y' ? KIND_PSD_Y
                                      : KIND_PLAIN;
}

/* RFC 9989, 4.10.2: the place that makes the Organizational Domain, or -1. */
static int deciding_place(const struct dmarc_walk *walk, const enum kind *kind)
{
    int last = -1;

    for (size_t i = 0; i < walk->n_seen; i++) {
        if (kind[i] != KIND_NONE)
            last = (int)i;
        if (kind[i] == KIND_PSD_N || kind[i] == KIND_PSD_Y)
            break;
    }
    return last;
}

/* How many labels of the start name the Organizational Domain has. */
static unsigned org_labels(const struct dmarc_walk *walk, const enum kind *kind)
{
    int place = deciding_place(walk, kind);

    if (place < 0)
        return dns_name_labels(&walk->name[0]);
    return dns_name_labels(&walk->name[place]) +
           (place > 0 && kind[place] == KIND_PSD_Y ? 1U : 0U);
}

static const char *org_rule(struct arena *a, const struct dmarc_walk *walk,
                            const enum kind *kind)
{
    int place = deciding_place(walk, kind);
    char at[DNS_TEXT_MAX];

    if (place < 0)
        return "no record found: the name itself";
    dns_name_print(&walk->name[place], at);
    if (kind[place] == KIND_PSD_N)
        return arena_printf(a, "psd=n at %s", at);
    if (kind[place] == KIND_PSD_Y && place > 0)
        return arena_printf(a, "one label below psd=y at %s", at);
    return "record with the fewest labels";
}

static enum ac_status org_by_walk(struct ac_env *env, const struct dns_name *name,
                                  struct dmarc_org *out)
{
    struct dmarc_walk *walk = dmarc_walk_new(env, name);
    enum kind kind[DMARC_WALK_MAX];

    if (!walk)
        return AC_ENOMEM;
    if (!walk->n) {
        *out = (struct dmarc_org){ .known = true, .name = *name, .rule = "the root" };
        return AC_OK;
    }
    TRY(dmarc_walk_on(env, walk, 0));
    out->known = true;
    for (size_t i = 0; i < walk->n_seen; i++) {
        kind[i] = kind_seen(&walk->place[i]);
        if (walk->place[i].sight == DMARC_SEES_NO_ANSWER)
            out->known = false;
    }
    out->walk = walk;
    out->name = dns_name_last(name, org_labels(walk, kind));
    out->rule = org_rule(env->arena, walk, kind);
    return out->rule ? AC_OK : AC_ENOMEM;
}

static enum ac_status org_by_list(struct ac_env *env, const struct dns_name *name,
                                  struct dmarc_org *out)
{
    char suffix[DNS_TEXT_MAX];
    struct dns_name up;
    bool found;

    TRY(dmarc_registrable(env, name, &found, &out->name));
    out->known = true;
    if (found) {
        up = dns_name_strip(&out->name, 1);
        out->rule = arena_printf(env->arena, "public suffix list (%s)",
                                 dns_name_print(&up, suffix));
    } else {
        out->name = *name;
        out->rule = "public suffix list (a public suffix itself)";
    }
    return out->rule ? AC_OK : AC_ENOMEM;
}

enum ac_status dmarc_org_domain(struct ac_env *env, const struct dns_name *name,
                                enum dmarc_rules rules, struct dmarc_org *out)
{
    *out = (struct dmarc_org){ .known = false };
    switch (rules) {
    case DMARC_RFC9989:
        return org_by_walk(env, name, out);
    case DMARC_RFC7489:
        return org_by_list(env, name, out);
    }
    return AC_EINVAL;
}

/* The labels that two names have in common at their ends. */
static unsigned common_labels(const struct dns_name *a, const struct dns_name *b)
{
    unsigned n = 0, most = dns_name_labels(a);

    if (dns_name_labels(b) < most)
        most = dns_name_labels(b);
    while (n < most) {
        struct dns_name tail = dns_name_last(a, n + 1);

        if (!dns_name_is_under(b, &tail))
            break;
        n++;
    }
    return n;
}

/* The holes of two walks, each name once. */
struct holes {
    const struct dns_name *name[HOLES_MAX];
    size_t n;
    bool too_many;
};

/* One walk: what is known of its places, and which hole each of the others is. */
struct side {
    const struct dmarc_walk *walk;
    unsigned labels; /* of the Organizational Domain where there is no walk */
    enum kind kind[DMARC_WALK_MAX];
    int hole[DMARC_WALK_MAX]; /* -1: none */
};

static int hole_number(struct holes *holes, const struct dns_name *name)
{
    for (size_t i = 0; i < holes->n; i++)
        if (dns_name_eq(holes->name[i], name))
            return (int)i;
    if (holes->n == HOLES_MAX) {
        holes->too_many = true;
        return -1;
    }
    holes->name[holes->n] = name;
    return (int)holes->n++;
}

static void side_init(struct side *side, const struct dmarc_org *org,
                      struct holes *holes)
{
    *side = (struct side){ .walk = org->walk, .labels = dns_name_labels(&org->name) };
    if (!org->known && !org->walk)
        holes->too_many = true; /* nothing is told about what is open */
    for (size_t i = 0; side->walk && i < side->walk->n_seen; i++) {
        const struct dmarc_place *place = &side->walk->place[i];

        side->kind[i] = kind_seen(place);
        side->hole[i] = place->sight == DMARC_SEES_NO_ANSWER
                            ? hole_number(holes, &place->name)
                            : -1;
    }
}

/* world: two bits for each hole. */
static unsigned side_labels(struct side *side, unsigned world)
{
    if (!side->walk)
        return side->labels;
    for (size_t i = 0; i < side->walk->n_seen; i++)
        if (side->hole[i] >= 0)
            side->kind[i] = (enum kind)(world >> (2 * side->hole[i]) & (KINDS - 1));
    return org_labels(side->walk, side->kind);
}

/* An Organizational Domain is the name or an ancestor below the root, so a known one
 * that the other name is not under decides without the other. */
static bool known_apart(const struct dmarc_org *known, const struct dns_name *other)
{
    return known->known && !dns_name_is_under(other, &known->name);
}

enum ac_tri dmarc_aligned(const struct dns_name *author,
                          const struct dmarc_org *author_org,
                          const struct dns_name *identifier,
                          const struct dmarc_org *identifier_org, bool strict)
{
    unsigned common;
    struct holes holes = { .n = 0 };
    struct side a, b;
    bool some = false, all = true;

    if (dns_name_eq(author, identifier))
        return AC_YES;
    common = common_labels(author, identifier);
    if (strict || !common || known_apart(author_org, identifier) ||
        known_apart(identifier_org, author))
        return AC_NO;
    side_init(&a, author_org, &holes);
    side_init(&b, identifier_org, &holes);
    if (holes.too_many)
        return AC_MAYBE;
    for (unsigned world = 0; world < 1U << (2 * holes.n); world++) {
        unsigned labels = side_labels(&a, world);
        bool same = labels == side_labels(&b, world) && labels <= common;

        some = some || same;
        all = all && same;
    }
    return all ? AC_YES : some ? AC_MAYBE : AC_NO;
}

/* SPDX-License-Identifier: MIT */
/*
 * overlay.c - record sets by name, with the ancestors of every name. RFC 1034, 4.3.2;
 * RFC 4592.
 */
#include "dns/overlay.h"

#include "base/table.h"

#include <stdlib.h>

enum {
    OVERLAY_NAMES_MAX = 4000000
};
#define OVERLAY_BYTES_MAX ((size_t)512 * 1024 * 1024)

struct overlay_set {
    struct dns_overlay_set rrs; /* n == 0: nothing was put, only deleted */
    struct overlay_set *next;
    uint16_t type;
    bool deleted;
};

/* A name that is in a file, or above one that is, or of which a set was deleted. */
struct overlay_node {
    struct dns_name name;
    struct overlay_set *sets;
    bool exists;
};

struct dns_overlay {
    struct arena arena;
    struct table nodes;
    const struct dns_overlay *below; /* or NULL */
};

struct dns_overlay *dns_overlay_new(uint64_t seed)
{
    struct dns_overlay *o = malloc(sizeof *o);

    if (o) {
        arena_init(&o->arena, OVERLAY_BYTES_MAX);
        table_init(&o->nodes, OVERLAY_NAMES_MAX, seed);
        o->below = NULL;
    }
    return o;
}

struct dns_overlay *dns_overlay_over(const struct dns_overlay *below, uint64_t seed)
{
    struct dns_overlay *o = dns_overlay_new(seed);

    if (o)
        o->below = below;
    return o;
}

void dns_overlay_free(struct dns_overlay *o)
{
    if (!o)
        return;
    table_free(&o->nodes);
    arena_free(&o->arena);
    free(o);
}

static struct overlay_node *node_get(const struct dns_overlay *o,
                                     const struct dns_name *name)
{
    return table_get(&o->nodes, dns_name_span(name));
}

static enum ac_status node_make(struct dns_overlay *o, const struct dns_name *name,
                                struct overlay_node **out)
{
    struct overlay_node *node = node_get(o, name);

    *out = node;
    if (node)
        return AC_OK;
    *out = node = arena_alloc(&o->arena, sizeof *node);
    if (!node)
        return AC_ENOMEM;
    node->name = *name;
    return table_put(&o->nodes, dns_name_span(&node->name), node);
}

static struct overlay_set *set_get(const struct overlay_node *node, uint16_t type)
{
    struct overlay_set *set = node->sets;

    while (set && set->type != type)
        set = set->next;
    return set;
}

static enum ac_status set_make(struct dns_overlay *o, const struct dns_name *name,
                               uint16_t type, struct overlay_node **node,
                               struct overlay_set **out)
{
    TRY(node_make(o, name, node));
    *out = set_get(*node, type);
    if (*out)
        return AC_OK;
    *out = arena_alloc(&o->arena, sizeof **out);
    if (!*out)
        return AC_ENOMEM;
    (*out)->type = type;
    (*out)->next = (*node)->sets;
    (*node)->sets = *out;
    return AC_OK;
}

/* The name and all above it exist. RFC 8020. */
static enum ac_status mark_existing(struct dns_overlay *o, const struct dns_name *name)
{
    unsigned labels = dns_name_labels(name);

    for (unsigned i = 0; i <= labels; i++) {
        struct dns_name up = dns_name_strip(name, i);
        struct overlay_node *node;

        TRY(node_make(o, &up, &node));
        if (node->exists)
            break; /* so do those above it */
        node->exists = true;
    }
    return AC_OK;
}

enum ac_status dns_overlay_put(struct dns_overlay *o, const struct dns_name *name,
                               uint16_t type, const struct dns_rr *rr, size_t n)
{
    struct overlay_node *node;
    struct overlay_set *set;
    struct dns_rr *copy = arena_array(&o->arena, n, sizeof *copy);

    if (!copy)
        return AC_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        copy[i] = rr[i];
        copy[i].rdata.p = arena_strdup(&o->arena, rr[i].rdata);
        if (!copy[i].rdata.p)
            return AC_ENOMEM;
    }
    TRY(set_make(o, name, type, &node, &set));
    /* A CNAME stands alone: what came last wins (RFC 1034, 3.6.2). */
    for (struct overlay_set *other = node->sets; other; other = other->next)
        if (type == DNS_T_CNAME || other->type == DNS_T_CNAME)
            other->rrs.n = 0;
    set->rrs = (struct dns_overlay_set){ .rr = copy, .n = n };
    return mark_existing(o, name);
}

enum ac_status dns_overlay_delete(struct dns_overlay *o, const struct dns_name *name,
                                  uint16_t type)
{
    struct overlay_node *node;
    struct overlay_set *set;

    TRY(set_make(o, name, type, &node, &set));
    set->deleted = true;
    return AC_OK;
}

enum ac_status dns_overlay_each(
    const struct dns_overlay *o,
    enum ac_status (*each)(void *context, const struct dns_name *name, uint16_t type,
                           const struct dns_rr *rr, size_t n),
    void *context)
{
    for (size_t i = 0; i < o->nodes.size; i++) {
        const struct overlay_node *node = o->nodes.slots[i].value;

        for (const struct overlay_set *s = node ? node->sets : NULL; s; s = s->next) {
            if (s->rrs.n)
                TRY(each(context, &node->name, s->type, s->rrs.rr, s->rrs.n));
            if (s->deleted)
                TRY(each(context, &node->name, s->type, NULL, 0));
        }
    }
    return AC_OK;
}

/* What this overlay alone says. */
static enum dns_overlay_says look_here(const struct dns_overlay *o,
                                       const struct dns_name *name, uint16_t type,
                                       const struct dns_overlay_set **set)
{
    const struct overlay_node *node = node_get(o, name);
    bool replaces_cname = false, deleted = false;

    if (!node)
        return DNS_OVERLAY_NOTHING;
    for (const struct overlay_set *s = node->sets; s; s = s->next) {
        if (s->rrs.n && (s->type == type || s->type == DNS_T_CNAME)) {
            *set = &s->rrs;
            return s->type == type ? DNS_OVERLAY_SET : DNS_OVERLAY_CNAME;
        }
        replaces_cname = replaces_cname || s->rrs.n || s->type == DNS_T_CNAME;
        deleted = deleted || (s->deleted && s->type == type);
    }
    if (deleted)
        return DNS_OVERLAY_DELETED;
    if (replaces_cname)
        return DNS_OVERLAY_NO_CNAME;
    return node->exists ? DNS_OVERLAY_EXISTS : DNS_OVERLAY_NOTHING;
}

static bool decides(enum dns_overlay_says says)
{
    return says == DNS_OVERLAY_SET || says == DNS_OVERLAY_CNAME ||
           says == DNS_OVERLAY_DELETED;
}

enum dns_overlay_says dns_overlay_look(const struct dns_overlay *o,
                                       const struct dns_name *name, uint16_t type,
                                       const struct dns_overlay_set **set)
{
    enum dns_overlay_says so_far = DNS_OVERLAY_NOTHING;

    for (; o; o = o->below) {
        enum dns_overlay_says says = look_here(o, name, type, set);

        /* A CNAME below stands for nothing beside a set above it. */
        if (says == DNS_OVERLAY_CNAME && so_far == DNS_OVERLAY_NO_CNAME)
            continue;
        if (decides(says))
            return says;
        if (says > so_far)
            so_far = says;
    }
    return so_far;
}

static bool exists(const struct dns_overlay *o, const struct dns_name *name)
{
    for (; o; o = o->below) {
        const struct overlay_node *node = node_get(o, name);

        if (node && node->exists)
            return true;
    }
    return false;
}

enum dns_overlay_says dns_overlay_wildcard(const struct dns_overlay *o,
                                           const struct dns_name *name, uint16_t type,
                                           const struct dns_overlay_set **set)
{
    unsigned labels = dns_name_labels(name);

    for (unsigned i = 1; i <= labels; i++) {
        struct dns_name encloser = dns_name_strip(name, i);
        struct dns_name star;

        if (!exists(o, &encloser))
            continue;
        if (!dns_name_prepend(SPAN("*"), &encloser, &star))
            return DNS_OVERLAY_NOTHING;
        return dns_overlay_look(o, &star, type, set);
    }
    return DNS_OVERLAY_NOTHING;
}

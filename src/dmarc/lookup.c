/* SPDX-License-Identifier: MIT */
/*
 * lookup.c - asking for DMARC records, one name or a whole walk. RFC 9989, 4.10.
 *
 * The walk is written as the RFC has it, name after name, but asks for all its names at
 * once: they are known from the start, so it costs one round trip and not eight.
 */
#include "dmarc/lookup.h"

#include "dmarc/psl.h"

static void see_text(struct dmarc_place *place, struct span text, struct span *record)
{
    if (dmarc_is_record(text)) {
        place->n_records++;
        *record = text;
    } else if (!place->ignored.n && dmarc_looks_like_record(text)) {
        place->ignored = text;
    }
}

/* Steps 2 and 6 of the walk: drop what is no record; of several, drop all. */
static enum ac_status see_answer(struct arena *a, const struct dns_answer *answer,
                                 struct dmarc_place *place)
{
    struct span record = { NULL, 0 };

    place->outcome = answer->outcome;
    if (!dns_answered(answer)) {
        place->sight = DMARC_SEES_NO_ANSWER;
        return AC_OK;
    }
    for (size_t i = 0; i < answer->n; i++) {
        struct span text = dns_txt_join(a, &answer->rr[i]);

        if (!text.p)
            return AC_ENOMEM;
        see_text(place, text, &record);
    }
    if (place->n_records > 1)
        place->sight = DMARC_SEES_SEVERAL;
    if (place->n_records != 1)
        return AC_OK;
    place->sight = DMARC_SEES_RECORD;
    return dmarc_record_parse(a, record, &place->record);
}

/* What stands in an answer is read once per audit, and not in every run. */
static enum ac_status see_once(struct ac_env *env, const struct dns_answer *answer,
                               struct dmarc_place *out)
{
    static const char kind;
    const struct dmarc_place *known = dns_memo(env->dns, answer, &kind);

    if (!known) {
        struct dmarc_place *seen = arena_alloc(env->dns->arena, sizeof *seen);

        if (!seen)
            return AC_ENOMEM;
        TRY(see_answer(env->dns->arena, answer, seen));
        TRY(dns_memo_keep(env->dns, answer, &kind, seen));
        known = seen;
    }
    out->sight = known->sight;
    out->record = known->record;
    out->n_records = known->n_records;
    out->ignored = known->ignored;
    out->outcome = known->outcome;
    return AC_OK;
}

enum ac_status dmarc_look(struct ac_env *env, const struct dns_name *name,
                          struct dmarc_place *out)
{
    const struct dns_answer *answer;
    struct dns_name full;

    *out = (struct dmarc_place){ .name = *name, .outcome = DNS_NXDOMAIN };
    if (!dns_name_under(SPAN("_dmarc"), name, &full)) {
        /* Too long for the DNS: nothing can stand there. */
        out->where = dns_name_text(env->arena, name);
        return out->where ? AC_OK : AC_ENOMEM;
    }
    TRY(dns_get(env->dns, env->wants, &full, DNS_T_TXT, &answer));
    out->where = dns_name_text(env->arena, &full);
    return out->where ? see_once(env, answer, out) : AC_ENOMEM;
}

struct registrable {
    struct dns_name name, registrable;
    bool found;
};

enum ac_status dmarc_registrable(struct ac_env *env, const struct dns_name *name,
                                 bool *found, struct dns_name *out)
{
    static const char kind;
    const struct registrable *known = dns_memo(env->dns, NULL, &kind);

    if (!known) {
        struct registrable *r = arena_alloc(env->dns->arena, sizeof *r);

        if (!r)
            return AC_ENOMEM;
        r->name = *name;
        r->found = dmarc_psl_registrable(name, &r->registrable);
        TRY(dns_memo_keep(env->dns, NULL, &kind, r));
        known = r;
    }
    if (!dns_name_eq(&known->name, name)) {
        *found = dmarc_psl_registrable(name, out);
        return AC_OK;
    }
    *found = known->found;
    *out = known->registrable;
    return AC_OK;
}

void dmarc_place_report(struct ac_env *env, const struct dmarc_place *place)
{
    if (place->sight == DMARC_SEES_SEVERAL)
        finding_add(env->findings, FINDING_DMARC_MULTIPLE_RECORDS, place->where,
                    "There are %zu DMARC records at %s: a receiver applies none of "
                    "them.",
                    place->n_records, place->where);
    if (place->ignored.n)
        finding_add(env->findings, FINDING_DMARC_RECORD_IGNORED, place->where,
                    "The text \"%.*s\" at %s is not a DMARC record, since it does not "
                    "begin with exactly \"v=DMARC1\" and a semicolon: receivers ignore "
                    "it.",
                    SPAN_ARG(span_to(place->ignored, 100)), place->where);
}

/* Steps 3, 4 and 7: which names a walk asks about. */
static bool walk_plan(struct arena *a, struct dmarc_walk *walk,
                      const struct dns_name *start)
{
    unsigned labels = dns_name_labels(start);
    size_t n = labels < DMARC_WALK_MAX ? labels : DMARC_WALK_MAX;

    walk->name = arena_take(a, n * sizeof *walk->name);
    walk->place = arena_take(a, n * sizeof *walk->place); /* filled when looked at */
    if (!walk->name || !walk->place)
        return false;
    if (!labels)
        return true;
    walk->name[walk->n++] = *start;
    for (labels = labels < 8 ? labels - 1 : 7; labels > 0; labels--)
        walk->name[walk->n++] = dns_name_last(start, labels);
    return true;
}

struct dmarc_walk *dmarc_walk_new(struct ac_env *env, const struct dns_name *start)
{
    struct dmarc_walk *walk = arena_alloc(env->arena, sizeof *walk);
    struct dns_name full;

    if (!walk || !walk_plan(env->arena, walk, start))
        return NULL;
    for (size_t i = 0; i < walk->n; i++)
        if (dns_name_under(SPAN("_dmarc"), &walk->name[i], &full))
            dns_hint(env->dns, env->wants, &full, DNS_T_TXT);
    return walk;
}

static bool ends_walk(const struct dmarc_place *place)
{
    return place->sight == DMARC_SEES_RECORD && place->record.psd != 'u';
}

enum ac_status dmarc_walk_on(struct ac_env *env, struct dmarc_walk *walk, size_t from)
{
    struct dns_siblings siblings = dns_siblings_begin(env->wants);
    enum ac_status result = AC_OK;

    for (size_t i = from; i < walk->n; i++) {
        enum ac_status status = dmarc_look(env, &walk->name[i], &walk->place[i]);

        dns_siblings_next(&siblings, env->wants);
        if (status == AC_PENDING)
            result = status;
        else if (status != AC_OK)
            return status;
        walk->n_seen = i + 1;
        if (status == AC_OK && ends_walk(&walk->place[i]))
            break;
    }
    dns_siblings_end(&siblings, env->wants);
    return result;
}

/* SPDX-License-Identifier: MIT */
/*
 * tag_list_fuzz.c - targets: taglist_parse, taglist_find, dkim_text_kind,
 * dkim_record_parse. Input: the text of a TXT record.
 */
#include "base/taglist.h"
#include "dkim/record.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Does the span lie in the text, at that offset? */
static void require_at(struct span text, struct span part, size_t at)
{
    require(at <= text.n && part.n <= text.n - at);
    require(!part.n || part.p == text.p + at);
}

static bool has_twin_before(const struct taglist *list, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (span_eq(list->tag[k].name, list->tag[i].name))
            return true;
    return false;
}

static void check_list(struct span text)
{
    struct taglist list;

    taglist_parse(text, &list);
    require(list.n <= TAGLIST_TAGS_MAX && list.n_faults <= TAGLIST_FAULTS_MAX);
    for (size_t i = 0; i < list.n; i++) {
        const struct taglist_tag *t = &list.tag[i];

        require_at(text, t->name, t->at);
        require_at(text, t->value, t->value_at);
        require(t->name.n && !span_contains(t->spec, ';'));
    }
    for (size_t i = 0; i < list.n_faults; i++) {
        require(list.fault[i].at <= text.n);
        require(taglist_fault_print(list.fault[i].kind) != NULL);
    }
    for (size_t i = 0; i < list.n; i++)
        require(list.tag[i].duplicate == has_twin_before(&list, i));
}

static void check_record(struct span text)
{
    struct arena arena;
    struct findings findings;
    struct dkim_record record;
    enum dkim_text kind = dkim_text_kind(text);

    arena_init(&arena, 1 << 20);
    findings_init(&findings, &arena);
    require(dkim_record_parse(text, "s1._domainkey.example.com", &findings, &record) ==
            AC_OK);
    require(record.fault == FINDING_NONE || record.fault_text);
    require(kind != DKIM_TEXT_REVOKED || !record.p.n);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_make(data, size);

    check_list(text);
    check_record(text);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * base_taglist_test.c - tag lists, RFC 6376, 3.2: each row is a text and what is read.
 */
#include "base/taglist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum {
    NONE = -1
};

struct row {
    const char *text;
    const char *tags; /* "name=value|..." with ! before a faulty and 2 before a twin */
    int kind;         /* of the first fault */
    size_t at;        /* ... and its offset */
    const char *part;
};

static const struct row row[] = {
    { "v=DKIM1; p=abc", "v=DKIM1|p=abc|", NONE, 0, "" },
    { "v=DKIM1; p=abc;", "v=DKIM1|p=abc|", NONE, 0, "" },
    { "p=;", "p=|", NONE, 0, "" },
    { "p=a; ", "p=a|", NONE, 0, "" },
    { " a = b c\t;\r\n d=e", "a=b c|d=e|", NONE, 0, "" },
    { "a=b=c", "a=b=c|", NONE, 0, "" },
    { "a_1=x;A_1=y", "a_1=x|A_1=y|", NONE, 0, "" },
    { "", "", NONE, 0, "" },
    { "   ", "", NONE, 0, "" },
    { "a=b;;c=d", "a=b|c=d|", TAGLIST_EMPTY, 4, "" },
    { ";a=b", "a=b|", TAGLIST_EMPTY, 0, "" },
    { "a=b;; ", "a=b|", TAGLIST_EMPTY, 4, "" },
    { "a=b; junk ;c=d", "a=b|c=d|", TAGLIST_NO_EQUALS, 5, "junk" },
    { "hello", "", TAGLIST_NO_EQUALS, 0, "hello" },
    { "a=b; =x", "a=b|", TAGLIST_NO_NAME, 5, "=x" },
    { "1a=b", "!1a=b|", TAGLIST_BAD_NAME, 0, "1a=b" },
    { "a b=c", "!a b=c|", TAGLIST_BAD_NAME, 1, "a b=c" },
    { "a= \x01q", "!a=\x01q|", TAGLIST_BAD_VALUE, 3, "a= \x01q" },
    { "a=\xc3\xa9", "!a=\xc3\xa9|", TAGLIST_BAD_VALUE, 2, "a=\xc3\xa9" },
    { "a=\x7f", "!a=\x7f|", TAGLIST_BAD_VALUE, 2, "a=\x7f" },
    { "a=b; a=c; a=d", "a=b|2a=c|2a=d|", TAGLIST_DUPLICATE, 5, "a" },
};

static void show(const struct taglist *list, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < list->n && n < size; i++)
        n += (size_t)snprintf(
            out + n, size - n, "%s%s%.*s=%.*s|", list->tag[i].faulty ? "!" : "",
            list->tag[i].duplicate ? "2" : "", SPAN_ARG(list->tag[i].name),
            SPAN_ARG(list->tag[i].value));
}

static void taglist_reads_tags_and_places_the_first_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const struct row *r = &row[i];
        const struct taglist_fault *f;
        struct taglist list;
        char seen[256];

        taglist_parse(span_of(r->text), &list);
        show(&list, seen, sizeof seen);
        f = list.n_faults ? &list.fault[0] : NULL;
        if (strcmp(seen, r->tags) != 0 || (f ? (int)f->kind : NONE) != r->kind ||
            (f && (f->at != r->at || !span_eq(f->part, span_of(r->part)))))
            fail_msg("\"%s\": expected %s fault %d at %zu (%s), got %s fault %d at %zu "
                     "(%.*s) (RFC 6376, 3.2)",
                     r->text, r->tags, r->kind, r->at, r->part, seen,
                     f ? (int)f->kind : NONE, f ? f->at : 0,
                     SPAN_ARG(f ? f->part : SPAN("")));
    }
}

static void taglist_offsets_point_into_the_text(void **state)
{
    struct span text = SPAN(" v = x ; pq=\t yz ;e= ");
    struct taglist list;

    (void)state;
    taglist_parse(text, &list);
    assert_int_equal(list.n, 3);
    for (size_t i = 0; i < list.n; i++) {
        assert_ptr_equal(list.tag[i].name.p, text.p + list.tag[i].at);
        if (list.tag[i].value.n)
            assert_ptr_equal(list.tag[i].value.p, text.p + list.tag[i].value_at);
    }
    assert_int_equal(list.tag[1].at, 9);
    assert_int_equal(list.tag[1].value_at, 14);
    assert_int_equal(list.tag[2].value_at, text.n);
    assert_true(span_eq(list.tag[0].spec, SPAN(" v = x ")));
}

static void taglist_value_may_hold_a_nul_which_is_a_fault(void **state)
{
    struct taglist list;

    (void)state;
    taglist_parse(SPAN("a=b\0c; d=e"), &list);
    assert_int_equal(list.n, 2);
    assert_true(list.tag[0].faulty);
    assert_false(list.tag[1].faulty);
    assert_int_equal(list.fault[0].at, 3);
}

static void taglist_find_takes_the_first_and_minds_case(void **state)
{
    struct taglist list;

    (void)state;
    taglist_parse(SPAN("P=1; p=2; p=3"), &list);
    assert_true(span_eq(taglist_find(&list, "p")->value, SPAN("2")));
    assert_true(span_eq(taglist_find(&list, "P")->value, SPAN("1")));
    assert_null(taglist_find(&list, "q"));
}

static void taglist_caps_tags_and_faults(void **state)
{
    char text[4096];
    size_t n = 0;
    struct taglist list;

    (void)state;
    for (int i = 0; i < TAGLIST_TAGS_MAX; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "t%d=x;", i);
    taglist_parse(span_make(text, n), &list);
    assert_int_equal(list.n, TAGLIST_TAGS_MAX);
    assert_int_equal(list.n_faults, 0);

    n += (size_t)snprintf(text + n, sizeof text - n, "z=x;z2=x");
    taglist_parse(span_make(text, n), &list);
    assert_int_equal(list.n, TAGLIST_TAGS_MAX);
    assert_int_equal(list.n_faults, 1);
    assert_int_equal(list.fault[0].kind, TAGLIST_TOO_MANY);
    assert_true(span_eq(list.fault[0].part, SPAN("z=x;z2=x")));

    memset(text, ';', sizeof text);
    taglist_parse(span_make(text, sizeof text), &list);
    assert_int_equal(list.n_faults, TAGLIST_FAULTS_MAX);
}

static void taglist_every_fault_has_a_phrase_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i <= TAGLIST_TOO_MANY; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal(taglist_fault_print((enum taglist_fault_kind)i),
                                    taglist_fault_print((enum taglist_fault_kind)j));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taglist_reads_tags_and_places_the_first_fault),
        cmocka_unit_test(taglist_offsets_point_into_the_text),
        cmocka_unit_test(taglist_value_may_hold_a_nul_which_is_a_fault),
        cmocka_unit_test(taglist_find_takes_the_first_and_minds_case),
        cmocka_unit_test(taglist_caps_tags_and_faults),
        cmocka_unit_test(taglist_every_fault_has_a_phrase_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * dns_view_test.c - the view: wants, hints, depth, caps, and the overlay in front of
 * live answers. RFC 1034, 3.6.2; RFC 4592; docs/decisions/0001.
 */
#include "dns/view.h"

#include "dns/overlay.h"
#include "dns/zone.h"
#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct fixture {
    struct arena arena;
    struct dns_view view;
    struct dns_wants wants;
};

static void begin(struct fixture *f, size_t max, size_t hints)
{
    arena_init(&f->arena, 1 << 24);
    dns_view_init(&f->view, &f->arena, max, 11);
    dns_wants_init(&f->wants, &f->arena, hints);
    f->wants.user = 1;
}

static void end(struct fixture *f)
{
    dns_view_free(&f->view);
    arena_free(&f->arena);
}

static enum ac_status get(struct fixture *f, const char *name,
                          const struct dns_answer **out)
{
    struct dns_name n = world_name(name);

    return dns_get(&f->view, &f->wants, &n, DNS_T_TXT, out);
}

static void hint(struct fixture *f, const char *name)
{
    struct dns_name n = world_name(name);

    dns_hint(&f->view, &f->wants, &n, DNS_T_TXT);
}

/* Answer the open question for a name: with a record, or as it ended. */
static void answer(struct fixture *f, const char *name, enum dns_outcome outcome)
{
    static const struct dns_rr rr = { .rdata = { "\1x", 2 }, .ttl = 5 };
    struct dns_name n = world_name(name);
    struct dns_answer *a = arena_alloc(&f->arena, sizeof *a);

    a->outcome = outcome;
    if (outcome == DNS_ANSWER) {
        a->rr = &rr;
        a->n = 1;
    }
    for (size_t i = 0; i < f->view.n; i++)
        if (dns_name_eq(&f->view.list[i]->name, &n)) {
            dns_view_answer(&f->view, f->view.list[i], a);
            return;
        }
    fail_msg("%s was not asked", name);
}

static void dns_get_notes_each_want_once_until_it_is_answered(void **state)
{
    const struct dns_answer *a = NULL;
    struct fixture f;

    (void)state;
    begin(&f, 10, 0);
    assert_int_equal(get(&f, "a.test", &a), AC_PENDING);
    assert_int_equal(get(&f, "A.TEST.", &a), AC_PENDING);
    assert_int_equal(f.wants.n_hard, 1);
    assert_int_equal(f.view.n, 1);
    answer(&f, "a.test", DNS_ANSWER);
    assert_int_equal(get(&f, "a.test", &a), AC_OK);
    assert_int_equal(a->n, 1);
    answer(&f, "a.test", DNS_NXDOMAIN); /* the first answer stays */
    assert_int_equal(get(&f, "a.test", &a), AC_OK);
    assert_int_equal(a->outcome, DNS_ANSWER);
    end(&f);
}

static void dns_hint_asks_within_its_budget_and_wants_nothing(void **state)
{
    const struct dns_answer *a = NULL;
    struct fixture f;

    (void)state;
    begin(&f, 100, 2);
    hint(&f, "a.test");
    hint(&f, "b.test");
    hint(&f, "a.test"); /* known: costs nothing */
    hint(&f, "c.test"); /* past the budget */
    assert_int_equal(f.view.n, 2);
    assert_int_equal(f.wants.n_hard, 0);
    assert_int_equal(get(&f, "c.test", &a), AC_PENDING); /* a want has none */
    assert_int_equal(f.view.n, 3);
    end(&f);
}

static void dns_peek_notes_nothing(void **state)
{
    struct dns_name n = world_name("a.test");
    struct fixture f;

    (void)state;
    begin(&f, 10, 5);
    assert_null(dns_peek(&f.view, &n, DNS_T_TXT));
    assert_int_equal(f.view.n, 0);
    hint(&f, "a.test");
    assert_null(dns_peek(&f.view, &n, DNS_T_TXT));
    answer(&f, "a.test", DNS_NODATA);
    assert_int_equal(dns_peek(&f.view, &n, DNS_T_TXT)->outcome, DNS_NODATA);
    end(&f);
}

static void dns_questions_past_the_most_are_deadline_and_hints_get_half(void **state)
{
    const struct dns_answer *a = NULL;
    char name[20];
    struct fixture f;

    (void)state;
    begin(&f, 10, 50);
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "h%d.test", i);
        hint(&f, name);
    }
    assert_int_equal(f.view.n, 5);
    for (int i = 0; i < 5; i++) {
        snprintf(name, sizeof name, "w%d.test", i);
        assert_int_equal(get(&f, name, &a), AC_PENDING);
    }
    assert_int_equal(get(&f, "one-more.test", &a), AC_OK);
    assert_int_equal(a->outcome, DNS_DEADLINE);
    assert_int_equal(f.view.n, 10);
    end(&f);
}

/* a; then b and c side by side; then d after c. */
static void read_tree(struct fixture *f)
{
    const struct dns_answer *a;
    unsigned mark;

    (void)!get(f, "a.test", &a);
    mark = dns_wants_mark(&f->wants);
    (void)!get(f, "b.test", &a);
    dns_wants_back(&f->wants, mark);
    (void)!get(f, "c.test", &a);
    (void)!get(f, "d.test", &a);
}

static unsigned depth_of(const struct fixture *f, const char *name)
{
    struct dns_name n = world_name(name);

    for (size_t i = 0; i < f->view.n; i++)
        if (dns_name_eq(&f->view.list[i]->name, &n))
            return f->view.list[i]->depth;
    return 0;
}

static void dns_depth_counts_the_chain_and_siblings_wait_for_nothing(void **state)
{
    struct fixture f;
    size_t questions;
    unsigned depth;

    (void)state;
    begin(&f, 10, 10);
    read_tree(&f);
    answer(&f, "a.test", DNS_ANSWER);
    answer(&f, "b.test", DNS_ANSWER);
    answer(&f, "c.test", DNS_SERVFAIL);
    answer(&f, "d.test", DNS_ANSWER);
    hint(&f, "never.test");
    dns_view_recount(&f.view);
    dns_wants_init(&f.wants, &f.arena, 10);
    f.wants.user = 2;
    read_tree(&f);
    hint(&f, "never.test"); /* hinted, never wanted: it does not count */
    assert_int_equal(depth_of(&f, "a.test"), 1);
    assert_int_equal(depth_of(&f, "b.test"), 2);
    assert_int_equal(depth_of(&f, "c.test"), 2);
    assert_int_equal(depth_of(&f, "d.test"), 3);
    dns_view_count(&f.view, &questions, &depth);
    assert_int_equal(questions, 4);
    assert_int_equal(depth, 3);
    assert_int_equal(f.view.list[0]->users, 2); /* of this pass alone */
    end(&f);
}

static void dns_hint_of_what_is_known_deepens_nothing(void **state)
{
    const struct dns_answer *a;
    struct fixture f;

    (void)state;
    begin(&f, 10, 5);
    hint(&f, "a.test");
    answer(&f, "a.test", DNS_ANSWER);
    hint(&f, "a.test");
    assert_int_equal(get(&f, "b.test", &a), AC_PENDING); /* does not wait for a.test */
    assert_int_equal(depth_of(&f, "b.test"), 1);
    end(&f);
}

static void dns_depth_is_the_least_that_any_task_saw(void **state)
{
    const struct dns_answer *a;
    struct fixture f;

    (void)state;
    begin(&f, 10, 0);
    read_tree(&f);
    for (const char *const *n =
             (const char *const[]){ "a.test", "b.test", "c.test", "d.test", NULL };
         *n; n++)
        answer(&f, *n, DNS_ANSWER);
    dns_view_recount(&f.view);
    dns_wants_init(&f.wants, &f.arena, 0);
    read_tree(&f);
    dns_wants_init(&f.wants, &f.arena, 0);
    assert_int_equal(get(&f, "d.test", &a), AC_OK); /* another task asks at once */
    assert_int_equal(depth_of(&f, "d.test"), 1);
    end(&f);
}

static void dns_recount_leaves_out_what_no_run_wants_any_more(void **state)
{
    const struct dns_answer *a;
    struct fixture f;
    size_t questions;
    unsigned depth;

    (void)state;
    begin(&f, 10, 0);
    read_tree(&f);
    dns_view_recount(&f.view);
    (void)!get(&f, "b.test", &a);
    dns_view_count(&f.view, &questions, &depth);
    assert_int_equal(questions, 1);
    assert_int_equal(depth, 1);
    end(&f);
}

static void dns_view_without_memory_is_enomem_and_hints_stay_silent(void **state)
{
    const struct dns_answer *a;
    struct fixture f;

    (void)state;
    begin(&f, 1000, 1000);
    f.arena.cap = f.arena.used + 64;
    assert_int_equal(get(&f, "a.test", &a), AC_ENOMEM);
    hint(&f, "b.test");
    end(&f);
}

/* --- the overlay in front of what the DNS says -------------------------------------
 */

static const char zone[] =
    "$ORIGIN .\n$TTL 60\n"
    "own.test. TXT \"own\"\n"          /* takes the place of a live set */
    "alias.test. CNAME target.test.\n" /* to a live name */
    "only-a.test. A 192.0.2.1\n"       /* the name exists: TXT is asked live */
    "sub.deep.test. TXT \"x\"\n"       /* deep.test exists by that (RFC 8020) */
    "*.wild.test. TXT \"wild\"\n"      /* RFC 4592 */
    "*.cwild.test. CNAME own.test.\n"
    "in.wild.test. A 192.0.2.1\n"
    "l1.test. CNAME l2.test.\nl2.test. CNAME l1.test.\n";

static void dns_overlay_rules_hold_in_front_of_live_answers(void **state)
{
    static const struct {
        const char *why, *name, *live_name; /* whom the live answer is for; or NULL */
        enum dns_outcome live, expected;
        const char *text; /* of the TXT record expected; NULL: the live one, or none */
    } row[] = {
        { "a set here takes the place of the live one", "own.test", NULL, 0, DNS_ANSWER,
          "own" },
        { "a CNAME here is followed to a live name", "alias.test", "target.test",
          DNS_ANSWER, DNS_ANSWER, NULL },
        { "a CNAME here to a name that does not exist", "alias.test", "target.test",
          DNS_NXDOMAIN, DNS_NXDOMAIN, NULL },
        { "another set here: the name exists", "only-a.test", "only-a.test",
          DNS_NXDOMAIN, DNS_NODATA, NULL },
        { "an ancestor of a name here exists", "deep.test", "deep.test", DNS_NXDOMAIN,
          DNS_NODATA, NULL },
        { "SERVFAIL stays what it is", "deep.test", "deep.test", DNS_SERVFAIL,
          DNS_SERVFAIL, NULL },
        { "a wildcard here covers what does not exist live", "any.wild.test",
          "any.wild.test", DNS_NXDOMAIN, DNS_ANSWER, "wild" },
        { "also deeper", "a.b.wild.test", "a.b.wild.test", DNS_NXDOMAIN, DNS_ANSWER,
          "wild" },
        { "but not what exists live", "any.wild.test", "any.wild.test", DNS_NODATA,
          DNS_NODATA, NULL },
        { "nor below a name that exists here (RFC 4592, 3.3.1)", "x.in.wild.test",
          "x.in.wild.test", DNS_NXDOMAIN, DNS_NXDOMAIN, NULL },
        { "a wildcard CNAME is followed", "any.cwild.test", "any.cwild.test",
          DNS_NXDOMAIN, DNS_ANSWER, "own" },
        { "a loop is malformed", "l1.test", NULL, 0, DNS_MALFORMED, NULL },
        { "a set taken away is NODATA", "gone.test", NULL, 0, DNS_NODATA, NULL },
        { "what is not here is live", "live.test", "live.test", DNS_ANSWER, DNS_ANSWER,
          NULL },
    };
    char error[DNS_ZONE_ERROR_MAX];
    struct dns_overlay *o = dns_overlay_new(1);

    (void)state;
    assert_int_equal(dns_zone_read(o, "zone", span_of(zone), error), AC_OK);
    assert_int_equal(dns_zone_delete(o, "gone.test/TXT", error), AC_OK);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const struct dns_answer *a = NULL;
        struct fixture f;

        begin(&f, 20, 0);
        f.view.overlay = o;
        if (row[i].live_name) {
            assert_int_equal(get(&f, row[i].name, &a), AC_PENDING);
            answer(&f, row[i].live_name, row[i].live);
        }
        for (int twice = 0; twice < 2; twice++) { /* also out of the kept answers */
            assert_int_equal(get(&f, row[i].name, &a), AC_OK);
            if (a->outcome != row[i].expected)
                fail_msg("%s: %s, expected %s", row[i].why,
                         dns_outcome_print(a->outcome),
                         dns_outcome_print(row[i].expected));
            if (row[i].text &&
                !span_eq(dns_txt_join(&f.arena, a->rr), span_of(row[i].text)))
                fail_msg("%s: the text is another", row[i].why);
        }
        end(&f);
    }
    dns_overlay_free(o);
}

static void dns_view_follows_a_chain_that_a_reply_left_unfinished(void **state)
{
    struct dns_name link[12];
    struct dns_answer half = { .outcome = DNS_NODATA,
                               .unfinished = true,
                               .cname = link };
    const struct dns_answer *a = NULL;
    struct fixture f;

    (void)state;
    link[0] = world_name("b.test");
    half.n_cname = 1;
    begin(&f, 20, 0);
    assert_int_equal(get(&f, "a.test", &a), AC_PENDING);
    dns_view_answer(&f.view, f.view.list[0], &half);
    assert_int_equal(get(&f, "a.test", &a), AC_PENDING); /* b.test is asked now */
    answer(&f, "b.test", DNS_ANSWER);
    assert_int_equal(get(&f, "a.test", &a), AC_OK);
    assert_int_equal(a->outcome, DNS_ANSWER);
    assert_int_equal(a->n_cname, 1);
    assert_int_equal(depth_of(&f, "b.test"), 2); /* it had to wait for a.test */
    end(&f);
}

static void dns_view_ends_endless_chains(void **state)
{
    const struct dns_answer *a = NULL;
    struct fixture f;
    char text[20];
    size_t i;

    (void)state;
    begin(&f, 50, 0);
    for (i = 0; get(&f, "c0.test", &a) == AC_PENDING; i++) {
        struct dns_answer *half = arena_alloc(&f.arena, sizeof *half);
        struct dns_name *link = arena_alloc(&f.arena, sizeof *link);

        assert_true(i < 30);
        snprintf(text, sizeof text, "c%zu.test", i + 1);
        *link = world_name(text);
        *half = (struct dns_answer){
            .outcome = DNS_NODATA, .unfinished = true, .cname = link, .n_cname = 1
        };
        dns_view_answer(&f.view, f.view.list[f.view.n - 1], half);
    }
    assert_int_equal(a->outcome, DNS_MALFORMED);
    end(&f);
}

static void dns_view_offline_asks_nothing(void **state)
{
    const struct dns_answer *a = NULL;
    struct fixture f;

    (void)state;
    begin(&f, 20, 5);
    f.view.offline = true;
    hint(&f, "a.test");
    assert_int_equal(get(&f, "a.test", &a), AC_OK);
    assert_int_equal(a->outcome, DNS_NXDOMAIN);
    assert_int_equal(f.view.n, 0);
    end(&f);
}

static void dns_overlay_set_replaces_a_live_cname(void **state)
{
    struct dns_name link = world_name("elsewhere.test");
    struct dns_answer live = { .outcome = DNS_NODATA, .cname = &link, .n_cname = 1 };
    char error[DNS_ZONE_ERROR_MAX];
    struct dns_overlay *o = dns_overlay_new(1);
    const struct dns_answer *a = NULL;
    struct fixture f;

    (void)state;
    assert_int_equal(
        dns_zone_read(o, "z", SPAN("only-a.test. 60 IN A 192.0.2.1\n"), error), AC_OK);
    begin(&f, 20, 0);
    f.view.overlay = o;
    assert_int_equal(get(&f, "only-a.test", &a), AC_PENDING);
    dns_view_answer(&f.view, f.view.list[0], &live);
    assert_int_equal(get(&f, "only-a.test", &a), AC_OK);
    assert_int_equal(a->outcome, DNS_NODATA);
    assert_int_equal(a->n_cname, 0);
    end(&f);
    dns_overlay_free(o);
}

static void dns_overlay_speaks_within_a_live_chain(void **state)
{
    struct dns_name link[2] = { world_name("own.test"), world_name("end.test") };
    struct dns_answer live = { .outcome = DNS_NODATA, .cname = link, .n_cname = 2 };
    char error[DNS_ZONE_ERROR_MAX];
    struct dns_overlay *o = dns_overlay_new(1);
    const struct dns_answer *a = NULL;
    struct fixture f;

    (void)state;
    assert_int_equal(dns_zone_read(o, "z", span_of(zone), error), AC_OK);
    begin(&f, 20, 0);
    f.view.overlay = o;
    assert_int_equal(get(&f, "live.test", &a), AC_PENDING);
    dns_view_answer(&f.view, f.view.list[0], &live);
    assert_int_equal(get(&f, "live.test", &a), AC_OK);
    assert_true(a->n == 1 && span_eq(dns_txt_join(&f.arena, a->rr), SPAN("own")));
    assert_int_equal(a->n_cname, 1);
    end(&f);
    dns_overlay_free(o);
}

/* What is counted of a run's steps is what another run would count, also when another
 * task has wanted the same at a lesser depth since. */
static void dns_recount_counts_as_another_run_would(void **state)
{
    static const char *const names[] = { "a.test", "b.test", "c.test", "d.test" };
    const struct dns_answer *a;
    struct dns_wants first;
    struct fixture f;
    unsigned depth[4];

    (void)state;
    begin(&f, 100, 100);
    for (int i = 0; i < 4; i++) {
        dns_wants_init(&f.wants, &f.arena, 100);
        read_tree(&f);
        for (size_t k = 0; k < f.view.n; k++)
            if (!f.view.list[k]->answer)
                dns_view_answer(&f.view, f.view.list[k],
                                dns_answer_failed(&f.arena, DNS_NXDOMAIN));
    }
    dns_wants_init(&f.wants, &f.arena, 100);
    f.wants.user = 1;
    read_tree(&f);
    first = f.wants;
    dns_wants_init(&f.wants, &f.arena, 100);
    f.wants.user = 2;
    assert_int_equal(get(&f, "c.test", &a), AC_OK);
    dns_view_recount(&f.view); /* by running: the second first */
    dns_wants_init(&f.wants, &f.arena, 100);
    f.wants.user = 2;
    assert_int_equal(get(&f, "c.test", &a), AC_OK);
    dns_wants_init(&f.wants, &f.arena, 100);
    f.wants.user = 1;
    read_tree(&f);
    for (int i = 0; i < 4; i++)
        depth[i] = depth_of(&f, names[i]);
    assert_int_equal(depth[2], 1);
    assert_int_equal(depth[3], 2 + (depth_of(&f, "a.test") > 1));
    dns_view_recount(&f.view); /* by steps */
    dns_wants_init(&f.wants, &f.arena, 100);
    f.wants.user = 2;
    assert_int_equal(get(&f, "c.test", &a), AC_OK);
    dns_wants_recount(&f.view, &first);
    for (int i = 0; i < 4; i++)
        if (depth_of(&f, names[i]) != depth[i])
            fail_msg("%s: depth %u, by a run %u", names[i], depth_of(&f, names[i]),
                     depth[i]);
    assert_int_equal(f.view.list[2]->users, 3);
    end(&f);
}

static void dns_memo_is_kept_with_its_answer(void **state)
{
    static const char reader, other;
    const struct dns_answer *a, *b;
    struct fixture f;

    (void)state;
    begin(&f, 100, 100);
    a = dns_answer_failed(&f.arena, DNS_NXDOMAIN);
    b = dns_answer_failed(&f.arena, DNS_NXDOMAIN);
    assert_int_equal(dns_memo_keep(&f.view, a, &reader, "what was read"), AC_OK);
    assert_string_equal(dns_memo(&f.view, a, &reader), "what was read");
    assert_null(dns_memo(&f.view, b, &reader));
    assert_null(dns_memo(&f.view, a, &other));
    end(&f);
}

static const struct dns_answer *look_at_hand(void *context, const struct dns_name *name,
                                             uint16_t type, struct arena *into)
{
    struct dns_name known = world_name("known.test");

    ++*(unsigned *)context;
    (void)type;
    return dns_name_eq(name, &known) ? dns_answer_failed(into, DNS_NODATA) : NULL;
}

static void dns_get_takes_what_is_at_hand_and_asks_for_the_rest(void **state)
{
    unsigned looks = 0;
    const struct dns_at_hand hand = { look_at_hand, &looks };
    const struct dns_answer *a;
    struct fixture f;

    (void)state;
    begin(&f, 100, 100);
    f.view.at_hand = &hand;
    assert_int_equal(get(&f, "known.test", &a), AC_OK);
    assert_int_equal(a->outcome, DNS_NODATA);
    assert_int_equal(get(&f, "other.test", &a), AC_PENDING);
    assert_int_equal(get(&f, "other.test", &a), AC_PENDING);
    assert_int_equal(looks, 2); /* once for each question */
    assert_int_equal(f.wants.n_hard, 1);
    end(&f);
}

static void dns_spare_questions_leave_a_quarter_to_others(void **state)
{
    struct dns_name n = world_name("list.test");
    const struct dns_answer *a = NULL;
    struct fixture f;
    char name[20];

    (void)state;
    begin(&f, 8, 0);
    for (int i = 0; i < 5; i++) {
        snprintf(name, sizeof name, "n%d.test", i);
        assert_int_equal(get(&f, name, &a), AC_PENDING);
    }
    assert_int_equal(dns_get_spare(&f.view, &f.wants, &n, DNS_T_A, &a), AC_PENDING);
    assert_int_equal(f.wants.n_hard, 6);
    assert_int_equal(dns_get_spare(&f.view, &f.wants, &n, DNS_T_TXT, &a), AC_OK);
    assert_int_equal(a->outcome, DNS_DEADLINE);
    assert_int_equal(dns_get_spare(&f.view, &f.wants, &n, DNS_T_A, &a), AC_PENDING);
    assert_int_equal(get(&f, "n5.test", &a), AC_PENDING);
    assert_int_equal(get(&f, "n6.test", &a), AC_PENDING);
    assert_int_equal(get(&f, "n7.test", &a), AC_OK);
    end(&f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns_get_notes_each_want_once_until_it_is_answered),
        cmocka_unit_test(dns_hint_asks_within_its_budget_and_wants_nothing),
        cmocka_unit_test(dns_peek_notes_nothing),
        cmocka_unit_test(dns_questions_past_the_most_are_deadline_and_hints_get_half),
        cmocka_unit_test(dns_depth_counts_the_chain_and_siblings_wait_for_nothing),
        cmocka_unit_test(dns_hint_of_what_is_known_deepens_nothing),
        cmocka_unit_test(dns_depth_is_the_least_that_any_task_saw),
        cmocka_unit_test(dns_recount_leaves_out_what_no_run_wants_any_more),
        cmocka_unit_test(dns_view_without_memory_is_enomem_and_hints_stay_silent),
        cmocka_unit_test(dns_overlay_rules_hold_in_front_of_live_answers),
        cmocka_unit_test(dns_view_follows_a_chain_that_a_reply_left_unfinished),
        cmocka_unit_test(dns_view_ends_endless_chains),
        cmocka_unit_test(dns_view_offline_asks_nothing),
        cmocka_unit_test(dns_overlay_set_replaces_a_live_cname),
        cmocka_unit_test(dns_overlay_speaks_within_a_live_chain),
        cmocka_unit_test(dns_recount_counts_as_another_run_would),
        cmocka_unit_test(dns_memo_is_kept_with_its_answer),
        cmocka_unit_test(dns_get_takes_what_is_at_hand_and_asks_for_the_rest),
        cmocka_unit_test(dns_spare_questions_leave_a_quarter_to_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * base_arena_test.c - arenas, buffers and the table: what they keep, where they end.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void arena_gives_zeroed_aligned_memory_again_after_a_reset(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    assert_int_equal(a.used, 0); /* nothing is taken before it is needed */
    for (int round = 0; round < 2; round++) {
        for (size_t size = 1; size < 3000; size += 97) {
            unsigned char *p = arena_alloc(&a, size);

            assert_non_null(p);
            assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(p[i], 0);
            memset(p, 0xff, size);
        }
        arena_reset(&a);
    }
    arena_free(&a);
    assert_int_equal(a.used, 0);
    assert_non_null(arena_alloc(&a, 8)); /* it may be used again */
    arena_free(&a);
}

static void arena_never_passes_its_cap(void **state)
{
    struct arena a;
    size_t n = 0;

    (void)state;
    arena_init(&a, 20000);
    while (arena_alloc(&a, 100))
        n++;
    assert_true(n > 100); /* most of it could be used */
    assert_true(a.used <= 20000);
    assert_null(arena_alloc(&a, 20000));
    arena_free(&a);
}

static void arena_sizes_that_overflow_are_refused(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_alloc(&a, SIZE_MAX - 64));
    assert_null(arena_array(&a, SIZE_MAX / 2, 3));
    assert_non_null(arena_array(&a, 0, 8));
    assert_non_null(arena_array(&a, 5, 0));
    arena_free(&a);
}

static void arena_copies_text_with_nuls_and_prints(void **state)
{
    struct arena a;
    char *copy;

    (void)state;
    arena_init(&a, 1 << 16);
    copy = arena_strdup(&a, span_make("a\0b", 3));
    assert_memory_equal(copy, "a\0b", 4);
    assert_string_equal(arena_strdup(&a, span_make(NULL, 0)), "");
    assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
    arena_free(&a);
    arena_init(&a, 16);
    assert_null(arena_strdup(&a, SPAN("does not fit at all")));
    assert_null(arena_printf(&a, "%s", "does not fit at all"));
    arena_free(&a);
}

static void arena_grow_keeps_what_was_there(void **state)
{
    struct arena a;
    int *list = NULL;
    size_t n = 0, cap = 0;

    (void)state;
    arena_init(&a, 1 << 16);
    for (; n < 100; n++) {
        list = arena_grow(&a, list, n, &cap, sizeof *list);
        assert_non_null(list);
        list[n] = (int)n;
    }
    for (size_t i = 0; i < n; i++)
        assert_int_equal(list[i], i);
    assert_int_equal(cap, 128);
    arena_free(&a);
    arena_init(&a, 32);
    cap = 0;
    assert_null(arena_grow(&a, NULL, 0, &cap, 64));
    assert_int_equal(cap, 0);
    arena_free(&a);
}

static void buf_error_is_sticky_and_the_text_ends_there(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 10);
    assert_string_equal(buf_text(&b), "");
    buf_puts(&b, "12345");
    buf_printf(&b, "%s", "67");
    assert_int_equal(b.status, AC_OK);
    buf_puts(&b, "8901");
    assert_int_equal(b.status, AC_ELIMIT);
    buf_putc(&b, '8');
    buf_printf(&b, "%d", 8);
    assert_string_equal(buf_text(&b), "1234567");
    assert_int_equal(buf_span(&b).n, 7);
    buf_free(&b);
    assert_int_equal(b.status, AC_OK);
    assert_string_equal(buf_text(&b), "");
}

static void buf_fills_to_the_last_byte_of_its_cap(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    for (int i = 0; i < 1000; i++)
        buf_putc(&b, 'x');
    assert_int_equal(b.status, AC_OK);
    assert_int_equal(strlen(buf_text(&b)), 1000);
    buf_putc(&b, 'x');
    assert_int_equal(b.status, AC_ELIMIT);
    buf_free(&b);
}

static void buf_takes_nuls_as_bytes(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 100);
    buf_put(&b, span_make("a\0b", 3));
    buf_put(&b, span_make(NULL, 0));
    assert_int_equal(b.n, 3);
    assert_memory_equal(b.p, "a\0b", 4);
    buf_free(&b);
}

static void table_finds_replaces_and_tells_keys_with_nuls_apart(void **state)
{
    struct table t;
    int one, two;

    (void)state;
    table_init(&t, 10, 5);
    assert_null(table_get(&t, SPAN("a")));
    assert_int_equal(table_put(&t, span_make("a\0b", 3), &one), AC_OK);
    assert_int_equal(table_put(&t, span_make("a\0c", 3), &two), AC_OK);
    assert_ptr_equal(table_get(&t, span_make("a\0b", 3)), &one);
    assert_ptr_equal(table_get(&t, span_make("a\0c", 3)), &two);
    assert_null(table_get(&t, SPAN("a")));
    assert_int_equal(table_put(&t, span_make("a\0b", 3), &two), AC_OK);
    assert_ptr_equal(table_get(&t, span_make("a\0b", 3)), &two);
    assert_int_equal(t.n, 2);
    table_free(&t);
    assert_null(table_get(&t, SPAN("a")));
}

static void table_holds_its_most_and_no_more(void **state)
{
    enum {
        MOST = 1000
    };
    static char key[MOST + 1][8];
    struct table t;

    (void)state;
    table_init(&t, MOST, 99);
    for (size_t i = 0; i < MOST; i++) {
        snprintf(key[i], sizeof key[i], "k%zu", i);
        assert_int_equal(table_put(&t, span_of(key[i]), key[i]), AC_OK);
    }
    assert_int_equal(table_put(&t, SPAN("more"), key[0]), AC_ELIMIT);
    assert_int_equal(table_put(&t, SPAN("k7"), key[8]), AC_OK); /* in place of one */
    for (size_t i = 0; i < MOST; i++)
        assert_ptr_equal(table_get(&t, span_of(key[i])), i == 7 ? key[8] : key[i]);
    assert_null(table_get(&t, SPAN("more")));
    table_free(&t);
}

/* What one arena gives back the next one takes, and no more lies idle than was said. */
static void arenas_share_a_pool(void **state)
{
    struct arena_pool pool;
    struct arena a, b;
    void *first;

    (void)state;
    arena_pool_init(&pool, 8 * 2048);
    arena_init_pooled(&a, 1 << 20, &pool);
    first = arena_alloc(&a, 100);
    memset(first, 'x', 100);
    arena_free(&a);
    assert_int_equal(pool.n, 1);
    arena_init_pooled(&b, 1 << 20, &pool);
    assert_ptr_equal(arena_alloc(&b, 100), first);
    for (int i = 0; i < 100; i++)
        assert_int_equal(((char *)first)[i], 0); /* zeroed anew */
    assert_int_equal(pool.n, 0);
    for (int i = 0; i < 1000; i++)
        assert_non_null(arena_alloc(&b, 100 + (size_t)i % 3000));
    assert_true(b.used <= 1000 * 3200);
    arena_reset(&b);
    assert_in_range(pool.n, 1, pool.max);
    assert_int_equal(((char *)arena_take(&b, 64))[0] * 0, 0);
    arena_free(&b);
    assert_in_range(pool.n, 2, pool.max);
    arena_pool_free(&pool);
    assert_int_equal(pool.n, 0);
}

/* The cap holds for pooled blocks as well, and large things get what they need. */
static void pooled_arenas_keep_their_cap(void **state)
{
    struct arena_pool pool;
    struct arena a;
    size_t n = 0;

    (void)state;
    arena_pool_init(&pool, 0);
    arena_init_pooled(&a, 10000, &pool);
    assert_non_null(arena_alloc(&a, 10));
    assert_non_null(arena_alloc(&a, 5000));
    assert_null(arena_alloc(&a, 5000));
    while (arena_alloc(&a, 16))
        n++;
    assert_in_range(n, 100, 320);
    assert_true(a.used <= 10000);
    arena_free(&a);
    assert_int_equal(pool.n, 0);
    arena_pool_free(&pool);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_zeroed_aligned_memory_again_after_a_reset),
        cmocka_unit_test(arena_never_passes_its_cap),
        cmocka_unit_test(arena_sizes_that_overflow_are_refused),
        cmocka_unit_test(arena_copies_text_with_nuls_and_prints),
        cmocka_unit_test(arena_grow_keeps_what_was_there),
        cmocka_unit_test(buf_error_is_sticky_and_the_text_ends_there),
        cmocka_unit_test(buf_fills_to_the_last_byte_of_its_cap),
        cmocka_unit_test(buf_takes_nuls_as_bytes),
        cmocka_unit_test(table_finds_replaces_and_tells_keys_with_nuls_apart),
        cmocka_unit_test(table_holds_its_most_and_no_more),
        cmocka_unit_test(arenas_share_a_pool),
        cmocka_unit_test(pooled_arenas_keep_their_cap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

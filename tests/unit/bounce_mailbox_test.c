/* SPDX-License-Identifier: MIT */
/*
 * bounce_mailbox_test.c - messages out of an mbox (RFC 4155, A) and single
 * texts, of any size and encoding.
 */
#include "bounce/mailbox.h"

#include "bounce/bounce.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define FROM "From a@shop.example Sat Nov 21 02:00:00 2026\n"

enum {
    MESSAGES_MAX = 4
};

struct row {
    const char *name, *file;
    size_t n; /* bytes; 0: up to the NUL */
    bool is_mbox;
    const char *message[MESSAGES_MAX]; /* NULL: no more */
};

/* The mailbox over bytes in memory; the stream is *in. */
static struct bounce_mailbox *open_bytes(const void *bytes, size_t n, FILE **in)
{
    struct bounce_mailbox *m;

    *in = tmpfile();
    assert_non_null(*in);
    assert_int_equal(fwrite(bytes, 1, n, *in), n);
    rewind(*in);
    m = bounce_mailbox_new(*in);
    assert_non_null(m);
    return m;
}

static void check(const struct row *r)
{
    size_t i = 0;
    struct bounce_mailbox *m;
    struct buf out;
    bool cut;
    FILE *in;

    m = open_bytes(r->file, r->n ? r->n : strlen(r->file), &in);
    buf_init(&out, BOUNCE_BYTES_MAX);
    while (bounce_mailbox_next(m, &out, &cut) == AC_OK) {
        if (i == MESSAGES_MAX || !r->message[i])
            fail_msg("%s: message %zu is one too many: \"%s\"", r->name, i,
                     buf_text(&out));
        if (strcmp(buf_text(&out), r->message[i]) != 0)
            fail_msg("%s: message %zu: \"%s\" expected, \"%s\" found", r->name, i,
                     r->message[i], buf_text(&out));
        assert_false(cut);
        i++;
    }
    if (i < MESSAGES_MAX && r->message[i])
        fail_msg("%s: message %zu is missing", r->name, i);
    assert_int_equal(bounce_mailbox_is_mbox(m), r->is_mbox);
    assert_int_equal(bounce_mailbox_next(m, &out, &cut), AC_ELIMIT);
    buf_free(&out);
    bounce_mailbox_free(m);
    fclose(in);
}

static void bounce_mailbox_messages(void **state)
{
    static const struct row rows[] = {
        { "empty", "", 0, false, { NULL } },
        { "a text", "550 5.7.1 no\n", 0, false, { "550 5.7.1 no\n" } },
        { "a text without an end", "550 no", 0, false, { "550 no" } },
        { "two messages",
          FROM "A: b\n\none\n\n" FROM "A: c\n\ntwo\n",
          0,
          true,
          { "A: b\n\none\n\n", "A: c\n\ntwo\n" } },
        { "an empty message between",
          FROM "\n" FROM "A: c\n",
          0,
          true,
          { "\n", "A: c\n" } },
        { "CRLF",
          "From a 02:00:00\r\nA: b\r\n\r\nFrom c 02:00:01\r\nA: c\r\n",
          0,
          true,
          { "A: b\r\n\r\n", "A: c\r\n" } },
        { "From in a sentence",
          FROM "A: b\n\nFrom here on\n\nFrom a 02:00\n",
          0,
          true,
          { "A: b\n\nFrom here on\n\n", "" } },
        { "From behind a line that is not empty",
          FROM "one\n" FROM "two\n",
          0,
          true,
          { "one\n" FROM "two\n" } },
        { "stuffed lines",
          FROM "\n>From me\n>>From you\n> From\n",
          0,
          true,
          { "\nFrom me\n>From you\n> From\n" } },
        { "a single text is not unstuffed",
          ">From me\n" FROM,
          0,
          false,
          { ">From me\n" FROM } },
        { "UTF-16, little end first",
          "\xff\xfe"
          "5\0\xe9\0\x3d\xd8\x00\xde",
          10,
          false,
          { "5\xc3\xa9\xf0\x9f\x98\x80" } },
        { "UTF-16, big end first",
          "\xfe\xff\0005\x20\xac\xdc\x00",
          8,
          false,
          { "5\xe2\x82\xac?" } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

/* Lines and messages longer than any buffer: cut at the cap, and the next one is whole.
 */
static void bounce_mailbox_cuts_what_is_too_long(void **state)
{
    size_t n = BOUNCE_BYTES_MAX + 300000, head = strlen(FROM);
    char *file = malloc(n + 100);
    struct bounce_mailbox *m;
    struct buf out;
    bool cut;
    FILE *in;

    (void)state;
    assert_non_null(file);
    memcpy(file, FROM, head);
    memset(file + head, 'x', n);
    memcpy(file + head + n, "\n\n" FROM "two\n", head + 6);
    m = open_bytes(file, head + n + head + 6, &in);
    buf_init(&out, BOUNCE_BYTES_MAX);
    assert_int_equal(bounce_mailbox_next(m, &out, &cut), AC_OK);
    assert_true(cut);
    assert_int_equal(out.n, BOUNCE_BYTES_MAX);
    assert_int_equal(bounce_mailbox_next(m, &out, &cut), AC_OK);
    assert_false(cut);
    assert_string_equal(buf_text(&out), "two\n");
    assert_int_equal(bounce_mailbox_next(m, &out, &cut), AC_ELIMIT);
    buf_free(&out);
    bounce_mailbox_free(m);
    fclose(in);
    free(file);
}

/* A buffer of the caller's that is smaller cuts there; no error. */
static void bounce_mailbox_obeys_a_smaller_cap(void **state)
{
    struct bounce_mailbox *m;
    struct buf out;
    bool cut;
    FILE *in;

    (void)state;
    m = open_bytes("12345678\n90", 11, &in);
    buf_init(&out, 4);
    assert_int_equal(bounce_mailbox_next(m, &out, &cut), AC_OK);
    assert_true(cut);
    assert_string_equal(buf_text(&out), "1234");
    assert_int_equal(bounce_mailbox_next(m, &out, &cut), AC_ELIMIT);
    buf_free(&out);
    bounce_mailbox_free(m);
    fclose(in);
}

static void bounce_mailbox_folder_is_an_error(void **state)
{
    FILE *in = fopen(".", "r");
    struct bounce_mailbox *m = bounce_mailbox_new(in);
    struct buf out;
    bool cut;

    (void)state;
    assert_non_null(in);
    assert_non_null(m);
    buf_init(&out, BOUNCE_BYTES_MAX);
    assert_int_equal(bounce_mailbox_next(m, &out, &cut), AC_EIO);
    assert_int_equal(errno, EISDIR);
    buf_free(&out);
    bounce_mailbox_free(m);
    fclose(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounce_mailbox_messages),
        cmocka_unit_test(bounce_mailbox_cuts_what_is_too_long),
        cmocka_unit_test(bounce_mailbox_obeys_a_smaller_cap),
        cmocka_unit_test(bounce_mailbox_folder_is_an_error),
    };

    return cmocka_run_group_tests_name("bounce_mailbox", tests, NULL, NULL);
}

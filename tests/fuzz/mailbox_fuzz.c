/* SPDX-License-Identifier: MIT */
/*
 * mailbox_fuzz.c - bounce_mailbox_next on any file: every byte of it comes out once, in
 * bounds, and the end comes. Corpus: tests/fuzz/corpus/mailbox.
 */
#include "bounce/mailbox.h"

#include <stdlib.h>

enum {
    MESSAGE_CAP = 4096
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : tmpfile();
    struct bounce_mailbox *m;
    enum ac_status status;
    size_t messages = 0, bytes = 0;
    struct buf out;
    bool cut;

    need(in != NULL);
    m = bounce_mailbox_new(in);
    need(m != NULL);
    buf_init(&out, MESSAGE_CAP);
    while ((status = bounce_mailbox_next(m, &out, &cut)) == AC_OK) {
        need(out.n <= MESSAGE_CAP);
        need(messages++ <= size);
        bytes += out.n;
    }
    need(status == AC_ELIMIT);
    /* A unit of UTF-16 is three bytes at most. */
    need(bytes <= size * 2);
    buf_free(&out);
    bounce_mailbox_free(m);
    fclose(in);
    return 0;
}

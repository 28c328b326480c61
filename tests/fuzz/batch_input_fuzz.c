/* SPDX-License-Identifier: MIT */
/*
 * batch_input_fuzz.c - lines_peek, input_next, row_options: any bytes are rows, whose
 * lines go up one by one; each is an error, or the options of an audit.
 */
#include "batch/input.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    BYTES_MAX = 60000, /* what a pipe takes without a reader */
    ARENA_MAX = 8 << 20
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_rows(struct input *in, struct arena *arena)
{
    static const struct audit_options defaults = { .discover = 0 };
    enum input_status status;
    uint64_t last = 0;

    do {
        struct audit_options options;
        struct batch_row row;

        arena_reset(arena);
        status = input_next(in, true, arena, &row);
        if (status == INPUT_WAIT || (status == INPUT_FAILED && !in->error[0]))
            abort();
        if (status != INPUT_ROW)
            break;
        if (row.line <= last)
            abort();
        last = row.line;
        if (row_options(&row, arena, &defaults, &options) != AC_OK)
            abort();
        if (!row.error && dns_name_labels(&options.domain) == 0)
            abort();
    } while (true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct input in;
    int ends[2];

    if (size > BYTES_MAX || pipe(ends) != 0)
        return 0;
    if (write(ends[1], data, size) != (ssize_t)size)
        abort();
    close(ends[1]);
    if (input_open(&in, "/dev/null") != AC_OK || dup2(ends[0], in.lines.fd) < 0)
        abort();
    close(ends[0]);
    arena_init(&arena, ARENA_MAX);
    read_rows(&in, &arena);
    arena_free(&arena);
    input_close(&in);
    return 0;
}

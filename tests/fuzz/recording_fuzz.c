/* SPDX-License-Identifier: MIT */
/*
 * recording_fuzz.c - recording_read, recording_replay, audit_step.
 *
 * The input is the JSON after line 1, which is made to fit it: the checksum finds
 * accidents and not forgers, so what it guards must hold as well. Whatever is read is
 * replayed and reported.
 */
#include "record/format.h"
#include "record/recording.h"
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(claim)   \
    do {              \
        if (!(claim)) \
            abort();  \
    } while (0)

static void replay(const struct recording *r)
{
    static const struct report_options options = { .verbose = 2 };
    struct audit *a = NULL;
    struct buf out;

    buf_init(&out, 1 << 24);
    if (audit_new(recording_options(r), &a) == AC_OK &&
        recording_replay(r, a) == AC_OK) {
        report_json(&out, audit_result(a), &options);
        report_text(&out, audit_result(a), &options);
        MUST(out.n > 100);
    }
    audit_free(a);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span body = span_make(data, size);
    char error[RECORDING_ERROR_MAX];
    struct recording *r = NULL;
    struct buf text;
    enum ac_status status;

    buf_init(&text, RECORDING_BYTES_MAX);
    buf_printf(&text, "authcheck-recording %d %016llx %zu\n", RECORDING_VERSION,
               (unsigned long long)record_checksum(body), size);
    buf_put(&text, body);
    status = recording_read(buf_span(&text), "fuzz", &r, error);
    MUST(status == AC_OK || (status == AC_EINVAL && error[0] && !strchr(error, '\n')) ||
         status == AC_ENOMEM);
    if (status == AC_OK)
        replay(r);
    recording_free(r);
    buf_free(&text);
    return 0;
}

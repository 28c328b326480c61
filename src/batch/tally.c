/* SPDX-License-Identifier: MIT */
/*
 * tally.c - counts.
 */
#include "batch/tally.h"

enum {
    FINDINGS_SHOWN = 5
};

static void take_code(struct tally *t, int code)
{
    t->refused = t->refused || code == EXIT_REFUSED;
    t->open = t->open || code == EXIT_OPEN;
}

void tally_audit(struct tally *t, const struct audit_result *r, bool load)
{
    bool seen[FINDING_COUNT] = { false };

    t->rows++;
    t->questions += r->queries;
    if (r->has_verdict)
        t->verdict[r->verdict]++;
    else
        t->without++;
    t->load += load && r->has_verdict && r->verdict == VERDICT_UNKNOWN;
    for (size_t i = 0; i < r->findings.n; i++) {
        enum finding_id id = r->findings.row[i].id;

        t->finding[id] += !seen[id];
        seen[id] = true;
    }
    take_code(t, report_exit(r, t->fail_on));
}

void tally_error(struct tally *t)
{
    t->rows++;
    t->errors++;
    take_code(t, EXIT_OPEN);
}

void tally_held(struct tally *t, int code)
{
    t->held++;
    take_code(t, code);
}

int tally_exit(const struct tally *t)
{
    if (t->fail_on == FAIL_ON_NEVER)
        return EXIT_FINE;
    if (t->refused)
        return EXIT_REFUSED;
    return t->open || t->ended ? EXIT_OPEN : EXIT_FINE;
}

/* ", 12 reject (3.4 %)"; nothing for none. */
static void part(const struct tally *t, struct buf *out, const char *name, uint64_t n)
{
    uint64_t permille = t->rows ? (n * 1000 + t->rows / 2) / t->rows : 0;

    if (n)
        buf_printf(out, ", %llu %s (%llu.%llu %%)", (unsigned long long)n, name,
                   (unsigned long long)permille / 10,
                   (unsigned long long)permille % 10);
}

/* The findings that most rows hold, the first of equals first. */
static void most_frequent(const struct tally *t, struct buf *out)
{
    bool shown[FINDING_COUNT] = { false };
    int k;

    for (k = 0; k < FINDINGS_SHOWN; k++) {
        enum finding_id most = FINDING_NONE;

        for (int id = 0; id < FINDING_COUNT; id++)
            if (!shown[id] && t->finding[id] &&
                (most == FINDING_NONE || t->finding[id] > t->finding[most]))
                most = (enum finding_id)id;
        if (most == FINDING_NONE)
            break;
        shown[most] = true;
        buf_printf(out, "%s%s %llu",
                   k ? ", " : "most frequent findings: ", finding_kind(most)->name,
                   (unsigned long long)t->finding[most]);
    }
    if (k)
        buf_putc(out, '\n');
}

void tally_print(const struct tally *t, struct buf *out)
{
    buf_printf(out, "%llu rows", (unsigned long long)t->rows);
    for (int v = VERDICT_ACCEPT; v <= VERDICT_REJECT; v++)
        part(t, out, verdict_print((enum verdict)v), t->verdict[v]);
    part(t, out, "without an address", t->without);
    part(t, out, "that could not be audited", t->errors);
    if (t->held)
        buf_printf(out, "; %llu were there already", (unsigned long long)t->held);
    buf_putc(out, '\n');
    if (t->ended)
        buf_puts(out, "ended by a signal: rows are missing; with --output FILE, "
                      "--resume goes on\n");
    if (t->load)
        buf_printf(out,
                   "%llu of the unknown are open because servers dropped questions "
                   "under load: unknown (load)\n",
                   (unsigned long long)t->load);
    most_frequent(t, out);
}

/* SPDX-License-Identifier: MIT */
/*
 * crew_bench.c - a whole set of domains through the crew: domains a second, CPU,
 * memory, questions; no rows are written. Figures to look at, never a test.
 *
 *     crew_bench FILE [NAMESERVER|- [IN_FLIGHT|0 [TIMES [OUT]]]]
 *
 * FILE holds lines "domain,ip,selector" after a header, and is gone through TIMES
 * times; OUT gets a line with the results of each domain. Without arguments there is
 * nothing to measure.
 */
#include "base/clock.h"
#include "batch/crew.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

struct row {
    struct audit_options options;
    struct ip ip;
    struct audit_selector selector;
    char line[512];
    unsigned long number;
};

struct bench {
    FILE *in, *out;
    unsigned times;
    unsigned long rows, unknown, load, failed;
    const struct receiver *receiver[1];
    struct crew *crew;
};

/* The next row, or NULL at the end. */
static struct row *row_next(struct bench *b)
{
    struct row *r = calloc(1, sizeof *r);
    char *ip, *selector;
    const char *why;

    if (!r || !fgets(r->line, sizeof r->line, b->in)) {
        free(r);
        if (!b->times || !--b->times)
            return NULL;
        rewind(b->in);
        return fgets((char[512]){ "" }, 512, b->in) ? row_next(b) : NULL;
    }
    r->line[strcspn(r->line, "\r\n")] = '\0';
    ip = strchr(r->line, ',');
    selector = ip ? strchr(ip + 1, ',') : NULL;
    if (!selector)
        exit(2);
    *ip++ = *selector++ = '\0';
    r->options = (struct audit_options){
        .ip = &r->ip,
        .n_ips = 1,
        .fixes = getenv("FIXES"),
        .receiver = b->receiver,
        .n_receivers = 1,
        .limits = ac_default_limits,
        .now = clock_unix(),
        .nonce = clock_random(),
        .pool = crew_pool(b->crew),
    };
    r->options.limits.spf_type_99 = false;
    if (!dns_name_from_user(span_of(r->line), &r->options.domain, &why) ||
        !ip_parse(span_of(ip), &r->ip))
        exit(2);
    if (*selector &&
        audit_selector_parse(selector, &r->options.domain, &r->selector, &why)) {
        r->options.selector = &r->selector;
        r->options.n_selectors = 1;
    }
    r->number = ++b->rows;
    return r;
}

static void show(struct bench *b, const struct row *r, const struct audit_result *a)
{
    static const char *const verdict[] = { "accept", "spam", "defer", "unknown",
                                           "reject" };

    fprintf(b->out, "%lu %s verdict %d %s spf %d dkim %d fixes %zu findings", r->number,
            r->line, (int)a->verdict,
            (size_t)a->verdict < 5 ? verdict[a->verdict] : "?",
            (int)a->spf[0].check.result, a->n_dkim ? (int)a->dkim[0].key.status : -1,
            a->n_fixes);
    for (size_t i = 0; i < a->findings.n; i++)
        fprintf(b->out, " %d", (int)a->findings.row[i].id);
    fputc('\n', b->out);
}

static void finish(struct bench *b, const struct crew_done *done)
{
    struct row *r = done->ticket;
    const struct audit_result *result = audit_result(done->audit);

    if (done->status != AC_OK) {
        b->failed++;
    } else {
        b->unknown += result->verdict == VERDICT_UNKNOWN;
        b->load += done->load;
        if (b->out)
            show(b, r, result);
    }
    audit_free(done->audit);
    free(r);
}

static void run(struct bench *b)
{
    struct row *next = row_next(b);
    unsigned long open = 0;

    while (next || open) {
        struct crew_done done;

        while (next && crew_has_room(b->crew)) {
            struct audit *a;

            if (audit_new(&next->options, &a) != AC_OK ||
                crew_take(b->crew, a, next) != AC_OK)
                exit(2);
            open++;
            next = row_next(b);
        }
        switch (crew_wait(b->crew, clock_us() + 1000000, &done)) {
        case AC_OK:
            finish(b, &done);
            open--;
            break;
        case AC_PENDING:
            break;
        default:
            exit(2);
        }
    }
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void tell(const struct bench *b, double wall)
{
    struct rusage use;
    struct crew_stats stats;
    double n = (double)b->rows;

    getrusage(RUSAGE_SELF, &use);
    crew_stats(b->crew, &stats);
    printf("%lu domains in %.3f s: %.0f/s; CPU %.1f us a domain (user %.1f, system "
           "%.1f); %ld KiB; questions %.2f, packets %.2f a domain; unanswered %lu, "
           "load %lu; window %u; unknown %lu (load %lu), failed %lu\n",
           b->rows, wall, n / wall,
           (seconds(use.ru_utime) + seconds(use.ru_stime)) / n * 1e6,
           seconds(use.ru_utime) / n * 1e6, seconds(use.ru_stime) / n * 1e6,
           use.ru_maxrss, (double)stats.questions / n, (double)stats.packets / n,
           (unsigned long)stats.unanswered, (unsigned long)stats.unanswered_load,
           stats.window, b->unknown, b->load, b->failed);
}

int main(int argc, char **argv)
{
    const char *server = argc > 2 && strcmp(argv[2], "-") != 0 ? argv[2] : NULL;
    struct bench b = { .times = argc > 4 ? (unsigned)atoi(argv[4]) : 1,
                       .receiver = { receiver_find(SPAN("generic")) } };
    struct crew_options options = {
        .net = { .servers = &server, .n_servers = server != NULL, .timeout_ms = 2000 },
        .drive = { .tries = 3, .timeout_us = 2000000, .deadline_us = 20000000 },
        .in_flight = argc > 3 ? (unsigned)atoi(argv[3]) : 0,
        .qps = getenv("QPS") ? (unsigned)atoi(getenv("QPS")) : 0,
    };
    char error[NET_ERROR_MAX];
    char header[512];
    int64_t begun;

    if (argc < 2)
        return 0;
    b.in = fopen(argv[1], "r");
    b.out = argc > 5 ? fopen(argv[5], "w") : NULL;
    b.crew = crew_new(&options, false, error);
    if (!b.in || !b.crew || !fgets(header, sizeof header, b.in)) {
        fprintf(stderr, "crew_bench: %s\n", b.crew ? argv[1] : error);
        return 2;
    }
    begun = clock_us();
    run(&b);
    tell(&b, (double)(clock_us() - begun) / 1e6);
    crew_free(b.crew);
    if (b.out)
        fclose(b.out);
    fclose(b.in);
    return b.failed > 0;
}

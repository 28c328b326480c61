/* SPDX-License-Identifier: MIT */
/*
 * resume.c - reads rows as this program writes them (print.c): one on a line, members
 * in their order. JSON is stepped over, not read: a hundred thousand rows take a
 * second.
 */
#include "batch/resume.h"

#include "base/hash.h"
#include "batch/lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    RESUME_PAGE = 1 << 16,
    RESUME_ROW_MAX = 64 << 20,
    NAME_SHOWN_MAX = 200
};

#define ROW_BEGINS "{\"line\": "

/* A row as far as resuming cares. */
struct held_row {
    uint64_t line;
    struct span id, error, domain; /* JSON texts */
    enum verdict verdict;
    bool has_verdict;
    bool warned;     /* a finding of severity warning or error */
    bool no_records; /* without a verdict: the DNS left open what the row is about */
};

/* Where the string that begins at s.p[at] ends; s.n where it does not. */
static size_t after_string(struct span s, size_t at)
{
    for (at++; at < s.n && s.p[at] != '"'; at++)
        at += s.p[at] == '\\';
    return at < s.n ? at + 1 : s.n;
}

/* Where the JSON value that begins at s.p[at] ends. */
static size_t after_value(struct span s, size_t at)
{
    unsigned depth = 0;

    while (at < s.n) {
        char c = s.p[at];

        if (c == '"') {
            at = after_string(s, at);
        } else if (c == '{' || c == '[') {
            depth++;
            at++;
        } else if (c == '}' || c == ']') {
            if (!depth--)
                return at;
            at++;
        } else if (c == ',' && !depth) {
            return at;
        } else {
            at++;
        }
        if (!depth && c != ' ' && (c == '"' || c == '}' || c == ']'))
            return at;
    }
    return at;
}

/* Cut `"key": value` off what is left of an object; false at its end. */
static bool next_member(struct span *rest, struct span *key, struct span *value)
{
    struct span s = span_trim(*rest, ", ");
    size_t end, begin;

    if (!s.n || s.p[0] != '"')
        return false;
    end = after_string(s, 0);
    if (end < 2 || end + 2 > s.n || s.p[end] != ':' || s.p[end + 1] != ' ')
        return false;
    *key = span_make(s.p + 1, end - 2);
    begin = end + 2;
    end = after_value(s, begin);
    *value = span_make(s.p + begin, end - begin);
    *rest = span_from(s, end);
    return true;
}

static bool read_line_number(struct span text, uint64_t *out)
{
    uint32_t n;

    if (!span_u32(text, UINT32_MAX, &n) || !n)
        return false;
    *out = n;
    return true;
}

static bool holds(struct span text, struct span what)
{
    for (size_t i = 0; i + what.n <= text.n; i++) {
        const char *p = memchr(text.p + i, what.p[0], text.n - i);

        if (!p)
            return false;
        i = (size_t)(p - text.p);
        if (span_starts(span_from(text, i), what))
            return true;
    }
    return false;
}

/* The verdict of a JSON text; false for null. */
static bool read_verdict(struct span text, enum verdict *out)
{
    text = span_trim(text, "\"");
    for (int v = VERDICT_ACCEPT; v <= VERDICT_REJECT; v++)
        if (span_eq(text, span_of(verdict_print((enum verdict)v)))) {
            *out = (enum verdict)v;
            return true;
        }
    return false;
}

/* The text within a row cannot hold an unescaped quote, so that what is searched for is
 * a member and nothing else. */
static bool read_warned(struct span findings)
{
    return holds(findings, SPAN("\"severity\": \"warning\"")) ||
           holds(findings, SPAN("\"severity\": \"error\""));
}

/* No answer for the DMARC policy. */
static bool no_policy(struct span findings)
{
    return holds(findings, SPAN("\"id\": \"dmarc-lookup-failed\""));
}

/* No answer for the SPF record itself. */
static bool no_record(struct span spf_record)
{
    return holds(spf_record, SPAN("\"record\": null")) &&
           holds(spf_record, SPAN("\"lookups_total_complete\": false"));
}

/* false: it is none that we would have written. */
static bool read_member(struct held_row *row, struct span key, struct span value)
{
    if (span_eq(key, SPAN("line")))
        return read_line_number(value, &row->line);
    if (span_eq(key, SPAN("id"))) {
        row->id = value;
    } else if (span_eq(key, SPAN("error"))) {
        row->error = value;
    } else if (span_eq(key, SPAN("domain"))) {
        row->domain = value;
    } else if (span_eq(key, SPAN("verdict"))) {
        row->has_verdict = read_verdict(value, &row->verdict);
    } else if (span_eq(key, SPAN("findings"))) {
        row->warned = read_warned(value);
        row->no_records = no_policy(value);
    } else if (span_eq(key, SPAN("spf_record"))) {
        row->no_records = row->no_records || no_record(value);
    }
    return true;
}

/* A row that we wrote; false for anything else. Where it has a verdict, what stands
 * behind all that the exit code hangs on is not looked at. */
static bool read_row(struct span text, enum fail_on level, struct held_row *out)
{
    struct span last = level == FAIL_ON_WARNING ? SPAN("findings") : SPAN("verdict");
    struct span rest = span_from(text, 1), key, value;

    *out = (struct held_row){ 0 };
    if (!span_starts(text, SPAN(ROW_BEGINS)) || text.p[text.n - 1] != '}')
        return false;
    rest.n--;
    while (next_member(&rest, &key, &value)) {
        if (!read_member(out, key, value))
            return false;
        if (out->has_verdict && span_eq(key, last))
            break;
    }
    return out->line && out->id.p && out->error.p && out->domain.p;
}

/* As report_exit has it, and tally_error. */
static int exit_of(const struct held_row *row, enum fail_on level)
{
    bool open = row->has_verdict ? row->verdict == VERDICT_UNKNOWN : row->no_records;

    return report_exit_of(row->has_verdict, row->verdict, row->warned,
                          open || !span_eq(row->error, SPAN("null")), level);
}

/* 1 to 65535: 0 is a line that is not held. */
static uint16_t checksum(struct span id, struct span domain)
{
    static const uint64_t key[2] = { 0x6175746863686563, 0x6b20626174636800 };
    uint64_t first = hash_bytes(key, id);
    const uint64_t second[2] = { first, key[1] };

    return (uint16_t)(1 + hash_bytes(second, domain) % UINT16_MAX);
}

static uint16_t *entry(const struct resume *r, uint64_t line)
{
    uint64_t page = line / RESUME_PAGE;

    if (page >= r->n_pages || !r->page[page])
        return NULL;
    return &r->page[page][line % RESUME_PAGE];
}

static enum ac_status note(struct resume *r, uint64_t line, uint16_t sum)
{
    size_t page = (size_t)(line / RESUME_PAGE);

    if (page >= r->n_pages) {
        uint16_t **grown = realloc(r->page, (page + 1) * sizeof *grown);

        if (!grown)
            return AC_ENOMEM;
        memset(grown + r->n_pages, 0, (page + 1 - r->n_pages) * sizeof *grown);
        r->page = grown;
        r->n_pages = page + 1;
    }
    if (!r->page[page])
        r->page[page] = calloc(RESUME_PAGE, sizeof **r->page);
    if (!r->page[page])
        return AC_ENOMEM;
    r->page[page][line % RESUME_PAGE] = sum;
    r->held++;
    return AC_OK;
}

static enum ac_status wrong(struct resume *r, const struct lines *l, const char *what)
{
    snprintf(r->error, sizeof r->error,
             "--resume: \"%.*s\", line %llu: %s; expected rows that authcheck batch "
             "wrote for this input",
             NAME_SHOWN_MAX, l->name, (unsigned long long)l->number, what);
    return AC_EINVAL;
}

/* Could this be the beginning of a row, torn off anywhere? */
static bool is_torn(struct span text)
{
    struct span begins = SPAN(ROW_BEGINS);

    return text.n < begins.n ? span_starts(begins, text) : span_starts(text, begins);
}

static enum ac_status read_rows(struct resume *r, struct lines *l, struct tally *tally)
{
    enum lines_status status;
    struct held_row row;
    struct line line;

    while ((status = lines_peek(l, 0, true, &line)) != LINES_END) {
        if (status == LINES_WAIT)
            continue;
        if (status == LINES_FAILED)
            return wrong(r, l, strerror(errno));
        if (!line.ended && !line.too_long && is_torn(line.text))
            return AC_OK;
        if (line.too_long || !line.ended || !read_row(line.text, tally->fail_on, &row))
            return wrong(r, l, "not such a row");
        if (entry(r, row.line) && *entry(r, row.line))
            return wrong(r, l, "a row that is there twice");
        TRY(note(r, row.line, checksum(row.id, row.domain)));
        tally_held(tally, exit_of(&row, tally->fail_on));
        lines_take(l, line.n, 1);
    }
    return AC_OK;
}

enum ac_status resume_read(struct resume *r, const char *path, struct tally *tally,
                           off_t *keep)
{
    struct lines l;
    struct stat st;
    enum ac_status status;

    *r = (struct resume){ 0 };
    *keep = 0;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return wrong(r, &(struct lines){ .name = path, .number = 1 },
                     "no regular file");
    status = lines_open(&l, path, RESUME_ROW_MAX);
    if (status == AC_EIO && errno == ENOENT)
        return AC_OK;
    if (status == AC_EIO)
        return wrong(r, &l, strerror(errno));
    if (status == AC_OK)
        status = read_rows(r, &l, tally);
    *keep = (off_t)l.bytes;
    lines_close(&l);
    return status;
}

void resume_free(struct resume *r)
{
    for (size_t i = 0; i < r->n_pages; i++)
        free(r->page[i]);
    free(r->page);
    *r = (struct resume){ 0 };
}

enum resume_answer resume_look(struct resume *r, const struct batch_row *row,
                               const char *domain)
{
    uint16_t *held = entry(r, row->line);
    struct span id = row->id.p ? row->id : SPAN("null");
    char quoted[DNS_TEXT_MAX + 2];
    bool same;

    if (!held || !*held)
        return RESUME_NEW;
    same = *held == checksum(id, SPAN("null")); /* a row with an error */
    if (domain) {
        snprintf(quoted, sizeof quoted, "\"%s\"", domain);
        same = same || *held == checksum(id, span_of(quoted));
    }
    *held = 0;
    r->held--;
    return same ? RESUME_HELD : RESUME_OTHER;
}

uint64_t resume_left(const struct resume *r)
{
    for (size_t page = 0; page < r->n_pages; page++)
        for (size_t i = 0; r->page[page] && i < RESUME_PAGE; i++)
            if (r->page[page][i])
                return (uint64_t)page * RESUME_PAGE + i;
    return 0;
}

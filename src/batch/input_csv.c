/* SPDX-License-Identifier: MIT */
/*
 * input_csv.c - rows from CSV (RFC 4180) or TSV with a header, cells read by libcsv. A
 * quoted cell may hold line breaks; a quote that is never closed costs its own line
 * alone, since the lines behind it are not taken before the row is whole.
 */
#include "batch/input.h"
#include "report/json.h"

#include <csv.h>
#include <errno.h>
#include <stdlib.h>

enum {
    CELL_GROWTH = 4096,
    OTHER_MAX = 8 * INPUT_LINE_MAX,
    HEADER_ARENA_MAX = 1 << 20
};

struct column {
    enum row_key key;
    struct span name;
};

struct input_csv {
    struct csv_parser parser;
    struct arena arena; /* of the header */
    struct column *column;
    size_t n_columns;
    struct buf other; /* where JSON texts are made */
};

/* The cells of a row while libcsv finds them. */
struct cells {
    struct arena *arena;
    struct span *cell;
    size_t n, cap;
    bool whole; /* the row ended */
    bool failed;
};

static void on_cell(void *text, size_t n, void *data)
{
    struct cells *c = data;
    struct span *grown = arena_grow(c->arena, c->cell, c->n, &c->cap, sizeof *grown);
    char *copy = grown ? arena_strdup(c->arena, span_make(text, n)) : NULL;

    c->failed = c->failed || !copy;
    if (grown)
        c->cell = grown;
    if (copy)
        c->cell[c->n++] = span_make(copy, n);
}

static void on_row(int end, void *data)
{
    struct cells *c = data;

    (void)end;
    c->whole = true;
}

static int only_line_feed(unsigned char c)
{
    return c == '\n';
}

static bool feed(struct csv_parser *p, struct span text, struct cells *c)
{
    return csv_parse(p, text.p, text.n, on_cell, on_row, c) == text.n &&
           csv_parse(p, "\n", 1, on_cell, on_row, c) == 1;
}

/* Look at the next line of a row that has `lines` lines so far, `ahead` bytes. *wrong
 * is set where the row cannot be read on. */
static enum input_status next_line(struct input *in, bool wait, size_t ahead,
                                   unsigned lines, struct line *line,
                                   const char **wrong)
{
    static const char open[] = "a quote that is not closed; expected a closing one";

    switch (lines_peek(&in->lines, ahead, wait, line)) {
    case LINES_LINE:
        if (line->too_long)
            *wrong = lines ? open : "too long; expected a shorter line";
        return INPUT_ROW;
    case LINES_WAIT:
        return INPUT_WAIT;
    case LINES_END:
        *wrong = lines ? open : NULL;
        return lines ? INPUT_ROW : INPUT_END;
    case LINES_FAILED:
        break;
    }
    return input_wrong(in, "cannot be read (%s)", strerror(errno));
}

/*
 * The cells of the next row that is not blank. `taken` are its bytes and `lines` its
 * lines, for lines_take. *wrong: what is wrong with it, a static text; it is its first
 * line then.
 */
static enum input_status next_cells(struct input *in, bool wait, struct cells *c,
                                    size_t *taken, unsigned *lines, const char **wrong)
{
    struct csv_parser *p = &in->csv->parser;
    size_t first = 0;

    *taken = *lines = 0;
    *wrong = NULL;
    csv_fini(p, NULL, NULL, NULL); /* forget a row that was given up */
    while (!c->whole && !*wrong) {
        struct line line;
        enum input_status status = next_line(in, wait, *taken, *lines, &line, wrong);

        if (status != INPUT_ROW)
            return status;
        if (!*lines && !*wrong && !span_trim(line.text, " \t\r").n) {
            lines_take(&in->lines, line.n, 1);
            continue;
        }
        if (!*lines)
            first = line.n;
        if (!*wrong && !feed(p, line.text, c))
            *wrong = "a quote where none may stand (RFC 4180, 2); expected quotes "
                     "around a whole cell, and twice within";
        *taken += line.n;
        ++*lines;
    }
    if (*wrong) {
        *taken = first;
        *lines = 1;
    }
    return c->failed ? input_wrong(in, "out of memory") : INPUT_ROW;
}

/* Say what each column is; false and in->error where it cannot be told. */
static bool name_columns(struct input *in, const struct cells *c)
{
    struct input_csv *csv = in->csv;
    unsigned seen[ROW_OTHER + 1] = { 0 };

    csv->column = arena_array(&csv->arena, c->n, sizeof *csv->column);
    if (!csv->column) {
        input_wrong(in, "out of memory");
        return false;
    }
    csv->n_columns = c->n;
    for (size_t i = 0; i < c->n; i++) {
        struct span name = span_trim(c->cell[i], " \t\r");
        char lower[16] = "";

        for (size_t k = 0; k < name.n && k < sizeof lower - 1; k++)
            lower[k] = ascii_lower(name.p[k]);
        csv->column[i] = (struct column){
            row_key_find(span_make(lower, name.n < sizeof lower ? name.n : 0)), name
        };
        seen[csv->column[i].key]++;
    }
    for (enum row_key k = ROW_DOMAIN; k < ROW_OTHER; k++)
        if (seen[k] > 1 && k != ROW_IP && k != ROW_SELECTOR) {
            input_wrong(in, "a header that names a column twice; expected each once");
            return false;
        }
    if (!seen[ROW_DOMAIN])
        input_wrong(in, "a header without \"domain\"; expected columns such as "
                        "domain,ip,selectors, or a domain a line, or JSON");
    return seen[ROW_DOMAIN];
}

static struct input_csv *csv_new(char delimiter)
{
    struct input_csv *csv = calloc(1, sizeof *csv);

    if (!csv || csv_init(&csv->parser, CSV_STRICT) != 0) {
        free(csv);
        return NULL;
    }
    csv_set_delim(&csv->parser, (unsigned char)delimiter);
    csv_set_term_func(&csv->parser, only_line_feed);
    csv_set_blk_size(&csv->parser, CELL_GROWTH);
    arena_init(&csv->arena, HEADER_ARENA_MAX);
    buf_init(&csv->other, OTHER_MAX);
    return csv;
}

enum input_status input_csv_header(struct input *in, bool wait, struct span first)
{
    struct cells cells = { 0 };
    enum input_status status;
    const char *wrong;
    unsigned lines;
    size_t taken;

    if (!in->csv) /* else it is another try: the header was not whole */
        in->csv = csv_new(span_contains(first, '\t') ? '\t' : ',');
    if (!in->csv)
        return input_wrong(in, "out of memory");
    arena_reset(&in->csv->arena);
    cells.arena = &in->csv->arena;
    status = next_cells(in, wait, &cells, &taken, &lines, &wrong);
    if (status != INPUT_ROW)
        return status;
    if (wrong)
        return input_wrong(in, "%s", wrong);
    if (!name_columns(in, &cells))
        return INPUT_FAILED;
    lines_take(&in->lines, taken, lines);
    return INPUT_ROW;
}

/* Several values in a cell are parted by semicolons. */
static enum ac_status take_cell(struct batch_row *row, struct arena *arena,
                                enum row_key key, struct span cell)
{
    bool several = key == ROW_IP || key == ROW_SELECTOR;
    enum ac_status status = AC_OK;

    if (!several)
        return row_take(row, arena, key, cell);
    while (cell.p && status == AC_OK)
        status = row_take(row, arena, key, span_cut(&cell, ';'));
    if (status == AC_ELIMIT)
        return row_wrong(row, arena, "more than %d %s in one row", ROW_VALUES_MAX,
                         key == ROW_IP ? "addresses" : "selectors");
    return status;
}

/* The cells that are not ours as a JSON object, and the id as a JSON string. */
static enum ac_status take_others(const struct cells *c, struct input_csv *csv,
                                  struct batch_row *row, struct arena *arena)
{
    struct buf *text = &csv->other;
    struct json j;
    bool any = false;

    for (size_t i = 0; i < c->n; i++) {
        if (csv->column[i].key != ROW_ID || !c->cell[i].n)
            continue;
        text->n = 0;
        json_init(&j, text, true);
        json_span(&j, NULL, c->cell[i]);
        row->id = span_make(arena_strdup(arena, buf_span(text)), text->n);
    }
    text->n = 0;
    json_init(&j, text, true);
    json_open(&j, NULL, '{');
    for (size_t i = 0; i < c->n; i++) {
        if (csv->column[i].key != ROW_OTHER)
            continue;
        json_member(&j, csv->column[i].name, c->cell[i]);
        any = true;
    }
    json_close(&j, '}');
    if (any)
        row->other = span_make(arena_strdup(arena, buf_span(text)), text->n);
    return text->status != AC_OK || (any && !row->other.p) ? AC_ENOMEM : AC_OK;
}

static enum ac_status take_cells(struct cells *c, struct input_csv *csv,
                                 struct batch_row *row, struct arena *arena)
{
    if (c->n > csv->n_columns) { /* the id is still the row's */
        TRY(row_wrong(row, arena, "%zu cells; expected %zu, as in the header", c->n,
                      csv->n_columns));
        c->n = csv->n_columns;
    }
    for (size_t i = 0; i < c->n; i++)
        TRY(take_cell(row, arena, csv->column[i].key, c->cell[i]));
    return take_others(c, csv, row, arena);
}

enum input_status input_csv_row(struct input *in, bool wait, struct arena *arena,
                                struct batch_row *row)
{
    struct cells cells = { .arena = arena };
    const char *wrong;
    unsigned lines;
    size_t taken;
    enum input_status status = next_cells(in, wait, &cells, &taken, &lines, &wrong);
    enum ac_status ours;

    if (status != INPUT_ROW)
        return status;
    row->line = in->lines.number;
    ours = wrong ? row_wrong(row, arena, "%s", wrong)
                 : take_cells(&cells, in->csv, row, arena);
    lines_take(&in->lines, taken, lines);
    return ours == AC_OK ? INPUT_ROW : input_wrong(in, "out of memory");
}

void input_csv_free(struct input_csv *csv)
{
    if (!csv)
        return;
    csv_free(&csv->parser);
    buf_free(&csv->other);
    arena_free(&csv->arena);
    free(csv);
}

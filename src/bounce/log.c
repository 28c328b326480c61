/* SPDX-License-Identifier: MIT */
/*
 * log.c - records of a mail log, told apart by the time in front, and joined by the
 * queue id.
 */
#include "bounce/log.h"

#include "bounce/text.h"

enum {
    ID_MIN = 6,        /* characters of a queue id */
    ID_WORDS = 12,     /* an id is among the first words of its line */
    CONTAINER_MAX = 40 /* bytes in front of a line by a program that collects logs */
};

/* Does s begin so? '9': a digit or a blank, 'a': a letter; anything else is itself. */
static bool has_shape(struct span s, const char *shape)
{
    size_t n = strlen(shape);

    if (s.n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        bool fits = shape[i] == '9'   ? ascii_is_digit(s.p[i]) || s.p[i] == ' '
                    : shape[i] == 'a' ? ascii_is_alpha(s.p[i])
                                      : s.p[i] == shape[i];

        if (!fits)
            return false;
    }
    return true;
}

bool bounce_log_begins(struct span line)
{
    struct span name = span_to(line, CONTAINER_MAX);

    /* "mail_1  | Nov  1 ...", as containers put their name in front */
    if (span_contains(name, '|'))
        line = span_from(line, span_find(name, '|') + 1);
    line = span_trim(line, " >|\t"); /* of a quotation */
    return has_shape(line, "aaa 99 99:99:99 ") ||
           (span_starts(line, SPAN("20")) && (has_shape(line, "9999-99-99 99:99:99") ||
                                              has_shape(line, "9999-99-99T99:99:99")));
}

/* "4XyZab12cd:", "5A18x0aB003310:"; "1t6abc-000Xyz-1A" and the longer ones of Exim. */
static bool is_id(struct span word)
{
    bool colon = word.n && word.p[word.n - 1] == ':';
    size_t digits = 0, hyphens = 0;

    word = span_to(word, word.n - colon);
    for (size_t i = 0; i < word.n; i++) {
        if (!ascii_is_alnum(word.p[i]) && word.p[i] != '-')
            return false;
        digits += ascii_is_digit(word.p[i]);
        hyphens += word.p[i] == '-';
    }
    if (word.n < ID_MIN || !digits)
        return false;
    return hyphens ? hyphens == 2 && word.n >= 16 && word.p[6] == '-' : colon;
}

static struct span id_of(struct span line)
{
    for (unsigned n = 0; line.p && n < ID_WORDS;) {
        struct span word = span_cut(&line, ' ');

        if (is_id(word))
            return span_trim(word, ":");
        n += word.n > 0;
    }
    return span_make(NULL, 0);
}

/* The next record: a line, and those behind it that begin none. */
static struct span next_record(struct span *rest)
{
    struct span record = *rest;

    do
        bounce_line(rest);
    while (rest->p && !bounce_log_begins(*rest));
    return rest->p ? span_to(record, (size_t)(rest->p - record.p)) : record;
}

enum ac_status bounce_log_of_mail(struct span text, const char *at, struct arena *arena,
                                  struct span *out)
{
    struct span rest = text, own = { NULL, 0 };
    const char *id;
    size_t n = 0;
    char *p;

    *out = text;
    while (rest.p && !own.p) {
        struct span record = next_record(&rest);

        if (at >= record.p && at < record.p + record.n)
            own = record;
    }
    if (!own.p || !bounce_log_begins(own))
        return AC_OK;
    *out = own;
    if (!id_of(own).n)
        return AC_OK;
    id = arena_strdup(arena, id_of(own));
    p = arena_alloc(arena, text.n + 1);
    if (!id || !p)
        return AC_ENOMEM;
    for (rest = text; rest.p;) {
        struct span record = next_record(&rest);

        if (bounce_find(record, 0, id) == record.n)
            continue;
        memcpy(p + n, record.p, record.n);
        n += record.n;
    }
    *out = span_make(p, n);
    return AC_OK;
}

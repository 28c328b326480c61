/* SPDX-License-Identifier: MIT */
/*
 * pages.c - addresses of pages with the subject filled in. RFC 3986, 2.
 */
#include "reputation/pages.h"

#include "base/buf.h"

enum {
    URL_MAX = 4096
};

static const struct reputation_page row[] = {
#define IP                       false
#define DOMAIN                   true
#define P(name, what, kind, url) { name, what, kind, url },
#include "reputation/pages.def"
#undef P
#undef IP
#undef DOMAIN
};

const struct reputation_page *reputation_pages(size_t *n)
{
    *n = sizeof row / sizeof *row;
    return row;
}

static void put_subject(struct buf *b, struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (ascii_is_alnum(c) || strchr("-._~:", c))
            buf_putc(b, c);
        else
            buf_printf(b, "%%%02X", (unsigned)(unsigned char)c);
    }
}

const char *reputation_page_fill(struct arena *a, const char *url, const char *subject)
{
    struct span rest = span_of(url), text;
    char *filled = NULL;
    struct buf b;

    if (!url)
        return NULL;
    buf_init(&b, URL_MAX);
    while (rest.n) {
        if (span_starts(rest, SPAN("{ip}")) || span_starts(rest, SPAN("{domain}"))) {
            put_subject(&b, span_of(subject));
            rest = span_from(rest, span_find(rest, '}') + 1);
            continue;
        }
        text = span_to(rest, 1);
        buf_put(&b, text);
        rest = span_from(rest, 1);
    }
    if (b.status == AC_OK)
        filled = arena_strdup(a, buf_span(&b));
    buf_free(&b);
    return filled;
}

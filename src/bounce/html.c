/* SPDX-License-Identifier: MIT */
/*
 * html.c - HTML as text: enough to find a reply in a notification, and no more.
 */
#include "bounce/text.h"

enum {
    LOOK_MAX = 320 /* bytes: an address in angle brackets is no longer */
};

static const struct {
    const char *name;
    char is;
} entities[] = {
    { "&lt;", '<' },   { "&gt;", '>' },    { "&amp;", '&' },  { "&quot;", '"' },
    { "&nbsp;", ' ' }, { "&apos;", '\'' }, { "&#39;", '\'' }, { "&#43;", '+' },
    { "&#64;", '@' },  { "&#160;", ' ' },  { "&#34;", '"' },  { "&#x27;", '\'' },
};

/* Elements that a reader sees as lines of their own. */
static const char *const blocks[] = { "br", "p",  "div", "tr", "li", "h1",  "h2",
                                      "h3", "h4", "hr",  "td", "ul", "pre", "table" };

static bool is_named(struct span tag, const char *name)
{
    struct span n = span_of(name);

    if (tag.n && tag.p[0] == '/')
        tag = span_from(tag, 1);
    return span_starts_ci(tag, n) && (tag.n == n.n || !ascii_is_alnum(tag.p[n.n]));
}

static bool ends_line(struct span tag)
{
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (is_named(tag, blocks[i]))
            return true;
    return false;
}

/* "<user@example.com>" in HTML that was made without care. */
static bool is_address(struct span s)
{
    size_t end = span_find(s, '>');

    return end < s.n && span_contains(span_to(s, end), '@') &&
           !span_contains(span_to(s, end), ' ');
}

/* Past the tag at `at`, and past the content of <style> and <script>. */
static size_t after_tag(struct span html, size_t at, bool *line)
{
    struct span tag = span_from(html, at + 1);
    size_t end = at + 1 + span_find(tag, '>');

    tag = span_to(tag, end - at - 1);
    *line = ends_line(tag);
    if (span_starts(tag, SPAN("!--")))
        end = bounce_find(html, at, "-->") + 2;
    else if (is_named(tag, "style") && tag.p[0] != '/')
        end = bounce_find(html, at, "</style") + 7;
    else if (is_named(tag, "script") && tag.p[0] != '/')
        end = bounce_find(html, at, "</script") + 8;
    return end < html.n ? end + 1 : html.n;
}

static size_t entity(struct span s, char *is)
{
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (span_starts_ci(s, span_of(entities[i].name))) {
            *is = entities[i].is;
            return strlen(entities[i].name);
        }
    return 0;
}

enum ac_status bounce_text_of_html(struct arena *arena, struct span html,
                                   struct span *out)
{
    char *p = arena_alloc(arena, html.n + 1);
    size_t n = 0;

    if (!p)
        return AC_ENOMEM;
    for (size_t i = 0; i < html.n;) {
        struct span rest = span_from(html, i);
        size_t taken;
        bool line = false;
        char c = ' ';

        /* "<" before anything but a name is an unequal sign. */
        if (rest.p[0] == '<' && rest.n > 1 &&
            (ascii_is_alpha(rest.p[1]) || rest.p[1] == '/' || rest.p[1] == '!') &&
            !is_address(span_to(rest, LOOK_MAX))) {
            i = after_tag(html, i, &line);
            if (line)
                p[n++] = '\n';
            continue;
        }
        taken = rest.p[0] == '&' ? entity(rest, &c) : 0;
        if (!taken && rest.p[0] != '\n')
            c = rest.p[0];
        p[n++] = c;
        i += taken ? taken : 1;
    }
    *out = span_make(p, n);
    return AC_OK;
}

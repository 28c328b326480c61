/* SPDX-License-Identifier: MIT */
/*
 * place.c - which digits in a text are a reply code (RFC 5321, 4.2). The rest is custom
 * of many programs, kept in lists of words.
 */
#include "bounce/place.h"

#include "bounce/reply.h"
#include "bounce/text.h"

enum {
    LINES_MAX = 6000,
    LINE_MAX = 16 * 1024, /* bytes of a line that are looked at */
    WINDOW = 100,         /* bytes before a code that say what it is */
    SUBJECT_LAST = 7      /* RFC 3463, 3 */
};

/* --- a page ------------------------------------------------------------------ */

/* ">>> RCPT TO:<...>" of a transcript is not a quotation. */
static bool is_command(struct span s)
{
    static const char *const verbs[] = { "HELO", "EHLO", "MAIL", "RCPT",     "DATA",
                                         "QUIT", "AUTH", "RSET", "STARTTLS", "LHLO",
                                         "BDAT", "VRFY", "." };

    if (!span_starts(s, SPAN(">>> ")))
        return false;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (span_starts_ci(span_from(s, 4), span_of(verbs[i])))
            return true;
    return false;
}

/* Without the "> " and "| " of a quotation. */
static struct span unquoted(struct span s)
{
    s = span_to(bounce_trim(s), LINE_MAX);
    while (s.n && (s.p[0] == '>' || s.p[0] == '|') && !is_command(s))
        s = bounce_trim(span_from(s, 1));
    return s;
}

enum ac_status bounce_page_make(struct span text, struct arena *arena,
                                struct bounce_page *out)
{
    struct span rest = text;

    *out = (struct bounce_page){ .arena = arena };
    while (rest.p && out->n < LINES_MAX) {
        bounce_line(&rest);
        out->n++;
    }
    out->line = arena_array(arena, out->n + 1, sizeof *out->line);
    out->indent = arena_array(arena, out->n + 1, sizeof *out->indent);
    if (!out->line || !out->indent)
        return AC_ENOMEM;
    for (size_t i = 0; i < out->n; i++) {
        struct span line = bounce_line(&text);

        out->line[i] = unquoted(line);
        out->indent[i] = out->line[i].n ? (size_t)(out->line[i].p - line.p) : 0;
    }
    return AC_OK;
}

/* --- a place ----------------------------------------------------------------- */

/* After these words a server is quoted. */
static const char *const speech[] = {
    "said",     "says",      "responded",    "responded with", "response",
    "replied",  "reply",     "replied with", "response was",   "returned",
    "answered", "answer",    "reject",       "rejected",       "reason",
    "bounced",  "deferred",  "received",     "smtpresponse",   "smtp",
    "led",      "x-postfix", "end of data",  "diagnosticcode"
};

/* After these a code may stand. */
static const char *const cues[] = {
    "error",  "code",    "status",    "with",         "stat",      "result",
    "got",    "message", "error was", "detail",       "replycode", "dsn",
    "was",    "smtp",    "smtp code", "responsecode", "errorcode", "smtp error",
    "server", "failed",  "error code"
};

static bool ends_with_word(struct span before, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct span word = span_of(list[i]);

        if (span_ends_ci(before, word) &&
            (before.n == word.n || !ascii_is_alnum(before.p[before.n - word.n - 1])))
            return true;
    }
    return false;
}

static bool is_speech(struct span before)
{
    return ends_with_word(before, speech, sizeof speech / sizeof *speech);
}

static bool is_cue(struct span before)
{
    return ends_with_word(before, cues, sizeof cues / sizeof *cues);
}

/* "450 seconds", "500 MB": a number and no code. */
static bool is_amount(struct span after)
{
    static const char *const units[] = {
        "bytes",   "byte",      "kb",       "mb",         "gb",          "kib",
        "mib",     "seconds",   "secs",     "sec",        "minutes",     "hours",
        "days",    "messages",  "emails",   "recipients", "times",       "users",
        "k",       "m",         "ms",       "s",          "kilobytes",   "megabytes",
        "mails",   "people",    "lines",    "characters", "connections", "addresses",
        "percent", "mailboxes", "attempts", "items",      "files",       "words"
    };
    size_t n = 0;

    after = span_trim(span_to(after, 24), " ");
    while (n < after.n && ascii_is_alpha(after.p[n]))
        n++;
    after = span_to(after, n);
    for (size_t i = 0; n && i < sizeof units / sizeof *units; i++)
        if (span_eq_ci(after, span_of(units[i])))
            return true;
    return false;
}

/* Does the text above end in a colon, so that this line is what it announces? */
static bool is_announced(const struct bounce_page *page, size_t i)
{
    if (i > 1 && !page->line[i - 1].n)
        i--;
    return i > 0 && page->line[i - 1].n &&
           page->line[i - 1].p[page->line[i - 1].n - 1] == ':';
}

/* Is an enhanced code right behind the reply code that ends before `after`? */
static bool has_enhanced(struct span after)
{
    struct bounce_enhanced e;
    size_t skip = 0, end;

    /* "550 5.7.1", "550-5.7.1", "550: 5.7.1", "(550, b'5.7.1" */
    while (skip < after.n && skip < 4 && strchr(" -:,b'\"#(", after.p[skip]))
        skip++;
    return bounce_enhanced_at(after, skip, true, &e, &end);
}

/* Is there more than blanks, hyphens and full stops? */
static bool holds_sign(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (strchr(":;='\"(#", s.p[i]))
            return true;
    return false;
}

/* How sure is it that the code at `at` begins a reply? */
static unsigned judge(const struct bounce_page *page, size_t i, size_t at, size_t end)
{
    struct span line = page->line[i], after = span_from(line, end);
    struct span before = span_from(span_to(line, at), at > WINDOW ? at - WINDOW : 0);
    struct span lead = span_trim(before, " \t'\"(#*<>[{:;=,-|.`\\");
    struct span signs =
        lead.n ? span_from(before, (size_t)(lead.p - before.p) + lead.n) : before;
    /* Cisco quotes the reply: 550-"Denied by policy" */
    bool enhanced = has_enhanced(after) || span_starts(after, SPAN("-\"")) ||
                    span_starts(after, SPAN("-'"));

    if (!enhanced && is_amount(after))
        return 0;
    if (!lead.n && at <= WINDOW) {
        if (bounce_find(before, 0, "<<<") < before.n)
            return 10;
        return (enhanced ? 7u : after.n ? 5u : 3u) + (is_announced(page, i) ? 2u : 0u);
    }
    if (is_speech(lead) || bounce_find(before, 0, "remote mail server") < before.n)
        return 9;
    /* "host mx.example.com [192.0.2.1]: 550" */
    if (lead.n && lead.p[lead.n - 1] == ']' && signs.n && signs.p[0] == ':')
        return 8;
    if (is_cue(lead))
        return enhanced ? 6 : 4;
    if (enhanced)
        return 5;
    return lead.n && holds_sign(signs) ? 3 : 0;
}

/* The surest reply code of that class (of two that begin with these digits). */
static struct bounce_place find_code(const struct bounce_page *page, size_t i,
                                     const char *classes)
{
    struct bounce_place best = { i, 0, 0 };
    struct span line = page->line[i];

    for (size_t at = 0; at + 3 <= line.n; at++) {
        unsigned code, strength;
        size_t end;

        if (!strchr(classes, line.p[at]) || !bounce_code_at(line, at, &code, &end))
            continue;
        strength = judge(page, i, at, end);
        if (strength > best.strength)
            best = (struct bounce_place){ i, at, strength };
    }
    return best;
}

/* An enhanced code without a reply code: "#5.1.1", "5.1.1 - Bad address". */
static struct bounce_place find_enhanced(const struct bounce_page *page, size_t i)
{
    struct span line = page->line[i];

    for (size_t at = 0; at + 5 <= line.n; at++) {
        struct bounce_enhanced e;
        size_t end;

        if (!strchr("#([45", line.p[at]) ||
            !bounce_enhanced_at(line, at, false, &e, &end) || e.class < 4 ||
            e.subject > SUBJECT_LAST)
            continue;
        if (at == 0 || line.p[at] == '#')
            return (struct bounce_place){ i, line.p[at] == '#' && at ? 0 : at, 4 };
        if (at > 1 && line.p[at - 1] == ' ' &&
            span_ends_ci(bounce_trim(span_to(line, at)), SPAN(":")) &&
            !is_cue(span_trim(span_to(line, at), " :")))
            return (struct bounce_place){ i, at, 3 };
        if (line.p[at] == '(' || line.p[at] == '[' ||
            is_cue(span_trim(span_to(line, at), " :=#(")))
            return (struct bounce_place){ i, 0, 2 };
    }
    return (struct bounce_place){ i, 0, 0 };
}

struct bounce_place bounce_place_find(const struct bounce_page *page, size_t line)
{
    struct bounce_place p = find_code(page, line, "45");

    return p.strength ? p : find_enhanced(page, line);
}

struct bounce_place bounce_place_find_success(const struct bounce_page *page,
                                              size_t line)
{
    return find_code(page, line, "2");
}

/* SPDX-License-Identifier: MIT */
/*
 * prose.c - which digits in a text are the reply of a server, and what belongs to it.
 * The form of a reply is that of RFC 5321, 4.2; all else here is custom.
 */
#include "bounce/prose.h"

#include "bounce/bounce.h"
#include "bounce/fields.h"
#include "bounce/status.h"
#include "bounce/text.h"

enum {
    LINES_MAX = 6000,
    LINE_MAX = 16 * 1024, /* bytes of a line that are looked at */
    LINES_OF_REPLY = 60,
    WINDOW = 100,   /* bytes before a code that say what it is */
    LINES_BACK = 12 /* where a host or recipient is looked for above a reply */
};

struct page {
    struct arena *arena;
    struct span *line; /* trimmed, signs of quoting removed */
    size_t n;
};

/* Where a reply begins: line, offset, and how sure it is. */
struct place {
    size_t line, at;
    unsigned strength;
};

static bool is_transcript(struct span s)
{
    static const char *const verbs[] = { ">>> HELO",     ">>> EHLO", ">>> MAIL",
                                         ">>> RCPT",     ">>> DATA", ">>> QUIT",
                                         ">>> STARTTLS", ">>> AUTH", ">>> RSET",
                                         ">>> LHLO",     ">>> BDAT" };

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (span_starts_ci(s, span_of(verbs[i])))
            return true;
    return false;
}

/* Without the "> " and "| " of a quotation. */
static struct span unquoted(struct span s)
{
    s = span_to(bounce_trim(s), LINE_MAX);
    while (s.n && (s.p[0] == '>' || s.p[0] == '|') && !is_transcript(s))
        s = bounce_trim(span_from(s, 1));
    return s;
}

static enum ac_status page_make(struct span text, struct arena *arena, struct page *out)
{
    struct span rest = text;

    *out = (struct page){ .arena = arena };
    while (rest.p && out->n < LINES_MAX) {
        bounce_line(&rest);
        out->n++;
    }
    out->line = arena_array(arena, out->n + 1, sizeof *out->line);
    if (!out->line)
        return AC_ENOMEM;
    for (size_t i = 0; i < out->n; i++)
        out->line[i] = unquoted(bounce_line(&text));
    return AC_OK;
}

static bool is_word_of(struct span before, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct span word = span_of(list[i]);

        if (span_ends_ci(before, word) &&
            (before.n == word.n || !ascii_is_alnum(before.p[before.n - word.n - 1])))
            return true;
    }
    return false;
}

/* After these words a server is quoted. */
static bool is_speech(struct span before)
{
    static const char *const words[] = {
        "said",     "says",     "responded",    "response",       "replied",
        "reply",    "returned", "answered",     "answer",         "smtp",
        "rejected", "reject",   "response was", "responded with", "replied with",
        "reason",   "bounced",  "deferred",     "x-postfix"
    };

    return is_word_of(before, words, sizeof words / sizeof *words);
}

/* After these a code may stand. */
static bool is_cue(struct span before)
{
    static const char *const words[] = {
        "error",      "code",   "status", "with",      "stat",
        "result",     "dsn",    "got",    "error was", "unknown status code",
        "error code", "message"
    };

    return is_word_of(before, words, sizeof words / sizeof *words);
}

/* "450 seconds", "500 MB": a number and no code. */
static bool is_amount(struct span after)
{
    static const char *const units[] = {
        "bytes", "byte",  "kb",      "mb",     "kib",        "mib",       "seconds",
        "secs",  "sec",   "minutes", "hours",  "days",       "messages",  "recipients",
        "times", "users", "k",       "m",      "kilobytes",  "megabytes", "emails",
        "ms",    "s",     "mails",   "people", "characters", "lines",     "connections"
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

/* How sure is it that the code at `at` begins a reply? */
static unsigned judge(const struct page *page, size_t i, size_t at, size_t end)
{
    struct span line = page->line[i];
    struct span before = span_from(span_to(line, at), at > WINDOW ? at - WINDOW : 0);
    struct span lead = span_trim(before, " \t'\"(#*<>[{:;=,-|.`");
    struct span after = span_from(line, end);
    struct bounce_enhanced e;
    size_t skip = 0, past;
    bool enhanced,
        pointed = before.n && lead.n < before.n && before.p[before.n - 1] != ' ';

    while (skip < after.n && strchr(" -:", after.p[skip]))
        skip++;
    enhanced = bounce_enhanced_at(after, skip, true, &e, &past);
    if (!enhanced && is_amount(after))
        return 0;
    if (bounce_find(before, 0, "<<<") < before.n && !lead.n)
        return 10;
    if (!lead.n) {
        bool told = i > 0 && page->line[i - 1].n &&
                    page->line[i - 1].p[page->line[i - 1].n - 1] == ':';

        if (!told && i > 1 && !page->line[i - 1].n && page->line[i - 2].n)
            told = page->line[i - 2].p[page->line[i - 2].n - 1] == ':';
        return (enhanced ? 7u : after.n ? 5u : 3u) + (told ? 2u : 0u);
    }
    if (is_speech(lead))
        return 9;
    if (lead.p[lead.n - 1] == ']' && pointed)
        return 8;
    /* "host x [192.0.2.1]: 550" */
    if (lead.n + 2 <= before.n && lead.p[lead.n - 1] == ']')
        return lead.p[lead.n] == ':' ? 8 : 0;
    if (is_cue(lead))
        return enhanced ? 6 : 4;
    if (enhanced)
        return 5;
    return lead.n < before.n && strchr(":;='\"(#", lead.p[lead.n]) ? 3 : 0;
}

/* A line that is nothing but an address, as stands above the words about it. */
static bool is_address_line(struct span line, struct span *address)
{
    size_t end = 0;
    struct span rest;

    *address = bounce_address(span_to(line, 400), &end);
    if (!address->p)
        return false;
    rest = span_trim(span_from(line, end), " >)]:;,'\"-");
    if (rest.n && !(span_starts(rest, SPAN("(")) || span_starts(rest, SPAN("..."))))
        return false;
    rest = span_trim(span_make(line.p, (size_t)(address->p - line.p)), " <([:;'\"-*");
    return rest.n == 0 || rest.p[rest.n - 1] == ':' || rest.n < 12;
}

/* Does the reply end before this line? */
static bool ends_before(struct span line)
{
    static const char *const next[] = { "giving up on", "remote host said",
                                        ">>> ",         "<<< ",
                                        "---",          "===",
                                        "... while",    "i'm not going to try again" };
    struct span address;

    if (!line.n)
        return true;
    for (size_t i = 0; i < sizeof next / sizeof *next; i++)
        if (span_starts_ci(line, span_of(next[i])))
            return true;
    if (bounce_field_begins(line) &&
        bounce_status_is_field(span_to(line, span_find(line, ':'))))
        return true;
    return is_address_line(line, &address) && line.p[0] != '(' &&
           address.p < line.p + 2;
}

/* Cut where the reporter speaks again behind the reply. */
static struct span cut_tail(struct span text, char before)
{
    static const char *const tails[] = { "(in reply to ", "Giving up on ",
                                         "(on behalf of" };

    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
        text = span_to(text, bounce_find(text, 0, tails[i]));
    text = bounce_trim(text);
    if (before == '(' && text.n && text.p[text.n - 1] == ')')
        text.n -= span_find(text, '(') == text.n;
    if ((before == '\'' || before == '"') && span_find_last(text, before) < text.n &&
        text.n - span_find_last(text, before) <= 3)
        text = span_to(text, span_find_last(text, before));
    return text;
}

/* The lines of the reply at `p`, joined by LF; *next: the first line behind it. */
static enum ac_status collect(const struct page *page, struct place p, size_t *next,
                              struct span *out)
{
    struct span first = span_from(page->line[p.line], p.at);
    char *text = arena_alloc(page->arena, BOUNCE_TEXT_MAX * 2);
    bool transcript = p.at && bounce_find(page->line[p.line], 0, "<<<") < p.at;
    bool open = first.n > 3 && first.p[3] == '-';
    size_t n = 0, i = p.line;

    if (!text)
        return AC_ENOMEM;
    for (struct span piece = first;;) {
        size_t room = BOUNCE_TEXT_MAX * 2 - 1 - n;
        unsigned code;
        size_t end;

        piece = span_to(piece, room);
        memcpy(text + n, piece.p, piece.n);
        n += piece.n;
        text[n++] = '\n';
        if (++i >= page->n || i - p.line > LINES_OF_REPLY || n > BOUNCE_TEXT_MAX)
            break;
        piece = page->line[i];
        if (transcript && span_starts(piece, SPAN("<<< ")) && open)
            piece = bounce_trim(span_from(piece, 4));
        else if (transcript || ends_before(piece))
            break;
        if (bounce_code_at(piece, 0, &code, &end)) {
            if (!open || !span_starts(piece, span_to(first, 3)))
                break;
            open = end < piece.n && piece.p[end] == '-';
        }
    }
    *next = i;
    *out = cut_tail(span_make(text, n), p.at ? page->line[p.line].p[p.at - 1] : ' ');
    return AC_OK;
}

/* The host named last in s behind one of the words that go before one. */
static struct span host_in(struct span s)
{
    static const char *const cues[] = {
        "host ",         "talking to ", "relay=", " H=",      " by ",        "server ",
        "connected to ", "from ",       "mta ",   "server: ", "connect to ", "host: "
    };
    struct span best = { NULL, 0 };

    for (size_t k = 0; k < sizeof cues / sizeof *cues; k++)
        for (size_t at = bounce_find(s, 0, cues[k]); at < s.n;
             at = bounce_find(s, at + 1, cues[k])) {
            struct span rest = span_from(s, at + strlen(cues[k]));
            struct span host = bounce_host_at(span_trim(rest, " [(<'\""));

            if (host.p && span_find(span_to(rest, host.n + 3), '@') >= host.n &&
                host.p > best.p)
                best = host;
        }
    return best;
}

static struct span host_of(const struct page *page, struct place p)
{
    struct span host = host_in(span_to(page->line[p.line], p.at));

    for (size_t back = 1; !host.p && back <= LINES_BACK && back <= p.line; back++) {
        struct span line = page->line[p.line - back];

        if (!line.n && back > 2)
            break;
        host = host_in(line);
    }
    return host;
}

/* "to=<u@example.com>" of a log, "RCPT TO:<...>", "<...>: host said"; else the nearest
 * line above that is an address. */
static struct span recipient_of(const struct page *page, struct place p)
{
    static const char *const cues[] = { " to=<", "rcpt to:<", " to=", " ** ",
                                        "== ",   "-> ",       "=> " };
    struct span line = page->line[p.line], before = span_to(line, p.at), address;

    for (size_t k = 0; k < sizeof cues / sizeof *cues; k++) {
        size_t at = bounce_find(before, 0, cues[k]);

        address = at < before.n ? bounce_address(span_from(before, at), NULL)
                                : span_make(NULL, 0);
        if (address.p)
            return address;
    }
    address = bounce_address(before, NULL);
    if (address.p && address.p <= before.p + 1)
        return address;
    for (size_t back = 1; back <= LINES_BACK && back <= p.line; back++) {
        line = page->line[p.line - back];
        address = bounce_address(span_to(line, 400), NULL);
        if (address.p && (address.p <= line.p + 1 || is_address_line(line, &address)))
            return address;
        if (address.p && bounce_find(line, 0, "rcpt to:") < line.n)
            return address;
    }
    return span_make(NULL, 0);
}

/* The surest reply code on a line. */
static struct place place_of_code(const struct page *page, size_t i)
{
    struct place best = { i, 0, 0 };
    struct span line = page->line[i];

    for (size_t at = 0; at + 3 <= line.n; at++) {
        unsigned code, strength;
        size_t end;

        if ((line.p[at] != '4' && line.p[at] != '5') ||
            !bounce_code_at(line, at, &code, &end))
            continue;
        strength = judge(page, i, at, end);
        if (strength > best.strength)
            best = (struct place){ i, at, strength };
    }
    return best;
}

/* An enhanced code without a reply code: "#5.1.1", "5.1.1 - Bad address". */
static struct place place_of_enhanced(const struct page *page, size_t i)
{
    struct span line = page->line[i];

    for (size_t at = 0; at + 5 <= line.n; at++) {
        struct bounce_enhanced e;
        size_t end;

        if (!strchr("#(45", line.p[at]) ||
            !bounce_enhanced_at(line, at, false, &e, &end) || e.class < 4 ||
            e.subject > 7)
            continue;
        if (at == 0 || line.p[at] == '#')
            return (struct place){ i, at, 4 };
        if (line.p[at] == '(' || is_cue(span_trim(span_to(line, at), " :=#(")))
            return (struct place){ i, 0, 2 };
    }
    return (struct place){ i, 0, 0 };
}

static enum ac_status add(const struct page *page, struct place p, size_t *next,
                          struct bounce_prose *out)
{
    struct bounce_reply *r = &out->reply[out->n];
    struct span lines;

    TRY(collect(page, p, next, &lines));
    *r = (struct bounce_reply){ .strength = p.strength };
    TRY(bounce_reply_make(lines, page->arena, r));
    r->host = host_of(page, p);
    r->recipient = recipient_of(page, p);
    out->n++;
    return AC_OK;
}

/* The words below (or behind) the first address that has a line of its own. */
static enum ac_status read_words(const struct page *page, struct bounce_prose *out)
{
    struct span address = { NULL, 0 };

    for (size_t i = 0; i < page->n; i++) {
        struct place p = { i + 1, 0, 1 };
        struct bounce_reply r;
        struct span lines;
        size_t next;

        if (!is_address_line(page->line[i], &address))
            continue;
        if (!out->recipient.p)
            out->recipient = address;
        while (p.line < page->n && p.line < i + 3 && !page->line[p.line].n)
            p.line++;
        if (p.line >= page->n || ends_before(page->line[p.line]))
            continue;
        TRY(collect(page, p, &next, &lines));
        TRY(bounce_reply_make(lines, page->arena, &r));
        out->words = r.text;
        break;
    }
    return AC_OK;
}

enum ac_status bounce_prose_read(struct span text, struct arena *arena,
                                 struct bounce_prose *out)
{
    struct page page;

    *out = (struct bounce_prose){ .n = 0 };
    TRY(page_make(span_to(text, 256 * 1024), arena, &page));
    out->reply = arena_array(arena, BOUNCE_REPLIES_MAX, sizeof *out->reply);
    if (!out->reply)
        return AC_ENOMEM;
    for (size_t i = 0; i < page.n && out->n < BOUNCE_REPLIES_MAX;) {
        struct place p = place_of_code(&page, i);
        size_t next = i + 1;

        if (!p.strength)
            p = place_of_enhanced(&page, i);
        if (p.strength)
            TRY(add(&page, p, &next, out));
        i = next;
    }
    return read_words(&page, out);
}

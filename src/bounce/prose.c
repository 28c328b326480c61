/* SPDX-License-Identifier: MIT */
/*
 * prose.c - a reply in running text: how far it goes, who said it, and of whom.
 */
#include "bounce/prose.h"

#include "bounce/bounce.h"
#include "bounce/fields.h"
#include "bounce/place.h"
#include "bounce/status.h"
#include "bounce/text.h"

enum {
    TEXT_MAX = 256 * 1024,
    LINES_OF_REPLY = 60,
    LINES_BACK = 12, /* where a host or a recipient is looked for above a reply */
    LETTERS_MIN = 20 /* a reply that says something has so many */
};

/* A line that is nothing but an address, as stands above the words about it. */
static bool is_address_line(struct span line, struct span *address)
{
    size_t end = 0;
    struct span after, before;

    *address = bounce_address(span_to(line, 400), &end);
    if (!address->p)
        return false;
    after = span_trim(span_from(line, end), " >)]:;,'\"-*");
    if (after.n && !strchr("(.", after.p[0]) && !span_starts_ci(after, SPAN("on ")))
        return false;
    before = span_make(line.p, (size_t)(address->p - line.p));
    before = span_trim(before, " <([;'\"-*#");
    return before.n < 4 && !span_starts_ci(line, SPAN("to:")) &&
           !span_starts_ci(line, SPAN("cc:"));
}

/* Does the reply that began on line `first` end before line i? */
static bool ends_before(const struct bounce_page *page, size_t first, size_t i)
{
    static const char *const next[] = { "giving up on", "remote host said",
                                        ">>> ",         "<<< ",
                                        "---",          "===",
                                        "... while",    "i'm not going to try again" };
    struct span line = page->line[i], before = page->line[i - 1], address;

    if (!line.n)
        return true;
    for (size_t k = 0; k < sizeof next / sizeof *next; k++)
        if (span_starts_ci(line, span_of(next[k])))
            return true;
    /* "at Object.send (mail.js:12)": a program says where it was. */
    if (span_starts(line, SPAN("at ")) && span_contains(line, '(') &&
        span_contains(line, ':'))
        return true;
    if (bounce_field_begins(line) &&
        bounce_status_is_field(span_to(line, span_find(line, ':'))))
        return true;
    if (!is_address_line(line, &address) || page->indent[i] > page->indent[first])
        return false;
    return page->indent[i] < page->indent[first] || !before.n ||
           before.p[before.n - 1] != ':';
}

static size_t count(struct span s, char c)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == c;
    return n;
}

/* Without signs at the end that were opened before the reply began. */
static struct span closed(struct span s)
{
    static const char pairs[][2] = {
        { '(', ')' }, { '[', ']' }, { '<', '>' }, { '{', '}' }
    };

    for (size_t i = 0; s.n && i < sizeof pairs / sizeof *pairs; i++)
        if (s.p[s.n - 1] == pairs[i][1] &&
            count(s, pairs[i][0]) < count(s, pairs[i][1])) {
            s = bounce_trim(span_to(s, s.n - 1));
            i = (size_t)-1;
        }
    return s;
}

/* Where a quoted reply ends: at the last quote, or in JSON at the first that a comma or
 * a bracket follows. */
static struct span quoted(struct span s, char quote)
{
    size_t last = span_find_last(s, quote);

    for (size_t i = 0; i + 1 < s.n; i++)
        if (s.p[i] == quote && strchr(",}])", s.p[i + 1])) {
            last = i;
            break;
        }
    while (last > 0 && last < s.n && s.p[last - 1] == '\\')
        last--;
    if (last < s.n && (s.n - last <= 3 || last + 1 >= s.n ||
                       strchr("\\,}])", s.p[last + 1]) || s.p[last] == '\\'))
        return span_to(s, last);
    return s;
}

/* Cut where the reporter speaks again behind the reply. */
static struct span cut_tail(struct span text, char before)
{
    static const char *const tails[] = { "(in reply to ", "Giving up on ", "};{",
                                         "(on behalf of", "##rfc822;",     ", stat=" };

    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
        text = span_to(text, bounce_find(text, 0, tails[i]));
    text = bounce_trim(text);
    /* A field of a table of commas. */
    for (size_t i = 0; before == ',' && i + 1 < text.n; i++)
        if (text.p[i] == ',' && text.p[i + 1] != ' ')
            text = span_to(text, i);
    if (before == '\'' || before == '"')
        text = quoted(text, before);
    return closed(text);
}

/* Does somebody else say something on this line? */
static bool is_another(const struct bounce_page *page, size_t i)
{
    struct bounce_place p = bounce_place_find(page, i);

    return p.at > 3 && p.strength >= 8;
}

/* The lines of the reply at `p`, joined by LF; *next: the first line behind it. */
static enum ac_status collect(const struct bounce_page *page, struct bounce_place p,
                              size_t *next, struct span *out)
{
    struct span first = span_from(page->line[p.line], p.at), piece = first;
    char *text = arena_alloc(page->arena, BOUNCE_TEXT_MAX * 2);
    bool transcript = bounce_find(span_to(page->line[p.line], p.at), 0, "<<<") < p.at;
    bool open = first.n > 3 && first.p[3] == '-';
    size_t n = 0, i = p.line;

    if (!text)
        return AC_ENOMEM;
    for (;;) {
        unsigned code;
        size_t end;

        piece = span_to(piece, BOUNCE_TEXT_MAX * 2 - 1 - n);
        memcpy(text + n, piece.p, piece.n);
        n += piece.n;
        text[n++] = '\n';
        /* "(reason: 550 5.7.1 Refused)" ends where its bracket does. */
        if (p.at && piece.n && piece.p[piece.n - 1] == ')' &&
            count(span_make(text, n), '(') < count(span_make(text, n), ')')) {
            i++;
            break;
        }
        if (++i >= page->n || i - p.line > LINES_OF_REPLY || n > BOUNCE_TEXT_MAX)
            break;
        piece = page->line[i];
        if (transcript && open && span_starts(piece, SPAN("<<< ")))
            piece = bounce_trim(span_from(piece, 4));
        else if (transcript || ends_before(page, p.line, i) || is_another(page, i))
            break;
        if (bounce_code_at(piece, 0, &code, &end)) {
            if (!open || !span_starts(piece, span_to(first, 3)))
                break;
            open = end < piece.n && piece.p[end] == '-';
        }
    }
    *next = i;
    *out = span_make(text, n);
    return AC_OK;
}

/* --- around a reply ------------------------------------------------------------------
 */

/* The host named last in s, behind one of the words that go before one. */
static struct span host_in(struct span s)
{
    static const char *const cues[] = {
        "host ",       "talking to ",   "relay=", " H=",       " by ",
        "server ",     "connected to ", "from ",  "mta ",      "server: ",
        "connect to ", "host: ",        "{fqdn=", "server at "
    };
    struct span best = { NULL, 0 }, host;

    for (size_t k = 0; k < sizeof cues / sizeof *cues; k++)
        for (size_t at = bounce_find(s, 0, cues[k]); at < s.n;
             at = bounce_find(s, at + 1, cues[k])) {
            host = bounce_host_at(
                span_trim(span_from(s, at + strlen(cues[k])), " [(<'\""));
            if (host.p && !(host.p + host.n < s.p + s.n && host.p[host.n] == '@') &&
                (!best.p || host.p > best.p))
                best = host;
        }
    /* "mx.example.com [192.0.2.1] did not like our final DATA:"; alone on a line */
    host = bounce_host_at(s);
    if (!best.p && host.p && host.n == s.n)
        best = host;
    if (!best.p && host.p && host.n + 2 < s.n &&
        (host.p[host.n] == '[' ||
         (host.p[host.n] == ' ' && strchr("[(", host.p[host.n + 1]))))
        best = host;
    return best;
}

static bool is_loopback(struct span host)
{
    return !host.p || span_starts(host, SPAN("127.0.0.")) ||
           span_starts_ci(host, SPAN("localhost"));
}

static struct span host_of(const struct bounce_page *page, struct bounce_place p)
{
    struct span host = host_in(span_to(page->line[p.line], p.at));

    for (size_t back = 1; !host.p && back <= LINES_BACK && back <= p.line; back++) {
        if (!page->line[p.line - back].n && back > 2)
            break;
        host = host_in(page->line[p.line - back]);
    }
    return is_loopback(host) ? span_make(NULL, 0) : host;
}

/* "to=<u@example.com>" of a log, "RCPT TO:<...>", "<...>: host said"; else the nearest
 * line above that is an address. */
static struct span recipient_of(const struct bounce_page *page, struct bounce_place p)
{
    static const char *const cues[] = { " to=<", "rcpt to:<", " to=", " ** ",
                                        " == ",  "-> ",       "=> " };
    struct span line = page->line[p.line], before = span_to(line, p.at);
    struct span address = { NULL, 0 };

    for (size_t k = 0; k < sizeof cues / sizeof *cues; k++) {
        size_t at = bounce_find(before, 0, cues[k]);

        if (at == before.n)
            continue;
        address = bounce_address(span_from(before, at + strlen(cues[k])), NULL);
        if (address.p)
            return address;
    }
    for (struct span rest = before; p.at && before.p[p.at - 1] == ',' && rest.n;) {
        size_t end = rest.n;
        struct span next = bounce_address(rest, &end);

        address = next.p ? next : address;
        rest = span_from(rest, end);
    }
    if (address.p)
        return address;
    address = bounce_address(before, NULL);
    if (address.p && address.p <= before.p + 1)
        return address;
    for (size_t back = 1; back <= LINES_BACK && back <= p.line; back++) {
        line = page->line[p.line - back];
        if (is_address_line(line, &address))
            return address;
        address = bounce_address(span_to(line, 400), NULL);
        if (address.p &&
            (address.p <= line.p + 1 || bounce_find(line, 0, "rcpt to:") < line.n))
            return address;
    }
    return span_make(NULL, 0);
}

/* --- a page
 * --------------------------------------------------------------------------- */

static bool says_something(struct span s)
{
    size_t letters = 0;

    for (size_t i = 0; i < s.n; i++)
        letters += ascii_is_alpha(s.p[i]) || (uint8_t)s.p[i] >= 0x80;
    return letters >= LETTERS_MIN;
}

/* "... SMTP code: 550": then what it is about was said before. */
static bool is_behind_words(struct span line, size_t at)
{
    struct span before = span_from(span_to(line, at), at > 16 ? at - 16 : 0);

    return at > LETTERS_MIN && bounce_find(before, 0, "code") < before.n;
}

static enum ac_status add(const struct bounce_page *page, struct bounce_place p,
                          size_t *next, struct bounce_prose *out)
{
    struct bounce_reply *r = &out->reply[out->n];
    struct span lines;

    TRY(collect(page, p, next, &lines));
    *r = (struct bounce_reply){ .strength = p.strength };
    TRY(bounce_reply_make(lines, page->arena, r));
    r->text = cut_tail(r->text, p.at ? page->line[p.line].p[p.at - 1] : ' ');
    /* "... rejected per policy. SMTP code: 550": the words stand before the code. */
    if (is_behind_words(page->line[p.line], p.at) && !says_something(r->text))
        TRY(bounce_squeeze(page->arena, page->line[p.line], BOUNCE_TEXT_MAX, &r->text));
    r->host = host_of(page, p);
    r->recipient = recipient_of(page, p);
    out->n++;
    return AC_OK;
}

/* The words from line i on, if they can be a sentence about an address. */
static enum ac_status words_at(const struct bounce_page *page, size_t i,
                               struct span *out)
{
    static const char *const no[] = { "(ultimately generated from", "(generated from",
                                      "message will be retried", "generated by",
                                      "technical details of" };
    struct bounce_reply r = { .code = 0 };
    struct span lines, address;
    size_t next;

    for (size_t k = 0; i < page->n && k < sizeof no / sizeof *no; k++)
        if (span_starts_ci(page->line[i], span_of(no[k]))) {
            i++;
            k = (size_t)-1;
        }
    if (i >= page->n || !page->line[i].n || ends_before(page, i, i) ||
        is_address_line(page->line[i], &address))
        return AC_OK;
    TRY(collect(page, (struct bounce_place){ i, 0, 1 }, &next, &lines));
    /* "because:" and the like announce what comes next. */
    if (span_ends_ci(bounce_trim(lines), SPAN(":"))) {
        while (next < page->n && !page->line[next].n)
            next++;
        if (next < page->n)
            TRY(collect(page, (struct bounce_place){ next, 0, 1 }, &next, &lines));
    }
    TRY(bounce_reply_make(lines, page->arena, &r));
    *out = cut_tail(r.text, ' ');
    return AC_OK;
}

/* The words below the first address that has a line of its own, at best right below. */
static enum ac_status read_words(const struct bounce_page *page,
                                 struct bounce_prose *out)
{
    struct span address;

    for (size_t apart = 0; apart < 3; apart++)
        for (size_t i = 0; i + apart + 1 < page->n && !out->words.p; i++) {
            size_t blank = 0;

            if (!is_address_line(page->line[i], &address))
                continue;
            if (!out->recipient.p)
                out->recipient = address;
            while (blank < apart && !page->line[i + 1 + blank].n)
                blank++;
            if (blank == apart)
                TRY(words_at(page, i + 1 + apart, &out->words));
        }
    return AC_OK;
}

/* The first address told of in words: "your mail to <user@example.com>". */
static void read_recipient(struct span text, struct bounce_prose *out)
{
    static const char *const cues[] = {
        "mail to ",     "message to ",       "delivered to ", "deliver to ",
        "delivery to ", "address: ",         "recipient: ",   "recipient ",
        "user ",        "following address", "rcpt to:",      "\"emailaddress\":\"",
        "\"email\":\"", "\"recipient\":\""
    };

    for (size_t k = 0; !out->recipient.p && k < sizeof cues / sizeof *cues; k++) {
        size_t at = bounce_find(text, 0, cues[k]);

        if (at < text.n)
            out->recipient = bounce_address(
                span_to(span_from(text, at + strlen(cues[k])), 330), NULL);
    }
}

enum ac_status bounce_prose_read(struct span text, struct arena *arena,
                                 struct bounce_prose *out)
{
    struct bounce_page page;

    *out = (struct bounce_prose){ .n = 0 };
    text = span_to(text, TEXT_MAX);
    TRY(bounce_page_make(text, arena, &page));
    out->reply = arena_array(arena, BOUNCE_REPLIES_MAX, sizeof *out->reply);
    if (!out->reply)
        return AC_ENOMEM;
    for (size_t i = 0; i < page.n && out->n < BOUNCE_REPLIES_MAX;) {
        struct bounce_place p = bounce_place_find(&page, i);
        size_t next = i + 1;

        if (p.strength)
            TRY(add(&page, p, &next, out));
        i = next;
    }
    for (size_t i = 0; i < page.n && !out->n; i++) {
        struct bounce_place p = bounce_place_find_success(&page, i);
        size_t next;

        if (p.strength > BOUNCE_SURE)
            TRY(add(&page, p, &next, out));
    }
    TRY(read_words(&page, out));
    read_recipient(text, out);
    return AC_OK;
}

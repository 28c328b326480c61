/* SPDX-License-Identifier: MIT */
/*
 * bounce.c - one bounce put together: the reply that counts among all that it tells,
 * and whose mail it refused.
 *
 * The fields of a delivery status come first, since they have one meaning (RFC 3464,
 * 2.3); where they hold no reply, it is looked for in the words beside them, which many
 * reporters write with more care.
 */
#include "bounce/bounce.h"

#include "bounce/facts.h"
#include "bounce/fields.h"
#include "bounce/log.h"
#include "bounce/parts.h"
#include "bounce/prose.h"
#include "bounce/status.h"
#include "bounce/text.h"

/* All that a bounce tells of replies. */
struct told {
    struct arena *arena;
    const struct bounce_parts *parts;
    struct span words; /* of all parts, one after the other */
    struct bounce_status status;
    struct bounce_prose prose;
    bool is_feedback;
};

/* The texts of all parts of a kind, one after the other. */
static enum ac_status all_texts(const struct bounce_parts *parts, struct arena *arena,
                                enum bounce_part_kind kind, struct span *out)
{
    size_t n = 0;
    char *p;

    for (size_t i = 0; i < parts->n; i++)
        n += parts->part[i].kind == kind ? parts->part[i].text.n + 2 : 0;
    p = arena_alloc(arena, n + 1);
    if (!p)
        return AC_ENOMEM;
    *out = span_make(p, n);
    for (size_t i = 0; i < parts->n; i++)
        if (parts->part[i].kind == kind) {
            memcpy(p, parts->part[i].text.p, parts->part[i].text.n);
            p += parts->part[i].text.n;
            *p++ = '\n';
            *p++ = '\n';
        }
    return AC_OK;
}

static enum ac_status listen(const struct bounce_parts *parts, struct arena *arena,
                             struct told *out)
{
    struct span fields;

    *out = (struct told){ .arena = arena, .parts = parts };
    for (size_t i = 0; i < parts->n; i++)
        out->is_feedback = out->is_feedback || parts->part[i].kind == BOUNCE_FEEDBACK;
    TRY(all_texts(parts, arena, BOUNCE_PROSE, &out->words));
    TRY(all_texts(parts, arena, BOUNCE_STATUS, &fields));
    TRY(bounce_status_read(fields.n ? fields : out->words, arena, &out->status));
    return bounce_prose_read(out->words, arena, &out->prose);
}

/* The first paragraph that says that something went wrong. */
static enum ac_status telling_sentence(const struct told *t, struct span *out)
{
    static const char *const telling[] = {
        "unknown",   "full",      "disabled",  "refused",   "reject",
        "denied",    "blocked",   "accept",    "invalid",   "no such",
        "not exist", "not found", "unable",    "could not", "cannot",
        "error",     "fail",      "undeliver", "spam",      "policy",
        "quota",     "exceed",    "expired",   "timed out", "delayed"
    };
    struct span words = t->words, paragraph;

    while (words.n) {
        size_t end = bounce_find(words, 0, "\n\n");

        paragraph = bounce_trim(span_to(words, end));
        words = span_from(words, end + 2);
        /* A headline is none. */
        if (span_starts(paragraph, SPAN("--")) && !span_contains(paragraph, '\n'))
            continue;
        if (bounce_find(paragraph, 0, "created automatically") < paragraph.n)
            continue;
        for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
            if (bounce_find(paragraph, 0, telling[i]) < paragraph.n)
                return bounce_squeeze(t->arena, paragraph, BOUNCE_TEXT_MAX, out);
    }
    return AC_OK;
}

/* --- a recipient's reply ----------------------------------------------------- */

/* The best of the words about an address (any, where p is NULL). */
static const struct bounce_reply *in_words(const struct bounce_prose *prose,
                                           struct span address)
{
    const struct bounce_reply *best = NULL;

    for (size_t i = 0; i < prose->n; i++) {
        const struct bounce_reply *r = &prose->reply[i];

        if (address.p && r->recipient.p && !span_eq_ci(address, r->recipient))
            continue;
        if (!best || r->strength > best->strength)
            best = r;
    }
    return best;
}

/* "smtp; 550 ..." without its type (RFC 3464, 2.3.6). */
static struct span without_type(struct span diagnostic)
{
    size_t at = span_find(span_to(diagnostic, 16), ';');

    return at < 16 && at < diagnostic.n ? bounce_trim(span_from(diagnostic, at + 1))
                                        : bounce_trim(diagnostic);
}

/* Does the transcript hold all lines of a reply of which the diagnostic has the first?
 */
static bool is_whole(const struct bounce_reply *diagnostic,
                     const struct bounce_reply *words)
{
    return diagnostic->code == words->code && diagnostic->text.n > 3 &&
           diagnostic->text.p[3] == '-' && words->text.n > diagnostic->text.n &&
           span_starts(words->text, diagnostic->text);
}

/* Where the diagnostic says that time is up: the words may quote what every try met. */
static const struct bounce_reply *last_try(const struct bounce_reply *diagnostic,
                                           const struct bounce_prose *prose)
{
    for (size_t i = 0; bounce_reply_is_late(diagnostic) && i < prose->n; i++)
        if (prose->reply[i].strength > BOUNCE_SURE &&
            !bounce_reply_is_late(&prose->reply[i]) &&
            prose->reply[i].code != diagnostic->code)
            return &prose->reply[i];
    return NULL;
}

static enum ac_status of_recipient(const struct told *t,
                                   const struct bounce_recipient *of,
                                   struct bounce_reply *out)
{
    struct bounce_enhanced status = bounce_enhanced_of(of->status, 0);
    const struct bounce_reply *words, *near;
    struct bounce_prose inner;

    *out = (struct bounce_reply){ .recipient = of->address,
                                  .host = of->remote,
                                  .action = of->action };
    if (of->diagnostic.n) {
        struct span text = without_type(of->diagnostic);

        TRY(bounce_prose_read(text, t->arena, &inner));
        words = in_words(&inner, span_make(NULL, 0));
        if (words && words->strength >= 3) {
            out->code = words->code;
            out->enhanced = words->enhanced;
            out->text = words->text;
        } else {
            TRY(bounce_squeeze(t->arena, text, BOUNCE_TEXT_MAX, &out->text));
        }
    }
    words = near =
        in_words(&t->prose, t->status.n > 1 ? of->address : span_make(NULL, 0));
    if (t->status.n == 1 && last_try(out, &t->prose))
        words = near = last_try(out, &t->prose);
    else if (words &&
             !(out->code ? is_whole(out, words) : words->strength >= BOUNCE_SURE))
        words = NULL;
    if (words) {
        out->code = words->code;
        out->enhanced = words->enhanced;
        out->text = words->text;
    }
    if (!out->host.p && near)
        out->host = near->host;
    out->enhanced = bounce_enhanced_better(out->enhanced, status);
    if (!out->text.p && t->prose.words.p)
        out->text = t->prose.words;
    if (!out->text.p && span_contains(of->status, '(')) {
        struct span why = span_from(of->status, span_find(of->status, '(') + 1);

        TRY(bounce_squeeze(t->arena, span_to(why, span_find_last(why, ')')),
                           BOUNCE_TEXT_MAX, &out->text));
    }
    if (!out->text.n)
        TRY(telling_sentence(t, &out->text));
    out->strength = BOUNCE_SURE;
    return AC_OK;
}

/* --- the choice -------------------------------------------------------------- */

static enum ac_status classify(const struct told *t, const struct bounce_reply *r,
                               struct bounce_verdict *out)
{
    struct bounce_said said = { .text = r->text, .host = r->host, .code = r->code };

    *out = (struct bounce_verdict){ .class = BOUNCE_CLASS_NONE };
    if (r->enhanced.class) {
        const char *text = bounce_enhanced_print(t->arena, r->enhanced);

        if (!text)
            return AC_ENOMEM;
        said.enhanced = span_of(text);
    }
    return bounce_classify(&said, t->arena, out);
}

struct choice {
    bool is_made;
    unsigned rank;
    struct bounce_reply reply;
    struct bounce_verdict verdict;
};

static bool is_authentication(const struct bounce_verdict *v)
{
    const struct bounce_class *c = bounce_class(v->class);

    return c && c->area == BOUNCE_AREA_AUTHENTICATION;
}

/* A refusal for authentication first, then what failed, then what waits; of equals the
 * first. */
static enum ac_status offer(const struct told *t, const struct bounce_reply *r,
                            struct choice *best)
{
    struct bounce_verdict verdict;
    unsigned rank = 2;

    TRY(classify(t, r, &verdict));
    if (span_eq_ci(r->action, SPAN("delivered")) ||
        span_eq_ci(r->action, SPAN("relayed")) ||
        span_eq_ci(r->action, SPAN("expanded")))
        rank = 0;
    else if (is_authentication(&verdict) && r->strength >= BOUNCE_SURE)
        rank = 3;
    else if (r->action.p ? !span_starts_ci(r->action, SPAN("failed"))
                         : r->code / 100 == 4)
        rank = 1;
    if (best->is_made && rank == best->rank && is_whole(&best->reply, r))
        best->reply.text = r->text;
    if (best->is_made && rank <= best->rank)
        return AC_OK;
    *best = (struct choice){ true, rank, *r, verdict };
    return AC_OK;
}

static enum ac_status choose(const struct told *t, struct choice *best)
{
    const struct bounce_reply *surest = in_words(&t->prose, span_make(NULL, 0));

    *best = (struct choice){ .is_made = false };
    for (size_t i = 0; i < t->status.n; i++) {
        struct bounce_reply r;

        TRY(of_recipient(t, &t->status.recipient[i], &r));
        if (r.text.p || r.code || r.enhanced.class)
            TRY(offer(t, &r, best));
    }
    if (best->is_made || t->is_feedback || !surest)
        return AC_OK;
    for (size_t i = 0; i < t->prose.n; i++) {
        const struct bounce_reply *r = &t->prose.reply[i];

        if (r->strength + 2 >= surest->strength)
            TRY(offer(t, r, best));
    }
    return AC_OK;
}

/* --- putting it together ----------------------------------------------------- */

static enum ac_status settle(const struct told *t, const struct choice *c,
                             struct bounce *out)
{
    out->has_refusal = c->reply.code / 100 != 2;
    out->code = c->reply.code;
    out->text = c->reply.text;
    out->host = c->reply.host;
    out->action = c->reply.action;
    out->recipient = c->reply.recipient;
    out->verdict = c->verdict;
    if (c->reply.enhanced.class) {
        const char *text = bounce_enhanced_print(t->arena, c->reply.enhanced);

        if (!text)
            return AC_ENOMEM;
        out->enhanced = span_of(text);
    }
    return AC_OK;
}

/* No code anywhere: a pasted text is the reply itself, and a notification has a
 * sentence about the address that failed. A feedback report refuses nothing. */
static enum ac_status settle_words(const struct told *t, struct bounce *out)
{
    struct choice c = { .reply = { .recipient = t->prose.recipient } };

    if (t->is_feedback) {
        out->verdict = (struct bounce_verdict){ .class = BOUNCE_CLASS_REPORT,
                                                .confidence = BOUNCE_HIGH };
        return AC_OK;
    }
    if (!t->parts->is_message || bounce_facts_is_notice(t->parts->head))
        c.reply.text = t->prose.words;
    if (!c.reply.text.n && !t->parts->is_message)
        TRY(bounce_squeeze(t->arena, t->words, BOUNCE_TEXT_MAX, &c.reply.text));
    if (!c.reply.text.n && bounce_facts_is_notice(t->parts->head))
        TRY(telling_sentence(t, &c.reply.text));
    if (!c.reply.text.n)
        return AC_OK;
    TRY(classify(t, &c.reply, &c.verdict));
    return settle(t, &c, out);
}

/* `place`: where the reply stands in the words; NULL. */
static enum ac_status gather_facts(const struct told *t, const char *place,
                                   struct bounce *out)
{
    const struct bounce_parts *parts = t->parts;
    struct span words;

    for (size_t i = 0; i < parts->n; i++)
        if (parts->part[i].kind == BOUNCE_FEEDBACK)
            TRY(bounce_facts_of_feedback(parts->part[i].text, t->arena, out));
    bounce_facts_of_client(out->text, out);
    for (size_t i = 0; i < parts->n; i++)
        if (parts->part[i].kind == BOUNCE_COPY)
            TRY(bounce_facts_of_copy(parts->part[i].text, out->host, t->status.reporter,
                                     t->arena, out));
    if (!out->mail_from.p && t->status.sender.n)
        out->mail_from = bounce_address(t->status.sender, NULL);
    bounce_facts_of_text(out->text, out);
    TRY(bounce_facts_of_results(out->text, t->arena, out));
    if (!out->recipient.p && !t->is_feedback)
        out->recipient = t->prose.recipient;
    if (!parts->is_message) {
        TRY(bounce_log_of_mail(t->words, place, t->arena, &words));
        bounce_facts_of_text(words, out);
    }
    bounce_facts_of_head(parts->head, t->status.reporter, out);
    return AC_OK;
}

static enum ac_status lower(struct span *s, struct arena *arena)
{
    char *p = s->p ? arena_strdup(arena, *s) : NULL;

    if (!s->p)
        return AC_OK;
    if (!p)
        return AC_ENOMEM;
    for (size_t i = 0; i < s->n; i++)
        p[i] = ascii_lower(p[i]);
    s->p = p;
    return AC_OK;
}

static enum ac_status read_parts(const struct bounce_parts *parts, struct arena *arena,
                                 struct bounce *out)
{
    struct choice best;
    struct told t;

    TRY(listen(parts, arena, &t));
    TRY(choose(&t, &best));
    if (best.is_made)
        TRY(settle(&t, &best, out));
    else
        TRY(settle_words(&t, out));
    TRY(gather_facts(&t, best.is_made ? best.reply.place : NULL, out));
    TRY(lower(&out->domain, arena));
    TRY(lower(&out->action, arena));
    return lower(&out->helo, arena);
}

enum ac_status bounce_read(struct span bytes, struct arena *arena, struct bounce *out)
{
    struct bounce_parts *parts = arena_alloc(arena, sizeof *parts);

    *out = (struct bounce){ .cut = bytes.n > BOUNCE_BYTES_MAX };
    if (!parts)
        return AC_ENOMEM;
    TRY(bounce_text_unmark(arena, span_to(bytes, BOUNCE_BYTES_MAX), &bytes));
    if (span_starts(bytes, SPAN("From ")))
        bounce_line(&bytes);
    TRY(bounce_parts_read(bytes, arena, parts));
    out->is_message = parts->is_message;
    TRY(read_parts(parts, arena, out));
    if (out->has_refusal || !parts->nested)
        return AC_OK;
    *out = (struct bounce){ .cut = out->cut, .is_message = true };
    return read_parts(parts->nested, arena, out);
}

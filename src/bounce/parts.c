/* SPDX-License-Identifier: MIT */
/*
 * parts.c - a bounce cut up by GMime (RFC 2045; RFC 6522), or by its lines where it has
 * no MIME.
 *
 * GMime is given nothing that could make it run away: a message with more parts or
 * fields than any bounce has is read as plain text.
 */
#include "bounce/parts.h"

#include "bounce/fields.h"
#include "bounce/library.h"
#include "bounce/text.h"

enum {
    DEPTH_MAX = 12,
    WORDS_MAX = 256,  /* "boundary" and "message/" in a message */
    FIELDS_MAX = 4000 /* lines that look like fields, in one run */
};

struct walk {
    const struct bounce_gmime *g;
    struct arena *arena;
    struct bounce_parts *out;
    struct bounce_parts *nested; /* a notification within an ordinary message */
};

static enum ac_status add(struct bounce_parts *out, enum bounce_part_kind kind,
                          struct span text)
{
    if (bounce_trim(text).n && out->n < BOUNCE_PARTS_MAX)
        out->part[out->n++] = (struct bounce_part){ kind, text };
    return AC_OK;
}

/* Words, and a copy where one is below them. */
static enum ac_status add_words(struct walk *w, struct span charset, struct span bytes,
                                bool html)
{
    struct span text;
    size_t copy, end;

    TRY(bounce_text(w->arena, charset, span_to(bytes, BOUNCE_PROSE_MAX), &text));
    if (html)
        TRY(bounce_text_of_html(w->arena, text, &text));
    end = bounce_copy_find(text, &copy);
    TRY(add(w->out, BOUNCE_PROSE, span_to(text, end)));
    if (copy < text.n)
        return add(w->out, BOUNCE_COPY, span_from(text, copy));
    return AC_OK;
}

static enum ac_status add_fields(struct walk *w, enum bounce_part_kind kind,
                                 struct span bytes)
{
    struct span text;

    TRY(bounce_text(w->arena, SPAN(""), span_to(bytes, BOUNCE_PROSE_MAX), &text));
    return add(w->out, kind, text);
}

static enum ac_status add_copy(struct walk *w, GMimeObject *message)
{
    const struct bounce_gmime *g = w->g;
    char *header = g->g_mime_object_get_headers(message, NULL);
    enum ac_status status = AC_OK;

    if (header)
        status = add_fields(w, BOUNCE_COPY, span_of(header));
    g->g_free(header);
    return status;
}

static bool is_a(const struct walk *w, GMimeObject *object, GType type)
{
    return w->g->g_type_check_instance_is_a((GTypeInstance *)object, type);
}

static struct span media(const struct walk *w, GMimeObject *object, bool subtype)
{
    GMimeContentType *type = w->g->g_mime_object_get_content_type(object);

    if (!type)
        return SPAN("");
    return span_of(subtype ? w->g->g_mime_content_type_get_media_subtype(type)
                           : w->g->g_mime_content_type_get_media_type(type));
}

/* A part by its type, its bytes decoded. */
static enum ac_status sort_part(struct walk *w, GMimeObject *part, struct span bytes)
{
    struct span type = media(w, part, false), subtype = media(w, part, true);
    GMimeContentType *content = w->g->g_mime_object_get_content_type(part);
    const char *charset =
        content ? w->g->g_mime_content_type_get_parameter(content, "charset") : NULL;

    if (span_eq_ci(subtype, SPAN("delivery-status")) ||
        span_eq_ci(subtype, SPAN("global-delivery-status")) ||
        span_eq_ci(subtype, SPAN("disposition-notification")))
        return add_fields(w, BOUNCE_STATUS, bytes);
    if (span_eq_ci(subtype, SPAN("feedback-report")))
        return add_fields(w, BOUNCE_FEEDBACK, bytes);
    if (span_starts_ci(subtype, SPAN("rfc822")) ||
        span_starts_ci(subtype, SPAN("global")) || span_eq_ci(type, SPAN("message")))
        return add_fields(w, BOUNCE_COPY, bytes);
    if (span_eq_ci(type, SPAN("text")))
        return add_words(w, span_of(charset), bytes, span_eq_ci(subtype, SPAN("html")));
    return AC_OK;
}

static enum ac_status read_leaf(struct walk *w, GMimeObject *part)
{
    const struct bounce_gmime *g = w->g;
    GMimeDataWrapper *content = g->g_mime_part_get_content((GMimePart *)part);
    GMimeStream *mem;
    GByteArray *bytes;
    enum ac_status status;

    if (!content)
        return AC_OK;
    mem = g->g_mime_stream_mem_new();
    g->g_mime_data_wrapper_write_to_stream(content, mem);
    bytes = g->g_mime_stream_mem_get_byte_array((GMimeStreamMem *)mem);
    status = sort_part(w, part, span_make(bytes->data, bytes->len));
    g->g_object_unref(mem);
    return status;
}

static enum ac_status read_object(struct walk *w, GMimeObject *object, unsigned depth);

static bool is_report(const struct walk *w, GMimeObject *object)
{
    return object && span_eq_ci(media(w, object, true), SPAN("report"));
}

/* The message within a message: the copy; but what an ordinary message brings along
 * may be the notification itself, forwarded. */
static enum ac_status read_message(struct walk *w, GMimeObject *object, unsigned depth)
{
    GMimeMessage *inner =
        w->g->g_mime_message_part_get_message((GMimeMessagePart *)object);
    GMimeObject *body = inner ? w->g->g_mime_message_get_mime_part(inner) : NULL;
    struct walk within = *w;

    if (!inner)
        return AC_OK;
    if (w->nested && !w->nested->n && is_report(w, body)) {
        within.out = w->nested;
        within.nested = NULL;
        TRY(read_object(&within, body, depth + 1));
    }
    return add_copy(w, (GMimeObject *)inner);
}

static enum ac_status read_multipart(struct walk *w, GMimeObject *object,
                                     unsigned depth)
{
    const struct bounce_gmime *g = w->g;
    GMimeMultipart *multipart = (GMimeMultipart *)object;
    int n = g->g_mime_multipart_get_count(multipart);

    /* A boundary that never came: everything stands before the first one. */
    if (n == 0)
        return add_words(w, SPAN(""),
                         span_of(g->g_mime_multipart_get_prologue(multipart)), false);
    for (int i = 0; i < n && i < BOUNCE_PARTS_MAX; i++)
        TRY(read_object(w, g->g_mime_multipart_get_part(multipart, i), depth + 1));
    return AC_OK;
}

static enum ac_status read_object(struct walk *w, GMimeObject *object, unsigned depth)
{
    if (!object || depth > DEPTH_MAX)
        return AC_OK;
    if (is_a(w, object, w->g->g_mime_multipart_get_type()))
        return read_multipart(w, object, depth);
    if (is_a(w, object, w->g->g_mime_message_part_get_type()))
        return read_message(w, object, depth);
    if (is_a(w, object, w->g->g_mime_part_get_type()))
        return read_leaf(w, object);
    return AC_OK;
}

/* Has it more parts or fields than a bounce may have? */
static bool is_wild(struct span bytes)
{
    static const char *const words[] = { "boundary", "message/" };
    unsigned run = 0;

    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        size_t at = 0;

        for (unsigned n = 0; at < bytes.n; n++) {
            if (n > WORDS_MAX)
                return true;
            at = bounce_find(bytes, at, words[k]) + 1;
        }
    }
    while (bytes.p) {
        struct span line = bounce_line(&bytes);

        run = span_contains(span_to(line, 100), ':') ? run + 1 : line.n ? run : 0;
        if (run > FIELDS_MAX)
            return true;
    }
    return false;
}

static enum ac_status read_mime(struct walk *w, struct span bytes)
{
    const struct bounce_gmime *g = w->g;
    GMimeStream *stream = g->g_mime_stream_mem_new_with_buffer(bytes.p, bytes.n);
    GMimeParser *parser = g->g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g->g_mime_parser_construct_message(parser, NULL);
    GMimeObject *body = message ? g->g_mime_message_get_mime_part(message) : NULL;
    enum ac_status status = AC_OK;

    if (is_report(w, body))
        w->nested = NULL;
    if (body)
        status = read_object(w, body, 0);
    if (message)
        g->g_object_unref(message);
    g->g_object_unref(parser);
    g->g_object_unref(stream);
    return status;
}

enum ac_status bounce_parts_read(struct span bytes, struct arena *arena,
                                 struct bounce_parts *out)
{
    struct walk w = { .arena = arena, .out = out };
    struct bounce_parts *nested = arena_alloc(arena, sizeof *nested);
    size_t body = bounce_field_block(bytes);

    if (!nested)
        return AC_ENOMEM;
    *out = (struct bounce_parts){ .is_message = bounce_field_is_header(bytes) };
    if (!out->is_message)
        return add_words(&w, SPAN(""), bytes, false);
    TRY(bounce_text(arena, SPAN(""), span_to(span_to(bytes, body), BOUNCE_PROSE_MAX),
                    &out->head));
    if (is_wild(bytes))
        return add_words(&w, SPAN(""), span_from(bytes, body), false);
    w.g = bounce_gmime();
    if (!w.g)
        return AC_EIO;
    w.nested = nested;
    TRY(read_mime(&w, bytes));
    nested->is_message = true;
    nested->head = out->head;
    out->nested = nested->n ? nested : NULL;
    return AC_OK;
}

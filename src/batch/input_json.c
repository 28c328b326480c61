/* SPDX-License-Identifier: MIT */
/*
 * input_json.c - a row from a line of NDJSON, read by jansson.
 */
#include "batch/input.h"

#include <jansson.h>
#include <stdlib.h>

enum {
    NAME_SHOWN_MAX = 60,
    DEPTH_MAX = 100 /* a reader of the output need not bear more */
};

/* A value back as JSON text; ASCII, so that it may be shown anywhere. */
static enum ac_status print(struct arena *arena, const json_t *value, struct span *out)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII);

    if (!text)
        return AC_ENOMEM;
    out->n = strlen(text);
    out->p = arena_strdup(arena, span_of(text));
    free(text);
    return out->p ? AC_OK : AC_ENOMEM;
}

/* Are arrays and objects nested in more levels than that? */
static bool is_deeper(json_t *value, unsigned levels)
{
    bool nests = json_is_array(value) || json_is_object(value),
         found = nests && !levels;
    const char *name;
    json_t *inner;
    size_t i;

    if (!nests || found)
        return found;
    json_array_foreach(value, i, inner)
    {
        found = found || is_deeper(inner, levels - 1);
    }
    json_object_foreach(value, name, inner)
    {
        found = found || is_deeper(inner, levels - 1);
    }
    return found;
}

static enum ac_status take_text(struct batch_row *row, struct arena *arena,
                                const char *name, enum row_key key, const json_t *value)
{
    struct span text = span_make(json_string_value(value), json_string_length(value));
    enum ac_status status;

    if (!json_is_string(value))
        return row_wrong(row, arena, "\"%.*s\": not a string; expected one",
                         NAME_SHOWN_MAX, name);
    text.p = arena_strdup(arena, text);
    status = text.p ? row_take(row, arena, key, text) : AC_ENOMEM;
    if (status == AC_ELIMIT)
        return row_wrong(row, arena, "\"%.*s\": too many; expected at most %d",
                         NAME_SHOWN_MAX, name, ROW_VALUES_MAX);
    return status;
}

static enum ac_status take_value(struct batch_row *row, struct arena *arena,
                                 const char *name, enum row_key key, json_t *value)
{
    bool several = key == ROW_IP || key == ROW_SELECTOR;

    if (json_is_null(value))
        return AC_OK;
    if (key == ROW_ID)
        return print(arena, value, &row->id);
    if (!several || !json_is_array(value))
        return take_text(row, arena, name, key, value);
    for (size_t i = 0; i < json_array_size(value); i++)
        TRY(take_text(row, arena, name, key, json_array_get(value, i)));
    return AC_OK;
}

static enum ac_status take_object(struct batch_row *row, struct arena *arena,
                                  json_t *object)
{
    enum ac_status status = AC_OK;
    const char *name;
    json_t *value;
    void *next;

    json_object_foreach_safe(object, next, name, value)
    {
        enum row_key key = row_key_find(span_of(name));

        if (key == ROW_OTHER || status != AC_OK)
            continue;
        status = take_value(row, arena, name, key, value);
        json_object_del(object, name);
    }
    if (status == AC_OK && json_object_size(object))
        status = print(arena, object, &row->other);
    return status;
}

enum input_status input_json_row(struct span text, struct arena *arena,
                                 struct batch_row *row)
{
    json_error_t error;
    json_t *object =
        json_loadb(text.p, text.n,
                   JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
    enum ac_status status;

    if (!object)
        status = row_wrong(row, arena, "not JSON, at byte %d: %s; expected an object",
                           error.position, error.text);
    else if (!json_is_object(object))
        status = row_wrong(row, arena,
                           "not a JSON object; expected one such as {\"domain\": "
                           "\"example.com\"}");
    else if (is_deeper(object, DEPTH_MAX))
        status = row_wrong(row, arena, "nested in over %d levels; expected fewer",
                           DEPTH_MAX);
    else
        status = take_object(row, arena, object);
    json_decref(object);
    return status == AC_OK ? INPUT_ROW : INPUT_FAILED;
}

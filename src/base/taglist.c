/* SPDX-License-Identifier: MIT */
/*
 * taglist.c - tag lists, RFC 6376, 3.2.
 *
 * The arrays are fixed: no record has more than a dozen tags, a parser without memory
 * cannot run out of it, and comparing every name with those before it stays cheap.
 */
#include "base/taglist.h"

static void add_fault(struct taglist *list, enum taglist_fault_kind kind, size_t at,
                      struct span part)
{
    if (list->n_faults < TAGLIST_FAULTS_MAX)
        list->fault[list->n_faults++] = (struct taglist_fault){ kind, at, part };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* tag-name = ALPHA *ALNUMPUNC. The offset of the first wrong byte, or name.n. */
static size_t wrong_in_name(struct span name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];

        if (!ascii_is_alpha(c) && (i == 0 || (!ascii_is_digit(c) && c != '_')))
            return i;
    }
    return name.n;
}

/* VALCHAR is printable ASCII but for the semicolon, which cannot be here any more. */
static size_t wrong_in_value(struct span value)
{
    for (size_t i = 0; i < value.n; i++)
        if (!is_blank(value.p[i]) && (value.p[i] < 0x21 || value.p[i] > 0x7e))
            return i;
    return value.n;
}

static size_t blanks_before(struct span s)
{
    size_t n = 0;

    while (n < s.n && is_blank(s.p[n]))
        n++;
    return n;
}

static void add_tag(struct taglist *list, struct taglist_tag tag)
{
    size_t name = wrong_in_name(tag.name), value = wrong_in_value(tag.value);
    struct span part = span_trim(tag.spec, TAGLIST_BLANKS);

    if (name < tag.name.n)
        add_fault(list, TAGLIST_BAD_NAME, tag.at + name, part);
    if (value < tag.value.n)
        add_fault(list, TAGLIST_BAD_VALUE, tag.value_at + value, part);
    tag.faulty = name < tag.name.n || value < tag.value.n;
    for (size_t i = 0; i < list->n && !tag.duplicate; i++)
        tag.duplicate = span_eq(list->tag[i].name, tag.name);
    if (tag.duplicate)
        add_fault(list, TAGLIST_DUPLICATE, tag.at, tag.name);
    list->tag[list->n++] = tag;
}

/* spec: one part between semicolons, which is not blank; at: its offset. */
static void read_spec(struct taglist *list, struct span spec, size_t at)
{
    size_t equals = span_find(spec, '=');
    struct taglist_tag tag = { .spec = spec, .at = at + blanks_before(spec) };
    struct span part = span_trim(spec, TAGLIST_BLANKS);
    struct span behind = span_from(spec, equals + 1);

    if (equals == spec.n) {
        add_fault(list, TAGLIST_NO_EQUALS, tag.at, part);
        return;
    }
    tag.name = span_trim(span_to(spec, equals), TAGLIST_BLANKS);
    if (!tag.name.n) {
        add_fault(list, TAGLIST_NO_NAME, tag.at, part);
        return;
    }
    tag.value = span_trim(behind, TAGLIST_BLANKS);
    tag.value_at = at + equals + 1 + blanks_before(behind);
    add_tag(list, tag);
}

void taglist_parse(struct span text, struct taglist *out)
{
    struct span rest = text;
    size_t at = 0;

    out->n = out->n_faults = 0;
    while (rest.p) {
        struct span spec = span_cut(&rest, ';');

        if (out->n == TAGLIST_TAGS_MAX) {
            struct span part = span_trim(span_from(text, at), TAGLIST_BLANKS);

            if (part.n)
                add_fault(out, TAGLIST_TOO_MANY, at, part);
            return;
        }
        if (blanks_before(spec) < spec.n)
            read_spec(out, spec, at);
        else if (rest.p)
            add_fault(out, TAGLIST_EMPTY, at, spec);
        at += spec.n + 1;
    }
}

const struct taglist_tag *taglist_find(const struct taglist *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (span_eq(list->tag[i].name, span_of(name)))
            return &list->tag[i];
    return NULL;
}

const char *taglist_fault_print(enum taglist_fault_kind kind)
{
    static const char *const phrase[] = {
        [TAGLIST_EMPTY] = "nothing between two semicolons",
        [TAGLIST_NO_EQUALS] = "a tag without \"=\"",
        [TAGLIST_NO_NAME] = "a value without a tag name",
        [TAGLIST_BAD_NAME] = "a tag name that is not letters, digits and \"_\"",
        [TAGLIST_BAD_VALUE] = "a byte that is not printable ASCII",
        [TAGLIST_DUPLICATE] = "a duplicate tag",
        [TAGLIST_TOO_MANY] = "too many tags",
    };

    return phrase[kind];
}

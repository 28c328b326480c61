/* SPDX-License-Identifier: MIT */
/*
 * speaker.c - who refuses: the rows of speakers.def, in order; a name that is a special
 * case of another stands before it.
 */
#include "bounce/speaker.h"

static const struct bounce_speaker speakers[] = {
#define S(id, ...) [BOUNCE_SPEAKER_##id] = { __VA_ARGS__ },
#include "bounce/speakers.def"
#undef S
};

const struct bounce_speaker *bounce_speaker(enum bounce_speaker_id id)
{
    return id == BOUNCE_SPEAKER_NONE ? NULL : &speakers[id];
}

static bool is_at_or_below(struct span host, struct span suffix)
{
    return span_ends_ci(host, suffix) &&
           (host.n == suffix.n || host.p[host.n - suffix.n - 1] == '.');
}

enum bounce_speaker_id bounce_speaker_of_host(struct span host)
{
    host = span_to(host, span_find(host, '['));
    host = span_to(host, span_find(host, '('));
    host = span_trim(host, " .");
    for (int id = 1; id < BOUNCE_SPEAKER_COUNT; id++) {
        struct span rest = span_of(speakers[id].hosts);

        while (rest.p && rest.n)
            if (is_at_or_below(host, span_cut(&rest, ' ')))
                return (enum bounce_speaker_id)id;
    }
    return BOUNCE_SPEAKER_NONE;
}

static bool holds(struct span text, struct span word)
{
    for (size_t i = 0; word.n && i + word.n <= text.n; i++)
        if (text.p[i] == word.p[0] && memcmp(text.p + i, word.p, word.n) == 0)
            return true;
    return false;
}

enum bounce_speaker_id bounce_speaker_of_text(const char *text)
{
    for (int id = 1; id < BOUNCE_SPEAKER_COUNT; id++) {
        struct span rest = span_of(speakers[id].marks);

        while (rest.p && rest.n)
            if (holds(span_of(text), span_cut(&rest, '|')))
                return (enum bounce_speaker_id)id;
    }
    return BOUNCE_SPEAKER_NONE;
}

static bool are_relatives(enum bounce_speaker_id a, enum bounce_speaker_id b)
{
    return speakers[a].family && speakers[b].family &&
           strcmp(speakers[a].family, speakers[b].family) == 0;
}

enum bounce_speaker_id bounce_speaker_choose(enum bounce_speaker_id words,
                                             enum bounce_speaker_id host,
                                             enum bounce_speaker_id mark)
{
    if (words == BOUNCE_SPEAKER_NONE)
        return host != BOUNCE_SPEAKER_NONE ? host : mark;
    if (host != BOUNCE_SPEAKER_NONE &&
        (speakers[words].kind == BOUNCE_SOFTWARE || are_relatives(words, host)))
        return host;
    if (host == BOUNCE_SPEAKER_NONE && speakers[words].kind == BOUNCE_SOFTWARE &&
        mark != BOUNCE_SPEAKER_NONE && speakers[mark].kind == BOUNCE_OPERATOR)
        return mark;
    return words;
}

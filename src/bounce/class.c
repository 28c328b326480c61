/* SPDX-License-Identifier: MIT */
/*
 * class.c - which cause a reply names, and who speaks. The words decide before the
 * codes: 5.7.1 is said for relaying, content, reputation and unknown users as well as
 * for SPF and DMARC, and receivers use the codes of RFC 7372 each in their own way.
 */
#include "bounce/class.h"

#include "bounce/pattern.h"

static const struct bounce_class classes[] = {
#define C(id, name, area, meaning, next) \
    [BOUNCE_CLASS_##id] = { name, BOUNCE_AREA_##area, meaning, next },
#include "bounce/classes.def"
#undef C
};

const struct bounce_class *bounce_class(enum bounce_class_id id)
{
    return id == BOUNCE_CLASS_NONE ? NULL : &classes[id];
}

const char *bounce_area_print(enum bounce_area area)
{
    switch (area) {
    case BOUNCE_AREA_AUTHENTICATION:
        return "authentication";
    case BOUNCE_AREA_HOST:
        return "host";
    case BOUNCE_AREA_REPUTATION:
        return "reputation";
    case BOUNCE_AREA_CONTENT:
        return "content";
    case BOUNCE_AREA_RATE:
        return "rate";
    case BOUNCE_AREA_PERMISSION:
        return "permission";
    case BOUNCE_AREA_RECIPIENT:
        return "recipient";
    case BOUNCE_AREA_POLICY:
        return "policy";
    case BOUNCE_AREA_OTHER:
        return "other";
    }
    return "";
}

const char *bounce_confidence_print(enum bounce_confidence confidence)
{
    switch (confidence) {
    case BOUNCE_LOW:
        return "low";
    case BOUNCE_MEDIUM:
        return "medium";
    case BOUNCE_HIGH:
        return "high";
    }
    return "";
}

enum ac_status bounce_classify(const struct bounce_said *said, struct arena *arena,
                               struct bounce_verdict *out)
{
    struct bounce_wording reply;
    enum bounce_speaker_id host, mark, speaker, words = BOUNCE_SPEAKER_NONE;

    *out = (struct bounce_verdict){ .class = BOUNCE_CLASS_NONE };
    TRY(bounce_wording(said, arena, &reply));
    host = bounce_speaker_of_host(said->host);
    mark = bounce_speaker_of_text(reply.text);
    speaker = bounce_speaker_choose(BOUNCE_SPEAKER_NONE, host, mark);
    for (size_t i = 0; i < bounce_pattern_count(); i++) {
        const struct bounce_pattern *row = bounce_pattern(i);

        if (!bounce_pattern_fits(i, &reply, speaker))
            continue;
        out->class = row->class;
        out->confidence = row->confidence;
        out->pattern = row->id;
        words = row->speaker;
        break;
    }
    speaker = bounce_speaker_choose(words, host, mark);
    if (speaker != BOUNCE_SPEAKER_NONE) {
        out->speaker = bounce_speaker(speaker)->name;
        out->speaker_what = bounce_speaker(speaker)->title;
    }
    return AC_OK;
}

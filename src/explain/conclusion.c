/* SPDX-License-Identifier: MIT */
/*
 * conclusion.c - does the DNS still explain the refusal? The ways of the class's row
 * are tried over the audit; then the sentence and the steps that go with what came out.
 */
#include "explain/conclusion.h"

#include <stdarg.h>

/* clang-format off */
#define WAYS(...) { __VA_ARGS__ }
#define ALSO(bits) , .also = bits
/* clang-format on */

static const struct explain_row rows[BOUNCE_CLASS_COUNT] = {
#define R(class, otherwise, ways, stand_in_, bulk_)              \
    [BOUNCE_CLASS_##class] = { EXPLAIN_##otherwise, .way = ways, \
                               .stand_in = stand_in_, .bulk = bulk_ },
#include "explain/conclusion.def"
#undef R
};

static const struct explain_row not_dns = { .otherwise = EXPLAIN_NOT_DNS };

const struct explain_row *explain_row(enum bounce_class_id class)
{
    return rows[class].way[0] ? &rows[class] : &not_dns;
}

const char *explain_state_print(enum explain_state state)
{
    switch (state) {
    case EXPLAIN_STILL_FAILING:
        return "still-failing";
    case EXPLAIN_FIXED:
        return "fixed";
    case EXPLAIN_NOT_DNS:
        return "not-dns";
    case EXPLAIN_UNDECIDED:
        break;
    }
    return "undecided";
}

bool explain_blames(const struct conclusion *c, enum finding_id id)
{
    for (size_t i = 0; i < c->n_because; i++)
        if (c->because[i] == id)
            return true;
    return false;
}

bool explain_blames_causes(const struct conclusion *c, const struct audit_result *r)
{
    for (size_t i = 0; i < r->n_causes; i++)
        for (size_t k = 0; k < r->cause[i].n; k++)
            if (explain_blames(c, r->cause[i].reason[k].id))
                return true;
    return false;
}

/* What was found, fault by fault, and what came of the ways. */
struct work {
    const struct bounce *bounce;
    const struct audit_result *audit;
    bool told; /* the audit is shown beside */
    struct arena *arena;
    struct conclusion *out;
    const struct bounce_class *class; /* NULL: no pattern fits */
    const struct explain_row *row;
    struct fault_found found[FAULTS_N];
    unsigned looked; /* BY_... bits: in found */
    unsigned hold;   /* of ways that hold */
    bool only_also;  /* no way does, but a fault of `also` may */
    unsigned open;   /* of ways that are open, those that are open themselves */
    enum ac_status status;
};

__attribute__((format(printf, 2, 3))) static void step(struct work *w,
                                                       const char *format, ...)
{
    struct conclusion *out = w->out;
    va_list args;

    if (out->n_steps == EXPLAIN_STEPS_MAX)
        return;
    va_start(args, format);
    out->step[out->n_steps] = arena_vprintf(w->arena, format, args);
    va_end(args);
    if (!out->step[out->n_steps])
        w->status = AC_ENOMEM;
    else
        out->n_steps++;
}

__attribute__((format(printf, 2, 3))) static void say(struct work *w,
                                                      const char *format, ...)
{
    va_list args;

    va_start(args, format);
    w->out->text = arena_vprintf(w->arena, format, args);
    va_end(args);
    if (!w->out->text)
        w->status = AC_ENOMEM;
}

/* --- the ways ------------------------------------------------------------------------
 */

static enum ac_status look(struct work *w, unsigned bits)
{
    const struct fault_case c = { w->bounce, w->audit, w->arena };

    for (int i = 0; i < FAULTS_N; i++)
        if ((bits & ~w->looked) & 1u << i)
            TRY(fault_look((enum fault)i, &c, &w->found[i]));
    w->looked |= bits;
    return AC_OK;
}

/* The faults among `bits` that are there, or open. */
static unsigned that_are(const struct work *w, unsigned bits, enum ac_tri there)
{
    unsigned those = 0;

    for (int i = 0; i < FAULTS_N; i++)
        if ((bits & 1u << i) && w->found[i].there == there)
            those |= 1u << i;
    return those;
}

static enum ac_status try_ways(struct work *w)
{
    for (int i = 0; i < EXPLAIN_WAYS_MAX && w->row->way[i]; i++) {
        unsigned way = w->row->way[i];

        TRY(look(w, way));
        if (that_are(w, way, AC_NO))
            continue;
        if (that_are(w, way, AC_MAYBE))
            w->open |= that_are(w, way, AC_MAYBE);
        else
            w->hold |= way;
    }
    TRY(look(w, w->row->also));
    w->only_also = !w->hold;
    w->hold |= that_are(w, w->row->also, AC_YES);
    return AC_OK;
}

static void take_because(struct work *w, unsigned bits)
{
    struct conclusion *out = w->out;

    for (int i = 0; i < FAULTS_N; i++) {
        const struct fault_found *f = &w->found[i];

        for (size_t k = 0; (bits & 1u << i) && k < f->n_because; k++) {
            if (!explain_blames(out, f->because[k]) &&
                out->n_because < EXPLAIN_BECAUSE_MAX)
                out->because[out->n_because++] = f->because[k];
        }
    }
}

/* Do the words of another of these faults say it as well? */
static bool is_said(const struct work *w, unsigned bits, int fault)
{
    const char *own = w->found[fault].words;

    for (int i = 0; i < FAULTS_N; i++) {
        const char *other = w->found[i].words;
        bool twin = strcmp(other ? other : "", own) == 0;

        if ((bits & 1u << i) && i != fault && strstr(other, own) &&
            (!twin || i < fault))
            return true;
    }
    return false;
}

/* Their words, each once: "a, and b". */
static const char *words(struct work *w, unsigned bits, const char *glue)
{
    const char *text = NULL;

    for (int i = 0; i < FAULTS_N; i++) {
        if (!(bits & 1u << i) || is_said(w, bits, i))
            continue;
        text = text ? arena_printf(w->arena, "%s%s%s", text, glue, w->found[i].words)
                    : w->found[i].words;
        if (!text) {
            w->status = AC_ENOMEM;
            break;
        }
    }
    return text ? text : "";
}

/* Faults that ask for the same next steps. */
enum {
    ABOUT_SPF = BY_SPF | BY_SPF_BROKEN | BY_SPF_LOOSE | BY_SPF_SILENT,
    ABOUT_KEYS = BY_DKIM | BY_SIGNATURE | BY_KEY,
    ABOUT_DMARC = BY_DMARC | BY_DMARC_RESULT | BY_ALIGNMENT,
    ABOUT_LISTS = BY_LISTED_IP | BY_LISTED_DOMAIN,
    ABOUT_SILENCE = BY_SPF_SILENT | BY_SILENT
};

/* --- still failing ------------------------------------------------------------------
 */

static bool by_temporary_code(const struct bounce *b)
{
    return b->code / 100 == 4 || (b->enhanced.n && b->enhanced.p[0] == '4');
}

/* A signature would be seen in the header of the mail alone. */
static void ask_how_signed(struct work *w)
{
    const struct audit_dkim *key = w->audit->best_key;

    if (!w->audit->assumed_unsigned ||
        !(w->hold & (BY_DKIM | BY_DMARC | BY_DMARC_RESULT | BY_ALIGNMENT)))
        return;
    if (key)
        step(w,
             "First look at the DKIM-Signature header of such a mail: if it says d=%s; "
             "s=%s, run this again with --selector %s.",
             key->domain, key->selector, key->selector);
    else
        step(w,
             "First look whether such a mail bears a DKIM-Signature header: if so, run "
             "this again with --selector (its s= and d=).");
}

/* Where to be taken off. */
static void listings(struct work *w)
{
    for (size_t i = 0; i < w->audit->n_listings; i++) {
        const struct blocklist_result *l = &w->audit->listing[i];

        if (l->state == BLOCKLIST_LISTED && l->page)
            step(w,
                 "Find out and stop what made %s take %s, then ask to be taken off: %s",
                 l->list->name, l->subject, l->page);
    }
}

static void still_failing(struct work *w)
{
    w->out->state = EXPLAIN_STILL_FAILING;
    take_because(w, w->hold);
    say(w, "%s: %s.",
        w->only_also ? "What failed then is in order, but the DNS would have the mail "
                       "refused today"
        : w->row->otherwise == EXPLAIN_NOT_DNS
            ? "The reply does not name the check that failed, but the DNS would explain it"
            : "The DNS still explains it",
        words(w, w->hold, ", and "));
    ask_how_signed(w);
    if (w->hold & ABOUT_LISTS)
        listings(w);
    else if (!w->told || !explain_blames_causes(w->out, w->audit))
        step(w, "%s", w->class->next);
    w->out->n_before = w->out->n_steps;
    step(w,
         by_temporary_code(w->bounce)
             ? "%s, wait: it was refused for the time being, and the server that sends "
               "tries again."
             : "%s, send the mail again: what bounced is not tried again.",
         w->hold & ABOUT_LISTS
             ? "Once the list has let it go"
             : "Once the DNS is mended and the TTL of the old record is "
               "over");
}

/* --- fine now -----------------------------------------------------------------------
 */

static bool carries_named_key(const struct work *w)
{
    for (size_t i = 0; i < w->audit->n_dkim; i++)
        if (!w->audit->dkim[i].discovered && w->audit->dkim[i].key.usable == AC_YES)
            return true;
    return false;
}

static bool spf_passes(const struct work *w)
{
    const struct audit_result *r = w->audit;

    return r->has_verdict && r->spf[r->described].check.result == SPF_PASS;
}

/* What the receiver wrote into Authentication-Results, against today. */
static void evidence(struct work *w)
{
    const struct bounce *b = w->bounce;

    if (b->said_dkim.n && !span_eq_ci(b->said_dkim, SPAN("pass")) &&
        carries_named_key(w))
        step(w,
             "The receiver saw dkim=%.*s, and the key is in order today: either it was "
             "published since, or the mail was changed after it was signed.",
             SPAN_ARG(b->said_dkim));
    if (b->said_spf.n && !span_eq_ci(b->said_spf, SPAN("pass")) && spf_passes(w))
        step(w,
             "The receiver saw spf=%.*s, and SPF passes today: either the record was "
             "mended since, or another host brought the mail there.",
             SPAN_ARG(b->said_spf));
}

static void what_to_look_at(struct work *w)
{
    const struct audit_result *r = w->audit;
    char ip[IP_TEXT_MAX];

    if (w->looked & (ABOUT_KEYS | ABOUT_DMARC) && carries_named_key(w))
        step(w,
             "If it is refused again, find what changes the mail behind the signer (a "
             "mailing list, a footer, a gateway): a changed header or body breaks the "
             "signature, and no record can tell.");
    if (w->looked & (ABOUT_SPF | ABOUT_DMARC) && spf_passes(w))
        step(w,
             "Look at the Received headers: was it %s that connected to the receiver? "
             "If somebody forwarded the mail, SPF judged that host, and only a "
             "signature by the From domain survives that.",
             ip_print(&r->spf[r->described].ip, ip));
}

static const char *possible_reasons(const struct work *w)
{
    if (w->looked & ABOUT_SILENCE && !(w->looked & BY_SPF_BROKEN))
        return "it failed for a time, or for that receiver alone";
    if (w->looked & (ABOUT_KEYS | ABOUT_DMARC))
        return "it was mended since, the signature broke in transit, or the mail was "
               "forwarded";
    if (w->looked & ABOUT_SPF)
        return "it was mended since, or the mail was forwarded and another host connected";
    return "it was mended since, or the receiver still has an old answer";
}

static void fine(struct work *w)
{
    const char *what = words(w, that_are(w, w->looked, AC_NO), "; ");

    w->out->state = w->row->otherwise;
    if (w->out->state == EXPLAIN_NOT_DNS) {
        say(w,
            "The DNS does not explain it: %s; what is left is a rule of the receiver's "
            "own.",
            what);
        step(w, "%s", w->class->next);
        return;
    }
    say(w, "The DNS is fine now: %s; so %s.", what, possible_reasons(w));
    evidence(w);
    if (by_temporary_code(w->bounce))
        step(w,
             "Wait: it was refused for the time being, and the server that sends tries "
             "again.");
    else
        step(w, "Send the mail again: the records would let it pass today.");
    what_to_look_at(w);
}

/* --- the rest -----------------------------------------------------------------------
 */

static void never_dns(struct work *w)
{
    const struct audit_result *r = w->audit;

    w->out->state = EXPLAIN_NOT_DNS;
    say(w, "No SPF, DKIM or DMARC record decides this.");
    step(w, "%s", w->class->next);
    for (size_t i = 0; r && w->class->area == BOUNCE_AREA_REPUTATION && i < r->n_pages;
         i++)
        step(w, "Look at %s (%s): %s", r->page[i].name, r->page[i].what,
             r->page[i].url);
    if (r && r->has_verdict && r->verdict == VERDICT_REJECT)
        step(w,
             "Beside that, mend the DNS: by its records of today the mail would be "
             "refused by %s in any case (authcheck %s --ip ... tells why).",
             r->prediction[r->decided_by].receiver->name, r->domain);
}

/* With those of the domain's own MX hosts: often one of them sends as well. */
static void ask_for_address(struct work *w)
{
    const char *list = "";
    char ip[IP_TEXT_MAX];

    for (size_t i = 0; i < w->audit->n_mx && list; i++)
        list = arena_printf(w->arena, "%s%s --ip %s", list,
                            i ? "," : "; to try the domain's own MX hosts:",
                            ip_print(&w->audit->mx[i].ip, ip));
    step(w,
         "Find the address of your own server that connected (its log has it), and run "
         "this again with --ip ADDRESS%s.",
         list ? list : "");
}

static void ask_for(struct work *w, enum fault_lack lack)
{
    switch (lack) {
    case FAULT_LACKS_NOTHING:
        return;
    case FAULT_LACKS_ANSWER:
        step(w,
             "Run this again, and with another resolver (--nameserver) if it stays so: "
             "the DNS did not answer all questions.");
        return;
    case FAULT_LACKS_IP:
        ask_for_address(w);
        return;
    case FAULT_LACKS_HELO:
        step(w,
             "Find the name that your server says in EHLO (its configuration has it), "
             "and run this again with --helo NAME.");
        return;
    case FAULT_LACKS_LIST:
        step(w, "%s", w->class->next);
        return;
    case FAULT_LACKS_SELECTOR:
        step(
            w,
            "Look at the DKIM-Signature header of such a mail, and run this again with "
            "--selector (s1._domainkey.example.com for s=s1; d=example.com), or with "
            "--unsigned if there is none.");
        return;
    }
}

static void undecided(struct work *w)
{
    unsigned lacks = 0;

    w->out->state = EXPLAIN_UNDECIDED;
    take_because(w, w->open);
    say(w, "It cannot be told yet: %s.", words(w, w->open, ", and "));
    for (int i = 0; i < FAULTS_N; i++)
        if (w->open & 1u << i && !(lacks & 1u << w->found[i].lacks)) {
            ask_for(w, w->found[i].lacks);
            lacks |= 1u << w->found[i].lacks;
        }
}

static const char *fate(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_ACCEPT:
        return "accepted";
    case VERDICT_SPAM:
        return "filed as spam";
    case VERDICT_DEFER:
        return "deferred";
    case VERDICT_UNKNOWN:
        return "accepted or refused";
    case VERDICT_REJECT:
        break;
    }
    return "refused";
}

static void without_class(struct work *w)
{
    const struct audit_result *r = w->audit;

    w->out->state = EXPLAIN_UNDECIDED;
    if (!w->bounce->has_refusal)
        say(w, "It cannot be told: no refusal was found.");
    else if (!r || !r->has_verdict)
        say(w, "It cannot be told: no pattern of a known receiver fits the reply.");
    else
        say(w,
            "It cannot be told: no pattern of a known receiver fits the reply; by the DNS "
            "of today the mail would be %s by %s.",
            fate(r->verdict), r->prediction[r->decided_by].receiver->name);
    if (!w->bounce->has_refusal)
        return;
    step(w, "Read the reply, and look for its words on the pages of who wrote it.");
    if (!r || !r->has_verdict)
        step(w,
             "Run this again with%s --ip ADDRESS, to see whether the DNS would explain "
             "it.",
             r ? "" : " --domain DOMAIN and");
}

static void without_domain(struct work *w)
{
    bool mend_first = w->class->area == BOUNCE_AREA_HOST;

    w->out->state = EXPLAIN_UNDECIDED;
    say(w,
        "It cannot be told: the bounce does not say the domain of the From header, so "
        "its records cannot be asked.");
    if (mend_first)
        step(w, "%s", w->class->next);
    step(w, "Run this again with --domain DOMAIN%s.",
         w->bounce->has_ip ? ""
                           : " and --ip ADDRESS, the one of your server that "
                             "connected");
    if (!mend_first)
        step(w, "%s", w->class->next);
}

enum ac_status explain_conclude(const struct bounce *bounce,
                                const struct audit_result *audit, bool told,
                                struct arena *arena, struct conclusion *out)
{
    struct work w = { .bounce = bounce,
                      .audit = audit,
                      .told = told,
                      .arena = arena,
                      .out = out,
                      .class = bounce_class(bounce->verdict.class),
                      .row = explain_row(bounce->verdict.class),
                      .status = AC_OK };

    *out = (struct conclusion){ .text = "" };
    if (!w.class) {
        without_class(&w);
    } else if (!w.row->way[0]) {
        never_dns(&w);
    } else if (!audit) {
        without_domain(&w);
    } else {
        TRY(try_ways(&w));
        if (w.hold)
            still_failing(&w);
        else if (w.open)
            undecided(&w);
        else
            fine(&w);
    }
    return w.status;
}

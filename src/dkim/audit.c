/* SPDX-License-Identifier: MIT */
/*
 * audit.c - one selector: from the DNS answer to a status. RFC 6376, 3.6.2 and 6.1.2;
 * RFC 8301, 3.2; RFC 8463, 4.2.
 *
 * The record is parsed in record.c and the key weighed in key.c; here the facts become
 * findings and the first status that applies.
 */
#include "dkim/audit.h"

#include "base/base64.h"
#include "dkim/key.h"
#include "dkim/record.h"

enum {
    RSA_BITS_MIN = 1024,  /* RFC 8301, 3.2: less MUST be considered invalid */
    RSA_BITS_GOOD = 2048, /* ... signers SHOULD use at least so many */
    RSA_BITS_MAX = 4096   /* ... verifiers need not support more */
};

/* One run: the answer, what was found out, and what is to be said about it. */
struct run {
    struct arena *arena;
    const struct dns_answer *answer;
    struct findings findings; /* handed to env only when all is known */
    struct dkim_outcome *out;
    bool weak;
};

static void note(struct run *r, enum finding_id id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void refuse(struct run *r, enum finding_id id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static const char *__attribute__((format(printf, 3, 0)))
vadd(struct run *r, enum finding_id id, const char *format, va_list args)
{
    const char *message = arena_vprintf(r->arena, format, args);

    if (message)
        finding_add(&r->findings, id, r->out->name, "%s", message);
    else
        r->findings.status = AC_ENOMEM;
    return message;
}

static void note(struct run *r, enum finding_id id, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vadd(r, id, format, args);
    va_end(args);
}

/* A finding after which no signature verifies; the first one is the reason. */
static void refuse(struct run *r, enum finding_id id, const char *format, ...)
{
    const char *message;
    va_list args;

    va_start(args, format);
    message = vadd(r, id, format, args);
    va_end(args);
    if (r->out->reason != FINDING_NONE)
        return;
    r->out->reason = id;
    r->out->reason_text = message;
}

static void judge_outcome(struct run *r)
{
    const char *name = r->out->name, *end = r->out->delegated;

    if (!dns_answered(r->answer)) {
        r->out->status = DKIM_TEMPERROR;
        r->out->usable = AC_MAYBE;
        refuse(r, FINDING_DKIM_DNS_ERROR,
               "Whether there is a DKIM key at %s is not known: the DNS said %s.", name,
               dns_outcome_print(r->answer->outcome));
        return;
    }
    r->out->status = DKIM_MISSING;
    if (end)
        refuse(r, FINDING_DKIM_DELEGATION_DANGLING,
               "%s is a CNAME to %s, where %s: the provider has not published the key.",
               name, end,
               r->answer->outcome == DNS_NXDOMAIN ? "no such name exists"
                                                  : "there is no TXT record");
    else
        refuse(r, FINDING_DKIM_KEY_MISSING, "There is no DKIM key at %s: %s.", name,
               r->answer->outcome == DNS_NXDOMAIN ? "the name does not exist"
                                                  : "it has no TXT record");
}

/* The texts of the answer by kind. Of several the least by bytes is described: the
 * order of the records in an answer means nothing, and changes. */
struct texts {
    struct span key, other;
    size_t keys, others;
    bool all_revoked;
};

static enum ac_status sort_texts(struct run *r, struct texts *out)
{
    *out = (struct texts){ .all_revoked = true };
    for (size_t i = 0; i < r->answer->n; i++) {
        struct span text = dns_txt_join(r->arena, &r->answer->rr[i]);
        enum dkim_text kind;

        if (!text.p)
            return AC_ENOMEM;
        kind = dkim_text_kind(text);
        if (kind == DKIM_TEXT_OTHER) {
            if (!out->others++ || span_cmp(text, out->other) < 0)
                out->other = text;
            continue;
        }
        if (!out->keys++ || span_cmp(text, out->key) < 0)
            out->key = text;
        out->all_revoked = out->all_revoked && kind == DKIM_TEXT_REVOKED;
    }
    return AC_OK;
}

static void judge_other_text(struct run *r, const struct texts *t)
{
    struct span shown = span_to(t->other, 60);

    r->out->status = DKIM_MISSING;
    r->out->record = t->other;
    refuse(
        r, FINDING_DKIM_KEY_MISSING,
        "There is no DKIM key at %s: the TXT record there is other text, \"%.*s\"%s.",
        r->out->name, SPAN_ARG(shown),
        span_starts(t->other, SPAN("MII"))
            ? ", which looks like a key without the tag p= in front"
            : "");
}

/*
 * p= as bytes in *out; false (and a finding) when it is not base64. Missing padding is
 * let pass: the grammar does not ask for it (RFC 6376, 2.10), some decoders do.
 */
static enum ac_status decode(struct run *r, const struct dkim_record *record,
                             struct span *out, bool *good)
{
    struct span p = record->p;
    size_t size = p.n / 4 * 3 + 3, bad = 0;
    uint8_t *bytes = arena_alloc(r->arena, size);
    char *padded;
    long n;

    if (!bytes)
        return AC_ENOMEM;
    n = base64_decode(p, bytes, size, &bad);
    *good = n >= 0;
    for (int i = 1; i <= 2 && n < 0 && bad == p.n; i++) {
        padded = arena_printf(r->arena, "%.*s%s", SPAN_ARG(p), i == 1 ? "=" : "==");
        if (!padded)
            return AC_ENOMEM;
        n = base64_decode(span_of(padded), bytes, size, NULL);
    }
    if (n >= 0 && !*good)
        note(r, FINDING_DKIM_KEY_PADDING,
             "The key at %s lacks the \"=\" at the end of its base64 text of %zu "
             "characters; some verifiers refuse that.",
             r->out->name, p.n);
    *good = n >= 0;
    *out = span_make(bytes, *good ? (size_t)n : 0);
    if (*good)
        return AC_OK;
    if (bad == p.n)
        refuse(r, FINDING_DKIM_KEY_BASE64,
               "The key at %s is not base64: its %zu characters end in the middle of a "
               "group, so some were lost.",
               r->out->name, p.n);
    else
        refuse(r, FINDING_DKIM_KEY_BASE64,
               "The key at %s is not base64: byte %zu of the record is '%c'%s.",
               r->out->name, record->p_at + bad + 1, p.p[bad],
               p.p[bad] == '"' || p.p[bad] == '\\'
                   ? ", which belongs to a zone file and not into the record"
                   : "");
    return AC_OK;
}

static void note_weakness(struct run *r, const struct dkim_key *key)
{
    const char *name = r->out->name;

    if (key->bits < RSA_BITS_GOOD)
        note(r, FINDING_DKIM_KEY_WEAK, "The RSA key at %s has %u bits only.", name,
             key->bits);
    if (key->roca)
        note(r, FINDING_DKIM_KEY_ROCA,
             "The RSA key at %s (%u bits) was made by the flawed generator of "
             "CVE-2017-15361 (ROCA): its private key can be computed.",
             name, key->bits);
    if (key->exponent_one)
        note(r, FINDING_DKIM_KEY_EXPONENT_ONE,
             "The RSA key at %s has the exponent 1: anybody can make signatures that "
             "verify.",
             name);
    if (key->small_factor)
        note(r, FINDING_DKIM_KEY_FACTORABLE,
             "The modulus of the RSA key at %s is divisible by %u.", name,
             key->small_factor);
    if (key->close_primes)
        note(r, FINDING_DKIM_KEY_FACTORABLE,
             "The two primes of the RSA key at %s are so close that Fermat's method "
             "finds them at once.",
             name);
    /* The status is the public contract's list; a factor that is found at once is told
     * by its finding. */
    r->weak = key->bits < RSA_BITS_GOOD || key->roca || key->exponent_one;
}

static void judge_good(struct run *r, const struct dkim_record *record,
                       const struct dkim_key *key)
{
    const char *name = r->out->name;

    if (record->algorithm == DKIM_ED25519) {
        note(r, FINDING_DKIM_KEY_ED25519,
             "The key at %s is Ed25519, which not every receiver verifies yet.", name);
        return;
    }
    if (key->bits < RSA_BITS_MIN) {
        refuse(r, FINDING_DKIM_KEY_TOO_SHORT,
               "The RSA key at %s has %u bits; below %d verifiers must refuse it.",
               name, key->bits, RSA_BITS_MIN);
        return;
    }
    note_weakness(r, key);
    if (key->bits > RSA_BITS_MAX)
        note(r, FINDING_DKIM_KEY_OVERSIZED,
             "The RSA key at %s has %u bits; verifiers need not support more than %d.",
             name, key->bits, RSA_BITS_MAX);
    if (key->exponent_large)
        note(r, FINDING_DKIM_KEY_EXPONENT_LARGE,
             "The RSA key at %s has an exponent of more than 31 bits, which some "
             "verifiers do not read.",
             name);
}

static void judge_key(struct run *r, const struct dkim_record *record, struct span der,
                      const struct dkim_key *key)
{
    const char *name = r->out->name, *type = record->key_type;

    switch (key->state) {
    case DKIM_KEY_GOOD:
        judge_good(r, record, key);
        break;
    case DKIM_KEY_NOT_DER:
        refuse(
            r, FINDING_DKIM_KEY_UNDECODABLE,
            "The key at %s is no RSA public key: its %zu bytes are not DER of one%s.",
            name, der.n,
            der.n == 32 ? ", but would be an Ed25519 key (k=ed25519)" : "");
        break;
    case DKIM_KEY_CUT:
        refuse(r, FINDING_DKIM_KEY_UNDECODABLE,
               "The key at %s is cut off: %zu bytes are there and %zu are missing at "
               "its end.",
               name, der.n, key->odd);
        break;
    case DKIM_KEY_TRAILING:
        refuse(r, FINDING_DKIM_KEY_UNDECODABLE,
               "The key at %s is followed by %zu bytes that do not belong to it.", name,
               key->odd);
        break;
    case DKIM_KEY_PRIVATE:
        refuse(r, FINDING_DKIM_KEY_PRIVATE,
               "The record at %s publishes a private key: whoever reads it can sign.",
               name);
        break;
    case DKIM_KEY_OTHER_TYPE:
        refuse(r, FINDING_DKIM_KEY_MISMATCH,
               "The key at %s is of type %s, where the record says k=%s%s.", name,
               key->is, type,
               strcmp(key->is, "Ed25519") == 0
                   ? " and DKIM wants the bare 32 bytes of an Ed25519 key"
                   : "");
        break;
    case DKIM_KEY_WRAPPED:
        refuse(r, FINDING_DKIM_KEY_WRAPPED,
               "The Ed25519 key at %s is wrapped in SubjectPublicKeyInfo (%zu bytes); "
               "p= must hold the bare 32 bytes, 44 characters of base64.",
               name, key->odd);
        break;
    case DKIM_KEY_LENGTH:
        refuse(r, FINDING_DKIM_KEY_UNDECODABLE,
               "The Ed25519 key at %s has %zu bytes where it must have 32.", name,
               key->odd);
        break;
    case DKIM_KEY_IMPOSSIBLE:
        refuse(r, FINDING_DKIM_KEY_IMPOSSIBLE,
               "The RSA key at %s has %s: no private key can belong to it.", name,
               key->is);
        break;
    }
}

static enum ac_status weigh(struct run *r, const struct dkim_record *record)
{
    struct span der;
    struct dkim_key key;
    bool good;

    if (record->algorithm == DKIM_UNKNOWN_ALGORITHM || !record->p.n)
        return AC_OK;
    TRY(decode(r, record, &der, &good));
    if (!good)
        return AC_OK;
    TRY(dkim_key_read(record->algorithm, der, &key));
    r->out->bits = key.bits;
    judge_key(r, record, der, &key);
    return AC_OK;
}

static unsigned fault_of(enum finding_id id)
{
    static const struct {
        enum finding_id id;
        unsigned fault;
    } rows[] = {
        { FINDING_DKIM_KEY_TOO_SHORT, DKIM_FAULT_SHORT },
        { FINDING_DKIM_KEY_HASH, DKIM_FAULT_HASH },
        { FINDING_DKIM_KEY_SERVICE, DKIM_FAULT_SERVICE },
        { FINDING_DKIM_KEY_DUPLICATE, DKIM_FAULT_SEVERAL },
        { FINDING_DKIM_KEY_ROCA, 0 }, /* bad, and yet it verifies */
        { FINDING_DKIM_KEY_EXPONENT_ONE, 0 },
        { FINDING_DKIM_KEY_FACTORABLE, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].id == id)
            return rows[i].fault;
    return finding_kind(id)->severity == FINDING_ERROR ? DKIM_FAULT_OTHER : 0;
}

static enum ac_status judge_record(struct run *r, const struct texts *t)
{
    struct dkim_record record;

    if (t->keys > 1)
        refuse(r, FINDING_DKIM_KEY_DUPLICATE,
               "%zu key records stand at %s; which one a verifier takes is chance.",
               t->keys, r->out->name);
    TRY(dkim_record_parse(t->key, r->out->name, &r->findings, &record));
    if (r->out->reason == FINDING_NONE) {
        r->out->reason = record.fault;
        r->out->reason_text = record.fault_text;
    }
    r->out->key_type = record.key_type;
    r->out->same_domain_only = record.same_domain_only;
    TRY(weigh(r, &record));
    if (t->others)
        note(r, FINDING_DKIM_OTHER_TEXT,
             "Beside the key, %s has %zu TXT record%s that %s no key: \"%.*s\".",
             r->out->name, t->others, t->others > 1 ? "s" : "",
             t->others > 1 ? "are" : "is", SPAN_ARG(span_to(t->other, 60)));
    if (r->out->reason != FINDING_NONE) {
        r->out->status = DKIM_INVALID;
        for (size_t i = 0; i < r->findings.n; i++)
            r->out->faults |= fault_of(r->findings.row[i].id);
        return AC_OK;
    }
    r->out->usable = AC_YES;
    r->out->status = record.testing ? DKIM_TESTING : r->weak ? DKIM_WEAK : DKIM_VALID;
    return AC_OK;
}

static enum ac_status judge_texts(struct run *r)
{
    struct texts t;

    TRY(sort_texts(r, &t));
    if (!t.keys) {
        judge_other_text(r, &t);
        return AC_OK;
    }
    r->out->record = t.key;
    if (!t.all_revoked)
        return judge_record(r, &t);
    r->out->status = DKIM_REVOKED;
    refuse(r, FINDING_DKIM_KEY_REVOKED,
           "The DKIM key at %s is revoked: its p= is empty.", r->out->name);
    return AC_OK;
}

/* selector._domainkey.domain; false when that is longer than a name may be. */
static bool key_name(const struct dkim_selector *s, struct dns_name *out)
{
    uint8_t wire[2 * DNS_NAME_MAX];
    size_t n = s->selector.n ? s->selector.n - 1u : 0;
    struct dns_name base;

    if (!dns_name_under(SPAN("_domainkey"), &s->domain, &base))
        return false;
    memcpy(wire, s->selector.wire, n);
    memcpy(wire + n, base.wire, base.n);
    return dns_name_from_wire(span_make(wire, n + base.n), out);
}

static const char *name_text(struct arena *a, const struct dkim_selector *s)
{
    const char *selector = dns_name_text(a, &s->selector);
    const char *domain = dns_name_text(a, &s->domain);

    return selector && domain ? arena_printf(a, "%s._domainkey.%s", selector, domain)
                              : NULL;
}

enum ac_status dkim_audit(struct ac_env *env, const struct dkim_selector *selector,
                          struct dkim_outcome *out)
{
    static const struct dns_answer too_long = { .outcome = DNS_NXDOMAIN };
    struct run r = { .arena = env->arena, .answer = &too_long, .out = out };
    struct dns_name name;

    *out = (struct dkim_outcome){ .status = DKIM_MISSING, .reason = FINDING_NONE };
    if (key_name(selector, &name))
        TRY(dns_get(env->dns, env->wants, &name, DNS_T_TXT, &r.answer));
    findings_init(&r.findings, env->arena);
    out->name = name_text(env->arena, selector);
    if (r.answer->n_cname)
        out->delegated =
            dns_name_text(env->arena, &r.answer->cname[r.answer->n_cname - 1]);
    if (!out->name || (r.answer->n_cname && !out->delegated))
        return AC_ENOMEM;
    if (r.answer->outcome == DNS_ANSWER)
        TRY(judge_texts(&r));
    else
        judge_outcome(&r);
    TRY(r.findings.status);
    if (!env->findings)
        return AC_OK;
    findings_append(env->findings, &r.findings);
    return env->findings->status;
}

const char *dkim_status_print(enum dkim_status status)
{
    static const char *const word[] = {
        [DKIM_TEMPERROR] = "temperror", [DKIM_MISSING] = "missing",
        [DKIM_REVOKED] = "revoked",     [DKIM_INVALID] = "invalid",
        [DKIM_TESTING] = "testing",     [DKIM_WEAK] = "weak",
        [DKIM_VALID] = "valid",
    };

    return word[status];
}

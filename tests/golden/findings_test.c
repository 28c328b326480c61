/* SPDX-License-Identifier: MIT */
/*
 * findings_test.c - the example of every finding, as `authcheck help FINDING-ID` shows
 * it, put before the program: the finding is in the report of the wrong world, and not
 * in that of the right one, where nothing else is wrong either. What the lines of an
 * example may be: src/finding/catalog.def.
 */
#include "finding/finding.h"

#include "support/dnsd.h"
#include "unit/dkim_keys.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    ZONE_BYTES = 1 << 16,
    OPTION_BYTES = 512,
    OUTPUT_BYTES = 1 << 20,
    STRING_MAX = 200, /* of a TXT record, before it is cut; 255 is the limit */
    HIDDEN_MAX = 16
};

#define TEN "0123456789"

/* What stands between < and >. */
static const struct {
    const char *shown, *meant;
    size_t n; /* not 0: so many characters of it */
} stand_in[] = {
    { "2048-bit RSA key", RSA_2048, 0 },
    { "1024-bit RSA key", RSA_1024, 0 },
    { "512-bit RSA key", RSA_512, 0 },
    { "4104-bit RSA key", RSA_4104, 0 },
    { "private RSA key", PRIVATE_PKCS1, 0 },
    { "RSA key with an even modulus", RSA_EVEN, 0 },
    { "RSA key with the ROCA mark", RSA_ROCA, 0 },
    { "RSA key with exponent 1", RSA_EXPONENT_1, 0 },
    { "RSA key with primes close together", RSA_CLOSE, 0 },
    { "RSA key with a 33-bit exponent", RSA_EXPONENT_LARGE, 0 },
    { "the first 236 characters of a key", RSA_2048, 236 },
    { "60 characters", TEN TEN TEN TEN TEN TEN, 0 },
};

/* The world in which nothing is wrong; lines of an example take the place of those with
 * the same owner and type. */
static const char *const sound[] = {
    "shop.example. MX 10 mx.shop.example.",
    "shop.example. TXT \"v=spf1 ip4:192.0.2.25 ip4:198.18.0.25 -all\"",
    "mx.shop.example. A 192.0.2.25",
    "mx.shop.example. TXT \"v=spf1 a -all\"",
    "25.2.0.192.in-addr.arpa. PTR mx.shop.example.",
    "25.0.18.198.in-addr.arpa. PTR bench.shop.example.",
    "bench.shop.example. A 198.18.0.25",
    "s1._domainkey.shop.example. TXT \"v=DKIM1; k=rsa; p=<2048-bit RSA key>\"",
    "_dmarc.shop.example. TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@shop.example\"",
    "news.shop.example. MX 10 mx.shop.example.",
    "eu.news.shop.example. MX 10 mx.shop.example.",
    "mailer.example. MX 10 mx.shop.example.",
    "news.shop.example. TXT \"v=spf1 ip4:192.0.2.25 -all\"",
    "eu.news.shop.example. TXT \"v=spf1 ip4:192.0.2.25 -all\"",
    "mailer.example. TXT \"v=spf1 ip4:192.0.2.25 -all\"",
    "_spf.mailer.example. TXT \"v=spf1 ip4:198.51.100.0/24 -all\"",
    "s1._domainkey.mailer.example. TXT \"v=DKIM1; k=rsa; p=<2048-bit RSA key>\"",
    "a.example. A 203.0.113.1",
    "b.example. A 203.0.113.2",
    "c.example. A 203.0.113.3",
    "d.example. A 203.0.113.4",
    "e.example. A 203.0.113.5",
    "f.example. A 203.0.113.6",
    "g.example. A 203.0.113.7",
    "h.example. A 203.0.113.8",
    "i.example. A 203.0.113.9",
    "j.example. A 203.0.113.10",
    "k.example. A 203.0.113.11",
};

/* One side of an example. */
struct side {
    const struct finding_kind *kind;
    char zone[ZONE_BYTES];
    size_t n;
    char domain[OPTION_BYTES], sender[OPTION_BYTES], signer[OPTION_BYTES];
    char command[OPTION_BYTES]; /* "": made of the three above */
    struct span hidden[HIDDEN_MAX];
    size_t n_hidden;
    struct dnsd *server; /* NULL: nothing is asked there */
    bool strings;        /* long strings are being cut: TXT */
    size_t string;       /* octets since the last quote */
};

#define SAY(field, ...) assert_true(snprintf(field, sizeof(field), __VA_ARGS__) > 0)

static const char *program, *folder;

static void put(struct side *s, char c)
{
    assert_true(s->n + 1 < sizeof s->zone);
    s->zone[s->n++] = c;
    s->zone[s->n] = '\0';
}

static void put_text(struct side *s, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        put(s, text[i]);
        if (text[i] == '"')
            s->string = 0;
        else if (++s->string == STRING_MAX && s->strings)
            put_text(s, "\" \"", 3);
    }
}

static bool is_range(struct span inside, unsigned *first, unsigned *last)
{
    struct span rest = inside;
    uint32_t a = 0, b = 0;

    if (!span_u32(span_cut(&rest, '-'), 1000, &a) || !rest.p ||
        !span_u32(rest, 1000, &b))
        return false;
    *first = a;
    *last = b;
    return true;
}

static void put_stand_in(struct side *s, struct span inside, unsigned number)
{
    unsigned first, last;
    char digits[16];

    if (is_range(inside, &first, &last)) {
        snprintf(digits, sizeof digits, "%u", number);
        put_text(s, digits, strlen(digits));
        return;
    }
    if (span_eq(inside, SPAN("30 terms like ip4:203.0.113.1"))) {
        for (int i = 1; i <= 30; i++) {
            char term[32];

            snprintf(term, sizeof term, "%sip4:203.0.113.%d", i > 1 ? " " : "", i);
            put_text(s, term, strlen(term));
        }
        return;
    }
    for (size_t i = 0; i < sizeof stand_in / sizeof *stand_in; i++)
        if (span_eq(inside, span_of(stand_in[i].shown))) {
            put_text(s, stand_in[i].meant,
                     stand_in[i].n ? stand_in[i].n : strlen(stand_in[i].meant));
            return;
        }
    fail_msg("%s: <%.*s> is not known here", s->kind->name, SPAN_ARG(inside));
}

/* What is between the next < and >, and cut `rest` behind it; none: a NULL span. */
static struct span next_stand_in(struct span *rest, struct span *before)
{
    *before = span_cut(rest, '<');
    return rest->p ? span_cut(rest, '>') : (struct span){ 0 };
}

static void put_line(struct side *s, struct span line)
{
    struct span rest = line, before, inside;
    unsigned first = 1, last = 1;

    while (rest.p) {
        inside = next_stand_in(&rest, &before);
        if (inside.p)
            is_range(inside, &first, &last);
    }
    s->strings = span_contains(line, '"');
    for (unsigned i = first; i <= last; i++) {
        rest = line;
        s->string = 0;
        while (rest.p) {
            inside = next_stand_in(&rest, &before);
            put_text(s, before.p, before.n);
            if (inside.p)
                put_stand_in(s, inside, i);
        }
        put(s, '\n');
    }
}

/* "NAME TYPE" of a line. */
static struct span owner_and_type(struct span line)
{
    struct span rest = line, name = span_cut(&rest, ' '), type = span_cut(&rest, ' ');

    return span_to(line, name.n + 1 + type.n);
}

/* A CNAME takes the place of everything else at its name. */
static bool is_hidden(const struct side *s, struct span line)
{
    struct span key = owner_and_type(line), rest = line, name = span_cut(&rest, ' ');

    for (size_t i = 0; i < s->n_hidden; i++) {
        struct span of = s->hidden[i], owner = span_cut(&of, ' ');

        if (span_eq(s->hidden[i], key) ||
            (span_eq(owner, name) && span_eq(of, SPAN("CNAME"))))
            return true;
    }
    return false;
}

static void take_record(struct side *s, struct span line)
{
    struct span key = owner_and_type(line), data = span_from(line, key.n), rest = key,
                owner;
    char name[OPTION_BYTES];

    if (!span_contains(key, '.') || !data.n)
        fail_msg("%s: \"%.*s\" is no line that an example can have", s->kind->name,
                 SPAN_ARG(line));
    assert_true(s->n_hidden < HIDDEN_MAX);
    s->hidden[s->n_hidden++] = key;
    if (span_eq(data, SPAN(" (no answer)"))) {
        struct dnsd_rule rule = { .name = name, .type = DNS_T_TXT, .rcode = 2 };

        owner = span_cut(&rest, ' ');
        assert_true(span_eq(rest, SPAN("TXT")));
        SAY(name, "%.*s", SPAN_ARG(owner));
        if (!s->server)
            s->server = dnsd_new(0);
        assert_non_null(s->server);
        dnsd_rule(s->server, &rule);
    } else if (!span_eq(data, SPAN(" (none)"))) {
        put_line(s, line);
    }
}

/* The text between two marks, or what is behind the first where there is no second. */
static struct span between(struct span text, const char *from, const char *to)
{
    size_t n = strlen(from), m = strlen(to);

    for (size_t i = 0; i + n <= text.n; i++)
        if (span_starts(span_from(text, i), span_of(from))) {
            text = span_from(text, i + n);
            for (size_t k = 0; k + m <= text.n; k++)
                if (span_starts(span_from(text, k), span_of(to)))
                    return span_to(text, k);
            return text;
        }
    return (struct span){ 0 };
}

static void take_line(struct side *s, struct span line)
{
    if (span_starts(line, SPAN("authcheck ")))
        SAY(s->command, "%.*s", SPAN_ARG(span_from(line, 10)));
    else if (span_starts(line, SPAN("MAIL FROM:<")))
        SAY(s->sender, "--mail-from '%.*s'", SPAN_ARG(between(line, "<", ">")));
    else if (span_starts(line, SPAN("From: <")))
        SAY(s->domain, "%.*s", SPAN_ARG(between(line, "@", ">")));
    else if (span_starts(line, SPAN("DKIM-Signature: ")))
        SAY(s->signer, "--selector %.*s._domainkey.%.*s",
            SPAN_ARG(between(line, " s=", ";")), SPAN_ARG(between(line, " d=", ";")));
    else if (span_eq(line, SPAN("(no DKIM-Signature)")))
        SAY(s->signer, "--unsigned");
    else
        take_record(s, line);
}

/* Read the lines of the example that begin with "given:" or with `which`. */
static void side_read(struct side *s, const struct finding_kind *kind,
                      const char *which)
{
    struct span rest = span_of(kind->example);
    size_t own = 0;

    *s = (struct side){ .kind = kind };
    SAY(s->domain, "shop.example");
    SAY(s->signer, "--selector s1._domainkey.shop.example");
    while (rest.p) {
        struct span line = span_cut(&rest, '\n');
        struct span begin = span_cut(&line, ' ');
        bool is_own = span_eq(begin, span_of(which));

        if (!span_eq(begin, SPAN("given:")) && !span_eq(begin, SPAN("wrong:")) &&
            !span_eq(begin, SPAN("right:")) && !span_eq(begin, SPAN("ask:")))
            fail_msg("%s: what is \"%.*s\"?", kind->name, SPAN_ARG(begin));
        if (span_eq(begin, SPAN("ask:")))
            assert_true(span_starts(line, SPAN("dig ")));
        else if (is_own || span_eq(begin, SPAN("given:")))
            take_line(s, line);
        own += is_own;
    }
    if (!own)
        fail_msg("%s: the example has no line \"%s\"", kind->name, which);
    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++)
        if (!is_hidden(s, span_of(sound[i])))
            put_line(s, span_of(sound[i]));
}

/* The report on that world. */
static json_t *side_audit(struct side *s)
{
    static char output[OUTPUT_BYTES];
    char path[OPTION_BYTES], command[8 * OPTION_BYTES], source[OPTION_BYTES];
    FILE *zone, *pipe;
    json_error_t error;
    json_t *report;
    size_t n;

    SAY(path, "%s/findings_test.zone", folder);
    zone = fopen(path, "w");
    assert_non_null(zone);
    assert_int_equal(fwrite(s->zone, 1, s->n, zone), s->n);
    assert_int_equal(fclose(zone), 0);
    if (!*s->command)
        assert_true(snprintf(s->command, sizeof s->command,
                             "%.100s --ip 192.0.2.25 "
                             "%.150s %.150s",
                             s->domain, s->sender, s->signer) > 0);
    if (s->server)
        SAY(source, "--nameserver %s --tries 1", dnsd_address(s->server));
    else
        SAY(source, "--offline");
    SAY(command, "%s %s --zone %s %s --fail-on never --format json </dev/null", program,
        s->command, path, source);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    n = fread(output, 1, sizeof output, pipe);
    pclose(pipe);
    report = json_loadb(output, n, 0, &error);
    if (!report)
        fail_msg("%s: %s\ngives no report: %.*s", s->kind->name, command, (int)n,
                 output);
    return report;
}

/* What a report says too much or too little; returns how many faults that is. */
static int side_judge(const struct side *s, const json_t *report, bool wrong)
{
    const json_t *found = json_object_get(report, "findings");
    bool seen = false;
    int faults = 0;

    for (size_t i = 0; i < json_array_size(found); i++) {
        const json_t *row = json_array_get(found, i);
        const char *id = json_string_value(json_object_get(row, "id"));
        const char *weight = json_string_value(json_object_get(row, "severity"));

        assert_non_null(id);
        assert_non_null(weight);
        if (strcmp(id, s->kind->name) == 0)
            seen = true;
        if (!wrong && (strcmp(id, s->kind->name) == 0 || strcmp(weight, "info") != 0)) {
            print_error("%s (%s): the right one has still %s: %s\n", s->kind->name,
                        s->kind->clause, id,
                        json_string_value(json_object_get(row, "message")));
            faults++;
        }
    }
    if (wrong && !seen) {
        print_error("%s (%s): the wrong one does not show it\n", s->kind->name,
                    s->kind->clause);
        faults++;
    }
    if (faults)
        print_error("authcheck %s, with\n%s\n", s->command, s->kind->example);
    return faults;
}

static int audit_all(const char *which, bool wrong)
{
    static struct side s;
    int faults = 0;

    for (int i = 0; i < FINDING_COUNT; i++) {
        json_t *report;

        side_read(&s, finding_kind((enum finding_id)i), which);
        report = side_audit(&s);
        faults += side_judge(&s, report, wrong);
        json_decref(report);
        if (s.server)
            dnsd_free(s.server);
    }
    return faults;
}

static void finding_shows_in_the_example_that_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(audit_all("wrong:", true), 0);
}

static void nothing_is_wrong_in_the_example_that_is_right(void **state)
{
    (void)state;
    assert_int_equal(audit_all("right:", false), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(finding_shows_in_the_example_that_is_wrong),
        cmocka_unit_test(nothing_is_wrong_in_the_example_that_is_right),
    };

    program = getenv("AUTHCHECK");
    program = program ? program : "build/authcheck";
    folder = getenv("BUILD");
    folder = folder ? folder : "build";
    return cmocka_run_group_tests(tests, NULL, NULL);
}

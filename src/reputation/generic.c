/* SPDX-License-Identifier: MIT */
/*
 * generic.c - does a host name say who the host is, or only where its line ends? Names
 * of dial-up pools and rented lines are made of the address, or of words for such
 * lines; receivers take mail from them as mail from an infected home computer. No RFC
 * says what such a name looks like; what stands here is what operators write and
 * filters match.
 */
#include "reputation/host.h"

enum {
    RUNS_MAX = 32,  /* runs of digits in a name that are looked at */
    OWN_LABELS = 2, /* of the organization: they tell nothing */
    NIBBLES = 32
};

/* Words for lines that anybody rents. The first ones tell alone, when digits stand
 * beside them in their label; the others only with octets of the address. */
static const char *const word[] = {
    "adsl",      "catv",        "cgn",    "cpe",     "dhcp",       "dial",
    "dialin",    "dialup",      "dsl",    "dyn",     "dynamic",    "dynamicip",
    "ftth",      "gprs",        "hfc",    "isdn",    "modem",      "ppp",
    "pppoe",     "residential", "sdsl",   "umts",    "vdsl",       "xdsl",
    "broadband", "cable",       "client", "clients", "cust",       "customer",
    "customers", "dip",         "fibre",  "hsd",     "ip",         "lte",
    "mobile",    "pool",        "pools",  "res",     "unassigned", "user",
    "users",     "wifi",        "wlan",
};

enum {
    TELLING_ALONE = 24
};

/* The part of a name that its owner gave to this host: without the last two labels. */
struct part {
    char text[DNS_TEXT_MAX];
    struct span s;
};

static void host_part(const struct dns_name *name, struct part *out)
{
    unsigned labels = dns_name_labels(name);
    struct dns_name last;
    char tail[DNS_TEXT_MAX];

    out->s = (struct span){ "", 0 };
    if (labels <= OWN_LABELS)
        return;
    last = dns_name_last(name, OWN_LABELS);
    dns_name_print(name, out->text);
    dns_name_print(&last, tail);
    out->s = span_to(span_of(out->text), strlen(out->text) - strlen(tail) - 1);
}

/* The next run of digits: its value, or more than any octet; false at the end. */
static bool next_run(struct span *rest, unsigned *value, size_t *digits)
{
    while (rest->n && !ascii_is_digit(*rest->p))
        *rest = span_from(*rest, 1);
    if (!rest->n)
        return false;
    *value = 0;
    for (*digits = 0; rest->n && ascii_is_digit(*rest->p); ++*digits) {
        if (*value <= 999)
            *value = *value * 10 + (unsigned)(*rest->p - '0');
        *rest = span_from(*rest, 1);
    }
    return true;
}

/* How many octets of the address stand in the name as numbers of their own, each number
 * counted once; the last one, which tells hosts of a network apart, must be there. */
static unsigned octets_in(struct span part, const struct ip *ip)
{
    unsigned value[RUNS_MAX], one, found = 0;
    size_t n = 0, digits;

    while (n < RUNS_MAX && next_run(&part, &one, &digits))
        if (digits <= 3)
            value[n++] = one;
    for (int octet = 3; octet >= 0; octet--) {
        size_t i = 0;

        while (i < n && value[i] != ip->bytes[octet])
            i++;
        if (i == n && octet == 3)
            return 0;
        if (i < n) {
            value[i] = 256;
            found++;
        }
    }
    return found;
}

static bool contains(struct span s, const char *needle)
{
    size_t n = strlen(needle);

    for (size_t i = 0; i + n <= s.n; i++)
        if (memcmp(s.p + i, needle, n) == 0)
            return true;
    return false;
}

/* The four octets as one text, forwards or backwards: 192000002001 or c0000201. */
static bool octets_joined(struct span part, const struct ip *ip)
{
    static const char digit[] = "0123456789abcdef";

    for (int backwards = 0; backwards < 2; backwards++) {
        char decimal[13] = "", hex[9] = "";

        for (unsigned i = 0; i < 4; i++) {
            unsigned octet = ip->bytes[backwards ? 3 - i : i];

            decimal[3 * i] = digit[octet / 100];
            decimal[3 * i + 1] = digit[octet / 10 % 10];
            decimal[3 * i + 2] = digit[octet % 10];
            hex[2 * i] = digit[octet >> 4];
            hex[2 * i + 1] = digit[octet & 15];
        }
        if (contains(part, decimal) || contains(part, hex))
            return true;
    }
    return false;
}

/* The last 64 bits, or all, as hexadecimal digits, whatever stands between them. */
static bool nibbles_in(struct span part, const struct ip *ip)
{
    static const char digit[] = "0123456789abcdef";
    char bare[DNS_TEXT_MAX], want[NIBBLES + 1] = "";
    size_t n = 0;

    for (size_t i = 0; i < part.n; i++)
        if (part.p[i] != '-' && part.p[i] != '.')
            bare[n++] = part.p[i];
    for (unsigned i = 0; i < 16; i++) {
        want[2 * i] = digit[ip->bytes[i] >> 4];
        want[2 * i + 1] = digit[ip->bytes[i] & 15];
    }
    return contains(span_make(bare, n), want + NIBBLES / 2);
}

/* A label such as "2001-db8--25" or "h2001-db8--25" that is the address in hyphens. */
static bool label_is_v6(struct span label, const struct ip *ip)
{
    char text[IP_TEXT_MAX];
    struct ip one;

    for (size_t skip = 0; skip < 4 && skip < label.n; skip++) {
        struct span s = span_from(label, skip);

        if (s.n >= sizeof text)
            continue;
        for (size_t i = 0; i < s.n; i++)
            text[i] = s.p[i] == '-' ? ':' : s.p[i];
        if (ip_parse_v6(span_make(text, s.n), &one) && ip_eq(&one, ip))
            return true;
    }
    return false;
}

static size_t word_index(struct span token)
{
    size_t i = 0;

    while (i < sizeof word / sizeof *word && !span_eq_ci(token, span_of(word[i])))
        i++;
    return i;
}

/* What the words of a label, runs of letters, say of it. */
struct label {
    bool word, telling, digits;
};

static struct label look_at(struct span label)
{
    struct label found = { .word = false };

    for (size_t i = 0; i < label.n;) {
        size_t from = i, index;

        while (i < label.n && ascii_is_alpha(label.p[i]))
            i++;
        index = word_index(span_make(label.p + from, i - from));
        found.word = found.word || index < sizeof word / sizeof *word;
        found.telling = found.telling || index < TELLING_ALONE;
        if (i == from) {
            found.digits = found.digits || ascii_is_digit(label.p[i]);
            i++;
        }
    }
    return found;
}

bool host_name_is_generic(const struct dns_name *name, const struct ip *ip)
{
    bool has_word = false, beside_digits = false, v6 = false;
    struct part part;
    struct span rest;
    unsigned octets;

    host_part(name, &part);
    rest = part.s;
    while (rest.n) {
        struct span label = span_cut(&rest, '.');
        struct label here = look_at(label);

        has_word = has_word || here.word;
        beside_digits = beside_digits || (here.telling && here.digits);
        v6 = v6 || (ip->family == 6 && label_is_v6(label, ip));
    }
    if (beside_digits || v6)
        return true;
    if (ip->family == 6)
        return nibbles_in(part.s, ip);
    octets = octets_in(part.s, ip);
    return octets == 4 || (octets >= 2 && has_word) || octets_joined(part.s, ip);
}

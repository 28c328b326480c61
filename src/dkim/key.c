/* SPDX-License-Identifier: MIT */
/*
 * key.c - public keys: RSAPublicKey (RFC 8017, A.1.1) bare or in SubjectPublicKeyInfo
 * (RFC 5280, 4.1), and Ed25519 (RFC 8463, 4.2).
 *
 * Of OpenSSL it knows nothing but big numbers (publish.c, for --key, knows more):
 * d2i_PUBKEY loads providers and the configuration file, and costs as much as whole
 * audits. The few DER elements are read here, strictly, since what opens at one
 * verifier and not at another is a fault.
 */
#include "dkim/key.h"

#include <openssl/bn.h>

enum {
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OID = 0x06,
    DER_SEQUENCE = 0x30,
    RSA_BITS_MIN = 1024,       /* below, nobody verifies: RFC 8301, 3.2 */
    RSA_BITS_EXAMINED = 16384, /* above, OpenSSL does not verify either */
    FERMAT_ROUNDS = 100,       /* what flawed generators need: CVE-2022-26320 */
    ED25519_BYTES = 32,
};

/* The primes of the ROCA test after 2: the fingerprint of a modulus (Nemec et al., "The
 * Return of Coppersmith's Attack", 2017, 5). */
static const unsigned prime[] = {
    3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,
    47,  53,  59,  61,  67,  71,  73,  79,  83,  89,  97,  101, 103,
    107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
};

enum {
    PRIMES = sizeof prime / sizeof *prime,
    SQUARE_PRIMES = 7, /* the first ones: up to 19 */
    SQUARE_MODULUS = 16 * 3 * 5 * 7 * 11 * 13 * 17 * 19
};

static uint8_t byte(struct span s, size_t i)
{
    return (uint8_t)s.p[i];
}

/*
 * Cut one element off *in: its contents go to *value. *missing is how many bytes the
 * element is longer than *in. False also for another tag and for a length that is not
 * in the one form DER allows.
 */
static bool der_read(struct span *in, unsigned tag, struct span *value, size_t *missing)
{
    size_t head = 2, n;

    *missing = 0;
    if (in->n < 2 || byte(*in, 0) != tag)
        return false;
    n = byte(*in, 1);
    if (n > 0x80) {
        size_t octets = n - 0x80;

        if (octets > 3 || in->n < 2 + octets)
            return false;
        n = 0;
        while (head < 2 + octets)
            n = n << 8 | byte(*in, head++);
        if (n < 0x80 || n >> (8 * (octets - 1)) == 0)
            return false;
    } else if (n == 0x80) {
        return false;
    }
    if (n > in->n - head) {
        *missing = n - (in->n - head);
        return false;
    }
    *value = span_to(span_from(*in, head), n);
    *in = span_from(*in, head + n);
    return true;
}

/* A positive INTEGER without its leading zeros. */
static bool der_positive(struct span *in, struct span *value)
{
    size_t missing;

    if (!der_read(in, DER_INTEGER, value, &missing) || !value->n || value->p[0] & 0x80)
        return false;
    while (value->n && !value->p[0])
        *value = span_from(*value, 1);
    return true;
}

static unsigned bits_of(struct span number)
{
    unsigned bits = (unsigned)number.n * 8;

    for (unsigned top = number.n ? byte(number, 0) : 0x80; !(top & 0x80); top <<= 1)
        bits--;
    return bits;
}

struct rsa {
    struct span n, e; /* big endian, without leading zeros */
};

/* The two numbers of RSAPublicKey; a third one tells RSAPrivateKey, whose first is the
 * version: 0. */
static enum dkim_key_state read_numbers(struct span body, struct rsa *out)
{
    if (!der_positive(&body, &out->n) || !der_positive(&body, &out->e))
        return DKIM_KEY_NOT_DER;
    if (body.n)
        return out->n.n ? DKIM_KEY_NOT_DER : DKIM_KEY_PRIVATE;
    return DKIM_KEY_GOOD;
}

static const char *type_of(struct span oid)
{
    static const struct {
        struct span oid;
        const char *name;
    } type[] = {
        { { "\x2b\x65\x70", 3 }, "Ed25519" },
        { { "\x2a\x86\x48\xce\x3d\x02\x01", 7 }, "elliptic curve (EC)" },
        { { "\x2a\x86\x48\xce\x38\x04\x01", 7 }, "DSA" },
        { { "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", 9 }, "RSASSA-PSS" },
    };

    for (size_t i = 0; i < sizeof type / sizeof *type; i++)
        if (span_eq(oid, type[i].oid))
            return type[i].name;
    return "unknown";
}

/* SubjectPublicKeyInfo: SEQUENCE { SEQUENCE { OID, parameters }, BIT STRING }. */
static enum dkim_key_state unwrap(struct span body, struct span *key, const char **is)
{
    static const struct span rsa = { "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", 9 };
    struct span algorithm, oid, bits;
    size_t missing;

    if (!der_read(&body, DER_SEQUENCE, &algorithm, &missing) ||
        !der_read(&algorithm, DER_OID, &oid, &missing) ||
        !der_read(&body, DER_BIT_STRING, &bits, &missing) || body.n || !bits.n ||
        bits.p[0])
        return DKIM_KEY_NOT_DER;
    if (!span_eq(oid, rsa)) {
        *is = type_of(oid);
        return DKIM_KEY_OTHER_TYPE;
    }
    *key = span_from(bits, 1);
    return DKIM_KEY_GOOD;
}

/* INTEGER 0, SEQUENCE: the head of PrivateKeyInfo (RFC 5208, 5). */
static bool is_private_key_info(struct span body)
{
    return span_starts(body, (struct span){ "\x02\x01\x00\x30", 4 });
}

static enum dkim_key_state read_rsa(struct span bytes, struct rsa *rsa,
                                    struct dkim_key *out)
{
    struct span body, key;
    enum dkim_key_state state;

    if (!der_read(&bytes, DER_SEQUENCE, &body, &out->odd))
        return out->odd ? DKIM_KEY_CUT : DKIM_KEY_NOT_DER;
    out->odd = bytes.n;
    if (bytes.n)
        return DKIM_KEY_TRAILING;
    if (is_private_key_info(body))
        return DKIM_KEY_PRIVATE;
    if (body.n && byte(body, 0) == DER_SEQUENCE) {
        state = unwrap(body, &key, &out->is);
        if (state != DKIM_KEY_GOOD)
            return state;
        if (!der_read(&key, DER_SEQUENCE, &body, &out->odd) || key.n)
            return DKIM_KEY_NOT_DER;
    }
    return read_numbers(body, rsa);
}

/* Is r one of 65537^0, 65537^1, ... modulo p? */
static bool is_power_of_65537(unsigned r, unsigned p)
{
    unsigned x = 1;

    do {
        if (x == r)
            return true;
        x = x * (65537 % p) % p;
    } while (x != 1);
    return false;
}

/* As many primes from the i-th on as have a product of 32 bits: one division serves
 * them all. Returns the index behind them. */
static size_t group(size_t i, BN_ULONG *product)
{
    *product = 1;
    while (i < PRIMES && *product * prime[i] <= UINT32_MAX)
        *product *= prime[i++];
    return i;
}

/* One long division by the product of all primes, and then small numbers alone. */
static bool sieve(const BIGNUM *n, BN_CTX *ctx, struct dkim_key *out)
{
    BIGNUM *rest = BN_CTX_get(ctx), *all = BN_CTX_get(ctx);
    bool ok = all && BN_one(all);
    BN_ULONG product;

    for (size_t i = 0; ok && i < PRIMES;) {
        i = group(i, &product);
        ok = BN_mul_word(all, product);
    }
    if (!ok || !BN_mod(rest, n, all, ctx))
        return false;
    out->roca = true;
    for (size_t i = 0, end; i < PRIMES; i = end) {
        BN_ULONG r;

        end = group(i, &product);
        r = BN_mod_word(rest, product);
        for (size_t k = i; k < end; k++) {
            if (r % prime[k] == 0 && !out->small_factor)
                out->small_factor = prime[k];
            out->roca =
                out->roca && is_power_of_65537((unsigned)(r % prime[k]), prime[k]);
        }
    }
    return true;
}

/* The integer square root of a word of 64 bits. */
static BN_ULONG word_root(BN_ULONG n)
{
    BN_ULONG root = 0;

    for (BN_ULONG bit = (BN_ULONG)1 << 31; bit; bit >>= 1)
        if ((root + bit) * (root + bit) <= n)
            root += bit;
    return root;
}

/* The integer square root of n > 0, by Newton's method with a precision that doubles:
 * all steps together cost little more than the last division. The first bits are a
 * word's. */
static bool square_root(BIGNUM *root, const BIGNUM *n, BN_CTX *ctx)
{
    int c = (BN_num_bits(n) - 1) / 2, d, s = 0;
    BIGNUM *t, *q;
    bool ok;

    while (c >> s > 31)
        s++;
    d = c >> s;
    BN_CTX_start(ctx);
    t = BN_CTX_get(ctx);
    q = BN_CTX_get(ctx);
    ok = q && BN_rshift(t, n, 2 * (c - d)) &&
         BN_set_word(root, word_root(BN_get_word(t)));
    while (ok && s-- > 0) {
        int e = d;

        d = c >> s;
        ok = BN_rshift(t, n, 2 * c - e - d + 1) && BN_div(q, NULL, t, root, ctx) &&
             BN_lshift(root, root, d - e - 1) && BN_add(root, root, q);
    }
    ok = ok && BN_sqr(t, root, ctx);
    if (ok && BN_cmp(t, n) > 0)
        ok = BN_sub_word(root, 1);
    BN_CTX_end(ctx);
    return ok;
}

/* Squares leave few rests: of a number modulo 16 * 3 * 5 * ... * 19, can it be one? */
static bool may_be_square(unsigned rest)
{
    unsigned low = rest % 16;

    if (low != 0 && low != 1 && low != 4 && low != 9)
        return false;
    for (size_t i = 0; i < SQUARE_PRIMES; i++) {
        unsigned p = prime[i], x = 0;

        while (x < p && x * x % p != rest % p)
            x++;
        if (x == p)
            return false;
    }
    return true;
}

/* The same modulo 23 * 29 * 31 * 37, for one in fifteen of what has passed. */
static bool may_be_square_yet(const BIGNUM *y2)
{
    static const unsigned more[] = { 23, 29, 31, 37 };
    unsigned rest = (unsigned)BN_mod_word(y2, 23 * 29 * 31 * 37);

    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        unsigned p = more[i], x = 0;

        while (x < p && x * x % p != rest % p)
            x++;
        if (x == p)
            return false;
    }
    return true;
}

/* *square: is x^2 - n the square of a whole number? */
static bool check_difference(const BIGNUM *n, const BIGNUM *x, BN_CTX *ctx,
                             bool *square)
{
    BIGNUM *y2, *y;
    bool ok;

    BN_CTX_start(ctx);
    y2 = BN_CTX_get(ctx);
    y = BN_CTX_get(ctx);
    ok = y && BN_sqr(y2, x, ctx) && BN_sub(y2, y2, n);
    *square = ok && BN_is_zero(y2);
    if (ok && !*square && may_be_square_yet(y2)) {
        ok = square_root(y, y2, ctx) && BN_sqr(y, y, ctx);
        *square = ok && BN_cmp(y, y2) == 0;
    }
    BN_CTX_end(ctx);
    return ok;
}

/* Fermat's method: n = x^2 - y^2 with x just above the root of n. From round to round
 * only rests are carried on, and a root is drawn where they say that it may pay. */
static bool fermat(const BIGNUM *n, BN_CTX *ctx, struct dkim_key *out)
{
    BIGNUM *x = BN_CTX_get(ctx), *t = BN_CTX_get(ctx);
    unsigned x_rest, rest, step = 0;

    if (!t || !square_root(x, n, ctx) || !BN_sqr(t, x, ctx))
        return false;
    if (BN_cmp(t, n) < 0 && (!BN_add_word(x, 1) || !BN_sqr(t, x, ctx)))
        return false;
    if (!BN_sub(t, t, n))
        return false;
    rest = (unsigned)BN_mod_word(t, SQUARE_MODULUS);
    x_rest = (unsigned)BN_mod_word(x, SQUARE_MODULUS);
    for (unsigned i = 0; i < FERMAT_ROUNDS && !out->close_primes; i++) {
        if (may_be_square(rest)) {
            if (!BN_add_word(x, i - step) ||
                !check_difference(n, x, ctx, &out->close_primes))
                return false;
            step = i;
        }
        /* (x + 1)^2 - n is what x^2 - n was, and 2x + 1 */
        rest = (rest + 2 * x_rest + 1) % SQUARE_MODULUS;
        x_rest = (x_rest + 1) % SQUARE_MODULUS;
    }
    return true;
}

/* All of OpenSSL that a key needs is taken and given back here. */
static enum ac_status weigh(const struct rsa *rsa, struct dkim_key *out)
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *n = BN_bin2bn((const unsigned char *)rsa->n.p, (int)rsa->n.n, NULL);
    bool ok = false;

    if (ctx && n) {
        BN_CTX_start(ctx);
        ok = sieve(n, ctx, out) && fermat(n, ctx, out);
        BN_CTX_end(ctx);
    }
    BN_free(n);
    BN_CTX_free(ctx);
    return ok ? AC_OK : AC_ENOMEM;
}

static bool is_even(struct span number)
{
    return !number.n || !(byte(number, number.n - 1) & 1);
}

/* What is wrong with the numbers by themselves; NULL: nothing. */
static const char *impossible(const struct rsa *rsa)
{
    if (is_even(rsa->n))
        return "an even modulus";
    if (!rsa->e.n)
        return "the exponent 0";
    if (is_even(rsa->e))
        return "an even exponent";
    if (rsa->e.n > rsa->n.n || (rsa->e.n == rsa->n.n && span_cmp(rsa->e, rsa->n) >= 0))
        return "an exponent that is not less than the modulus";
    return NULL;
}

static enum ac_status judge_rsa(struct span bytes, struct dkim_key *out)
{
    struct rsa rsa = { 0 };

    out->state = read_rsa(bytes, &rsa, out);
    if (out->state != DKIM_KEY_GOOD)
        return AC_OK;
    out->bits = bits_of(rsa.n);
    out->is = impossible(&rsa);
    if (out->is) {
        out->state = DKIM_KEY_IMPOSSIBLE;
        return AC_OK;
    }
    out->exponent_one = rsa.e.n == 1 && rsa.e.p[0] == 1;
    out->exponent_large = bits_of(rsa.e) > 31;
    if (out->bits < RSA_BITS_MIN || out->bits > RSA_BITS_EXAMINED)
        return AC_OK;
    return weigh(&rsa, out);
}

static void judge_ed25519(struct span bytes, struct dkim_key *out)
{
    /* SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING }: RFC 8410, 4. */
    static const struct span head = {
        "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12
    };
    struct dkim_key rsa = { 0 };
    struct rsa numbers;

    out->bits = 256;
    if (bytes.n == ED25519_BYTES)
        return;
    out->bits = 0;
    out->odd = bytes.n;
    if (span_starts(bytes, head)) {
        out->state = DKIM_KEY_WRAPPED;
    } else if (read_rsa(bytes, &numbers, &rsa) == DKIM_KEY_GOOD) {
        out->state = DKIM_KEY_OTHER_TYPE;
        out->is = "RSA";
    } else {
        out->state = DKIM_KEY_LENGTH;
    }
}

enum ac_status dkim_key_read(enum dkim_algorithm algorithm, struct span bytes,
                             struct dkim_key *out)
{
    *out = (struct dkim_key){ .state = DKIM_KEY_GOOD };
    switch (algorithm) {
    case DKIM_RSA:
        return judge_rsa(bytes, out);
    case DKIM_ED25519:
        judge_ed25519(bytes, out);
        break;
    case DKIM_UNKNOWN_ALGORITHM:
        break;
    }
    return AC_OK;
}

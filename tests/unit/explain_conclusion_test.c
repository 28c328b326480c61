/* SPDX-License-Identifier: MIT */
/*
 * explain_conclusion_test.c - class by class, world by world: does the DNS still
 * explain the refusal, by which findings, and what is to be done?
 */
#include "explain/conclusion.h"
#include "support/play.h"
#include "unit/dkim_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SPF    "shop.example. TXT \"v=spf1 ip4:192.0.2.25 -all\"\n"
#define SOFT   "shop.example. TXT \"v=spf1 ip4:192.0.2.25 ~all\"\n"
#define BROKEN "shop.example. TXT \"v=spf1 ipv4:192.0.2.25 -all\"\n"
#define REJECT "_dmarc.shop.example. TXT \"v=DMARC1; p=reject\"\n"
#define WATCH  "_dmarc.shop.example. TXT \"v=DMARC1; p=none\"\n"
#define KEY    "s1._domainkey.shop.example. TXT \"v=DKIM1; k=ed25519; p=" ED25519 "\"\n"
#define GONE   "s1._domainkey.shop.example. TXT \"v=DKIM1; p=\"\n"
#define OTHER  "mailer.example. TXT \"v=spf1 ip4:192.0.2.25 -all\"\n"
#define ALIEN \
    "s1._domainkey.mailer.example. TXT \"v=DKIM1; k=ed25519; p=" ED25519 "\"\n"
#define GOOD   "192.0.2.25"
#define BAD    "203.0.113.9"
#define FAILS  EXPLAIN_STILL_FAILING
#define FIXED  EXPLAIN_FIXED
#define NO_DNS EXPLAIN_NOT_DNS
#define OPEN   EXPLAIN_UNDECIDED

struct row {
    const char *why;
    enum bounce_class_id class;
    const char *zone, *ip, *selector, *mail_from; /* as in play.h */
    enum explain_state state;
    const char *because; /* ids with blanks between */
    const char *words;   /* in the sentence; NULL: any */
    const char *step;    /* in one of the steps; NULL: any */
    const char *fault;   /* as in play.h */
    const char *said_spf, *said_dkim, *reply, *helo;
    unsigned code;
    bool is_unsigned;
    bool hidden; /* the audit is not shown beside */
};

static const struct row dmarc_rows[] = {
    { "SPF fails and no signature is known: DMARC fails, and p=reject asks for it",
      BOUNCE_CLASS_DMARC_POLICY, SPF REJECT, BAD, NULL, NULL, FAILS,
      "spf-ip-not-authorized dkim-unsigned", .words = "SPF gives fail for 203.0.113.9",
      .step = "DKIM-Signature" },
    { "a signature whose key is revoked does not help", BOUNCE_CLASS_DMARC_POLICY,
      SPF REJECT GONE, BAD, "s1", NULL, FAILS, "spf-ip-not-authorized dkim-key-revoked",
      .words = "s1._domainkey.shop.example is revoked", .step = "TTL" },
    { "SPF that passes for another domain is to blame for its alignment",
      BOUNCE_CLASS_DMARC_POLICY, SPF OTHER REJECT, GOOD, NULL, "b@mailer.example",
      FAILS, "spf-not-aligned dkim-unsigned", .words = "but is not aligned" },
    { "DMARC passes by SPF", BOUNCE_CLASS_DMARC_POLICY, SPF REJECT, GOOD, NULL, NULL,
      FIXED, "", .words = "by SPF of 192.0.2.25", .step = "forwarded" },
    { "DMARC passes by the signature: it broke in transit", BOUNCE_CLASS_DMARC_POLICY,
      SPF REJECT KEY, BAD, "s1", NULL, FIXED, "",
      .words = "by a signature of the key s1.", .step = "The receiver saw dkim=fail",
      .said_dkim = "fail" },
    { "without an address a good signature decides", BOUNCE_CLASS_DMARC_POLICY,
      SPF REJECT KEY, NULL, "s1", NULL, FIXED, "", .words = "by a signature" },
    { "a policy that asks for nothing any more explains nothing",
      BOUNCE_CLASS_DMARC_POLICY, SPF WATCH, BAD, NULL, NULL, FIXED, "",
      .words = "asks for no action" },
    { "a policy that is gone explains nothing", BOUNCE_CLASS_DMARC_POLICY, SPF, BAD,
      NULL, NULL, FIXED, "", .words = "no DMARC policy is published" },
    { "nor without an address", BOUNCE_CLASS_DMARC_POLICY, SPF, NULL, NULL, NULL, FIXED,
      "", .words = "no DMARC policy is published" },
    { "without an address SPF is open", BOUNCE_CLASS_DMARC_POLICY, SPF REJECT, NULL,
      NULL, NULL, OPEN, "", .words = "the address that connected", .step = "--ip" },
    { "silence is never taken for a mend", BOUNCE_CLASS_DMARC_POLICY, SPF, BAD, NULL,
      NULL, OPEN, "dmarc-lookup-failed", .words = "did not answer",
      .step = "--nameserver", .fault = "_dmarc.shop.example TXT timeout" },
    { "nor SERVFAIL for SPF", BOUNCE_CLASS_DMARC_POLICY, REJECT, GOOD, NULL, NULL, OPEN,
      "spf-dns-error", .words = "did not answer",
      .fault = "shop.example TXT servfail" },
    { "of two causes the one in the DNS is looked at",
      BOUNCE_CLASS_DMARC_POLICY_OR_LOCAL, SPF REJECT, BAD, NULL, NULL, FAILS,
      "spf-ip-not-authorized dkim-unsigned", .words = "" },
    { "where DMARC passes the other one is left", BOUNCE_CLASS_DMARC_POLICY_OR_LOCAL,
      SPF REJECT, GOOD, NULL, NULL, NO_DNS, "", .words = "a rule of the receiver" },
    { "neither leg passes, whatever the policy", BOUNCE_CLASS_DMARC_POLICY_OR_AUTH,
      SPF WATCH, BAD, NULL, NULL, FAILS, "spf-ip-not-authorized", .words = "" },
    { "a local policy that names nothing may be DMARC", BOUNCE_CLASS_LOCAL_POLICY,
      SPF REJECT, BAD, NULL, NULL, FAILS, "spf-ip-not-authorized dkim-unsigned",
      .words = "" },
    { "or not", BOUNCE_CLASS_LOCAL_POLICY, SPF REJECT, GOOD, NULL, NULL, NO_DNS, "",
      .words = "" },
    { "two records are an error", BOUNCE_CLASS_DMARC_ERROR,
      SPF REJECT "_dmarc.shop.example. TXT \"v=DMARC1; p=none\"\n", GOOD, NULL, NULL,
      FAILS, "dmarc-multiple-records", .words = "faulty" },
    { "a good record is none", BOUNCE_CLASS_DMARC_ERROR, SPF REJECT, GOOD, NULL, NULL,
      FIXED, "", .words = "in order" },
    { "no answer is neither", BOUNCE_CLASS_DMARC_ERROR, SPF, GOOD, NULL, NULL, OPEN,
      "dmarc-lookup-failed", .words = "did not answer",
      .fault = "_dmarc.shop.example TXT timeout" },
    { "a record is asked for and missing", BOUNCE_CLASS_DMARC_MISSING_BULK, SPF, GOOD,
      NULL, NULL, FAILS, "dmarc-record-missing", .words = "no DMARC policy applies" },
    { "it needs no address", BOUNCE_CLASS_DMARC_MISSING_BULK, SPF, NULL, NULL, NULL,
      FAILS, "dmarc-record-missing", .words = "" },
    { "it is there", BOUNCE_CLASS_DMARC_MISSING_BULK, SPF WATCH, GOOD, NULL, NULL,
      FIXED, "", .words = "published at _dmarc.shop.example" },
    { "it was not answered for", BOUNCE_CLASS_DMARC_MISSING_BULK, SPF, GOOD, NULL, NULL,
      OPEN, "dmarc-lookup-failed", .fault = "_dmarc.shop.example TXT timeout" },
    { "a server that fails explains a temporary error", BOUNCE_CLASS_DMARC_TEMPERROR,
      SPF, GOOD, NULL, NULL, FAILS, "dmarc-lookup-failed dns-not-answered",
      .words = "the DNS fails", .step = "tries again",
      .fault = "_dmarc.shop.example TXT servfail", .code = 451 },
    { "a key that is not answered for is one too", BOUNCE_CLASS_DMARC_TEMPERROR,
      SPF REJECT, BAD, "s1", NULL, FAILS, "dkim-dns-error dns-not-answered",
      .fault = "s1._domainkey.shop.example TXT servfail" },
    { "silence may be our own", BOUNCE_CLASS_DMARC_TEMPERROR, SPF, GOOD, NULL, NULL,
      OPEN, "dmarc-lookup-failed dns-not-answered", .step = "--nameserver",
      .fault = "_dmarc.shop.example TXT timeout" },
    { "the DNS answers again", BOUNCE_CLASS_DMARC_TEMPERROR, SPF REJECT, GOOD, NULL,
      NULL, FIXED, "", .words = "the DNS answers", .step = "Wait", .code = 451 },
    { "nothing that passes is aligned", BOUNCE_CLASS_ALIGNMENT_BULK,
      SPF OTHER WATCH ALIEN, GOOD, "s1._domainkey.mailer.example", "b@mailer.example",
      FAILS, "spf-not-aligned dkim-not-aligned",
      .words = "neither SPF nor DKIM passes" },
    { "the MAIL FROM domain is aligned now", BOUNCE_CLASS_ALIGNMENT, SPF WATCH, GOOD,
      NULL, NULL, FIXED, "", .words = "aligned with shop.example" },
    { "alignment without an address is open", BOUNCE_CLASS_ALIGNMENT, SPF WATCH, NULL,
      NULL, NULL, OPEN, "", .step = "--ip" },
    { "but not with an aligned signature", BOUNCE_CLASS_ALIGNMENT, SPF WATCH KEY, NULL,
      "s1", NULL, FIXED, "", .words = "" },
    { "a leg that was not answered for may be aligned", BOUNCE_CLASS_ALIGNMENT, WATCH,
      GOOD, NULL, NULL, OPEN, "spf-dns-error dkim-unsigned", .words = "surely",
      .fault = "shop.example TXT timeout" },
};

static const struct row spf_rows[] = {
    { "SPF fails", BOUNCE_CLASS_SPF_FAIL, SPF, BAD, NULL, NULL, FAILS,
      "spf-ip-not-authorized",
      .words = "SPF gives fail for 203.0.113.9 (domain shop.example)" },
    { "softfail does not pass either, and generic accepts it", BOUNCE_CLASS_SPF_FAIL,
      SOFT WATCH, BAD, NULL, NULL, FAILS, "spf-ip-not-authorized",
      .words = "softfail" },
    { "a good signature does not matter", BOUNCE_CLASS_SPF_FAIL, SPF REJECT KEY, BAD,
      "s1", NULL, FAILS, "spf-ip-not-authorized", .words = "" },
    { "no record does not pass", BOUNCE_CLASS_SPF_HARDFAIL, REJECT, GOOD, NULL, NULL,
      FAILS, "spf-record-missing", .words = "SPF gives none" },
    { "SPF passes", BOUNCE_CLASS_SPF_FAIL, SPF, GOOD, NULL, NULL, FIXED, "",
      .words = "SPF passes for 192.0.2.25", .step = "The receiver saw spf=fail",
      .said_spf = "fail" },
    { "the reply names the HELO name, which fails", BOUNCE_CLASS_SPF_FAIL,
      SPF "mx.shop.example. TXT \"v=spf1 -all\"\n", GOOD, NULL, NULL, FAILS,
      "spf-helo-fails", .words = "(HELO mx.shop.example)",
      .reply = "Please see http://www.openspf.net/Why?s=helo;id=mx.shop.example",
      .helo = "mx.shop.example" },
    { "without an address SPF is open", BOUNCE_CLASS_SPF_FAIL, SPF, NULL, NULL, NULL,
      OPEN, "", .words = "address that connected", .step = "--ip" },
    { "no answer is no mend", BOUNCE_CLASS_SPF_FAIL, "", GOOD, NULL, NULL, OPEN,
      "spf-dns-error", .step = "--nameserver", .fault = "shop.example TXT timeout" },
    { "the record is broken", BOUNCE_CLASS_SPF_PERMERROR, BROKEN, GOOD, NULL, NULL,
      FAILS, "spf-syntax-error", .words = "the SPF record is faulty" },
    { "which is seen without an address", BOUNCE_CLASS_SPF_PERMERROR, BROKEN, NULL,
      NULL, NULL, FAILS, "spf-syntax-error", .words = "" },
    { "the record is in order", BOUNCE_CLASS_SPF_PERMERROR, SPF, GOOD, NULL, NULL,
      FIXED, "", .words = "the SPF record is in order" },
    { "which is seen without an address", BOUNCE_CLASS_SPF_PERMERROR, SPF, NULL, NULL,
      NULL, FIXED, "", .words = "the SPF record is in order" },
    { "the record is in order, and the address is not in it",
      BOUNCE_CLASS_SPF_PERMERROR, SPF, BAD, NULL, NULL, FAILS, "spf-ip-not-authorized",
      .words = "What failed then is in order, but" },
    { "the DNS answers again, and the policy asks to refuse",
      BOUNCE_CLASS_DMARC_TEMPERROR, SPF REJECT, BAD, NULL, NULL, FAILS,
      "spf-ip-not-authorized dkim-unsigned",
      .words = "What failed then is in order, but" },
    { "a policy that names nothing may be DMARC, which says it all",
      BOUNCE_CLASS_LOCAL_POLICY, SPF REJECT, BAD, NULL, NULL, FAILS,
      "spf-ip-not-authorized dkim-unsigned",
      .words = "the DNS would explain it: DMARC fails" },
    { "a macro is no question that was not answered", BOUNCE_CLASS_SPF_PERMERROR,
      "shop.example. TXT \"v=spf1 exists:%{l}.shop.example ip4:192.0.2.25 -all\"\n",
      NULL, NULL, NULL, FIXED, "", .words = "in order" },
    { "the record is not known", BOUNCE_CLASS_SPF_PERMERROR, "", BAD, NULL, NULL, OPEN,
      "spf-dns-error", .fault = "shop.example TXT timeout" },
    { "a server that fails explains a temporary error", BOUNCE_CLASS_SPF_TEMPERROR, "",
      GOOD, NULL, NULL, FAILS, "spf-dns-error dns-not-answered",
      .words = "the DNS fails for SPF", .fault = "shop.example TXT servfail" },
    { "it answers again", BOUNCE_CLASS_SPF_TEMPERROR, SPF, GOOD, NULL, NULL, FIXED, "",
      .words = "it failed for a time" },
    { "an error of either kind: permerror", BOUNCE_CLASS_SPF_ERROR, BROKEN, GOOD, NULL,
      NULL, FAILS, "spf-syntax-error", .words = "" },
    { "an error of either kind: none", BOUNCE_CLASS_SPF_ERROR, SPF, GOOD, NULL, NULL,
      FIXED, "", .words = "" },
    { "a record that lets too many send", BOUNCE_CLASS_SPF_RECORD,
      "shop.example. TXT \"v=spf1 ip4:192.0.0.0/4 -all\"\n", GOOD, NULL, NULL, FAILS,
      "spf-wide-range", .words = "too many" },
    { "a modest record", BOUNCE_CLASS_SPF_RECORD, SPF, GOOD, NULL, NULL, FIXED, "",
      .words = "" },
    { "bulk mail must pass SPF", BOUNCE_CLASS_SPF_REQUIRED_BULK, SPF KEY, BAD, "s1",
      NULL, FAILS, "spf-ip-not-authorized", .words = "" },
};

static const struct row dkim_rows[] = {
    { "the key is missing", BOUNCE_CLASS_DKIM_FAIL, SPF, GOOD, "s1", NULL, FAILS,
      "dkim-key-missing", .words = "s1._domainkey.shop.example is missing" },
    { "one of two keys is revoked", BOUNCE_CLASS_DKIM_FAIL,
      SPF GONE "s2._domainkey.shop.example. TXT \"v=DKIM1; k=ed25519; p=" ED25519
               "\"\n",
      GOOD, "s1 s2", NULL, FAILS, "dkim-key-revoked", .words = "" },
    { "the key is in order: the signature broke in transit", BOUNCE_CLASS_DKIM_FAIL,
      SPF KEY, BAD, "s1", NULL, FIXED, "", .words = "the signature broke in transit",
      .step = "changes the mail behind the signer" },
    { "it needs no address", BOUNCE_CLASS_DKIM_FAIL, SPF KEY, NULL, "s1", NULL, FIXED,
      "", .words = "" },
    { "how it was signed is not known", BOUNCE_CLASS_DKIM_FAIL, SPF KEY, GOOD, NULL,
      NULL, OPEN, "", .words = "how the mail was signed", .step = "--selector" },
    { "it bears no signature, as the user says", BOUNCE_CLASS_DKIM_FAIL, SPF KEY, BAD,
      NULL, NULL, FAILS, "", .words = "bears no DKIM signature", .is_unsigned = true },
    { "the key was not answered for", BOUNCE_CLASS_DKIM_FAIL, SPF, GOOD, "s1", NULL,
      OPEN, "dkim-dns-error", .words = "not answered for", .step = "--nameserver",
      .fault = "s1._domainkey.shop.example TXT timeout" },
    { "what is not acceptable in a good key is the receiver's own affair",
      BOUNCE_CLASS_DKIM_UNACCEPTABLE, SPF KEY, GOOD, "s1", NULL, NO_DNS, "",
      .words = "" },
    { "bulk mail must be signed", BOUNCE_CLASS_DKIM_REQUIRED_BULK, SPF GONE, GOOD, "s1",
      NULL, FAILS, "dkim-key-revoked", .words = "" },
    { "one usable key is enough", BOUNCE_CLASS_DKIM_REQUIRED_BULK,
      SPF GONE "s2._domainkey.shop.example. TXT \"v=DKIM1; k=ed25519; p=" ED25519
               "\"\n",
      GOOD, "s1 s2", NULL, FIXED, "", .words = "s2._domainkey.shop.example verifies" },
    { "that no signature is known is no sign that there is none",
      BOUNCE_CLASS_DKIM_REQUIRED_BULK, SPF, GOOD, NULL, NULL, OPEN, "",
      .step = "--selector" },
    { "the receiver says that it passed", BOUNCE_CLASS_BULK_AUTH_REQUIRED, SPF WATCH,
      GOOD, NULL, NULL, FIXED, "", .words = "as the receiver says",
      .said_dkim = "pass" },
};

static const struct row both_rows[] = {
    { "neither passes", BOUNCE_CLASS_UNAUTHENTICATED, SPF, BAD, NULL, NULL, FAILS,
      "spf-ip-not-authorized dkim-unsigned",
      .words = "no DKIM signature of the mail is known" },
    { "neither passes: the key is missing", BOUNCE_CLASS_UNAUTHENTICATED_IPV6, SPF,
      "2001:db8::9", "s1", NULL, FAILS, "spf-ip-not-authorized dkim-key-missing",
      .words = "" },
    { "a usable key is enough", BOUNCE_CLASS_UNAUTHENTICATED, SPF KEY, BAD, "s1", NULL,
      FIXED, "", .words = "verifies signatures" },
    { "SPF is enough", BOUNCE_CLASS_UNAUTHENTICATED, SPF, GOOD, NULL, NULL, FIXED, "",
      .words = "SPF passes" },
    { "without an address a usable key decides", BOUNCE_CLASS_UNAUTHENTICATED, SPF KEY,
      NULL, "s1", NULL, FIXED, "", .words = "" },
    { "without an address it is open", BOUNCE_CLASS_UNAUTHENTICATED, SPF, NULL, NULL,
      NULL, OPEN, "", .step = "--ip" },
    { "several failed", BOUNCE_CLASS_MULTI_AUTH, SPF, BAD, NULL, NULL, FAILS,
      "spf-ip-not-authorized dkim-unsigned", .words = "" },
    { "or DMARC alone", BOUNCE_CLASS_AUTH_REQUIRED, SPF OTHER REJECT, GOOD, NULL,
      "b@mailer.example", FAILS, "spf-not-aligned dkim-unsigned", .words = "" },
    { "all three are asked for, SPF fails", BOUNCE_CLASS_BULK_AUTH_REQUIRED,
      SPF REJECT KEY, BAD, "s1", NULL, FAILS, "spf-ip-not-authorized", .words = "" },
    { "all three are asked for, a policy is missing", BOUNCE_CLASS_BULK_AUTH_REQUIRED,
      SPF KEY, GOOD, "s1", NULL, FAILS, "dmarc-record-missing", .words = "" },
    { "all three are asked for, the policy is seen to be missing without an address",
      BOUNCE_CLASS_BULK_AUTH_REQUIRED, SPF KEY, NULL, "s1", NULL, FAILS,
      "dmarc-record-missing", .words = "" },
    { "all three pass", BOUNCE_CLASS_BULK_AUTH_REQUIRED, SPF WATCH KEY, GOOD, "s1",
      NULL, FIXED, "", .words = "" },
    { "p=none counts as a policy, and DMARC fails", BOUNCE_CLASS_BULK_AUTH_REQUIRED,
      SPF OTHER WATCH ALIEN, GOOD, "s1._domainkey.mailer.example", "b@mailer.example",
      FAILS, "spf-not-aligned dkim-not-aligned", .words = "" },
};

#define PTR  "9.113.0.203.in-addr.arpa. PTR mail.shop.example.\n"
#define BACK "mail.shop.example. A 203.0.113.9\n"
#define RENT                                                           \
    "9.0.18.198.in-addr.arpa. PTR dsl-198-18-0-9.pool.shop.example.\n" \
    "dsl-198-18-0-9.pool.shop.example. A 198.18.0.9\n"
#define BENCH "198.18.0.9"
#define MX    "shop.example. MX 10 mail.shop.example.\n"
#define SOA   "shop.example. SOA ns. root. 1 1 1 1 1\n"
#define ZEN   "2.0.0.127.zen.spamhaus.org. A 127.0.0.2\n"
#define DBL   "dbltest.com.dbl.spamhaus.org. A 127.0.1.2\n"
#define QUOTE \
    "blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/203.0.113.9"

/* 198.18.0.0/15 is for benchmarks, and its names are judged as any others. */
static const struct row host_rows[] = {
    { "the address has no name", BOUNCE_CLASS_PTR, SPF, BENCH, NULL, NULL, FAILS,
      "host-ptr-missing", .words = "198.18.0.9 has no name (PTR)" },
    { "its name does not lead back", BOUNCE_CLASS_PTR,
      SPF "9.0.18.198.in-addr.arpa. PTR mail.shop.example.\n" BACK, BENCH, NULL, NULL,
      FAILS, "host-ptr-not-confirmed", .words = "leads back" },
    { "its name leads back", BOUNCE_CLASS_PTR, SPF PTR BACK, BAD, NULL, NULL, FIXED, "",
      .words = "has the name mail.shop.example, which leads back" },
    { "a name as of a rented line is a name", BOUNCE_CLASS_PTR, SPF RENT, BENCH, NULL,
      NULL, FIXED, "", .words = "rented line" },
    { "unless the reply is about that", BOUNCE_CLASS_PTR, SPF RENT, BENCH, NULL, NULL,
      FAILS, "host-name-generic", .reply = "PTR generic or dynamic" },
    { "no answer is not no name", BOUNCE_CLASS_PTR, SPF, BAD, NULL, NULL, OPEN,
      "dns-not-answered", .fault = "9.113.0.203.in-addr.arpa PTR timeout",
      .words = "did not tell" },
    { "no address", BOUNCE_CLASS_PTR, SPF, NULL, NULL, NULL, OPEN, "", .step = "--ip" },
    { "IPv6 wants a name or authentication: the name", BOUNCE_CLASS_PTR_OR_AUTH_IPV6,
      SPF, BENCH, NULL, NULL, FAILS,
      "spf-ip-not-authorized dkim-unsigned host-ptr-missing", .words = "" },
    { "a rented line may not send", BOUNCE_CLASS_IP_POLICY, SPF RENT, BENCH, NULL, NULL,
      FAILS, "host-name-generic", .reply = "dynamic address" },
    { "a good name leaves the receiver's own rule", BOUNCE_CLASS_IP_POLICY,
      SPF PTR BACK, BAD, NULL, NULL, NO_DNS, "", .words = "a rule of the receiver" },
    { "the EHLO name does not exist", BOUNCE_CLASS_HELO, SPF, BENCH, NULL, NULL, FAILS,
      "host-helo-unknown", .words = "mx.test does not exist" },
    { "where the audit is not shown the step is told here", BOUNCE_CLASS_HELO, SPF,
      BENCH, NULL, NULL, FAILS, "host-helo-unknown", .hidden = true,
      .step = "HELO name to a full name" },
    { "and for an address without a name", BOUNCE_CLASS_PTR, SPF, BENCH, NULL, NULL,
      FAILS, "host-ptr-missing", .hidden = true, .step = "set a PTR name" },
    { "the EHLO name is not whole", BOUNCE_CLASS_HELO, SPF, BENCH, NULL, NULL, FAILS,
      "host-helo-not-fqdn", .helo = "localhost", .words = "is not a whole name" },
    { "the EHLO name is none", BOUNCE_CLASS_HELO, SPF, BENCH, NULL, NULL, FAILS,
      "host-helo-invalid", .helo = "a b", .words = "is no name" },
    { "the EHLO name is in order", BOUNCE_CLASS_HELO, SPF BACK, BENCH, NULL, NULL,
      FIXED, "", .helo = "mail.shop.example" },
    { "a literal is in order", BOUNCE_CLASS_HELO, SPF, BENCH, NULL, NULL, FIXED, "",
      .helo = "[203.0.113.9]" },
    { "the EHLO name was not answered for", BOUNCE_CLASS_HELO, SPF, BENCH, NULL, NULL,
      OPEN, "", .fault = "mx.test * timeout", .words = "was not answered for" },
    { "no address, no EHLO name", BOUNCE_CLASS_HELO, SPF, NULL, NULL, NULL, OPEN, "",
      .step = "--ip" },
    { "the sender domain does not exist", BOUNCE_CLASS_SENDER_DNS, SPF MX BACK SOA, BAD,
      NULL, "a@gone.test", FAILS, "sender-domain-missing",
      .words = "gone.test cannot take" },
    { "the sender domain takes mail", BOUNCE_CLASS_SENDER_DNS, SPF MX BACK SOA, BAD,
      NULL, NULL, FIXED, "", .words = "can take mail" },
    { "a call-back that fails may have other causes", BOUNCE_CLASS_SENDER_VERIFY,
      SPF MX BACK SOA, BAD, NULL, NULL, NO_DNS, "", .words = "" },
    { "the sender domain was not answered for", BOUNCE_CLASS_SENDER_DNS,
      SPF MX BACK SOA, BAD, NULL, "a@slow.test", OPEN, "",
      .fault = "slow.test * timeout", .words = "slow.test was not answered for" },
    { "a null MX", BOUNCE_CLASS_NULL_MX, SPF "shop.example. MX 0 .\n" SOA, BAD, NULL,
      NULL, FAILS, "sender-null-mx", .words = "null MX" },
    { "no null MX any more, and it needs no address", BOUNCE_CLASS_NULL_MX,
      SPF MX BACK SOA, NULL, NULL, NULL, FIXED, "", .words = "has no null MX" },
    { "listed by the list that the reply names", BOUNCE_CLASS_DNSBL_IP,
      SPF ZEN "9.113.0.203.zen.spamhaus.org. A 127.0.0.2\n", BAD, NULL, NULL, FAILS,
      "blocklist-address-listed", .reply = QUOTE, .words = "is on Spamhaus ZEN",
      .step = "https://check.spamhaus.org/results/?query=203.0.113.9" },
    { "not listed any more", BOUNCE_CLASS_DNSBL_IP, SPF ZEN, BAD, NULL, NULL, FIXED, "",
      .reply = QUOTE, .words = "is not on Spamhaus ZEN" },
    { "a list that cannot be asked from here", BOUNCE_CLASS_DNSBL_IP, SPF, BAD, NULL,
      NULL, OPEN, "blocklist-unchecked", .reply = QUOTE,
      .words = "from here (its page tells: https://" },
    { "a list that we do not ask", BOUNCE_CLASS_DNSBL_IP, SPF ZEN, BAD, NULL, NULL,
      OPEN, "", .reply = "blocked by bl.nobody.test", .words = "was not asked" },
    { "a listing elsewhere speaks where the reply names no list of ours",
      BOUNCE_CLASS_DNSBL_IP, SPF ZEN "9.113.0.203.zen.spamhaus.org. A 127.0.0.2\n", BAD,
      NULL, NULL, FAILS, "blocklist-address-listed", .reply = "listed" },
    { "but not against the list that it names", BOUNCE_CLASS_DNSBL_IP,
      SPF ZEN "2.0.0.127.bl.spamcop.net. A 127.0.0.2\n"
              "9.113.0.203.bl.spamcop.net. A 127.0.0.2\n",
      BAD, NULL, NULL, FIXED, "", .reply = QUOTE },
    { "no address to look up", BOUNCE_CLASS_DNSBL_IP, SPF ZEN, NULL, NULL, NULL, OPEN,
      "", .step = "--ip" },
    { "a listed domain", BOUNCE_CLASS_DNSBL_DOMAIN,
      SPF DBL "shop.example.dbl.spamhaus.org. A 127.0.1.2\n", NULL, NULL, NULL, FAILS,
      "blocklist-domain-listed", .reply = "see https://www.spamhaus.org/query/dbl" },
    { "reputation is not in the DNS: pages", BOUNCE_CLASS_IP_REPUTATION, SPF, BAD, NULL,
      NULL, NO_DNS, "", .words = "" },
};

static const struct row other_rows[] = {
    { "an unknown user", BOUNCE_CLASS_RECIPIENT, SPF REJECT, GOOD, NULL, NULL, NO_DNS,
      "", .words = "No SPF, DKIM or DMARC record decides this" },
    { "beside it the records are broken", BOUNCE_CLASS_RELAY_PERMISSION, SPF REJECT,
      BAD, NULL, NULL, NO_DNS, "", .step = "Beside that, mend the DNS" },
    { "no pattern fits, and the DNS is fine", BOUNCE_CLASS_NONE, SPF REJECT, GOOD, NULL,
      NULL, OPEN, "", .words = "would be accepted by generic",
      .step = "Read the reply" },
    { "no pattern fits, and the DNS is not", BOUNCE_CLASS_NONE, SPF REJECT, BAD, NULL,
      NULL, OPEN, "", .words = "would be refused by generic" },
    { "no pattern fits, and the DNS does not answer", BOUNCE_CLASS_NONE, "", GOOD, NULL,
      NULL, OPEN, "", .words = "accepted or refused",
      .fault = "_dmarc.shop.example TXT timeout" },
    { "no pattern fits, and p=quarantine", BOUNCE_CLASS_NONE,
      "_dmarc.shop.example. TXT \"v=DMARC1; p=quarantine\"\n", GOOD, NULL, NULL, OPEN,
      "", .words = "filed as spam" },
    { "no pattern fits, and there is no address", BOUNCE_CLASS_NONE, SPF, NULL, NULL,
      NULL, OPEN, "", .words = "no pattern", .step = "--ip" },
};

static struct bounce bounce_of(const struct row *row)
{
    return (struct bounce){
        .has_refusal = true,
        .code = row->code ? row->code : 550,
        .text = span_of(row->reply ? row->reply : "550 no"),
        .verdict = { .class = row->class, .confidence = BOUNCE_HIGH },
        .has_ip = row->ip != NULL,
        .said_spf = span_of(row->said_spf),
        .said_dkim = span_of(row->said_dkim),
    };
}

static const char *because(const struct conclusion *c, struct arena *arena)
{
    const char *all = "";

    for (size_t i = 0; i < c->n_because; i++)
        all = arena_printf(arena, "%s%s%s", all, i ? " " : "",
                           finding_kind(c->because[i])->name);
    return all;
}

static bool some_step(const struct conclusion *c, const char *words)
{
    for (size_t i = 0; i < c->n_steps; i++)
        if (strstr(c->step[i], words))
            return true;
    return false;
}

/* beside: host, sender domain and block lists are asked as well. */
static void check(const struct row *row, bool beside)
{
    const struct play_row world = { .why = row->why,
                                    .zone = row->zone,
                                    .fault = row->fault,
                                    .domain = "shop.example",
                                    .ip = row->ip,
                                    .selector = row->selector,
                                    .mail_from = row->mail_from,
                                    .helo = row->helo ? row->helo : "mx.test",
                                    .is_unsigned = row->is_unsigned };
    const char *stand_in = explain_row(row->class)->stand_in;
    struct bounce bounce = bounce_of(row);
    struct conclusion c;
    struct arena arena;
    struct audit *audit;
    struct play p;

    arena_init(&arena, 1 << 20);
    play_init(&p, &world);
    if (stand_in)
        p.receiver[0] = receiver_find(span_of(stand_in));
    p.options.bulk = explain_row(row->class)->bulk;
    p.options.reputation = p.options.dnsbl = beside;
    audit = play_run(&p, 0);
    assert_int_equal(
        explain_conclude(&bounce, audit_result(audit), !row->hidden, &arena, &c),
        AC_OK);
    if (c.state != row->state || strcmp(because(&c, &arena), row->because) != 0 ||
        (row->words && !strstr(c.text, row->words)) ||
        (row->step && !some_step(&c, row->step)))
        fail_msg("%s\n%s\nexpected %s because of \"%s\", \"%s\", step \"%s\"\ngot %s "
                 "because of \"%s\", \"%s\", first step \"%s\"",
                 row->why, row->zone, explain_state_print(row->state), row->because,
                 row->words ? row->words : "", row->step ? row->step : "",
                 explain_state_print(c.state), because(&c, &arena), c.text,
                 c.n_steps ? c.step[0] : "");
    play_end(&p, audit);
    arena_free(&arena);
}

#define CHECK_ALL(rows, beside)                                \
    for (size_t i = 0; i < sizeof(rows) / sizeof *(rows); i++) \
    check(&(rows)[i], beside)

static void conclusion_of_dmarc_classes(void **state)
{
    (void)state;
    CHECK_ALL(dmarc_rows, false);
}

static void conclusion_of_spf_classes(void **state)
{
    (void)state;
    CHECK_ALL(spf_rows, false);
}

static void conclusion_of_dkim_classes(void **state)
{
    (void)state;
    CHECK_ALL(dkim_rows, false);
}

static void conclusion_of_classes_with_several_legs(void **state)
{
    (void)state;
    CHECK_ALL(both_rows, false);
}

static void conclusion_of_host_sender_and_list_classes(void **state)
{
    (void)state;
    CHECK_ALL(host_rows, true);
}

static void conclusion_of_other_classes(void **state)
{
    (void)state;
    CHECK_ALL(other_rows, false);
}

static void conclusion_without_a_domain_says_what_is_lacking(void **state)
{
    const struct row no_dns = { .class = BOUNCE_CLASS_RATE };
    const struct row dmarc = { .class = BOUNCE_CLASS_DMARC_POLICY };
    const struct row none = { .class = BOUNCE_CLASS_NONE };
    const struct row helo = { .class = BOUNCE_CLASS_HELO };
    struct bounce bounce = bounce_of(&dmarc);
    struct conclusion c;
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(explain_conclude(&bounce, NULL, false, &arena, &c), AC_OK);
    assert_int_equal(c.state, EXPLAIN_UNDECIDED);
    assert_true(some_step(&c, "--domain"));
    /* What needs no look at the sender's records is done first. */
    bounce = bounce_of(&helo);
    assert_int_equal(explain_conclude(&bounce, NULL, false, &arena, &c), AC_OK);
    assert_int_equal(c.state, EXPLAIN_UNDECIDED);
    assert_string_equal(c.step[0], bounce_class(BOUNCE_CLASS_HELO)->next);
    bounce = bounce_of(&no_dns);
    assert_int_equal(explain_conclude(&bounce, NULL, false, &arena, &c), AC_OK);
    assert_int_equal(c.state, EXPLAIN_NOT_DNS);
    assert_true(some_step(&c, bounce_class(BOUNCE_CLASS_RATE)->next));
    bounce = bounce_of(&none);
    assert_int_equal(explain_conclude(&bounce, NULL, false, &arena, &c), AC_OK);
    assert_int_equal(c.state, EXPLAIN_UNDECIDED);
    assert_true(some_step(&c, "--domain"));
    bounce.has_refusal = false;
    assert_int_equal(explain_conclude(&bounce, NULL, false, &arena, &c), AC_OK);
    assert_int_equal(c.state, EXPLAIN_UNDECIDED);
    assert_non_null(strstr(c.text, "no refusal"));
    arena_free(&arena);
}

static void conclusion_every_class_of_authentication_has_a_row(void **state)
{
    static const enum bounce_class_id without[] = { BOUNCE_CLASS_ARC_FAIL,
                                                    BOUNCE_CLASS_DKIM2 };

    (void)state;
    for (int i = 1; i < BOUNCE_CLASS_COUNT; i++) {
        enum bounce_class_id class = (enum bounce_class_id)i;
        bool expected = bounce_class(class)->area == BOUNCE_AREA_AUTHENTICATION ||
                        bounce_class(class)->area == BOUNCE_AREA_HOST;

        for (size_t k = 0; k < sizeof without / sizeof *without; k++)
            expected = expected && class != without[k];
        if (expected && !explain_row(class)->way[0])
            fail_msg("%s has no row in conclusion.def", bounce_class(class)->name);
    }
}

static void conclusion_every_stand_in_is_a_receiver(void **state)
{
    (void)state;
    for (int i = 0; i < BOUNCE_CLASS_COUNT; i++) {
        const char *name = explain_row((enum bounce_class_id)i)->stand_in;

        if (name)
            assert_non_null(receiver_find(span_of(name)));
    }
}

static void conclusion_out_of_memory_is_told(void **state)
{
    const struct play_row world = { .zone = SPF REJECT KEY,
                                    .domain = "shop.example",
                                    .ip = BAD,
                                    .selector = "s1",
                                    .helo = "mx.test" };
    struct bounce bounce = bounce_of(&dmarc_rows[0]);
    enum ac_status status = AC_ENOMEM;
    struct conclusion c;
    struct audit *audit;
    struct play p;

    (void)state;
    play_init(&p, &world);
    audit = play_run(&p, 0);
    for (size_t cap = 0; cap < 1 << 16 && status == AC_ENOMEM; cap += 64) {
        struct arena arena;

        arena_init(&arena, cap);
        status = explain_conclude(&bounce, audit_result(audit), true, &arena, &c);
        arena_free(&arena);
    }
    assert_int_equal(status, AC_OK);
    play_end(&p, audit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conclusion_of_dmarc_classes),
        cmocka_unit_test(conclusion_of_spf_classes),
        cmocka_unit_test(conclusion_of_dkim_classes),
        cmocka_unit_test(conclusion_of_classes_with_several_legs),
        cmocka_unit_test(conclusion_of_host_sender_and_list_classes),
        cmocka_unit_test(conclusion_of_other_classes),
        cmocka_unit_test(conclusion_without_a_domain_says_what_is_lacking),
        cmocka_unit_test(conclusion_every_class_of_authentication_has_a_row),
        cmocka_unit_test(conclusion_every_stand_in_is_a_receiver),
        cmocka_unit_test(conclusion_out_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

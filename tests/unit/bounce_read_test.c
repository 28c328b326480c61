/* SPDX-License-Identifier: MIT */
/*
 * bounce_read_test.c - what is read out of a bounce: reply code (RFC 5321, 4.2),
 * enhanced code (RFC 3463, 2), words, and whose mail it was; from texts of every form
 * that servers and programs have for it.
 */
#include "bounce/bounce.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    ARENA_CAP = 64 * 1024 * 1024
};

/* NULL: nothing may be told; ANY: not looked at. */
#define ANY ((const char *)1)

struct row {
    const char *name, *bounce;
    unsigned code;
    const char *enhanced, *text, *host, *recipient;
};

/* All rows of a table are looked at before the test fails. */
static unsigned wrong;

#define WRONG(...) (wrong++, printf("     " __VA_ARGS__), printf("\n"))

static void none_is_wrong(void)
{
    unsigned n = wrong;

    wrong = 0;
    if (n)
        fail_msg("%u differences, told above", n);
}

static void check_span(const char *name, const char *what, struct span found,
                       const char *expected)
{
    if (expected == ANY)
        return;
    if (!expected && found.p && found.n)
        WRONG("%s: %s: nothing expected, \"%.*s\" found", name, what, SPAN_ARG(found));
    if (expected && !span_eq(found, span_of(expected)))
        WRONG("%s: %s: \"%s\" expected, \"%.*s\" found", name, what, expected,
              SPAN_ARG(found));
}

static void read_text(const char *bounce, struct arena *arena, struct bounce *out)
{
    arena_init(arena, ARENA_CAP);
    assert_int_equal(bounce_read(span_of(bounce), arena, out), AC_OK);
}

static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct row *r = &rows[i];
        struct arena arena;
        struct bounce b;

        read_text(r->bounce, &arena, &b);
        if (b.code != r->code)
            WRONG("%s: code %u expected, %u found (RFC 5321, 4.2)", r->name, r->code,
                  b.code);
        check_span(r->name, "enhanced code (RFC 3463, 2)", b.enhanced, r->enhanced);
        check_span(r->name, "text", b.text, r->text);
        check_span(r->name, "host", b.host, r->host);
        check_span(r->name, "recipient", b.recipient, r->recipient);
        arena_free(&arena);
    }
    none_is_wrong();
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

/* --- codes and lines --------------------------------------------------------- */

static void bounce_read_every_spelling_of_the_codes(void **state)
{
    static const struct row rows[] = {
        { "plain", "550 5.7.1 Mail refused for DMARC reasons", 550, "5.7.1",
          "550 5.7.1 Mail refused for DMARC reasons", NULL, NULL },
        { "blank in the code", "550 5.7 1 unauthenticated mail is refused", 550,
          "5.7.1", ANY, NULL, NULL },
        { "hash", "550 #5.7.1 unauthenticated mail", 550, "5.7.1", ANY, NULL, NULL },
        { "hash in brackets at the end", "553 Not for this domain (#5.7.1)", 553,
          "5.7.1", ANY, NULL, NULL },
        { "brackets", "550 [5.7.23] SPF said no", 550, "5.7.23", ANY, NULL, NULL },
        { "colon", "550: 5.7.1 no", 550, "5.7.1", ANY, NULL, NULL },
        { "no enhanced code", "554 Refused by policy", 554, NULL, ANY, NULL, NULL },
        { "571", "571 Message refused", 571, NULL, "571 Message refused", NULL, NULL },
        { "no reply code", "Refused by our domain policy (#5.7.1)", 0, "5.7.1",
          "Refused by our domain policy (#5.7.1)", NULL, NULL },
        { "no code at all", "Email refused: it violates our policy", 0, NULL,
          "Email refused: it violates our policy", NULL, NULL },
        { "code of another class is none", "550 4.7.1.9 and 4.7.1 later", 550, NULL,
          ANY, NULL, NULL },
        { "an address is no code", "550 refused, 5.7.1.4 is listed", 550, NULL, ANY,
          NULL, NULL },
        { "three digits each", "550 5.7.509 Access refused", 550, "5.7.509", ANY, NULL,
          NULL },
        { "specific in the text, code first", "421 4.7.0 try later", 421, "4.7.0", ANY,
          NULL, NULL },
    };

    (void)state;
    CHECK(rows);
}

static void bounce_read_joins_the_lines_of_a_reply(void **state)
{
    static const struct row rows[] = {
        { "continued",
          "550-5.7.26 Not from shop.example\n550-5.7.26 as its policy\n"
          "550 5.7.26 says. abc - gsmtp\n",
          550, "5.7.26",
          "550-5.7.26 Not from shop.example as its policy says. abc - gsmtp", NULL,
          NULL },
        { "continued without enhanced codes", "550-One\r\n550-two\r\n550 three\r\n",
          550, NULL, "550-One two three", NULL, NULL },
        { "empty lines of a reply", "550-5.7.1 One\n550-5.7.1\n550 5.7.1 two", 550,
          "5.7.1", "550-5.7.1 One two", NULL, NULL },
        { "a second reply is another", "550 5.1.1 One\n554 5.7.1 two", 550, "5.1.1",
          "550 5.1.1 One", NULL, NULL },
        { "folded", "550 5.7.1 Refused\n    by the policy\n    of shop.example", 550,
          "5.7.1", "550 5.7.1 Refused by the policy of shop.example", NULL, NULL },
        { "quoted", "> > 550-5.7.1 Refused\n> > 550 5.7.1 by us", 550, "5.7.1",
          "550-5.7.1 Refused by us", NULL, NULL },
        { "line ends as logs write them", "550-5.7.1 Refused\\n550 5.7.1 by us", 550,
          "5.7.1", "550-5.7.1 Refused by us", NULL, NULL },
        { "in one line", "550-5.7.1 Refused by 550-5.7.1 us all 550 5.7.1 here", 550,
          "5.7.1", "550-5.7.1 Refused by us all here", NULL, NULL },
        { "ends at an empty line", "550 5.7.1 Refused\n\nSee you", 550, "5.7.1",
          "550 5.7.1 Refused", NULL, NULL },
        { "signs that only look like ASCII",
          "550\xc2\xa0"
          "5.7.1 domain\xe2\x80\x99s \xe2\x80\x9cpolicy\xe2\x80\x9d",
          550, "5.7.1", "550 5.7.1 domain's \"policy\"", NULL, NULL },
    };

    (void)state;
    CHECK(rows);
}

/* Numbers that are no reply: the code behind them is found, or none. */
static void bounce_read_numbers_that_are_no_code(void **state)
{
    static const struct row rows[] = {
        { "amounts", "We took 550 messages.\n\n554 5.7.1 Refused", 554, "5.7.1",
          "554 5.7.1 Refused", NULL, NULL },
        { "time and date", "At 10:450 on 2026-550-1 with port 5500/tcp", 0, NULL, ANY,
          NULL, NULL },
        { "telephone", "Call 555-1234 now", 0, NULL, ANY, NULL, NULL },
        { "address", "450.12.1.2 is not 550:1:2", 0, NULL, ANY, NULL, NULL },
        { "size", "550 KB are too many", 0, NULL, ANY, NULL, NULL },
    };

    (void)state;
    CHECK(rows);
}

/* --- programs and logs ------------------------------------------------------- */

static void bounce_read_logs_and_programs(void **state)
{
    static const struct row rows[] = {
        { "Postfix",
          "Nov 21 02:00:01 mx1 postfix/smtp[12]: 4Xa: to=<u@there.example>, "
          "relay=mx.there.example[203.0.113.9]:25, delay=1.2, dsn=5.7.1, "
          "status=bounced (host mx.there.example[203.0.113.9] said: 550-5.7.1 Refused "
          "550 5.7.1 by policy (in reply to end of DATA command))",
          550, "5.7.1", "550-5.7.1 Refused by policy", "mx.there.example",
          "u@there.example" },
        { "Postfix, before the mail",
          "postfix/smtp[12]: 4Xa: to=<u@there.example>, "
          "relay=mx.there.example[2001:db8::25]:25, dsn=4.7.1, status=deferred (host "
          "mx.there.example[2001:db8::25] refused to talk to me: 450 4.7.1 no name)",
          450, "4.7.1", "450 4.7.1 no name", "mx.there.example", "u@there.example" },
        { "Exim",
          "2026-11-21 02:00:01 1abCde-000123-AB ** u@there.example R=dns T=smtp "
          "H=mx.there.example [203.0.113.9]: SMTP error from remote mail server after "
          "end of data: 550 Refused by policy",
          550, NULL, "550 Refused by policy", "mx.there.example", "u@there.example" },
        { "Sendmail",
          "sendmail[99]: sA1: to=<u@there.example>, delay=00:00:02, mailer=esmtp, "
          "relay=mx.there.example. [203.0.113.9], dsn=5.7.1, reply=550 5.7.1 Refused "
          "by policy, stat=Service unavailable",
          550, "5.7.1", "550 5.7.1 Refused by policy", "mx.there.example",
          "u@there.example" },
        { "Exchange, tracking log",
          "2026-11-21T02:00:00Z,,,mx1,EX01,08DC,3,203.0.113.9:25,SMTP,FAIL,123,"
          "<m@shop.example>,u@there.example,550 5.7.1 Refused for SPF,1024,1,,,Hello",
          550, "5.7.1", "550 5.7.1 Refused for SPF", NULL, "u@there.example" },
        { "Exchange, last error",
          "[{LRT=11/21/2026 2:00:00 AM};{LED=550 5.7.1 Refused by policy};"
          "{FQDN=mx.there.example};{IP=203.0.113.9}]",
          550, "5.7.1", "550 5.7.1 Refused by policy", NULL, NULL },
        { "Exchange, last error behind an expiry",
          "550 4.4.7 QUEUE.Expired; message expired LED=450 4.7.26 no SPF", 450,
          "4.7.26", ANY, NULL, NULL },
        { "an expiry quotes what it met",
          "554 4.4.7 Message expired after 840 minutes.<421 4.7.1 try later>", 421,
          "4.7.1", ANY, NULL, NULL },
        { "Python",
          "smtplib.SMTPDataError: (550, b'5.7.26 Refused for\\n5.7.26 DMARC')", 550,
          "5.7.26", "550 5.7.26 Refused for DMARC", NULL, NULL },
        { "Node.js",
          "Error: Message failed: 550 #5.7.1 Unauthenticated mail is refused.\n"
          "    at SMTPConnection.fail (/app/lib/smtp.js:790:19) {\n"
          "  responseCode: 550,\n",
          550, "5.7.1", "550 #5.7.1 Unauthenticated mail is refused.", NULL, NULL },
        { "PHP, words before the code",
          "DATA command failed Detail: Refused under policy. SMTP code: 550 Additional "
          "SMTP info: 5.7.1",
          550, "5.7.1",
          "DATA command failed Detail: Refused under policy. SMTP code: 550 Additional "
          "SMTP info: 5.7.1",
          NULL, NULL },
        { "JSON",
          "{\"email\":\"u@there.example\",\"reason\":\"550 5.7.1 Refused, as it was\","
          "\"type\":\"bounce\"}",
          550, "5.7.1", "550 5.7.1 Refused, as it was", NULL, ANY },
        { "Postfix, in the log of the server that refused",
          "postfix/smtpd[12]: NOQUEUE: reject: RCPT from mail.shop.example"
          "[198.51.100.7]: 550 5.7.23 <u@there.example>: Recipient address rejected: "
          "SPF; from=<bounce@shop.example> to=<u@there.example> proto=ESMTP "
          "helo=<mail.shop.example>",
          550, "5.7.23",
          "550 5.7.23 <u@there.example>: Recipient address rejected: SPF", NULL,
          "u@there.example" },
        { "a milter, without a reply code",
          "postfix/cleanup[9]: 4X: milter-reject: END-OF-MESSAGE from mail.shop.example"
          "[198.51.100.7]: 5.7.1 rejected by our policy; from=<b@shop.example> "
          "to=<u@there.example> proto=ESMTP",
          0, "5.7.1", "5.7.1 rejected by our policy", NULL, "u@there.example" },
        { "an event in JSON, the words under another key than the code",
          "{\"recipient\":\"u@there.example\",\"delivery-status\":{\"message\":\"5.7.1 "
          "\\\"Refused\\\" by the receiver, sorry\",\"code\":550,\"mx\":\"x.example\"}}",
          550, "5.7.1", "550 5.7.1 \\\"Refused\\\" by the receiver, sorry", ANY,
          "u@there.example" },
        { "the same on lines of its own, and words that are too few",
          "{\n \"email\": \"u@there.example\",\n \"reason\": \"bounced\",\n"
          " \"status\": \"550\",\n \"details\": \"Refused by the policy of there\"\n}",
          550, NULL, "550 Refused by the policy of there", ANY, "u@there.example" },
        { "a program in Python",
          "SMTPRecipientsRefused: {'u@there.example': (550, b'5.7.1 Refused')}", 550,
          "5.7.1", "550 5.7.1 Refused", NULL, "u@there.example" },
        { "the reply alone tells whom it is about",
          "550 5.1.1 <u@there.example>: Recipient address rejected", 550, "5.1.1", ANY,
          NULL, "u@there.example" },
        { "and that it is about a sender",
          "550 5.7.1 <b@shop.example>: Sender rejected", 550, "5.7.1", ANY, NULL,
          NULL },
        { "the next line of a log ends a reply",
          "2026-11-01 10:00:01 1tBBBB-000000-1A ** u@there.example R=r H=mx.there.example "
          "[203.0.113.9]: SMTP error from remote mail server: 550 5.7.1 Refused\n"
          "2026-11-01 10:00:01 1tBBBB-000000-1A Completed\n",
          550, "5.7.1", "550 5.7.1 Refused", "mx.there.example", "u@there.example" },
        { "a time in a reply is no log",
          "550 5.7.1 Refused [mx.there.example\n2026-11-01T10:00:01.000Z 08DD]", 550,
          "5.7.1", "550 5.7.1 Refused [mx.there.example 2026-11-01T10:00:01.000Z 08DD]",
          NULL, NULL },
        { "Exim refuses",
          "H=a.shop.example [198.51.100.7] F=<b@shop.example> rejected "
          "RCPT <u@there.example>: SPF check failed",
          0, NULL, ANY, NULL, "u@there.example" },
        { "PowerMTA, a line of a table",
          "b,2026-11-21 02:00:00,bounce@shop.example,u@there.example,,failed,5.7.1 (no),"
          "\"smtp;550 5.7.1 Refused, sorry\",mx.there.example (203.0.113.9),smtp",
          550, "5.7.1", "550 5.7.1 Refused, sorry", NULL, "u@there.example" },
        { "fields of a report without one",
          "Final-Recipient: rfc822; u@there.example\nAction: failed\nStatus: 5.0.0\n"
          "Remote-MTA: dns; mx.there.example\n"
          "Diagnostic-Code: smtp; 550-5.7.23 Refused: SPF\n 550 5.7.23 said no\n",
          550, "5.7.23", "550-5.7.23 Refused: SPF said no", "mx.there.example",
          "u@there.example" },
    };

    (void)state;
    CHECK(rows);
}

/* --- prose of mail systems --------------------------------------------------- */

#define HEAD                                         \
    "From: MAILER-DAEMON@mx1.shop.example\n"         \
    "To: bounce@shop.example\n"                      \
    "Subject: Undelivered Mail Returned to Sender\n" \
    "Date: Sat, 21 Nov 2026 02:00:00 +0000\n"

#define COPY                                                               \
    "Return-Path: <bounce@shop.example>\n"                                 \
    "Received: from app (app [10.0.0.5]) by mx1.shop.example with SMTP;\n" \
    "  Sat, 21 Nov 2026 01:59:59 +0000\n"                                  \
    "DKIM-Signature: v=1; a=rsa-sha256; d=shop.example;\n"                 \
    "  s=s1; h=from; bh=x; b=y\n"                                          \
    "From: \"Sales, 550 5.9.9\" <sales@shop.example>\n"                    \
    "To: u@there.example\n"                                                \
    "Subject: 554 5.7.999 this is no reply\n"                              \
    "Message-ID: <1@shop.example>\n"                                       \
    "MIME-Version: 1.0\n"                                                  \
    "\n"                                                                   \
    "550 5.7.999 nor is this\n"

static void bounce_read_prose_of_mail_systems(void **state)
{
    static const struct row rows[] = {
        { "qmail",
          HEAD "\nHi. This is the qmail-send program at shop.example.\n\n"
               "<u@there.example>:\n203.0.113.9 failed after I sent the message.\n"
               "Remote host said: 550-5.7.1 Refused\n550 5.7.1 by policy\n"
               "Giving up on 203.0.113.9.\n\n"
               "--- Below this line is a copy of the message.\n\n" COPY,
          550, "5.7.1", "550-5.7.1 Refused by policy", ANY, "u@there.example" },
        { "qmail, no reply",
          HEAD "\n<u@there.example>:\nSorry, no mailbox here. (#5.1.1)\n\n"
               "--- Below this line is a copy of the message.\n\n" COPY,
          0, "5.1.1", "Sorry, no mailbox here. (#5.1.1)", NULL, "u@there.example" },
        { "Exim",
          HEAD "\nThe following address(es) failed:\n\n  u@there.example\n"
               "    host mx.there.example [203.0.113.9]\n"
               "    SMTP error from remote mail server after end of data:\n"
               "    550-Refused by the policy of\n    550 shop.example for:\n"
               "    u@there.example\n\n"
               "------ This is a copy of the message, including all the headers. ------"
               "\n\n" COPY,
          550, NULL, "550-Refused by the policy of shop.example for: u@there.example",
          "mx.there.example", "u@there.example" },
        { "Postfix without parts",
          HEAD "\n<u@there.example>: host mx.there.example[203.0.113.9] said: 550\n"
               "    5.7.1 Refused (in reply to\n    end of DATA command)\n\n"
               "Original message follows.\n\n" COPY,
          550, "5.7.1", "550 5.7.1 Refused", "mx.there.example", "u@there.example" },
        { "Sendmail",
          HEAD "\n   ----- The following addresses had permanent fatal errors -----\n"
               "<u@there.example>\n    (reason: 550 5.7.1 Refused (by policy))\n\n"
               "   ----- Transcript of session follows -----\n"
               "... while talking to mx.there.example.:\n>>> DATA\n"
               "<<< 550-5.7.1 Refused (by\n<<< 550 5.7.1 policy)\n"
               "554 5.0.0 Service unavailable\n\n"
               "   ----- Message header follows -----\n\n" COPY,
          550, "5.7.1", ANY, ANY, "u@there.example" },
        { "Exchange",
          HEAD "\nDelivery has failed to these recipients or groups:\n\n"
               "u@there.example<mailto:u@there.example>\nYour message was refused.\n\n"
               "Diagnostic information for administrators:\n\n"
               "Generating server: ex1.shop.example\n\nu@there.example\n"
               "mx.there.example\n"
               "Remote Server returned '550 5.7.1 The domain's policy refused it'\n\n"
               "Original message headers:\n\n" COPY,
          550, "5.7.1", "550 5.7.1 The domain's policy refused it", "mx.there.example",
          "u@there.example" },
        { "Office 365, details",
          HEAD "\nYour message to u@there.example couldn't be delivered.\n\n"
               "Error Details\nReported error:\t550 5.7.1 Refused by policy\n"
               "DSN generated by:\tA.eurprd01.prod.outlook.com\n"
               "Remote server:\tmx.there.example\n",
          550, "5.7.1", "550 5.7.1 Refused by policy", "mx.there.example",
          "u@there.example" },
        { "DragonFly",
          HEAD "\nThere was an error delivering your mail to <u@there.example>.\n\n"
               "mx.there.example [203.0.113.9] did not like our final DATA:\n"
               "550-5.7.1 Refused by\n550-5.7.1\n550 5.7.1  policy\n\n"
               "Message headers follow.\n\n" COPY,
          550, "5.7.1", "550-5.7.1 Refused by policy", "mx.there.example",
          "u@there.example" },
        { "hMailServer",
          HEAD "\nThe following recipient(s) could not be reached:\n\n"
               "u@there.example\n   Error Type: SMTP\n   Remote server replied: 550 "
               "Refused by policy\n",
          550, NULL, "550 Refused by policy", NULL, "u@there.example" },
        { "domino",
          HEAD "\nwas not delivered to:\n\n  u@there.example\n\nbecause:\n\n"
               "  User u (u@there.example) not listed\n",
          0, NULL, "User u (u@there.example) not listed", NULL, "u@there.example" },
        { "InterScan",
          HEAD "\nSent <<< RCPT TO:<u@there.example>\nReceived >>> 550 5.1.1 "
               "<u@there.example>... unknown\n",
          550, "5.1.1", "550 5.1.1 <u@there.example>... unknown", NULL,
          "u@there.example" },
        { "Courier",
          HEAD "\n<u@there.example>:\n    mx.there.example [203.0.113.9]:\n"
               ">>> RCPT TO:<u@there.example>\n<<< 550-5.7.1 Refused by\n"
               "<<< 550 5.7.1 policy\n\n-----------\n",
          550, "5.7.1", "550-5.7.1 Refused by policy", "mx.there.example",
          "u@there.example" },
        { "a reason in brackets", HEAD "\n  u@there.example (user not found)\n", 0,
          NULL, "user not found", NULL, "u@there.example" },
        { "Exchange, refused by itself",
          HEAD "\nDiagnostic information for administrators:\n\n"
               "Generating server: ex1.shop.example\n\nu@there.example\n"
               "#550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized ##rfc822;"
               "u@there.example\n",
          550, "5.7.1", "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized",
          "ex1.shop.example", "u@there.example" },
        { "Exchange 2003",
          HEAD "\n<mx1.shop.example #5.7.1 smtp;550 5.7.1 Unable to relay>\n", 550,
          "5.7.1", "550 5.7.1 Unable to relay", ANY, ANY },
        { "Gmail, another's reply",
          HEAD "\n** Message blocked **\n\nYour message to u@there.example has been "
               "blocked.\n\nThe response from the remote server was:\n\n"
               "550 5.7.1 Refused by policy\n\n",
          550, "5.7.1", "550 5.7.1 Refused by policy", NULL, "u@there.example" },
        { "Cisco quotes",
          HEAD "\nThe reason for the problem:\n5.3.0 - Other mail system problem "
               "550-\"Refused here (#5.7.1)\"\n",
          550, "5.7.1", ANY, NULL, ANY },
        { "a header in the words begins a copy", HEAD "\n554 5.7.1 Refused\n\n" COPY,
          554, "5.7.1", "554 5.7.1 Refused", NULL, ANY },
        { "nothing above the copy", HEAD "\nOriginal message follows:\n\n" COPY, 0,
          NULL, NULL, NULL, ANY },
    };

    (void)state;
    CHECK(rows);
}

/* --- reports ----------------------------------------------------------------- */

#define REPORT(words, fields)                                                 \
    HEAD "MIME-Version: 1.0\nContent-Type: multipart/report;\n"               \
         "  report-type=delivery-status; boundary=\"B\"\n\n--B\n"             \
         "Content-Type: text/plain\n\n" words "\n--B\n"                       \
         "Content-Type: message/delivery-status\n\n"                          \
         "Reporting-MTA: dns; mx1.shop.example\n"                             \
         "X-Postfix-Sender: rfc822; bounce@shop.example\n\n" fields "\n--B\n" \
         "Content-Type: message/rfc822\n\n" COPY "\n--B--\n"

#define FAILED(address, status, more)                                                 \
    "Final-Recipient: rfc822; " address "\nAction: failed\nStatus: " status "\n" more \
    "\n"

static void bounce_read_reports(void **state)
{
    static const struct row rows[] = {
        { "the diagnostic is the reply",
          REPORT("Failed.\n", FAILED("u@there.example", "5.7.1",
                                     "Remote-MTA: dns; mx.there.example\n"
                                     "Diagnostic-Code: smtp; 550 5.7.1 Refused by\n"
                                     "    policy\n")),
          550, "5.7.1", "550 5.7.1 Refused by policy", "mx.there.example",
          "u@there.example" },
        { "the code of the reply says more than the status",
          REPORT("", FAILED("u@there.example", "5.0.0",
                            "Diagnostic-Code: smtp; 550 5.7.26 Refused\n")),
          550, "5.7.26", ANY, NULL, "u@there.example" },
        { "the status says more than a reply of X.0.0",
          REPORT("", FAILED("u@there.example", "5.7.1",
                            "Diagnostic-Code: smtp; 550 5.0.0 Refused\n")),
          550, "5.7.1", ANY, NULL, "u@there.example" },
        { "the status alone",
          REPORT("", FAILED("u@there.example", "5.1.2 (no such\n host)", "")), 0,
          "5.1.2", "no such host", NULL, "u@there.example" },
        { "code in the words where the diagnostic has none",
          REPORT("<u@there.example>: host mx.there.example[203.0.113.9] said: 550 "
                 "5.7.1 Refused\n",
                 FAILED("u@there.example", "5.0.0",
                        "Diagnostic-Code: X-Local; refused\n")),
          550, "5.7.1", "550 5.7.1 Refused", "mx.there.example", "u@there.example" },
        { "all lines are in the transcript",
          REPORT("... while talking to mx.there.example.:\n<<< 550-5.7.1 Refused by\n"
                 "<<< 550 5.7.1 policy\n",
                 FAILED("u@there.example", "5.7.1",
                        "Diagnostic-Code: SMTP; 550-5.7.1 Refused by\n")),
          550, "5.7.1", "550-5.7.1 Refused by policy", "mx.there.example",
          "u@there.example" },
        { "a fault of folding",
          REPORT("", FAILED("u@there.example", "5.7.1",
                            "Diagnostic-Code: smtp; 550-5.7.1 Refused by\n"
                            "550 5.7.1 policy\n")),
          550, "5.7.1", "550-5.7.1 Refused by policy", NULL, "u@there.example" },
        { "empty lines within a recipient",
          REPORT("", "Final-Recipient: rfc822; u@there.example\n\nAction: failed\n\n"
                     "Status: 5.7.1\n\nDiagnostic-Code: smtp; 550 5.7.1 Refused\n"),
          550, "5.7.1", "550 5.7.1 Refused", NULL, "u@there.example" },
        { "of several the one refused for authentication",
          REPORT("", FAILED("a@there.example", "5.1.1",
                            "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n")
                         FAILED("b@there.example", "5.7.26",
                                "Diagnostic-Code: smtp; 550 5.7.26 Unauthenticated "
                                "email from shop.example is not accepted due to "
                                "domain's DMARC policy.\n")
                             FAILED("c@there.example", "5.1.1",
                                    "Diagnostic-Code: smtp; 550 5.1.1 Unknown\n")),
          550, "5.7.26", ANY, NULL, "b@there.example" },
        { "else the first that failed",
          REPORT("", "Final-Recipient: rfc822; a@there.example\nAction: delayed\n"
                     "Status: 4.4.1\nDiagnostic-Code: smtp; 451 4.4.1 later\n\n"
                     "Final-Recipient: rfc822; d@there.example\nAction: delivered\n"
                     "Status: 2.0.0\nDiagnostic-Code: smtp; 250 2.0.0 OK\n\n" FAILED(
                         "b@there.example", "5.1.1",
                         "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n")
                         FAILED("c@there.example", "5.2.2",
                                "Diagnostic-Code: smtp; 552 5.2.2 Full\n")),
          550, "5.1.1", ANY, NULL, "b@there.example" },
        { "time is up, and the words tell what was met",
          REPORT("ex1 - Remote Server at mx.there.example (203.0.113.9) returned '550 "
                 "4.4.7 Message expired'\nex1 - Remote Server at mx.there.example "
                 "(203.0.113.9) returned '451 4.7.1 No reverse name'\n",
                 FAILED("u@there.example", "4.4.7",
                        "Diagnostic-Code: smtp; 550 4.4.7 Message expired\n")),
          451, "4.7.1", "451 4.7.1 No reverse name", "mx.there.example",
          "u@there.example" },
    };

    (void)state;
    CHECK(rows);
}

static void bounce_read_encoded_parts(void **state)
{
    static const struct row rows[] = {
        { "base64 and UTF-16 would be words too",
          HEAD "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
               "Content-Transfer-Encoding: base64\n\n"
               "NTUwIDUuNy4xIFJlZnVzZWQgYnkgcG9saWN5Cg==\n",
          550, "5.7.1", "550 5.7.1 Refused by policy", NULL, ANY },
        { "quoted-printable, Latin 1",
          HEAD "MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n"
               "Content-Transfer-Encoding: quoted-printable\n\n"
               "550 5.7.1 Refus=E9 par la poli=\ntique\n",
          550, "5.7.1", "550 5.7.1 Refus\xc3\xa9 par la politique", NULL, ANY },
        { "an unknown charset keeps its bytes",
          HEAD "MIME-Version: 1.0\nContent-Type: text/plain; charset=x-none\n\n"
               "550 5.7.1 Refus\xe9\n",
          550, "5.7.1", "550 5.7.1 Refus\xe9", NULL, ANY },
        { "HTML alone",
          HEAD
          "MIME-Version: 1.0\nContent-Type: text/html\n\n<html><style>p { top: 550 "
          "}</style><!-- 554 5.0.0 --><body><p>Remote Server returned<br>&#39;550 "
          "5.7.1 &lt;u@there.example&gt; refused&#39;</p></body></html>\n",
          550, "5.7.1", "550 5.7.1 <u@there.example> refused", ANY, ANY },
        { "a boundary that never comes",
          HEAD "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=Z\n\n"
               "550 5.7.1 Refused\n",
          550, "5.7.1", "550 5.7.1 Refused", NULL, ANY },
        { "cut within a part",
          HEAD
          "MIME-Version: 1.0\nContent-Type: multipart/report; boundary=Z\n\n--Z\n"
          "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n"
          "\nFinal-Recipient: rfc822; u@there.example\nDiagnostic-Code: smtp; 550 5.",
          550, NULL, "550 5.", NULL, "u@there.example" },
        { "a report that somebody forwards",
          "From: boss@shop.example\nTo: admin@shop.example\nSubject: look\n"
          "Date: Sat, 21 Nov 2026 03:00:00 +0000\nMIME-Version: 1.0\n"
          "Content-Type: multipart/mixed; boundary=F\n\n--F\nContent-Type: "
          "text/plain\n\nWhat is this?\n--F\nContent-Type: message/rfc822\n\n" REPORT(
              "", FAILED("u@there.example", "5.7.1",
                         "Diagnostic-Code: smtp; 550 5.7.1 Refused\n")) "\n--F--\n",
          550, "5.7.1", "550 5.7.1 Refused", NULL, "u@there.example" },
        { "a copy that is a report itself is a copy",
          HEAD
          "MIME-Version: 1.0\nContent-Type: multipart/report; boundary=F\n\n--F\n"
          "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n"
          "\nFinal-Recipient: rfc822; x@there.example\nAction: failed\n"
          "Status: 5.1.1\n\n--F\nContent-Type: message/rfc822\n\n" REPORT(
              "", FAILED("u@there.example", "5.7.1",
                         "Diagnostic-Code: smtp; 550 5.7.1 Refused\n")) "\n--F--\n",
          0, "5.1.1", ANY, NULL, "x@there.example" },
        { "forwarded within the words",
          "From: boss@shop.example\nTo: admin@shop.example\nSubject: look\n\n"
          "-----Original Message-----\nFrom: MAILER-DAEMON@mx1.shop.example\n"
          "To: bounce@shop.example\nSubject: Undelivered\nDate: today\n\n"
          "<u@there.example>: host mx.there.example[203.0.113.9] said: 550 5.7.1 No\n",
          550, "5.7.1", "550 5.7.1 No", "mx.there.example", "u@there.example" },
    };

    (void)state;
    CHECK(rows);
}

static void bounce_read_action_in_small_letters(void **state)
{
    static const char text[] =
        REPORT("", "Final-Recipient: rfc822; u@there.example\nAction: Delayed\n"
                   "Status: 4.4.1\n");
    struct arena arena;
    struct bounce b;

    (void)state;
    read_text(text, &arena, &b);
    check_span("Action: Delayed", "action", b.action, "delayed");
    none_is_wrong();
    arena_free(&arena);
}

/* Reports of another kind and answers of people refuse nothing (RFC 5965, RFC 3834). */
static void bounce_read_what_is_no_refusal(void **state)
{
    static const char *const texts[] = {
        HEAD "MIME-Version: 1.0\nContent-Type: multipart/report; boundary=F;\n"
             " report-type=feedback-report\n\n--F\nContent-Type: text/plain\n\n"
             "We refused it: 550 5.7.1 Refused\n--F\n"
             "Content-Type: message/feedback-report\n\nFeedback-Type: auth-failure\n"
             "Source-IP: 198.51.100.7\n\n--F\nContent-Type: message/rfc822\n\n" COPY
             "\n--F--\n",
        "From: u@there.example\nTo: a@shop.example\nSubject: out of office\n"
        "Auto-Submitted: auto-replied\n\nI am away until Monday. Nothing failed.\n",
        "From: u@there.example\nTo: a@shop.example\nSubject: hello\n\nHow are you?\n",
        HEAD
        "MIME-Version: 1.0\nContent-Type: multipart/report; boundary=F\n\n--F\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\n"
        "Final-Recipient: rfc822; u@there.example\nAction: delivered\n"
        "Status: 2.0.0\nDiagnostic-Code: smtp; 250 2.0.0 OK\n\n--F--\n",
        "",
        "\n\n\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct arena arena;
        struct bounce b;

        read_text(texts[i], &arena, &b);
        if (b.has_refusal)
            WRONG("text %zu: no refusal expected, \"%.*s\" found", i, SPAN_ARG(b.text));
        /* The first is a feedback report, and is told as one. */
        if (b.verdict.class != (i ? BOUNCE_CLASS_NONE : BOUNCE_CLASS_REPORT))
            WRONG("text %zu: class %d found (RFC 5965)", i, (int)b.verdict.class);
        arena_free(&arena);
    }
    none_is_wrong();
}

/* --- whose mail it was ------------------------------------------------------- */

struct facts {
    const char *name, *bounce, *domain, *mail_from, *ip, *helo, *selectors;
    const char *said; /* "spf dkim dmarc" */
};

static void check_facts(const struct facts *f)
{
    char ip[IP_TEXT_MAX] = "", selectors[1024] = "", said[64];
    struct arena arena;
    struct bounce b;
    size_t n = 0;

    read_text(f->bounce, &arena, &b);
    check_span(f->name, "domain", b.domain, f->domain);
    check_span(f->name, "MAIL FROM", b.mail_from, f->mail_from);
    check_span(f->name, "HELO", b.helo, f->helo);
    if (b.has_ip)
        ip_print(&b.ip, ip);
    check_span(f->name, "client", span_of(ip), f->ip);
    for (size_t i = 0; i < b.n_selectors; i++)
        n += (size_t)snprintf(selectors + n, sizeof selectors - n, "%s%.*s",
                              i ? " " : "", SPAN_ARG(b.selector[i]));
    check_span(f->name, "selectors", span_of(selectors), f->selectors);
    snprintf(said, sizeof said, "%.*s %.*s %.*s", SPAN_ARG(b.said_spf),
             SPAN_ARG(b.said_dkim), SPAN_ARG(b.said_dmarc));
    check_span(f->name, "results told", span_of(said), f->said ? f->said : "  ");
    arena_free(&arena);
}

static void bounce_read_facts(void **state)
{
    static const struct facts rows[] = {
        { "of the copy",
          REPORT("", FAILED("u@there.example", "5.7.1",
                            "Diagnostic-Code: smtp; 550 5.7.1 Refused\n")),
          "shop.example", "bounce@shop.example", "", NULL, "s1._domainkey.shop.example",
          NULL },
        { "an unauthenticated sender, as Gmail says it",
          "550-5.7.26 The sender is unauthenticated.\n550-5.7.26  DKIM = did not pass\n"
          "550-5.7.26  SPF [shop.example] with ip: [198.51.100.7] = did not pass\n"
          "550 5.7.26 - gsmtp",
          NULL, "shop.example", "198.51.100.7", NULL, "", NULL },
        { "a policy's domain",
          "550-5.7.26 Unauthenticated email from Shop.Example is not accepted\n"
          "550 5.7.26 - gsmtp",
          "shop.example", NULL, "", NULL, "", NULL },
        { "results, as Outlook tells them",
          "550 5.7.515 Access denied, sending domain SHOP.EXAMPLE is not good enough. "
          "Spf= Fail , Dkim= Pass , DMARC= Pass",
          "shop.example", NULL, "", NULL, "", "fail pass pass" },
        { "words that are no results", "550 SPF = did not pass, DKIM=maybe", NULL, NULL,
          "", NULL, "", NULL },
        { "another's policy", "554 5.7.1 refused due to shop.example's DMARC policy",
          "shop.example", NULL, "", NULL, "", NULL },
        { "a rejected sender",
          "554 5.7.1 <bounce@shop.example>: Sender address rejected: SPF fail", NULL,
          "bounce@shop.example", "", NULL, "", NULL },
        { "a rejected HELO name, whole or not",
          "450 4.7.1 <mx>: Helo command rejected: Host not found", NULL, NULL, "", "mx",
          "", NULL },
        { "a rejected HELO name that is none",
          "501 5.5.2 <a b>: Helo command rejected: invalid name", NULL, NULL, "", NULL,
          "", NULL },
        { "a page that explains",
          "550 5.7.23 SPF fail. Please see http://spf.example/Why?s=mfrom;"
          "id=bounce@shop.example;ip=198.51.100.7;r=mx.there.example",
          NULL, "bounce@shop.example", "198.51.100.7", NULL, "", NULL },
        { "an address in brackets, IPv6 with blanks",
          "550 5.7.25 [2001:db8::7      12] has no PTR record", NULL, NULL,
          "2001:db8::7", NULL, "", NULL },
        { "inner addresses are no clients", "550 5.7.1 [10.1.2.3] and [::1] refused",
          NULL, NULL, "", NULL, "", NULL },
        { "the host of the receiver is no client",
          "host mx.there.example[203.0.113.9] said: 550 5.7.1 Refused", NULL, NULL, "",
          NULL, "", NULL },
        { "HELO, as Postfix says it",
          "450 4.7.1 <app1.shop.example>: Helo command rejected: <app1.shop.example> "
          "not found",
          NULL, NULL, "", "app1.shop.example", "", NULL },
        { "HELO that is no name of the DNS",
          "504 5.5.2 <localhost>: Helo command rejected: need a whole name", NULL, NULL,
          "", "localhost", "", NULL },
        { "the receiver's own Received and Authentication-Results",
          "From: MAILER-DAEMON@mx.there.example\nTo: bounce@shop.example\n"
          "Subject: Undelivered\n\n<u@there.example>: 550 5.7.1 Refused\n\n"
          "Message headers follow\n\n"
          "Authentication-Results: evil.example; spf=pass dkim=pass\n"
          "From: a@shop.example\nTo: u@there.example\nReceived: x\n",
          "shop.example", "bounce@shop.example", "", NULL, "", NULL },
        { "results by the host that refused",
          REPORT("", FAILED("u@there.example", "5.7.1",
                            "Remote-MTA: dns; mx.shop.example\n"
                            "Diagnostic-Code: smtp; 550 5.7.1 Refused\n")),
          "shop.example", "bounce@shop.example", "", NULL, "s1._domainkey.shop.example",
          NULL },
        { "a bounce goes to the envelope sender (RFC 5321, 6.1)",
          HEAD "\n550 5.7.1 Refused\n", NULL, "bounce@shop.example", "", NULL, "",
          NULL },
        { "the reporter's own connection, in the bounce",
          "Received: from mx1.shop.example (mx1.shop.example [198.51.100.7])\n"
          "  by in.shop.example with ESMTP; Sat, 21 Nov 2026 02:00:01 +0000\n" REPORT(
              "", FAILED("u@there.example", "5.7.1",
                         "Remote-MTA: dns; mx.there.example\n"
                         "Diagnostic-Code: smtp; 550 5.7.1 Refused\n")),
          "shop.example", "bounce@shop.example", "198.51.100.7", "mx1.shop.example",
          "s1._domainkey.shop.example", NULL },
        { "the log of one mail among others, by its queue id",
          "Nov  1 10:00:00 out postfix/qmgr[1]: 4Xy0000001: from=<b@other.example>\n"
          "Nov  1 10:00:00 out postfix/qmgr[1]: 4Xy0000002: from=<b@shop.example>\n"
          "Nov  1 10:00:01 out postfix/smtp[2]: 4Xy0000002: to=<u@there.example>, "
          "status=bounced (host mx.there.example[203.0.113.9] said: 550 5.7.1 no)\n",
          NULL, "b@shop.example", "", NULL, "", NULL },
        { "the log of Exim, quoted; an id of a message is no address",
          "> 2026-11-01 10:00:00 1tAAAA-000000-1A <= b@other.example id=1@x.example\n"
          "> 2026-11-01 10:00:00 1tBBBB-000000-1A <= b@shop.example id=2@x.example\n"
          "> 2026-11-01 10:00:01 1tBBBB-000000-1A ** u@there.example R=r T=t H=mx.there."
          "example [203.0.113.9]: SMTP error from remote mail server: 550 5.7.1 no\n",
          NULL, "b@shop.example", "", NULL, "", NULL },
        { "the log of a container",
          "mail_1        | Nov  1 10:00:00 o postfix/qmgr[1]: 4Xy0000001: from=<b@other.example>\n"
          "mail_1        | Nov  1 10:00:00 o postfix/qmgr[1]: 4Xy0000002: from=<b@shop.example>\n"
          "mail_1        | Nov  1 10:00:01 o postfix/smtp[2]: 4Xy0000002: to=<u@there.example>, "
          "status=bounced (host mx.there.example[203.0.113.9] said: 550 5.7.1 no)\n",
          NULL, "b@shop.example", "", NULL, "", NULL },
        { "a line of a log without a queue id is told alone",
          "Nov  1 10:00:00 mx postfix/smtpd[1]: NOQUEUE: reject: RCPT from a.other."
          "example[203.0.113.8]: 450 4.7.1 later; from=<b@other.example>\n"
          "Nov  1 10:00:01 mx postfix/smtpd[1]: NOQUEUE: reject: RCPT from a.shop."
          "example[198.51.100.7]: 550 5.7.23 SPF fail; from=<b@shop.example>\n",
          NULL, "b@shop.example", "198.51.100.7", NULL, "", NULL },
        { "the controlling user of Sendmail",
          "Nov  1 10:00:01 out sm-mta[1]: 5A18x0aB003310: to=<u@there.example>, "
          "ctladdr=<b@shop.example> (100/100), dsn=5.7.1, stat=Service unavailable",
          NULL, "b@shop.example", "", NULL, "", NULL },
        { "the sender of Office 365's details, and the address OpenSMTPD sends from",
          "Sender Address:\tb@shop.example\nmta source=\"198.51.100.7\"\n550 5.7.1 no",
          NULL, "b@shop.example", "198.51.100.7", NULL, "", NULL },
        { "an event in JSON",
          "{\"msg_from\": \"b@shop.example\", \"sending_ip\": \"198.51.100.7\", "
          "\"friendly_from\": \"a@from.example\", \"reason\": \"550 5.7.1 no\"}",
          "from.example", "b@shop.example", "198.51.100.7", NULL, "", NULL },
        { "the next hop of a trace is no client",
          "Reason: [{LED=550 5.7.1 no};{FQDN=mx.there.example};{IP=203.0.113.9}]", NULL,
          NULL, "", NULL, "", NULL },
        { "whom a DMARC failure is for",
          "550 5.7.1 DMARC failure for domain shop.example", "shop.example", NULL, "",
          NULL, "", NULL },
        { "a recipient that DMARC is for owns no policy",
          "550 5.7.1 DMARC refused for u@there.example, for more see below", NULL, NULL,
          "", NULL, "", NULL },
        { "a feedback report (RFC 6591)",
          HEAD "MIME-Version: 1.0\nContent-Type: multipart/report; boundary=F\n\n--F\n"
               "Content-Type: message/feedback-report\n\nFeedback-Type: auth-failure\n"
               "Original-Mail-From: <b@shop.example>\nSource-IP: 198.51.100.7\n"
               "Authentication-Results: there.example; dkim=fail (bad);\n spf=softfail "
               "smtp.mailfrom=b@shop.example; dmarc=fail header.from=shop.example\n"
               "\n--F--\n",
          "shop.example", "b@shop.example", "198.51.100.7", NULL, "",
          "softfail fail fail" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_facts(&rows[i]);
    none_is_wrong();
}

#define REPORT_OF_MICROSOFT                                                  \
    "From: postmaster@there.example\nTo: bounce@shop.example\nSubject: no\n" \
    "MIME-Version: 1.0\nContent-Type: multipart/report; boundary=B\n\n--B\n" \
    "Content-Type: message/delivery-status\n\n"                              \
    "Reporting-MTA: dns;A.eurprd01.prod.outlook.com\n\n" FAILED(             \
        "u@there.example", "5.7.1",                                          \
        "Diagnostic-Code: smtp;550 5.7.1 Refused by policy\n") "\n--B\n"     \
                                                               "Content-Type: text/rfc822-headers\n\n"

/* The receiver tells of the connection in the header that it put on top (RFC 5321, 4.4;
 * RFC 8601, 5). */
static void bounce_read_headers_of_the_receiver(void **state)
{
    static const struct facts row = {
        "local refusal after acceptance",
        "From: MAILER-DAEMON@mx.there.example\nTo: bounce@shop.example\nSubject: no\n"
        "MIME-Version: 1.0\nContent-Type: multipart/report; boundary=B\n\n--B\n"
        "Content-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.there.example\n\n" FAILED(
            "u@there.example", "5.7.1",
            "") "\n--B\nContent-Type: text/rfc822-headers\n\n"
                "Received: from mail.shop.example (rdns.shop.example [198.51.100.7])\n"
                "  by mx.there.example (Postfix) with ESMTP; Sat, 21 Nov 2026 02:00:00 +0000\n"
                "Authentication-Results: mx.there.example;\n dkim=fail header.d=shop.example;\n"
                " spf=pass smtp.mailfrom=bounce@shop.example\n"
                "Authentication-Results: other.example; dmarc=pass\n"
                "DKIM-Signature: v=1; s = s1 ; d=shop.example; b=x\n"
                "DKIM-Signature: v=1; s=m; d=mailer.example; b=x\n"
                "DKIM-Signature: v=1; s=m; d=mailer.example; b=z\n"
                "DKIM-Signature: v=1; s=a b; d=mailer.example; b=z\n"
                "From: a@shop.example\nTo: u@there.example\n\n--B--\n",
        "shop.example",
        "bounce@shop.example",
        "198.51.100.7",
        "mail.shop.example",
        "s1._domainkey.shop.example m._domainkey.mailer.example",
        "pass fail "
    };

    static const struct facts microsoft = {
        "hops within a house, and results without an author",
        REPORT_OF_MICROSOFT
        "Received: from B.eurprd01.prod.outlook.com (2603:10a6::1)\n"
        " by A.eurprd01.prod.outlook.com (2603:10a6::2) with HTTPS\n"
        "Received: by localhost\n"
        "Received: from mail.shop.example (198.51.100.7) by\n"
        " C.mail.protection.outlook.com (10.1.2.3) with SMTP\n"
        "Authentication-Results: spf=fail (sender IP is 198.51.100.7)\n"
        " smtp.mailfrom=shop.example; dkim=none (message not signed);dmarc=fail\n"
        " action=oreject header.from=shop.example;compauth=fail reason=000\n"
        "Received-SPF: Fail (protection.outlook.com: domain of shop.example does not\n"
        " designate 198.51.100.7) receiver=protection.outlook.com;\n"
        " client-ip=198.51.100.7; helo=mail.shop.example;\n"
        "From: a@shop.example\nReturn-Path: bounce@shop.example\n\n--B--\n",
        "shop.example",
        "bounce@shop.example",
        "198.51.100.7",
        "mail.shop.example",
        "",
        "fail none fail"
    };

    static const struct facts one_operator = {
        "hosts of one operator under several names, and a name behind a fold",
        REPORT_OF_MICROSOFT
        "Received: from B.eurprd01.prod.exchangelabs.com (2603:10a6::1) by\n"
        " A.eurprd01.prod.outlook.com (2603:10a6::2) with HTTPS\n"
        "Received: from C.eurprd01.prod.outlook.com (2603:10a6::7)\n"
        " by B.outlook.office365.com (2603:10a6::9) with SMTP\n"
        "Received: from mail.shop.example (198.51.100.7) by\n"
        " C.mail.protection.outlook.com (10.1.2.3) with SMTP\n"
        "From: a@shop.example\nReturn-Path: bounce@shop.example\n\n--B--\n",
        "shop.example",
        "bounce@shop.example",
        "198.51.100.7",
        "mail.shop.example",
        "",
        NULL
    };

    (void)state;
    check_facts(&row);
    check_facts(&microsoft);
    check_facts(&one_operator);
    none_is_wrong();
}

/* --- bad input --------------------------------------------------------------- */

static void read_bytes(const char *name, const char *bytes, size_t n, unsigned code)
{
    struct arena arena;
    struct bounce b;

    arena_init(&arena, ARENA_CAP);
    assert_int_equal(bounce_read(span_make(bytes, n), &arena, &b), AC_OK);
    if (b.code != code)
        WRONG("%s: code %u expected, %u found", name, code, b.code);
    assert_true(b.text.n <= BOUNCE_TEXT_MAX);
    arena_free(&arena);
}

static char *repeat(const char *head, const char *unit, size_t times, const char *tail,
                    size_t *n)
{
    size_t h = strlen(head), u = strlen(unit), t = strlen(tail);
    char *p = malloc(h + u * times + t + 1);

    assert_non_null(p);
    memcpy(p, head, h);
    for (size_t i = 0; i < times; i++)
        memcpy(p + h + i * u, unit, u);
    memcpy(p + h + u * times, tail, t + 1);
    *n = h + u * times + t;
    return p;
}

static void bounce_read_stands_any_size(void **state)
{
    static const struct {
        const char *name, *head, *unit, *tail;
        size_t times;
        unsigned code;
    } rows[] = {
        { "one line of two megabytes", "550 5.7.1 ", "x", "", 2 << 20, 550 },
        { "many replies on a line", "", "450 450-", "", 100000, 450 },
        { "many lines", "", "550-5.7.1 a\n", "550 5.7.1 b\n", 100000, 550 },
        { "a field folded without end", HEAD "X: y\n", " 550 5.7.1 z\n",
          "\n554 5.7.1 Refused\n", 50000, 554 },
        { "a header without end", HEAD, "X-A: b\n", "\n554 5.7.1 Refused\n", 100000,
          554 },
        { "parts in parts",
          HEAD "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=A\n\n",
          "--A\nContent-Type: multipart/mixed; boundary=A\n\n", "550 5.7.1 Refused\n",
          1000, 550 },
        { "messages in messages",
          HEAD "MIME-Version: 1.0\nContent-Type: message/rfc822\n\n",
          "Content-Type: message/rfc822\n\n", "550 5.7.1 Refused\n", 3000, 0 },
        { "recipients without end",
          HEAD "MIME-Version: 1.0\nContent-Type: message/delivery-status\n\n",
          "Final-Recipient: rfc822; u@there.example\nAction: failed\nStatus: 5.1.1\n"
          "Diagnostic-Code: smtp; 550 5.1.1 unknown\n\n",
          "", 5000, 550 },
        { "tags that never end", HEAD "Content-Type: text/html\n\n550 5.7.1 ", "<a", "",
          500000, 550 },
        { "addresses without end", "", "a@a.example ", "550 5.7.1 x", 20000, 0 },
        { "brackets", "550 5.7.1 ", "))]]", "", 100000, 550 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n;
        char *p = repeat(rows[i].head, rows[i].unit, rows[i].times, rows[i].tail, &n);

        read_bytes(rows[i].name, p, n, rows[i].code);
        free(p);
    }
    none_is_wrong();
}

/* What is behind the cap is not read, and that is told. */
static void bounce_read_stops_at_its_cap(void **state)
{
    struct arena arena;
    struct bounce b;
    size_t n;
    char *p = repeat("", "nothing here\n", BOUNCE_BYTES_MAX / 13 + 1,
                     "550 5.7.1 Refused\n", &n);

    (void)state;
    arena_init(&arena, ARENA_CAP);
    assert_int_equal(bounce_read(span_make(p, n), &arena, &b), AC_OK);
    assert_true(b.cut);
    assert_int_equal(b.code, 0);
    arena_free(&arena);
    free(p);
}

static void bounce_read_any_encoding(void **state)
{
    static const char little[] =
        "\xff\xfe"
        "5\0005\0000\000 \0005\000.\0007\000.\0001\000 \000N\000o\000";
    static const char big[] = "\xfe\xff\0005\0005\0004\000 \000N\000o";
    static const char bytes[] = "550 5.7.1 \x80\xff\0 no\x01";

    (void)state;
    read_bytes("UTF-16, little end first", little, sizeof little - 1, 550);
    read_bytes("UTF-16, big end first", big, sizeof big - 1, 554);
    read_bytes("bytes of no charset, and NUL", bytes, sizeof bytes - 1, 550);
    none_is_wrong();
}

/* Without memory it says so, wherever it was. */
static void bounce_read_without_memory(void **state)
{
    static const char text[] =
        REPORT("550 5.7.1 Refused\n", FAILED("u@there.example", "5.7.1", ""));

    (void)state;
    for (size_t cap = 0; cap < 4096; cap += 512) {
        struct arena arena;
        struct bounce b;

        arena_init(&arena, cap);
        assert_int_equal(bounce_read(span_of(text), &arena, &b), AC_ENOMEM);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounce_read_every_spelling_of_the_codes),
        cmocka_unit_test(bounce_read_joins_the_lines_of_a_reply),
        cmocka_unit_test(bounce_read_numbers_that_are_no_code),
        cmocka_unit_test(bounce_read_logs_and_programs),
        cmocka_unit_test(bounce_read_prose_of_mail_systems),
        cmocka_unit_test(bounce_read_reports),
        cmocka_unit_test(bounce_read_encoded_parts),
        cmocka_unit_test(bounce_read_action_in_small_letters),
        cmocka_unit_test(bounce_read_what_is_no_refusal),
        cmocka_unit_test(bounce_read_facts),
        cmocka_unit_test(bounce_read_headers_of_the_receiver),
        cmocka_unit_test(bounce_read_stands_any_size),
        cmocka_unit_test(bounce_read_stops_at_its_cap),
        cmocka_unit_test(bounce_read_any_encoding),
        cmocka_unit_test(bounce_read_without_memory),
    };

    return cmocka_run_group_tests_name("bounce_read", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * dns_overlay_test.c - one overlay in front of another: what-if over what-if. RFC 1034,
 * 3.6.2; RFC 4592.
 */
#include "dns/overlay.h"

#include "dns/zone.h"
#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct dns_overlay *read_zone(struct dns_overlay *o, const char *text)
{
    char error[DNS_ZONE_ERROR_MAX];

    assert_non_null(o);
    assert_int_equal(dns_zone_read(o, "f", span_of(text), error), AC_OK);
    return o;
}

static void dns_overlay_in_front_of_another_speaks_first(void **state)
{
    static const struct {
        const char *rule, *name;
        uint16_t type;
        enum dns_overlay_says says;
        const char *rdata; /* of a set: its first octets, or NULL */
    } rows[] = {
        { "its set hides the one below", "both.test", DNS_T_TXT, DNS_OVERLAY_SET,
          "\5above" },
        { "what it lacks is below", "low.test", DNS_T_TXT, DNS_OVERLAY_SET, "\5below" },
        { "another type of its own name too", "both.test", DNS_T_A, DNS_OVERLAY_SET,
          "\300\0\2\1" },
        { "its CNAME hides all below", "cname.test", DNS_T_TXT, DNS_OVERLAY_CNAME,
          NULL },
        { "its set hides a CNAME below", "was.test", DNS_T_A, DNS_OVERLAY_NO_CNAME,
          NULL },
        { "its set is there in the place of a CNAME", "was.test", DNS_T_TXT,
          DNS_OVERLAY_SET, "\5above" },
        { "what it takes away is gone", "gone.test", DNS_T_TXT, DNS_OVERLAY_DELETED,
          NULL },
        { "a CNAME below", "alias.test", DNS_T_TXT, DNS_OVERLAY_CNAME, NULL },
        { "a name that one of them holds exists", "both.test", DNS_T_MX,
          DNS_OVERLAY_NO_CNAME, NULL },
        { "a name above one exists", "test", DNS_T_TXT, DNS_OVERLAY_EXISTS, NULL },
        { "others are nobody's", "none.test", DNS_T_TXT, DNS_OVERLAY_NOTHING, NULL },
    };
    struct dns_overlay *below = dns_overlay_new(1), *o = dns_overlay_over(below, 2);
    struct dns_name gone = world_name("gone.test");

    (void)state;
    read_zone(below, "both.test. TXT below\nboth.test. A 192.0.2.1\n"
                     "low.test. TXT below\ncname.test. TXT below\n"
                     "was.test. CNAME x.test.\ngone.test. TXT below\n"
                     "alias.test. CNAME x.test.\n");
    read_zone(o, "both.test. TXT above\ncname.test. CNAME y.test.\n"
                 "was.test. TXT above\n");
    assert_int_equal(dns_overlay_delete(o, &gone, DNS_T_TXT), AC_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dns_name name = world_name(rows[i].name);
        const struct dns_overlay_set *set = NULL;
        enum dns_overlay_says says = dns_overlay_look(o, &name, rows[i].type, &set);

        if (says != rows[i].says ||
            (rows[i].rdata && memcmp(set->rr[0].rdata.p, rows[i].rdata, 4) != 0))
            fail_msg("%s: %s says %d, expected %d", rows[i].rule, rows[i].name, says,
                     rows[i].says);
    }
    dns_overlay_free(o);
    dns_overlay_free(below);
}

/* The closest name that exists in either decides which wildcard applies (RFC
 * 4592, 3.3.1).
 */
static void dns_overlay_wildcards_are_found_through_both(void **state)
{
    struct dns_overlay *below = dns_overlay_new(1), *o = dns_overlay_over(below, 2);
    struct dns_name covered = world_name("x.w.test");
    struct dns_name hidden = world_name("x.sub.w.test");
    const struct dns_overlay_set *set = NULL;

    (void)state;
    read_zone(below, "*.w.test. TXT star\n");
    read_zone(o, "a.sub.w.test. TXT above\n");
    assert_int_equal(dns_overlay_wildcard(o, &covered, DNS_T_TXT, &set),
                     DNS_OVERLAY_SET);
    assert_int_equal(dns_overlay_wildcard(o, &hidden, DNS_T_TXT, &set),
                     DNS_OVERLAY_NOTHING);
    dns_overlay_free(o);
    dns_overlay_free(below);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns_overlay_in_front_of_another_speaks_first),
        cmocka_unit_test(dns_overlay_wildcards_are_found_through_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

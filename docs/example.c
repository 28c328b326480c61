/*
 * example.c - will a receiver refuse this mail? Build: cc example.c $(pkg-config
 * --cflags --libs authcheck). Usage: example DOMAIN IP [ZONE-FILE]
 */
#include <authcheck.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    const char *ip[] = { argc > 2 ? argv[2] : NULL };
    const char *zone[] = { argc > 3 ? argv[3] : NULL };
    struct ac_options options = { .domain = argc > 1 ? argv[1] : NULL,
                                  .ip = ip,
                                  .n_ips = argc > 2,
                                  .zone = zone,
                                  .n_zones = argc > 3,
                                  .offline = argc > 3 };
    struct ac_audit *audit;
    enum ac_code code = ac_audit_new(&options, &audit);

    if (code == AC_DONE) /* offline nothing is asked: one step does it */
        code = options.offline ? ac_audit_step(audit) : ac_audit_live(audit, NULL);
    if (code != AC_DONE)
        fprintf(stderr, "example: %s\n", ac_error(audit));
    else
        printf("%s\n", ac_verdict(audit) == AC_VERDICT_REJECT ? ac_reply(audit)
                                                              : "not refused");
    ac_audit_free(audit);
    return code == AC_DONE ? 0 : 2;
}

/* SPDX-License-Identifier: MIT */
/*
 * text_trace.c - the SPF evaluation as a tree with counters (-v), every question (-vv).
 */
#include "report/text.h"

#include <stdio.h>

enum {
    MS_TEXT_MAX = 32
};

static void steps(struct text *t, const struct audit_spf *s)
{
    const struct spf_outcome *c = &s->check;
    char ip[IP_TEXT_MAX];

    text_line(t, "SPF evaluation for %s (look-ups, void look-ups after each term)",
              ip_print(&s->ip, ip));
    for (size_t i = 0; i < c->n_steps; i++) {
        const struct spf_step *step = &c->step[i];
        int in = 2 + 2 * (int)step->level;

        if (step->term.p && step->term.n)
            text_wrap(t, 0, (unsigned)in + 2, "%*s%.*s: %s [%u, %u]", in, "",
                      SPAN_ARG(step->term), step->note ? step->note : "", step->lookups,
                      step->voids);
        else
            text_wrap(t, 0, (unsigned)in + 2, "%*s%s: %s [%u, %u]", in, "",
                      step->domain, step->note ? step->note : "", step->lookups,
                      step->voids);
    }
}

static void tree(struct text *t, const struct spf_tree *tree)
{
    text_wrap(t, 0, 2,
              "The whole record costs %s%u look-ups, matched or not (look-ups, void "
              "look-ups of each term and all below it)",
              tree->complete ? "" : "at least ", tree->lookups);
    for (size_t i = 0; i < tree->n_nodes; i++) {
        const struct spf_node *node = &tree->node[i];

        text_line(t, "%*s%.*s  [%u, %u]%s%s", 2 + 2 * (int)node->level, "",
                  SPAN_ARG(node->term), node->lookups, node->voids,
                  node->note ? "  " : "", node->note ? node->note : "");
    }
}

/* One record as a master file would have it. */
static void record(struct text *t, uint16_t type, const struct dns_rr *rr)
{
    char ip_text[IP_TEXT_MAX], name_text[DNS_TEXT_MAX];
    struct arena scratch;
    struct dns_name name;
    uint16_t preference;
    struct ip ip;

    arena_init(&scratch, 1 << 20);
    if ((type == DNS_T_A || type == DNS_T_AAAA) && ip_from_bytes(rr->rdata, &ip))
        text_line(t, "        %s", ip_print(&ip, ip_text));
    else if (type == DNS_T_MX && dns_mx_read(rr, &preference, &name))
        text_line(t, "        %u %s", preference, dns_name_print(&name, name_text));
    else if (type == DNS_T_PTR && dns_target_read(rr, &name))
        text_line(t, "        %s", dns_name_print(&name, name_text));
    else if (type == DNS_T_TXT) {
        struct span text = dns_txt_join(&scratch, rr);

        text_line(t, "        \"%.*s\"", SPAN_ARG(text));
    } else {
        text_line(t, "        %zu octets", rr->rdata.n);
    }
    arena_free(&scratch);
}

/* "33.1 ms". */
static const char *print_ms(int64_t us, char out[static MS_TEXT_MAX])
{
    snprintf(out, MS_TEXT_MAX, "%lld.%lld ms", (long long)us / 1000,
             (long long)us % 1000 / 100);
    return out;
}

static void question(struct text *t, const struct dns_entry *e, int64_t start_us)
{
    char name[DNS_TEXT_MAX], type[DNS_TYPE_TEXT_MAX];
    char after[MS_TEXT_MAX], took[MS_TEXT_MAX];

    dns_name_print(&e->name, name);
    if (e->asked_us < 0)
        text_line(t, "  not asked  depth %u  %s %s: %s", e->depth, name,
                  dns_type_print(e->type, type), dns_outcome_print(e->answer->outcome));
    else
        text_line(t, "  +%s  %s  depth %u  %s %s: %s (%u %s)",
                  print_ms(e->asked_us - start_us, after), print_ms(e->took_us, took),
                  e->depth, name, dns_type_print(e->type, type),
                  dns_outcome_print(e->answer->outcome), e->tries,
                  e->tries == 1 ? "try" : "tries");
}

static void questions(struct text *t)
{
    const struct audit_result *r = t->r;

    char ms[MS_TEXT_MAX];

    buf_puts(t->out, "\nQuestions (when after the first, how long it took)\n");
    for (size_t i = 0; i < r->n_questions; i++) {
        const struct dns_entry *e = r->question[i];
        char name[DNS_TEXT_MAX];

        question(t, e, r->question[0]->asked_us);
        for (size_t k = 0; k < e->answer->n_cname; k++)
            text_line(t, "        CNAME %s",
                      dns_name_print(&e->answer->cname[k], name));
        for (size_t k = 0; k < e->answer->n; k++)
            record(t, e->type, &e->answer->rr[k]);
    }
    if (r->has_verdict)
        text_line(t, "No verdict hung on an open question after %s.",
                  print_ms(r->decided_us, ms));
}

void text_trace(struct text *t)
{
    const struct audit_result *r = t->r;

    if (!t->options->verbose)
        return;
    for (size_t i = 0; i < r->n_spf; i++) {
        buf_putc(t->out, '\n');
        steps(t, &r->spf[i]);
        buf_putc(t->out, '\n');
        tree(t, &r->spf[i].tree);
    }
    if (r->tree) {
        buf_putc(t->out, '\n');
        tree(t, r->tree);
    }
    if (t->options->verbose > 1 && r->n_questions)
        questions(t);
}

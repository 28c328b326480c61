/* SPDX-License-Identifier: MIT */
/*
 * run.c - what the evaluators of this folder share: records by name, targets, and
 * comparing addresses. RFC 7208, 4.3 to 4.5, 4.8, 5.
 */
#include "spf/run.h"

#include "spf/evaluator.h"

bool spf_has_high_bytes(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] > 0x7e)
            return true;
    return false;
}

/* RFC 7208, 4.3: without a local part it is "postmaster". */
static enum ac_status set_sender(struct spf_run *run, struct span sender,
                                 struct span domain)
{
    struct spf_macro_values *v = &run->values;
    size_t at = span_find_last(sender, '@');
    char *text;

    v->local = at < sender.n ? span_to(sender, at) : span_make(NULL, 0);
    v->sender_domain = at < sender.n ? span_from(sender, at + 1) : sender;
    if (!v->local.n)
        v->local = SPAN("postmaster");
    if (!v->sender_domain.n || span_eq_ci(v->sender_domain, domain))
        v->sender_domain = run->top->text;
    if (v->local.n > SPF_VALUE_MAX)
        v->local = span_from(v->local, v->local.n - SPF_VALUE_MAX);
    if (v->sender_domain.n > SPF_VALUE_MAX)
        v->sender_domain =
            span_from(v->sender_domain, v->sender_domain.n - SPF_VALUE_MAX);
    v->sender.n = v->local.n + 1 + v->sender_domain.n;
    v->sender.p = text = arena_alloc(run->env->arena, v->sender.n);
    if (!text)
        return AC_ENOMEM;
    memcpy(text, v->local.p, v->local.n);
    text[v->local.n] = '@';
    if (v->sender_domain.n)
        memcpy(text + v->local.n + 1, v->sender_domain.p, v->sender_domain.n);
    return AC_OK;
}

enum ac_status spf_run_init(struct spf_run *run, struct ac_env *env,
                            const struct spf_request *request, bool *domain_ok)
{
    struct spf_frame *top = arena_alloc(env->arena, sizeof *top);
    struct span domain = request->domain;

    *run = (struct spf_run){ .env = env,
                             .client = ip_unmap(request->client),
                             .reason = { .id = FINDING_NONE },
                             .top = top };
    if (!top)
        return AC_ENOMEM;
    run->values = (struct spf_macro_values){ .helo = request->helo,
                                             .receiver = request->receiver,
                                             .client = run->client,
                                             .now = env->now };
    *domain_ok = spf_request_name(request, &top->name) && spf_is_full_name(&top->name);
    if (domain.n && domain.p[domain.n - 1] == '.')
        domain.n--;
    top->print = *domain_ok ? dns_name_text(env->arena, &top->name)
                            : arena_strdup(env->arena, span_to(domain, SPF_SHOWN_MAX));
    if (!top->print)
        return AC_ENOMEM;
    top->text = spf_has_high_bytes(domain) ? span_of(top->print) : domain;
    return set_sender(run, request->sender, request->domain);
}

bool spf_is_full_name(const struct dns_name *name)
{
    return dns_name_labels(name) > 1;
}

struct spf_frame *spf_frame_new(struct spf_run *run, const struct spf_frame *up,
                                const struct spf_term *term,
                                const struct spf_target *target)
{
    struct spf_frame *frame = arena_alloc(run->env->arena, sizeof *frame);
    bool include = term->kind == SPF_INCLUDE;

    if (!frame)
        return NULL;
    frame->up = up;
    frame->name = target->name;
    frame->text = target->text;
    frame->print = dns_name_text(run->env->arena, &target->name);
    frame->level = up->level + include;
    frame->included = up->included || include;
    return frame->print ? frame : NULL;
}

bool spf_frame_loops(const struct spf_frame *frame, const struct dns_name *name)
{
    for (; frame; frame = frame->up)
        if (dns_name_eq(&frame->name, name))
            return true;
    return false;
}

/* What stands in an answer, whoever reads it. */
struct reading {
    size_t n;                 /* SPF records */
    struct spf_record record; /* the first of them */
};

/* Select and parse once per audit, and not in every run. */
static enum ac_status read_once(struct dns_view *view, const struct dns_answer *answer,
                                const struct reading **out)
{
    static const char kind;
    const struct reading *known = dns_memo(view, answer, &kind);
    struct reading *r;
    struct span text;

    *out = known;
    if (known)
        return AC_OK;
    *out = r = arena_alloc(view->arena, sizeof *r);
    if (!r)
        return AC_ENOMEM;
    r->n = spf_record_select(view->arena, answer, &text);
    if (r->n && !text.p)
        return AC_ENOMEM;
    if (r->n)
        TRY(spf_record_parse(view->arena, text, &r->record));
    return dns_memo_keep(view, answer, &kind, r);
}

/* Once per answer and run: hostile records may be named again and again. */
static enum ac_status read_answer(struct spf_run *run, const struct dns_answer *answer,
                                  const struct spf_lookup **out)
{
    const struct reading *reading;
    struct spf_lookup *l;

    for (l = run->known; l; l = l->next)
        if (l->answer == answer) {
            *out = l;
            return AC_OK;
        }
    l = arena_alloc(run->env->arena, sizeof *l);
    if (!l)
        return AC_ENOMEM;
    TRY(read_once(run->env->dns, answer, &reading));
    l->answer = answer;
    l->n = reading->n;
    if (l->n > 1 && (run->env->limits->spf_quirks & SPF_FIRST_RECORD)) {
        run->odd = true;
        l->n = 1;
    }
    l->found = !dns_answered(answer) ? SPF_UNANSWERED
               : l->n == 0           ? SPF_NOT_FOUND
               : l->n == 1           ? SPF_FOUND
                                     : SPF_SEVERAL;
    l->record = l->n == 1 ? &reading->record : NULL;
    l->next = run->known;
    run->known = l;
    *out = l;
    return AC_OK;
}

enum ac_status spf_find(struct spf_run *run, const struct dns_name *name,
                        const struct spf_lookup **out)
{
    const struct dns_answer *answer;

    TRY(dns_get(run->env->dns, run->env->wants, name, DNS_T_TXT, &answer));
    return read_answer(run, answer, out);
}

enum ac_status spf_find_peek(struct spf_run *run, const struct dns_name *name,
                             const struct spf_lookup **out)
{
    const struct dns_answer *answer = dns_peek(run->env->dns, name, DNS_T_TXT);

    *out = NULL;
    return answer ? read_answer(run, answer, out) : AC_OK;
}

enum ac_status spf_target(struct spf_run *run, const struct spf_frame *frame,
                          const struct spf_term *term, struct spf_target *out)
{
    struct spf_macro_values values = run->values;

    *out = (struct spf_target){ .valid = false };
    if (!term->value.p) {
        *out = (struct spf_target){ true, frame->name, frame->text };
        return AC_OK;
    }
    values.domain = frame->text;
    TRY(spf_macro_domain(run->env->arena, &values, term->value, &out->text));
    out->valid = out->text.n && dns_name_parse(out->text, &out->name) &&
                 dns_name_labels(&out->name) > 0;
    return AC_OK;
}

uint32_t spf_letters(const struct spf_term *term)
{
    return spf_macro_letters(term->value);
}

bool spf_never_matches(const struct spf_run *run, const struct spf_term *term)
{
    return (spf_letters(term) & (SPF_LETTER('s') | SPF_LETTER('l'))) &&
           spf_has_high_bytes(run->values.local);
}

uint16_t spf_address_type(const struct spf_run *run)
{
    return run->client.family == 6 ? DNS_T_AAAA : DNS_T_A;
}

bool spf_address_matches(const struct spf_run *run, const struct spf_term *term,
                         const struct dns_answer *answer)
{
    unsigned bits = run->client.family == 6 ? term->bits6 : term->bits4;
    struct ip ip;

    for (size_t i = 0; i < answer->n; i++)
        if (ip_from_bytes(answer->rr[i].rdata, &ip) &&
            ip_in_prefix(&run->client, &ip, bits))
            return true;
    return false;
}

bool spf_network_matches(const struct spf_run *run, const struct spf_term *term)
{
    unsigned bits = term->kind == SPF_IP6 ? term->bits6 : term->bits4;

    return ip_in_prefix(&run->client, &term->net, bits);
}

struct exchange {
    uint16_t preference;
    struct dns_name host;
};

static bool goes_before(const struct exchange *a, const struct exchange *b)
{
    if (a->preference != b->preference)
        return a->preference < b->preference;
    return dns_name_cmp(&a->host, &b->host) < 0;
}

/* Insert into the first `max` by order; an MX set of 64 KiB costs no more memory. */
static void insert_exchange(struct exchange *best, size_t n, size_t max,
                            const struct exchange *x)
{
    size_t i = n < max ? n : max;

    if (i == max && (!max || !goes_before(x, &best[max - 1])))
        return;
    for (i -= i == max; i && goes_before(x, &best[i - 1]); i--)
        best[i] = best[i - 1];
    best[i] = *x;
}

struct dns_name *spf_mx_hosts(struct spf_run *run, const struct dns_answer *mx,
                              size_t *n)
{
    size_t max = run->env->limits->spf_mx_names;
    size_t most = (mx->n < max ? mx->n : max) + 1;
    struct exchange *best = arena_array(run->env->arena, most, sizeof *best);
    struct dns_name *host = arena_array(run->env->arena, most, sizeof *host);
    struct exchange x;

    *n = 0;
    if (!best || !host)
        return NULL;
    for (size_t i = 0; i < mx->n; i++)
        if (dns_mx_read(&mx->rr[i], &x.preference, &x.host) &&
            dns_name_labels(&x.host) > 0)
            insert_exchange(best, (*n)++, max, &x);
    for (size_t i = 0; i < *n && i < max; i++)
        host[i] = best[i].host;
    return host;
}

bool spf_reverse_name(const struct spf_run *run, struct dns_name *out)
{
    char text[IP_REVERSE_MAX];

    return run->client.family &&
           dns_name_parse(span_of(ip_print_reverse(&run->client, text)), out);
}

/* How good a name is for %{p}: the domain itself, below it, any other. */
static unsigned rank(const struct dns_name *name, const struct dns_name *domain)
{
    return dns_name_eq(name, domain) ? 3 : dns_name_is_under(name, domain) ? 2 : 1;
}

/* Is the client among the addresses of the name? RFC 7208, 5.5: an error is a "no". */
static enum ac_status validate(struct spf_run *run, const struct dns_name *name,
                               bool *valid)
{
    static const struct spf_term exact = { .bits4 = 32, .bits6 = 128 };
    const struct dns_answer *answer;

    TRY(dns_get(run->env->dns, run->env->wants, name, spf_address_type(run), &answer));
    run->unanswered = run->unanswered || !dns_answered(answer);
    *valid = spf_address_matches(run, &exact, answer);
    return AC_OK;
}

/* All names are asked about at once; the best of the valid ones is taken. */
static enum ac_status best_name(struct spf_run *run, const struct dns_answer *ptr,
                                const struct dns_name *domain, struct dns_name *best,
                                unsigned *best_rank)
{
    struct dns_siblings s = dns_siblings_begin(run->env->wants);
    bool pending = false;
    struct dns_name name;

    for (size_t i = 0; i < ptr->n && i < run->env->limits->spf_ptr_names; i++) {
        enum ac_status status = AC_OK;
        bool valid = false;

        if (dns_target_read(&ptr->rr[i], &name))
            status = validate(run, &name, &valid);
        if (status != AC_OK && status != AC_PENDING)
            return status;
        dns_siblings_next(&s, run->env->wants);
        pending = pending || status == AC_PENDING;
        if (valid && rank(&name, domain) > *best_rank) {
            *best_rank = rank(&name, domain);
            *best = name;
        }
    }
    dns_siblings_end(&s, run->env->wants);
    return pending ? AC_PENDING : AC_OK;
}

enum ac_status spf_validated_name(struct spf_run *run, const struct dns_name *domain,
                                  struct span *out)
{
    const struct dns_answer *ptr;
    struct dns_name reverse, best;
    unsigned best_rank = 0;

    *out = span_make(NULL, 0);
    if (!spf_reverse_name(run, &reverse))
        return AC_OK;
    TRY(dns_get(run->env->dns, run->env->wants, &reverse, DNS_T_PTR, &ptr));
    run->unanswered = run->unanswered || !dns_answered(ptr);
    TRY(best_name(run, ptr, domain, &best, &best_rank));
    if (best_rank)
        *out = span_of(dns_name_text(run->env->arena, &best));
    return best_rank && !out->p ? AC_ENOMEM : AC_OK;
}

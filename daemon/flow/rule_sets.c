#include "daemon/flow/rule_sets.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/flow/request.h"
#include "daemon/store/rule_sets.h"
#include <string.h>

#define VERSION_MOST 120u

static bool refuse_unapproved(const char *version, GError **error)
{
    return request_refuse(error,
                          "the rules %s are not approved: one person runs iecctl rules propose, "
                          "another iecctl rules approve (casework.rules_need_approval)",
                          version);
}

/* Only a change of what is in force is written down. */
static bool record_use(Office *o, const char *version, const char *how, const char *in_use,
                       GError **error)
{
    if (in_use && !strcmp(in_use, version))
        return true;
    g_autoptr(Transaction) tx = transaction_begin(o->db, error);
    bool first = in_use == NULL, approved = false;
    if (!tx || !rule_sets_approved(o->db, version, &approved, error))
        return false;
    log_info("rules in force: %s (%s)", version, first ? "first" : how);
    return (!first || approved ||
            rule_sets_first(o->db, version, "the first start", clock_now(), error)) &&
           rule_sets_use(o->db, version, first ? "first" : how, clock_now(), error) &&
           transaction_commit(tx, error);
}

bool rule_sets_admit(Office *o, const char *version, bool need_approval, const char *how,
                     GError **error)
{
    g_autoptr(GError) broken = NULL;
    g_autofree char *in_use = rule_sets_in_use(o->db, &broken);
    bool approved = false;
    if (broken) {
        g_propagate_error(error, g_steal_pointer(&broken));
        return false;
    }
    if (!rule_sets_approved(o->db, version, &approved, error))
        return false;
    if (need_approval && in_use && !approved)
        return refuse_unapproved(version, error);
    return record_use(o, version, how, in_use, error);
}

bool rule_sets_trusted(Office *o, const char *version, bool *trusted, GError **error)
{
    *trusted = true;
    return !o->settings->casework.rules_need_approval ||
           rule_sets_approved(o->db, version, trusted, error);
}

static bool read_count(JsonObject *request, const char *name, unsigned *count, GError **error)
{
    guint64 value = 0;
    const char *text = request_text(request, name);
    if (!g_ascii_string_to_unsigned(text, 10, 0, 1000000, &value, NULL))
        return request_refuse(error, "%s: %s is not a number", name, text);
    *count = (unsigned)value;
    return true;
}

/* The figures are the proposer's own: that they are of the last cases is all that can be seen here.
 */
static bool is_of_last_cases(Office *o, unsigned cases, GError **error)
{
    g_autoptr(GArray) last = rule_sets_trial_cases(o->db, RULE_SETS_TRIAL_MOST, error);
    return last && (cases == last->len ||
                    request_refuse(error,
                                   "the dry run was over %u cases and the register's last are %u; "
                                   "run it again",
                                   cases, last->len));
}

static bool refuse_approved(Office *o, const char *version, GError **error)
{
    bool approved = false;
    if (!rule_sets_approved(o->db, version, &approved, error))
        return false;
    return !approved || request_refuse(error, "the rules %s are approved already", version);
}

char *rule_sets_propose_request(Office *o, JsonObject *request, const char *who, GError **error)
{
    RuleSet r = {.version = (char *)request_text(request, "version"),
                 .proposed_at = clock_now(),
                 .proposed_by = (char *)who,
                 .figures = (char *)request_text(request, "figures")};
    if (!r.version[0] || strlen(r.version) > VERSION_MOST) {
        request_refuse(error, "a proposal names the version of its rules");
        return NULL;
    }
    if (!read_count(request, "cases", &r.cases, error) ||
        !read_count(request, "changed", &r.changed, error) ||
        !is_of_last_cases(o, r.cases, error) || !refuse_approved(o, r.version, error) ||
        !rule_sets_propose(o->db, &r, error))
        return NULL;
    log_info("rules %s are proposed", r.version);
    return g_strdup_printf("proposed: %s; somebody else approves them: iecctl rules approve %s",
                           r.version, r.version);
}

/* The one set proposed that `text` names; NULL with an error. */
static RuleSet *named_set(Office *o, const char *text, GError **error)
{
    g_autoptr(GPtrArray) all = rule_sets_all(o->db, error);
    for (unsigned n = 0; all && n < all->len; n++) {
        const RuleSet *r = all->pdata[n];
        const char *digest = strrchr(r->version, '/');
        if (!strcmp(r->version, text) || (digest && !strcmp(digest + 1, text)))
            return rule_sets_load(o->db, r->version, error);
    }
    if (all)
        request_refuse(error, "no rules %s are proposed; iecctl rules history lists them", text);
    return NULL;
}

char *rule_sets_approve_request(Office *o, JsonObject *request, const char *who, GError **error)
{
    g_autoptr(RuleSet) r = named_set(o, request_text(request, "version"), error);
    if (!r || !refuse_approved(o, r->version, error))
        return NULL;
    if (!strcmp(r->proposed_by, who)) {
        request_refuse(error, "you proposed the rules %s; somebody else approves them", r->version);
        return NULL;
    }
    if (!rule_sets_approve(o->db, r->version, who, clock_now(), error))
        return NULL;
    log_info("rules %s are approved", r->version);
    return g_strdup_printf("approved: %s, proposed by %s (%u of %u cases judged otherwise%s%s); "
                           "put them in place and run iecctl reload",
                           r->version, r->proposed_by, r->changed, r->cases,
                           r->figures[0] ? ": " : "", r->figures);
}

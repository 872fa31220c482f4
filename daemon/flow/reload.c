#include "daemon/flow/reload.h"
#include "daemon/base/log.h"
#include "daemon/flow/dispatch.h"
#include "daemon/flow/intake.h"
#include "daemon/flow/rule_sets.h"

#define WIRE_WAIT_MS 100 /* between looks at whether a reply is still on the wire */

typedef struct Waiter {
    ReloadedFunc told;
    void *user;
} Waiter;

struct Reload {
    Office *office;
    GArray *waiting; /* Waiter: of the reload under way */
    GArray *next;    /* Waiter: of the one after it */
    bool under_way;
    guint retry;
    /* Read, and waiting for the readers. */
    Settings *settings;
    Templates *templates;
    Calendar *calendar;
};

static void forget_texts(Reload *r)
{
    g_clear_pointer(&r->settings, settings_free);
    g_clear_pointer(&r->templates, templates_free);
    g_clear_pointer(&r->calendar, calendar_free);
}

Reload *reload_open(Office *o)
{
    Reload *r = g_new0(Reload, 1);
    r->office = o;
    r->waiting = g_array_new(FALSE, FALSE, sizeof(Waiter));
    r->next = g_array_new(FALSE, FALSE, sizeof(Waiter));
    return r;
}

void reload_close(Reload *r)
{
    if (!r)
        return;
    g_clear_handle_id(&r->retry, g_source_remove);
    forget_texts(r);
    g_array_unref(r->waiting);
    g_array_unref(r->next);
    g_free(r);
}

static void begin_next(Reload *r);

static void end(Reload *r, const char *refused)
{
    Office *o = r->office;
    forget_texts(r);
    g_free(o->config_stale);
    o->config_stale = g_strdup(refused);
    if (refused)
        log_error("reload refused, the running settings stay in force: %s", refused);
    else
        log_info("settings, templates, calendar and rules read again");
    while (r->waiting->len > 0) {
        Waiter w = g_array_index(r->waiting, Waiter, 0);
        g_array_remove_index(r->waiting, 0);
        w.told(o->config_stale, w.user);
    }
    r->under_way = false;
    begin_next(r);
}

static bool read_texts(Reload *r, GError **error)
{
    const Settings *running = r->office->settings;
    r->settings = settings_load(running->file, error);
    if (!r->settings)
        return false;
    if (g_strcmp0(r->settings->state_dir, running->state_dir) ||
        g_strcmp0(r->settings->run_dir, running->run_dir) ||
        g_strcmp0(r->settings->data_dir, running->data_dir)) {
        g_set_error(error, SETTINGS_ERROR, 0,
                    "%s: state_dir, run_dir and data_dir are read at start only; restart iecd",
                    running->file);
        return false;
    }
    return office_load_texts(r->settings, &r->templates, &r->calendar, error);
}

static void take(Reload *r)
{
    Office *o = r->office;
    /* Sources and sender hold names of the old settings: they close before those go. */
    g_clear_pointer(&o->intake, intake_close);
    dispatch_settings_changing(o->dispatch);
    g_strfreev(o->own_addresses);
    o->own_addresses = office_own_addresses(r->settings);
    settings_free(o->settings);
    o->settings = g_steal_pointer(&r->settings);
    templates_free(o->templates);
    o->templates = g_steal_pointer(&r->templates);
    calendar_free(o->calendar);
    o->calendar = g_steal_pointer(&r->calendar);
    dispatch_settings_changed(o->dispatch);
    o->intake = intake_open(o);
}

/* A reply on the wire must be answered first: letting go of it could send it twice. */
static gboolean take_between_replies(void *user)
{
    Reload *r = user;
    if (!r->office->stopping && dispatch_busy(r->office->dispatch)) {
        if (!r->retry)
            r->retry = g_timeout_add(WIRE_WAIT_MS, take_between_replies, r);
        return G_SOURCE_CONTINUE;
    }
    r->retry = 0;
    if (!r->office->stopping)
        take(r);
    end(r, r->office->stopping ? "iecd is stopping" : NULL);
    return G_SOURCE_REMOVE;
}

static void on_readers(const GError *error, void *user)
{
    Reload *r = user;
    if (error)
        end(r, error->message);
    else
        take_between_replies(r);
}

static bool admit(const char *rules_version, void *user, GError **error)
{
    const Reload *r = user;
    return rule_sets_admit(r->office, rules_version, r->settings->casework.rules_need_approval,
                           "reload", error);
}

static void begin_next(Reload *r)
{
    g_autoptr(GError) error = NULL;
    if (r->under_way || r->next->len == 0)
        return;
    GArray *told = r->waiting;
    r->waiting = r->next;
    r->next = told;
    r->under_way = true;
    if (r->office->stopping)
        end(r, "iecd is stopping");
    else if (!read_texts(r, &error) ||
             !reader_pool_reload(r->office->pool, admit, on_readers, r, &error))
        end(r, error->message);
}

void reload_request(Reload *r, ReloadedFunc told, void *user)
{
    Waiter w = {told, user};
    g_array_append_val(r->next, w);
    begin_next(r);
}

static void forget(GArray *list, const void *user)
{
    for (unsigned n = list->len; n-- > 0;)
        if (g_array_index(list, Waiter, n).user == user)
            g_array_remove_index(list, n);
}

void reload_forget(Reload *r, const void *user)
{
    forget(r->waiting, user);
    forget(r->next, user);
}

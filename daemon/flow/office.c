#include "daemon/flow/office.h"
#include "config/paths.h"
#include "daemon/base/log.h"
#include "daemon/flow/deadlines.h"
#include "daemon/flow/dispatch.h"
#include "daemon/flow/handle.h"
#include "daemon/flow/intake.h"
#include "daemon/flow/reload.h"
#include "daemon/flow/rule_sets.h"
#include "daemon/model/address.h"
#include <glib/gstdio.h>
#include <string.h>

/* A stop waits this long for the answer to a reply already on the wire: shorter than the ten
 * seconds an administrator is promised, long enough for any server that is alive. */
#define STOP_WAIT_S 8

char *office_data_path(const Settings *settings, const char *name)
{
    if (settings->data_dir[0])
        return g_build_filename(settings->data_dir, name, NULL);
    g_autofree char *dir = config_dir_default();
    return g_build_filename(dir, name, NULL);
}

StreamConfig office_stream_config(const ServerSettings *s, const char *protocol)
{
    return (StreamConfig){
        .protocol = protocol,
        .host = s->host,
        .port = (uint16_t)s->port,
        .tls = !strcmp(s->tls, "implicit")   ? TLS_IMPLICIT
               : !strcmp(s->tls, "starttls") ? TLS_STARTTLS
                                             : TLS_NONE_LOOPBACK,
        .ca_file = s->ca_file[0] ? s->ca_file : NULL,
        .user = s->user[0] ? s->user : NULL,
        .secret_file = s->secret_file[0] ? s->secret_file : NULL,
        .auth = s->auth,
        .connect_timeout_s = 30,
    };
}

char **office_own_addresses(const Settings *s)
{
    GPtrArray *list = g_ptr_array_new();
    g_ptr_array_add(list, g_ascii_strdown(s->office_address, -1));
    for (char **a = s->own_addresses; a && *a; a++)
        g_ptr_array_add(list, g_ascii_strdown(*a, -1));
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}

bool office_is_own_address(const Office *o, const char *address)
{
    g_autofree char *plain = g_ascii_strdown(address, -1);
    const char *plus = strchr(plain, '+'), *at = strchr(plain, '@');
    if (plus && at && plus < at)
        memmove(plain + (plus - plain), at, strlen(at) + 1);
    return g_strv_contains((const char *const *)o->own_addresses, plain);
}

bool office_load_texts(const Settings *s, Templates **templates, Calendar **calendar,
                       GError **error)
{
    g_autofree char *dir = office_data_path(s, "templates");
    g_autofree char *holidays = office_data_path(s, "bank-holidays.json");
    g_autoptr(Templates) t = templates_load(dir, error);
    if (!t)
        return false;
    g_autoptr(Calendar) c = calendar_load(holidays, error);
    if (!c)
        return false;
    *templates = g_steal_pointer(&t);
    *calendar = g_steal_pointer(&c);
    return true;
}

static bool open_register(Office *o, GError **error)
{
    if (g_mkdir_with_parents(o->settings->state_dir, 0750) != 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "%s: cannot be made: %s",
                    o->settings->state_dir, g_strerror(errno));
        return false;
    }
    g_autofree char *path = g_build_filename(o->settings->state_dir, "register.sqlite", NULL);
    o->db = db_open(path, DB_WRITE, error);
    if (!o->db)
        return false;
    o->originals = originals_open(o->settings->state_dir, error);
    if (!o->originals)
        return false;
    o->mark_keys = cases_mark_keys(o->db, error);
    return o->mark_keys != NULL;
}

static ReaderPool *open_readers(const Settings *s, GError **error)
{
    g_autofree char *reader = program_path("iecd-reader");
    g_autofree char *data = s->data_dir[0] ? g_strdup(s->data_dir) : config_dir_default();
    ReaderPoolConfig config = {
        .reader_path = reader,
        .config_dir = data,
        .children = (unsigned)s->limits.children,
        .docs_children = (unsigned)s->limits.docs_children,
        .wall_s = (unsigned)s->limits.wall_s,
        .docs_wall_s = (unsigned)s->limits.docs_wall_s,
    };
    return reader_pool_new(&config, error);
}

bool office_check(const Settings *settings, GError **error)
{
    g_autoptr(Templates) templates = NULL;
    g_autoptr(Calendar) calendar = NULL;
    if (!office_load_texts(settings, &templates, &calendar, error))
        return false;
    g_autoptr(ReaderPool) pool = open_readers(settings, error);
    return pool != NULL;
}

Office *office_open_desk(Settings *settings, GError **error)
{
    g_autoptr(Office) o = g_new0(Office, 1);
    o->settings = settings;
    o->own_addresses = office_own_addresses(settings);
    o->loop = g_main_loop_new(NULL, FALSE);
    if (!office_load_texts(settings, &o->templates, &o->calendar, error) ||
        !open_register(o, error))
        return NULL;
    return g_steal_pointer(&o);
}

Office *office_open(Settings *settings, GError **error)
{
    g_autoptr(Office) o = office_open_desk(settings, error);
    if (!o)
        return NULL;
    if (!o->settings->trusted_authserv[0])
        log_warning("trusted_authserv is empty: no word on a sender's authenticity is believed, so "
                    "forged senders are answered");
    o->pool = open_readers(o->settings, error);
    if (!o->pool || !rule_sets_admit(o, reader_pool_rules_version(o->pool),
                                     o->settings->casework.rules_need_approval, "start", error))
        return NULL;
    o->reload = reload_open(o);
    return g_steal_pointer(&o);
}

void office_close(Office *o)
{
    if (!o)
        return;
    intake_close(o->intake);
    dispatch_close(o->dispatch);
    deadlines_close(o->deadlines);
    reload_close(o->reload);
    reader_pool_free(o->pool); /* calls nothing: a message being read stays received */
    handle_close(o->handle);
    g_clear_pointer(&o->mark_keys, g_array_unref);
    originals_close(o->originals);
    db_close(o->db);
    calendar_free(o->calendar);
    templates_free(o->templates);
    g_strfreev(o->own_addresses);
    settings_free(o->settings);
    g_clear_pointer(&o->loop, g_main_loop_unref);
    g_free(o->config_stale);
    g_free(o);
}

void office_start(Office *o)
{
    o->handle = handle_open(o);
    o->dispatch = dispatch_open(o);
    o->deadlines = deadlines_open(o);
    o->intake = intake_open(o);
    handle_kick(o->handle);
    dispatch_kick(o->dispatch);
}

static gboolean stop_now(void *user)
{
    Office *o = user;
    g_main_loop_quit(o->loop);
    return G_SOURCE_REMOVE;
}

void office_stop(Office *o)
{
    if (o->stopping)
        return;
    o->stopping = true;
    g_clear_pointer(&o->intake, intake_close);
    if (!o->dispatch || !dispatch_busy(o->dispatch))
        g_main_loop_quit(o->loop);
    else
        g_timeout_add_seconds(STOP_WAIT_S, stop_now, o);
}

bool office_fail(Office *o, const char *doing, const GError *error)
{
    log_error("%s: %s", doing, error ? error->message : "failed");
    if (error && (g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL) ||
                  g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC)))
        return true;
    o->exit_status = 75; /* EX_TEMPFAIL: the service manager starts us again, and we look again */
    o->stopping = true;
    g_main_loop_quit(o->loop);
    return false;
}

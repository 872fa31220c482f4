#include "daemon/flow/life.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/flow/control.h"
#include "daemon/flow/office.h"
#include "daemon/flow/reload.h"
#include <curl/curl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define REQUEST_MOST 65536u

static LogLevel level_of(const Settings *s)
{
    static const char *const NAMES[] = {"error", "warning", "info", "debug"};
    for (unsigned n = 0; n < G_N_ELEMENTS(NAMES); n++) {
        if (!strcmp(s->log_level, NAMES[n]))
            return (LogLevel)n;
    }
    return LOG_LEVEL_INFO;
}

static int refuse(const GError *error)
{
    fprintf(stderr, "%s\n", error->message);
    return 1;
}

int life_check(const char *config_file)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = settings_load(config_file, &error);
    if (!settings || !office_check(settings, &error))
        return refuse(error);
    printf("%s: no mistake found\n", config_file);
    return 0;
}

static gboolean on_stop(void *user)
{
    sd_notify(0, "STOPPING=1");
    log_info("stopping");
    office_stop(user);
    return G_SOURCE_CONTINUE;
}

static void on_reloaded(const char *refused, void *user)
{
    sd_notify(0, "READY=1");
}

static gboolean on_reload(void *user)
{
    Office *o = user;
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)g_get_monotonic_time());
    reload_request(o->reload, on_reloaded, o);
    return G_SOURCE_CONTINUE;
}

/* A beat comes from the loop itself: a loop that does not turn has none. */
static gboolean on_beat(void *user)
{
    const Office *o = user;
    RegisterCounts counts = {0};
    if (!register_counts(o->db, &counts, NULL))
        return G_SOURCE_CONTINUE;
    sd_notifyf(0,
               "WATCHDOG=1\nSTATUS=%lld cases, %lld messages to read, %lld replies to send, %lld "
               "held",
               (long long)counts.cases, (long long)counts.pending, (long long)counts.outbox_queued,
               (long long)counts.outbox_held);
    return G_SOURCE_CONTINUE;
}

static guint start_beating(Office *o)
{
    uint64_t watchdog_us = 0;
    (void)sd_watchdog_enabled(0, &watchdog_us);
    guint every_ms = watchdog_us ? (guint)(watchdog_us / 3000) : 30000;
    return g_timeout_add(CLAMP(every_ms, 100, 30000), on_beat, o);
}

int life_run(const char *config_file, int64_t clock_offset)
{
    g_autoptr(GError) error = NULL;
    Settings *settings = settings_load(config_file, &error);
    if (!settings)
        return refuse(error);
    log_setup("iecd", level_of(settings));
    clock_set_offset(clock_offset);
    (void)signal(SIGPIPE, SIG_IGN);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    g_autoptr(Office) office = office_open(settings, &error);
    if (!office)
        return refuse(error);
    g_autoptr(Control) control = control_open(office, &error);
    if (!control)
        return refuse(error);
    g_unix_signal_add(SIGTERM, on_stop, office);
    g_unix_signal_add(SIGINT, on_stop, office);
    g_unix_signal_add(SIGHUP, on_reload, office);
    office_start(office);
    guint beat = start_beating(office);
    sd_notify(0, "READY=1");
    log_info("ready: %s", config_file);
    if (!office->stopping)
        g_main_loop_run(office->loop);
    g_source_remove(beat);
    log_info("stopped");
    return office->exit_status;
}

int life_request(const char *config_file, int64_t clock_offset)
{
    g_autoptr(GError) error = NULL;
    Settings *settings = settings_load_without_secrets(config_file, &error);
    if (!settings)
        return refuse(error);
    log_setup("iecd", LOG_LEVEL_ERROR);
    clock_set_offset(clock_offset);
    g_autoptr(Office) office = office_open_desk(settings, &error);
    if (!office)
        return refuse(error);
    g_autofree char *line = g_malloc0(REQUEST_MOST);
    if (!fgets(line, REQUEST_MOST, stdin))
        return 2;
    g_autofree char *answer = control_answer(office, line, strcspn(line, "\n"), (uint32_t)getuid());
    fputs(answer, stdout);
    return office->exit_status;
}

#include "ctl/commands/case_reading.h"
#include "config/paths.h"
#include "daemon/store/messages.h"
#include <string.h>

CaseReading *case_reading_new(const Settings *settings)
{
    CaseReading *r = g_new0(CaseReading, 1);
    g_autoptr(GStrvBuilder) own = g_strv_builder_new();
    g_autofree char *office = g_ascii_strdown(settings->office_address, -1);
    g_strv_builder_add(own, office);
    for (char **a = settings->own_addresses; a && *a; a++) {
        g_autofree char *lower = g_ascii_strdown(*a, -1);
        g_strv_builder_add(own, lower);
    }
    r->settings = settings;
    r->files = g_ptr_array_new_with_free_func(g_free);
    r->jobs = g_array_new(FALSE, TRUE, sizeof(ReadJob));
    r->own_addresses = g_strv_builder_end(own);
    return r;
}

void case_reading_free(CaseReading *r)
{
    if (!r)
        return;
    g_ptr_array_unref(r->files);
    g_array_unref(r->jobs);
    g_strfreev(r->own_addresses);
    g_free(r);
}

static bool by_person(const MessageRow *m)
{
    return !m->duplicate_of && (!strcmp(m->kind, kind_name(KIND_COMPLAINT)) ||
                                !strcmp(m->kind, kind_name(KIND_FOLLOW_UP)));
}

bool case_reading_add(CaseReading *r, Db *db, const CaseRow *c, int64_t until, GError **error)
{
    g_autoptr(GPtrArray) messages = messages_of_case(db, c->id, error);
    for (unsigned n = 0; messages && n < messages->len; n++) {
        const MessageRow *m = messages->pdata[n];
        if (!by_person(m) || (until && m->received_at > until))
            continue;
        ReadJob job = {
            .fd = -1,
            .received_at = m->received_at,
            .channel = c->channel,
            .own_addresses = (const char *const *)r->own_addresses,
            .trusted_authserv = (const char *const *)r->settings->trusted_authserv,
            .facts = true,
        };
        g_array_append_val(r->jobs, job);
        g_ptr_array_add(r->files, g_build_filename(r->settings->state_dir, "originals", m->shard,
                                                   m->sha256, NULL));
    }
    return messages != NULL;
}

bool case_reading_run(const CaseReading *r, const char *dir, ReadFileFunc each, void *user)
{
    unsigned failed = 0;
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (unsigned n = 0; n < r->files->len; n++)
        g_strv_builder_add(names, r->files->pdata[n]);
    g_auto(GStrv) files = g_strv_builder_end(names);
    const FilesReading reading = {.config_dir = dir,
                                  .jobs = (const ReadJob *)(void *)r->jobs->data,
                                  .each = each,
                                  .user = user};
    return r->files->len == 0 || (files_read(files, &reading, &failed) && failed == 0);
}

char *case_reading_rules(const Settings *settings)
{
    return settings->data_dir[0] ? g_strdup(settings->data_dir) : config_dir_default();
}

/* iecctl parse: what the message parser makes of a message; nothing is judged or stored. */

#include "config/paths.h"
#include "ctl/commands/command.h"
#include "ctl/commands/files.h"
#include <limits.h>
#include <stdio.h>

static JsonArray *mailboxes(const GPtrArray *list)
{
    JsonArray *array = json_array_new();
    for (unsigned n = 0; n < list->len; n++) {
        const Mailbox *m = list->pdata[n];
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "name", m->name);
        json_object_set_string_member(o, "address", m->address);
        json_array_add_object_element(array, o);
    }
    return array;
}

static JsonArray *attachments(const GPtrArray *list)
{
    JsonArray *array = json_array_new();
    for (unsigned n = 0; n < list->len; n++) {
        const Attachment *a = list->pdata[n];
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "name", a->name);
        json_object_set_string_member(o, "type", a->type);
        json_object_set_int_member(o, "size", (gint64)a->size);
        json_object_set_string_member(o, "sha256", a->sha256);
        json_array_add_object_element(array, o);
    }
    return array;
}

static char *utc_text(int64_t utc_seconds)
{
    g_autoptr(GDateTime) t = utc_seconds ? g_date_time_new_from_unix_utc(utc_seconds) : NULL;
    return t ? g_date_time_format(t, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

static JsonObject *document_json(const char *file, const Document *d)
{
    JsonObject *o = json_object_new();
    g_autofree char *date = utc_text(d->date);
    json_object_set_string_member(o, "file", file);
    set_text(o, "message_id", d->message_id);
    set_text(o, "date", date);
    json_object_set_string_member(o, "subject", d->subject);
    json_object_set_array_member(o, "from", mailboxes(d->from));
    json_object_set_array_member(o, "to", mailboxes(d->to));
    json_object_set_array_member(o, "reply_to", mailboxes(d->reply_to));
    json_object_set_string_member(o, "text", d->text);
    json_object_set_string_member(o, "quoted_text", d->quoted_text);
    json_object_set_array_member(o, "attachments", attachments(d->attachments));
    return o;
}

static void print_line(const char *label, const char *text)
{
    g_autofree char *safe = safe_text(text);
    printf("%-12s %s\n", label, safe);
}

static void print_document(const char *file, const Document *d)
{
    g_autofree char *date = utc_text(d->date);
    g_autofree char *text = safe_text(d->text);
    print_line("file", file);
    print_line("message-id", d->message_id);
    print_line("date", date ? date : "");
    for (unsigned n = 0; n < d->from->len; n++) {
        const Mailbox *m = d->from->pdata[n];
        g_autofree char *who = g_strdup_printf("%s <%s>", m->name, m->address);
        print_line("from", who);
    }
    print_line("subject", d->subject);
    for (unsigned n = 0; n < d->attachments->len; n++) {
        const Attachment *a = d->attachments->pdata[n];
        g_autofree char *what =
            g_strdup_printf("%s (%s, %" G_GUINT64_FORMAT " bytes)", a->name, a->type, a->size);
        print_line("attachment", what);
    }
    for (char **w = d->defects; w && *w; w++)
        print_line("defect", *w);
    printf("\n%s\n\n", text);
}

static void each(const ReadFile *f, void *user)
{
    const Shared *shared = user;
    if (shared->json && f->error) {
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "file", f->name);
        json_object_set_string_member(o, "error", f->error);
        print_json(o);
    } else if (f->error)
        fprintf(stderr, "iecctl: %s: %s\n", f->name, f->error);
    else if (shared->json)
        print_json(document_json(f->name, f->result->document));
    else
        print_document(f->name, f->result->document);
}

static int run(const Shared *shared, int argc, char **argv)
{
    unsigned failed = 0;
    if (!command_options(&command_parse, &argc, &argv, NULL, UINT_MAX))
        return 2;
    if (argc < 2) {
        fputs("iecctl parse: name a file, a folder of .eml files, or - for standard input\n",
              stderr);
        return 2;
    }
    g_auto(GStrv) files = files_named(argc, argv);
    ReadJob job = {.fd = -1, .channel = CHANNEL_EMAIL, .facts = false};
    g_autofree char *dir = config_dir_default();
    const FilesReading reading = {
        .config_dir = dir, .job = &job, .each = each, .user = (void *)shared};
    return files && files_read(files, &reading, &failed) && failed == 0 ? 0 : 1;
}

const Command command_parse = {"parse", "FILE|DIR|-...", "Print what a message holds, parsed", run};

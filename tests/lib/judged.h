/* judged.h: judged messages (a folder of .eml files and gold.jsonl) as the readers read them, in
 * process. For unit tests, training and measurements. */
#pragma once

#include "parsers/document_reader.h"
#include "parsers/message.h"
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <unistd.h>

enum { JUDGED_PART_MAX = 32 * 1024 * 1024 };

/* What a document reader makes of the attachments that want one. */
static inline Document *judged_attachments(int fd, const Document *d)
{
    Document *found = document_new();
    for (unsigned i = 0; i < d->attachments->len; i++) {
        const Attachment *a = d->attachments->pdata[i];
        if (a->read != READ_WANTED)
            continue;
        g_autoptr(GBytes) bytes = message_part_bytes(fd, a->path, JUDGED_PART_MAX, NULL);
        g_autoptr(GError) error = NULL;
        TextPart *text = bytes ? document_read_part(a->kind, bytes, &error) : NULL;
        if (text) {
            g_free(text->path);
            text->path = g_strdup(a->path);
            g_ptr_array_add(found->texts, text);
            continue;
        }
        Attachment *failed = attachment_new();
        g_free(failed->path);
        failed->path = g_strdup(a->path);
        failed->read = READ_FAILED;
        g_free(failed->why);
        failed->why = g_strdup(error ? error->message : "it could not be unpacked");
        g_ptr_array_add(found->attachments, failed);
    }
    return found;
}

/* Never NULL: a file that cannot be read ends the program. */
static inline Document *judged_read(const char *path)
{
    g_autoptr(GError) error = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    g_autoptr(Document) first = fd < 0 ? NULL : message_parse(fd, NULL, &error);
    g_autoptr(Document) found = first ? judged_attachments(fd, first) : NULL;
    Document *d = found ? message_parse(fd, found, &error) : NULL;
    if (!d)
        g_error("%s: %s", path, error ? error->message : g_strerror(errno));
    close(fd);
    return d;
}

/* The lines of folder/gold.jsonl: array of JsonNode. */
static inline GPtrArray *judged_gold(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "gold.jsonl", NULL), *text = NULL;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &text, NULL, &error))
        g_error("%s", error->message);
    GPtrArray *gold = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        JsonNode *node = **line ? json_from_string(*line, &error) : NULL;
        if (error)
            g_error("%s: %s", path, error->message);
        if (node)
            g_ptr_array_add(gold, node);
    }
    return gold;
}

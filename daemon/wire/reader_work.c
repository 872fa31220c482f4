#include "daemon/wire/reader_work.h"
#include <string.h>
#include <unistd.h>

/* The parsers keep 4 MiB of text of one message; what documents add must leave room for its own. */
#define FOUND_BYTES_MOST (3u << 20)

ReaderWork *reader_work_new(const ReadJob *job, ReadDoneFunc done, void *user)
{
    ReaderWork *w = g_new0(ReaderWork, 1);
    w->fd = job->fd;
    w->received_at = job->received_at;
    w->channel = job->channel;
    w->own_addresses = g_strdupv((char **)job->own_addresses);
    w->trusted_authserv = g_strdupv((char **)job->trusted_authserv);
    w->backlog = job->backlog;
    w->facts_wanted = job->facts;
    w->done = done;
    w->user = user;
    w->result = g_new0(ReadResult, 1);
    return w;
}

void reader_work_free(ReaderWork *w)
{
    if (!w)
        return;
    close(w->fd);
    g_strfreev(w->own_addresses);
    g_strfreev(w->trusted_authserv);
    read_result_free(w->result);
    g_clear_error(&w->error);
    document_free(w->found);
    g_clear_pointer(&w->documents, g_ptr_array_unref);
    g_free(w);
}

ReaderTask *reader_work_task(ReaderWork *w, ReaderOp op, unsigned item)
{
    const Attachment *a = op == READER_DOCUMENT ? w->documents->pdata[item] : NULL;
    const ReaderOrder order = {
        .op = op,
        .received_at = w->received_at,
        .channel = (uint8_t)w->channel,
        .facts = w->facts_wanted,
        .own_addresses = (const char *const *)w->own_addresses,
        .trusted_authserv = (const char *const *)w->trusted_authserv,
        .path = a ? a->path : NULL,
        .kind = a ? a->kind : NULL,
        .found = op == READER_MESSAGE ? w->found : NULL,
    };
    ReaderTask *t = g_new0(ReaderTask, 1);
    t->op = op;
    t->shared = w->backlog && op == READER_MESSAGE;
    t->order = reader_order_encode(&order);
    t->fd = w->fd;
    t->work = w;
    t->item = item;
    return t;
}

static void set_why(ReaderWork *w, const char *why)
{
    g_free(w->result->why);
    w->result->why = g_strdup(why);
}

bool reader_work_take(ReaderWork *w, const ReaderTask *t, ReaderAnswer *answer, bool fresh)
{
    ReadResult *r = w->result;
    r->reader_ms += t->ms;
    bool whole = answer->document && (t->op != READER_MESSAGE || !w->facts_wanted || answer->facts);
    if (answer->status != READER_DONE || !whole) {
        if (t->op == READER_MESSAGE)
            set_why(w, *answer->why ? answer->why : "the reader could not read it");
        return false;
    }
    g_clear_pointer(&w->documents, g_ptr_array_unref); /* they were of the old document */
    document_free(r->document);
    r->document = g_steal_pointer(&answer->document);
    if (t->op == READER_HEADER) {
        r->document->unreadable = true;
        return true;
    }
    facts_free(r->facts);
    r->facts = w->facts_wanted ? g_steal_pointer(&answer->facts) : NULL;
    r->fresh = fresh;
    return true;
}

static void note_failed(ReaderWork *w, const char *path, const char *why)
{
    Attachment *a = attachment_new();
    g_free(a->path);
    a->path = g_strdup(path);
    a->read = READ_FAILED;
    g_free(a->why);
    a->why = g_strdup(why);
    g_ptr_array_add(w->found->attachments, a);
}

unsigned reader_work_documents(ReaderWork *w)
{
    if (w->found || !w->facts_wanted)
        return 0;
    w->documents = g_ptr_array_new();
    GPtrArray *attachments = w->result->document->attachments;
    for (unsigned k = 0; k < attachments->len; k++) {
        Attachment *a = attachments->pdata[k];
        if (a->read != READ_WANTED)
            continue;
        if (!w->found)
            w->found = document_new();
        if (w->documents->len < READER_DOCUMENTS_MOST)
            g_ptr_array_add(w->documents, a);
        else
            note_failed(w, a->path, "the message has more documents than are read");
    }
    return w->documents_left = w->documents->len;
}

void reader_work_found(ReaderWork *w, const ReaderTask *t, ReaderAnswer *answer, const char *why)
{
    const Attachment *a = w->documents->pdata[t->item];
    w->result->reader_ms += t->ms;
    w->documents_left--;
    Document *d = answer && answer->status == READER_DONE ? answer->document : NULL;
    if (!d || d->texts->len != 1) {
        if (answer)
            why = *answer->why ? answer->why : "its reader found no text in it";
        note_failed(w, a->path, why);
        return;
    }
    TextPart *text = d->texts->pdata[0];
    if (w->found_bytes + strlen(text->text) > FOUND_BYTES_MOST) {
        note_failed(w, a->path, "the documents together hold too much text");
        return;
    }
    w->found_bytes += strlen(text->text);
    text = g_ptr_array_steal_index(d->texts, 0);
    text->role = TEXT_ATTACHMENT;
    g_free(text->path);
    text->path = g_strdup(a->path);
    g_ptr_array_add(w->found->texts, text);
}

void reader_work_give_up(ReaderWork *w, const char *why)
{
    ReadResult *r = w->result;
    if (why)
        set_why(w, why);
    g_clear_pointer(&r->facts, facts_free);
    if (r->document && r->document->unreadable)
        return;
    g_clear_pointer(&w->documents, g_ptr_array_unref);
    document_free(r->document);
    r->document = document_new();
    r->document->unreadable = true;
}

#include "daemon/model/reader_protocol.h"
#include <gio/gio.h>
#include <string.h>

#define ORDER_TYPE_HEAD "(yxybasasssm"
#define NOTE_TYPE       "(yuiss)"
#define CLAUSE_MOST     200u

static char *order_type(void)
{
    return g_strconcat(ORDER_TYPE_HEAD, DOCUMENT_VARIANT_TYPE, ")", NULL);
}

static char *answer_type(void)
{
    return g_strconcat("(ysm", DOCUMENT_VARIANT_TYPE, "m", FACTS_VARIANT_TYPE, ")", NULL);
}

/* Takes the floating `v`. */
static GBytes *bytes_of(GVariant *v)
{
    g_autoptr(GVariant) sunk = g_variant_ref_sink(v);
    return g_variant_get_data_as_bytes(sunk);
}

/* A peer's bytes as `type`, or NULL. Not normal form means not written by our code, and GLib would
 * put defaults in place of what it cannot read. */
static GVariant *variant_of(GBytes *bytes, const char *type, GError **error)
{
    g_autoptr(GVariant) v =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(type), bytes, false));
    if (g_variant_is_normal_form(v))
        return g_steal_pointer(&v);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "it is not in normal form");
    return NULL;
}

static GVariant *maybe_document(const Document *d)
{
    return g_variant_new_maybe(G_VARIANT_TYPE(DOCUMENT_VARIANT_TYPE),
                               d ? document_to_variant(d) : NULL);
}

static GVariant *strings(const char *const *list)
{
    return g_variant_new_strv(list ? list : (const char *const[]){NULL}, -1);
}

GBytes *reader_order_encode(const ReaderOrder *o)
{
    GVariant *fields[] = {
        g_variant_new_byte((uint8_t)o->op),
        g_variant_new_int64(o->received_at),
        g_variant_new_byte(o->channel),
        g_variant_new_boolean(o->facts),
        strings(o->own_addresses),
        strings(o->trusted_authserv),
        g_variant_new_string(o->path ? o->path : ""),
        g_variant_new_string(o->kind ? o->kind : ""),
        maybe_document(o->found),
    };
    return bytes_of(g_variant_new_tuple(fields, G_N_ELEMENTS(fields)));
}

void received_order_free(ReceivedOrder *r)
{
    if (!r)
        return;
    g_clear_pointer(&r->keep, g_variant_unref);
    g_strfreev(r->own_addresses);
    g_strfreev(r->trusted_authserv);
    document_free(r->found);
    g_free(r);
}

static Document *take_document(GVariant *tuple, size_t index, bool *lie, GError **error)
{
    g_autoptr(GVariant) field = g_variant_get_child_value(tuple, index);
    g_autoptr(GVariant) v = g_variant_get_maybe(field);
    Document *d = v ? document_from_variant(v, error) : NULL;
    *lie = v && !d;
    return d;
}

ReceivedOrder *reader_order_decode(GBytes *bytes, GError **error)
{
    g_autofree char *type = order_type();
    g_autoptr(ReceivedOrder) r = g_new0(ReceivedOrder, 1);
    r->keep = variant_of(bytes, type, error);
    if (!r->keep)
        return NULL;
    uint8_t op;
    gboolean facts;
    ReaderOrder *o = &r->order;
    g_variant_get_child(r->keep, 0, "y", &op);
    g_variant_get_child(r->keep, 1, "x", &o->received_at);
    g_variant_get_child(r->keep, 2, "y", &o->channel);
    g_variant_get_child(r->keep, 3, "b", &facts);
    g_variant_get_child(r->keep, 4, "^as", &r->own_addresses);
    g_variant_get_child(r->keep, 5, "^as", &r->trusted_authserv);
    g_variant_get_child(r->keep, 6, "&s", &o->path);
    g_variant_get_child(r->keep, 7, "&s", &o->kind);
    bool lie;
    r->found = take_document(r->keep, 8, &lie, error);
    if (lie)
        return NULL;
    if (op >= READER_OP_COUNT) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "there is no order %u", op);
        return NULL;
    }
    o->op = (ReaderOp)op;
    o->facts = facts;
    o->own_addresses = (const char *const *)r->own_addresses;
    o->trusted_authserv = (const char *const *)r->trusted_authserv;
    o->found = r->found;
    return g_steal_pointer(&r);
}

void reader_answer_free(ReaderAnswer *a)
{
    if (!a)
        return;
    document_free(a->document);
    facts_free(a->facts);
    g_free(a->why);
    g_free(a);
}

GBytes *reader_answer_encode(const ReaderAnswer *a)
{
    g_autofree char *why = g_utf8_make_valid(a->why ? a->why : "", -1);
    GVariant *fields[] = {
        g_variant_new_byte((uint8_t)a->status),
        g_variant_new_string(why),
        maybe_document(a->document),
        g_variant_new_maybe(G_VARIANT_TYPE(FACTS_VARIANT_TYPE),
                            a->facts ? facts_to_variant(a->facts) : NULL),
    };
    return bytes_of(g_variant_new_tuple(fields, G_N_ELEMENTS(fields)));
}

ReaderAnswer *reader_answer_decode(GBytes *bytes, GError **error)
{
    g_autofree char *type = answer_type();
    g_autoptr(GVariant) v = variant_of(bytes, type, error);
    if (!v)
        return NULL;
    uint8_t status;
    const char *why;
    g_variant_get_child(v, 0, "y", &status);
    g_variant_get_child(v, 1, "&s", &why);
    if (status >= READER_STATUS_COUNT) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "there is no status %u", status);
        return NULL;
    }
    g_autoptr(ReaderAnswer) a = g_new0(ReaderAnswer, 1);
    a->status = (ReaderStatus)status;
    a->why = document_clean_value(why, -1, CLAUSE_MOST); /* it is shown to people */
    bool lie;
    a->document = take_document(v, 2, &lie, error);
    if (lie)
        return NULL;
    g_autoptr(GVariant) field = g_variant_get_child_value(v, 3);
    g_autoptr(GVariant) facts = g_variant_get_maybe(field);
    if (facts && !(a->facts = facts_from_variant(facts, error)))
        return NULL;
    return g_steal_pointer(&a);
}

/* A note fits one packet, were every byte replaced by three. */
static char *valid_start(const char *s, size_t most)
{
    return s ? g_utf8_make_valid(s, (gssize)strnlen(s, most)) : g_strdup("");
}

GBytes *reader_note_encode(ReaderNoteKind kind, uint32_t number, int32_t status, const char *text,
                           const char *more)
{
    g_autofree char *valid = valid_start(text, 1000);
    g_autofree char *more_valid = valid_start(more, 250);
    return bytes_of(
        g_variant_new(NOTE_TYPE, (unsigned)kind, number, (int)status, valid, more_valid));
}

ReaderNote *reader_note_decode(const void *bytes, size_t length, GError **error)
{
    g_autoptr(GBytes) copy = g_bytes_new(bytes, length);
    g_autoptr(GVariant) v = variant_of(copy, NOTE_TYPE, error);
    if (!v)
        return NULL;
    uint8_t kind;
    g_autoptr(ReaderNote) n = g_new0(ReaderNote, 1);
    g_variant_get(v, NOTE_TYPE, &kind, &n->number, &n->status, &n->text, &n->more);
    if (kind >= NOTE_KIND_COUNT) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "there is no note %u", kind);
        return NULL;
    }
    n->kind = (ReaderNoteKind)kind;
    return g_steal_pointer(&n);
}

void reader_note_free(ReaderNote *n)
{
    if (!n)
        return;
    g_free(n->text);
    g_free(n->more);
    g_free(n);
}

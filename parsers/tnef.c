#include "parsers/tnef.h"
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ytnef.h>

G_DEFINE_QUARK(iecd - tnef - error - quark, tnef_error)

/* MS-OXPROPS; the headers of libytnef name some of these differently from release to release. */
enum {
    ID_BODY = 0x1000,
    ID_RTF_COMPRESSED = 0x1009,
    ID_HTML = 0x1013,
    ID_CODE_PAGE = 0x3FDE,
    ID_DATA = 0x3701,
    ID_FILENAME = 0x3704,
    ID_LONG_FILENAME = 0x3707,
    TYPE_OBJECT = 0x000D,
    TYPE_INT = 0x0003,
    TYPE_STRING8 = 0x001E,
    TYPE_UNICODE = 0x001F,
    TYPE_BINARY = 0x0102,
};

/* The first property `id` of one of the types, with its type; NULL if none. */
static const variableLength *find(MAPIProps *props, unsigned id, const unsigned *types,
                                  unsigned *type)
{
    for (; *types; types++) {
        const variableLength *v = MAPIFindProperty(props, (id << 16) | *types);
        if (v == MAPI_UNDEFINED || !v || !v->data || v->size <= 0)
            continue;
        *type = *types;
        return v;
    }
    return NULL;
}

static GBytes *copy(const variableLength *v)
{
    return v && v->data && v->size > 0 ? g_bytes_new(v->data, (gsize)v->size) : NULL;
}

/* libytnef turns Unicode strings into UTF-8 itself, and ends strings with a NUL. */
static GBytes *copy_string(const variableLength *v)
{
    return v ? g_bytes_new(v->data, strnlen((const char *)v->data, (size_t)v->size)) : NULL;
}

static void read_body(TNEFStruct *raw, Tnef *t)
{
    static const unsigned strings[] = {TYPE_UNICODE, TYPE_STRING8, 0};
    static const unsigned blobs[] = {TYPE_BINARY, TYPE_STRING8, TYPE_UNICODE, 0};
    static const unsigned integers[] = {TYPE_INT, 0};
    unsigned type = TYPE_STRING8;
    const variableLength *body = find(&raw->MapiProperties, ID_BODY, strings, &type);
    if (body)
        t->text = copy_string(body);
    else if (raw->body.data && raw->body.size > 0)
        t->text = copy_string(&raw->body);
    unsigned ignored;
    const variableLength *page = find(&raw->MapiProperties, ID_CODE_PAGE, integers, &ignored);
    unsigned number = page && page->size >= 4 ? SwapDWord(page->data, 4) : 1252;
    t->charset = type == TYPE_UNICODE || number == 65001
                     ? g_strdup("utf-8")
                     : g_strdup_printf("windows-%u", number % 100000);
    t->html = copy(find(&raw->MapiProperties, ID_HTML, blobs, &ignored));
    const variableLength *rtf = find(&raw->MapiProperties, ID_RTF_COMPRESSED, blobs, &ignored);
    if (rtf && !t->text && !t->html && rtf->size >= 16 &&
        SwapDWord(rtf->data + 4, 4) <= TNEF_BYTES_MAX) {
        int size = 0;
        BYTE *plain = DecompressRTF((variableLength *)rtf, &size);
        if (plain && size > 0)
            t->rtf = g_bytes_new(plain, (gsize)size);
        free(plain);
    }
}

static void read_file(Attachment *a, Tnef *t)
{
    static const unsigned names[] = {TYPE_UNICODE, TYPE_STRING8, 0};
    static const unsigned blobs[] = {TYPE_BINARY, TYPE_OBJECT, 0};
    unsigned type;
    const variableLength *data = &a->FileData;
    size_t skip = 0;
    if (!data->data || data->size <= 0) {
        data = find(&a->MAPI, ID_DATA, blobs, &type);
        skip = 16; /* the interface's GUID stands before the object */
    }
    if (!data || (size_t)data->size <= skip)
        return;
    TnefFile *file = g_new0(TnefFile, 1);
    file->bytes = g_bytes_new(data->data + skip, (gsize)data->size - skip);
    const variableLength *name = find(&a->MAPI, ID_LONG_FILENAME, names, &type);
    if (!name)
        name = find(&a->MAPI, ID_FILENAME, names, &type);
    if (!name && a->Title.data && a->Title.size > 0)
        name = &a->Title;
    file->name = name ? g_strndup((const char *)name->data, (gsize)name->size) : g_strdup("");
    g_ptr_array_add(t->files, file);
}

Tnef *tnef_read(const void *bytes, size_t length, GError **error)
{
    TNEFStruct raw = {0}; /* its own initialiser forgets the debug level */
    TNEFInitialize(&raw);
    g_autoptr(Tnef) t = g_new0(Tnef, 1);
    t->files = g_ptr_array_new();
    int result = -1;
    if (length >= 6 && length <= TNEF_BYTES_MAX)
        result = TNEFParseMemory((BYTE *)bytes, (long)length, &raw);
    read_body(&raw, t);
    for (Attachment *a = raw.starting_attach.next; a && t->files->len < TNEF_FILES; a = a->next)
        read_file(a, t);
    TNEFFree(&raw);
    /* What was read before the break is still worth having. */
    if (result != 0 && !t->text && !t->html && !t->rtf && t->files->len == 0) {
        g_set_error_literal(error, TNEF_ERROR, TNEF_ERROR_BROKEN, "winmail.dat is broken");
        return NULL;
    }
    return g_steal_pointer(&t);
}

static void file_free(TnefFile *f)
{
    g_free(f->name);
    g_bytes_unref(f->bytes);
    g_free(f);
}

void tnef_free(Tnef *t)
{
    if (!t)
        return;
    g_clear_pointer(&t->text, g_bytes_unref);
    g_clear_pointer(&t->html, g_bytes_unref);
    g_clear_pointer(&t->rtf, g_bytes_unref);
    g_free(t->charset);
    g_ptr_array_set_free_func(t->files, (GDestroyNotify)file_free);
    g_ptr_array_unref(t->files);
    g_free(t);
}

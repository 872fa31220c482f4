#include "parsers/office_text.h"
#include "parsers/document_reader.h"
#include <archive.h>
#include <archive_entry.h>
#include <libxml/parser.h>
#include <string.h>

typedef struct Office {
    xmlParserCtxtPtr parser;
    GString *out;
    size_t most;
    unsigned depth, skip; /* skip: depth at which something not shown began, 0 none */
    unsigned shown;       /* within elements that hold text */
    bool odt, cut, refused, locked;
} Office;

static bool is(const xmlChar *name, const char *what)
{
    return strcmp((const char *)name, what) == 0;
}

/* Deleted text is kept in the file while changes are tracked. */
static bool is_hidden(const xmlChar *name)
{
    return is(name, "del") || is(name, "moveFrom") || is(name, "instrText") ||
           is(name, "tracked-changes") || is(name, "annotation") || is(name, "forms");
}

static bool holds_text(const Office *o, const xmlChar *name)
{
    return o->odt ? is(name, "p") || is(name, "h") : is(name, "t");
}

static void start_element(void *user, const xmlChar *name, const xmlChar *prefix,
                          const xmlChar *uri, int namespaces, const xmlChar **ignored,
                          int attributes, int defaulted, const xmlChar **more)
{
    Office *o = user;
    o->depth++;
    if (o->skip == 0 && is_hidden(name))
        o->skip = o->depth;
    if (o->skip > 0)
        return;
    o->shown += holds_text(o, name);
    if (is(name, "tab"))
        g_string_append_c(o->out, '\t');
    else if (is(name, "br") || is(name, "cr") || is(name, "line-break"))
        g_string_append_c(o->out, '\n');
    else if (is(name, "s") && o->odt)
        g_string_append_c(o->out, ' ');
}

static void end_element(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    Office *o = user;
    if (o->skip == o->depth)
        o->skip = 0;
    else if (o->skip == 0) {
        if (o->shown > 0 && holds_text(o, name))
            o->shown--;
        if (is(name, "p") || is(name, "h"))
            g_string_append_c(o->out, '\n');
        else if (is(name, "tc"))
            g_string_append_c(o->out, '\t');
    }
    o->depth--;
}

static void characters(void *user, const xmlChar *text, int length)
{
    Office *o = user;
    if (o->skip > 0 || o->shown == 0)
        return;
    g_string_append_len(o->out, (const char *)text, length);
    if (o->out->len > o->most) {
        o->cut = true;
        xmlStopParser(o->parser);
    }
}

/* Entities are how small files become large; documents need none of their own. */
static void entity(void *user, const xmlChar *name, int type, const xmlChar *public_id,
                   const xmlChar *system_id, xmlChar *content)
{
    Office *o = user;
    o->cut = o->refused = true;
    xmlStopParser(o->parser);
}

static bool find_member(struct archive *a, const char *member, bool *locked)
{
    struct archive_entry *entry;
    for (unsigned n = 0; n < OFFICE_MEMBERS_MAX; n++) {
        if (archive_read_next_header(a, &entry) != ARCHIVE_OK)
            return false;
        const char *path = archive_entry_pathname(entry);
        *locked |= archive_entry_is_encrypted(entry);
        if (path && strcmp(path, member) == 0)
            return true;
    }
    return false;
}

static bool parse_member(struct archive *a, Office *o)
{
    char buffer[16384];
    size_t all = 0;
    ssize_t n;
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                         .startElementNs = start_element,
                         .endElementNs = end_element,
                         .characters = characters,
                         .entityDecl = entity};
    o->parser = xmlCreatePushParserCtxt(&sax, o, NULL, 0, NULL);
    xmlCtxtUseOptions(o->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    while (!o->cut && (n = archive_read_data(a, buffer, sizeof buffer)) > 0) {
        all += (size_t)n;
        if (xmlParseChunk(o->parser, buffer, (int)n, 0) != 0)
            break;
        o->cut |= all > OFFICE_XML_MAX;
    }
    xmlParseChunk(o->parser, buffer, 0, 1);
    bool well = o->parser->wellFormed;
    if (o->parser->myDoc) /* made for declarations, even without a tree */
        xmlFreeDoc(o->parser->myDoc);
    xmlFreeParserCtxt(o->parser);
    return !o->refused && (well || o->out->len > 0);
}

static bool read_archive(struct archive *a, GBytes *bytes, const char *member, Office *o)
{
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    archive_read_support_format_zip_streamable(a);
    archive_read_support_format_zip_seekable(a);
    return archive_read_open_memory(a, data, length) == ARCHIVE_OK &&
           find_member(a, member, &o->locked) && parse_member(a, o);
}

char *office_text(GBytes *bytes, const char *member, size_t most, bool *cut, GError **error)
{
    Office o = {.out = g_string_new(NULL), .most = most};
    o.odt = strcmp(member, "content.xml") == 0;
    struct archive *a = archive_read_new();
    bool well = read_archive(a, bytes, member, &o);
    archive_read_free(a);
    if (well) {
        *cut |= o.cut;
        return g_string_free(o.out, FALSE);
    }
    g_string_free(o.out, TRUE);
    g_set_error_literal(
        error, DOCUMENT_READER_ERROR, o.locked ? DOCUMENT_READER_LOCKED : DOCUMENT_READER_BROKEN,
        o.locked ? "the document is locked with a password" : "the document is broken");
    return NULL;
}

/* office_text.h: the text of Word (.docx), OpenDocument (.odt) and RTF files.
 *
 * The packed formats are unpacked one member at a time by libarchive, never to disk, and at most
 * OFFICE_XML_MAX bytes of XML are parsed by libxml2 without entities, network or a tree.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

enum { OFFICE_MEMBERS_MAX = 2000, OFFICE_XML_MAX = 32 * 1024 * 1024 };

/* The same as pdf_text; `member` is the file within: "word/document.xml" or "content.xml". */
char *office_text(GBytes *bytes, const char *member, size_t most, bool *cut, GError **error);
char *rtf_text(GBytes *bytes, size_t most, bool *cut);

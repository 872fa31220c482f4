/* tnef.h: what Outlook packed into a winmail.dat, by libytnef.
 *
 * libytnef is old and has a history of memory errors: only ever called inside the readers' cage.
 */
#pragma once

#include <glib.h>

enum { TNEF_FILES = 100, TNEF_BYTES_MAX = 64 * 1024 * 1024 };

typedef struct TnefFile {
    char *name; /* as packed; any bytes */
    GBytes *bytes;
} TnefFile;

typedef struct Tnef {
    GBytes *text;     /* plain body, in the charset below; NULL none */
    GBytes *html;     /* HTML body; NULL none */
    GBytes *rtf;      /* body where there is no other; NULL none */
    char *charset;    /* "windows-1252" by code page, or "utf-8" */
    GPtrArray *files; /* TnefFile, at most TNEF_FILES */
} Tnef;

#define TNEF_ERROR (tnef_error_quark())
GQuark tnef_error_quark(void);
typedef enum TnefError { TNEF_ERROR_BROKEN } TnefError;

Tnef *tnef_read(const void *bytes, size_t length, GError **error);
void tnef_free(Tnef *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tnef, tnef_free)

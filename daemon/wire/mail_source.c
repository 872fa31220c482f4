#include "daemon/wire/mail_source.h"

void source_message_free(SourceMessage *m)
{
    if (!m)
        return;
    g_free(m->file);
    if (m->bytes)
        g_bytes_unref(m->bytes);
    if (m->header)
        g_bytes_unref(m->header);
    g_free(m);
}

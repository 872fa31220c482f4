#include "daemon/flow/request.h"
#include <string.h>

const char *request_text(JsonObject *request, const char *name)
{
    const char *text = json_object_get_string_member_with_default(request, name, "");
    return text ? text : "";
}

bool request_refuse(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_FAILED, text);
    return false;
}

CaseRow *request_case(Office *o, JsonObject *request, GError **error)
{
    int year;
    uint32_t number;
    const char *text = request_text(request, "case");
    if (!case_reference_parse(text, &year, &number)) {
        request_refuse(error, "%s is not a case reference; write it like IEC/26/000123", text);
        return NULL;
    }
    g_autofree char *reference = case_reference(year, number);
    g_autoptr(GError) broken = NULL;
    CaseRow *c = cases_by_reference(o->db, reference, &broken);
    if (broken)
        g_propagate_error(error, g_steal_pointer(&broken));
    else if (!c)
        request_refuse(error, "there is no case %s", reference);
    return c;
}

const char *request_why(JsonObject *request, bool needed, GError **error)
{
    const char *why = request_text(request, "why");
    bool blank = strspn(why, " \t\n") == strlen(why);
    if (needed && blank)
        request_refuse(error, "say why: add --why TEXT");
    else if (strlen(why) > REQUEST_WORDS_MOST)
        request_refuse(error, "keep reasons and notes under %u bytes each", REQUEST_WORDS_MOST);
    else
        return why;
    return NULL;
}

bool request_reasons(JsonObject *request, const char *name, uint32_t *reasons, GError **error)
{
    const char *text = request_text(request, name);
    return set_from_text(text, (const char *(*)(int))(void *)reason_name, REASON_COUNT, reasons) ||
           request_refuse(error, "%s: %s: see iecctl decide --help for the names", name, text);
}

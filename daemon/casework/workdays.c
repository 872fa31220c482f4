#include "daemon/casework/workdays.h"
#include <json-glib/json-glib.h>

enum {
    FILE_MAX = 1024 * 1024, /* GOV.UK's file is 60 KB */
    HOLIDAYS_A_YEAR = 8,    /* of England and Wales, in any ordinary year; a year never has fewer */
};

struct Calendar {
    GHashTable *holidays; /* of Day */
    int first_year, last_year;
};

void calendar_free(Calendar *c)
{
    if (!c)
        return;
    g_clear_pointer(&c->holidays, g_hash_table_unref);
    g_free(c);
}

static bool wrong(GError **error, const char *path, const char *what)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: %s", path, what);
    return false;
}

static JsonArray *events_of(JsonNode *root)
{
    JsonObject *top = root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
    JsonNode *division = top ? json_object_get_member(top, "england-and-wales") : NULL;
    if (!division || !JSON_NODE_HOLDS_OBJECT(division))
        return NULL;
    JsonNode *events = json_object_get_member(json_node_get_object(division), "events");
    return events && JSON_NODE_HOLDS_ARRAY(events) ? json_node_get_array(events) : NULL;
}

static Day date_of(JsonNode *event)
{
    JsonNode *date = event && JSON_NODE_HOLDS_OBJECT(event)
                         ? json_object_get_member(json_node_get_object(event), "date")
                         : NULL;
    if (!date || !JSON_NODE_HOLDS_VALUE(date) || json_node_get_value_type(date) != G_TYPE_STRING)
        return DAY_NONE;
    return day_from_iso(json_node_get_string(date));
}

static bool take_events(Calendar *c, JsonArray *events, const char *path, GError **error)
{
    for (guint n = 0; n < json_array_get_length(events); n++) {
        Day day = date_of(json_array_get_element(events, n));
        if (day == DAY_NONE) {
            g_autofree char *what =
                g_strdup_printf("event %u has no \"date\" of the form YYYY-MM-DD", n + 1);
            return wrong(error, path, what);
        }
        int year;
        day_to_ymd(day, &year, NULL, NULL);
        c->first_year = c->first_year ? MIN(c->first_year, year) : year;
        c->last_year = MAX(c->last_year, year);
        g_hash_table_add(c->holidays, GINT_TO_POINTER(day));
    }
    return c->last_year || wrong(error, path, "\"england-and-wales\" has no events");
}

/* A year half entered would let a deadline be counted over a holiday that nobody wrote down. */
static bool check_years(const Calendar *c, const char *path, GError **error)
{
    for (int year = c->first_year; year <= c->last_year; year++) {
        int found = 0;
        for (Day day = day_from_ymd(year, 1, 1); day <= day_from_ymd(year, 12, 31); day++)
            found += g_hash_table_contains(c->holidays, GINT_TO_POINTER(day));
        if (found < HOLIDAYS_A_YEAR) {
            g_autofree char *what =
                g_strdup_printf("%d has %d bank holidays, fewer than %d: the year is not whole",
                                year, found, HOLIDAYS_A_YEAR);
            return wrong(error, path, what);
        }
    }
    return true;
}

Calendar *calendar_load(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, error)) {
        g_prefix_error(error, "bank holidays: ");
        return NULL;
    }
    if (length > FILE_MAX) {
        wrong(error, path, "larger than 1 MiB");
        return NULL;
    }
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    if (!json_parser_load_from_data(parser, text, (gssize)length, error)) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    JsonArray *events = events_of(json_parser_get_root(parser));
    if (!events) {
        wrong(error, path, "no \"events\" under \"england-and-wales\"");
        return NULL;
    }
    g_autoptr(Calendar) c = g_new0(Calendar, 1);
    c->holidays = g_hash_table_new(NULL, NULL);
    if (!take_events(c, events, path, error) || !check_years(c, path, error))
        return NULL;
    return g_steal_pointer(&c);
}

Day calendar_horizon(const Calendar *c)
{
    return day_from_ymd(c->last_year, 12, 31);
}

static bool covers(const Calendar *c, Day day)
{
    return day >= day_from_ymd(c->first_year, 1, 1) && day <= calendar_horizon(c);
}

bool calendar_is_working(const Calendar *c, Day day)
{
    return covers(c, day) && day_weekday(day) <= 5 &&
           !g_hash_table_contains(c->holidays, GINT_TO_POINTER(day));
}

Day calendar_add(const Calendar *c, Day from, int n)
{
    int step = n < 0 ? -1 : 1;
    Day day = from;
    while (n != 0) {
        if (!covers(c, day) || !covers(c, day + step))
            return DAY_NONE;
        day += step;
        if (calendar_is_working(c, day))
            n -= step;
    }
    return day;
}

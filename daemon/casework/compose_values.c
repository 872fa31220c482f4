#include "daemon/casework/compose_values.h"
#include "daemon/model/case.h"
#include <string.h>

enum { NAME_CHARS = 60, NAME_WORDS = 6, MARKS_IN_ROW = 3 };

/* Policy 4b: at 28 days without an answer a person may close the case. */
static Day reply_wanted_by(const ReplyInput *input)
{
    return input->asked == DAY_NONE ? DAY_NONE : input->asked + ASKED_CLOSE_DAYS;
}

static char *redress_value(const ReplyInput *input)
{
    return input->outcome && input->outcome->redress ? pounds_words(input->outcome->redress) : NULL;
}

static char *text_value(const char *text)
{
    return text && text[0] ? g_strdup(text) : NULL;
}

char *compose_value(const ReplyInput *input, const char *name, bool welsh,
                    const ComposeLabels *labels)
{
    const struct {
        const char *name;
        Day day;
    } DAYS[] = {
        {"received", input->received},
        {"answer_by", input->answer_by},
        {"asked", input->asked},
        {"reply_wanted_by", reply_wanted_by(input)},
        {"outcome_day", input->outcome ? input->outcome->day : DAY_NONE},
        {"response_date", input->facts->final_response.date},
        {"response_received", input->facts->final_response.received},
        {"time_limit", input->judgement->time_limit},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(DAYS); n++)
        if (!strcmp(name, DAYS[n].name))
            return day_to_words(DAYS[n].day, welsh);
    if (!strcmp(name, "reference"))
        return text_value(input->reference);
    if (!strcmp(name, "to_name") && compose_name_ok(input->to_name))
        return g_strdup(input->to_name);
    if (!strcmp(name, "redress"))
        return redress_value(input);
    if (!strcmp(name, "body"))
        return text_value(labels->body);
    if (!strcmp(name, "area"))
        return text_value(labels->area);
    if (!strcmp(name, "wrong"))
        return text_value(labels->wrong);
    return NULL;
}

static bool is_apostrophe(gunichar c)
{
    return c == '\'' || c == 0x2019 || c == 0x02BC;
}

static bool name_character_ok(const char *p)
{
    gunichar c = g_utf8_get_char(p);
    if (g_unichar_isalpha(c) || g_unichar_ismark(c) || c == ' ' || c == '-' || is_apostrophe(c))
        return true;
    /* A dot inside a word could make a link of it in somebody's mail program. */
    return c == '.' && (p[1] == ' ' || p[1] == '\0');
}

bool compose_name_ok(const char *name)
{
    if (!name || !g_utf8_validate(name, -1, NULL) || g_utf8_strlen(name, -1) > NAME_CHARS)
        return false;
    int words = 1, letters = 0, marks = 0;
    for (const char *p = name; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!name_character_ok(p))
            return false;
        words += c == ' ';
        letters += g_unichar_isalpha(c) ? 1 : 0;
        marks = g_unichar_ismark(c) ? marks + 1 : 0;
        if (marks > MARKS_IN_ROW)
            return false;
    }
    return letters >= 2 && words <= NAME_WORDS && name[0] != ' ';
}

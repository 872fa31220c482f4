#include "daemon/casework/matter.h"
#include <string.h>

/* One message, in a line of the tables below. */
typedef struct Told {
    const char *name, *by; /* complainant; representative, NULL none */
    BusinessArea area;
    uint32_t wrongs;
    const char *references; /* "decs COMP/1234567/26,gwf GWF012345678" */
    const char *subject, *text;
    bool goes_on;
} Told;

#define DELAY BIT(WRONG_DELAY)
#define RUDE  BIT(WRONG_STAFF_CONDUCT)
#define WORDS                                                                                      \
    "They have kept my application for eleven months and nobody answers my letters or calls, and " \
    "I was told three different things by three people on the telephone"

static const Told ADA = {"Ada Fenwick",
                         NULL,
                         AREA_UKVI,
                         DELAY,
                         "decs COMP/1234567/26",
                         "Settlement delayed eleven months",
                         WORDS,
                         false};

static const struct {
    const char *name;
    Told held, now;
    bool answers, several;
    MatterMatch match;
} CASES[] = {
    {"the same reference",
     ADA,
     {"Ada Fenwick", NULL, AREA_UNKNOWN, RUDE, "decs COMP/1234567/26", "Rude", "", false},
     .match = MATTER_SAME},
    {"another complaint's number",
     ADA,
     {"Ada Fenwick", NULL, AREA_UKVI, DELAY, "decs COMP/7654321/26", "", WORDS, false},
     .match = MATTER_OTHER},
    {"another number, but it goes on",
     ADA,
     {"Ada Fenwick", NULL, AREA_UKVI, DELAY, "decs COMP/7654321/26", "", "", true},
     .match = MATTER_UNSURE},
    {"one of two numbers is the same",
     ADA,
     {"Ada Fenwick", NULL, AREA_UKVI, DELAY, "decs COMP/7654321/26,decs COMP/1234567/26", "", "",
      false},
     .match = MATTER_SAME},
    {"nearly the same words",
     ADA,
     {"Ada Fenwick", NULL, AREA_UKVI, DELAY, "", "", WORDS " and it makes me ill", false},
     .match = MATTER_SAME},
    {"the same subject, and Re:",
     ADA,
     {"Ada Fenwick", NULL, AREA_UKVI, RUDE, "", "RE: Settlement delayed, eleven months", "", false},
     .match = MATTER_SAME},
    {"a subject that any may have",
     {"Ada Fenwick", NULL, AREA_UKVI, DELAY, "", "Formal complaint", "", false},
     {"Ada Fenwick", NULL, AREA_UKVI, RUDE, "", "Formal complaint", "", false},
     .match = MATTER_OTHER},
    {"it goes on",
     ADA,
     {"Ada Fenwick", NULL, AREA_UKVI, RUDE, "", "more", "", true},
     .match = MATTER_SAME},
    {"it goes on from one of several",
     ADA,
     {"Ada Fenwick", NULL, AREA_UKVI, RUDE, "", "more", "", true},
     .several = true,
     .match = MATTER_UNSURE},
    {"it goes on, to another business area",
     ADA,
     {"Ada Fenwick", NULL, AREA_BORDER_FORCE, RUDE, "", "more", "", true},
     .match = MATTER_UNSURE},
    {"only a letter",
     ADA,
     {"Ada Fenwick", NULL, AREA_UNKNOWN, 0, "", "letter", "", false},
     .match = MATTER_SAME},
    {"the letter first",
     {"Ada Fenwick", NULL, AREA_UNKNOWN, 0, "", "letter", "", false},
     {"Ada Fenwick", NULL, AREA_UKVI, DELAY, "", "", WORDS, false},
     .match = MATTER_SAME},
    {"another business area",
     ADA,
     {"Ada Fenwick", NULL, AREA_BORDER_FORCE, DELAY, "", "", "", false},
     .match = MATTER_OTHER},
    {"another grievance",
     ADA,
     {"Ada Fenwick", NULL, AREA_UKVI, RUDE, "", "", "", false},
     .match = MATTER_OTHER},
    {"area and grievance alike",
     ADA,
     {"Ada Fenwick", NULL, AREA_UKVI, DELAY, "", "", "", false},
     .match = MATTER_UNSURE},
    {"an answer to their own mail",
     ADA,
     {"Ada Fenwick", NULL, AREA_UKVI, RUDE, "", "", "", false},
     .answers = true,
     .match = MATTER_SAME},
    {"a spouse from the same address",
     ADA,
     {"Tom Fenwick", NULL, AREA_UKVI, DELAY, "", "Settlement delayed eleven months", WORDS, false},
     .match = MATTER_OTHER},
    {"a spouse with the same reference",
     ADA,
     {"Tom Fenwick", NULL, AREA_UKVI, DELAY, "decs COMP/1234567/26", "", "", false},
     .match = MATTER_UNSURE},
    {"a solicitor's two clients",
     {"Amina Yusuf", "Rosa Quill", AREA_UKVI, DELAY, "", "Our client", WORDS, false},
     {"Tomasz Nowak", "Rosa Quill", AREA_UKVI, DELAY, "", "Our client", WORDS, false},
     .match = MATTER_OTHER},
    {"a solicitor's one client",
     {"Amina Yusuf", "Rosa Quill", AREA_UKVI, DELAY, "", "", WORDS, false},
     {"Ms A. Yusuf", "Rosa Quill", AREA_UKVI, DELAY, "", "", "", true},
     .match = MATTER_SAME},
    {"a client not named",
     {"Amina Yusuf", "Rosa Quill", AREA_UKVI, DELAY, "", "", WORDS, false},
     {"", "Rosa Quill", AREA_UKVI, DELAY, "", "", WORDS, false},
     .several = true,
     .match = MATTER_UNSURE},
    {"a solicitor's one client, of several",
     {"Amina Yusuf", "Rosa Quill", AREA_UKVI, DELAY, "", "", WORDS, false},
     {"Amina Yusuf", "Rosa Quill", AREA_UKVI, DELAY, "", "", "", true},
     .several = true,
     .match = MATTER_SAME},
    {"the response to a solicitor's one client, of several",
     {"Amina Yusuf", "Rosa Quill", AREA_UKVI, DELAY, "", "", WORDS, false},
     {"Amina Yusuf", "Rosa Quill", AREA_UKVI, 0, "", "", "", false},
     .several = true,
     .match = MATTER_SAME},
    {"a solicitor's one client on another matter",
     {"Amina Yusuf", "Rosa Quill", AREA_UKVI, DELAY, "", "", WORDS, false},
     {"Amina Yusuf", "Rosa Quill", AREA_UKVI, RUDE, "", "", "", false},
     .several = true,
     .match = MATTER_OTHER},
    {"the authority sent after",
     {"Amina Yusuf", "Rosa Quill", AREA_UKVI, DELAY, "", "", "", false},
     {"Rosa Quill", NULL, AREA_UNKNOWN, 0, "", "", "", true},
     .match = MATTER_SAME},
    {"the authority, of one of several",
     {"Amina Yusuf", "Rosa Quill", AREA_UKVI, DELAY, "", "", "", false},
     {"Rosa Quill", NULL, AREA_UNKNOWN, 0, "", "", "", true},
     .several = true,
     .match = MATTER_UNSURE},
    {"a husband's own after his wife's",
     {"Amina Yusuf", "Bilal Yusuf", AREA_UKVI, DELAY, "", "", "", false},
     {"Bilal Yusuf", NULL, AREA_UKVI, RUDE, "", "", "", false},
     .match = MATTER_OTHER},
    {"their own after the wife's, going on",
     {"Amina Yusuf", "Bilal Yusuf", AREA_UKVI, DELAY, "", "", "", false},
     {"Bilal Yusuf", NULL, AREA_UKVI, RUDE, "", "", "", true},
     .match = MATTER_UNSURE},
};

static void set(char **field, const char *text)
{
    g_free(*field);
    *field = g_strdup(text);
}

static Facts *facts_of(const Told *t)
{
    Facts *f = facts_new();
    set(&f->complainant_name, t->name);
    if (t->by) {
        f->representative.type = REPRESENTATIVE_LEGAL;
        set(&f->representative.name, t->by);
    }
    f->area = t->area;
    f->wrongs = t->wrongs;
    g_auto(GStrv) references = g_strsplit(t->references, ",", -1);
    for (char **r = references; *r; r++) {
        g_auto(GStrv) two = g_strsplit(*r, " ", 2);
        if (two[0])
            facts_add_reference(f, two[0], two[1]);
    }
    if (t->goes_on)
        facts_add(f, "r", "continues", "yes", NULL, 0, 0, NULL);
    return f;
}

static void test_matters(void)
{
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        const Told *told[] = {&CASES[n].held, &CASES[n].now};
        Facts *facts[2];
        Sketch sketches[2];
        MatterSide sides[2];
        char *subjects[2][2] = {{NULL}};
        for (int k = 0; k < 2; k++) {
            facts[k] = facts_of(told[k]);
            subjects[k][0] = matter_subject(told[k]->subject);
            sketch_of_text(told[k]->text, &sketches[k]);
            sides[k] =
                (MatterSide){facts[k], (const char *const *)(void *)subjects[k], &sketches[k], 1};
        }
        const char *why = NULL;
        MatterMatch match = matter_compare(
            &sides[0], &sides[1], (MatterSigns){CASES[n].answers, !CASES[n].several}, &why);
        if (match != CASES[n].match)
            g_error("%s: %d, %s", CASES[n].name, match, why ? why : "");
        for (int k = 0; k < 2; k++) {
            facts_free(facts[k]);
            g_free(subjects[k][0]);
        }
    }
}

static void test_names(void)
{
    static const struct {
        const char *one, *two;
        Tri agree;
    } NAMES[] = {
        {"Ada Fenwick", "ADA FENWICK", TRI_YES},      {"Fenwick, Ada", "Mrs Ada Fenwick", TRI_YES},
        {"A. Fenwick", "Ada Fenwick", TRI_YES},       {"Ada M Fenwick", "Ada Fenwick", TRI_YES},
        {"Ada", "Ada Fenwick", TRI_UNKNOWN},          {"", "Ada Fenwick", TRI_UNKNOWN},
        {"Mr", "Ada Fenwick", TRI_UNKNOWN},           {"A F", "Ada Fenwick", TRI_UNKNOWN},
        {"Tom Fenwick", "Ada Fenwick", TRI_NO},       {"T Fenwick", "Ada Fenwick", TRI_NO},
        {"Ada Fenwick", "Ada Fenwick-Lowe", TRI_YES}, {"Adam Fenwick", "Ada Fenwick", TRI_NO},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(NAMES); n++)
        if (names_agree(NAMES[n].one, NAMES[n].two) != NAMES[n].agree ||
            names_agree(NAMES[n].two, NAMES[n].one) != NAMES[n].agree)
            g_error("%s and %s", NAMES[n].one, NAMES[n].two);
    g_autofree char *key = name_key("Mrs Ada FENWICK"), *other = name_key("Fenwick, Ada");
    g_assert_cmpstr(key, ==, "ada fenwick");
    g_assert_cmpstr(other, ==, key);
    g_autofree char *none = name_key("Ada");
    g_assert_cmpstr(none, ==, "");
}

static void test_subjects(void)
{
    static const struct {
        const char *subject, *matter;
    } SUBJECTS[] = {
        {"Re: FW: Lost passport in Hull", "lost passport in hull"},
        {"RE:Lost passport in Hull", "lost passport in hull"},
        {"Complaint", ""},
        {"Formal complaint about the Home Office", ""},
        {"My visa", ""},
        {"", ""},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(SUBJECTS); n++) {
        g_autofree char *matter = matter_subject(SUBJECTS[n].subject);
        g_assert_cmpstr(matter, ==, SUBJECTS[n].matter);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matter/matters", test_matters);
    g_test_add_func("/matter/names", test_names);
    g_test_add_func("/matter/subjects", test_subjects);
    return g_test_run();
}

/* Who complains, who writes for whom, and whether that was authorised (policy section 2). */
#include "daemon/casework/facts_reading.h"
#include <string.h>

enum { NAME_MAX_BYTES = 80, NAME_WORDS = 5 };
/* Log-odds from which somebody writes for somebody else, and from which the authority is shown. */
static const float BEHALF_TAKEN = 0, AUTHORISED_TAKEN = 0.5f;

/* ---- names */

static bool is_name_word(const char *word, size_t length)
{
    static const char *const LOWER[] = {"ap",  "ab",  "ben", "bin",   "al", "de", "da",
                                        "van", "von", "der", "ferch", "la", NULL};
    gunichar c = g_utf8_get_char_validated(word, (gssize)length);
    if (c == (gunichar)-1 || c == (gunichar)-2)
        return false;
    g_autofree char *copy = g_strndup(word, length);
    return g_unichar_isupper(c) || g_strv_contains(LOWER, copy);
}

static bool is_title(const char *word, size_t length)
{
    static const char *const TITLES[] = {"mr", "mrs",  "ms",  "miss", "mx",
                                         "dr", "prof", "sir", NULL};
    g_autofree char *lower = g_ascii_strdown(word, (gssize)length);
    if (g_str_has_suffix(lower, "."))
        lower[strlen(lower) - 1] = '\0';
    return g_strv_contains(TITLES, lower);
}

static size_t word_length(const char *at)
{
    return strcspn(at, " \t\r\n,;:()<>\"/");
}

/* The capitalised words from `at` on the same line, titles left out; "" where there are none. */
static char *name_at(const char *at, size_t length)
{
    g_autofree char *line = g_strndup(at, MIN(length, (size_t)NAME_MAX_BYTES * 2));
    line[strcspn(line, "\n")] = '\0';
    g_autoptr(GString) name = g_string_new(NULL);
    unsigned words = 0;
    for (const char *p = line + strspn(line, " ,:"); *p && words < NAME_WORDS;) {
        size_t n = word_length(p);
        size_t kept = n;
        while (kept && strchr(".!?'", p[kept - 1]))
            kept--;
        if (!n || (!is_title(p, n) && !is_name_word(p, n)))
            break;
        if (!is_title(p, n) && kept) {
            g_string_append_printf(name, "%s%.*s", name->len ? " " : "", (int)kept, p);
            words++;
        }
        if (kept < n && !is_title(p, n))
            break;
        p += n;
        if (*p && *p != ' ')
            break;
        p += strspn(p, " ");
    }
    if (name->len > NAME_MAX_BYTES || !g_utf8_validate(name->str, -1, NULL))
        g_string_truncate(name, 0);
    return g_string_free(g_steal_pointer(&name), FALSE);
}

/* The last line of the writer's text that is a name and nothing else. */
static char *sign_off(const Reading *r)
{
    for (unsigned i = r->passages->len; i-- > 0;) {
        const Passage *p = r->passages->pdata[i];
        if (!(p->role == TEXT_NEW || p->role == TEXT_SIGNATURE))
            continue;
        g_auto(GStrv) lines = g_strsplit(p->text, "\n", -1);
        for (unsigned n = g_strv_length(lines), seen = 0; n-- > 0 && seen < 6;) {
            char *line = g_strstrip(lines[n]);
            if (!*line)
                continue;
            seen++;
            g_autofree char *name = name_at(line, strlen(line));
            if (*name && strchr(name, ' ') && strlen(line) <= strlen(name) + 8)
                return g_steal_pointer(&name);
        }
    }
    return g_strdup("");
}

/* "PENHALLOW, Sarah" as "Sarah PENHALLOW"; "" where it is no person's name. */
static char *display_name(const Reading *r)
{
    const GPtrArray *from = r->document->from;
    const char *name = from->len == 1 ? ((const Mailbox *)from->pdata[0])->name : "";
    if (!name || !*name || strchr(name, '@') || strlen(name) > NAME_MAX_BYTES)
        return g_strdup("");
    const char *comma = strchr(name, ',');
    if (!comma)
        return g_strdup(name);
    g_autofree char *first = g_strstrip(g_strdup(comma + 1));
    return g_strdup_printf("%s %.*s", first, (int)(comma - name), name);
}

/* The sender's own name: of the header, unless the sign-off is fuller. */
static char *sender_name(const Reading *r)
{
    if (r->form) { /* the header's is the form's */
        const char *name = r->form->answers[FORM_NAME].text;
        return g_strdup(name ? name : "");
    }
    g_autofree char *shown = display_name(r), *signed_name = sign_off(r);
    bool full = strchr(shown, ' ') && strlen(strchr(shown, ' ')) > 2;
    return full || !*signed_name ? g_steal_pointer(&shown) : g_steal_pointer(&signed_name);
}

/* The first name that stands after words which introduce the person concerned. */
static char *introduced_name(const Reading *r)
{
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_NAME, "complainant"));) {
        size_t end = h->at->offset + h->at->length;
        g_autofree char *name = name_at(h->passage->text + end, h->passage->length - end);
        if (*name)
            return g_steal_pointer(&name);
    }
    return g_strdup("");
}

/* ---- representative */

/* How the writer stands to the person by the form; a relative or friend where it does not say. */
static RepresentativeType form_relation(const Reading *r)
{
    const char *chosen = reading_chosen(r, FORM_RELATION);
    int type = chosen ? NAME_INDEX(representative_name, REPRESENTATIVE_COUNT, chosen) : -1;
    return type > REPRESENTATIVE_NOBODY ? (RepresentativeType)type : REPRESENTATIVE_RELATIVE;
}

/* A form says for whom it speaks; a letter does in its words, stated before hinted. */
static void find_type(Reading *r)
{
    const char *whom = reading_chosen(r, FORM_FOR_WHOM);
    bool named = r->form && r->form->answers[FORM_PERSON].text;
    if (whom || named) {
        r->facts->representative.type =
            whom && !strcmp(whom, "myself") ? REPRESENTATIVE_NOBODY : form_relation(r);
        reading_note_shape(r, "representative.form", "representative.type",
                           representative_name(r->facts->representative.type));
        return;
    }
    if (reading_count(r, RULE_FLAG, "mp", false)) {
        r->facts->representative.type = REPRESENTATIVE_MP;
        return;
    }
    const Hit *h, *best = NULL;
    unsigned hints = 0;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_REPRESENTATIVE, NULL));) {
        if (!is_writer(h->passage) && !(h->passage->scope & RULE_SIGNATURE))
            continue;
        hints += !h->rule->states;
        if (!best || (h->rule->states && !best->rule->states))
            best = h;
    }
    bool stated = best && (best->rule->states || hints > 1);
    if (!stated && r->nature[NATURE_BEHALF] < BEHALF_TAKEN)
        return;
    if (!best) {
        r->facts->representative.type = REPRESENTATIVE_RELATIVE;
        reading_note_act(r, ACT_BEHALF, "representative.type", "relative");
        return;
    }
    int type = NAME_INDEX(representative_name, REPRESENTATIVE_COUNT, best->rule->value);
    if (type > REPRESENTATIVE_NOBODY) {
        r->facts->representative.type = (RepresentativeType)type;
        reading_note(r, best, "representative.type", best->rule->value);
    }
}

/* Said to be signed and enclosed, or here as a text. An unread attachment that is called an
 * authority is taken at the writer's word. */
static void find_authority(Reading *r)
{
    bool said = reading_count(r, RULE_AUTHORITY, "yes", false) > 0;
    bool denied = reading_count(r, RULE_AUTHORITY, "no", false) > 0;
    bool here = r->form && r->form->answers[FORM_PERMISSION].text;
    for (unsigned i = 0; i < r->passages->len; i++) {
        const Passage *p = r->passages->pdata[i];
        here |= p->paper == PAPER_AUTHORITY && p->role == TEXT_ATTACHMENT;
    }
    bool enclosed = said && r->document->attachments->len > 0;
    /* Told in words no phrase holds: co-signed, typed for somebody who signs below. */
    bool shown = r->nature[NATURE_AUTHORISED] > AUTHORISED_TAKEN && !denied &&
                 !r->facts->representative.parent_of_child;
    r->facts->representative.authority = here || shown || (enclosed && !denied) ? TRI_YES : TRI_NO;
    if (said)
        reading_note_first(r, RULE_AUTHORITY, "yes", "representative.authority", "yes");
    else if (here)
        reading_note_first(r, RULE_PAPER, "authority", "representative.authority", "yes");
}

static void set_text(char **field, const char *text)
{
    g_free(*field);
    *field = g_utf8_make_valid(text, (gssize)MIN(strlen(text), 200));
}

/* A name written in capitals only, as names are written: "MATTEO FERRANDI". */
static char *plain_case(const char *name)
{
    g_autofree char *lower = g_utf8_strdown(name, -1), *upper = g_utf8_strup(name, -1);
    if (strcmp(name, upper) != 0 || !strcmp(name, lower))
        return g_strdup(name);
    g_autoptr(GString) s = g_string_new(NULL);
    bool begins = true;
    for (const char *p = lower; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(s, begins ? g_unichar_toupper(c) : c);
        begins = !g_unichar_isalpha(c);
    }
    return g_string_free(g_steal_pointer(&s), FALSE);
}

void facts_people(Reading *r)
{
    Facts *f = r->facts;
    g_autofree char *sender = sender_name(r);
    find_type(r);
    if (f->representative.type == REPRESENTATIVE_NOBODY) {
        set_text(&f->complainant_name, sender);
        return;
    }
    const char *stated = r->form ? r->form->answers[FORM_PERSON].text : NULL;
    g_autofree char *found = stated ? g_strdup(stated) : introduced_name(r);
    g_autofree char *concerned = plain_case(found);
    set_text(&f->complainant_name, concerned);
    set_text(&f->representative.name, sender);
    f->representative.parent_of_child = f->representative.type == REPRESENTATIVE_RELATIVE &&
                                        reading_count(r, RULE_CHILD, "yes", false) > 0;
    find_authority(r);
    if (f->representative.parent_of_child)
        reading_note_first(r, RULE_CHILD, "yes", "representative.parent_of_child", "yes");
}

/* body_text.h: quotes, forwards and signatures in the styles of the mail programs people use. */
#include "parsers/body_text.h"
#include <string.h>

/* Each line of `text` begins with what it must be taken for: "w " written, "s " signature,
 * "q " quoted, "f " forwarded; an empty line goes with what is before it. */
typedef struct Case {
    const char *name;
    bool is_reply, is_forward;
    const char *text;
    const char *origin; /* of the first forward, or NULL */
    int64_t date;
} Case;

static const Case cases[] = {
    {"plain", false, false, "w Dear Examiner\n\nw They lost it.\nw Ann\n", NULL, 0},
    {"gmail reply", true, false,
     "w Thank you.\n\nq On Mon, 4 May 2026 at 10:22, Ann Example <ann@example.org> wrote:\n\n"
     "q > Dear Ann\nq >\nq > We got it.\n",
     NULL, 0},
    {"gmail attribution over two lines", true, false,
     "w Thanks\n\nq On Mon, 4 May 2026 at 10:22, Office for the Independent Examiner\n"
     "q <iec@example.org> wrote:\nq > text\n",
     NULL, 0},
    {"welsh gmail", true, false,
     "w Diolch\n\nq Ar Llun, 4 Mai 2026 am 10:22 ysgrifennodd Ann <ann@example.org>:\nq > helo\n",
     NULL, 0},
    {"answers between quotes", true, false,
     "q > When did you hear?\nw On 4 May.\nq > Who told you?\nw A clerk.\n", NULL, 0},
    {"nested quotes", true, false, "w New.\nq > second\nq >> first\nq > > > zeroth\n", NULL, 0},
    {"attribution without marks, sure", true, false,
     "w Noted.\n\nq On 4 May 2026, at 10:22, Ann <ann@example.org> wrote:\n\nq Dear Ann\nq text\n",
     NULL, 0},
    {"sentence that says wrote", false, false,
     "w On 4 May the officer wrote:\n\nw \"You must wait.\"\n\nw I waited.\n", NULL, 0},
    {"outlook reply", true, false,
     "w See my answer.\n\nq From: Ann <ann@example.org>\nq Sent: 04 May 2026 10:22\n"
     "q To: iec@example.org\nq Subject: Case\n\nq Earlier words.\n",
     NULL, 0},
    {"outlook with bold keys", true, false,
     "w Yes.\n\nq *From:* Ann <ann@example.org>\nq *Sent:* 04 May 2026 10:22\nq *To:* B\n"
     "q *Subject:* Case\nq Earlier words.\n",
     NULL, 0},
    {"outlook rule", true, false,
     "w Yes.\nq ________________________________\nq From: Ann <ann@example.org>\n"
     "q Sent: 04 May 2026 10:22\nq To: B\nq Subject: Case\n\nq Earlier.\n",
     NULL, 0},
    {"outlook classic", true, false,
     "w Yes.\nq -----Original Message-----\nq From: Ann\nq Sent: 04 May 2026\nq Subject: x\n\n"
     "q Earlier.\n",
     NULL, 0},
    {"outlook forward", false, true,
     "w Please read.\n\nf From: UKVI Complaints <c@ukvi.example>\nf Sent: 01 May 2026 10:00\n"
     "f To: Ann\nf Subject: Final response\n\nf This is our final response.\n",
     "UKVI Complaints <c@ukvi.example>", 1777629600},
    {"outlook shown below, no prefix", false, false,
     "w See what they sent.\n\nf From: UKVI <c@ukvi.example>\nf Sent: 01 May 2026 10:00\nf To: A\n"
     "f Subject: x\n\nf Final.\n",
     "UKVI <c@ukvi.example>", 1777629600},
    {"gmail forward", false, true,
     "w FYI\n\nf ---------- Forwarded message ---------\nf From: UKVI <c@ukvi.example>\n"
     "f Date: Fri, 1 May 2026 at 10:00\nf Subject: Final\nf To: <ann@example.org>\n\nf Final.\n",
     "UKVI <c@ukvi.example>", 1777629600},
    {"apple forward", false, true,
     "w See this\n\nf Begin forwarded message:\n\nf From: UKVI <c@ukvi.example>\nf Subject: Final\n"
     "f Date: 1 May 2026 at 10:00:00 BST\nf To: ann@example.org\n\nf Final.\n",
     "UKVI <c@ukvi.example>", 1777626000},
    {"apple forward with marks", false, true,
     "f Begin forwarded message:\n\nf > From: UKVI <c@ukvi.example>\nf > Date: 1 May 2026 10:00\n"
     "f > Subject: Final\n\nf > Final.\n\nw My words below.\n",
     "UKVI <c@ukvi.example>", 1777629600},
    {"thunderbird forward", false, true,
     "f -------- Forwarded Message --------\nf Subject: \tFinal\nf Date: \tFri, 1 May 2026 "
     "10:00:00 "
     "+0100\nf From: \tUKVI <c@ukvi.example>\nf To: \tann@example.org\n\nf Final.\n",
     "UKVI <c@ukvi.example>", 1777626000},
    {"forward with an end", false, true,
     "w Above\nf ----- Forwarded message from UKVI <c@ukvi.example> -----\nf From: UKVI "
     "<c@ukvi.example>\nf Date: 1 May 2026 10:00\nf Subject: x\n\nf Final.\nf ----- End forwarded "
     "message -----\nw Below.\n",
     "UKVI <c@ukvi.example>", 1777629600},
    {"yahoo", true, false,
     "w Ok\n\nq --- On Mon, 4/5/26, Ann <ann@example.org> wrote:\n\nq From: Ann\nq text\n", NULL,
     0},
    {"welsh outlook", true, false,
     "w Iawn.\n\nq Oddi wrth: Ann <ann@example.org>\nq Anfonwyd: 04 Mai 2026 10:22\nq At: IEC\n"
     "q Pwnc: Cwyn\n\nq Geiriau.\n",
     NULL, 0},
    {"german outlook", true, false,
     "w Ja.\n\nq Von: Ann <ann@example.org>\nq Gesendet: Montag, 4. Mai 2026 10:22\nq An: IEC\n"
     "q Betreff: Fall\n\nq Text.\n",
     NULL, 0},
    {"memo the sender typed", false, false,
     "w To: The Examiner\nw From: Ann Example\nw Date: 4 May 2026\nw Subject: My passport\n\n"
     "w They lost it.\n",
     NULL, 0},
    {"memo with an address", false, false,
     "w From: Ann Example, ann@example.org\nw To: The Examiner\nw Subject: My passport\n\n"
     "w They lost it.\n",
     NULL, 0},
    {"signature", false, false, "w Words.\ns -- \ns Ann Example\ns 1 High Street\n", NULL, 0},
    {"signature above a quote", true, false,
     "w Words.\ns -- \ns Ann\nq On 4 May 2026, B <b@example.org> wrote:\nq > text\n", NULL, 0},
    {"dashes that are no signature", false, false,
     "w First part\nw --\nw 1\nw 2\nw 3\nw 4\nw 5\nw 6\nw 7\nw 8\nw 9\nw 10\nw 11\nw 12\nw 13\n"
     "w 14\nw 15\nw 16\nw 17\nw 18\nw 19\nw 20\nw 21\n",
     NULL, 0},
    {"form's rules", false, false, "w Name\n\nw Ann\n\nw ---\n\nw What went wrong?\n\nw All.\n",
     NULL, 0},
    {"phone", false, false, "w Words.\n\ns Sent from my iPhone\n", NULL, 0},
    {"phone, same paragraph", false, false, "w Ann\ns Get Outlook for Android\n", NULL, 0},
    {"sent from my, in a sentence", false, false,
     "w It was sent from my home.\n\nw They denied it.\n", NULL, 0},
    {"disclaimer", false, false,
     "w Ann\n\ns This email and any attachments are confidential. If you are not the intended\n"
     "s recipient please notify the sender and delete it.\n",
     NULL, 0},
    {"confidential in a complaint", false, false,
     "w They sent my confidential letter to a neighbour.\n", NULL, 0},
    {"banner", false, false,
     "s CAUTION: This email originated from outside of the organisation. Do not click links.\n\n"
     "w Dear Examiner\n",
     NULL, 0},
    {"list footer", false, false,
     "w Ann\ns _______________________________________________\ns staff mailing list\n"
     "s https://lists.example.org/listinfo/staff\n",
     NULL, 0},
    {"mbox escape", false, false, "w From the start.\n", NULL, 0},
    {"only a quote", true, false, "q > nothing new\n", NULL, 0},
};

typedef struct Expected {
    GString *mail, *written, *signature, *quoted, *forwarded;
} Expected;

/* Splits a case into the mail and what should come of it. */
static void expect(const char *text, Expected *e)
{
    GString *last = e->written;
    while (*text) {
        size_t length = strcspn(text, "\n");
        if (length >= 2 && text[1] == ' ') {
            last = text[0] == 'w'   ? e->written
                   : text[0] == 's' ? e->signature
                   : text[0] == 'q' ? e->quoted
                                    : e->forwarded;
            g_string_append_len(e->mail, text + 2, (gssize)length - 2);
            const char *shown = text + 2;
            size_t rest = length - 2;
            while (rest > 0 && (*shown == '>' || (*shown == ' ' && shown[1] == '>'))) {
                shown++;
                rest--;
            }
            if (shown > text + 2 && rest > 0 && *shown == ' ') {
                shown++;
                rest--;
            }
            g_string_append_len(last, shown, (gssize)rest);
        }
        g_string_append_c(last, '\n');
        g_string_append_c(e->mail, '\n');
        text += length + (text[length] == '\n');
    }
}

/* Blank lines may go to either neighbour: compared are the lines that say something. */
static char *lines_of(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
    GString *out = g_string_new(NULL);
    for (char **line = lines; *line; line++) {
        g_strchomp(*line);
        if (**line)
            g_string_append_printf(out, "%s\n", *line);
    }
    return g_string_free(out, FALSE);
}

static void compare(const Case *c, const char *what, const char *got, const char *want)
{
    g_autofree char *a = lines_of(got), *b = lines_of(want);
    if (strcmp(a, b) != 0)
        g_error("%s: %s is:\n%s\nand should be:\n%s", c->name, what, a, b);
}

static void test_case(gconstpointer data)
{
    const Case *c = data;
    Expected e = {g_string_new(NULL), g_string_new(NULL), g_string_new(NULL), g_string_new(NULL),
                  g_string_new(NULL)};
    expect(c->text, &e);
    g_autoptr(BodyText) b = body_text_new();
    const BodyHints hints = {c->is_forward, c->is_reply, false};
    body_text_add(b, e.mail->str, &hints);
    g_autoptr(GString) forwarded = g_string_new(NULL);
    for (unsigned n = 0; n < b->forwards->len; n++)
        g_string_append(forwarded, ((Forward *)b->forwards->pdata[n])->text);
    compare(c, "written", b->written->str, e.written->str);
    compare(c, "signature", b->signature->str, e.signature->str);
    compare(c, "quoted", b->quoted->str, e.quoted->str);
    compare(c, "forwarded", forwarded->str, e.forwarded->str);
    if (c->origin) {
        const Forward *f = b->forwards->pdata[0];
        g_assert_cmpstr(f->origin, ==, c->origin);
        g_assert_cmpint(f->date, ==, c->date);
    }
    GString *const all[] = {e.mail, e.written, e.signature, e.quoted, e.forwarded};
    for (size_t k = 0; k < G_N_ELEMENTS(all); k++)
        g_string_free(all[k], TRUE);
}

static void test_several_bodies(void)
{
    g_autoptr(BodyText) b = body_text_new();
    const BodyHints hints = {false, false, false};
    body_text_add(b, "One.\n", &hints);
    body_text_add(b, "Two.\n-- \nAnn\n", &hints);
    g_assert_cmpstr(b->written->str, ==, "One.\n\nTwo.\n");
    g_assert_cmpstr(b->own->str, ==, "One.\n\nTwo.\n--\nAnn\n");
}

static void test_nothing_lost(void)
{
    g_autoptr(BodyText) b = body_text_new();
    const BodyHints hints = {false, true, false};
    body_text_add(b, "a\n> b\n-- \nc\n----- Forwarded message -----\nd\n", &hints);
    g_assert_cmpstr(b->written->str, ==, "a\n");
    g_assert_cmpstr(b->others->str, ==, "b\n----- Forwarded message -----\nd\n");
    body_text_free(NULL);
}

/* Mail pasted into an answer of a form neither ends it nor the answers after it. */
static void test_form(void)
{
    static const char TEXT[] =
        "What went wrong?\n\nFrom: A <a@example.org>\nSent: 4 May 2026\nTo: B\n"
        "Subject: x\n\nOn 4 May 2026 at 10:00, A <a@example.org> wrote:\n-- \n"
        "---\n\nWhat would put things right?\n\nSent from my iPhone\n";
    const BodyHints hints = {false, false, true};
    g_autoptr(BodyText) b = body_text_new();
    body_text_add(b, TEXT, &hints);
    g_assert_cmpuint(b->others->len, ==, 0);
    g_assert_cmpuint(b->signature->len, ==, 0);
    g_assert_true(g_str_has_suffix(b->written->str, "Sent from my iPhone\n"));
}

static void test_unflow(void)
{
    static const struct {
        const char *name, *in, *out;
        bool delsp;
    } flows[] = {
        {"joined", "a \nb\nc\n", "a b\nc\n", false},
        {"deleted space", "a \nb\n", "ab\n", true},
        {"stuffed", "  a\n >b\n", " a\n>b\n", false},
        {"quoted", "> a \n> b\nc\n", "> a b\nc\n", false},
        {"depth ends a paragraph", "> a \nb\n", "> a \nb\n", false},
        {"signature", "a \n-- \nb\n", "a \n-- \nb\n", false},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(flows); k++) {
        g_autofree char *out = body_text_unflow(flows[k].in, flows[k].delsp);
        if (strcmp(out, flows[k].out) != 0)
            g_error("%s: \"%s\"", flows[k].name, out);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
        g_autofree char *path = g_strdup_printf("/body-text/style/%s", cases[k].name);
        g_test_add_data_func(path, &cases[k], test_case);
    }
    g_test_add_func("/body-text/several-bodies", test_several_bodies);
    g_test_add_func("/body-text/nothing-lost", test_nothing_lost);
    g_test_add_func("/body-text/form", test_form);
    g_test_add_func("/body-text/unflow", test_unflow);
    return g_test_run();
}

#include "daemon/casework/likeness.h"
#include <string.h>

#define LETTER                                                                                     \
    "Dear Examiner, I write about the hall at Hull on %s. Staff there shout at families and keep " \
    "them waiting for hours without water. I am appalled at how we were all treated by officers "  \
    "who would not listen. Please take up my complaint and make them treat travellers decently, "  \
    "as anybody would expect of a service that we all pay for. %s"

static Sketch of(const char *text)
{
    Sketch s;
    sketch_of_text(text, &s);
    return s;
}

static const struct {
    const char *name, *one, *two;
    unsigned least, most;
} PAIRS[] = {
    {"the same",
     "Dear Examiner, I write about the hall at Hull on 3 March. Staff there shout at "
     "families and keep them waiting.",
     "dear examiner - I write about the hall at Hull, on 17 March! Staff there shout at families "
     "and keep them waiting",
     100, 100},
    {"two complaints of one kind",
     "UK Visas and Immigration lost the documents that I sent with my application in June, and my "
     "solicitor has written to them four times since without any answer at all from anybody.",
     "I applied for settlement eleven months ago. UK Visas and Immigration keep telling me that it "
     "is under consideration, and each person on the helpline tells me something different.",
     0, 10},
    {"greeting and manners alike",
     "Dear Sir or Madam, I am writing to make a complaint about the way I was treated. The officer "
     "at the desk took my passport and laughed. I look forward to hearing from you. Yours "
     "faithfully",
     "Dear Sir or Madam, I am writing to make a complaint about the way I was treated. My "
     "certificate was sent to the wrong address twice. I look forward to hearing from you. Yours "
     "faithfully",
     30, 69},
    {"too short to tell", "Please help me with my visa", "Please help me with my visa", 0, 0},
    {"nothing", "", "", 0, 0},
};

static void test_pairs(void)
{
    for (size_t n = 0; n < G_N_ELEMENTS(PAIRS); n++) {
        Sketch one = of(PAIRS[n].one), two = of(PAIRS[n].two);
        unsigned likeness = sketch_likeness(&one, &two);
        if (likeness < PAIRS[n].least || likeness > PAIRS[n].most)
            g_error("%s: %u", PAIRS[n].name, likeness);
        g_assert_cmpuint(likeness, ==, sketch_likeness(&two, &one));
    }
}

/* A campaign's letters, each with its own day, name and a sentence of its own, share a band. */
static void test_bands(void)
{
    static const char *const OWN[] = {"Ann Fox", "I was there with my mother. Ben Gill",
                                      "It made me cry. Cat Hart", "Never again. Dan Iles",
                                      "My son is four. Eve Jay"};
    Sketch first;
    g_autofree char *text = g_strdup_printf(LETTER, "1 March", OWN[0]);
    sketch_of_text(text, &first);
    int64_t bands[SKETCH_BANDS], others[SKETCH_BANDS];
    sketch_bands(&first, bands);
    for (size_t n = 1; n < G_N_ELEMENTS(OWN); n++) {
        g_autofree char *other = g_strdup_printf(LETTER, "12 March", OWN[n]);
        Sketch s = of(other);
        unsigned shared = 0;
        sketch_bands(&s, others);
        for (unsigned k = 0; k < SKETCH_BANDS; k++)
            shared += bands[k] == others[k];
        g_assert_cmpuint(sketch_likeness(&first, &s), >=, 70);
        g_assert_cmpuint(shared, >, 0);
    }
}

/* What is stored is read for years: these values never change. */
static void test_stored(void)
{
    Sketch s = of(PAIRS[0].one), back = {0};
    g_autoptr(GBytes) bytes = sketch_to_bytes(&s);
    g_assert_cmpuint(g_bytes_get_size(bytes), ==, 256);
    g_assert_true(sketch_of_bytes(bytes, &back));
    g_assert_cmpuint(sketch_likeness(&s, &back), ==, 100);
    g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    g_assert_cmpstr(sum, ==, "c7c840c4b752b06c78db0b908ea63a7d61f5083996486453a8ec9b3f68e9ec72");
    g_autoptr(GBytes) broken = g_bytes_new_static("abc", 3);
    g_assert_false(sketch_of_bytes(broken, &back));
    g_autoptr(GBytes) none = g_bytes_new_static("", 0);
    g_assert_true(sketch_of_bytes(none, &back));
    g_assert_false(back.some);
}

static void add_paper(Document *d, const char *sha256)
{
    Attachment *a = attachment_new();
    g_strlcpy(a->sha256, sha256, sizeof a->sha256);
    g_ptr_array_add(d->attachments, a);
}

static Sketch document(const char *text, const char *quoted, const char *paper)
{
    g_autoptr(Document) d = document_new();
    g_free(d->text);
    g_free(d->quoted_text);
    d->text = g_strdup(text);
    d->quoted_text = g_strdup(quoted);
    if (paper)
        add_paper(d, paper);
    Sketch s;
    sketch_of_document(d, false, &s);
    return s;
}

static void test_repeats(void)
{
    static const struct {
        const char *name, *text, *quoted, *paper;
        bool repeat;
    } CASES[] = {
        {"other line breaks", "Please  look\nat this.", "", "aa", true},
        {"without the paper", "Please look at this", "", NULL, true},
        {"another paper", "Please look at this.", "", "bb", false},
        {"something quoted", "Please look at this.", "On Monday they wrote:", NULL, false},
        {"another word", "Please look at that.", "", "aa", false},
    };
    Sketch first = document("Please look at this.", "", "aa");
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        Sketch again = document(CASES[n].text, CASES[n].quoted, CASES[n].paper);
        if (sketch_is_repeat(&first, &again) != CASES[n].repeat)
            g_error("%s", CASES[n].name);
    }
    Sketch bare = document("Please look at this.", "", NULL);
    g_assert_false(sketch_is_repeat(&bare, &first));
}

/* Of a web form's mail only what was answered counts. */
static void test_form(void)
{
    g_autoptr(Document) d = document_new();
    g_free(d->text);
    d->text =
        g_strdup("Form name: Complain\n\n---\n\nWhat went wrong\n\nThe officer laughed\n\n---\n\n"
                 "Your email address\n\na@example.org\n");
    Sketch form, answers;
    sketch_of_document(d, true, &form);
    sketch_of_text("The officer laughed a@example.org", &answers);
    g_assert_cmpstr(form.words_sha256, ==, answers.words_sha256);
}

static void add_letter(Document *d, TextRole role, const char *text)
{
    g_ptr_array_add(d->texts, text_part_new("attachment 1", role, text));
}

/* Likest of what two messages are told by. */
static unsigned faces_alike(const Sketch *one, const Sketch *two)
{
    Sketch ones[SKETCH_FACES], twos[SKETCH_FACES];
    unsigned n = sketch_faces(one, ones), m = sketch_faces(two, twos), best = 0;
    for (unsigned k = 0; k < n * m; k++)
        best = MAX(best, sketch_likeness(&ones[k / m], &twos[k % m]));
    return best;
}

static Sketch lettered(const char *note, TextRole role, const char *letter, bool form)
{
    g_autoptr(Document) d = document_new();
    g_free(d->text);
    d->text = g_strdup(note);
    add_letter(d, role, letter);
    Sketch s;
    sketch_of_document(d, form, &s);
    return s;
}

static void test_short(void)
{
    static const char SHORT[] = "The officers at Hull were rude to us";
    static const struct {
        const char *name, *text, *paper;
        bool alike;
    } CASES[] = {
        {"the same", "the officers at Hull were rude to us!", "aa", true},
        {"another paper", SHORT, "bb", false},
        {"no paper", SHORT, NULL, false},
        {"a word more", "The officers at Hull were rude to us all", "aa", false},
    };
    Sketch first = document(SHORT, "", "aa"), few = document("Yes please", "", NULL);
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        Sketch again = document(CASES[n].text, "", CASES[n].paper);
        g_assert_cmpuint(sketch_likeness(&first, &again), ==, 0);
        if ((faces_alike(&first, &again) >= 70) != CASES[n].alike)
            g_error("%s", CASES[n].name);
    }
    g_assert_cmpuint(faces_alike(&few, &few), ==, 0);
}

static void test_letters(void)
{
    static const char YOURS[] = "Thank you. We have got your complaint of 3 March and are looking "
                                "into it. We aim to answer within twenty working days, as we do.";
    g_autofree char *letter = g_strdup_printf(LETTER, "1 March", "Ann Fox");
    Sketch mailed = of(letter);
    Sketch one = lettered("See this", TEXT_ATTACHMENT, letter, false);
    Sketch two = lettered("Here is what I think of it", TEXT_ATTACHMENT, letter, false);
    g_assert_cmpuint(faces_alike(&one, &two), ==, 100);
    g_assert_cmpuint(faces_alike(&one, &mailed), ==, 100); /* attached by one, mailed by another */
    g_assert_cmpuint(sketch_likeness(&one, &two), ==, 0);  /* it tells nothing of joining */
    Sketch quoted = lettered("See this", TEXT_QUOTED, letter, false);
    Sketch form = lettered("See this", TEXT_ATTACHMENT, letter, true);
    Sketch theirs = lettered("See this", TEXT_ATTACHMENT, YOURS, false);
    Sketch below = lettered(letter, TEXT_ATTACHMENT, PAIRS[0].one, false);
    g_assert_false(quoted.lettered || form.lettered || theirs.lettered || below.lettered);
    Sketch back = {0};
    g_autoptr(GBytes) bytes = sketch_letter_to_bytes(&one), none = sketch_letter_to_bytes(&form);
    g_assert_true(sketch_letter_of_bytes(bytes, &back));
    g_assert_cmpuint(faces_alike(&one, &back), ==, 100);
    g_assert_true(sketch_letter_of_bytes(none, &back));
    g_assert_false(back.lettered);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/likeness/pairs", test_pairs);
    g_test_add_func("/likeness/bands", test_bands);
    g_test_add_func("/likeness/stored", test_stored);
    g_test_add_func("/likeness/repeats", test_repeats);
    g_test_add_func("/likeness/form", test_form);
    g_test_add_func("/likeness/short", test_short);
    g_test_add_func("/likeness/letters", test_letters);
    return g_test_run();
}

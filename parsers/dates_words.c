/* The words of dates. Every word of a text is looked up here, so a miss must cost one look at a
 * table of 16-bit slots; a word is known by its 64-bit hash alone, and a text made to collide only
 * gets a wrong date. */
#include "parsers/dates_parts.h"
#include <glib.h>
#include <string.h>

enum { SLOTS = 4096, MEANINGS_MAX = 1400, SLIP_LEAST = 4, SLIP_MOST = 11 };

#define NAME   WORD_NAME
#define SHORT  WORD_SHORT
#define FREE   (WORD_AFTER_DAY | WORD_BARE)
#define CLAUSE (WORD_AFTER_DAY | WORD_CLAUSE)
#define LEADS  (WORD_AFTER_DAY | WORD_LEADS)

/* One row a meaning. A word with other letters than ASCII's is also taken without its accents,
 * with a capital and in capitals. */
static const struct {
    const char *words;
    uint8_t role;
    int8_t value;
    uint8_t flags;
} WORDS[] = {
    {"january ionawr januray janurary janaury", ROLE_MONTH, 1, NAME},
    {"february chwefror febuary feburary februrary febrary", ROLE_MONTH, 2, NAME},
    {"march mawrth fawrth", ROLE_MONTH, 3, NAME},
    {"april ebrill", ROLE_MONTH, 4, NAME},
    {"may", ROLE_MONTH, 5, NAME | SHORT},
    {"june mehefin fehefin", ROLE_MONTH, 6, NAME},
    {"july gorffennaf orffennaf", ROLE_MONTH, 7, NAME},
    {"august awst agust augest", ROLE_MONTH, 8, NAME},
    {"september medi fedi septembre", ROLE_MONTH, 9, NAME},
    {"october hydref", ROLE_MONTH, 10, NAME},
    {"november tachwedd dachwedd thachwedd novermber", ROLE_MONTH, 11, NAME},
    {"december rhagfyr ragfyr desember", ROLE_MONTH, 12, NAME},
    {"jan", ROLE_MONTH, 1, SHORT},
    {"feb febr", ROLE_MONTH, 2, SHORT},
    {"mar", ROLE_MONTH, 3, SHORT},
    {"apr", ROLE_MONTH, 4, SHORT},
    {"mai fai", ROLE_MONTH, 5, SHORT},
    {"jun", ROLE_MONTH, 6, SHORT},
    {"jul", ROLE_MONTH, 7, SHORT},
    {"aug", ROLE_MONTH, 8, SHORT},
    {"sep sept", ROLE_MONTH, 9, SHORT},
    {"oct okt", ROLE_MONTH, 10, SHORT},
    {"nov", ROLE_MONTH, 11, SHORT},
    {"dec dez", ROLE_MONTH, 12, SHORT},
    /* Spanish, Portuguese, French, Italian, German, Polish, Romanian, Turkish, Ukrainian, Russian,
     * Arabic in Egypt and the Gulf, in the Levant: only beside a day. */
    {"enero janeiro janvier gennaio januar jänner stycznia styczeń ianuarie ocak "
     "січня січень января январь يناير",
     ROLE_MONTH, 1, 0},
    {"febrero fevereiro février febbraio februar lutego luty februarie şubat "
     "лютого лютий февраля февраль فبراير شباط",
     ROLE_MONTH, 2, 0},
    {"marzo março mars märz marca marzec martie mart березня березень марта март "
     "مارس آذار اذار",
     ROLE_MONTH, 3, 0},
    {"abril avril aprile kwietnia kwiecień aprilie nisan квітня квітень апреля апрель "
     "أبريل ابريل إبريل نيسان",
     ROLE_MONTH, 4, 0},
    {"mayo maio maggio maja maj mayıs mayis травня травень мая май مايو أيار ايار", ROLE_MONTH, 5,
     0},
    {"junio junho juin giugno juni czerwca czerwiec iunie haziran червня червень июня июнь "
     "يونيو يونيه حزيران",
     ROLE_MONTH, 6, 0},
    {"julio julho juillet luglio juli lipca lipiec iulie temmuz липня липень июля июль "
     "يوليو يوليه تموز",
     ROLE_MONTH, 7, 0},
    {"agosto août sierpnia sierpień ağustos серпня серпень августа август "
     "أغسطس اغسطس آب",
     ROLE_MONTH, 8, 0},
    {"septiembre setiembre setembro settembre września wrzesień septembrie eylül "
     "вересня вересень сентября сентябрь سبتمبر أيلول ايلول",
     ROLE_MONTH, 9, 0},
    {"octubre outubro octobre ottobre oktober października październik octombrie ekim "
     "жовтня жовтень октября октябрь أكتوبر اكتوبر",
     ROLE_MONTH, 10, 0},
    {"noviembre novembro novembre listopada listopad noiembrie kasım kasim "
     "листопада листопад ноября ноябрь نوفمبر",
     ROLE_MONTH, 11, 0},
    {"diciembre dezembro décembre dicembre dezember grudnia grudzień decembrie aralık aralik "
     "грудня грудень декабря декабрь ديسمبر",
     ROLE_MONTH, 12, 0},
    {"كانون", ROLE_LEVANT, 12, 0},
    {"تشرين", ROLE_LEVANT, 10, 0},
    {"الأول الاول", ROLE_NTH, 1, 0},
    {"الثاني الثانى", ROLE_NTH, 2, 0},

    {"monday", ROLE_WEEKDAY, 1, 0},
    {"tuesday tues tuseday teusday", ROLE_WEEKDAY, 2, 0},
    {"wednesday weds wensday wednsday wendesday", ROLE_WEEKDAY, 3, 0},
    {"thursday thurs thur thrusday thurday", ROLE_WEEKDAY, 4, 0},
    {"friday firday", ROLE_WEEKDAY, 5, 0},
    {"saturday satuday saterday", ROLE_WEEKDAY, 6, 0},
    {"sunday", ROLE_WEEKDAY, 7, 0},
    {"mon", ROLE_WEEKDAY, 1, SHORT},
    {"tue", ROLE_WEEKDAY, 2, SHORT},
    {"wed", ROLE_WEEKDAY, 3, SHORT},
    {"thu", ROLE_WEEKDAY, 4, SHORT},
    {"fri", ROLE_WEEKDAY, 5, SHORT},
    {"sat", ROLE_WEEKDAY, 6, SHORT},
    {"sun", ROLE_WEEKDAY, 7, SHORT},
    {"llun lun", ROLE_WEEKDAY_CY, 1, 0},
    {"mercher fercher", ROLE_WEEKDAY_CY, 3, 0},
    {"iau", ROLE_WEEKDAY_CY, 4, 0},
    {"gwener wener", ROLE_WEEKDAY_CY, 5, 0},
    {"sadwrn", ROLE_WEEKDAY_CY, 6, 0},
    {"sul", ROLE_WEEKDAY_CY, 7, 0},
    {"dydd ddydd nos", ROLE_DYDD, 0, 0},

    {"one", ROLE_COUNT, 1, 0},
    {"two dau dwy ddau ddwy", ROLE_COUNT, 2, 0},
    {"three tri tair dri dair thri", ROLE_COUNT, 3, 0},
    {"four pedwar pedair bedwar bedair", ROLE_COUNT, 4, 0},
    {"five pum pump bum phum", ROLE_COUNT, 5, 0},
    {"six chwe chwech", ROLE_COUNT, 6, 0},
    {"seven saith", ROLE_COUNT, 7, 0},
    {"eight wyth", ROLE_COUNT, 8, 0},
    {"nine naw", ROLE_COUNT, 9, 0},
    {"ten deg ddeg deng", ROLE_COUNT, 10, 0},
    {"eleven", ROLE_COUNT, 11, 0},
    {"twelve", ROLE_COUNT, 12, 0},
    {"thirteen", ROLE_COUNT, 13, 0},
    {"fourteen", ROLE_COUNT, 14, 0},
    {"fifteen", ROLE_COUNT, 15, 0},
    {"sixteen", ROLE_COUNT, 16, 0},
    {"seventeen", ROLE_COUNT, 17, 0},
    {"eighteen", ROLE_COUNT, 18, 0},
    {"nineteen", ROLE_COUNT, 19, 0},
    {"couple", ROLE_COUNT, 2, WORD_FUZZY},
    {"few several some ychydig", ROLE_COUNT, 3, WORD_FUZZY},
    {"twenty", ROLE_TENS, 20, 0},
    {"thirty", ROLE_TENS, 30, 0},
    {"first cyntaf", ROLE_NTH, 1, 0},
    {"second ail", ROLE_NTH, 2, 0},
    {"third trydydd", ROLE_NTH, 3, 0},
    {"fourth pedwerydd", ROLE_NTH, 4, 0},
    {"fifth pumed", ROLE_NTH, 5, 0},
    {"sixth chweched", ROLE_NTH, 6, 0},
    {"seventh seithfed", ROLE_NTH, 7, 0},
    {"eighth wythfed", ROLE_NTH, 8, 0},
    {"ninth nineth nawfed", ROLE_NTH, 9, 0},
    {"tenth degfed", ROLE_NTH, 10, 0},
    {"eleventh", ROLE_NTH, 11, 0},
    {"twelfth twelvth", ROLE_NTH, 12, 0},
    {"thirteenth", ROLE_NTH, 13, 0},
    {"fourteenth", ROLE_NTH, 14, 0},
    {"fifteenth", ROLE_NTH, 15, 0},
    {"sixteenth", ROLE_NTH, 16, 0},
    {"seventeenth", ROLE_NTH, 17, 0},
    {"eighteenth", ROLE_NTH, 18, 0},
    {"nineteenth", ROLE_NTH, 19, 0},
    {"twentieth", ROLE_NTH, 20, 0},
    {"thirtieth", ROLE_NTH, 30, 0},

    {"minute minutes mins", ROLE_UNIT, UNIT_MINUTE, 0},
    {"hour hours hrs awr", ROLE_UNIT, UNIT_HOUR, 0},
    {"day days diwrnod ddiwrnod niwrnod dyddiau", ROLE_UNIT, UNIT_DAY, 0},
    {"week weeks wk wks", ROLE_UNIT, UNIT_WEEK, 0},
    {"wythnos", ROLE_UNIT, UNIT_WEEK, NAME},
    {"fortnight", ROLE_UNIT, UNIT_FORTNIGHT, 0},
    {"pythefnos bythefnos phythefnos", ROLE_UNIT, UNIT_FORTNIGHT, NAME},
    {"month months mths fis misoedd", ROLE_UNIT, UNIT_MONTH, 0},
    {"mis", ROLE_MIS, 0, NAME},
    {"deufis ddeufis", ROLE_UNIT, UNIT_TWO_MONTHS, NAME},
    {"year years yrs mlynedd flynedd blynedd", ROLE_UNIT, UNIT_YEAR, 0},
    {"blwyddyn flwyddyn", ROLE_UNIT, UNIT_YEAR, NAME},
    {"morning afternoon evening night lunchtime bore prynhawn noson", ROLE_DAYPART, 0, 0},

    {"early beginning start dechrau ddechrau", ROLE_PART, 0, 0},
    {"mid middle canol ganol", ROLE_PART, 1, 0},
    {"late end diwedd ddiwedd", ROLE_PART, 2, 0},
    {"half", ROLE_HALF, 0, 0},
    {"yesterday ddoe yesteday", ROLE_NEAR, -1, WORD_AFTER_DAY},
    {"today heddiw tonight", ROLE_NEAR, 0, WORD_AFTER_DAY},
    {"neithiwr", ROLE_NEAR, -1, 0},
    {"echdoe", ROLE_NEAR, -2, 0},
    {"the y yr", ROLE_THE, 0, CLAUSE},
    {"a an", ROLE_A, 0, CLAUSE},
    {"of o de del من", ROLE_OF, 0, LEADS & ~WORD_AFTER_DAY},
    {"on ar", ROLE_ON, 0, LEADS},
    {"in ym during", ROLE_IN, 0, WORD_AFTER_DAY},
    {"since ers", ROLE_IN, 0, LEADS},
    {"and ac", ROLE_AND, 0, FREE},
    {"or neu", ROLE_OR, 0, FREE},
    {"to", ROLE_TO, 0, WORD_AFTER_DAY},
    {"so thereabouts", ROLE_SO, 0, WORD_AFTER_DAY},
    {"between rhwng", ROLE_BETWEEN, 0, 0},
    {"last", ROLE_LAST, 0, 0},
    {"diwethaf diwetha ddiwethaf ddiwetha", ROLE_LAST_CY, 0, 0},
    {"this", ROLE_THIS, 0, 0},
    {"hwn hon yma ma", ROLE_THIS_CY, 0, WORD_AFTER_DAY},
    {"past gone", ROLE_PAST, 0, 0},
    {"that hwnnw honno", ROLE_THAT, 0, WORD_AFTER_DAY},
    {"same un", ROLE_SAME, 0, 0},
    {"very", ROLE_VERY, 0, 0},
    {"next", ROLE_NEXT, 0, 0},
    {"following", ROLE_NEXT, 1, 0},
    {"canlynol", ROLE_NEXT_CY, 0, 0},
    {"wedyn", ROLE_NEXT_CY, 1, WORD_AFTER_DAY},
    {"drannoeth trannoeth", ROLE_NEXT_DAY, 0, 0},
    {"previous preceding", ROLE_PREVIOUS, 0, 0},
    {"cynt blaenorol", ROLE_PREVIOUS_CY, 0, 0},
    {"weekend", ROLE_WEEKEND, 0, 0},
    {"other", ROLE_OTHER, 0, 0},
    {"ago back", ROLE_AGO, 0, 0},
    {"yn", ROLE_YN, 0, WORD_AFTER_DAY},
    {"ôl", ROLE_OL, 0, 0},
    {"after", ROLE_AFTER, 0, LEADS},
    {"later afterwards ddiweddarach", ROLE_LATER, 0, WORD_AFTER_DAY},
    {"before cyn", ROLE_BEFORE, 0, LEADS},
    {"earlier", ROLE_EARLIER, 0, WORD_AFTER_DAY},
    {"about around approximately approx roughly circa tua oddeutu", ROLE_ABOUT, 0, WORD_AFTER_DAY},
    {"ult ultimo", ROLE_LATIN, -1, 0},
    {"inst instant", ROLE_LATIN, 0, 0},
    {"llynedd", ROLE_LAST_YEAR, -1, 0},
    {"eleni", ROLE_LAST_YEAR, 0, 0},
    {"christmas xmas nadolig", ROLE_FEAST, 0, 0},
    {"new", ROLE_NEW, 0, 0},
    {"eve", ROLE_EVE, 0, 0},
    {"every each", ROLE_EVERY, 0, 0},
    {"version section paragraph para chapter rule clause appendix page article release v ver ip "
     "item",
     ROLE_NOT_DATE, 0, 0},
    {"road street avenue close lane drive crescent gardens terrace bar bars", ROLE_STREET, 0, 0},
    {"be not have well need", ROLE_MODAL, 0, WORD_AFTER_DAY},
    {"am pm", ROLE_CLOCK, 0, 0},

    {"it they i we he she you", ROLE_NONE, 0, FREE | WORD_CLAUSE},
    {"but which so when then because while although though if", ROLE_NONE, 0, FREE},
    {"by until till", ROLE_BY, 0, FREE | WORD_LEADS},
    {"dated date dyddiedig sent written wrote", ROLE_NONE, 0, LEADS | WORD_DATED},
    {"from received recieved receiving got came arrived through posted", ROLE_NONE, 0, LEADS},
    {"letter email reply response", ROLE_NONE, 0, WORD_LEADS},
    {"my their his her our", ROLE_NONE, 0, CLAUSE},
    {"at over", ROLE_OVER, 0, WORD_AFTER_DAY},
    {"with as still who where saying said says told telling tells asking "
     "asked for only too also nobody nothing there not no never via was were is had has "
     "gan ond wrth pan daeth cefais ges roedd mae nid dim per despite unless stating refusing "
     "rejecting",
     ROLE_NONE, 0, WORD_AFTER_DAY},
};

typedef struct Meanings {
    WordMeaning of[MEANINGS_MAX];
    uint16_t slots[SLOTS]; /* 1 and more; 0 none */
    unsigned count;
} Meanings;

/* Letters differ from their capitals by one bit, in ASCII, in Latin-1 and in part of Cyrillic. */
static const uint64_t CASE_BITS = 0x2020202020202020;

static uint64_t word_hash(const char *word, size_t length, size_t room)
{
    uint64_t hash = length;
    for (size_t at = 0; at < length; at += 8) {
        uint64_t chunk = 0;
        size_t left = length - at;
        if (room - at >= 8)
            memcpy(&chunk, word + at, 8);
        else
            memcpy(&chunk, word + at, left);
        chunk = GUINT64_FROM_LE(chunk) | CASE_BITS;
        if (left < 8)
            chunk &= (UINT64_C(1) << (8 * left)) - 1;
        hash = (hash ^ chunk) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    return hash;
}

static void add(Meanings *m, const char *word, unsigned row)
{
    size_t n = strlen(word);
    uint64_t hash = word_hash(word, n, n);
    unsigned slot = hash % SLOTS;
    for (; m->slots[slot]; slot = (slot + 1) % SLOTS)
        if (m->of[m->slots[slot] - 1].hash == hash)
            return;
    g_assert(m->count < MEANINGS_MAX);
    m->of[m->count++] = (WordMeaning){hash, WORDS[row].role, WORDS[row].flags, WORDS[row].value};
    m->slots[slot] = (uint16_t)m->count;
}

/* Without its accents, which people leave out; with those apart, as some programs write them. */
static void add_unaccented(Meanings *m, const char *word, unsigned row)
{
    g_autofree char *apart = g_utf8_normalize(word, -1, G_NORMALIZE_NFD);
    add(m, apart, row);
    g_autoptr(GString) bare = g_string_new(NULL);
    for (const char *p = apart; *p; p = g_utf8_next_char(p))
        if (!g_unichar_ismark(g_utf8_get_char(p)))
            g_string_append_unichar(bare, g_utf8_get_char(p));
    add(m, bare->str, row);
}

static void add_cases(Meanings *m, const char *word, unsigned row)
{
    add(m, word, row);
    if (g_str_is_ascii(word))
        return;
    g_autofree char *upper = g_utf8_strup(word, -1);
    g_autofree char *title = g_strdup_printf("%.*s%s", (int)(g_utf8_next_char(upper) - upper),
                                             upper, g_utf8_next_char(word));
    add(m, upper, row);
    add(m, title, row);
    add_unaccented(m, word, row);
}

static const Meanings *meanings(void)
{
    static Meanings all;
    static gsize ready;
    if (g_once_init_enter(&ready)) {
        for (unsigned row = 0; row < G_N_ELEMENTS(WORDS); row++) {
            g_auto(GStrv) words = g_strsplit(WORDS[row].words, " ", -1);
            for (unsigned i = 0; words[i]; i++)
                add_cases(&all, words[i], row);
        }
        g_once_init_leave(&ready, 1);
    }
    return &all;
}

const WordMeaning *word_meaning(const char *word, size_t length, size_t room)
{
    const Meanings *m = meanings();
    uint64_t hash = word_hash(word, length, room);
    for (unsigned slot = hash % SLOTS; m->slots[slot]; slot = (slot + 1) % SLOTS)
        if (m->of[m->slots[slot] - 1].hash == hash)
            return &m->of[m->slots[slot] - 1];
    return NULL;
}

/* One letter too many, too few, wrong, or two changed about. In a short name a wrong letter makes
 * another word ("match", "jury"), so there it is no slip. */
static bool slipped(const char *word, size_t n, const char *name, size_t m)
{
    size_t head = 0, tail = 0;
    while (head < n && head < m && g_ascii_tolower(word[head]) == name[head])
        head++;
    while (tail < n - head && tail < m - head &&
           g_ascii_tolower(word[n - 1 - tail]) == name[m - 1 - tail])
        tail++;
    size_t more = n - head - tail, fewer = m - head - tail;
    if (head == 0)
        return false;
    if (more == 2 && fewer == 2)
        return g_ascii_tolower(word[head]) == name[head + 1] &&
               g_ascii_tolower(word[head + 1]) == name[head];
    if (more == 1 && fewer == 1)
        return m > 5;
    /* A letter more at the end is a plural or a name ("Mays", "Augusta"), unless doubled. */
    if (more == 1 && fewer == 0)
        return word[head] == word[head - 1] || (m > 4 && tail > 0);
    return more == 0 && fewer == 1 && m > 5;
}

int misspelt_month(const char *word, size_t length)
{
    static const char *const NAMES[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    if (length < SLIP_LEAST || length > SLIP_MOST)
        return 0;
    for (int i = 0; i < (int)G_N_ELEMENTS(NAMES); i++) {
        size_t n = strlen(NAMES[i]);
        if (n >= SLIP_LEAST && n + 1 >= length && length + 1 >= n &&
            slipped(word, length, NAMES[i], n))
            return i + 1;
    }
    return 0;
}

/* What judging costs beyond parsing, on one core: facts_extract and decide on documents in memory.
 *
 * Usage: bench_assess FOLDER-OF-EML. Prints two BENCH lines: rules-load, the median time to load
 * the shipped rules; assess, messages of the folder a second (attachments not read), and the time
 * and speed of a text of 20 KB made of the same people's words. Medians of RUNS runs.
 */
#include "daemon/casework/decide.h"
#include "daemon/casework/extract.h"
#include "daemon/casework/forms_config.h"
#include "parsers/message.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 9, LOADS = 7, LONG_TEXT = 20 * 1024, LONG_TIMES = 100, ALL_TIMES = 10 };

static const char *const OWN[] = {"iec@homeoffice.gov.uk", NULL};
static const char *const TRUSTED[] = {"mail.homeoffice.gov.uk", NULL};
static ExtractContext extract_context = {1795000000, CHANNEL_EMAIL, OWN, TRUSTED, NULL};

typedef struct Bench {
    Rules *rules;
    Calendar *calendar;
    GPtrArray *messages;  /* Document */
    GPtrArray *long_text; /* Document: one */
} Bench;

/* Processor time, as others may use the machine: nothing here waits for anything. */
static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, unsigned n)
{
    qsort(values, n, sizeof *values, compare);
    return values[n / 2];
}

static Rules *load_rules(void)
{
    double s[LOADS];
    Rules *rules = NULL;
    g_autoptr(GError) error = NULL;
    for (unsigned n = 0; n < LOADS; n++) {
        rules_free(rules);
        double begin = seconds();
        rules = rules_load(TEST_ROOT "/config", &error);
        s[n] = seconds() - begin;
        if (!rules)
            g_error("%s", error->message);
    }
    double first = s[0];
    printf("BENCH rules-load ms=%.1f first_ms=%.1f rules=%u\n", median(s, LOADS) * 1000,
           first * 1000, rules_count(rules));
    return rules;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the order of their names, so that the long text is the same each time. */
static GPtrArray *messages_in(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; dir && (name = g_dir_read_name(dir));)
        if (g_str_has_suffix(name, ".eml"))
            g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
    g_ptr_array_sort(paths, by_name);
    return paths;
}

static void read_messages(Bench *b, const char *folder)
{
    g_autoptr(GPtrArray) paths = messages_in(folder);
    g_autoptr(GString) words = g_string_new(NULL);
    for (unsigned n = 0; n < paths->len; n++) {
        int fd = open(paths->pdata[n], O_RDONLY | O_CLOEXEC);
        Document *d = fd >= 0 ? message_parse(fd, NULL, NULL) : NULL;
        if (fd >= 0)
            close(fd);
        if (!d)
            continue;
        g_ptr_array_add(b->messages, d);
        if (words->len < LONG_TEXT)
            g_string_append_printf(words, "%s\n\n", d->text);
    }
    if (words->len < LONG_TEXT)
        g_error("%s: too few words in its *.eml files", folder);
    g_autofree char *text = document_clean_text(words->str, -1, LONG_TEXT);
    Document *d = document_new();
    g_ptr_array_add(d->texts, text_part_new("body", TEXT_NEW, text));
    g_ptr_array_add(b->long_text, d);
}

/* Seconds of one judgement. */
static double judge(const Bench *b, const GPtrArray *documents, unsigned times)
{
    double s[RUNS];
    const DecideContext context = {.calendar = b->calendar,
                                   .received = day_of_instant(extract_context.received_at),
                                   .first_contact = day_of_instant(extract_context.received_at),
                                   .reply_days = 5,
                                   .post_days = 4,
                                   .post_abroad_days = 10};
    for (unsigned run = 0; run < RUNS; run++) {
        double begin = seconds();
        for (unsigned n = 0; n < times * documents->len; n++) {
            g_autoptr(Facts) facts =
                facts_extract(documents->pdata[n % documents->len], b->rules, &extract_context);
            g_auto(Judgement) j = {0};
            decide(facts, &context, &j);
        }
        s[run] = (seconds() - begin) / (times * documents->len);
    }
    return median(s, RUNS);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: bench_assess FOLDER-OF-EML\n", stderr);
        return 2;
    }
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    g_autoptr(GPtrArray) long_text = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    g_autoptr(Rules) rules = load_rules();
    g_autoptr(Calendar) calendar = calendar_load(TEST_ROOT "/config/bank-holidays.json", NULL);
    Bench b = {rules, calendar, messages, long_text};
    extract_context.form_labels = forms_config_load(TEST_ROOT "/config", NULL);
    message_init();
    read_messages(&b, argv[1]);
    double each = judge(&b, messages, ALL_TIMES), one = judge(&b, long_text, LONG_TIMES);
    printf("BENCH assess per_s=%.0f mb_s=%.0f ms_20kb=%.3f messages=%u\n", 1 / each,
           LONG_TEXT / one / 1e6, one * 1000, messages->len);
    return 0;
}

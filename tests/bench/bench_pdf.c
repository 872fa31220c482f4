/* bench_pdf [FILE [TIMES]]: what poppler itself takes to give the text of one PDF letter, in
 * process and without iecd around it. Prints one BENCH line; without FILE does nothing. */
#include "parsers/document_reader.h"
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    char *data = NULL;
    gsize size = 0;
    int times = argc > 2 ? atoi(argv[2]) : 300;
    if (argc < 2)
        return 0;
    if (!g_file_get_contents(argv[1], &data, &size, &error)) {
        fprintf(stderr, "bench_pdf: %s\n", error->message);
        return 1;
    }
    g_autoptr(GBytes) bytes = g_bytes_new_take(data, size);
    gint64 begin = g_get_monotonic_time();
    for (int n = 0; n < times; n++) {
        TextPart *text = document_read_part("pdf", bytes, &error);
        if (!text) {
            fprintf(stderr, "bench_pdf: %s\n", error->message);
            return 1;
        }
        text_part_free(text);
    }
    double ms = (double)(g_get_monotonic_time() - begin) / 1000.0 / times;
    printf("BENCH poppler ms_per_letter=%.2f\n", ms);
    return 0;
}

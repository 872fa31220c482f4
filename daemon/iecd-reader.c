/* iecd-reader: reads strangers' messages in a cage, for iecd and iecctl, which start it. */
#include "daemon/model/reader_protocol.h"
#include "daemon/reader/prepared.h"
#include "daemon/reader/rules_report.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] =
    "Usage: iecd-reader --slim CONFIG-DIR | --docs CONFIG-DIR | --version\n"
    "       iecd-reader --check-rules CONFIG-DIR | --list-rules CONFIG-DIR\n"
    "Started by iecd and iecctl, to read with a socket as descriptor 3; of no use by hand.\n";

static bool has_control(void)
{
    struct stat st;
    return fstat(READER_CONTROL_FD, &st) == 0 && S_ISSOCK(st.st_mode);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("iecd-reader " IECD_VERSION);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "--check-rules") == 0)
        return rules_report_check(argv[2]);
    if (argc == 3 && strcmp(argv[1], "--list-rules") == 0)
        return rules_report_list(argv[2]);
    bool slim = argc == 3 && strcmp(argv[1], "--slim") == 0;
    bool docs = argc == 3 && strcmp(argv[1], "--docs") == 0;
    if ((!slim && !docs) || !has_control()) {
        fputs(usage, stderr);
        return 2;
    }
    return prepared_run(slim ? READER_SLIM : READER_DOCS, argv[2]);
}

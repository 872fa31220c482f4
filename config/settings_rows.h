/* settings_rows.h: the table of settings. Private to config/.
 *
 * One row a setting, in the order of the example file. The loader, the example printer and the
 * manual's table know nothing of a setting but its row.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum RowType {
    ROW_TEXT,
    ROW_TEXTS, /* list of texts */
    ROW_CHOICE,
    ROW_INT,
    ROW_BOOL,
    ROW_SIZE,     /* "50 MiB" */
    ROW_TIME,     /* "5 min" */
    ROW_MAILBOXES /* the list of groups that mailbox_rows describe */
} RowType;

/* What a text must look like. */
typedef enum RowForm {
    FORM_PRINTABLE,
    FORM_PATH,
    FORM_ADDRESS,
    FORM_RETURN_PATH,
    FORM_HOST,
    FORM_NAME,
    FORM_KEYWORD,
    FORM_REASON,
    FORM_SECRET,
    FORM_COUNT
} RowForm;

typedef struct Row {
    const char *path; /* "casework.reply_days"; of a mailbox's rows only "port" */
    RowType type;
    RowForm form; /* ROW_TEXT, ROW_TEXTS */
    size_t offset;
    const char *fallback; /* the default, as written in the file but for the quotes */
    int64_t min, max;     /* the number; seconds; bytes; a text's bytes; how many texts */
    const char *choices;  /* ROW_CHOICE: "imap|maildir" */
    const char *only;     /* the `kind` it belongs to; NULL every */
    const char *sample;   /* what the example shows instead of the default */
    const char *help;
} Row;

extern const Row SETTINGS_ROWS[]; /* into Settings; ends with path NULL */
extern const Row MAILBOX_ROWS[];  /* into MailboxSettings; ends with path NULL */

/* What a source has shown us and what it has been told: the rest of messages.h is in messages.c and
 * message_rows.c. */
#include "daemon/base/clock.h"
#include "daemon/store/messages.h"
#include "daemon/store/statement.h"

bool messages_progress(Db *db, const char *source, uint32_t uidvalidity, uint32_t *uid,
                       bool *known_other, GError **error)
{
    int64_t highest, others;
    g_auto(Statement) high = db_statement(db, KEY_HIGHEST);
    bind_text(high, 1, source);
    bind_int(high, 2, uidvalidity);
    if (!statement_number(db, high, 0, &highest, error))
        return false;
    g_auto(Statement) other = db_statement(db, KEY_OTHER);
    bind_text(other, 1, source);
    bind_int(other, 2, uidvalidity);
    if (!statement_number(db, other, 0, &others, error))
        return false;
    *uid = (uint32_t)highest;
    *known_other = others != 0;
    return true;
}

/* False where the register cannot say: the file is then offered, which changes nothing. */
bool messages_has_file(Db *db, const char *source, const char *file)
{
    g_auto(Statement) s = db_statement(db, KEY_FILE);
    bind_text(s, 1, source);
    bind_text(s, 2, file);
    return statement_step(db, s, NULL) == STEP_ROW;
}

GArray *messages_untold(Db *db, const char *source, uint32_t uidvalidity, GError **error)
{
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_auto(Statement) s = db_statement(db, KEY_UNTOLD);
    StepResult step;
    bind_text(s, 1, source);
    bind_int(s, 2, uidvalidity);
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        uint32_t uid = (uint32_t)column_int(s, 0);
        g_array_append_val(uids, uid);
    }
    return step == STEP_DONE ? g_steal_pointer(&uids) : NULL;
}

char **messages_untold_files(Db *db, const char *source, GError **error)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    g_auto(Statement) s = db_statement(db, KEY_UNTOLD_FILES);
    StepResult step;
    bind_text(s, 1, source);
    while ((step = statement_step(db, s, error)) == STEP_ROW)
        g_ptr_array_add(files, column_text(s, 0));
    if (step == STEP_FAILED)
        return NULL;
    g_ptr_array_add(files, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&files), FALSE);
}

static bool tell(Db *db, const char *source, uint32_t uidvalidity, uint32_t uid, const char *file,
                 GError **error)
{
    g_auto(Statement) s = db_statement(db, KEY_TOLD);
    bind_text(s, 1, source);
    bind_int(s, 2, uidvalidity);
    bind_int(s, 3, uid);
    bind_text(s, 4, file);
    bind_int(s, 5, clock_now());
    return statement_run(db, s, error);
}

bool messages_told(Db *db, const char *source, uint32_t uidvalidity, const uint32_t *uids,
                   unsigned n, GError **error)
{
    if (n == 0)
        return true;
    g_autoptr(Transaction) tx = transaction_begin(db, error);
    if (!tx)
        return false;
    for (unsigned k = 0; k < n; k++) {
        if (!tell(db, source, uidvalidity, uids[k], "", error))
            return false;
    }
    return transaction_commit(tx, error);
}

bool messages_told_file(Db *db, const char *source, const char *file, GError **error)
{
    return tell(db, source, 0, 0, file, error);
}

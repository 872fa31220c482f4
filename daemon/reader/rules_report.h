/* rules_report.h: the rule set told to who edits it, for `iecctl rules`.
 *
 * Here because only this program has the engine that the rules compile for. Reads the office's own
 * files, no stranger's bytes, so there is no cage; writes to standard output; serves nothing.
 */
#pragma once

/* Loads the rules under `config_dir`, and prints a line for each fault ("fault: ..."), each note
 * ("note: ...") and, last, how many there are and how long the loading took. Exit status: 0 no
 * fault, 1 faults, or rules that do not load. */
int rules_report_check(const char *config_dir);
/* Prints each rule on a line: id, fact, value, strength, scope and what it says, with tabs between.
 * Exit status: 1 with the reason instead where the rules do not load. */
int rules_report_list(const char *config_dir);

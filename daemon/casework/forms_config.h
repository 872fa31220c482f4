/* forms_config.h: config/forms.conf, the wording of the web forms' questions and answers.
 *
 * Read once in the readers' prepared parent, with the rules. The file is the office's to edit; a
 * mistake is one line with file, line and what to write instead. Its form stands in its comments.
 */
#pragma once

#include "parsers/form_labels.h"

/* Of forms.conf as config_path() finds it. */
FormLabels *forms_config_load(const char *dir, GError **error);

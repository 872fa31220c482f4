/* language.h: English, Welsh or another language, by the little words every sentence needs.
 *
 * Function words of the two languages are counted; a text that is long enough to hold them and
 * does not is in another language. Accents and apostrophes do not matter. A short text in Latin
 * letters counts as English, so that a bare "complaint, ref 12" is not sent to a translator.
 */
#pragma once

#include <glib.h>
#include <stddef.h>

typedef enum TextLanguage { TEXT_ENGLISH, TEXT_WELSH, TEXT_OTHER } TextLanguage;

/* The language most of the text is written in. */
TextLanguage language_of(const char *text, size_t length);

/* auth_results.h: what our own receiving server said of a sender (RFC 8601).
 *
 * Anybody can write an Authentication-Results field. Believed are only the fields on top, up to the
 * first that does not name a server we trust: those below were there before our server's.
 */
#pragma once

#include "parsers/document.h"

typedef enum DmarcResult {
    DMARC_UNKNOWN, /* nobody we trust said */
    DMARC_PASS,
    DMARC_FAIL,
    DMARC_NONE,  /* the domain has no policy */
    DMARC_ERROR, /* temperror, permerror */
    DMARC_RESULT_COUNT
} DmarcResult;

/* `trusted` is a NULL-terminated list of authserv-ids, compared without case; may be NULL. */
DmarcResult auth_results_dmarc(const Document *d, const char *const *trusted);

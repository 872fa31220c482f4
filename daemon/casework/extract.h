/* extract.h: facts from a document (policy sections 1 and 2). Pure; runs in the caged reader. */
#pragma once

#include "config/rules.h"
#include "daemon/model/facts.h"
#include "parsers/document.h"
#include "parsers/form_labels.h"

typedef struct ExtractContext {
    int64_t received_at;
    Channel channel;
    const char *const *own_addresses;
    const char *const *trusted_authserv;
    const FormLabels *form_labels; /* never NULL */
} ExtractContext;

/* Never NULL, never fails: what cannot be told is unknown. */
Facts *facts_extract(const Document *document, const Rules *rules, const ExtractContext *context);

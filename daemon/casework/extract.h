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

/* For the training of the models: the features, in the words of their files, of each day told in
 * the sender's own words, and of the message as a whole. Those that are NULL are left out. */
typedef struct ExtractTraining {
    void (*day)(Day day, bool loose, char **features, void *user);
    void (*status)(char **features, void *user);
    void (*nature)(char **features, void *user);
    void (*bar)(Reason reason, char **features, void *user);
    void *user;
} ExtractTraining;
void facts_train(const Document *document, const Rules *rules, const ExtractContext *context,
                 const ExtractTraining *training);

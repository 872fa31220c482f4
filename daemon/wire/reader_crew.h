/* reader_crew.h: one prepared parent with its caged children, and who of them does what.
 *
 * A shared task goes to a child that serves up to READER_SHARED_MOST of them, READER_IN_HAND at a
 * time (one it is at, the others in its socket: work while iecd commits); any other gets a child of
 * its own. When a child dies, what it had not begun comes back, and what it was at comes back once
 * for a fresh child where the child had served others before or was killed from outside; else it is
 * lost. When the parent dies everything comes back: that is no message's fault.
 */
#pragma once

#include "daemon/wire/reader_worker.h"

#define READER_SHARED_MOST 16u
#define READER_IN_HAND     4u

typedef struct ReaderCrew ReaderCrew;

typedef struct ReaderCrewConfig {
    const char *program, *option, *config_dir;
    unsigned children; /* at work at once: so many shared and so many of the other sort */
    unsigned spare;    /* forked ahead */
    unsigned wall_s;
} ReaderCrewConfig;

/* Tasks are the listener's again. */
typedef struct ReaderCrewEvents {
    void (*room)(ReaderCrew *c, void *user); /* something more may be given */
    void (*answered)(ReaderTask *t, ReaderAnswer *answer, bool fresh, void *user);
    void (*returned)(ReaderTask *t, void *user); /* to be given again before others */
    void (*lost)(ReaderTask *t, const char *cause, void *user);
    /* Of no more use: take its tasks back, free it. `hopeless`: the next would fail too. */
    void (*failed)(ReaderCrew *c, const GError *why, bool hopeless, void *user);
} ReaderCrewEvents;

/* `config` and `events` are borrowed for the crew's life. */
ReaderCrew *reader_crew_start(const ReaderCrewConfig *config, const ReaderCrewEvents *events,
                              void *user, GError **error);
void reader_crew_free(ReaderCrew *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderCrew, reader_crew_free)
bool reader_crew_wait(ReaderCrew *c, unsigned seconds, GError **error);
const char *reader_crew_rules_version(const ReaderCrew *c);

typedef enum CrewAnswer {
    CREW_TOOK,
    CREW_FULL, /* `room` will say */
    CREW_CANNOT
} CrewAnswer;
/* Takes the task on CREW_TOOK. An error only with CREW_CANNOT. */
CrewAnswer reader_crew_give(ReaderCrew *c, ReaderTask *task, GError **error);
/* Has children forked for what waits, and the spare ones. */
void reader_crew_ask(ReaderCrew *c, unsigned alone_waiting, unsigned shared_waiting);
/* Takes no more, and lets go of all who have nothing to do, the parent last: `failed` comes when it
 * has ended, and freeing the crew then waits for nothing. To be called again at each `room`. */
void reader_crew_retire(ReaderCrew *c);
/* All that it was given and has not done comes back through `returned`. */
void reader_crew_return_all(ReaderCrew *c);
/* Every now and then: stops who overruns. `late_us`: how long the loop itself was held up. */
void reader_crew_check(ReaderCrew *c, int64_t now_us, int64_t late_us);

/* trainer.h: fits the linear models of config/ (see config/linear.h) to labelled examples.
 *
 * One logistic regression a class over present-or-absent features, by stochastic gradient with L2.
 * The order of examples comes from a fixed seed, so the same examples give the same file.
 */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <stdio.h>

typedef struct Trainer Trainer;
/* `l2`: how hard weights are held to zero; the fewer examples, the harder. `drop`: a feature that
 * weighs less than this for every class is left out and the rest fitted again, so that the model
 * stays small; 0 keeps all. */
Trainer *trainer_new(const char *const *classes, float l2, float drop);
void trainer_free(Trainer *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Trainer, trainer_free)

enum { TRAINER_FOLDS = 5 };
/* The fold a group belongs to: by its last path component. */
int trainer_fold(const char *group);

/* `group`: examples of one group are never on both sides of a check (a message, say). `classes`:
 * bits that hold; `known`: bits that are labelled at all (others are left out of the fit). */
void trainer_add(Trainer *t, const char *group, uint32_t classes, uint32_t known, char **features,
                 float weight);

/* Prints how each class is told on examples the fit has not seen. */
void trainer_check(Trainer *t, FILE *out);
/* Fits to all but fold `without` (-1: to all). */
void trainer_fit(Trainer *t, int without);
/* Writes the model fitted last; `comment` lines begin with "# ". 0 where it could. */
int trainer_write(const Trainer *t, const char *path, const char *comment);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ranking.h - how good a repair is: a weighted sum of features; ranking.ini of a model's directory
 *
 * A log-linear model of a place (Berger et al. 1996): it is right as it is, or one of the proposed
 * repairs is. Fitted to people's corrections by model/training/ranking.py, apart for words that
 * exist and words that do not.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    PD_FEATURE_GAIN,        /* by how much the discriminator finds the sentence better, log-odds */
    PD_FEATURE_NGRAM,       /* by how much the words around become more usual, log-odds */
    PD_FEATURE_ALONE,       /* by how much its words are more frequent by themselves, log-odds */
    PD_FEATURE_GAIN_INSERT, /* gain, ngram and alone of a proposal that inserts */
    PD_FEATURE_NGRAM_INSERT,
    PD_FEATURE_ALONE_INSERT,
    PD_FEATURE_GAIN_DELETE, /* of one that deletes; above: of one that replaces */
    PD_FEATURE_NGRAM_DELETE,
    PD_FEATURE_ALONE_DELETE,
    PD_FEATURE_ADDED,      /* tokens more than before */
    PD_FEATURE_REMOVED,    /* tokens fewer */
    PD_FEATURE_FREQUENCY,  /* log of the rarest word's count, at most that of a common word, as a
                              difference to that */
    PD_FEATURE_UNLISTED,   /* a word that the corpus hardly has */
    PD_FEATURE_HUNSPELL,   /* 1 / place in Hunspell's list */
    PD_FEATURE_PLACE,      /* place in Hunspell's list, from 0 */
    PD_FEATURE_CONFUSION,  /* people corrected this to that */
    PD_FEATURE_COUNT,      /* log of how often */
    PD_FEATURE_INFLECTION, /* another form of the word */
    PD_FEATURE_NEIGHBOUR,  /* one edit away */
    PD_FEATURE_CLASS,      /* one preposition for another */
    PD_FEATURE_INSERT,     /* a word before it */
    PD_FEATURE_COMMA,      /* a comma before it */
    PD_FEATURE_DELETE,
    PD_FEATURE_JOIN,     /* two words written as one */
    PD_FEATURE_SPLIT,    /* one word written as two */
    PD_FEATURE_CASE,     /* differs in letter case alone */
    PD_FEATURE_DISTANCE, /* edits (Damerau 1964), after the first */
    PD_FEATURE_FIRST,    /* the first letter differs */
    PD_FEATURE_DOUBLED,  /* one edit: a letter that stands twice or once */
    PD_FEATURE_SWAPPED,  /* one edit: two letters change places */
    PD_FEATURE_VOWEL,    /* one edit: a vowel for another */
    PD_FEATURE_KEY,      /* one edit: a letter for its neighbour on the keyboard */
    PD_FEATURE_SOUND,    /* both may sound the same */
    PD_N_FEATURES
} PdFeature;

typedef struct {
    double weights[PD_N_FEATURES];
    double keep;         /* score of leaving the place as it is */
    double keep_capital; /* added to it for a word with a capital letter */
    double doubt;        /* weight of the log-odds of P(wrong) against leaving it */
} PdRankingOf;

typedef struct {
    PdRankingOf known;
    PdRankingOf unknown; /* words that do not exist */
} PdRanking;

const char *pd_feature_name(PdFeature feature);

/* Without a file: Hunspell's order. */
void pd_ranking_init(PdRanking *self);

/* @error: PD_ERROR_MODEL_BROKEN; the message names file, group and key. @self is untouched on
 * failure. */
bool pd_ranking_load(PdRanking *self, const char *path, GError **error);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sources.h - where repairs come from: Hunspell, people's corrections, neighbours of the word,
 * inflection, words and commas to insert, deletion, words to join or split, letter case
 */
#pragma once

#include "daemon/engine/candidates.h"

#include <glib.h>

/* Appends PdProposal with all features but gain and ngram, each text once, from all sources but the
 * dictionary. */
void pd_sources_propose(PdResources *resources, const PdSite *site, GPtrArray *proposals);
/* Appends what Hunspell proposes, and says of what is there already which place it has in its list.
 * Takes tens of milliseconds for a word not asked for lately. */
void pd_sources_ask_dictionary(PdResources *resources, const PdSite *site, GPtrArray *proposals);

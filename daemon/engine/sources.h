/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sources.h - where repairs come from: Hunspell, people's corrections, neighbours of the word,
 * inflection, words and commas to insert, deletion, words to join or split, letter case
 */
#pragma once

#include "daemon/engine/candidates.h"

#include <glib.h>

/* Appends PdProposal with all features but gain and ngram; each text once. */
void pd_sources_propose(PdResources *resources, const PdSite *site, GPtrArray *proposals);

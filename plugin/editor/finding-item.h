/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * finding-item.h - a finding as a row of a list
 */
#pragma once

#include <gio/gio.h>
#include <proofd.h>

#define PD_TYPE_FINDING_ITEM (pd_finding_item_get_type())

/* Owns a finding and the words at its place. Positions age: its list says when. */
G_DECLARE_FINAL_TYPE(PdFindingItem, pd_finding_item, PD, FINDING_ITEM, GObject)

PdFindingItem *pd_finding_item_new(ProofdFinding *finding, const char *words);
ProofdFinding *pd_finding_item_peek(PdFindingItem *self);
const char *pd_finding_item_peek_words(PdFindingItem *self);

/* Makes @list (of PdFindingItem) that of @items; rows that stay the same are kept, with the new
 * finding, so that selection and scrolling stay. */
void pd_finding_item_update_list(GListStore *list, GPtrArray *items);

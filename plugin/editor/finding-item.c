/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/finding-item.h"

#include <stdbool.h>

struct _PdFindingItem {
    GObject parent;
    ProofdFinding *finding;
    char *words;
};

G_DEFINE_FINAL_TYPE(PdFindingItem, pd_finding_item, G_TYPE_OBJECT)

PdFindingItem *
pd_finding_item_new(ProofdFinding *finding, const char *words)
{
    PdFindingItem *self = g_object_new(PD_TYPE_FINDING_ITEM, NULL);

    self->finding = proofd_finding_ref(finding);
    self->words = g_strdup(words);
    return self;
}

ProofdFinding *
pd_finding_item_peek(PdFindingItem *self)
{
    return self->finding;
}

const char *
pd_finding_item_peek_words(PdFindingItem *self)
{
    return self->words;
}

/* Would the row look the same? */
static bool
is_same(PdFindingItem *a, PdFindingItem *b)
{
    return g_str_equal(a->finding->rule, b->finding->rule) &&
           g_str_equal(a->finding->message, b->finding->message) && g_str_equal(a->words, b->words);
}

static void
take_finding(PdFindingItem *self, PdFindingItem *newer)
{
    ProofdFinding *old = self->finding;

    self->finding = proofd_finding_ref(newer->finding);
    proofd_finding_unref(old);
}

static bool
keep(GListStore *list, guint position, PdFindingItem *newer)
{
    g_autoptr(PdFindingItem) item = g_list_model_get_item(G_LIST_MODEL(list), position);

    if (!is_same(item, newer))
        return false;
    take_finding(item, newer);
    return true;
}

void
pd_finding_item_update_list(GListStore *list, GPtrArray *items)
{
    guint n_old = g_list_model_get_n_items(G_LIST_MODEL(list)), first = 0, last = 0;

    while (first < n_old && first < items->len && keep(list, first, items->pdata[first]))
        first++;
    while (first + last < n_old && first + last < items->len &&
           keep(list, n_old - 1 - last, items->pdata[items->len - 1 - last]))
        last++;
    if (first + last < n_old || first + last < items->len)
        g_list_store_splice(list, first, n_old - first - last, items->pdata + first,
                            items->len - first - last);
}

static void
pd_finding_item_init(PdFindingItem *self)
{
}

static void
finalize(GObject *object)
{
    PdFindingItem *self = PD_FINDING_ITEM(object);

    proofd_finding_unref(self->finding);
    g_free(self->words);
    G_OBJECT_CLASS(pd_finding_item_parent_class)->finalize(object);
}

static void
pd_finding_item_class_init(PdFindingItemClass *class)
{
    G_OBJECT_CLASS(class)->finalize = finalize;
}

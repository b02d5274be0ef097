/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/progress.h"

#include <stdbool.h>

struct PdProgress {
    grefcount n_refs; /* the call that creates it holds one */
    PdRpc *rpc;       /* NULL: ended */
    char *token;
    char *title;
    gsize total;
    guint percent;
    bool is_shown;
    PdProgressCancelFunc cancel;
    void *user_data;
};

static void
release(PdProgress *self)
{
    if (!g_ref_count_dec(&self->n_refs))
        return;
    g_free(self->token);
    g_free(self->title);
    g_free(self);
}

/* @value: floating */
static void
send(const PdProgress *self, GVariant *value)
{
    GVariantDict params;

    g_variant_dict_init(&params, NULL);
    g_variant_dict_insert(&params, "token", "s", self->token);
    g_variant_dict_insert_value(&params, "value", value);
    pd_rpc_notify(self->rpc, "$/progress", g_variant_dict_end(&params));
}

static GVariant *
new_value(const PdProgress *self, const char *kind)
{
    GVariantDict value;

    g_variant_dict_init(&value, NULL);
    g_variant_dict_insert(&value, "kind", "s", kind);
    if (g_str_equal(kind, "begin")) {
        g_variant_dict_insert(&value, "title", "s", self->title);
        g_variant_dict_insert(&value, "cancellable", "b", TRUE);
    }
    if (!g_str_equal(kind, "end"))
        g_variant_dict_insert(&value, "percentage", "x", (gint64)self->percent);
    return g_variant_dict_end(&value);
}

static void
on_created(GVariant *result, const GError *error, void *user_data)
{
    PdProgress *self = user_data;

    if (self->rpc != NULL && error == NULL) {
        self->is_shown = true;
        send(self, new_value(self, "begin"));
    }
    release(self);
}

PdProgress *
pd_progress_new(PdRpc *rpc, const char *token, const char *title, gsize total,
                PdProgressCancelFunc cancel, void *user_data)
{
    PdProgress *self = g_new0(PdProgress, 1);
    GVariantDict params;

    g_ref_count_init(&self->n_refs);
    self->rpc = rpc;
    self->token = g_strdup(token);
    self->title = g_strdup(title);
    self->total = MAX(total, 1);
    self->cancel = cancel;
    self->user_data = user_data;
    g_variant_dict_init(&params, NULL);
    g_variant_dict_insert(&params, "token", "s", token);
    g_ref_count_inc(&self->n_refs);
    pd_rpc_call(rpc, "window/workDoneProgress/create", g_variant_dict_end(&params), on_created,
                self);
    return self;
}

void
pd_progress_free(PdProgress *self)
{
    if (self == NULL)
        return;
    if (self->is_shown)
        send(self, new_value(self, "end"));
    self->rpc = NULL;
    release(self);
}

void
pd_progress_report(PdProgress *self, gsize done)
{
    const guint percent = (guint)(MIN(done, self->total) * 100 / self->total);

    if (percent <= self->percent)
        return;
    self->percent = percent;
    if (self->is_shown)
        send(self, new_value(self, "report"));
}

bool
pd_progress_cancel(PdProgress *self, const char *token)
{
    if (!g_str_equal(self->token, token))
        return false;
    self->cancel(self->user_data);
    return true;
}

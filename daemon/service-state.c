/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Other settings while it runs, and what the service manager is told. */
#include "daemon/notify.h"
#include "daemon/service-private.h"

void
pd_service_configure_worker(PdService *self)
{
    pd_worker_configure(self->worker, self->settings->models_dir, self->settings->models,
                        self->settings->cache_megabytes * MIB);
}

/* Distinct owners of documents and of calls that wait. */
static unsigned
count_clients(PdService *self)
{
    g_autoptr(GHashTable) clients = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    gpointer document;

    g_hash_table_iter_init(&iter, self->documents);
    while (g_hash_table_iter_next(&iter, NULL, &document))
        g_hash_table_add(clients, (gpointer)pd_bus_document_owner(document));
    for (GList *link = self->pending.head; link != NULL; link = link->next)
        g_hash_table_add(clients, (gpointer)pd_call_sender(((PdServiceCall *)link->data)->call));
    return g_hash_table_size(clients);
}

static char *
describe(void *user_data)
{
    PdService *self = user_data;

    return pd_statistics_describe(g_hash_table_size(self->documents), count_clients(self),
                                  self->loaded);
}

static bool
is_alive(void *user_data)
{
    PdService *self = user_data;

    return pd_worker_is_alive(self->worker);
}

PdReport *
pd_service_new_report(PdService *self)
{
    const PdReportSource source = { describe, is_alive, self };

    return pd_report_new(pd_notify_new(), &source);
}

void
pd_service_take_settings(PdService *self, PdSettings *settings)
{
    g_autoptr(PdSettings) before = g_steal_pointer(&self->settings);

    pd_report_reloading(self->report);
    self->settings = settings;
    g_clear_pointer(&self->settings_error, g_free);
    pd_idle_set_seconds(self->idle, settings->idle_exit_seconds);
    if (!pd_settings_same_models(before, settings) ||
        before->cache_megabytes != settings->cache_megabytes) {
        g_hash_table_remove_all(self->loaded);
        pd_service_configure_worker(self);
    }
    if (!pd_settings_same_models(before, settings) ||
        !g_str_equal(before->language, settings->language))
        pd_bus_model_forget(self->model, settings->language);
    pd_report_ready(self->report);
}

void
pd_service_set_settings_error(PdService *self, const char *error)
{
    g_free(self->settings_error);
    self->settings_error = g_strdup(error);
}

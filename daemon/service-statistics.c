/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/service-statistics.h"

#include "daemon/bus-args.h"

#include <string.h>

static void
append_number(DBusMessageIter *array, const char *key, const char *signature, uint64_t number)
{
    DBusMessageIter entry, value;

    pd_bus_open_entry(array, key, signature, &entry, &value);
    if (*signature == 't')
        pd_bus_append_uint64(&value, number);
    else
        pd_bus_append_uint32(&value, (uint32_t)number);
    pd_bus_close_entry(array, &entry, &value);
}

/* @text: (nullable): then nothing */
static void
append_text(DBusMessageIter *array, const char *key, const char *text)
{
    DBusMessageIter entry, value;

    if (text == NULL)
        return;
    pd_bus_open_entry(array, key, "s", &entry, &value);
    pd_bus_append_string(&value, text);
    pd_bus_close_entry(array, &entry, &value);
}

void
pd_statistics_append(const PdStatistics *self, const PdServiceState *state, DBusMessageIter *value)
{
    const gint64 uptime_us = g_get_monotonic_time() - state->started_us;
    DBusMessageIter array;

    pd_bus_open(value, DBUS_TYPE_ARRAY, "{sv}", &array);
    append_number(&array, "calls", "t", self->calls);
    append_number(&array, "checks", "t", self->checks);
    append_number(&array, "bytes", "t", self->bytes);
    append_number(&array, "findings", "t", self->findings);
    append_number(&array, "cancelled", "t", self->cancelled);
    append_number(&array, "busy", "t", self->busy);
    append_number(&array, "running", "u", state->running);
    append_number(&array, "documents", "u", state->documents);
    append_number(&array, "document-bytes", "t", self->document_bytes);
    append_number(&array, "uptime-seconds", "t", (uint64_t)uptime_us / G_USEC_PER_SEC);
    append_text(&array, "model-error", state->model_error);
    append_text(&array, "settings-error", state->settings_error);
    pd_bus_close(value, &array);
}

char *
pd_statistics_describe(unsigned n_documents, unsigned n_clients, GHashTable *languages)
{
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(languages), (GCompareFunc)strcmp);
    GString *line = g_string_new(NULL);

    g_string_printf(line, "documents: %u, clients: %u, languages:", n_documents, n_clients);
    for (GList *name = names; name != NULL; name = name->next)
        g_string_append_printf(line, " %s", (const char *)name->data);
    if (names == NULL)
        g_string_append(line, " none yet");
    return g_string_free(line, FALSE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/log.h"

#include <stdarg.h>
#include <stdio.h>

#define MAX_FIELDS 8

static const struct {
    const char *id; /* once released, never another */
    GLogLevelFlags level;
    const char *priority; /* syslog's */
} events[] = {
    [PD_LOG_READY] = { "4a71b384637843ccb179e83ef585667d", G_LOG_LEVEL_INFO, "6" },
    [PD_LOG_STOPPING] = { "5dbb52b334f14825bfed6bfc62f6bc0b", G_LOG_LEVEL_INFO, "6" },
    [PD_LOG_SETTINGS_READ] = { "c049e2c05b0f417a9452fe14eef3df6a", G_LOG_LEVEL_INFO, "6" },
    [PD_LOG_SETTINGS_WRONG] = { "9fa5f42b394e44549e426e284adc1c1c", G_LOG_LEVEL_WARNING, "4" },
    [PD_LOG_LANGUAGE] = { "6053cfdad471465fabf2b7c6a130eed8", G_LOG_LEVEL_INFO, "6" },
    [PD_LOG_MODEL_BROKEN] = { "ab88f7e0c80e4a5a970c38eb7cb997fd", G_LOG_LEVEL_WARNING, "4" },
    [PD_LOG_WORKER_STUCK] = { "67af8ecafe5947ef94ae5a71ab011a56", G_LOG_LEVEL_WARNING, "4" },
};

/* GLib's own writer knows the journal too, but drops what is only for information. */
static GLogWriterOutput
write_log(GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
    if ((level & G_LOG_LEVEL_INFO) != 0 && g_log_writer_is_journald(fileno(stderr)) &&
        g_log_writer_journald(level, fields, n_fields, user_data) == G_LOG_WRITER_HANDLED)
        return G_LOG_WRITER_HANDLED;
    return g_log_writer_default(level, fields, n_fields, user_data);
}

void
pd_log_init(void)
{
    g_log_set_writer_func(write_log, NULL, NULL);
}

void
pd_log_at(const char *file, const char *line, const char *function, PdLogEvent event,
          const char *field, const char *value, const char *format, ...)
{
    g_autofree char *message = NULL;
    GLogField fields[MAX_FIELDS];
    size_t n_fields = 0;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    fields[n_fields++] = (GLogField){ "MESSAGE", message, -1 };
    fields[n_fields++] = (GLogField){ "MESSAGE_ID", events[event].id, -1 };
    fields[n_fields++] = (GLogField){ "PRIORITY", events[event].priority, -1 };
    fields[n_fields++] = (GLogField){ "GLIB_DOMAIN", G_LOG_DOMAIN, -1 };
    fields[n_fields++] = (GLogField){ "CODE_FILE", file, -1 };
    fields[n_fields++] = (GLogField){ "CODE_LINE", line, -1 };
    fields[n_fields++] = (GLogField){ "CODE_FUNC", function, -1 };
    if (field != NULL && value != NULL)
        fields[n_fields++] = (GLogField){ field, value, -1 };
    g_log_structured_array(events[event].level, fields, n_fields);
}

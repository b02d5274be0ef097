/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/report.h"

#include "plugin/cli/say.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_COLUMNS 80
#define MIN_COLUMNS 20

void
pd_report_init(PdReport *self, const PdReportForm *form)
{
    *self = (PdReport){ .form = form };
    self->out = g_string_new(NULL);
    self->notes = g_string_new(NULL);
    self->json = (PdJson)PD_JSON_INIT(self->out);
    self->max_columns = pd_report_columns();
}

void
pd_report_done(PdReport *self)
{
    g_string_free(self->out, TRUE);
    g_string_free(self->notes, TRUE);
}

static void
write_out(PdReport *self)
{
    fwrite(self->out->str, 1, self->out->len, stdout);
    g_string_truncate(self->out, 0);
}

void
pd_report_begin(PdReport *self)
{
    self->form->begin(self);
    write_out(self);
}

void
pd_report_file(PdReport *self, const PdInput *input, GPtrArray *findings)
{
    self->n_files++;
    self->n_findings += findings->len;
    self->n_with_findings += findings->len > 0;
    self->form->file(self, input, findings);
    write_out(self);
}

void
pd_report_trouble(PdReport *self, const char *name, const char *message)
{
    self->n_trouble++;
    pd_say("%s", message);
    if (self->form->trouble != NULL)
        self->form->trouble(self, name, message);
    write_out(self);
}

void
pd_report_end(PdReport *self)
{
    self->form->end(self);
    write_out(self);
}

bool
pd_report_colour(const char *when)
{
    const char *no_color = g_getenv("NO_COLOR");
    const char *terminal = g_getenv("TERM");

    if (!g_str_equal(when, "auto"))
        return g_str_equal(when, "always");
    return isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == '\0') && terminal != NULL &&
           !g_str_equal(terminal, "dumb");
}

size_t
pd_report_columns(void)
{
    struct winsize size;
    const char *variable = g_getenv("COLUMNS");
    guint64 columns = 0;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    if (columns == 0 && variable != NULL)
        g_ascii_string_to_unsigned(variable, 10, 1, G_MAXUINT16, &columns, NULL);
    return columns == 0 ? DEFAULT_COLUMNS : MAX(columns, MIN_COLUMNS);
}

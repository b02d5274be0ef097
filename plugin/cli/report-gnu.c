/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/report.h"
#include "plugin/cli/say.h"

static void
nothing(PdReport *self)
{
}

static void
file(PdReport *self, const PdInput *input, GPtrArray *findings)
{
    g_autofree char *name = pd_printable(input->name);
    PdPlace place = PD_PLACE_INIT;

    for (guint i = 0; i < findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(findings, i);
        g_autofree char *message = pd_printable(finding->message);

        pd_place_move(&place, input->text, finding->start);
        g_string_append_printf(self->out, "%s:%zu:%zu: %s\n", name, place.line, place.column,
                               message);
    }
}

const PdReportForm pd_report_gnu = { nothing, file, NULL, nothing };

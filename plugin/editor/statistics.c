/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/statistics.h"

#include "plugin/editor/names.h"

#include <glib/gi18n-lib.h>

enum { ROW_WORDS, ROW_SENTENCES, ROW_CHARS, ROW_TIME, ROW_FINDINGS, N_FIXED_ROWS };

struct _PdStatistics {
    GtkBox parent;
    GtkGrid *grid;
    GtkWidget *values[N_FIXED_ROWS];
    guint n_rows; /* with those of the kinds */
};

G_DEFINE_FINAL_TYPE(PdStatistics, pd_statistics, GTK_TYPE_BOX)

GtkWidget *
pd_statistics_new(void)
{
    return g_object_new(PD_TYPE_STATISTICS, "orientation", GTK_ORIENTATION_VERTICAL, NULL);
}

static GtkWidget *
add_row(PdStatistics *self, guint row, const char *title, const char *value)
{
    GtkWidget *name = gtk_label_new(title), *number = gtk_label_new(value);

    gtk_label_set_xalign(GTK_LABEL(name), 0);
    gtk_widget_set_hexpand(name, TRUE);
    gtk_label_set_xalign(GTK_LABEL(number), 1);
    gtk_label_set_selectable(GTK_LABEL(number), TRUE); /* so that keys reach it */
    gtk_accessible_update_relation(GTK_ACCESSIBLE(number), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                   name, NULL, -1);
    gtk_grid_attach(self->grid, name, 0, (int)row, 1, 1);
    gtk_grid_attach(self->grid, number, 1, (int)row, 1, 1);
    return number;
}

static void
set_number(PdStatistics *self, guint row, guint number)
{
    g_autofree char *text = g_strdup_printf("%'u", number);

    gtk_label_set_text(GTK_LABEL(self->values[row]), text);
}

void
pd_statistics_set_count(PdStatistics *self, PdCount count)
{
    set_number(self, ROW_WORDS, count.n_words);
    set_number(self, ROW_SENTENCES, count.n_sentences);
    set_number(self, ROW_CHARS, count.n_chars);
}

static char *
format_time(double ms)
{
    if (ms < 0)
        return g_strdup("–");
    return ms < 1000 ? g_strdup_printf(_("%.0f ms"), ms) : g_strdup_printf(_("%.1f s"), ms / 1000);
}

void
pd_statistics_update(PdStatistics *self, PdAnnotator *annotator)
{
    g_autoptr(GPtrArray) findings = pd_annotator_get_findings(annotator);
    g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree char *time =
        format_time(pd_session_get_time_ms(pd_annotator_peek_session(annotator)));

    gtk_label_set_text(GTK_LABEL(self->values[ROW_TIME]), time);
    set_number(self, ROW_FINDINGS, findings->len);
    while (self->n_rows > N_FIXED_ROWS)
        gtk_grid_remove_row(self->grid, (int)--self->n_rows);
    for (guint i = 0; i < findings->len; i++) {
        const char *kind = ((ProofdFinding *)findings->pdata[i])->kind;

        g_hash_table_insert(
            counts, (char *)kind,
            GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(counts, kind)) + 1));
    }
    for (const char *const *kind = pd_kinds(); *kind != NULL; kind++) {
        const guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, *kind));
        g_autofree char *number = NULL;

        if (n == 0)
            continue;
        number = g_strdup_printf("%'u", n);
        gtk_widget_set_margin_start(gtk_widget_get_prev_sibling(add_row(
                                        self, self->n_rows++, pd_kind_title(*kind), number)),
                                    12);
    }
}

static void
pd_statistics_init(PdStatistics *self)
{
    const char *const titles[N_FIXED_ROWS] = { _("Words"), _("Sentences"), _("Characters"),
                                               _("Time of the last check"), _("Findings") };
    GtkWidget *scrolled = gtk_scrolled_window_new();

    self->grid = GTK_GRID(gtk_grid_new());
    gtk_grid_set_row_spacing(self->grid, 6);
    gtk_grid_set_column_spacing(self->grid, 12);
    for (; self->n_rows < N_FIXED_ROWS; self->n_rows++)
        self->values[self->n_rows] = add_row(self, self->n_rows, titles[self->n_rows], "–");
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), GTK_WIDGET(self->grid));
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    gtk_widget_set_vexpand(scrolled, TRUE);
    gtk_box_append(GTK_BOX(self), scrolled);
}

static void
pd_statistics_class_init(PdStatisticsClass *class)
{
}

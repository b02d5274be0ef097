/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/shortcuts.h"

#include "plugin/editor/ui.h"

#include <glib/gi18n-lib.h>

typedef struct {
    const char *title, *action; /* @action: NULL: the text view's own key */
    const char *keys[3];
} Shortcut;

typedef struct {
    const char *title;
    const Shortcut *shortcuts;
    gsize n_shortcuts;
} Group;

static const Shortcut findings[] = {
    { N_("Next finding"), "win.next-finding", { "F8", NULL } },
    { N_("Previous finding"), "win.previous-finding", { "<Shift>F8", NULL } },
    { N_("Corrections and more"), "win.corrections", { "<Control>period", NULL } },
    { N_("The same"), NULL, { "<Shift>F10", NULL } },
    { N_("Explain"), "finding.explain", { "<Control>e", NULL } },
    { N_("Ignore here"), "finding.ignore", { "<Control>i", NULL } },
    { N_("Add to words"), "finding.add-word", { "<Control>d", NULL } },
    { N_("Take back the last decision"), "win.take-back", { "<Control><Alt>z", NULL } },
    { N_("Go to the list of findings"), "win.list-findings", { "<Control>l", NULL } },
    { N_("Show or hide the sidebar"), "win.sidebar", { "F9", NULL } },
};

static const Shortcut texts[] = {
    { N_("New window"), "app.new-window", { "<Control>n", NULL } },
    { N_("Open"), "win.open", { "<Control>o", NULL } },
    { N_("Save"), "win.save", { "<Control>s", NULL } },
    { N_("Save as"), "win.save-as", { "<Control><Shift>s", NULL } },
    { N_("Close the window"), "win.close", { "<Control>w", NULL } },
    { N_("Quit"), "app.quit", { "<Control>q", NULL } },
};

static const Shortcut edits[] = {
    { N_("Undo"), NULL, { "<Control>z", NULL } },
    { N_("Redo"), NULL, { "<Control><Shift>z", NULL } },
    { N_("Find"), "win.find", { "<Control>f", NULL } },
    { N_("Next match"), "win.find-next", { "<Control>g", NULL } },
    { N_("Previous match"), "win.find-previous", { "<Control><Shift>g", NULL } },
    { N_("Main menu"), NULL, { "F10", NULL } },
    { N_("Keyboard shortcuts"), "win.show-help-overlay", { "<Control>question", "F1", NULL } },
};

static const Group groups[] = {
    { N_("Findings"), findings, G_N_ELEMENTS(findings) },
    { N_("Texts"), texts, G_N_ELEMENTS(texts) },
    { N_("Editing"), edits, G_N_ELEMENTS(edits) },
};

void
pd_shortcuts_set(GtkApplication *app)
{
    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
        for (gsize j = 0; j < groups[i].n_shortcuts; j++) {
            const Shortcut *shortcut = &groups[i].shortcuts[j];

            if (shortcut->action != NULL)
                gtk_application_set_accels_for_action(app, shortcut->action,
                                                      (const char *const *)shortcut->keys);
        }
    }
}

/* GTK 4.8 can fill such a window from a description alone. */
GtkShortcutsWindow *
pd_shortcuts_new(void)
{
    g_autoptr(GtkBuilder) builder = NULL;
    g_autoptr(GString) ui = g_string_new(
        "<interface><object class=\"GtkShortcutsWindow\" id=\"window\"><property name=\"modal\">1"
        "</property><child><object class=\"GtkShortcutsSection\">");

    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
        pd_ui_append(
            ui, "<child><object class=\"GtkShortcutsGroup\"><property name=\"title\">%s</property>",
            _(groups[i].title));
        for (gsize j = 0; j < groups[i].n_shortcuts; j++)
            pd_ui_append(ui,
                         "<child><object class=\"GtkShortcutsShortcut\"><property name=\"title\">%s"
                         "</property><property name=\"accelerator\">%s</property></object></child>",
                         _(groups[i].shortcuts[j].title), groups[i].shortcuts[j].keys[0]);
        g_string_append(ui, "</object></child>");
    }
    g_string_append(ui, "</object></child></object></interface>");
    builder = gtk_builder_new_from_string(ui->str, (gssize)ui->len);
    return GTK_SHORTCUTS_WINDOW(gtk_builder_get_object(builder, "window"));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/menu.h"

#include "plugin/editor/annotator.h"
#include "plugin/editor/explanation.h"

#include <glib/gi18n-lib.h>

#define HEAD "head" /* the place of the message */
#define HEAD_CHARS 40

struct PdMenu {
    GtkWidget *popover;
};

PdMenu *
pd_menu_new(GtkWidget *parent)
{
    PdMenu *self = g_new0(PdMenu, 1);

    self->popover = gtk_popover_menu_new_from_model(NULL);
    gtk_widget_set_parent(self->popover, parent);
    gtk_popover_set_has_arrow(GTK_POPOVER(self->popover), FALSE);
    gtk_popover_set_position(GTK_POPOVER(self->popover), GTK_POS_BOTTOM);
    gtk_widget_set_halign(self->popover, GTK_ALIGN_START);
    return self;
}

void
pd_menu_free(PdMenu *self)
{
    if (self == NULL)
        return;
    gtk_widget_unparent(self->popover);
    g_free(self);
}

/* Words are no mnemonics: an underscore in them is one. */
static char *
escape(const char *title)
{
    g_auto(GStrv) parts = g_strsplit(title, "_", -1);

    return g_strjoinv("__", parts);
}

static GMenu *
new_corrections(const ProofdFinding *finding, const char *words)
{
    GMenu *section = g_menu_new();
    g_autoptr(GMenuItem) head = g_menu_item_new(NULL, NULL);

    g_menu_item_set_attribute(head, "custom", "s", HEAD);
    g_menu_append_item(section, head);
    for (guint i = 0; i < finding->candidates->len; i++) {
        g_autofree char *title = pd_candidate_title(finding->candidates->pdata[i], words);
        g_autofree char *label = escape(title);
        g_autoptr(GMenuItem) item = g_menu_item_new(label, NULL);

        g_menu_item_set_action_and_target(item, "finding.correct", "u", i);
        g_menu_append_item(section, item);
    }
    return section;
}

static GMenu *
new_actions(const ProofdFinding *finding)
{
    GMenu *section = g_menu_new();

    g_menu_append(section, _("_Ignore Here"), "finding.ignore");
    if (pd_annotator_is_spelling(finding)) {
        g_menu_append(section, _("Ignore _Word"), "finding.ignore-word");
        g_menu_append(section, _("_Add to Words"), "finding.add-word");
    }
    g_menu_append(section, _("Turn _Rule Off"), "finding.rule-off");
    g_menu_append(section, _("E_xplain"), "finding.explain");
    return section;
}

static GMenu *
new_clipboard(void)
{
    GMenu *section = g_menu_new();

    g_menu_append(section, _("Cu_t"), "text.cut");
    g_menu_append(section, _("_Copy"), "text.copy");
    g_menu_append(section, _("_Paste"), "text.paste");
    return section;
}

void
pd_menu_show(PdMenu *self, const ProofdFinding *finding, const char *words,
             const GdkRectangle *place)
{
    g_autoptr(GMenu) model = g_menu_new(), corrections = new_corrections(finding, words);
    g_autoptr(GMenu) actions = new_actions(finding), clipboard = new_clipboard();
    GtkWidget *head = gtk_label_new(finding->message);

    g_menu_append_section(model, NULL, G_MENU_MODEL(corrections));
    g_menu_append_section(model, NULL, G_MENU_MODEL(actions));
    g_menu_append_section(model, NULL, G_MENU_MODEL(clipboard));
    gtk_label_set_xalign(GTK_LABEL(head), 0);
    gtk_label_set_wrap(GTK_LABEL(head), TRUE);
    gtk_label_set_max_width_chars(GTK_LABEL(head), HEAD_CHARS);
    gtk_widget_add_css_class(head, "menu-head");
    gtk_popover_menu_set_menu_model(GTK_POPOVER_MENU(self->popover), G_MENU_MODEL(model));
    gtk_popover_menu_add_child(GTK_POPOVER_MENU(self->popover), head, HEAD);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->popover), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   finding->message, -1);
    gtk_popover_set_pointing_to(GTK_POPOVER(self->popover), place);
    gtk_popover_popup(GTK_POPOVER(self->popover));
}

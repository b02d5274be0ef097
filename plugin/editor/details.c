/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/details.h"

#include "plugin/editor/annotator.h"
#include "plugin/editor/explanation.h"
#include "plugin/editor/names.h"
#include "plugin/editor/ui.h"

#include <glib/gi18n-lib.h>

struct _PdDetails {
    GtkBox parent;
    GtkWidget *kind, *message, *corrections, *word_actions, *actions;
};

G_DEFINE_FINAL_TYPE(PdDetails, pd_details, GTK_TYPE_BOX)

GtkWidget *
pd_details_new(void)
{
    return g_object_new(PD_TYPE_DETAILS, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 6,
                        NULL);
}

static GtkWidget *
new_correction(const ProofdCandidate *candidate, guint number, const char *words)
{
    g_autofree char *title = pd_candidate_title(candidate, words);
    g_autofree char *spoken = g_strdup_printf(_("Correct to: %s"), title);
    GtkWidget *button = gtk_button_new_with_label(title);

    if (number == 0)
        gtk_widget_add_css_class(button, "suggested-action");
    gtk_actionable_set_action_name(GTK_ACTIONABLE(button), "finding.correct");
    gtk_actionable_set_action_target(GTK_ACTIONABLE(button), "u", number);
    pd_ui_set_name(button, spoken);
    return button;
}

static void
fill_corrections(PdDetails *self, const ProofdFinding *finding, const char *words)
{
    GtkFlowBox *box = GTK_FLOW_BOX(self->corrections);
    GtkFlowBoxChild *child;

    while ((child = gtk_flow_box_get_child_at_index(box, 0)) != NULL)
        gtk_flow_box_remove(box, GTK_WIDGET(child));
    for (guint i = 0; finding != NULL && i < finding->candidates->len; i++) {
        gtk_flow_box_append(box, new_correction(finding->candidates->pdata[i], i, words));
        /* the button takes the focus, not the place around it */
        gtk_widget_set_focusable(GTK_WIDGET(gtk_flow_box_get_child_at_index(box, (int)i)), FALSE);
    }
}

void
pd_details_show(PdDetails *self, const ProofdFinding *finding, const char *words)
{
    g_autofree char *kind = NULL;

    fill_corrections(self, finding, words);
    gtk_widget_set_visible(self->corrections, finding != NULL && finding->candidates->len > 0);
    gtk_widget_set_visible(self->actions, finding != NULL);
    gtk_widget_set_visible(self->word_actions,
                           finding != NULL && pd_annotator_is_spelling(finding));
    if (finding == NULL) {
        gtk_label_set_text(GTK_LABEL(self->kind), _("No finding at the cursor"));
        gtk_label_set_text(GTK_LABEL(self->message), _("F8 goes to the next one."));
        return;
    }
    kind = g_strdup_printf(_("%s, confidence %.0f %%"), pd_kind_title(finding->kind),
                           100 * finding->confidence);
    gtk_label_set_text(GTK_LABEL(self->kind), kind);
    gtk_label_set_text(GTK_LABEL(self->message), finding->message);
}

static void
append_action(GtkWidget *box, const char *title, const char *action, const char *tooltip)
{
    GtkWidget *button = pd_ui_button(title, action);

    gtk_widget_set_tooltip_text(button, tooltip);
    gtk_widget_set_hexpand(button, TRUE);
    gtk_box_append(GTK_BOX(box), button);
}

static GtkWidget *
new_label(const char *css_class)
{
    GtkWidget *label = gtk_label_new(NULL);

    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    gtk_widget_add_css_class(label, css_class);
    return label;
}

static void
pd_details_init(PdDetails *self)
{
    GtkWidget *second;

    self->kind = new_label("caption-heading");
    self->message = new_label("body");
    self->corrections = gtk_flow_box_new();
    gtk_flow_box_set_selection_mode(GTK_FLOW_BOX(self->corrections), GTK_SELECTION_NONE);
    gtk_flow_box_set_max_children_per_line(GTK_FLOW_BOX(self->corrections), 3);
    gtk_flow_box_set_column_spacing(GTK_FLOW_BOX(self->corrections), 6);
    gtk_flow_box_set_row_spacing(GTK_FLOW_BOX(self->corrections), 6);
    pd_ui_set_name(self->corrections, _("Corrections"));
    self->word_actions = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    append_action(self->word_actions, _("Ignore _Word"), "finding.ignore-word",
                  _("Accept the word in this text"));
    append_action(self->word_actions, _("_Add to Words"), "finding.add-word",
                  _("Accept the word in all programs that ask proofd"));
    self->actions = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    second = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    append_action(second, _("_Ignore Here"), "finding.ignore",
                  _("Leave this one out, and others with the same words around them"));
    append_action(second, _("Turn _Rule Off"), "finding.rule-off",
                  _("Report nothing of this rule any more in proof-editor"));
    append_action(second, _("E_xplain"), "finding.explain", _("Why this is reported"));
    gtk_box_append(GTK_BOX(self->actions), self->word_actions);
    gtk_box_append(GTK_BOX(self->actions), second);
    gtk_box_append(GTK_BOX(self), self->kind);
    gtk_box_append(GTK_BOX(self), self->message);
    gtk_box_append(GTK_BOX(self), self->corrections);
    gtk_box_append(GTK_BOX(self), self->actions);
    pd_details_show(self, NULL, "");
}

static void
pd_details_class_init(PdDetailsClass *class)
{
}

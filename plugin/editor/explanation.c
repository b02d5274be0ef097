/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/editor/explanation.h"

#include "plugin/editor/names.h"
#include "plugin/editor/ui.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MIN_CHANCE 0.02
#define MIN_LOG_ODDS 0.3 /* what a neighbour must do to be named */
#define MAX_NEIGHBOURS 6

char *
pd_candidate_title(const ProofdCandidate *candidate, const char *words)
{
    if (*candidate->text != '\0')
        return g_strdup(candidate->text);
    return g_strdup_printf(_("Delete “%s”"), words);
}

static void
append_pages(GString *out, const ProofdFinding *finding, const ProofdExplanation *explanation)
{
    for (guint i = 0; i < explanation->pages->len; i++) {
        const ProofdRulePage *page = g_ptr_array_index(explanation->pages, i);

        if (!g_str_equal(page->rule, finding->rule))
            continue;
        pd_ui_append(out, "\n\n<b>%s</b> (%s)\n%s", page->title, page->rule, page->text);
        if (*page->wrong == '\0')
            continue;
        pd_ui_append(out, "\n%s: <i>%s</i>", _("wrong"), page->wrong);
        pd_ui_append(out, "\n%s: <i>%s</i>", _("right"), page->right);
    }
}

static void
append_chances(GString *out, const ProofdExplanation *explanation)
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint i = 0; i < explanation->chances->len; i++) {
        const ProofdChance *chance = g_ptr_array_index(explanation->chances, i);
        const char *name = g_str_equal(chance->name, "correct") ? _("correct")
                           : g_str_equal(chance->name, "wrong") ? _("wrong")
                                                                : pd_kind_title(chance->name);

        if (chance->chance >= MIN_CHANCE)
            g_string_append_printf(line, "%s%s %.0f %%", line->len > 0 ? ", " : "", name,
                                   100 * chance->chance);
    }
    if (line->len > 0)
        pd_ui_append(out, "\n\n<b>%s</b>\n%s", _("What the model says of it"), line->str);
}

static int
by_weight(gconstpointer a, gconstpointer b)
{
    const double x = fabs((*(const ProofdContribution *const *)a)->log_odds);
    const double y = fabs((*(const ProofdContribution *const *)b)->log_odds);

    return (x < y) - (x > y);
}

/* "“every” +3.1, “goes” −0.8": the neighbours that count most */
static void
append_neighbours(GString *out, const ProofdExplanation *explanation, const char *part)
{
    g_autoptr(GPtrArray) all = g_ptr_array_copy(explanation->contributions, NULL, NULL);
    g_autoptr(GString) line = g_string_new(NULL);

    g_ptr_array_set_free_func(all, NULL);
    g_ptr_array_sort(all, by_weight);
    for (guint i = 0; i < MIN(all->len, MAX_NEIGHBOURS); i++) {
        const ProofdContribution *neighbour = g_ptr_array_index(all, i);
        g_autofree char *word = NULL;

        if (fabs(neighbour->log_odds) < MIN_LOG_ODDS)
            continue;
        word = g_utf8_substring(part, neighbour->start, neighbour->start + neighbour->length);
        g_string_append_printf(line, "%s“%s” %s%.1f", line->len > 0 ? ", " : "", word,
                               neighbour->log_odds > 0 ? "+" : "−", fabs(neighbour->log_odds));
    }
    if (line->len > 0)
        pd_ui_append(out, "\n\n<b>%s</b>\n%s",
                     _("Words that speak for an error (+) or against it (−)"), line->str);
}

char *
pd_explanation_markup(const ProofdFinding *finding, const ProofdExplanation *explanation,
                      const char *part, bool is_full)
{
    GString *out = g_string_new(NULL);

    pd_ui_append(out, "<b>%s</b>\n", finding->message);
    pd_ui_append(out, _("%s, confidence %.0f %%"), pd_kind_title(finding->kind),
                 100 * finding->confidence);
    if (explanation != NULL) {
        append_pages(out, finding, explanation);
        if (is_full) {
            append_chances(out, explanation);
            append_neighbours(out, explanation, part);
        }
    }
    return g_string_free(out, FALSE);
}

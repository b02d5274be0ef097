/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/excerpt.h"
#include "plugin/cli/explain.h"
#include "plugin/cli/report.h"
#include "plugin/cli/say.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define INDENT 4
#define MIN_CHANCE 0.005 /* rarer kinds are not shown */
#define MAX_BAR 24       /* columns */
#define MAX_WORD 24      /* columns */
#define MIN_SCALE 1.0    /* log-odds of the longest bar, at least */
#define MAX_TEXT 78      /* columns of running text */

#define BOLD "\033[1m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define DIM "\033[2m"
#define RESET "\033[0m"

typedef struct {
    const PdExplainView *view;
    GString *out;
} Page;

static void
append_coloured(const Page *page, const char *colour, const char *text)
{
    g_string_append_printf(page->out, "%s%s%s", page->view->colour ? colour : "", text,
                           page->view->colour ? RESET : "");
}

static void
append_heading(const Page *page, const char *text)
{
    g_string_append_c(page->out, '\n');
    append_coloured(page, BOLD, text);
    g_string_append_c(page->out, '\n');
}

/* The same whatever the locale. */
static void
append_number(GString *out, const char *format, double number)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append(out, g_ascii_formatd(digits, sizeof(digits), format, number));
}

/* May a line end between the two? Chinese and Japanese have no spaces. */
static bool
may_break(gunichar before, gunichar after)
{
    const GUnicodeBreakType last = g_unichar_break_type(before), next = g_unichar_break_type(after);

    if (!g_unichar_iswide(before) && !g_unichar_iswide(after))
        return false;
    if (last == G_UNICODE_BREAK_OPEN_PUNCTUATION || last == G_UNICODE_BREAK_QUOTATION)
        return false;
    return next == G_UNICODE_BREAK_IDEOGRAPHIC || next == G_UNICODE_BREAK_OPEN_PUNCTUATION ||
           next == G_UNICODE_BREAK_ALPHABETIC || next == G_UNICODE_BREAK_NUMERIC;
}

/* The first place after @text where a line may end. */
static const char *
find_break(const char *text)
{
    while (*text != '\0' && *text != ' ') {
        const gunichar c = g_utf8_get_char(text);

        text = g_utf8_next_char(text);
        if (may_break(c, g_utf8_get_char(text)))
            break;
    }
    return text;
}

static void
append_wrapped(GString *out, const char *text, size_t indent, size_t max_columns)
{
    g_autofree char *printable = pd_printable(text);
    size_t column = 0;

    max_columns = MIN(max_columns, MAX_TEXT);
    for (const char *p = printable; *p != '\0';) {
        const char *start = p + strspn(p, " "), *end = find_break(start);
        g_autofree char *piece = g_strndup(start, (size_t)(end - start));
        const size_t width = pd_columns(piece), gap = start > p ? 1 : 0;

        if (column > 0 && column + gap + width > max_columns) {
            g_string_append_c(out, '\n');
            column = 0;
        }
        g_string_append_printf(out, "%*s%s", (int)(column > 0 ? gap : indent), "", piece);
        column += width + (column > 0 ? gap : indent);
        p = end;
    }
    g_string_append_c(out, '\n');
}

/* --- the sentence --- */

static void
append_place(const Page *page)
{
    const PdExplainView *v = page->view;
    const ProofdExplanation *e = v->explanation;
    g_autofree char *name = pd_printable(v->input->name);
    g_autofree char *words = pd_explain_part(v, e->start, e->length);
    g_autofree char *printable = pd_printable(words);
    g_autofree char *where = g_strdup_printf("%s:%zu:%zu:", name, v->place.line, v->place.column);
    g_autofree char *sentence = pd_explain_part(v, e->sentence_start, e->sentence_length);
    const char *start = g_utf8_offset_to_pointer(
        sentence, e->start >= e->sentence_start ? e->start - e->sentence_start : 0);
    g_auto(PdExcerpt) excerpt = { 0 };
    g_autofree char *tildes = NULL;

    append_coloured(page, BOLD, where);
    g_string_append_c(page->out, ' ');
    g_string_append_printf(page->out, _("“%s”"), printable);
    g_string_append_c(page->out, '\n');
    pd_excerpt_init(&excerpt, sentence, strlen(sentence), start - sentence,
                    start - sentence + strlen(words), v->max_columns - INDENT - 1);
    tildes = g_strnfill(excerpt.width, '~');
    tildes[0] = '^';
    g_string_append_printf(page->out, "%*s%s\n%*s", INDENT, "", excerpt.text,
                           (int)(INDENT + excerpt.column), "");
    append_coloured(page, e->findings->len > 0 ? RED : DIM, tildes);
    g_string_append_c(page->out, '\n');
}

/* --- what was reported --- */

static void
append_corrections(const Page *page, const ProofdFinding *finding)
{
    for (guint i = 0; i < finding->candidates->len; i++) {
        const ProofdCandidate *candidate = g_ptr_array_index(finding->candidates, i);
        g_autofree char *text = g_strstrip(pd_printable(candidate->text));

        g_string_append_printf(page->out, "%*s", INDENT, "");
        append_number(page->out, "%+6.2f", candidate->score);
        g_string_append(page->out, "  ");
        append_coloured(page, GREEN, *text != '\0' ? text : _("(nothing)"));
        g_string_append_c(page->out, '\n');
    }
}

static void
append_finding(const Page *page, const ProofdFinding *finding)
{
    g_autoptr(GString) rule = g_string_new(finding->rule);
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(number, sizeof(number), "%.2f", finding->confidence);
    g_string_append(rule, ", ");
    g_string_append_printf(rule, _("confidence %s"), number);
    append_wrapped(page->out, finding->message, INDENT, page->view->max_columns);
    g_string_append_printf(page->out, "%*s", INDENT, "");
    append_coloured(page, DIM, rule->str);
    g_string_append_c(page->out, '\n');
}

static void
append_verdict(const Page *page)
{
    const ProofdExplanation *e = page->view->explanation;
    g_autofree char *heading = g_strdup_printf(e->findings->len > 0 ? _("Reported at level %s")
                                                                    : _("Not reported at level %s"),
                                               page->view->level);

    append_heading(page, heading);
    for (guint i = 0; i < e->findings->len; i++)
        append_finding(page, g_ptr_array_index(e->findings, i));
    if (e->findings->len == 0)
        append_wrapped(page->out, e->reason, INDENT, page->view->max_columns);
    if (!e->known)
        append_wrapped(page->out, _("The dictionary does not know it."), INDENT,
                       page->view->max_columns);
    for (guint i = 0; i < e->findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(e->findings, i);

        if (finding->candidates->len == 0)
            continue;
        append_heading(page, _("Corrections, by how much better the sentence becomes (log-odds)"));
        append_corrections(page, finding);
    }
}

/* --- bars --- */

/* A bar of @halves half columns, its free end to the left or to the right. */
static void
append_bar(const Page *page, size_t halves, bool leftwards, const char *colour)
{
    g_autoptr(GString) bar = g_string_new(NULL);

    if (leftwards && halves % 2 == 1)
        g_string_append(bar, "▐");
    for (size_t i = 0; i < halves / 2; i++)
        g_string_append(bar, "█");
    if (!leftwards && halves % 2 == 1)
        g_string_append(bar, "▌");
    if (bar->len > 0)
        append_coloured(page, colour, bar->str);
}

static size_t
bar_columns(const Page *page, size_t used, size_t n_bars)
{
    return page->view->max_columns > used + n_bars
               ? MIN((page->view->max_columns - used - 1) / n_bars, MAX_BAR)
               : 1;
}

static void
append_chances(const Page *page)
{
    const GPtrArray *chances = page->view->explanation->chances;
    const size_t columns = bar_columns(page, INDENT + 8 + 18, 1);

    if (chances->len == 0)
        return;
    append_heading(page, _("What the model says of it"));
    for (guint i = 0; i < chances->len; i++) {
        const ProofdChance *chance = g_ptr_array_index(chances, i);

        if (chance->chance < MIN_CHANCE && i > 0)
            break;
        g_string_append_printf(page->out, "%*s", INDENT, "");
        append_number(page->out, "%5.1f", 100 * chance->chance);
        g_string_append_printf(page->out, " %%  %-17s", chance->name);
        append_bar(page, (size_t)lround(chance->chance * 2 * columns), false,
                   g_str_equal(chance->name, "correct") ? GREEN : RED);
        g_string_append_c(page->out, '\n');
    }
}

/* Cut or filled up to @columns columns. */
static void
append_word(const Page *page, uint32_t start, uint32_t length, size_t columns, const char *style)
{
    g_autofree char *part = pd_explain_part(page->view, start, length);
    g_auto(PdExcerpt) excerpt = { 0 };

    pd_excerpt_init(&excerpt, part, strlen(part), 0, strlen(part), MAX_WORD);
    append_coloured(page, style, excerpt.text);
    g_string_append_printf(page->out, "%*s",
                           (int)(columns - MIN(columns, excerpt.column + excerpt.width)), "");
}

static size_t
widest_word(const Page *page, double *ret_scale)
{
    const ProofdExplanation *e = page->view->explanation;
    size_t widest = e->length;

    *ret_scale = MIN_SCALE;
    for (guint i = 0; i < e->contributions->len; i++) {
        const ProofdContribution *c = g_ptr_array_index(e->contributions, i);
        g_autofree char *part = pd_explain_part(page->view, c->start, c->length);
        g_auto(PdExcerpt) excerpt = { 0 };

        pd_excerpt_init(&excerpt, part, strlen(part), 0, strlen(part), MAX_WORD);
        widest = MAX(widest, excerpt.width);
        *ret_scale = MAX(*ret_scale, fabs(c->log_odds));
    }
    return MIN(widest, MAX_WORD);
}

static void
append_contribution(const Page *page, const ProofdContribution *c, size_t word_columns, size_t bar,
                    double scale)
{
    const size_t halves = (size_t)lround(fabs(c->log_odds) / scale * 2 * bar);
    const bool negative = c->log_odds < 0;
    const size_t left = negative ? (halves + 1) / 2 : 0;

    g_string_append_printf(page->out, "%*s", INDENT, "");
    append_word(page, c->start, c->length, word_columns, "");
    g_string_append(page->out, "  ");
    append_number(page->out, "%+6.2f", c->log_odds);
    g_string_append_printf(page->out, "  %*s", (int)(bar - left), "");
    if (negative)
        append_bar(page, halves, true, GREEN);
    append_coloured(page, DIM, "│");
    if (!negative)
        append_bar(page, halves, false, RED);
    g_string_append_c(page->out, '\n');
}

static void
append_explained(const Page *page, size_t word_columns, size_t bar)
{
    const ProofdExplanation *e = page->view->explanation;

    g_string_append_printf(page->out, "%*s", INDENT, "");
    append_word(page, e->start, e->length, word_columns, BOLD);
    g_string_append_printf(page->out, "  %5s·  %*s", "", (int)bar, "");
    append_coloured(page, DIM, "│");
    g_string_append_c(page->out, '\n');
}

static void
append_contributions(const Page *page)
{
    const ProofdExplanation *e = page->view->explanation;
    bool shown = false;
    double scale;
    size_t word_columns, bar;

    if (e->contributions->len == 0)
        return;
    word_columns = widest_word(page, &scale);
    bar = bar_columns(page, INDENT + word_columns + 11, 2);
    append_heading(page, _("What each word around it adds to its log-odds of being wrong"));
    for (guint i = 0; i < e->contributions->len; i++) {
        const ProofdContribution *c = g_ptr_array_index(e->contributions, i);

        if (!shown && c->start > e->start) {
            append_explained(page, word_columns, bar);
            shown = true;
        }
        append_contribution(page, c, word_columns, bar, scale);
    }
    if (!shown)
        append_explained(page, word_columns, bar);
}

/* --- rules --- */

static void
append_example(GString *out, const char *label, const char *example, size_t columns)
{
    g_string_append_printf(out, "%*s%s%*s%s\n", INDENT, "", label,
                           (int)(columns - pd_columns(label)) + 2, "", example);
}

static void
append_rule(GString *out, const char *title, const char *rule, const char *text, const char *wrong,
            const char *right, size_t max_columns)
{
    const char *labels[] = { _("wrong"), _("right") };
    const size_t columns = MAX(pd_columns(labels[0]), pd_columns(labels[1]));

    g_string_append_printf(out, "%s: %s\n\n", rule, title);
    append_wrapped(out, text, INDENT, max_columns);
    g_string_append_c(out, '\n');
    append_example(out, labels[0], wrong, columns);
    append_example(out, labels[1], right, columns);
}

void
pd_explain_text(const PdExplainView *self, GString *out)
{
    const Page page = { self, out };

    append_place(&page);
    append_verdict(&page);
    append_chances(&page);
    append_contributions(&page);
    for (guint i = 0; i < self->explanation->pages->len; i++) {
        const ProofdRulePage *rule = g_ptr_array_index(self->explanation->pages, i);

        g_string_append_c(out, '\n');
        append_rule(out, rule->title, rule->rule, rule->text, rule->wrong, rule->right,
                    self->max_columns);
    }
}

void
pd_explain_rule_text(const PdRulePage *page, size_t max_columns, GString *out)
{
    g_autofree char *kind = g_strndup(page->rule, strcspn(page->rule, "/"));

    append_rule(out, page->title, page->rule, page->text, page->wrong, page->right, max_columns);
    g_string_append_printf(out, "\n%*s%s\n", INDENT, "", _("To turn it off:"));
    g_string_append_printf(out, "%*sproof --disable=%s FILE\n%*s", 2 * INDENT, "", page->rule,
                           2 * INDENT, "");
    g_string_append_printf(out, _("disable=%s in proofd.conf, for all programs"), page->rule);
    g_string_append_printf(out, "\n%*s", 2 * INDENT, "");
    g_string_append_printf(out, _("{'disable': <['%s']>} among the options of a D-Bus call"),
                           page->rule);
    g_string_append_printf(out, "\n%*s", INDENT, "");
    g_string_append_printf(out, _("\"%s\" in its place turns off all rules of the kind."), kind);
    g_string_append_c(out, '\n');
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explain-html.c - an explained place as a page that needs no other file and no script
 *
 * Colours say what numbers and texts beside them say, too.
 */
#include "plugin/cli/explain.h"
#include "plugin/cli/say.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MIN_CHANCE 0.005 /* rarer kinds are not shown */
#define MIN_SCALE 1.0    /* log-odds of the strongest colour, at least */

static const char head[] =
    "<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n";

static const char style[] =
    "<style>\n"
    ":root{--paper:#fbfaf8;--card:#fff;--ink:#1d1c1a;--soft:#6a655d;--line:#e5e1da;"
    "--up:217 89 28;--down:36 113 196;--good:#1c7a4b;--bad:#b3421a}\n"
    "@media(prefers-color-scheme:dark){:root{--paper:#15161a;--card:#1d1f25;--ink:#ecebe8;"
    "--soft:#a09c94;--line:#32343c;--up:236 112 48;--down:74 144 226;--good:#5cc78f;"
    "--bad:#f0935f}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);"
    "font:16px/1.55 system-ui,\"Segoe UI\",Roboto,\"Noto Sans\",\"DejaVu Sans\",sans-serif}\n"
    "main{max-width:46rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}\n"
    "header p{margin:0;color:var(--soft);font-size:.875rem;overflow-wrap:anywhere}\n"
    "h1{margin:.15rem 0 .35rem;font-size:2rem;line-height:1.2;font-weight:650;"
    "letter-spacing:-.01em;overflow-wrap:anywhere}\n"
    "h2{margin:0 0 .8rem;font-size:1rem;font-weight:650}\n"
    "section{background:var(--card);border:1px solid var(--line);border-radius:12px;"
    "padding:1.25rem 1.4rem;margin:1.1rem 0}\n"
    ".note{color:var(--soft);font-size:.875rem;margin:.8rem 0 0}\n"
    ".verdict{display:inline-block;border-radius:99px;padding:.1rem .7rem;font-size:.875rem;"
    "font-weight:600;border:1px solid currentColor}\n"
    ".bad{color:var(--bad)}.good{color:var(--good)}\n"
    ".sentence{font-size:1.4rem;line-height:2.1;margin:0;overflow-wrap:anywhere}\n"
    ".w{border-radius:5px;padding:.12em .2em;margin:0 -.2em}\n"
    ".up{background:rgb(var(--up)/calc(var(--a)*.62))}\n"
    ".down{background:rgb(var(--down)/calc(var(--a)*.62))}\n"
    "mark{background:none;color:inherit;font-weight:700;text-decoration:underline wavy "
    "rgb(var(--up));text-decoration-thickness:2px;text-underline-offset:.28em}\n"
    "mark.fine{text-decoration:underline dotted var(--soft)}\n"
    ".legend{display:flex;align-items:center;gap:.6rem;color:var(--soft);"
    "font-size:.8125rem;margin:1rem 0 0}\n"
    ".legend i{flex:0 1 9rem;height:.6rem;border-radius:99px;background:linear-gradient("
    "90deg,rgb(var(--down)/.62),rgb(var(--down)/0) 50%,rgb(var(--up)/0) 50%,"
    "rgb(var(--up)/.62))}\n"
    "table{width:100%;border-collapse:collapse;font-size:.9375rem}\n"
    "caption{text-align:left;font-weight:650;font-size:1rem;padding:0 0 .8rem}\n"
    "th,td{text-align:left;font-weight:400;padding:.22rem 0;vertical-align:middle}\n"
    "thead th{color:var(--soft);font-size:.8125rem;padding-bottom:.4rem}\n"
    "th[scope=row]{padding-right:1rem;white-space:nowrap;max-width:16rem;overflow:hidden;"
    "text-overflow:ellipsis}\n"
    ".n{text-align:right;padding-right:1rem;font-variant-numeric:tabular-nums;"
    "white-space:nowrap;width:1%}\n"
    ".b{width:65%}\n"
    "svg{display:block;width:100%;height:.85rem}\n"
    ".axis{background:linear-gradient(var(--soft),var(--soft)) 50% 0/1px 100% no-repeat}\n"
    ".fu{fill:rgb(var(--up))}.fd{fill:rgb(var(--down))}"
    ".fg{fill:var(--good)}\n"
    ".self th{font-weight:700}\n"
    ".fix{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;margin:.9rem 0 0;padding:0}\n"
    ".fix li{border:1px solid var(--line);border-radius:8px;padding:.2rem .65rem}\n"
    ".fix li:first-child{border-color:var(--good);font-weight:600}\n"
    ".fix small{color:var(--soft);font-weight:400;font-variant-numeric:tabular-nums;"
    "margin-left:.4rem}\n"
    "section p{margin:0 0 .5rem}section p:last-child{margin-bottom:0}\n"
    "code{font:.9em ui-monospace,\"DejaVu Sans Mono\",monospace}\n"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem "
    "1rem;align-items:baseline;margin:.9rem 0 0}\n"
    "dt{font-weight:600;font-size:.875rem}dd{margin:0}\n"
    "footer{color:var(--soft);font-size:.8125rem}\n"
    "@media(max-width:30rem){.b{width:40%}.sentence{font-size:1.2rem}}\n"
    "</style>\n";

typedef struct {
    const PdExplainView *view;
    GString *out;
    double scale; /* log-odds of the strongest colour and the longest bar */
} Page;

/* Text that may hold anything; one line. */
static void
append_text(const Page *page, const char *text)
{
    g_autofree char *printable = pd_printable(text);
    g_autofree char *escaped = g_markup_escape_text(printable, -1);

    g_string_append(page->out, escaped);
}

static void append_format(const Page *page, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
append_format(const Page *page, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    append_text(page, text);
}

static void
append_part(const Page *page, uint32_t start, uint32_t end)
{
    g_autofree char *part = pd_explain_part(page->view, start, end > start ? end - start : 0);

    append_text(page, part);
}

/* The same whatever the locale: style sheets want a point. */
static void
append_number(const Page *page, const char *format, double number)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append(page->out, g_ascii_formatd(digits, sizeof(digits), format, number));
}

/* With its sign, and a minus as wide as the plus. */
static void
append_signed(const Page *page, double number)
{
    g_string_append(page->out, number < 0 ? "−" : "+");
    append_number(page, "%.2f", fabs(number));
}

static void
append_element(const Page *page, const char *before, const char *text, const char *after)
{
    g_string_append(page->out, before);
    append_text(page, text);
    g_string_append(page->out, after);
}

static double
scale_of(const ProofdExplanation *e)
{
    double scale = MIN_SCALE;

    for (guint i = 0; i < e->contributions->len; i++)
        scale = fmax(scale, fabs(((ProofdContribution *)e->contributions->pdata[i])->log_odds));
    return scale;
}

/* --- the sentence --- */

static void
append_header(const Page *page)
{
    const PdExplainView *v = page->view;
    const ProofdExplanation *e = v->explanation;
    const bool reported = e->findings->len > 0;
    g_autofree char *words = pd_explain_part(v, e->start, e->length);

    append_element(page, "<header>\n<p>", v->input->name, ", ");
    append_format(page, _("line %zu, column %zu"), v->place.line, v->place.column);
    g_string_append(page->out, "</p>\n<h1>");
    append_format(page, _("“%s”"), words);
    g_string_append_printf(page->out, "</h1>\n<p><span class=\"verdict %s\">",
                           reported ? "bad" : "good");
    if (reported)
        append_format(page, _("Reported as %s"), ((ProofdFinding *)e->findings->pdata[0])->kind);
    else
        append_text(page, _("Not reported"));
    g_string_append(page->out, "</span> ");
    append_format(page, _("at level %s"), v->level);
    g_string_append(page->out, "</p>\n</header>\n");
}

static void
append_word(const Page *page, const ProofdContribution *c)
{
    g_string_append_printf(page->out,
                           "<span class=\"w %s\" style=\"--a:", c->log_odds < 0 ? "down" : "up");
    append_number(page, "%.3f", fabs(c->log_odds) / page->scale);
    g_string_append(page->out, "\" title=\"");
    append_signed(page, c->log_odds);
    g_string_append(page->out, "\">");
    append_part(page, c->start, c->start + c->length);
    g_string_append(page->out, "</span>");
}

static void
append_mark(const Page *page, uint32_t *at)
{
    const ProofdExplanation *e = page->view->explanation;

    append_part(page, *at, e->start);
    g_string_append(page->out, e->findings->len > 0 ? "<mark>" : "<mark class=\"fine\">");
    append_part(page, e->start, e->start + e->length);
    g_string_append(page->out, "</mark>");
    *at = e->start + e->length;
}

static void
append_sentence(const Page *page)
{
    const ProofdExplanation *e = page->view->explanation;
    const uint32_t end = e->sentence_start + e->sentence_length;
    uint32_t at = e->sentence_start;
    bool marked = false;

    append_element(page, "<section aria-label=\"", _("The sentence"),
                   "\">\n<p class=\"sentence\">");
    for (guint i = 0; i < e->contributions->len; i++) {
        const ProofdContribution *c = g_ptr_array_index(e->contributions, i);

        if (!marked && c->start > e->start) {
            append_mark(page, &at);
            marked = true;
        }
        append_part(page, at, c->start);
        append_word(page, c);
        at = c->start + c->length;
    }
    if (!marked)
        append_mark(page, &at);
    append_part(page, at, end);
    g_string_append(page->out, "</p>\n");
    if (e->contributions->len > 0) {
        append_element(page, "<p class=\"legend\"><span>", _("makes it look right"),
                       "</span><i role=\"presentation\"></i><span>");
        append_element(page, "", _("makes it look wrong"), "</span></p>\n");
    }
    g_string_append(page->out, "</section>\n");
}

/* --- what was reported --- */

static void
append_corrections(const Page *page, const ProofdFinding *finding)
{
    if (finding->candidates->len == 0)
        return;
    append_element(page, "<ol class=\"fix\" aria-label=\"", _("Corrections, best first"), "\">\n");
    for (guint i = 0; i < finding->candidates->len; i++) {
        const ProofdCandidate *candidate = g_ptr_array_index(finding->candidates, i);
        g_autofree char *text = g_strstrip(g_strdup(candidate->text));

        append_element(page, "<li>", *text != '\0' ? text : _("(nothing)"), "<small>");
        append_signed(page, candidate->score);
        g_string_append(page->out, "</small></li>\n");
    }
    append_element(page, "</ol>\n<p class=\"note\">",
                   _("The numbers say by how much better the sentence becomes, in log-odds."),
                   "</p>\n");
}

static void
append_verdict(const Page *page)
{
    const ProofdExplanation *e = page->view->explanation;

    append_element(page, "<section>\n<h2>",
                   e->findings->len > 0 ? _("What was found") : _("Why not"), "</h2>\n");
    for (guint i = 0; i < e->findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(e->findings, i);
        char number[G_ASCII_DTOSTR_BUF_SIZE];

        g_ascii_formatd(number, sizeof(number), "%.2f", finding->confidence);
        append_element(page, "<p>", finding->message, "</p>\n");
        append_element(page, "<p class=\"note\"><code>", finding->rule, "</code>, ");
        append_format(page, _("confidence %s"), number);
        g_string_append(page->out, "</p>\n");
        append_corrections(page, finding);
    }
    if (e->findings->len == 0)
        append_element(page, "<p>", e->reason, "</p>\n");
    if (!e->known)
        append_element(page, "<p class=\"note\">", _("The dictionary does not know it."), "</p>\n");
    g_string_append(page->out, "</section>\n");
}

/* --- tables --- */

/* A bar from @x, in percent of the cell. */
static void
append_bar(const Page *page, const char *colour, double x, double width, bool axis)
{
    g_string_append_printf(page->out, "<td class=\"b%s\"><svg aria-hidden=\"true\">",
                           axis ? " axis" : "");
    g_string_append_printf(page->out, "<rect class=\"%s\" rx=\"2\" height=\"100%%\" x=\"", colour);
    append_number(page, "%.2f", x);
    g_string_append(page->out, "%\" width=\"");
    append_number(page, "%.2f", width);
    g_string_append(page->out, "%\"/></svg></td></tr>\n");
}

static void
append_chances(const Page *page)
{
    const GPtrArray *chances = page->view->explanation->chances;

    if (chances->len == 0)
        return;
    append_element(page, "<section>\n<table>\n<caption>", _("What the model says of it"),
                   "</caption>\n");
    for (guint i = 0; i < chances->len; i++) {
        const ProofdChance *chance = g_ptr_array_index(chances, i);

        if (chance->chance < MIN_CHANCE && i > 0)
            break;
        append_element(page, "<tr><th scope=\"row\">", chance->name, "</th><td class=\"n\">");
        append_number(page, "%.1f", 100 * chance->chance);
        g_string_append(page->out, " %</td>");
        append_bar(page, g_str_equal(chance->name, "correct") ? "fg" : "fu", 0,
                   100 * chance->chance, false);
    }
    g_string_append(page->out, "</table>\n</section>\n");
}

static void
append_self(const Page *page)
{
    const ProofdExplanation *e = page->view->explanation;

    g_string_append(page->out, "<tr class=\"self\"><th scope=\"row\">");
    append_part(page, e->start, e->start + e->length);
    g_string_append(page->out, "</th><td class=\"n\">–</td>");
    append_bar(page, "fu", 50, 0, true);
}

static void
append_contribution(const Page *page, const ProofdContribution *c)
{
    const double width = 50 * fabs(c->log_odds) / page->scale;

    g_string_append(page->out, "<tr><th scope=\"row\">");
    append_part(page, c->start, c->start + c->length);
    g_string_append(page->out, "</th><td class=\"n\">");
    append_signed(page, c->log_odds);
    g_string_append(page->out, "</td>");
    append_bar(page, c->log_odds < 0 ? "fd" : "fu", c->log_odds < 0 ? 50 - width : 50, width, true);
}

static void
append_contributions(const Page *page)
{
    const ProofdExplanation *e = page->view->explanation;
    bool shown = false;

    if (e->contributions->len == 0)
        return;
    append_element(page, "<section>\n<table>\n<caption>", _("What each word around it adds"),
                   "</caption>\n");
    for (guint i = 0; i < e->contributions->len; i++) {
        const ProofdContribution *c = g_ptr_array_index(e->contributions, i);

        if (!shown && c->start > e->start) {
            append_self(page);
            shown = true;
        }
        append_contribution(page, c);
    }
    if (!shown)
        append_self(page);
    append_element(page, "</table>\n<p class=\"note\">",
                   _("By how much the log-odds that the place is wrong would fall if the word were "
                     "left out of the sentence. Below 0 they would rise."),
                   "</p>\n</section>\n");
}

/* --- the page --- */

static void
append_rule(const Page *page, const ProofdRulePage *rule)
{
    append_element(page, "<section>\n<h2>", rule->title, "</h2>\n");
    append_element(page, "<p>", rule->text, "</p>\n");
    append_element(page, "<dl><dt class=\"bad\">", _("wrong"), "</dt><dd>");
    append_element(page, "", rule->wrong, "</dd><dt class=\"good\">");
    append_element(page, "", _("right"), "</dt><dd>");
    append_element(page, "", rule->right, "</dd></dl>\n<p class=\"note\">");
    append_element(page, "", _("To turn it off:"), " <code>proof --disable=");
    append_element(page, "", rule->rule, "</code></p>\n</section>\n");
}

void
pd_explain_html(const PdExplainView *self, GString *out)
{
    const Page page = { self, out, scale_of(self->explanation) };
    const ProofdExplanation *e = self->explanation;

    append_element(&page, "<!DOCTYPE html>\n<html lang=\"",
                   /* Translators: your language's own code, as in <html lang="en"> */
                   _("en"), "\">\n");
    g_string_append_printf(out, "%s<title>", head);
    append_part(&page, e->start, e->start + e->length);
    append_element(&page, " – ", self->input->name, "</title>\n");
    g_string_append_printf(out, "%s</head>\n<body>\n<main>\n", style);
    append_header(&page);
    append_sentence(&page);
    append_verdict(&page);
    append_chances(&page);
    append_contributions(&page);
    for (guint i = 0; i < e->pages->len; i++)
        append_rule(&page, g_ptr_array_index(e->pages, i));
    g_string_append(out, "<footer>proof " PD_VERSION "</footer>\n</main>\n</body>\n</html>\n");
}

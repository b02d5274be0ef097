/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formats other than plain text and Markdown: what is text in them, and where it stands. */
#include "daemon/engine/checker.h"
#include "daemon/engine/code-languages.h"
#include "daemon/engine/markup.h"

#include <glib.h>
#include <string.h>

static PdFormat
format_of(const char *name)
{
    PdFormat format = PD_FORMAT_PLAIN;

    g_assert_true(pd_format_from_name(name, &format));
    return format;
}

/*
 * Each place is inside the source and on borders of characters; what was copied is the same there;
 * nothing but line breaks came from nowhere.
 */
static void
assert_positions(const PdMarkup *markup, const char *source)
{
    const size_t n_source = strlen(source);
    size_t length;
    const char *text = pd_markup_text(markup, &length);

    g_assert_true(g_utf8_validate(text, (gssize)length, NULL));
    for (const char *p = text; p < text + length; p = g_utf8_next_char(p)) {
        const size_t at = (size_t)(p - text), end = (size_t)(g_utf8_next_char(p) - text);
        const PdSpan from = pd_markup_to_source(markup, (PdSpan){ at, end });
        const PdSpan back = pd_markup_from_source(markup, from);

        g_assert_cmpuint(from.start, <=, from.end);
        g_assert_cmpuint(from.end, <=, n_source);
        g_assert_cmpint(source[from.start] & 0xC0, !=, 0x80);
        g_assert_cmpint(source[from.end] & 0xC0, !=, 0x80);
        if (from.start == from.end) {
            g_assert_cmpint(*p, ==, '\n');
            continue;
        }
        g_assert_cmpuint(back.start, <=, at);
        g_assert_cmpuint(back.end, >=, end);
    }
}

static void
assert_text(const char *format, const char *source, const char *want)
{
    g_autoptr(PdMarkup) markup = pd_markup_new(format_of(format), "en_US", source, strlen(source));
    g_autoptr(GString) got = g_string_new(NULL);

    for (const char *p = pd_markup_text(markup, NULL); *p != '\0'; p++) /* "a \n\nb": "a|b" */
        if (*p == '\n') {
            while (got->len > 0 && got->str[got->len - 1] == ' ')
                g_string_truncate(got, got->len - 1);
            if (!g_str_has_suffix(got->str, "||"))
                g_string_append_c(got, '|');
        } else {
            g_string_append_c(got, *p);
        }
    g_strchomp(got->str);
    g_test_message("%s: %s", format, source);
    g_assert_cmpstr(got->str, ==, want);
    assert_positions(markup, source);
}

static void
test_names(void)
{
    static const char *const files[][2] = {
        { "a/b.c", "code:c" },
        { "x.tex", "latex" },
        { "README.md", "markdown" },
        { "a.rst", "rst" },
        { "i.htm", "html" },
        { "Makefile", "code:makefile" },
        { "COMMIT_EDITMSG", "commit" },
        { "a.txt", "plain" },
        { "<stdin>", "plain" },
        { "CMakeLists.txt", "code:cmake" },
        { "x.tar.gz", "plain" },
        { "c", "plain" },
        { "py", "plain" },
        { "/x/.git/MERGE_MSG", "commit" },
    };
    g_auto(GStrv) names = pd_format_names();
    PdFormat format;

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *name = pd_format_for_path(files[i][0]);

        g_assert_cmpstr(name, ==, files[i][1]);
    }
    for (char **name = names; *name != NULL; name++)
        g_assert_true(pd_format_from_name(*name, &format));
    g_assert_cmpuint(g_strv_length(names), ==, PD_FORMAT_CODE + pd_n_code_languages);
    g_assert_cmpint(format_of("code:c"), ==, PD_FORMAT_CODE);
    g_assert_cmpint(format_of("code:shell"), ==, format_of("code:shellscript"));
    g_assert_false(pd_format_from_name("code:", &format));
    g_assert_false(pd_format_from_name("code:nothing", &format));
    g_assert_false(pd_format_from_name("c", &format));
    g_assert_false(pd_format_from_name("", &format));
}

static void
test_html(void)
{
    assert_text("html", "<p>One <b>t</b>wo.<p>Three", "One two.||Three");
    assert_text("html", "a &amp; b &eacute;&hellip;&NotEqual;&#65; &nope; 3 < 4 & 5",
                "a & b é…≠A &nope; 3 < 4 & 5");
    assert_text("html", "a\n  b\t\tc<br>d", "a b c|d");
    assert_text("html", "<title>T</title><script>if (a<b) '</p>'</script>x<style>p</style>",
                "T||x");
    assert_text("html", "a <code>f x</code> <pre>int\n\nx</pre>b<!-- c --><!-->d", "a f x||bd");
    assert_text("html", "<a title='x > y' alt=\"<p>\">z</a></nope>w", "zw");
    assert_text("html", "a <i lang=de>Wort</i> b <i lang=en-GB>c</i><p lang='fr'>mot</p>d",
                "a X b c||d");
    assert_text("html", "<html lang=de><body lang=de>a</body></html>", "a");
    assert_text("html", "a {{ b }} c {% if x %}d <?php e > f ?>g<% h > %>", "a X c d g");
    assert_text("html", "<p", "");
    assert_text("html", "a </ b", "a");
}

static void
test_latex(void)
{
    assert_text("latex", "\\section*{A \\emph{b}} c~d --- ``e'' na\\\"{\\i}ve caf\\'e stra\\ss e",
                "A b||c d — “e” naïve café straße");
    assert_text("latex", "As \\cite[p.~1]{a} has, $x_1$ and \\(y\\): \\[ z. \\] See \\ref{q}.",
                "As X has, X and X: X. See X.");
    assert_text("latex", "a\\footnote{Note one. Two.} b\n\nc", "a b||Note one. Two.||c");
    assert_text("latex", "a % b\nc\n% d\n\ne 5\\% \\& f", "a c||e 5% & f");
    assert_text("latex",
                "a \\begin{equation}x\\end{equation} b \\begin{verbatim}teh\\end{verbatim}c",
                "a X b||c");
    assert_text("latex", "\\begin{tabular}{ll} a & b \\\\ c & d \\end{tabular}", "a||b||c||d");
    assert_text("latex", "\\usepackage{x}\\title{A b}\\begin{document}c\\end{document}d", "A b||c");
    assert_text("latex", "use \\texttt{a b} and \\verb|{| or \\mycmd here \\unknown{text}",
                "use a b and X or X here text");
    assert_text("latex", "\\verbéaéb \\verb", "Xb");
    assert_text("latex", "\\href{http://x}{a b} \\input{c} \\textcolor{red}{d} \\label{e}f",
                "a b d f");
    assert_text("latex", "\\begin{itemize}\\item a\\item[x] b\\end{itemize}", "a||b");
    assert_text("latex", "costs $5 and\n\n} { \\", "costs 5 and");
    assert_text("latex", "\\begin{align} not ended", "not ended");
    assert_text("latex", "\\label{not ended\n\nb", "b");
}

static void
test_rst(void)
{
    assert_text("rst", "Title\n=====\n\nA ``b c`` *d* **e** `f g <http://x>`_ h_ [1]_ |i|.",
                "Title||A b c d e f g h X X.");
    assert_text("rst", "See :ref:`x`, :ref:`a b <x>`, :func:`f` and :term:`t`.",
                "See X, a b, f and t.");
    assert_text("rst", ".. note:: A b\n   c.\n\n   D.\n\n.. code:: c\n\n   teh\n\nE",
                "A b c.||D.||E");
    assert_text("rst", "Like so::\n\n  teh\n\nb\n\n::\n\n  teh\n\nc", "Like so:||b||c");
    assert_text("rst", "- a\n  b\n- c\n\n1. d\n\n:Author: x\n:param y: e\n:type y: f",
                "a b||c||d||e");
    assert_text("rst",
                ".. _x: http://y\n.. comment\n   teh\n\n.. function:: f(x)\n   :o: p\n\n   G h.",
                "G h.");
    assert_text("rst", "term\n  what it is\n\n>>> teh\nteh\n\n== ==\na  b\n== ==\nc  d\n== ==\n\nz",
                "term||what it is||z");
    assert_text("rst", "a \\*b\\* c\\ d `e f`", "a *b* cd e f");
    assert_text("rst", "``a\n\n`b\n\n:c:`d", "``a||`b||:c:`d");
}

static void
test_commit(void)
{
    assert_text("commit",
                "net: core: Fix it\n\nA `b c`\nd.\n\n- e\n\n    teh\n\nSigned-off-by: X <y@z>\n",
                "Fix it||A b c|d.||- e");
    assert_text("commit", "# a\nfeat(x)!: b c\n# ---- >8 ----\nd", "b c");
    assert_text("commit", "a\n\n# -------- >8 --------\nteh", "a");
    assert_text("commit",
                "Merge branch 'teh'\n\nb\n\n```\nteh\n```\nc\n(cherry picked from commit 1)",
                "b||c");
    assert_text("commit", "fixup! teh", "");
}

static void
test_comments(void)
{
    assert_text("code:c", "/* A b\n * c d. */ int x; // e\n// f\n\n// g", "A b c d.||e||f||g");
    assert_text("code:c", "/**\n * \\param[in] a b c\n * @return d e\n * @see teh\n */",
                "b c||d e");
    assert_text("code:c", "/* see `b c` {@link d} or <b>the</b> \\p f way */",
                "see b c X or the X way");
    assert_text("code:c", "// foo(x);\n// if (a == b) {\n// clang-format off\n//////\n", "");
    assert_text("code:c", "char a = '\"'; // b\nchar c = '\\''; // d", "b||d");
    assert_text("code:rust", "/* a /* b */ c */ fn f<'a>() {} /// d\n", "a /* b */ c||d");
    assert_text("code:lua", "--[[ a b\nc ]] x = [[ -- teh ]] -- d", "a b c||d");
    assert_text("code:javascript", "x = /[\"'/]/; // a\n// b\n// c", "a||b c");
    assert_text("code:shellscript", "#!/bin/sh teh\nx=${#a} # b\necho $# # c", "b||c");
    assert_text("code:python", "\"\"\"A b.\n\nC d\ne.\n\"\"\"\nx = \"\"\"d\"\"\"\n# f\n",
                "A b.||C d e.||f");
    assert_text("code:python",
                "def f():\n    '''A.\n\n    :param x: b\n    :type x: c\n\n    >>> teh\n    '''",
                "A.||b");
    assert_text("code:html", "teh <!-- a b --> teh", "a b");
    assert_text("code:pascal", "{ a } x := 'it''s'; (* b *)", "a||b");
    assert_text("code:c", "/* never ended", "never ended");
}

static void
test_strings(void)
{
    assert_text("code:c", "f(\"Could not open the \\\"%s\\\" of %d\\n\" \"files.\");",
                "Could not open the \"X\" of X|files.");
    assert_text("code:c",
                "f(\"SELECT a FROM the b\", \"btn btn-big\", \"%s: %s\", \"a=b of it; c\");", "");
    assert_text("code:python", "f(\"The name of \\é is not here\")", "The name of X is not here");
    assert_text("code:python", "f(f\"The {a!r} is\", b'The x is', r'the \\d is')", "The X is");
    assert_text("code:javascript", "f(`The ${a} is\nhere`, 'It isn\\'t so')",
                "The X is here||It isn't so");
    assert_text("code:sql", "select 'It isn''t the one' -- a", "It isn't the one||a");
}

/* In a string, a quotation mark has to be escaped; in HTML, & is written &amp; */
static void
assert_quoted(const char *format, const char *source, const char *repair, const char *want)
{
    g_autoptr(PdMarkup) markup = pd_markup_new(format_of(format), NULL, source, strlen(source));
    g_autofree char *got = pd_markup_quote(markup, (PdSpan){ 1, 3 }, repair);

    g_assert_cmpstr(got, ==, want);
}

static void
test_quotes(void)
{
    assert_quoted("code:javascript", "x = 'We dont know the way'", "don't", "don\\'t");
    assert_quoted("code:javascript", "x = \"We dont know the way\"", "don't", "don't");
    assert_quoted("code:sql", "x = 'We dont know the way'", "don't", "don''t");
    assert_quoted("code:python", "x = r'We dont know the way'", "don't", NULL);
    assert_quoted("code:python", "# We dont know", "don't", "don't");
    assert_quoted("html", "We dont know", "R&D", "R&amp;D");
    assert_quoted("latex", "We dont know", "R&D", "R\\&D");
    assert_quoted("markdown", "We dont know", "R&D", "R&D");
}

static void
test_stand_ins(void)
{
    const char *source = "We use a $x$ and the rest.";
    g_autoptr(PdMarkup) markup = pd_markup_new(PD_FORMAT_LATEX, NULL, source, strlen(source));
    /* We use a X and the rest. */
    g_assert_true(pd_markup_is_beside_stand_in(markup, (PdSpan){ 7, 8 }));
    g_assert_true(pd_markup_is_beside_stand_in(markup, (PdSpan){ 11, 14 }));
    g_assert_false(pd_markup_is_beside_stand_in(markup, (PdSpan){ 3, 6 }));
    g_assert_false(pd_markup_is_beside_stand_in(markup, (PdSpan){ 15, 18 }));
    g_assert_true(pd_markup_is_opaque(markup, (PdSpan){ 9, 10 }));
}

static const char *const parts[] = {
    "word ",     "Word", "é😀",       " ",       "\n",         "\n\n",        "\t",
    "\r\n",      "<p>",  "</p>",     "<b",      ">",          "&amp;",       "&",
    "<!--",      "-->",  "<code>",   "</code>", "<pre>",      "\"",          "'",
    "`",         "``",   "{",        "}",       "[",          "]",           "(",
    ")",         "\\",   "\\begin{", "\\end{",  "equation}",  "\\footnote{", "\\section{",
    "\\cite{a}", "$",    "$$",       "\\(",     "\\)",        "\\'",         "%",
    "--",        "~",    "\\verb|",  "|",       "*",          "**",          "_",
    ":",         "::",   ":ref:`",   "..",      ".. note:: ", "====",        "- ",
    "1. ",       "#",    "//",       "/*",      "*/",         " * ",         "@param ",
    "\"\"\"",    "'''",  "R\"(",     "[[",      "]]",         "{-",          "-}",
    "%s",        "${",   "#{",       "\\n",     "lang=de",    "<i lang=de>", "<?php",
};

static char *
random_source(GRand *random)
{
    GString *source = g_string_new(NULL);
    const int n = g_rand_int_range(random, 1, 60);

    for (int i = 0; i < n; i++)
        g_string_append(source, parts[g_rand_int_range(random, 0, G_N_ELEMENTS(parts))]);
    return g_string_free(source, FALSE);
}

/* The readers of each format, on what all formats mean something by. */
static void
test_random(void)
{
    g_auto(GStrv) names = pd_format_names();
    g_autoptr(GRand) random = g_rand_new_with_seed(7);

    for (char **name = names; *name != NULL; name++) {
        const PdFormat format = format_of(*name);
        const int rounds = format < PD_FORMAT_CODE ? 3000 : 300;

        for (int i = 0; i < rounds && format != PD_FORMAT_MARKDOWN; i++) {
            g_autofree char *source = random_source(random);
            g_autoptr(PdMarkup) markup = pd_markup_new(format, "en_US", source, strlen(source));

            assert_positions(markup, source);
        }
    }
}

/* Nothing may take more than linear time; the test's time limit would tell. */
static void
test_large(void)
{
    static const char *const hostile[][2] = {
        { "html", "<" },
        { "html", "<i></b>" },
        { "html", "{{" },
        { "html", "<p a=\"" },
        { "html", "<pre>" },
        { "html", "&" },
        { "latex", "{" },
        { "latex", "\\begin{equation}" },
        { "latex", "\\label{" },
        { "latex", "$" },
        { "latex", "\\(" },
        { "latex", "\\a[" },
        { "latex", "\\a[{" },
        { "latex", "\\footnote{" },
        { "latex", "\\verb|" },
        { "rst", "`" },
        { "rst", "``a" },
        { "rst", "|a" },
        { "rst", ":a" },
        { "rst", "== ==\n" },
        { "rst", "  a\n" },
        { "commit", "`" },
        { "commit", "a: " },
        { "code:c", "/*" },
        { "code:c", "\"" },
        { "code:c", "// `{@\n" },
        { "code:rust", "/*" },
        { "code:rust", "r#\"" },
        { "code:javascript", "/[" },
        { "code:javascript", "`" },
        { "code:lua", "[=" },
        { "code:python", "\"\"\"" },
        { "code:c", "// a b\n" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autoptr(GString) source = g_string_new(NULL);
        g_autoptr(PdMarkup) markup = NULL;

        while (source->len < 2000000)
            g_string_append(source, hostile[i][1]);
        g_test_message("%s: %s", hostile[i][0], hostile[i][1]);
        markup = pd_markup_new(format_of(hostile[i][0]), NULL, source->str, source->len);
        g_assert_nonnull(pd_markup_text(markup, NULL));
    }
}

/* The findings of a text are the same wherever it stands, and at its words. */
static void
test_findings(void)
{
    static const char text[] = "We definately recieve a letter. She go to school by bus every day.";
    static const char *const frames[][3] = {
        { "html", "<div><p class=\"teh\">", "</p></div>" },
        { "latex", "\\documentclass{teh}\n\\begin{document}\n", "\n\\end{document}" },
        { "rst", "Title\n=====\n\n.. note::\n\n   ", "\n" },
        { "commit", "area: Subject\n\n", "\n\nSigned-off-by: Teh <a@b>\n" },
        { "code:c", "int teh; /* ", " */" },
        { "code:python", "def teh():\n    \"\"\"", "\"\"\"\n" },
        { "code:javascript", "teh('", "')" },
    };
    g_autofree char *models = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);
    g_autoptr(PdChecker) checker = pd_checker_new(models, NULL, 1 << 20);

    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
        const PdCheckOptions options = { .format = format_of(frames[i][0]),
                                         .level = PD_LEVEL_DEFAULT,
                                         .max_candidates = 5 };
        static const char *const want[] = { "definately", "recieve", "go" };
        g_autofree char *source = g_strconcat(frames[i][1], text, frames[i][2], NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) findings =
            pd_checker_check(checker, "en_US", source, strlen(source), &options, NULL, &error);

        g_assert_no_error(error);
        g_test_message("%s", source);
        g_assert_cmpuint(findings->len, ==, G_N_ELEMENTS(want));
        for (guint k = 0; k < findings->len; k++) {
            const PdFinding *f = findings->pdata[k];

            g_assert_cmpuint(f->end - f->start, ==, strlen(want[k]));
            g_assert_cmpint(strncmp(source + f->start, want[k], strlen(want[k])), ==, 0);
            g_assert_cmpuint(f->candidates->len, >, 0);
        }
    }
}

/* An unknown word that the code names is right in its comments. */
static void
test_code_names(void)
{
    static const char source[] = "int frobnik; /* The frobnik is set, but grobnak is not. */";
    const PdCheckOptions options = { .format = format_of("code:c"),
                                     .level = PD_LEVEL_THOROUGH,
                                     .max_candidates = 5 };
    g_autofree char *models = g_test_build_filename(G_TEST_DIST, "..", "model", "data", NULL);
    g_autoptr(PdChecker) checker = pd_checker_new(models, NULL, 0);
    g_autoptr(GPtrArray) findings =
        pd_checker_check(checker, "en_US", source, strlen(source), &options, NULL, NULL);

    for (guint i = 0; i < findings->len; i++) {
        const PdFinding *f = findings->pdata[i];

        g_assert_cmpint(strncmp(source + f->start, "frobnik", 7), !=, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/formats/names", test_names);
    g_test_add_func("/formats/html", test_html);
    g_test_add_func("/formats/latex", test_latex);
    g_test_add_func("/formats/rst", test_rst);
    g_test_add_func("/formats/commit", test_commit);
    g_test_add_func("/formats/comments", test_comments);
    g_test_add_func("/formats/strings", test_strings);
    g_test_add_func("/formats/quotes", test_quotes);
    g_test_add_func("/formats/stand-ins", test_stand_ins);
    g_test_add_func("/formats/random", test_random);
    g_test_add_func("/formats/large", test_large);
    g_test_add_func("/formats/findings", test_findings);
    g_test_add_func("/formats/code-names", test_code_names);
    return g_test_run();
}

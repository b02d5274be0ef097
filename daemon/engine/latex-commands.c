/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/latex-commands.h"

#include "daemon/engine/annotated.h"

#include <string.h>

#define NOUN PD_STAND_IN

/* clang-format off */
static const PdLatexCommand commands[] = {
    /* characters */
    { "ss", "", "ß" }, { "ae", "", "æ" }, { "AE", "", "Æ" }, { "oe", "", "œ" }, { "OE", "", "Œ" },
    { "aa", "", "å" }, { "AA", "", "Å" }, { "o", "", "ø" }, { "O", "", "Ø" }, { "l", "", "ł" },
    { "L", "", "Ł" }, { "i", "", "ı" }, { "j", "", "ȷ" }, { "dots", "", "…" },
    { "ldots", "", "…" }, { "textellipsis", "", "…" }, { "textendash", "", "–" },
    { "textemdash", "", "—" }, { "textquoteleft", "", "‘" }, { "textquoteright", "", "’" },
    { "textquotedblleft", "", "“" }, { "textquotedblright", "", "”" }, { "slash", "", "/" },
    { "textasciitilde", "", "~" }, { "textbackslash", "", "\\" }, { "textunderscore", "", "_" },
    { "copyright", "", "©" }, { "pounds", "", "£" }, { "S", "", "§" }, { "P", "", "¶" },
    { "euro", "", "€" }, { "texteuro", "", "€" }, { "textdegree", "", "°" },
    { "textregistered", "", "®" }, { "texttrademark", "", "™" }, { "textbullet", "", "•" },
    { "textbar", "", "|" }, { "textless", "", "<" }, { "textgreater", "", ">" },
    { "newline", "", "\n" }, { "linebreak", "", "\n" }, { "quad", "", " " }, { "qquad", "", " " },
    { "space", "", " " }, { "enspace", "", " " }, { "thinspace", "", " " }, { "and", "", "\n" },

    /* nouns */
    { "cite", "x", NOUN }, { "citep", "x", NOUN }, { "citet", "x", NOUN }, { "citealt", "x", NOUN },
    { "citealp", "x", NOUN }, { "citeauthor", "x", NOUN }, { "citeyear", "x", NOUN },
    { "citeyearpar", "x", NOUN }, { "Citet", "x", NOUN }, { "Citep", "x", NOUN },
    { "textcite", "x", NOUN }, { "parencite", "x", NOUN }, { "autocite", "x", NOUN },
    { "footcite", "x", NULL }, { "footcitetext", "x", NULL }, { "fullcite", "x", NOUN },
    { "citetitle", "x", NOUN }, { "shortcite", "x", NOUN }, { "citeA", "x", NOUN },
    { "ref", "x", NOUN }, { "eqref", "x", NOUN }, { "pageref", "x", NOUN },
    { "autoref", "x", NOUN }, { "cref", "x", NOUN }, { "Cref", "x", NOUN },
    { "nameref", "x", NOUN }, { "vref", "x", NOUN }, { "Vref", "x", NOUN },
    { "fullref", "x", NOUN }, { "subref", "x", NOUN }, { "hyperlink", "xt", NULL },
    { "hyperref", "t", NULL }, { "hypertarget", "xt", NULL },
    { "gls", "x", NOUN }, { "Gls", "x", NOUN }, { "glspl", "x", NOUN }, { "Glspl", "x", NOUN },
    { "ac", "x", NOUN }, { "acs", "x", NOUN }, { "acf", "x", NOUN }, { "acl", "x", NOUN },
    { "acp", "x", NOUN }, { "acrshort", "x", NOUN }, { "acrlong", "x", NOUN },
    { "acrfull", "x", NOUN }, { "SI", "xx", NOUN }, { "si", "x", NOUN }, { "qty", "xx", NOUN },
    { "unit", "x", NOUN }, { "num", "x", NOUN }, { "SIrange", "xxx", NOUN }, { "ang", "x", NOUN },
    { "ensuremath", "x", NOUN }, { "url", "x", NOUN }, { "nolinkurl", "x", NOUN },
    { "path", "x", NOUN }, { "email", "x", NOUN }, { "href", "xt", NULL },
    { "foreignlanguage", "xx", NOUN }, { "today", "", NOUN }, { "LaTeX", "", NOUN },
    { "TeX", "", NOUN }, { "LaTeXe", "", NOUN }, { "BibTeX", "", NOUN }, { "XeTeX", "", NOUN },
    { "LuaTeX", "", NOUN }, { "verb", "", NOUN }, { "lstinline", "", NOUN },

    /* code */
    { "texttt", "c", NULL }, { "code", "c", NULL }, { "file", "c", NULL }, { "cmd", "c", NULL },
    { "cs", "c", NULL }, { "pkg", "c", NULL }, { "command", "c", NULL }, { "opt", "c", NULL },
    { "meta", "c", NULL }, { "marg", "c", NULL }, { "oarg", "c", NULL },
    { "cmdname", "c", NULL }, { "textsc", "t", NULL }, { "mintinline", "xc", NULL },
    { "var", "c", NULL }, { "member", "c", NULL }, { "method", "c", NULL }, { "module", "c", NULL },
    { "function", "c", NULL }, { "constant", "c", NULL }, { "exception", "c", NULL },
    { "kbd", "c", NULL }, { "samp", "c", NULL }, { "option", "c", NULL }, { "env", "c", NULL },
    { "class", "c", NULL }, { "package", "c", NULL }, { "filename", "c", NULL },

    /* blocks */
    { "part", "b", NULL }, { "chapter", "b", NULL }, { "section", "b", NULL },
    { "subsection", "b", NULL }, { "subsubsection", "b", NULL }, { "paragraph", "b", NULL },
    { "subparagraph", "b", NULL }, { "title", "b", NULL }, { "subtitle", "b", NULL },
    { "caption", "b", NULL }, { "captionof", "xb", NULL }, { "frametitle", "b", NULL },
    { "framesubtitle", "b", NULL }, { "addsec", "b", NULL }, { "addchap", "b", NULL },
    { "minisec", "b", NULL }, { "keywords", "b", NULL }, { "subcaption", "b", NULL },
    { "dedication", "b", NULL }, { "chaptermark", "x", NULL }, { "sectionmark", "x", NULL },
    { "item", "", "\n\n" }, { "par", "", "\n\n" }, { "newpage", "", "\n\n" },
    { "clearpage", "", "\n\n" }, { "cleardoublepage", "", "\n\n" }, { "bigskip", "", "\n\n" },
    { "medskip", "", "\n\n" }, { "smallskip", "", "\n\n" }, { "maketitle", "", "\n\n" },
    { "tableofcontents", "", "\n\n" }, { "tabularnewline", "", "\n\n" }, { "hline", "", "\n\n" },
    { "toprule", "", "\n\n" }, { "midrule", "", "\n\n" }, { "bottomrule", "", "\n\n" },
    { "cline", "x", "\n\n" }, { "cmidrule", "x", "\n\n" },
    { "multicolumn", "xxt", NULL }, { "multirow", "xxt", NULL },

    /* notes */
    { "footnote", "n", NULL }, { "footnotetext", "n", NULL }, { "marginpar", "n", NULL },
    { "thanks", "n", NULL }, { "todo", "n", NULL }, { "sidenote", "n", NULL },
    { "marginnote", "n", NULL }, { "endnote", "n", NULL }, { "tablefootnote", "n", NULL },

    /* nothing of them is text */
    { "label", "x", NULL }, { "input", "x", NULL }, { "include", "x", NULL },
    { "includeonly", "x", NULL }, { "subfile", "x", NULL }, { "import", "xx", NULL },
    { "includegraphics", "x", NULL }, { "includepdf", "x", NULL }, { "bibliography", "x", NULL },
    { "bibliographystyle", "x", NULL }, { "addbibresource", "x", NULL }, { "nocite", "x", NULL },
    { "bibitem", "x", NULL }, { "documentclass", "x", NULL }, { "documentstyle", "x", NULL },
    { "usepackage", "x", NULL }, { "RequirePackage", "x", NULL }, { "usetikzlibrary", "x", NULL },
    { "PassOptionsToPackage", "xx", NULL }, { "newcommand", "xx", NULL },
    { "renewcommand", "xx", NULL }, { "providecommand", "xx", NULL },
    { "DeclareMathOperator", "xx", NULL }, { "DeclareRobustCommand", "xx", NULL },
    { "newenvironment", "xxx", NULL }, { "renewenvironment", "xxx", NULL },
    { "newtheorem", "xx", NULL }, { "theoremstyle", "x", NULL }, { "newlength", "x", NULL },
    { "setlength", "xx", NULL }, { "addtolength", "xx", NULL }, { "settowidth", "xx", NULL },
    { "setcounter", "xx", NULL }, { "addtocounter", "xx", NULL }, { "newcounter", "x", NULL },
    { "stepcounter", "x", NULL }, { "refstepcounter", "x", NULL }, { "value", "x", NULL },
    { "arabic", "x", NULL }, { "roman", "x", NULL }, { "Roman", "x", NULL }, { "alph", "x", NULL },
    { "hspace", "x", NULL }, { "vspace", "x", NULL }, { "rule", "xx", NULL },
    { "raisebox", "xt", NULL },
    { "parbox", "xt", NULL }, { "makebox", "t", NULL }, { "resizebox", "xxt", NULL },
    { "scalebox", "xt", NULL }, { "rotatebox", "xt", NULL }, { "fbox", "t", NULL },
    { "color", "x", NULL }, { "textcolor", "xt", NULL }, { "colorbox", "xt", NULL },
    { "fcolorbox", "xxt", NULL }, { "definecolor", "xxx", NULL }, { "pagecolor", "x", NULL },
    { "rowcolor", "x", NULL }, { "cellcolor", "x", NULL }, { "columnwidth", "", NULL },
    { "textwidth", "", NULL }, { "linewidth", "", NULL }, { "textheight", "", NULL },
    { "pagestyle", "x", NULL }, { "thispagestyle", "x", NULL }, { "pagenumbering", "x", NULL },
    { "fontsize", "xx", NULL }, { "fontfamily", "x", NULL }, { "selectfont", "", NULL },
    { "hypersetup", "x", NULL }, { "geometry", "x", NULL }, { "lstset", "x", NULL },
    { "lstinputlisting", "x", NULL }, { "verbatiminput", "x", NULL }, { "inputminted", "xx", NULL },
    { "sisetup", "x", NULL }, { "captionsetup", "x", NULL }, { "graphicspath", "x", NULL },
    { "tikzset", "x", NULL }, { "tikz", "x", NULL }, { "pgfplotsset", "x", NULL },
    { "setmainfont", "x", NULL },
    { "setsansfont", "x", NULL }, { "setmonofont", "x", NULL }, { "selectlanguage", "x", NULL },
    { "setdefaultlanguage", "x", NULL }, { "setotherlanguage", "x", NULL },
    { "index", "x", NULL }, { "glossary", "x", NULL }, { "newacronym", "xxx", NULL },
    { "newglossaryentry", "xx", NULL }, { "DeclareAcronym", "xx", NULL }, { "phantom", "x", NULL },
    { "vphantom", "x", NULL }, { "hphantom", "x", NULL }, { "author", "x", NULL },
    { "institute", "x", NULL }, { "affil", "x", NULL }, { "affiliation", "x", NULL },
    { "address", "x", NULL }, { "date", "x", NULL }, { "orcid", "x", NULL },
    { "markboth", "xx", NULL }, { "markright", "x", NULL }, { "addcontentsline", "xxx", NULL },
    { "addtocontents", "xx", NULL }, { "crefname", "xxx", NULL }, { "Crefname", "xxx", NULL },
    { "hyphenation", "x", NULL }, { "special", "x", NULL }, { "write", "x", NULL },
    { "protect", "", NULL }, { "noindent", "", NULL }, { "centering", "", NULL },
    { "raggedright", "", NULL }, { "raggedleft", "", NULL }, { "bfseries", "", NULL },
    { "itshape", "", NULL }, { "ttfamily", "", NULL }, { "sffamily", "", NULL },
    { "rmfamily", "", NULL }, { "scshape", "", NULL }, { "slshape", "", NULL },
    { "upshape", "", NULL }, { "mdseries", "", NULL }, { "normalfont", "", NULL },
    { "bf", "", NULL }, { "it", "", NULL }, { "em", "", NULL }, { "tt", "", NULL },
    { "sc", "", NULL }, { "sf", "", NULL }, { "rm", "", NULL }, { "sl", "", NULL },
    { "tiny", "", NULL }, { "scriptsize", "", NULL }, { "footnotesize", "", NULL },
    { "small", "", NULL }, { "normalsize", "", NULL }, { "large", "", NULL }, { "Large", "", NULL },
    { "LARGE", "", NULL }, { "huge", "", NULL }, { "Huge", "", NULL }, { "hfill", "", NULL },
    { "vfill", "", NULL }, { "hfil", "", NULL }, { "vfil", "", NULL }, { "hskip", "", NULL },
    { "vskip", "", NULL }, { "pagebreak", "", NULL }, { "nopagebreak", "", NULL },
    { "nolinebreak", "", NULL }, { "allowbreak", "", NULL }, { "sloppy", "", NULL },
    { "fussy", "", NULL }, { "frenchspacing", "", NULL }, { "xspace", "", NULL },
    { "footnotemark", "", NULL }, { "appendix", "", NULL }, { "frontmatter", "", NULL },
    { "mainmatter", "", NULL }, { "backmatter", "", NULL }, { "null", "", NULL },
    { "relax", "", NULL }, { "makeatletter", "", NULL }, { "makeatother", "", NULL },
    { "qed", "", NULL }, { "qedhere", "", NULL }, { "leavevmode", "", NULL },
    { "ignorespaces", "", NULL }, { "unskip", "", NULL }, { "printbibliography", "", NULL },
    { "pause", "", NULL }, { "only", "t", NULL }, { "uncover", "t", NULL },
    { "singlespacing", "", NULL }, { "doublespacing", "", NULL }, { "onehalfspacing", "", NULL },
    { "baselineskip", "", NULL }, { "parindent", "", NULL }, { "parskip", "", NULL },
};

#define MATH { PD_LATEX_MATH, 0 }
#define HIDDEN { PD_LATEX_HIDDEN, 0 }

static const struct {
    const char *name;
    PdLatexEnvironment environment;
} environments[] = {
    { "equation", MATH }, { "align", MATH }, { "alignat", MATH }, { "aligned", MATH },
    { "gather", MATH }, { "multline", MATH }, { "eqnarray", MATH }, { "displaymath", MATH },
    { "math", MATH }, { "flalign", MATH }, { "split", MATH }, { "dmath", MATH },
    { "IEEEeqnarray", MATH }, { "subequations", MATH }, { "array", MATH }, { "cases", MATH },
    { "verbatim", HIDDEN }, { "Verbatim", HIDDEN }, { "lstlisting", HIDDEN }, { "minted", HIDDEN },
    { "alltt", HIDDEN }, { "comment", HIDDEN }, { "tikzpicture", HIDDEN }, { "picture", HIDDEN },
    { "pgfpicture", HIDDEN }, { "axis", HIDDEN }, { "filecontents", HIDDEN },
    { "algorithm", HIDDEN }, { "algorithmic", HIDDEN }, { "algorithm2e", HIDDEN },
    { "thebibliography", HIDDEN }, { "CCSXML", HIDDEN }, { "asy", HIDDEN }, { "luacode", HIDDEN },
    { "pycode", HIDDEN }, { "sagesilent", HIDDEN }, { "Highlighting", HIDDEN },
    { "Shaded", HIDDEN }, { "lilypond", HIDDEN }, { "prooftree", HIDDEN }, { "code", HIDDEN },
    { "otherlanguage", HIDDEN }, { "LTXexample", HIDDEN }, { "macrocode", HIDDEN },
    { "dot2tex", HIDDEN }, { "forest", HIDDEN }, { "circuitikz", HIDDEN }, { "tabbing", HIDDEN },
    { "tabular", { PD_LATEX_CELLS, 1 } }, { "longtable", { PD_LATEX_CELLS, 1 } },
    { "tabularx", { PD_LATEX_CELLS, 2 } }, { "tabulary", { PD_LATEX_CELLS, 2 } },
    { "supertabular", { PD_LATEX_CELLS, 1 } }, { "tblr", { PD_LATEX_CELLS, 1 } },
    { "minipage", { PD_LATEX_TEXT, 1 } }, { "multicols", { PD_LATEX_TEXT, 1 } },
    { "wrapfigure", { PD_LATEX_TEXT, 2 } }, { "wraptable", { PD_LATEX_TEXT, 2 } },
    { "subfigure", { PD_LATEX_TEXT, 1 } }, { "subtable", { PD_LATEX_TEXT, 1 } },
    { "adjustbox", { PD_LATEX_TEXT, 1 } }, { "column", { PD_LATEX_TEXT, 1 } },
    { "list", { PD_LATEX_TEXT, 2 } }, { "spacing", { PD_LATEX_TEXT, 1 } },
    { "adjustwidth", { PD_LATEX_TEXT, 2 } }, { "labeling", { PD_LATEX_TEXT, 1 } },
};

static const struct {
    const char *name;
    unsigned mark;
} accents[] = {
    { "'", 0x301 }, { "`", 0x300 }, { "^", 0x302 }, { "\"", 0x308 }, { "~", 0x303 },
    { "=", 0x304 }, { ".", 0x307 }, { "c", 0x327 }, { "v", 0x30C }, { "u", 0x306 },
    { "H", 0x30B }, { "k", 0x328 }, { "r", 0x30A }, { "d", 0x323 }, { "b", 0x331 },
};
/* clang-format on */

static bool
is_equal(const char *name, const char *p, size_t n)
{
    return *name == *p && strncmp(name, p, n) == 0 && name[n] == '\0';
}

const PdLatexCommand *
pd_latex_command(const char *name, size_t n)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (is_equal(commands[i].name, name, n))
            return &commands[i];
    return NULL;
}

PdLatexEnvironment
pd_latex_environment(const char *name, size_t n)
{
    n -= n > 0 && name[n - 1] == '*' ? 1 : 0;
    for (size_t i = 0; i < G_N_ELEMENTS(environments); i++)
        if (is_equal(environments[i].name, name, n)) {
            PdLatexEnvironment found = environments[i].environment;

            found.n_arguments += name[n] == '*' && found.kind == PD_LATEX_CELLS ? 1 : 0;
            return found;
        }
    return (PdLatexEnvironment){ PD_LATEX_TEXT, PD_LATEX_ALL_ARGUMENTS };
}

unsigned
pd_latex_accent(const char *name, size_t n)
{
    for (size_t i = 0; i < G_N_ELEMENTS(accents); i++)
        if (is_equal(accents[i].name, name, n))
            return accents[i].mark;
    return 0;
}

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each kind of text that an editor names is checked in its format, as `proof` does.

Environment: as lsp_client.py.
"""

import re
from pathlib import Path

from lsp_case import URI, LspCase
import tap

ROOT = Path(__file__).resolve().parents[3]
# Words with "zz" are where nothing is to be checked.
PLAIN = "I recieve it.\nShe go to school every days.\n"
MARKDOWN = """# A titel

She go to `zzkool`, and *teh* [cat](http://zzat.example/zzot) sat.

    zzcode is not cheked

```
zzfence
```
"""
HTML = """<!DOCTYPE html>
<html><head><title>A titel</title><style>.zzclass { color: red; }</style>
<script>var zzscript = "zzstring";</script></head>
<body class="zzbody"><p>I saw <b>teh</b> cat &amp; she go to school.</p><pre>zzpre</pre>
<code>zzcode</code><!-- zzcomment --></body></html>
"""
LATEX = r"""\documentclass{zzclass}
\usepackage[zzoption]{zzpackage}
\begin{document}
\section{A titel}\label{sec:zzlabel}
I recieve it \cite{zzcitation}, as $zzmath + x$ says. See~\ref{zzref}. % zzcomment
\[ zzdisplay = y^2 \]
\begin{equation} zzequation \end{equation}
\begin{verbatim}
zzverbatim
\end{verbatim}
She saw \emph{teh} cat.
\end{document}
"""
RST = """A titel
=======

I recieve ``zzliteral`` and *teh* :zzrole:`cat`.

.. code-block:: python

   zzcode = 1

Some text::

    zzblock
"""
COMMIT = """area: Fix teh thing

I recieve it every day.

Signed-off-by: Zzname <zzname@zzhost.example>
# zzcomment
"""
C_CODE = """#include <zzheader.h>
/* I recieve it. */
int zzfunction(int zzargument) { return zzcall("She saw teh cat.", 'z'); } // a titel
"""
PYTHON = '''"""I recieve it."""
import zzmodule


def zzfunction(zzargument):  # a titel
    return zzcall("She saw teh cat.", zzargument)
'''
SHELL = """#!/bin/sh
# I recieve it.
zzcommand --zzoption # a titel
"""
LUA = """-- I recieve it.
local zzname = zzcall("She saw teh cat.") -- a titel
"""
SAMPLES = (
    ("plain", PLAIN, "plaintext text plain normal mail"),
    ("markdown", MARKDOWN, "markdown gfm pandoc quarto rmd Markdown"),
    ("html", HTML, "html xhtml HTML"),
    ("latex", LATEX, "latex tex plaintex LaTeX"),
    ("rst", RST, "restructuredtext rst reStructuredText"),
    ("commit", COMMIT, "git-commit gitcommit git-commit-message"),
    ("code:c", C_CODE, "c C"),
    ("code:cpp", C_CODE, "cpp c++ cuda-cpp objective-c"),
    ("code:python", PYTHON, "python"),
    ("code:javascript", C_CODE, "javascript javascriptreact"),
    ("code:typescript", C_CODE, "typescript typescriptreact ts"),
    ("code:go", C_CODE, "go golang"),
    ("code:rust", C_CODE, "rust"),
    ("code:java", C_CODE, "java"),
    ("code:csharp", C_CODE, "csharp c#"),
    ("code:shellscript", SHELL, "shellscript sh bash zsh shell"),
    ("code:lua", LUA, "lua"),
)


def names_of_service():
    source = (ROOT / "daemon" / "engine" / "code-languages.c").read_text(encoding="utf-8")
    return [name for names in re.findall(r'\n    \{ "([^"]+)",', source) for name in names.split()]


class Formats(LspCase):
    def test_same_findings(self):
        client = self.session()
        for text_format, text, languages in SAMPLES:
            wanted = self.findings(text, text_format)
            self.assertGreater(len(wanted), 1, text_format)
            lines = text.split("\n")
            for line, start, end, *_ in wanted:
                self.assertNotIn("zz", lines[line][start:end].lower(), (text_format, wanted))
            for language in languages.split():
                client.open(URI, text, language)
                self.check(client, text, text_format=text_format)
                client.close(URI)
                client.pushed(URI, lambda found: not found)
        self.assertEqual(client.shown(), [])

    def test_edited(self):
        """Markup that an edit makes or ends counts at once."""
        client = self.session(settings={"unfinishedWordDelay": 0})
        client.open(URI, "I saw teh cat. We recieve it.\n", "latex")
        self.assertEqual(len(self.check(client, "I saw teh cat. We recieve it.\n",
                                        text_format="latex")), 2)
        client.change(URI, (0, 18, 0, 18, "$"), (0, 26, 0, 26, "$"))
        self.assertEqual(len(self.check(client, "I saw teh cat. We $recieve$ it.\n",
                                        text_format="latex")), 1)
        client.change(URI, (0, 26, 0, 27, ""), (0, 18, 0, 19, ""))
        self.assertEqual(len(self.check(client, "I saw teh cat. We recieve it.\n",
                                        text_format="latex")), 2)

    def test_every_program(self):
        """All names that the service has for programs are those of editors, and the reverse."""
        names = names_of_service()
        self.assertGreater(len(names), 100)
        own = (ROOT / "plugin" / "lsp" / "formats.c").read_text(encoding="utf-8")
        programs = re.findall(r'"([^"]+)"', own.split("programs[] = {")[1].split("NULL,")[0])
        self.assertEqual(sorted(programs), sorted(set(names) - {"html", "tex"}))

    def test_no_text(self):
        """What is no known kind of text is left alone, unless the settings say how it is."""
        client = self.session(settings={"formats": {"mymarkup": "markdown", "python": "off"}})
        client.open("file:///home/writer/a.bin", PLAIN, "hexdump")
        client.open("file:///home/writer/a.py", PYTHON, "python")
        client.open(URI, MARKDOWN, "mymarkup")
        self.check(client, MARKDOWN, text_format="markdown")
        for uri in ("file:///home/writer/a.bin", "file:///home/writer/a.py"):
            self.assertEqual(client.diagnostics.get(uri, {"diagnostics": []})["diagnostics"], [])


if __name__ == "__main__":
    tap.main()

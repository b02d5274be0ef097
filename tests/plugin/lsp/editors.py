# SPDX-License-Identifier: LGPL-2.1-or-later
"""What tests of editors share: the setup that the manual shows, and what `proof` finds.

Environment: PROOFD_LSP: the language server; the rest as case.py.
"""

import json
import os
import re
import shutil
from pathlib import Path

from case import BusCase

LSP = Path(os.environ["PROOFD_LSP"])
PAGE = Path(__file__).resolve().parents[3] / "docs" / "lsp.md"

TEXT = """I recieve it every days.
She go to school. 😀 He dont know teh answer.
This is fine.
"""
MARKDOWN = """# A titel

She go to `skool`, and *teh* cat sat.

    codd is not cheked
"""


def page_block(heading, language):
    """The first block of code in that language after the heading."""
    text = PAGE.read_text(encoding="utf-8").split(heading, 1)[1]
    return re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)[1]


class EditorCase(BusCase):
    """The language server is on PATH, as an installed one would be."""

    def setUp(self):
        super().setUp()
        bin_dir = self.dir / "bin"
        bin_dir.mkdir()
        (bin_dir / "proofd-lsp").symlink_to(LSP)
        self.env["PATH"] = f"{bin_dir}:{self.env['PATH']}"
        self.env["TMPDIR"] = str(self.dir)

    def findings(self, path):
        """What `proof` says: (line, column in characters, length in characters, rule, message)."""
        status = self.run_proof("--json", path)
        report, = json.loads(status.stdout)["files"]
        return sorted((f["line"], f["column"], f["length"], f["rule"], f["message"])
                      for f in report["findings"])


def needs(program):
    return shutil.which(program) is None, f"needs {program}"

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""page.py LOWDOWN PAGE.md PAGE.html - one page of the manual as HTML

lowdown makes the text; here it gets a head, the way back to the index, and links to other pages
that end in .html.
"""

import html
import re
import subprocess
import sys
from pathlib import Path

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<nav><a href="index.html">proofd</a></nav>
<main>
{text}</main>
</body>
</html>
"""


def title_of(source):
    """The first heading, without its markup."""
    return re.search(r"^# (.+)$", source, re.MULTILINE)[1].replace("`", "")


def main():
    lowdown, source, target = sys.argv[1:]
    text = subprocess.run([lowdown, "-Thtml", "--out-no-smarty", source], check=True,
                          stdout=subprocess.PIPE, encoding="utf-8").stdout
    text = re.sub(r'(<a href="[\w-]+)\.md(#[^"]*)?"', r'\1.html\2"', text)
    title = title_of(Path(source).read_text(encoding="utf-8"))
    Path(target).write_text(PAGE.format(title=html.escape(title), text=text), encoding="utf-8")


if __name__ == "__main__":
    main()

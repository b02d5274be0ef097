#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tags.py HELP OUTPUT - the tags of a Vim help file, as :helptags writes them"""

import re
import sys
from pathlib import Path

TAG = re.compile(r"(?:(?<=\s)|^)\*([^\s*|]+)\*(?=\s|$)", re.MULTILINE)


def main(source, output):
    text = Path(source).read_text(encoding="utf-8")
    lines = [f"{tag}\t{Path(source).name}\t/*{tag}*\n" for tag in TAG.findall(text)]
    Path(output).write_text("".join(sorted(lines)), encoding="utf-8")


main(*sys.argv[1:])

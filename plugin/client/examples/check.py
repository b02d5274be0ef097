#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Finds what is wrong in a text; needs python3-gi and Proofd-1.typelib."""

import sys

import gi
gi.require_version("Proofd", "1")
from gi.repository import GLib, Proofd  # noqa: E402

text = sys.argv[1] if len(sys.argv) > 1 else "I recieve it."
client = Proofd.Client()
options = Proofd.Options(level="default", max_candidates=3)
try:
    findings = client.check("en_US", text, options, None)
except GLib.Error as error:
    print(error.message, file=sys.stderr)
    sys.exit(2)
for finding in findings:
    print(f"{finding.start}+{finding.length} {finding.message}")
sys.exit(1 if findings else 0)

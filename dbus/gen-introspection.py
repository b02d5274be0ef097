#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turns an introspection XML into a C header with one string for each interface.

Usage: gen-introspection.py INPUT.xml OUTPUT.h

org.proofd.Checker1 becomes PD_XML_ORG_PROOFD_CHECKER1. Comments and white space are left out.
"""

import sys
import xml.etree.ElementTree as ElementTree


def strip_space(element):
    """White space between elements is of no use on the bus."""
    for node in element.iter():
        node.text = None
        node.tail = None


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, target = sys.argv[1:]
    lines = ["/* Made by gen-introspection.py; do not edit. */", "#pragma once"]
    for interface in ElementTree.parse(source).getroot().findall("interface"):
        strip_space(interface)
        macro = "PD_XML_" + interface.get("name").upper().replace(".", "_")
        lines.append(f"#define {macro} \\")
        text = ElementTree.tostring(interface, encoding="unicode")
        parts = text.replace("><", ">\n<").split("\n")
        lines.append(" \\\n".join("    " + c_string(part) for part in parts))
    with open(target, "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turns the introspection XML into a man page in Markdown, for lowdown.

Usage: gen-page.py INPUT.xml EXAMPLES.md OUTPUT.md

The page is the XML's comments: the one above the root, and the one above each interface, method,
signal and property. gdbus-codegen writes pages too, but from comments of its own form. In one,
"@name: ..." and "Errors: ..." at the margin are entries, indented lines before these a table, and
"Name: ..." is how the comment of a member begins. EXAMPLES.md is put before the end as it is.
"""

import re
import sys
import textwrap
from xml.dom import minidom

SPECIAL = re.compile(r"([\\`*_\[\]<>#|~^$])")


def escaped(text):
    return SPECIAL.sub(r"\\\1", text)


def comment_above(node):
    """The text of the comment before a node, without its indentation; "" if there is none."""
    before = node.previousSibling
    while before is not None and before.nodeType == before.TEXT_NODE:
        before = before.previousSibling
    if before is None or before.nodeType != before.COMMENT_NODE:
        return ""
    first, _, rest = before.data.strip("\n").partition("\n")
    if first.startswith("  ") or not first.strip():
        return textwrap.dedent(before.data.strip("\n")).strip()
    return (first + "\n" + textwrap.dedent(rest)).strip()


def blocks_of(text):
    """("text" | "table" | "entry", lines) of a comment."""
    blocks, kind = [], None
    for line in text.split("\n"):
        if not line.strip():
            kind = None
            continue
        if re.match(r"@|Errors: ", line):
            kind = "entry"
            blocks.append((kind, [line]))
            continue
        indented = line.startswith("  ")
        wanted = kind if kind == "entry" and indented else "table" if indented else "text"
        if wanted != kind:
            blocks.append((wanted, []))
            kind = wanted
        blocks[-1][1].append(line)
    return blocks


def rendered(text):
    """Markdown of a comment."""
    parts = []
    for kind, lines in blocks_of(text):
        if kind == "table":
            parts.append(textwrap.indent(textwrap.dedent("\n".join(lines)), "    "))
            continue
        joined = " ".join(line.strip() for line in lines)
        if kind == "text":
            parts.append(escaped(joined))
            continue
        names, _, rest = joined.partition(": ")
        names = ", ".join(f"*{escaped(name.lstrip('@'))}*" for name in names.split(", "))
        parts.append(f"{names}\n: {escaped(rest)}")
    return "\n\n".join(parts)


def arguments(member, direction):
    return ", ".join(
        f"{escaped(arg.getAttribute('type'))} *{escaped(arg.getAttribute('name'))}*"
        for arg in member.getElementsByTagName("arg")
        if (arg.getAttribute("direction") or "in") == direction)


def signature(member):
    name = f"**{member.getAttribute('name')}**"
    if member.tagName == "property":
        return f"{name} ({escaped(member.getAttribute('type'))})"
    results = arguments(member, "out")
    return f"{name}({arguments(member, 'in')})" + (f" -\\> {results}" if results else "")


def members(interface, tag):
    found = []
    for member in interface.getElementsByTagName(tag):
        name = member.getAttribute("name")
        text = comment_above(member)
        for prefix in f"{name}: ", f"{name}, ":
            if text.startswith(prefix):
                text = text[len(prefix):]
                text = text[0].upper() + text[1:]
        found.append(f"## {name}\n\n{signature(member)}\n\n{rendered(text)}")
    return found


def page(document, examples):
    root = document.documentElement
    interfaces = root.getElementsByTagName("interface")
    name = interfaces[0].getAttribute("name")
    parts = [f"title: {name}\nsection: 5\nsource: proofd\n\n# NAME\n\n"
             f"{name} - how programs ask proofd over D-Bus",
             "# DESCRIPTION", rendered(comment_above(root))]
    for interface in interfaces:
        name = interface.getAttribute("name")
        above = comment_above(interface)
        for tag, title in ("method", "METHODS"), ("signal", "SIGNALS"), ("property", "PROPERTIES"):
            found = members(interface, tag)
            if found:
                parts += [f"# {title} OF {name}", *([rendered(above)] if above else []), *found]
                above = ""
    return "\n\n".join([*parts, examples.strip()]) + "\n"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    source, examples, target = sys.argv[1:]
    with open(examples, encoding="utf-8") as file:
        text = page(minidom.parse(source), file.read())
    with open(target, "w", encoding="utf-8") as out:
        out.write(text)


main()

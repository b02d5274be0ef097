#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an accessible program (a screen reader) learns of proof-editor; python3-gi, Atspi.

One question a line, in JSON, on standard input; the answer in JSON on standard output.
["text"], ["attributes", OFFSET], ["description"], ["caret"], ["focus"], ["names", ROLE],
["tree"]
"""

import json
import sys

import gi
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

PROGRAM = "proof-editor"


def walk(node):
    if node is None:
        return
    yield node
    for i in range(node.get_child_count()):
        yield from walk(node.get_child_at_index(i))


def windows():
    """Of the program, in the order that it has them."""
    desktop = Atspi.get_desktop(0)
    for i in range(desktop.get_child_count()):
        application = desktop.get_child_at_index(i)
        if application is not None and PROGRAM in (application.get_name() or ""):
            yield from walk(application)


def is_shown(node):
    return node.get_state_set().contains(Atspi.StateType.VISIBLE)


def find_text():
    for node in windows():
        if node.get_role() == Atspi.Role.TEXT and node.get_name() == "Text":
            return node
    raise LookupError("there is no text")


def describe(node):
    return {"role": node.get_role_name(), "name": node.get_name(),
            "description": node.get_description()}


def answer(question, *arguments):
    if question == "text":
        node = find_text()
        return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))
    if question == "attributes":
        attributes, start, end = Atspi.Text.get_attribute_run(find_text(), arguments[0], False)
        return [dict(attributes), start, end]
    if question == "caret":
        return Atspi.Text.get_caret_offset(find_text())
    if question == "description":
        return find_text().get_description()
    if question == "focus":
        return [describe(node) for node in windows()
                if node.get_state_set().contains(Atspi.StateType.FOCUSED)]
    if question == "names":
        return [node.get_name() for node in windows()
                if node.get_role_name() == arguments[0] and is_shown(node)]
    if question == "tree":
        return [describe(node) for node in windows() if is_shown(node)]
    raise LookupError(question)


def main():
    for line in sys.stdin:
        question = json.loads(line)
        try:
            reply = {"answer": answer(*question)}
        except (GLib.Error, LookupError) as error:  # gone meanwhile, or not there yet
            reply = {"error": str(error)}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""see.py underlines | place OFFSET | names | where NAME - what a screen reader sees, as JSON

underlines: [form, words] of each in the text that is shown; place: the middle of a character of it;
names: of all things that are shown; where: the middle of the last one that has the name, or null.
"""

import json
import sys

import gi
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402


def walk(thing):
    if thing is None:
        return
    yield thing
    try:
        children = [thing.get_child_at_index(i) for i in range(thing.get_child_count())]
    except GLib.Error:  # it has gone
        return
    for child in children:
        yield from walk(child)


def all_shown():
    for number in range(Atspi.get_desktop_count()):
        for thing in walk(Atspi.get_desktop(number)):
            try:
                if thing.get_state_set().contains(Atspi.StateType.SHOWING):
                    yield thing
            except GLib.Error:
                continue


def texts():
    for thing in all_shown():
        states = thing.get_state_set()
        if thing.get_role() == Atspi.Role.TEXT and states.contains(Atspi.StateType.MULTI_LINE):
            yield thing


def underlines():
    for thing in texts():
        offset, end = 0, Atspi.Text.get_character_count(thing)
        while offset < end:
            attributes, _first, last = Atspi.Text.get_attribute_run(thing, offset, False)
            form = attributes.get("underline", "none")
            if form != "none":
                yield [form, Atspi.Text.get_text(thing, offset, last)]
            offset = max(last, offset + 1)


def middle(box):
    return [box.x + box.width // 2, box.y + box.height // 2]


def place(offset):
    return middle(Atspi.Text.get_character_extents(next(texts()), offset, Atspi.CoordType.SCREEN))


def where(name):
    boxes = [Atspi.Component.get_extents(thing, Atspi.CoordType.SCREEN)
             for thing in all_shown() if thing.get_name() == name]
    return middle(boxes[-1]) if boxes and boxes[-1].width > 1 else None


COMMANDS = {
    "underlines": lambda: list(underlines()),
    "place": lambda offset: place(int(offset)),
    "names": lambda: [thing.get_name() for thing in all_shown()],
    "where": where,
}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))

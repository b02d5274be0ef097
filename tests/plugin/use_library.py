# SPDX-License-Identifier: LGPL-2.1-or-later
"""What test_library.py has Python do with libproofd; use_library.js is the same in JavaScript."""

import json
import sys

import gi
gi.require_version("Proofd", "1")
from gi.repository import GLib, Proofd  # noqa: E402

TEXT = sys.argv[1]


def rows(findings):
    return [[f.start, f.length, f.kind, f.rule, f.message, [c.text for c in f.candidates]]
            for f in findings]


def main():
    loop = GLib.MainLoop()
    client = Proofd.Client(deadline=120000)
    options = Proofd.Options(offsets="utf16", format="markdown", level="default",
                             max_candidates=3, words=["zorbulon"])
    out = {"options": [options.props.format, options.props.words, options.get_max_candidates()]}
    out["check"] = rows(client.check("en_US", TEXT, options, None))
    start, length = out["check"][0][:2]
    out["suggest"] = [c.text for c in client.suggest(None, TEXT, start, length, options, None)]
    why = client.explain(None, TEXT, start, 0, options, None)
    out["explain"] = [why.start, why.length, why.known, why.reason, len(why.contributions),
                      why.chances[0].name, why.pages[0].rule, rows(why.findings)]
    out["score"] = [score < 0 for score in client.score(None, ["I am.", "Am I are."], None)]
    client.connect("words-changed", lambda *_: (out.update(changed=True), loop.quit()))
    client.add_word("frobnicate", None)
    loop.run()
    out["words"] = client.get_words(None)
    try:
        client.remove_word("nonsense", None)
    except GLib.Error as error:
        out["error"] = [error.matches(Proofd.error_quark(), Proofd.Error.NOT_FOUND), error.message]

    def checked(client, result):
        out["async"] = rows(client.check_finish(result))
        loop.quit()
    client.check_async("en_US", TEXT, options, None, checked)
    loop.run()

    document = client.open("en_US", "", options, None)
    document.connect("changed", lambda *_: loop.quit())
    document.edit_async(0, 0, TEXT, None, None)
    loop.run()
    out["document"] = rows(document.find_all(None))
    document.ignore_finding(document.get_findings()[0], None)
    while len(document.get_findings()) == len(out["document"]):
        loop.run()
    out["ignored"] = rows(document.get_findings())
    out["version"] = client.get_service_properties(None)["Version"]
    print(json.dumps(out))


main()

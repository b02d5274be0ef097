# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names and terms: what is kept of a made-up corpus, and what is left out."""
import shutil

import pytest

from training import names
from training.names import Neighbours, shortened

SETTINGS = ("ratio=4", "far_ratio=8", "name_paragraphs=2", "term_paragraphs=2", "term_files=2",
            "listed_ratio=3", "listed_paragraphs=8")

# What stands in how many paragraphs of each of two files.
TEXT = (("we met old Zbigniewicz today", 3), ("we met old Zbignievicz today", 1),
        ("the daemon runs in zuserspace here", 3), ("the zuserspice of it", 1),
        ("we saw that the knowledge was kept", 20), ("the knowlegde of it", 2),
        ("it was zalot of work", 2), ("it was infact true", 2), ("it was in fact true", 9),
        ("zcorrected is what it was", 3), ("he speaks zerman now", 2), ("he speaks Zerman now", 4),
        ("then Zsmall and zsmall came", 3), ("only in one file: zlonely", 0),
        ("he is Klaus Resistable here", 2), ("it is resistible, is it not", 5),
        ("he is Walter Squrrel here", 2), ("the squirrel is here", 7),
        ("he is Doc Elefant here", 3), ("the elephant is here", 5),
        ("he is Ann Chldren here", 4), ("the children are here", 15),
        ("it was applicatoin of it", 2), ("the application of it", 7))
LISTED = """resistable->resistible
squrrel->squarrel, squirrel,
elefant->elephant
chldren->children
applicatoin->application
"""


@pytest.fixture(scope="module")
def listed(stage, tmp_path_factory):
    """The lines that the stage writes for TEXT."""
    if not shutil.which("hunspell"):
        pytest.skip("no hunspell")
    folder = tmp_path_factory.mktemp("names")
    lines = "".join(f"{text}, number {i}.\n" for text, n in TEXT for i in range(n))
    (folder / "a.txt").write_text(lines + "zlonely is here.\n" * 3)
    (folder / "b.txt").write_text(lines)
    (folder / "confusions.tsv").write_text("zcorrected\tcorrected\t5\nresistable\tx\t2\n")
    (folder / "misspellings.txt").write_text(LISTED)
    out = folder / "names.txt"
    with pytest.MonkeyPatch.context() as patch, open(out, "w", encoding="utf-8") as file:
        patch.setattr(names.sys, "stdout", file)
        sets = [word for setting in SETTINGS for word in ("--set", setting)]
        assert stage("names", "--confusions", folder / "confusions.tsv", "--misspellings",
                     folder / "misspellings.txt", *sets, folder / "a.txt", folder / "b.txt") == 0
    return out.read_text().splitlines()


def test_kept(listed):
    assert {"Zbigniewicz", "zuserspace", "zalot"} <= set(listed)
    assert {"Elefant", "Chldren"} <= set(listed)  # listed, but not so rare
    assert listed == sorted(listed, key=str.encode)


@pytest.mark.parametrize("word, why", [
    ("zcorrected", "people correct it"), ("knowlegde", "a slip away from a frequent word"),
    ("infact", "mostly written apart"), ("zerman", "has a capital more often"),
    ("Zsmall", "a name is hardly ever small"), ("zlonely", "in one file alone"),
    ("Resistable", "a misspelling, and people correct it"),
    ("Squrrel", "a misspelling of a more frequent word"), ("applicatoin", "the same"),
    ("knowledge", "in the dictionary")])
def test_left_out(listed, word, why):
    assert word not in listed, why


def test_neighbours():
    neighbours = Neighbours({"knowledge": 50, "house": 9}, 10)
    assert shortened("abc", 1) == {"abc", "bc", "ac", "ab"}
    assert neighbours.largest("knowlegde", 1) == 50
    assert neighbours.largest("knowlede", 1) == 50
    assert neighbours.largest("knowlegdee", 2) == 50
    assert neighbours.largest("knowledge", 1) == 0
    assert neighbours.largest("houses", 1) == 0

# SPDX-License-Identifier: LGPL-2.1-or-later
"""report: one page that loads nothing, Markdown tables, and what is missing is said."""
import json
import re
import shutil
from html.parser import HTMLParser

import pytest

from training.figures import number
from training.measures import gold_sets, score_findings
from training.report import marked

VOID = {"meta", "br", "path", "use"}
LOADING = {"script", "link", "iframe", "object", "embed", "img", "audio", "video", "source",
           "image", "base", "form"}


class Page(HTMLParser):
    """Elements, attributes that name another resource, and texts by element."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.loads, self.texts = [], set(), [], {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.loads += [(tag, name, value) for name, value in attrs
                       if name in ("src", "href", "xlink:href", "srcset", "data", "action")
                       and not value.startswith("#") or name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)


@pytest.fixture(scope="module")
def work(finetuned, pretrained, gold, corrupted, stage, tmp_path_factory):
    """Results of everything, except for levels."""
    folder = tmp_path_factory.mktemp("work")
    for run, source, names in (("finetune", finetuned, ("log.jsonl",)),
                               ("pretrain-ml", pretrained, ("log.jsonl", "diversity.jsonl"))):
        (folder / run).mkdir()
        for name in names:
            shutil.copy(source / name, folder / run)
    assert stage("evaluate", "network", finetuned / "best", "--sets", gold, "--held", corrupted,
                 "--out", folder / "evaluate" / "tiny.json") == 0
    assert stage("evaluate", "curve", finetuned / "snapshots", "--sets", gold,
                 "--out", folder / "evaluate" / "curve.json") == 0
    sets = {name: score_findings(records, [
        {"id": record["id"], "findings": [{"start": edit["start"], "end": edit["end"],
                                           "kind": "spelling", "replacements": ["the"]}
                                          for edit in record["edits"]]} for record in records])
        for name, records in gold_sets(gold).items()}
    (folder / "evaluate" / "product.json").write_text(json.dumps(
        {"level": "default", "systems": {"proofd": sets, "<others> & co | 2": sets}}))
    return folder


@pytest.fixture(scope="module")
def reported(work, stage):
    """(the page, the figures in Markdown)."""
    assert stage("report", work, "--out", work / "page.html", "--card", work / "card.md") == 0
    return (work / "page.html").read_text(), (work / "card.md").read_text()


def test_page_loads_nothing(reported):
    page = Page(reported[0])
    assert not page.loads and not page.tags & LOADING and not page.open
    assert not re.search(r"url\((?!#)|@import", reported[0])
    assert {"svg", "table", "mark"} <= page.tags


def test_page_has_all_parts(reported):
    page = Page(reported[0])
    assert page.texts["h2"] == [
        "The product, and others", "The network alone", "Learning curve", "Levels", "Calibration",
        "Confusion of kinds", "Fine-tuning", "Pretraining: generator and discriminator",
        "Diversity of the generator"]
    assert {"finetune", "pretrain-ml", "errors", "clean", "<others> & co | 2"} <= set(
        page.texts["td"])
    assert "teh" in page.texts["mark"]
    assert reported[0].count("<svg") == 6
    assert [line for line in reported[0].splitlines() if 'class="absent"' in line] == [
        '<p class="absent">no levels in evaluate/*.json</p>']


def test_markdown_tables(reported):
    blocks = re.findall(r"(?:^\|.*\n)+", reported[1], re.MULTILINE)
    assert len(blocks) > 6
    for block in blocks:
        rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in block.splitlines()]
        assert len({len(cells) for cells in rows}) == 1 and len(rows) > 2
        assert {cell.strip() for cell in rows[1]} == {"---"}
    assert re.search(r"^\| <others> & co \\\| 2 \| errors \| 1.000 \| 1.000 \| 1.000 \|",
                     reported[1], re.MULTILINE)
    assert "no levels in evaluate/*.json" in reported[1]


def test_figures_are_those_of_the_files(work, reported):
    point = json.loads((work / "evaluate" / "curve.json").read_text())[0]
    assert f"| 0.01 M | {number(point['threshold'], 2)} | {number(point['mean'])} |" in reported[1]
    lines = [json.loads(line) for line in (work / "finetune/log.jsonl").read_text().splitlines()]
    best = max(line["dev"]["f"] for line in lines if "dev" in line)
    assert re.search(rf"^\| finetune \| 0\.02 M \| {re.escape(number(lines[0]['loss']))} .*"
                     rf"\| {re.escape(number(best))} \|", reported[1], re.MULTILINE)


def test_same_results_same_page(work, stage, reported, tmp_path):
    assert stage("report", work, "--out", tmp_path / "page.html") == 0
    assert (tmp_path / "page.html").read_text() == reported[0]


def test_missing_parts_are_named(stage, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert stage("report", tmp_path / "empty", "--out", tmp_path / "page.html",
                 "--card", tmp_path / "card.md") == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 9
    for missing in ("finetune*/log.jsonl", "pretrain*/log.jsonl", "pretrain*/diversity.jsonl",
                    "no curve", "no network", "no product", "no levels"):
        assert any(missing in line for line in said), missing
        assert missing in (tmp_path / "card.md").read_text()
        assert missing in (tmp_path / "page.html").read_text()
    assert not Page((tmp_path / "page.html").read_text()).open


def test_bad_input(stage, tmp_path, capsys):
    assert stage("report", tmp_path / "none") == 2
    (tmp_path / "evaluate").mkdir()
    (tmp_path / "evaluate" / "broken.json").write_text("{")
    assert stage("report", tmp_path) == 2
    errors = capsys.readouterr().err.splitlines()
    assert "none" in errors[0] and "broken.json" in errors[1]


def test_marks():
    example = {"text": "a <b> teh", "words": [
        {"start": 0, "end": 1, "bad": True, "found": False, "chance": 0.1, "kind": "determiner"},
        {"start": 6, "end": 9, "bad": True, "found": True, "chance": 0.9, "kind": "spelling"}]}
    assert marked(example) == (
        '<mark class="missed" title="determiner, chance 0.10">a</mark> &lt;b&gt; '
        '<mark class="found" title="spelling, chance 0.90">teh</mark>')


@pytest.mark.parametrize("value, digits, text", [
    (None, 3, "-"), (0.1234, 3, ".123"), (0.1, 1, "0.1"), (12.0, 1, "12.0"), (1, 3, "1.000"),
    (-0.5, 2, "-0.50")])
def test_numbers(value, digits, text):
    assert number(value, digits) == text

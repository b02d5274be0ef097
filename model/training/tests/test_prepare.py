# SPDX-License-Identifier: LGPL-2.1-or-later
"""prepare: sentences from paragraphs, what is dropped, the split, arrays, resuming, packs."""
import json
import shutil
import tarfile

import numpy
import pytest

from training.prepare import PARTS, REASONS, Settings, cleaned, fault, near_key, split
from training.text import Arrays, Encoder

NAMES = [f"{part}/{name}" for part in PARTS
         for name in ("ids.npy", "types.npy", "starts.npy", "sources.npy", "sentences.txt")]


def lines_of(folder):
    return (folder / "sentences.txt").read_text().splitlines()


@pytest.mark.parametrize("sentences", [
    ["It rained.", "We left at 5 p.m. and came back.", "Why?"],
    ["Mr. Smith met Dr. J. R. Brown, e.g. in St. Paul.", "They spoke."],
    ["“Go on!” she said.", "“It is late.”", "He went."],
    ["The U.S. Congress met.", "It sat in the U.S.", "The law passed."],
    ["Is it version 2.6.16?", "No."],
    ["She saw No. 7 and said no.", "They agreed."],
    ["Wait...", "He is here."],
    ["Wait, she said... and left."]])
def test_split(sentences):
    assert split(" ".join(sentences)) == sentences


def test_cleaned():
    assert cleaned("• a\u00ad  cafe\u0301\u200b \t b\u0007") == "a café b"


@pytest.mark.parametrize("sentence, reason", [
    ("This is a plain sentence.", None),
    ("\"He can't do it.\"", None),
    ("On 15 February 2013, it was seen in 10,000 towns.", None),
    ("Too short here.", "short"),
    ("and so on " * 20, "long"),
    ("See the <b>bold</b> word in it.", "markup"),
    ("The word (Persian: ) is from the east.", "markup"),
    ("It is at https://example.org for you.", "markup"),
    ("The majority of the and the others left.", "faulty"),
    ("It is an very old and a quiet house.", "faulty"),
    ("It is an hour to a one-way street of the city.", None),
    ("It was 12:30 - 14:45 + 11/12/13 (#4).", "symbols"),
    ("William Faversham And James Hackett Played Romeo There.", "names"),
    ("Wir wissen nicht viel davon, sagte sie.", "language"),
    ("Это предложение is in another language.", "language")])
def test_fault(sentence, reason):
    assert fault(sentence, Settings()) == reason


def test_near_key():
    assert near_key("In 1984, we left!") == near_key("in 2013 we  left.")
    assert near_key("We left.") != near_key("We felt.")


def test_split_by_document(prepared, corpus):
    train, held = (set(lines_of(prepared / part)) for part in PARTS)
    assert train and held and not train & held
    for source in corpus.iterdir():
        paragraphs = source.read_text().splitlines()
        for i in range(0, len(paragraphs), 5):
            block = {sentence for line in paragraphs[i:i + 5] for sentence in split(line)}
            assert not (block & train and block & held)


def test_arrays_match_sentences(prepared, vocabulary):
    encoder = Encoder(vocabulary)
    names = json.loads((prepared / "statistics.json").read_text())["names"]
    for part in PARTS:
        folder = prepared / part
        arrays, sentences = Arrays(folder), lines_of(folder)
        assert len(arrays) == len(sentences) == len(numpy.load(folder / "sources.npy"))
        assert numpy.load(folder / "sources.npy").max() < len(names)
        for i, (ids, types, _, _) in enumerate(encoder.encode(sentences)):
            assert arrays[i][0].tolist() == ids and arrays[i][1].tolist() == types


def test_statistics_add_up(prepared):
    statistics = json.loads((prepared / "statistics.json").read_text())
    for row in [*statistics["sources"].values(), statistics["all"]]:
        assert row["sentences"] == sum(row[name] for name in (*PARTS, *REASONS))
    for part in PARTS:
        assert statistics["all"][part] == len(lines_of(prepared / part))
    assert statistics["all"]["tokens"] == sum(len(Arrays(prepared / part).ids) for part in PARTS)


def test_duplicates_and_quota(corpus, stage, tmp_path):
    twice = tmp_path / "twice"
    twice.mkdir()
    shutil.copy(corpus / "tales.txt", twice / "tales.txt")
    (twice / "again.txt").write_text((corpus / "tales.txt").read_text().upper().lower())
    assert stage("prepare", "--corpus", twice, "--out", tmp_path / "out", "--set", "block=5",
                 "--set", "fragment_share=1", "--set", "sentences=40",
                 "--set", "held_share=0") == 0
    sentences = lines_of(tmp_path / "out" / "train")
    assert len({near_key(sentence) for sentence in sentences}) == len(sentences) <= 40
    assert not lines_of(tmp_path / "out" / "held")


def test_exclude(prepared, corpus, stage, tmp_path):
    away = lines_of(prepared / "train")[:20]
    (tmp_path / "texts.txt").write_text("\n".join(away[:10]) + "\n")
    (tmp_path / "more.jsonl").write_text(json.dumps({"text": " ".join(away[10:])}) + "\n")
    assert stage("prepare", "--corpus", corpus, "--out", tmp_path / "out", "--set", "block=5",
                 "--set", "per_source_share=1", "--exclude", tmp_path / "texts.txt",
                 "--exclude", tmp_path / "more.jsonl") == 0
    kept = {line for part in PARTS for line in lines_of(tmp_path / "out" / part)}
    assert kept and not kept & set(away)


def test_resumed_run_is_equal(prepared, corpus, stage, tmp_path):
    shutil.copytree(prepared / "parts", tmp_path / "parts")
    (tmp_path / "parts" / "tales").rename(tmp_path / "parts" / "tales.unfinished")
    words = ["prepare", "--corpus", corpus, "--out", tmp_path, "--set", "block=5",
             "--set", "held_share=0.2"]
    assert stage(*words) == 2  # other settings
    assert stage(*words, "--set", "per_source_share=1") == 0
    for name in [*NAMES, "statistics.json"]:
        assert (tmp_path / name).read_bytes() == (prepared / name).read_bytes(), name


@pytest.mark.parametrize("ending", ["tar", "tar.xz"])
def test_pack(prepared, corpus, stage, tmp_path, ending):
    out, pack = tmp_path / "out", tmp_path / f"pack.{ending}"
    shutil.copytree(prepared, out)
    limit = 0.03 if ending == "tar" else 0.005
    assert stage("prepare", "--corpus", corpus, "--out", out, "--set", "block=5", "--set",
                 "held_share=0.2", "--set", "per_source_share=1", "--set", f"pack_mib={limit}",
                 "--pack", pack) == 0
    assert pack.stat().st_size <= limit * 2 ** 20
    with tarfile.open(pack) as tar:
        tar.extractall(tmp_path / "unpacked", filter="data")
    whole, some = lines_of(out / "train"), lines_of(tmp_path / "unpacked" / "train")
    assert 0 < len(some) < len(whole) and set(some) <= set(whole)
    arrays, all_arrays = Arrays(tmp_path / "unpacked" / "train"), Arrays(out / "train")
    for i, sentence in enumerate(some):
        assert arrays[i][0].tolist() == all_arrays[whole.index(sentence)][0].tolist()


def test_bad_input(corpus, stage, tmp_path, capsys):
    assert stage("prepare", "--corpus", tmp_path, "--out", tmp_path / "out") == 2
    assert stage("prepare", "--corpus", corpus, "--out", tmp_path / "out",
                 "--vocabulary", tmp_path / "none") == 2
    (tmp_path / "broken.txt.zst").write_bytes(b"not zstd")
    assert stage("prepare", "--corpus", tmp_path, "--out", tmp_path / "out") == 2
    errors = capsys.readouterr().err.splitlines()
    assert "no NAME.txt" in errors[0] and "none" in errors[1] and "broken.txt.zst" in errors[-1]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""ngrams: ids of tokens, counts, what is kept, and the file, read back as ../../FORMAT.md says."""
import json
import math
import struct

import numpy
import pytest

from training import ngrams
from training.ngrams import (CAPITAL, COMMA, END, FIRST_WORD, LOWER, MARK, NUMBER, PAIR, START,
                             Settings)

WORDS = ["the", "cat", "sat", "it's", "on"]
NUMBERS = {word: FIRST_WORD + i for i, word in enumerate(WORDS)}
THE, CAT, SAT, ITS, ON = NUMBERS.values()


class File:
    """ngrams.bin."""

    def __init__(self, path):
        self.bytes = path.read_bytes()
        self.magic = self.bytes[:8]
        self.n_words, self.bits, self.n, self.hash = struct.unpack_from("<IIII", self.bytes, 8)
        at = 24
        parts = []
        for kind, count in (("<f4", FIRST_WORD + self.n_words), ("<u4", 2 ** self.bits + 1),
                            ("<u2", self.n), ("u1", self.n)):
            parts.append(numpy.frombuffer(self.bytes, kind, count, at))
            at += parts[-1].nbytes
        self.log_counts, self.offsets, self.prints, self.values = parts
        self.length = at

    def log_count(self, *ids):
        """Of a pair or a triple; None: it is not in the file."""
        ids = (0xffff, *ids)[-3:]
        key = mixed(ids[0] << 32 | ids[1] << 16 | ids[2])
        bucket = key >> (64 - self.bits)
        for i in range(self.offsets[bucket], self.offsets[bucket + 1]):
            if self.prints[i] == key & 0xffff:
                return self.values[i] * math.log(2) / 10
        return None


def mixed(key):
    for shift, factor in ((30, 0xbf58476d1ce4e5b9), (27, 0x94d049bb133111eb)):
        key = (key ^ key >> shift) * factor % 2 ** 64
    return key ^ key >> 31


def counts_of(sentences, **settings):
    """count_all() of sentences of ids, as dictionaries."""
    ids = numpy.array([i for sentence in sentences for i in (START, *sentence, END)], numpy.uint16)
    settings = Settings(**{"least_pairs": 1, "least_triples": 1, **settings})
    ones, pairs, triples = ngrams.count_all(ids, FIRST_WORD + len(WORDS), settings)
    return ones, *(dict(zip(keys.tolist(), counts.tolist())) for keys, counts in (pairs, triples))


def test_ids():
    text = "The CAT, it’s 1,000.5 on Zork zork – é!"
    assert ngrams.ids_of(text, NUMBERS) == [START, THE, CAT, COMMA, ITS, NUMBER, ON, CAPITAL,
                                            LOWER, MARK, MARK, MARK, END]
    assert ngrams.ids_of("", NUMBERS) == [START, END]


def test_counts():
    ones, pairs, triples = counts_of([(THE, CAT, SAT), (THE, CAT), (CAT,)])
    assert [ones[i] for i in (START, END, THE, CAT, SAT)] == [3, 3, 2, 3, 1]
    assert pairs == {START << 16 | THE: 2, START << 16 | CAT: 1, THE << 16 | CAT: 2,
                     CAT << 16 | SAT: 1, CAT << 16 | END: 2, SAT << 16 | END: 1}
    assert triples == {START << 32 | THE << 16 | CAT: 2, START << 32 | CAT << 16 | END: 1,
                       THE << 32 | CAT << 16 | SAT: 1, THE << 32 | CAT << 16 | END: 1,
                       CAT << 32 | SAT << 16 | END: 1}
    _, pairs, triples = counts_of([(THE, CAT, SAT), (THE, CAT), (CAT,)], least_pairs=2,
                                  least_triples=2)
    assert set(pairs.values()) == {2} and set(triples.values()) == {2}


def test_pruning():
    """What follows from the shorter ones goes; a triple keeps the pair that it begins with."""
    ones = numpy.ones(FIRST_WORD + len(WORDS))
    ones[[THE, CAT, SAT, ON]] = 1000
    alone = math.log(0.4 * 1000.5 / ones.sum())
    expected = round(1000 * math.exp(alone))  # as often as THE without a pair would have it
    pairs = {THE << 16 | CAT: 900, THE << 16 | SAT: expected, THE << 16 | ON: expected,
             CAT << 16 | SAT: 500}
    triples = {THE << 32 | CAT << 16 | SAT: round(900 * 0.4 * 0.5),  # as (CAT SAT) has it
               THE << 32 | SAT << 16 | ON: expected - 1}  # nearly always

    def arrays(table):
        keys = numpy.array(sorted(table), numpy.uint64)
        return keys, numpy.array([table[key] for key in sorted(table)], float)

    kept, kept3 = ngrams.pruned(ones, arrays(pairs), arrays(triples), 16)
    assert set(kept[0].tolist()) == {THE << 16 | CAT, THE << 16 | SAT, CAT << 16 | SAT}
    assert kept3[0].tolist() == [THE << 32 | SAT << 16 | ON]
    assert kept3[1].tolist() == [expected - 1]


def test_hashes():
    keys = [0, 1, PAIR | THE << 16 | CAT, 2 ** 64 - 1]
    assert ngrams.mixed(numpy.array(keys, numpy.uint64)).tolist() == [mixed(key) for key in keys]
    assert ngrams.words_hash([]) == 0x811c9dc5
    assert ngrams.words_hash(["foobar"]) == (0xbf9cf968 ^ ord("\n")) * 0x01000193 & 0xffffffff


def test_file_has_the_counts(tmp_path):
    draw = numpy.random.default_rng(1)
    pairs = {int(a) << 16 | int(b): float(n) for a, b, n in draw.integers(1, 60, (500, 3))}
    triples = {(int(a) << 16 | int(b)) << 16 | int(c): float(n)
               for a, b, c, n in draw.integers(1, 60, (500, 4))}
    triples[THE << 32 | CAT << 16 | SAT] = 2.0 ** 40  # more than the file can say
    ones = draw.integers(0, 9, FIRST_WORD + len(WORDS)).astype(float)
    ngrams.write(tmp_path / "ngrams.bin", WORDS, ones, *(
        (numpy.array(list(table), numpy.uint64), numpy.array(list(table.values())))
        for table in (pairs, triples)))
    file = File(tmp_path / "ngrams.bin")
    assert (file.magic, file.n_words, file.n) == (b"PDNGRAM1", len(WORDS),
                                                  len(pairs) + len(triples))
    assert file.length == len(file.bytes) and file.hash == ngrams.words_hash(WORDS)
    assert file.offsets[0] == 0 and file.offsets[-1] == file.n
    assert (numpy.diff(file.offsets.astype(int)) >= 0).all()
    assert file.log_counts == pytest.approx(numpy.log(ones + 0.5), abs=1e-6)
    assert file.values.max() == 255
    del triples[THE << 32 | CAT << 16 | SAT]
    wrong = [key for table in (pairs, triples) for key, count in table.items()
             if abs(file.log_count(*ids_in(key)) - math.log(count)) > math.log(2) / 20 + 1e-9]
    assert len(wrong) <= 1  # two keys may share bucket and print


def ids_in(key):
    """Of a pair's or a triple's key."""
    ids = (key >> 32, key >> 16 & 0xffff, key & 0xffff)
    return ids if ids[0] else ids[1:]


@pytest.fixture(scope="module")
def made(corpus, stage, tmp_path_factory):
    """Runs the stage on the corpus: made(...) gives the file."""
    folder = tmp_path_factory.mktemp("ngrams")
    words = ["the", "to", "village", "walks", "nobody", "knew", "why"]
    (folder / "words.tsv").write_text("".join(f"{word}\t9\n" for word in words))

    def run(*more):
        assert stage("ngrams", "--corpus", corpus, "--words", folder / "words.tsv", "--out",
                     folder / "ngrams.bin", "--set", "least_surprise=1", *more) == 0
        return File(folder / "ngrams.bin"), {w: FIRST_WORD + i for i, w in enumerate(words)}
    return run


def test_stage(made, corpus, capsys):
    file, ids = made()
    text = (corpus / "tales.txt").read_text() + (corpus / "letters.txt").read_text()
    for phrase in ("the village", "nobody knew why"):
        count = text.count(phrase)
        assert count > 20
        assert file.log_count(*(ids[word] for word in phrase.split())) == pytest.approx(
            math.log(count), abs=0.05)
    assert math.exp(file.log_counts[ids["why"]]) == pytest.approx(
        text.lower().count("why") + 0.5, rel=0.01)
    assert file.log_count(ids["village"], ids["nobody"]) is None
    assert "tokens; kept" in capsys.readouterr().out
    assert made("--set", "processes=1")[0].bytes == file.bytes


def test_gold_sentences_are_left_out(made, corpus, tmp_path):
    sentence = next(line for line in (corpus / "tales.txt").read_text().splitlines()
                    if "." in line).split(". ")[0].rstrip(".") + "."
    (tmp_path / "gold.jsonl").write_text(json.dumps({"text": sentence}) + "\n")
    all_of_it, _ = made()
    without, _ = made("--exclude", tmp_path / "gold.jsonl")
    assert math.exp(without.log_counts[START]) < math.exp(all_of_it.log_counts[START]) - 0.9

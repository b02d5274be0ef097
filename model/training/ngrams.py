# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes ngrams.bin: how often pairs and triples of words follow each other in good English, as
much of it as says more than the single words do. ../FORMAT.md has the form of the file.

CORPUS holds NAME.txt.zst or NAME.txt, one paragraph a line. Pairs and triples that were seen
often enough are kept if their probability differs from what the shorter ones predict: count times
the difference of log probabilities at least `least_surprise` (Stolcke 1998, without his weights).
Probabilities are those of "stupid backoff" (Brants et al. 2007).
"""
import multiprocessing
import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy
from tqdm import tqdm

from .prepare import keys_of_file, near_key, sources_of, split
from .settings import key
from .words import first_fields, open_text

# As in daemon/engine/ngrams.c.
TOKEN = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*|[0-9][0-9.,]*|[^\sA-Za-z0-9]")
START, END, LOWER, CAPITAL, NUMBER, COMMA, MARK, FIRST_WORD = 1, 2, 3, 4, 5, 6, 7, 8
BACKOFF = 0.4
MAGIC = b"PDNGRAM1"
PER_BUCKET = 16
STEPS_PER_OCTAVE = 10  # of a count, in the file
PAIR = 0xffff << 32  # where a pair has no first word of three


@dataclass(frozen=True)
class Settings:
    least_pairs: int = key(3, "times that a pair must occur")
    least_triples: int = key(3, "times that a triple must occur")
    least_surprise: float = key(16.0, "nats by which all of its occurrences must surprise")
    processes: int = key(2, "processes that read the corpus")


def add_arguments(parser):
    parser.add_argument("--corpus", required=True, metavar="DIR", type=Path)
    parser.add_argument("--words", required=True, metavar="WORDS.tsv",
                        help="the words that count; the file that ships beside ngrams.bin")
    parser.add_argument("--exclude", metavar="FILE", type=Path, action="append", default=[],
                        help="as in prepare: gold sets, whose sentences are left out")
    parser.add_argument("--out", required=True, metavar="ngrams.bin")


def ids_of(text, numbers):
    """Ids of a sentence, with START and END. `numbers`: {word: id}."""
    ids = [START]
    for token in TOKEN.findall(text.replace("’", "'")):
        first = token[0]
        if first.isalpha() and first.isascii():
            ids.append(numbers.get(token.lower()) or (CAPITAL if first.isupper() else LOWER))
        elif first.isdigit() and first.isascii():
            ids.append(NUMBER)
        else:
            ids.append(COMMA if token == "," else MARK)
    ids.append(END)
    return ids


def ids_of_file(work):
    """All ids of one source, as uint16."""
    path, words, excluded = work
    numbers = {word: FIRST_WORD + i for i, word in enumerate(words)}
    parts, ids = [], []
    with open_text(path) as lines:
        for paragraph in lines:
            for sentence in split(paragraph.strip()):
                if not excluded or near_key(sentence) not in excluded:
                    ids += ids_of(sentence, numbers)
            if len(ids) > 4_000_000:
                parts.append(numpy.array(ids, numpy.uint16))
                ids = []
    parts.append(numpy.array(ids, numpy.uint16))
    return numpy.concatenate(parts)


def counted(keys, least):
    """(keys, counts) of those that occur `least` times; `keys` is sorted in place."""
    keys.sort()
    first = numpy.flatnonzero(numpy.concatenate([[True], keys[1:] != keys[:-1]]))
    counts = numpy.diff(numpy.append(first, len(keys)))
    return keys[first[counts >= least]], counts[counts >= least].astype(float)


def found(keys, counts, wanted):
    """The count of each wanted key, or 0."""
    at = numpy.minimum(numpy.searchsorted(keys, wanted), len(keys) - 1)
    return numpy.where(keys[at] == wanted, counts[at], 0.0)


def count_all(ids, n_ids, settings):
    """Counts of the ids (float, [n_ids]), (keys, counts) of pairs, and of triples."""
    ids = ids.astype(numpy.uint64)
    ones = numpy.bincount(ids.astype(numpy.int64), minlength=n_ids).astype(float)
    inside = ids != END  # nothing follows the end of a sentence
    pairs = (ids[:-1] << numpy.uint64(16) | ids[1:])[inside[:-1]]
    both = inside[:-2] & inside[1:-1]
    triples = (ids[:-2] << numpy.uint64(32) | ids[1:-1] << numpy.uint64(16) | ids[2:])[both]
    return ones, counted(pairs, settings.least_pairs), counted(triples, settings.least_triples)


def pruned(ones, pairs, triples, least_surprise):
    """Those pairs and triples that say more than shorter ones; a kept triple keeps its pair."""
    low = numpy.uint64(0xffff)
    alone = numpy.log(BACKOFF * (ones + 0.5) / ones.sum())
    keys, counts = pairs
    first, last = (keys >> numpy.uint64(16)).astype(int), (keys & low).astype(int)
    surprise = counts * abs(numpy.log(counts / ones[first]) - alone[last])
    keys3, counts3 = triples
    context, tail = keys3 >> numpy.uint64(16), keys3 & numpy.uint64(0xffffffff)
    before, shorter = found(keys, counts, context), found(keys, counts, tail)
    middle, last = (tail >> numpy.uint64(16)).astype(int), (tail & low).astype(int)
    predicted = numpy.log(BACKOFF) + numpy.where(
        shorter > 0, numpy.log(numpy.maximum(shorter, 1) / ones[middle]), alone[last])
    surprise3 = counts3 * abs(numpy.log(counts3 / numpy.maximum(before, 1)) - predicted)
    kept3 = (surprise3 >= least_surprise) & (before > 0)
    kept = (surprise >= least_surprise) | numpy.isin(keys, numpy.unique(context[kept3]))
    return (keys[kept], counts[kept]), (keys3[kept3], counts3[kept3])


def mixed(keys):
    """splitmix64's finaliser."""
    keys = keys ^ (keys >> numpy.uint64(30))
    keys = keys * numpy.uint64(0xbf58476d1ce4e5b9)
    keys = keys ^ (keys >> numpy.uint64(27))
    keys = keys * numpy.uint64(0x94d049bb133111eb)
    return keys ^ (keys >> numpy.uint64(31))


def words_hash(words):
    """FNV-1a, 32 bits, of the words, a line each."""
    value = 0x811c9dc5
    for byte in "".join(f"{word}\n" for word in words).encode():
        value = (value ^ byte) * 0x01000193 & 0xffffffff
    return value


def write(path, words, ones, pairs, triples):
    keys = numpy.concatenate([pairs[0] | numpy.uint64(PAIR), triples[0]])
    counts = numpy.concatenate([pairs[1], triples[1]])
    bits = max(1, (len(keys) // PER_BUCKET).bit_length())
    hashes = mixed(keys)
    order = numpy.argsort(hashes, kind="stable")
    hashes, counts = hashes[order], counts[order]
    buckets = (hashes >> numpy.uint64(64 - bits)).astype(numpy.int64)
    offsets = numpy.concatenate([[0], numpy.cumsum(numpy.bincount(buckets, minlength=1 << bits))])
    values = numpy.rint(STEPS_PER_OCTAVE * numpy.log2(counts)).clip(max=255).astype(numpy.uint8)
    with open(path, "wb") as file:
        file.write(MAGIC + struct.pack("<IIII", len(words), bits, len(keys), words_hash(words)))
        file.write(numpy.log(ones + 0.5).astype("<f4").tobytes())
        file.write(offsets.astype("<u4").tobytes())
        file.write((hashes & numpy.uint64(0xffff)).astype("<u2").tobytes())
        file.write(values.tobytes())


def run(arguments, settings):
    words = first_fields(arguments.words)
    excluded = set().union(*map(keys_of_file, arguments.exclude))
    files = sorted(sources_of(arguments.corpus).values(), key=lambda path: -path.stat().st_size)
    work = [(path, words, excluded) for path in files]
    with multiprocessing.get_context("fork").Pool(settings.processes) as pool:
        ids = numpy.concatenate(list(tqdm(pool.imap_unordered(ids_of_file, work), unit="file",
                                          total=len(work), disable=None)))
    ones, pairs, triples = count_all(ids, FIRST_WORD + len(words), settings)
    pairs, triples = pruned(ones, pairs, triples, settings.least_surprise)
    write(Path(arguments.out), words, ones, pairs, triples)
    print(f"{len(ids):,} tokens; kept {len(pairs[0]):,} pairs and {len(triples[0]):,} triples")
    return 0

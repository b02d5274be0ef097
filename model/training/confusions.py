# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes confusions.tsv to standard output: which word people wrote for which other word, counted
in real corrections.

CORRECTIONS: a JSON object a line with "before", "after" and "repo", one corrected sentence each;
as it is or compressed with zstd (.zst). Counted are changes of one word (or one word written as
two, or two as one), a word missing or a word too many, letter case apart. A pair is kept if it was
corrected in two repositories or more, or in one and both words are frequent; frequent words that
are confused one way are taken to be confused the other way too, half as often. Each word keeps its
most frequent corrections. Frequent words that sound the same in espeak-ng's American English,
stress apart, or but for one phoneme where one of them has an apostrophe, are added with count 1.

Each line: wrong TAB right TAB count, sorted. "" as wrong: the word was missing; "" as right: it
was too many.
"""
import collections
import difflib
import json
import re
import subprocess
import sys
from dataclasses import dataclass

from tqdm import tqdm

from .people import read
from .settings import key
from .words import first_fields

WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*|[^\sA-Za-z]")


@dataclass(frozen=True)
class Settings:
    frequent: int = key(8000, "how many words of --words count as frequent")
    sounding: int = key(20000, "how many of them are compared by their sound")
    per_word: int = key(12, "corrections kept for a word")
    least_made: int = key(2, "times that an error must be in --made")


def words(text):
    return [w.lower().replace("’", "'") for w in WORD.findall(text)]


def is_word(text):
    return bool(re.fullmatch(r"[a-z]+(?:'[a-z]+)*", text))


def changes(before, after):
    """(wrong, right) of each change that is small enough to be one correction."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for op, i, j, k, m in matcher.get_opcodes():
        wrong, right = before[i:j], after[k:m]
        if op == "equal" or len(wrong) + len(right) > 3 or max(len(wrong), len(right)) > 2:
            continue
        if not all(map(is_word, wrong + right)):
            continue
        yield " ".join(wrong), " ".join(right)


def sounds(frequent):
    """The frequent words' IPA, stress left out, in their order."""
    run = subprocess.run(["espeak-ng", "-q", "--ipa", "-v", "en-us", "--stdin"], text=True,
                         input="".join(f"{w}\n\n" for w in frequent), check=False,
                         capture_output=True)
    if run.returncode:
        raise ValueError(f"espeak-ng: {run.stderr.strip()}")
    return [re.sub("[ˈˌ ]", "", line) for line in run.stdout.split("\n")[: len(frequent)]]


def homophones(frequent):
    """Pairs of frequent words that sound the same, or nearly so where one has an apostrophe."""
    by_sound = collections.defaultdict(list)
    for word, sound in zip(frequent, sounds(frequent)):
        by_sound[sound].append(word)
        if "'" in word:  # they're: also without each one of its sounds
            for short in {sound[:i] + sound[i + 1:] for i in range(len(sound))}:
                by_sound[short].append(word)
    for group in by_sound.values():
        for wrong in group:
            for right in group:
                if wrong != right and ("'" in wrong + right or len(group) <= 6):
                    yield wrong, right


def count_changes(paths):
    """Counter of (wrong, right), and the repositories each occurs in."""
    count, repos = collections.Counter(), collections.defaultdict(set)
    for record in read(tqdm(paths, unit="file", disable=None)):
        for pair in changes(words(record["before"]), words(record["after"])):
            count[pair] += 1
            repos[pair].add(record["repo"])
    return count, repos


def kept(count, repos, frequent, sounding):
    """Counter of the pairs that count as confusions, both ways and by sound."""
    known = set(frequent)
    result = collections.Counter()
    for (wrong, right), n in count.items():
        if len(repos[wrong, right]) > 1 or {wrong, right} <= known:
            result[wrong, right] += n
        if {wrong, right} <= known:
            result[right, wrong] += (n + 1) // 2
    for pair in homophones(sounding):
        result[pair] += 1
    return result


def made(path, least):
    """[(wrong, right)] of errors in sentences of `corrupt`, most frequent first; words that only
    come on the right side are for the engine to insert."""
    count = collections.Counter()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            for edit in record["edits"] if record["source"] == "synthetic" else ():
                wrong = words(record["text"][edit["start"]:edit["end"]])
                right = words(edit["right"])
                if wrong and right and edit["kind"] != "spelling" and max(
                        len(wrong), len(right)) <= 2 and all(map(is_word, wrong + right)):
                    count[" ".join(wrong), " ".join(right)] += 1
    return [pair for pair, n in count.most_common() if n >= least
            and not pair[1].startswith(pair[0] + " ") and not pair[1].endswith(" " + pair[0])]


def add_arguments(parser):
    parser.add_argument("--words", required=True, metavar="WORDS.tsv",
                        help="word TAB count, most frequent first: frequent words of the corpus")
    parser.add_argument("--made", metavar="SENTENCES.jsonl",
                        help="sentences of `corrupt`, whose errors are added with count 1, as many "
                        "to a word again")
    parser.add_argument("files", nargs="+", metavar="CORRECTIONS")


def run(arguments, settings):
    ranked = first_fields(arguments.words)
    single = [w for w in ranked if len(w) > 1 or w in "ai"]
    frequent, sounding = single[: settings.frequent], single[: settings.sounding]
    by_wrong = collections.defaultdict(list)
    for (wrong, right), n in kept(*count_changes(arguments.files), frequent,
                                   sounding).items():
        by_wrong[wrong].append((-n, right))
    lists = {wrong: sorted(pairs)[: settings.per_word] for wrong, pairs in by_wrong.items()}
    known = set(ranked)
    for wrong, right in made(arguments.made, settings.least_made) if arguments.made else ():
        pairs = lists.setdefault(wrong, [])
        if len(pairs) < 2 * settings.per_word and known.issuperset(f"{wrong} {right}".split()) \
                and all(right != other for _, other in pairs):
            pairs.append((-1, right))
    for wrong in sorted(lists):
        for n, right in sorted(lists[wrong]):
            sys.stdout.write(f"{wrong}\t{right}\t{-n}\n")
    return 0

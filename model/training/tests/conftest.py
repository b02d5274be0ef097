# SPDX-License-Identifier: LGPL-2.1-or-later
"""A tiny corpus and tiny corrections, made up by a grammar, for the tests of all stages.

Run from the folder `model`: python -m pytest training/tests
"""
import json
import random
import sys
from pathlib import Path

import pytest

MODEL = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(MODEL))

from training import __main__ as command  # noqa: E402
from training.networks import save, small_discriminator  # noqa: E402
from training.text import WORD  # noqa: E402

# Sizes of networks that are trained in a second.
TINY = {"layers": 2, "hidden": 32, "heads": 2, "intermediate": 64}
SENTENCES = 200
PAIRS = 60

PEOPLE = ("the teacher", "my sister", "an old farmer", "the young doctor", "our neighbour",
          "a child", "the captain", "her uncle")
DEEDS = (("walks", "walked", "to the village"), ("writes", "wrote", "a letter to her friends"),
         ("looks", "looked", "for the keys"), ("carries", "carried", "the boxes into the house"),
         ("listens", "listened", "to the story"), ("opens", "opened", "all the windows"),
         ("buys", "bought", "apples at the market"), ("finds", "found", "a path through the wood"))
TIMES = ("every morning", "before the rain came", "when the sun is high", "after a long day",
         "on Sundays", "because there was nothing else to do", "with great care", "in the winter")
FRAMES = ("{who} {does} {what} {when}.", "{who} {did} {what} {when}, and nobody knew why.",
          "It is said that {who} {did} {what} {when}.",
          "Why did they think that {who} {did} {what}?",
          "There was a time when {who} {did} {what} {when}.", "We know that {who} {does} {what}.")
# What people write for what: (right, wrong).
SLIPS = ((" the ", " teh "), (" to the ", " the "), (" that ", " than "), ("walked", "walk"),
         (" a ", " an "), ("letter", "leter"), (" the ", " the the "), ("opens", "open"),
         ("boxes", "box"), (" through ", " trough "), (" when ", " wen "), (" is ", " are "))


def made_up(count, seed):
    """Distinct sentences, a list."""
    chooser = random.Random(seed)
    sentences = {}
    while len(sentences) < count:
        does, did, what = chooser.choice(DEEDS)
        sentence = chooser.choice(FRAMES).format(
            who=chooser.choice(PEOPLE), does=does, did=did, what=what, when=chooser.choice(TIMES))
        sentences[sentence[0].upper() + sentence[1:]] = None
    return list(sentences)


def made_up_pairs(count, seed):
    """Corrections {"before", "after", "repo", "licence", "strong"}, a list."""
    chooser = random.Random(seed)
    pairs = []
    for sentence in made_up(4 * count, seed):
        right, wrong = chooser.choice([slip for slip in SLIPS if slip[0] in sentence]
                                      or [(".", "..")])
        pairs.append({"before": sentence.replace(right, wrong, 1), "after": sentence,
                      "repo": f"someone/docs-{len(pairs) % 6}", "licence": "CC0-1.0",
                      "strong": len(pairs) % 3 > 0})
    return pairs[:count]


@pytest.fixture(scope="session")
def vocabulary():
    """The vocabulary file of the English model."""
    return MODEL / "data" / "en" / "vocab.txt"


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    """A folder of two sources, tales.txt and letters.txt, together SENTENCES sentences, one or two
    a paragraph."""
    folder = tmp_path_factory.mktemp("corpus")
    sentences = made_up(SENTENCES, 1)
    for name, part in (("tales", sentences[:150]), ("letters", sentences[150:])):
        paragraphs = [" ".join(part[i:i + 2]) if i % 4 else part[i] + "\n" + part[i + 1]
                      for i in range(0, len(part), 2)]
        (folder / f"{name}.txt").write_text("\n".join(paragraphs) + "\n")
    return folder


@pytest.fixture(scope="session")
def corrections(tmp_path_factory):
    """A folder with pairs.jsonl, PAIRS corrections."""
    folder = tmp_path_factory.mktemp("corrections")
    lines = [json.dumps(pair) + "\n" for pair in made_up_pairs(PAIRS, 2)]
    (folder / "pairs.jsonl").write_text("".join(lines))
    return folder


@pytest.fixture(scope="session")
def stage():
    """Runs a stage as the command line does, in this process: stage("prepare", "--out", folder)
    gives the exit status."""
    def run(name, *words):
        words = ["training", name, *map(str, words)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", words)
            return command.main()
    return run


@pytest.fixture(scope="session")
def prepared(corpus, stage, tmp_path_factory):
    """What `prepare` makes of the corpus: folders train and held, blocks of 5 paragraphs."""
    out = tmp_path_factory.mktemp("prepared")
    assert stage("prepare", "--corpus", corpus, "--out", out, "--set", "block=5",
                 "--set", "held_share=0.2", "--set", "per_source_share=1") == 0
    return out


@pytest.fixture(scope="session")
def corrupt_into(prepared, corrections, vocabulary, stage, tmp_path_factory):
    """Runs `corrupt`, 400 sentences: corrupt_into(folder, "--set", ...) gives the exit status."""
    tables = tmp_path_factory.mktemp("tables")
    words = sorted({word.strip(".,?").lower() for sentence in made_up(SENTENCES, 1)
                    for word in sentence.split()} | {"walk", "box", "write", "an", "an", "are"})
    (tables / "words.tsv").write_text("".join(f"{word}\t3000\n" for word in words))
    (tables / "confusions.tsv").write_text("an\ta\t40\nfor\tto\t20\n\tthe\t50\nwalk\twalks\t9\n")

    def run(folder, *more):
        return stage("corrupt", "--clean", prepared / "train", "--corrections",
                     corrections / "pairs.jsonl", "--words", tables / "words.tsv", "--confusions",
                     tables / "confusions.tsv", "--vocabulary", vocabulary, "--out", folder,
                     "--set", "sentences=400", *more)
    return run


@pytest.fixture(scope="session")
def corrupted(corrupt_into, tmp_path_factory):
    """Labelled arrays and sentences.jsonl, 400 sentences."""
    out = tmp_path_factory.mktemp("errors")
    assert corrupt_into(out) == 0
    return out


@pytest.fixture(scope="session")
def small(vocabulary, tmp_path_factory):
    """A discriminator of TINY sizes with random weights."""
    folder = tmp_path_factory.mktemp("networks") / "small"
    save(small_discriminator(**TINY, embedding=32), vocabulary, folder)
    return folder


@pytest.fixture(scope="session")
def finetune_into(corrupted, small, stage):
    """Runs `finetune` on the 400 sentences: finetune_into(folder, "--set", ...) gives the exit
    status."""
    def run(folder, *more, start=small):
        return stage("finetune", "--train", corrupted, "--start", start, "--out", folder,
                     "--set", "tokens=20000", "--set", "batch_tokens=512", "--set", "log_steps=4",
                     "--set", "learning_rate=3e-3", "--set", "device=cpu", *more)
    return run


@pytest.fixture(scope="session")
def finetuned(finetune_into, corrupted, tmp_path_factory):
    """A run of `finetune` with --dev: best, last, snapshots/8000 and /16000, log.jsonl."""
    out = tmp_path_factory.mktemp("finetune")
    assert finetune_into(out, "--dev", corrupted, "--set", "dev_tokens=10000",
                         "--set", "snapshots=8000,16000") == 0
    return out


@pytest.fixture(scope="session")
def pretrain_into(prepared, vocabulary, stage):
    """Runs `pretrain` on the prepared sentences: pretrain_into(folder, "--set", ...) gives the exit
    status."""
    sizes = {"layers": 2, "width": 32, "heads": 2, "generator_layers": 1, "generator_width": 32,
             "tokens": 8000, "batch_tokens": 512, "learning_rate": 1e-2, "rtd_weight": 5,
             "generator_learning_rate": 1e-2, "log_steps": 2, "dev_tokens": 4000,
             "measured_sentences": 12, "temperatures": "0.7,1.3", "device": "cpu"}
    words = [word for pair in sizes.items() for word in ("--set", "{}={}".format(*pair))]

    def run(folder, *more):
        return stage("pretrain", "--train", prepared / "train", "--dev", prepared / "held",
                     "--vocabulary", vocabulary, "--out", folder, *words, *more)
    return run


@pytest.fixture(scope="session")
def pretrained(pretrain_into, tmp_path_factory):
    """A run of `pretrain`, 16000 tokens, snapshot at 4000, maximum likelihood, in float32."""
    out = tmp_path_factory.mktemp("pretrain")
    assert pretrain_into(out, "--set", "tokens=16000", "--set", "snapshots=4000",
                         "--set", "precision=fp32") == 0
    return out


def gold_record(name, number, text, wrong=(), repair=""):
    """A gold sentence in which the words at places `wrong`, next to each other, are one error."""
    tokens = [list(match.span()) for match in WORD.finditer(text)]
    edits = [{"start": tokens[wrong[0]][0], "end": tokens[wrong[-1]][1],
              "replacements": [repair]}] if wrong else []
    return {"id": f"{name}-{number}", "text": text, "tokens": tokens,
            "bad": [int(i in wrong) for i in range(len(tokens))], "edits": edits,
            **({"kinds": ["word"]} if wrong else {})}


@pytest.fixture(scope="session")
def gold(tmp_path_factory):
    """A folder with the gold sets errors.jsonl and clean.jsonl."""
    folder = tmp_path_factory.mktemp("gold")
    sets = {"clean": [gold_record("clean", i, text) for i, text in enumerate(made_up(20, 7))],
            "errors": []}
    for i, text in enumerate(made_up(30, 8)):
        if " the " in text:
            wrong = len(WORD.findall(text[:text.index(" the ")]))
            sets["errors"].append(gold_record("errors", i, text.replace(" the ", " teh ", 1),
                                              (wrong,), "the"))
        else:
            sets["errors"].append(gold_record("right", i, text))
    for name, records in sets.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records))
    return folder

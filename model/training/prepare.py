# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clean, distinct English sentences from a corpus of paragraphs, and arrays of their tokens.

CORPUS holds NAME.txt.zst or NAME.txt, one paragraph a line; each is a source. Paragraphs are split
into sentences, filtered, and de-duplicated over all sources. A source gives sentences in
proportion to its size to the power `balance`. Blocks of neighbouring paragraphs stand for
documents: a block is held out as a whole or not at all.

OUT/train and OUT/held get arrays of tokens, sentences.txt (a line each, in the same order) and
sources.npy (uint8, index into "names" of OUT/statistics.json). OUT/statistics.md is the same as a
table. OUT/parts/NAME is what one source gave; a run that was stopped goes on after the last one.
"""
import dataclasses
import hashlib
import io
import json
import math
import re
import shutil
import subprocess
import tarfile
import unicodedata
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy
from tqdm import tqdm

from .settings import key
from .text import MAX_TOKENS, ArrayWriter, Encoder

VOCABULARY = Path(__file__).resolve().parents[1] / "data" / "en" / "vocab.txt"
PARTS = ("train", "held")
ARRAYS = ("ids", "types")
REASONS = ("short", "long", "markup", "faulty", "symbols", "names", "language", "fragment",
           "duplicate", "surplus")
HELD_FROM = 10  # blocks; smaller sources are not held out
CHUNK = 1 << 20  # bytes read at once


@dataclass(frozen=True)
class Settings:
    sentences: int = key(1_500_000, "sentences for training, at most")
    balance: float = key(0.5, "a source's share goes with its size to this power; 1 is as it is")
    per_source_share: float = key(0.3, "the largest share of `sentences` from one source")
    min_words: int = key(4, "words of a sentence, at least")
    max_words: int = key(48, "words of a sentence, at most")
    fragment_share: float = key(0.1, "share kept of what begins in lower case or has no final mark")
    plain: float = key(0.75, "share of letters, digits and spaces, at least")
    stop_words: float = key(0.1, "share of a sentence's words that are the commonest of English")
    foreign_letters: float = key(0.05, "share of letters outside ASCII, at most")
    capitalised: float = key(0.7, "share of capitalised words, at most")
    block: int = key(200, "neighbouring paragraphs that are held out, or not, together")
    held_share: float = key(0.01, "share of each source's blocks that is held out")
    pack_mib: float = key(60.0, "size of the pack, at most")
    seed: int = key(1, "of the choice of blocks")


# Sentences ---------------------------------------------------------------------------------------

BREAK = re.compile(r"""([.!?…]+)(["'”’)\]]*)\s+(?=["'“‘(\[]*[A-Z0-9])""")
LAST_WORD = re.compile(r"[\w.'’&-]*$")
NEXT_WORD = re.compile(r"\w+")
# No sentence ends after these.
TITLES = frozenset(
    "mr mrs ms dr prof st mt gen col capt lt sgt maj cmdr rev hon sen rep gov pres msgr fr messrs "
    "e.g i.e cf viz vs v fig figs eq eqs vol vols pp p nos ed eds trans ch sec ca c approx est "
    "jan feb mar apr jun jul aug sept sep oct nov dec".split())
# A sentence may end after these: it does where the next word often begins one.
ABBREVIATIONS = frozenset(
    "etc al inc ltd co corp bros jr sr u.s u.k u.n e.u d.c a.m p.m a.d b.c b.c.e c.e ph.d m.d b.a "
    "m.a esq dept univ ave blvd rd u.s.a".split())
STARTERS = frozenset(
    "The This That These Those He She It They We You I In On At By For From With When While "
    "After Before As If Although However But And Or So Then There Here His Her Its Their Our My "
    "Your A An What Why How Who Where Since Because During Under Some Many Most Both Each No Not "
    "Now".split())


def ends_sentence(text, match):
    """Whether the mark and space that BREAK found end a sentence."""
    if match.group(1) != ".":
        return True
    word = LAST_WORD.search(text, max(0, match.start() - 24), match.start()).group().lower()
    if word in TITLES or len(word) == 1 and word.isalpha() and word != "i":
        return False
    if word == "no":
        return not text[match.end()].isdigit()
    if word in ABBREVIATIONS:
        return NEXT_WORD.search(text, match.end()).group() in STARTERS
    return True


def split(paragraph):
    """The sentences of a paragraph."""
    start = 0
    sentences = []
    for match in BREAK.finditer(paragraph):
        if ends_sentence(paragraph, match):
            sentences.append(paragraph[start:match.end()].rstrip())
            start = match.end()
    sentences.append(paragraph[start:].rstrip())
    return sentences


# Filters -----------------------------------------------------------------------------------------

INVISIBLE = re.compile(r"[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad"
                       r"\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffc]")
BULLET = re.compile(r"^(?:[-–—*•·▪‣o]\s+)+")
MARKUP = re.compile(
    r"[<>{}|\\^`~=\ufffd_]|\[\[|\]\]|https?:|www\.|&\w+;|\(\s*\)|\[\s*\]|\(\s*[,;:.]|[,;:]\s*\)"
    r"|(?<!\s)\s[,;:!?](?:\s|$)|\s\.(?:\s|$)|\*\*|,,|;;|\bUTC\b|\bISBN\b|\[(?:edit|citation|\d)")
# Plain errors, mostly where extraction lost a word: "the of", "a and", "worth £ in", "by by".
FAULTY = re.compile(
    r"\b(?:[Tt]he|an?) (?:or|and|of|is|are|was|were|to|with|at|by|from|that|which|has|have)\b"
    r"(?![-'’\"”])|[£$€] (?!\d)|\bthe The\b"
    r"|\b(the|an?|of|to|in|and|is|are|was|for|with|by|from|be|at|this|or|we|they) \1\b(?![-'’])"
    r"|\ba (?!on(?:e|ce)|eu|ew)[aeio][a-z]{3,}"
    r"|\ban (?!hono|hour|heir|h|[a-z]+[.(])[bcdfgjklmnpqrtvwyz][aeiou][a-z]{2,}")
FINAL = re.compile(r"""[.!?…]["'”’)\]]*$""")
OPENING = "\"'“‘([ "
STOP = frozenset(
    "the of and to in a is was for that on as with by he it at from his an be are this which or "
    "had not but have were their they one has its also who been her she would there when all we "
    "can i you if so no more out up do what some them into only other than then could these about "
    "after two may him my our your me us over such any new first most will between during how "
    "because where through before many people those while each being both did just very even "
    "under like make made time much use used should must own off same too well still here since "
    "does don't it's now way get said know think see go come want good need work not".split())
KEY_BYTES = bytes(48 if 48 <= i <= 57 else i for i in range(256))
NOT_KEY = bytes(i for i in range(256) if not (48 <= i <= 57 or 97 <= i <= 122 or i > 127))


def cleaned(paragraph):
    """A paragraph in NFC, without invisible characters and bullets, with single spaces."""
    if not paragraph.isascii():
        paragraph = unicodedata.normalize("NFC", paragraph)
    return BULLET.sub("", " ".join(INVISIBLE.sub("", paragraph).split()))


def near_key(sentence):
    """64-bit hash of a sentence's letters in lower case, and digits all taken as 0."""
    letters = sentence.lower().encode().translate(KEY_BYTES, NOT_KEY)
    return int.from_bytes(hashlib.blake2b(letters, digest_size=8).digest(), "little")


def foreign(sentence, words, settings):
    """Whether a sentence is hardly English."""
    if not sentence.isascii():
        letters = sum(char.isalpha() for char in sentence)
        outside = sum(char.isalpha() and not char.isascii() for char in sentence)
        if outside > settings.foreign_letters * letters:
            return True
    common = sum(word.strip(",.;:!?\"'“”‘’()").lower() in STOP for word in words)
    return common < settings.stop_words * len(words)


def fault(sentence, settings):
    """Why a sentence is dropped, one of REASONS, or None. Duplicates are not looked for."""
    words = sentence.split()
    if len(words) < settings.min_words:
        return "short"
    if len(words) > settings.max_words:
        return "long"
    if MARKUP.search(sentence):
        return "markup"
    if FAULTY.search(sentence):
        return "faulty"
    if sum(map(str.isalnum, sentence)) + len(words) - 1 < settings.plain * len(sentence):
        return "symbols"
    if sum(word[0].isupper() for word in words) > settings.capitalised * len(words):
        return "names"
    if foreign(sentence, words, settings):
        return "language"
    return None


def keys_of_file(path):
    """The keys of a file's texts and of their sentences: lines, or "text" of each line of .jsonl.
    Raises ValueError if there is no "text"."""
    keys = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            text = json.loads(line)["text"] if path.suffix == ".jsonl" else line
        except (json.JSONDecodeError, KeyError, TypeError):
            raise ValueError(f"{path}: a line is no object with \"text\"") from None
        text = cleaned(text)
        keys.update(map(near_key, [text, *split(text)]))
    return keys


def is_fragment(sentence):
    """Whether a sentence begins in lower case or has no final mark."""
    return not FINAL.search(sentence) or sentence.lstrip(OPENING)[:1].islower()


class Sieve:
    """Chooses sentences; knows those of all sources so far. `counts` is of the current source."""

    def __init__(self, settings, excluded=()):
        self.settings = settings
        self.keys = set(excluded)
        self.begin()

    def begin(self):
        """Begins a source."""
        self.counts = Counter()
        self.new_keys = []

    def take(self, paragraph):
        """The sentences of a paragraph that are kept."""
        kept = []
        for sentence in split(cleaned(paragraph)):
            self.counts["sentences"] += 1
            reason = fault(sentence, self.settings) or self.known(sentence)
            if reason:
                self.counts[reason] += 1
            else:
                kept.append(sentence)
        return kept

    def known(self, sentence):
        """Remembers a sentence; says why it is dropped all the same, or None."""
        value = near_key(sentence)
        if is_fragment(sentence) and value % 10_000 >= 10_000 * self.settings.fragment_share:
            return "fragment"
        if value in self.keys:
            return "duplicate"
        self.keys.add(value)
        self.new_keys.append(value)
        return None


# Sources -----------------------------------------------------------------------------------------

@contextmanager
def opened(path):
    """The bytes of a source as a file. Raises OSError, also if zstd fails."""
    if path.suffix != ".zst":
        with open(path, "rb") as file:
            yield file
        return
    with subprocess.Popen(["zstd", "-dcq", str(path)], stdout=subprocess.PIPE) as process:
        yield process.stdout
        process.stdout.read()
        if process.wait():
            raise OSError(f"{path}: zstd failed with status {process.returncode}")


def sources_of(corpus):
    """Name to path of each source in a folder. Raises ValueError if there is none."""
    paths = sorted([*corpus.glob("*.txt.zst"), *corpus.glob("*.txt")])
    if not paths:
        raise ValueError(f"{corpus}: no NAME.txt.zst or NAME.txt")
    if len(paths) > 255:
        raise ValueError(f"{corpus}: {len(paths)} sources; 255 is the most")
    return {path.name.split(".txt")[0]: path for path in paths}


def size_of(path):
    """Bytes of text in a source."""
    with opened(path) as file:
        return sum(map(len, iter(lambda: file.read(CHUNK), b"")))


def chance(*what):
    """A number from 0 to 1, always the same for the same arguments."""
    digest = hashlib.blake2b(repr(what).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") / 2 ** 64


def blocks_of(path, lines):
    """The text of a source in blocks of `lines` paragraphs: a list of bytes."""
    blocks, block = [], []
    with opened(path) as file:
        for line in file:
            block.append(line)
            if len(block) == lines:
                blocks.append(b"".join(block))
                block = []
    return blocks + [b"".join(block)] * bool(block)


def is_held(k, share):
    """Whether the k-th block that is read is held out: the first, and so on by `share`."""
    return math.ceil((k + 1) * share) > math.ceil(k * share)


class Part:
    """Sentences and arrays of train or held, being written."""

    def __init__(self, folder):
        self.folder = folder
        self.arrays = ArrayWriter(folder, labelled=False)
        self.sentences = []
        self.tokens = 0

    def add(self, sentence, ids, types):
        self.arrays.add(ids, types)
        self.sentences.append(sentence)
        self.tokens += len(ids)

    def close(self):
        self.arrays.close()
        write_sentences(self.folder, self.sentences)


def write_sentences(folder, sentences):
    with open(folder / "sentences.txt", "w", encoding="utf-8", newline="\n") as file:
        file.writelines(sentence + "\n" for sentence in sentences)


def read_sentences(folder):
    """The sentences of a folder, a list."""
    with open(folder / "sentences.txt", encoding="utf-8", newline="\n") as file:
        return file.read().split("\n")[:-1]


def read_source(name, path, quota, sieve, encoder, folder, bar):
    """Writes what a source gives, at most about `quota` sentences for training, into `folder`:
    train, held, keys.npy (uint64) and statistics.json."""
    settings = sieve.settings
    scratch = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(scratch, ignore_errors=True)
    parts = {part: Part(scratch / part) for part in PARTS}
    sieve.begin()
    blocks = blocks_of(path, settings.block)
    order = sorted(range(len(blocks)), key=lambda i: chance(settings.seed, "order", name, i))
    paragraphs = sum(block.count(b"\n") + (block[-1:] != b"\n") for block in blocks)
    sieve.counts.update(paragraphs=paragraphs, blocks=len(blocks))
    for k, i in enumerate(order):
        if len(parts["train"].sentences) >= quota:
            break
        held = len(blocks) >= HELD_FROM and is_held(k, settings.held_share)
        lines = blocks[i].decode("utf-8", "replace").split("\n")
        sentences = [sentence for line in lines for sentence in sieve.take(line)]
        sieve.counts["blocks_read"] += 1
        if not held:
            room = quota - len(parts["train"].sentences)
            sieve.counts["surplus"] += max(0, len(sentences) - room)
            sentences = sentences[:room]
            bar.update(len(sentences))
        add_encoded(sentences, parts["held" if held else "train"], sieve, encoder)
    for part in PARTS:
        parts[part].close()
        sieve.counts.update({part: len(parts[part].sentences), "tokens": parts[part].tokens})
    numpy.save(scratch / "keys.npy", numpy.array(sieve.new_keys, numpy.uint64))
    (scratch / "statistics.json").write_text(json.dumps(sieve.counts) + "\n")
    scratch.rename(folder)


def add_encoded(sentences, part, sieve, encoder):
    """Adds sentences to a part; those of more than MAX_TOKENS tokens are dropped."""
    if not sentences:
        return
    for sentence, (ids, types, _, _) in zip(sentences, encoder.encode(sentences)):
        if len(ids) > MAX_TOKENS:
            sieve.counts["long"] += 1
        else:
            part.add(sentence, ids, types)


def quota_of(name, left, rest, sizes, settings):
    """Sentences that source `name` may give of `left`, when `rest` (it, and larger ones) are to
    come."""
    weights = {other: sizes[other] ** settings.balance for other in rest}
    share = left * weights[name] / sum(weights.values())
    return max(0, round(min(share, settings.sentences * settings.per_source_share)))


def read_sources(sources, out, sieve, encoder):
    """Writes OUT/parts of all sources, smallest first, so that what one lacks the larger ones
    give."""
    settings = sieve.settings
    sizes = {name: max(1, size_of(path)) for name, path in sources.items()}
    order = sorted(sources, key=lambda name: (sizes[name], name))
    left = settings.sentences
    with tqdm(total=left, unit=" sentences", unit_scale=True, disable=None) as bar:
        for i, name in enumerate(order):
            bar.set_description(name)
            folder = out / "parts" / name
            if folder.exists():
                sieve.keys.update(numpy.load(folder / "keys.npy").tolist())
                bar.update(statistics_of(folder)["train"])
            else:
                quota = quota_of(name, left, order[i:], sizes, settings)
                read_source(name, sources[name], quota, sieve, encoder, folder, bar)
            left -= statistics_of(folder)["train"]


def statistics_of(folder):
    return Counter(json.loads((folder / "statistics.json").read_text()))


# Results -----------------------------------------------------------------------------------------

def write_chosen(parts, chosen, out):
    """Writes into `out` the sentences `chosen[i]` (sorted indices, or None for all) of each folder
    `parts[i]`; sources.npy has what `parts[i]` has, or i where it has none."""
    out.mkdir(parents=True, exist_ok=True)
    found = {name: [] for name in (*ARRAYS, "lengths", "sources")}
    sentences = []
    for i, folder in enumerate(parts):
        lines = read_sentences(folder)
        which = numpy.arange(len(lines)) if chosen[i] is None else chosen[i]
        lengths = numpy.diff(numpy.load(folder / "starts.npy"))
        mask = numpy.zeros(len(lines), bool)
        mask[which] = True
        for name in ARRAYS:
            array = numpy.load(folder / f"{name}.npy", mmap_mode="r")
            found[name].append(array[numpy.repeat(mask, lengths)])
        found["lengths"].append(lengths[mask])
        known = folder / "sources.npy"
        found["sources"].append(numpy.load(known)[mask] if known.exists()
                                else numpy.full(len(which), i, numpy.uint8))
        sentences += [lines[j] for j in which]
    lengths = numpy.concatenate(found.pop("lengths"))
    for name, arrays in found.items():
        numpy.save(out / f"{name}.npy", numpy.concatenate(arrays))
    numpy.save(out / "starts.npy", numpy.concatenate([[0], numpy.cumsum(lengths)]).astype("int64"))
    write_sentences(out, sentences)


def write_statistics(names, out, settings):
    """statistics.json: settings, names, and counts by source and of all; statistics.md a table."""
    counts = {name: statistics_of(out / "parts" / name) for name in names}
    total = sum(counts.values(), Counter())
    columns = ["paragraphs", "blocks", "blocks_read", "sentences", *PARTS, "tokens", *REASONS]
    table = {name: {column: row[column] for column in columns}
             for name, row in [*counts.items(), ("all", total)]}
    whole = {"settings": dataclasses.asdict(settings), "names": names,
             "sources": {name: table[name] for name in names}, "all": table["all"]}
    (out / "statistics.json").write_text(json.dumps(whole, indent=1) + "\n")
    titles = [column.replace("_", " ") for column in columns]
    lines = ["| source | " + " | ".join(titles) + " |", "|---|" + "---:|" * len(titles)]
    lines += [f"| {name} | " + " | ".join(f"{row[column]:,}" for column in columns) + " |"
              for name, row in table.items()]
    (out / "statistics.md").write_text("\n".join(lines) + "\n")
    return total


def check_same(out, identity):
    """Raises ValueError if OUT/parts was made with other settings, sources, exclusions or
    vocabulary."""
    record = out / "parts" / "made-of.json"
    text = json.dumps(identity, indent=1, sort_keys=True) + "\n"
    if record.exists() and record.read_text() != text:
        raise ValueError(f"{out}/parts was made with other settings, sources, exclusions or "
                         "vocabulary; remove it or choose another --out")
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(text)


# Pack --------------------------------------------------------------------------------------------

def write_pack(path, out, limit):
    """A tar file of at most `limit` bytes with what is in `out`, and evenly chosen sentences if not
    all fit; .tar.gz and .tar.xz are compressed. Returns sentences packed by part."""
    kind = {".gz": "w:gz", ".xz": "w:xz"}.get(path.suffix, "w:")
    whole = sum(file.stat().st_size for part in PARTS for file in (out / part).iterdir())
    share = min(1.0, limit / whole / 8)  # to see how well it compresses
    write_tar(path, out, share, kind)
    share = min(1.0, 0.98 * share * limit / path.stat().st_size)
    while True:
        numbers = write_tar(path, out, share, kind)
        size = path.stat().st_size
        if size <= limit:
            return numbers
        if not any(numbers.values()):
            path.unlink()
            raise ValueError(f"{path}: even without sentences it is more than {limit:.0f} bytes")
        share *= 0.98 * limit / size


def write_tar(path, out, share, kind):
    """The tar file with this share of the sentences. Returns sentences by part."""
    numbers = {}
    scratch = path.with_name(path.name + ".unfinished")
    try:
        with tarfile.open(path, kind) as tar:
            for part in PARTS:
                count = len(numpy.load(out / part / "sources.npy"))
                numbers[part] = int(count * share)
                chosen = numpy.arange(numbers[part]) * count // max(1, numbers[part])
                write_chosen([out / part], [chosen], scratch / part)
            for file in [*sorted(scratch.glob("*/*")), out / "statistics.json"]:
                name = file.name if file.parent == out else f"{file.parent.name}/{file.name}"
                content = file.read_bytes()
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return numbers


# Command -----------------------------------------------------------------------------------------

def add_arguments(parser):
    parser.add_argument("--corpus", metavar="DIR", type=Path, required=True,
                        help="folder of NAME.txt.zst and NAME.txt")
    parser.add_argument("--vocabulary", metavar="FILE", type=Path, default=VOCABULARY,
                        help="WordPiece vocabulary (the English model's)")
    parser.add_argument("--exclude", metavar="FILE", type=Path, action="append", default=[],
                        help="texts, a line each or .jsonl with \"text\", whose sentences are "
                        "dropped as duplicates: test sets; may be repeated")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="where results go")
    parser.add_argument("--pack", metavar="FILE.tar", type=Path,
                        help="also a tar file of the results, of at most pack_mib; "
                        "FILE.tar.gz and FILE.tar.xz are compressed")


def run(arguments, settings):
    sources = sources_of(arguments.corpus)
    if not arguments.vocabulary.is_file():
        raise ValueError(f"{arguments.vocabulary}: no such file")
    out = arguments.out
    vocabulary = hashlib.sha256(arguments.vocabulary.read_bytes()).hexdigest()
    excluded = set().union(*map(keys_of_file, arguments.exclude))
    identity = {**dataclasses.asdict(settings), "vocabulary": vocabulary,
                "excluded": hashlib.sha256(repr(sorted(excluded)).encode()).hexdigest(),
                "sources": {name: path.stat().st_size for name, path in sources.items()}}
    del identity["pack_mib"]
    check_same(out, identity)
    read_sources(sources, out, Sieve(settings, excluded), Encoder(arguments.vocabulary))
    names = list(sources)
    for part in PARTS:
        folders = [out / "parts" / name / part for name in names]
        write_chosen(folders, [None] * len(folders), out / part)
    total = write_statistics(names, out, settings)
    print(f"{out}: {total['train']:,} sentences for training, {total['held']:,} held out, "
          f"{total['tokens']:,} tokens")
    if arguments.pack:
        numbers = write_pack(arguments.pack, out, settings.pack_mib * 2 ** 20)
        print(f"{arguments.pack}: {numbers['train']:,} and {numbers['held']:,} of them")
    return 0

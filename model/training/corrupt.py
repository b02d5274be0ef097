# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes sentences with labelled errors, from clean sentences and real corrections.

Errors come from four sources, mixed by the settings: what people write for what (their
corrections), rules by kind, misspellings by a noisy channel, and a generator's samples. Real
corrections are written as they are, too, with labels from the alignment of both sides.

OUT gets arrays with labels (training/text.py) and sentences.jsonl, one object a line in the same
order: {"text", "edits": [{"start", "end", "right", "kind"}], "source"}; edits are in code points of
the text, and give the correct text when made. The same settings and inputs give the same files.
"""
import collections
import json
import multiprocessing
import random
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from . import people
from .families import Families
from .noise import Channel
from .rules import RULES, Draft
from .settings import key
from .text import ArrayWriter, Encoder

CHUNK = 2000
FREQUENT = 300  # times in the corpus that a word must occur to be taken for another
STARTS = ("... ", "…", "- ", "* ", "• ", "(", "“", "\"", "> ", "1. ", "a) ", "Note: ", "Q: ")


@dataclass(frozen=True)
class Settings:
    sentences: int = key(1000000, "sentences to write")
    real: float = key(0.16, "share of real corrections, wrong side")
    real_right: float = key(0.05, "share of real corrections, right side, without errors")
    clean: float = key(0.22, "share of corpus sentences without errors; the rest gets errors")
    errors: tuple = key(("0.4", "0.28", "0.17", "0.1", "0.05"),
                        "chances of 1, 2, ... errors in a sentence that has any")
    people: float = key(0.18, "share of errors that people made")
    rules: float = key(0.72, "share of errors by rule")
    noise: float = key(0.1, "share of misspellings")
    generator: float = key(0.05, "share of errors from --generator's samples; without it 0")
    temperature: float = key(1.0, "of the generator's samples")
    margin: float = key(1.0, "nats by which a sample must be less likely than the right word")
    kinds: tuple = key(("verb-form=17", "agreement=11", "noun-number=11", "determiner=11",
                        "preposition=12", "pronoun=4", "adjective-adverb=5", "derived=5",
                        "word-order=4", "missing-word=8", "extra-word=4", "punctuation=6",
                        "letter-case=2", "apostrophe=4", "spacing=5", "confused=13"),
                       "weights of the rules; confused: real words taken for each other")
    keyboard: float = key(0.15, "share of misspellings by a neighbouring key")
    weak: float = key(0.5, "share kept of corrections that are not marked strong")
    per_repository: int = key(900, "corrections taken from one repository at most")
    bare_end: float = key(0.08, "share of sentences that lose their final mark (no error)")
    bare_start: float = key(0.06, "share that begin in lower case or behind a mark (no error)")
    held_repositories: float = key(0.04, "share of repositories kept out of training")
    seed: int = key(1, "of all that is drawn")
    processes: int = key(1, "processes that make errors")


def add_arguments(parser):
    parser.add_argument("--clean", required=True, metavar="DIR",
                        help="a folder of `prepare`: train or held")
    parser.add_argument("--corrections", nargs="+", required=True, metavar="FILE.jsonl",
                        help="real corrections; .zst: compressed")
    parser.add_argument("--words", required=True, metavar="WORDS.tsv",
                        help="how often words occur (stage words)")
    parser.add_argument("--confusions", required=True, metavar="FILE.tsv",
                        help="what people write for what (stage confusions)")
    parser.add_argument("--wordnet", default="/usr/share/wordnet", metavar="DIR",
                        help="WordNet's index and exceptions (Debian: wordnet-base)")
    parser.add_argument("--vocabulary", required=True, metavar="vocab.txt")
    parser.add_argument("--generator", metavar="DIR", help="a generator of `pretrain`")
    parser.add_argument("--held", action="store_true",
                        help="use the repositories that are kept out of training, only them")
    parser.add_argument("--out", required=True, metavar="DIR")


def tagger(tokens):
    """Penn Treebank tags of tokens (a list), by TextBlob's parser."""
    from textblob.en import parser
    return [tag for _, tag in parser.find_tags(list(tokens))]


def read_counts(path, least=20):
    counts = collections.Counter()
    with open(path, encoding="utf-8") as file:
        for line in file:
            word, count = line.rstrip("\n").split("\t")[:2]
            if int(count) >= least:
                counts[word.lower()] += int(count)
    return counts


def kind_by_tag(kind, tag):
    """The kind of a change, where a noun's number and agreement are told apart by the tag."""
    if kind not in ("agreement", "noun-number"):
        return kind
    return "noun-number" if tag[:2] == "NN" else "agreement"


def weights_of_kinds(settings):
    """[(rule, weight)] of the setting `kinds`."""
    weights = []
    for kind in settings.kinds:
        name, _, weight = kind.partition("=")
        if name not in RULES and name != "confused":
            raise ValueError(f"settings: kinds: there is no rule {name}")
        try:
            weights.append((name, float(weight)))
        except ValueError:
            raise ValueError(f"settings: kinds: {kind} is not RULE=WEIGHT") from None
    return weights


class Source:
    """All that errors are drawn from; made once, and shared by the processes."""

    def __init__(self, arguments, settings):
        self.settings = settings
        self.counts = read_counts(arguments.words)
        self.families = Families(arguments.wordnet, self.counts)
        self.pairs = self.read_pairs(arguments)
        spelled = [(pair["text"][e["start"]:e["end"]], e["right"]) for pair in self.pairs
                   for e in pair["edits"] if e["kind"] == "spelling"]
        self.channel = Channel(spelled, set(self.counts), settings.keyboard)
        self.written = self.read_confusions(arguments.confusions)
        self.frequent = {word for word, count in self.counts.items() if count >= FREQUENT}
        self.confusables = {}
        self.kinds = weights_of_kinds(settings)
        self.samples = None
        if arguments.generator:
            from .samples import Samples  # needs torch, which the other sources do without
            self.samples = Samples(arguments.generator, arguments.vocabulary,
                                   settings.temperature, settings.margin)
        self.several = [float(share) for share in settings.errors]

    def read_pairs(self, arguments):
        """Real corrections as {"text", "edits", "right"}, of the repositories wanted."""
        settings, taken, found = self.settings, collections.Counter(), []
        for pair in people.read(arguments.corrections):
            chance = random.Random(f"{settings.seed} {pair['repo']}").random()
            held = chance < settings.held_repositories
            if held != arguments.held or taken[pair["repo"]] >= settings.per_repository:
                continue
            draw = random.Random(f"{settings.seed} {pair['before']}")
            if not pair.get("strong") and draw.random() > settings.weak:
                continue
            edits = people.edits_between(pair["before"], pair["after"], self.counts)
            if edits:
                taken[pair["repo"]] += 1
                self.name_by_tag(pair["after"], edits)
                found.append({"text": pair["before"], "edits": edits, "right": pair["after"]})
        if not found:
            raise ValueError("no correction is left to train on; see held_repositories")
        return found

    def name_by_tag(self, right, edits):
        """Names the kinds again, with the tags of the right words."""
        draft = Draft(right, tagger, self.families)
        tags = dict(zip(draft.low, draft.tags))
        for edit in edits:
            edit["kind"] = kind_by_tag(edit["kind"], tags.get(edit["right"].lower(), ""))

    def read_confusions(self, path):
        """{right: [(wrong, weight)]}: weights fall with how often the right word occurs."""
        written = collections.defaultdict(list)
        with open(path, encoding="utf-8") as file:
            for line in file:
                wrong, right, count = line.rstrip("\n").split("\t")
                usual = self.counts.get(right, 0) + 1000
                written[right].append((wrong, int(count) / usual ** 0.5))
        return written

    # --- one error -----------------------------------------------------------

    def by_people(self, draft):
        for i, right in enumerate(draft.low):
            for wrong, weight in self.written.get(right, ()):
                yield weight, i, i + 1, wrong, None
            if i + 1 < len(draft):
                for wrong, weight in self.written.get(f"{right} {draft.low[i + 1]}", ()):
                    yield weight, i, i + 2, wrong, None

    def by_noise(self, draft, draw):
        places = [i for i, word in enumerate(draft.low) if len(word) > 2 and word.isalpha()]
        for _ in range(4):
            if not places:
                return
            i = draw.choices(places, [min(len(draft.low[k]), 9) for k in places])[0]
            wrong = self.channel.misspell(draft.tokens[i], draw)
            if wrong:
                yield 1, i, i + 1, wrong, "spelling"
                return

    def confusable(self, word):
        """[(other word, weight)]: real words, no forms of the same one, that are written for
        `word` or differ by one change of the channel."""
        if word not in self.confusables:
            found = collections.Counter(dict(self.channel.confusable(word, self.frequent)))
            for wrong, weight in self.written.get(word, ()):
                if wrong in self.frequent:
                    found[wrong] += 30 + 10 * weight
            lemma = self.families.lemma(word)
            self.confusables[word] = [(other, weight ** 0.5) for other, weight in found.items()
                                      if self.families.lemma(other) != lemma]
        return self.confusables[word]

    def by_confusion(self, draft):
        for i, word in enumerate(draft.low):
            for other, weight in self.confusable(word):
                kind = people.kind_of_change(word, other, draft.before(i))
                kind = kind if kind in ("preposition", "pronoun", "determiner") else "confused-word"
                yield weight, i, i + 1, other, kind

    def proposals(self, draft, draw):
        s = self.settings
        shares = (s.people, s.rules, s.noise, s.generator if self.samples else 0)
        source = draw.choices(("people", "rules", "noise", "generator"), shares)[0]
        if source == "people":
            return list(self.by_people(draft))
        if source == "noise":
            return list(self.by_noise(draft, draw))
        if source == "generator":
            found = self.samples.replacement(draft.tokens, draft.low, draw)
            return [(1, found[0], found[0] + 1, found[1], None)] if found else []
        names, weights = zip(*self.kinds)
        name = draw.choices(names, weights)[0]
        return list(self.by_confusion(draft) if name == "confused" else RULES[name](draft))

    def corrupted(self, text, draw):
        """A sentence with errors: {"text", "edits", "source"}."""
        draft = Draft(text, tagger, self.families)
        wanted = 1 + draw.choices(range(len(self.several)), self.several)[0]
        wanted = min(wanted, 1 + len(draft) // 5)
        made, taken = [], set()
        for _ in range(4 * wanted):
            if len(made) == wanted:
                break
            found = [proposal for proposal in self.proposals(draft, draw)
                     if not taken & set(range(proposal[1], proposal[2] + 1))]
            if not found:
                continue
            _, i, j, wrong, kind = draw.choices(found, [p[0] for p in found])[0]
            if draft.low[i:j] == [wrong.lower()] and kind != "letter-case":
                continue
            made.append((i, j, wrong, kind))
            taken |= set(range(i, j + 1))
        rendering = Rendering(draft, self.counts)
        for error in sorted(made, key=lambda p: p[:2]):
            rendering.make(*error)
        return rendering.finished()


class Rendering:
    """A draft written out with errors: text, and the edits that undo them."""

    def __init__(self, draft, known):
        self.draft, self.known = draft, known
        self.parts, self.length, self.at = [], 0, 0
        self.edits = []

    def put(self, piece):
        self.parts.append(piece)
        self.length += len(piece)

    def copy(self, end):
        for k in range(self.at, end):
            self.put(self.draft.spaces[k] + self.draft.tokens[k])
        self.at = end

    def edit(self, wrong, right, kind, word):
        """Writes `wrong` where the right text is `right`; `word`: the token that it is about."""
        draft = self.draft
        if kind is None:
            kind = kind_by_tag(
                people.kind_of_change(wrong, right, draft.before(word), self.known),
                draft.tag(word))
        self.edits.append({"start": self.length, "end": self.length + len(wrong), "right": right,
                           "kind": kind})
        self.put(wrong)

    def make(self, i, j, wrong, kind):
        """Makes one error; errors come in order and do not touch."""
        draft = self.draft
        self.copy(i)
        wrong = as_cased(wrong, draft, i, j, kind)
        if not wrong:
            self.leave_out(i, j, kind)
        elif j > i:
            self.put(draft.spaces[i])
            self.edit(wrong, draft.between(i, j), kind, i)
            self.at = j
        elif not wrong[0].isalnum():  # a mark, before the space
            self.edit(wrong, "", kind, i)
        elif i == 0:
            low = draft.uncapitalised()
            self.edit(f"{wrong} {low}", draft.tokens[0], kind, i)
            self.at = 1
        else:
            self.put(draft.spaces[i] or " ")
            self.edit(wrong + " ", "", kind, i)
            self.put(draft.tokens[i])
            self.at = i + 1

    def leave_out(self, i, j, kind):
        draft, right = self.draft, self.draft.between(i, j)
        kind = kind or people.kind_of_change("", right)
        following = draft.tokens[j] if j < len(draft) else ""
        self.at = j
        if i == 0 and following:
            capital = following[0].upper() + following[1:] if right[:1].isupper() else following
            self.edit(capital, right + draft.spaces[j] + following, kind, i)
            self.at = j + 1
        elif following and draft.spaces[i] and draft.spaces[j]:
            self.put(draft.spaces[i])
            self.edit("", right + draft.spaces[j], kind, i)
            self.put(following)
            self.at = j + 1
        elif following and draft.spaces[j]:
            self.edit("", right, kind, i)
        else:
            self.edit("", draft.spaces[i] + right, kind, i)

    def finished(self):
        self.copy(len(self.draft))
        self.put(self.draft.tail)
        return {"text": "".join(self.parts), "edits": self.edits, "source": "synthetic"}


def as_cased(wrong, draft, i, j, kind):
    """`wrong` with the capital of what it replaces."""
    if not wrong or kind == "letter-case":
        return wrong
    first = draft.tokens[i] if i < len(draft) else ""
    if first[:1].isupper() and (j > i and first != "I" or i == 0):
        if j > i and first.isupper() and len(first) > 1:
            return wrong.upper()
        return wrong[0].upper() + wrong[1:]
    return wrong


# --- all sentences ------------------------------------------------------------

source = None  # of this process: a Source, or why there is none


def start_process(arguments, settings):
    """An error waits for the first chunk: a pool would start a process that fails here again and
    again."""
    global source
    try:
        source = Source(arguments, settings)
    except (OSError, ValueError) as error:
        source = error


def lose_end(record, settings, draw):
    """Sometimes without the final mark, as headings and messages are written: no error."""
    text = record["text"]
    if text.endswith(".") and draw.random() < settings.bare_end and \
            all(edit["end"] < len(text) - 1 for edit in record["edits"]):
        record["text"] = text[:-1]


def lose_start(record, settings, draw):
    """Sometimes as a fragment or list item begins: in lower case, behind a mark; no error."""
    if draw.random() >= settings.bare_start or any(e["start"] < 2 for e in record["edits"]):
        return
    text = record["text"]
    if draw.random() < 0.6 and text[1:2].islower():
        text = text[0].lower() + text[1:]
    before = draw.choice(STARTS) if draw.random() < 0.6 else ""
    record["text"] = before + text
    record["edits"] = [{**edit, "start": edit["start"] + len(before),
                        "end": edit["end"] + len(before)} for edit in record["edits"]]


def chunk_of(work):
    """The records of one chunk: its number, and sentences of the corpus."""
    if isinstance(source, Exception):
        raise source
    number, sentences = work
    settings, records = source.settings, []
    for k, text in enumerate(sentences):
        draw = random.Random(f"{settings.seed} {number} {k}")
        what = draw.random()
        if what < settings.real + settings.real_right:
            pair = draw.choice(source.pairs)
            if what < settings.real:
                record = {"text": pair["text"], "edits": pair["edits"], "source": "people"}
            else:
                record = {"text": pair["right"], "edits": [], "source": "people"}
        elif what < settings.real + settings.real_right + settings.clean:
            record = {"text": text, "edits": [], "source": "clean"}
        else:
            if draw.random() < 0.1:
                text = draw.choice(source.pairs)["right"]
            record = source.corrupted(text, draw)
        record = dict(record)
        lose_end(record, settings, draw)
        lose_start(record, settings, draw)
        records.append(record)
    return records


def chunks(path, settings):
    """Chunks of the corpus in an order of chance, from the start again when it ends."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    if not lines:
        raise ValueError(f"{path} has no sentence")
    random.Random(settings.seed).shuffle(lines)
    for number in range((settings.sentences + CHUNK - 1) // CHUNK):
        first = number * CHUNK
        size = min(CHUNK, settings.sentences - first)
        yield number, [lines[(first + k) % len(lines)] for k in range(size)]


def write(results, arguments, settings):
    out = Path(arguments.out)
    writer, encoder = ArrayWriter(out, True), Encoder(arguments.vocabulary)
    counts = collections.Counter()
    with open(out / "sentences.jsonl", "w", encoding="utf-8") as file, \
            tqdm(total=settings.sentences, unit="sentences", disable=None) as bar:
        for records in results:
            coded = encoder.encode([r["text"] for r in records], [r["edits"] for r in records])
            for record, (ids, types, _, labels) in zip(records, coded):
                writer.add(ids, types, labels)
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                counts[record["source"]] += 1
                counts.update(edit["kind"] for edit in record["edits"])
            bar.update(len(records))
    writer.close()
    with open(out / "statistics.json", "w", encoding="utf-8") as file:
        json.dump(dict(counts.most_common()), file, indent=1)


def run(arguments, settings):
    weights_of_kinds(settings)  # wrong ones are said before minutes of reading
    work = chunks(Path(arguments.clean) / "sentences.txt", settings)
    Path(arguments.out).mkdir(parents=True, exist_ok=True)
    if settings.processes > 1:
        with multiprocessing.get_context("fork").Pool(settings.processes, start_process,
                                                      (arguments, settings)) as pool:
            write(pool.imap(chunk_of, work), arguments, settings)
    else:
        start_process(arguments, settings)
        write(map(chunk_of, work), arguments, settings)
    return 0

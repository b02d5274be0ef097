# SPDX-License-Identifier: LGPL-2.1-or-later
"""The whole of proofd over gold sets, through the command `proof`, and other checkers beside it."""
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .measures import gold_sets, read_lines, sampled, score_findings, write_json

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
RESOURCES = ("levels.ini", "ranking.ini", "words.tsv", "confusions.tsv", "ngrams.bin", "names.txt")
DICTIONARIES, DICTIONARY = Path("/usr/share/hunspell"), "en_US"
MADE_FROM = "made-from"  # of a folder of findings: what they depend on


@contextlib.contextmanager
def folder_of_models(model, data, instead=None):
    """A temporary folder whose `en` has the files of `model` (not documents, on which no finding
    depends), those of RESOURCES that it lacks from `data`, and the texts {name: text} of `instead`.
    Yields it, and the files of `en`."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "en")
        home.mkdir()
        files = {path.name: path for path in Path(model).iterdir()
                 if path.is_file() and path.suffix != ".md"}
        if "model.safetensors" not in files:
            raise ValueError(f"{model}: there is no model.safetensors")
        for name in RESOURCES:
            if name not in files and Path(data, name).is_file():
                files[name] = Path(data, name)
        for name, text in (instead or {}).items():
            files.pop(name, None)
            (home / name).write_text(text)
        for name, path in files.items():
            (home / name).symlink_to(path.resolve())
        yield Path(folder), sorted(home.iterdir())


class Checker:
    """Findings of gold sets, kept in `folder` and taken from there if all that they depend on
    (`options`, a string, and `files`) is as it was. A subclass has check(texts, path), which
    writes the answers to JSON lines, in order; OSError if that fails."""

    def __init__(self, options, files, folder):
        self.folder = Path(folder)
        made_from = hashlib.sha256(options.encode())
        for path in (*files, *sorted(DICTIONARIES.glob(f"{DICTIONARY}.*"))):
            made_from.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
        self.made_from = made_from.hexdigest()

    def findings(self, name, records):
        """Answers for the records, in order."""
        texts = "".join(json.dumps({"id": record["id"], "text": record["text"]}) + "\n"
                        for record in records)
        key = hashlib.sha256((self.made_from + texts).encode()).hexdigest()
        path, stamp = self.folder / f"{name}.jsonl", self.folder / f"{name}.{MADE_FROM}"
        if not (path.exists() and stamp.exists() and stamp.read_text() == key):
            self.folder.mkdir(parents=True, exist_ok=True)
            stamp.unlink(missing_ok=True)
            self.check(texts, path)
            stamp.write_text(key)
        return read_lines(path)


class Proof(Checker):
    """The command `proof` with one model."""

    def __init__(self, command, models, files, level, jobs, folder):
        self.command = shutil.which(command)
        if self.command is None:
            raise OSError(f"{command}: there is no such command")
        self.models, self.level, self.jobs = models, level, jobs
        super().__init__(level, (Path(self.command), *files), folder)

    def check(self, texts, path):
        arguments = [self.command, "batch", f"--jobs={self.jobs}", f"--level={self.level}",
                     f"--models={self.models}", f"--language={DICTIONARY}"]
        # without the words that a user has added
        environment = {**os.environ, "XDG_CONFIG_HOME": str(self.models),
                       "XDG_DATA_HOME": str(self.models)}
        with tempfile.TemporaryFile("w+") as given, open(path, "w", encoding="utf-8") as output:
            given.write(texts)
            given.seek(0)
            status = subprocess.run(arguments, stdin=given, stdout=output, env=environment,
                                    check=False).returncode
        if status not in (0, 1):  # 1: it found something
            raise OSError(f"{' '.join(arguments)}: status {status} on {path.stem}")


def hunspell_answers(word_list, dictionary=DICTIONARY):
    """{word: [replacement]} of those words that Hunspell does not know, as `hunspell -a` says."""
    answers = {}
    asked = "".join(f"^{word}\n" for word in word_list)
    done = subprocess.run(["hunspell", "-a", "-i", "utf-8", "-d", dictionary], input=asked,
                          text=True, capture_output=True, check=False)
    # after the first line, for each word some lines, none where it has no letters, and an empty one
    blocks, lines = [], []
    for line in done.stdout.splitlines()[1:]:
        if line:
            lines.append(line)
        else:
            blocks.append(lines)
            lines = []
    if done.returncode != 0 or len(blocks) != len(word_list):
        raise OSError(f"hunspell -a -d {dictionary}: {done.stderr.strip()}: {len(blocks)} answers "
                      f"to {len(word_list)} words")
    for word, block in zip(word_list, blocks):
        for line in block:
            if line[0] in "&#":
                proposals = line.partition(": ")[2] if line.split()[1] == word else ""
                answers.setdefault(word, proposals.split(", ") if proposals else [])
    return answers


def hunspell_alone(records):
    """Findings of a checker that only looks words up: each that Hunspell does not know."""
    plain = {match[0].replace("’", "'") for record in records
             for match in WORD.finditer(record["text"])}
    answers = hunspell_answers(sorted(plain))
    return [{"id": record["id"], "findings": [
        {"start": match.start(), "end": match.end(), "kind": "spelling",
         "replacements": answers[match[0].replace("’", "'")]}
        for match in WORD.finditer(record["text"]) if match[0].replace("’", "'") in answers]}
        for record in records]


class Hunspell(Checker):
    """hunspell_alone()."""

    def __init__(self, folder):
        super().__init__("hunspell", (), folder)

    def check(self, texts, path):
        records = [json.loads(line) for line in texts.splitlines()]
        path.write_text("".join(json.dumps(answer) + "\n" for answer in hunspell_alone(records)))


class Harper(Checker):
    """The checker Harper, as `home`/harper.mjs runs it, in `jobs` processes."""

    def __init__(self, home, jobs, folder):
        self.home, self.jobs = home, jobs
        super().__init__("harper", (home / "harper.mjs", home / "package-lock.json"), folder)

    def check(self, texts, path):
        lines = texts.splitlines(keepends=True)
        size = max(1, -(-len(lines) // self.jobs))
        with ThreadPoolExecutor(self.jobs) as pool:
            answers = pool.map(self.answers, ("".join(lines[i:i + size])
                                              for i in range(0, len(lines), size)))
            path.write_text("".join(answers), encoding="utf-8")

    def answers(self, texts):
        done = subprocess.run(["node", "harper.mjs"], input=texts, stdout=subprocess.PIPE,
                              encoding="utf-8", cwd=self.home, check=False)
        if done.returncode:
            raise OSError(f"node {self.home / 'harper.mjs'}: status {done.returncode}")
        return done.stdout


def evaluate(arguments, settings):
    sets = sampled(gold_sets(arguments.sets), arguments.sample, settings.seed)
    systems = {"proofd": {}}
    with contextlib.ExitStack() as stack:
        models, files = stack.enter_context(folder_of_models(arguments.model, arguments.data))
        folder = arguments.work or stack.enter_context(tempfile.TemporaryDirectory())
        proof = Proof(arguments.proof, models, files, arguments.level, settings.jobs,
                      Path(folder, f"findings-{arguments.level}"))
        for name, records in sets.items():
            systems["proofd"][name] = score_findings(records, proof.findings(name, records), name)
        if arguments.hunspell:
            hunspell = Hunspell(Path(folder, "findings-hunspell"))
            systems["Hunspell"] = {
                name: score_findings(records, hunspell.findings(name, records), name)
                for name, records in sets.items()}
    for given in arguments.findings:
        peer, equals, folder = given.partition("=")
        if not equals:
            raise ValueError(f"--findings {given}: not NAME=DIR")
        systems[peer] = {
            name: score_findings(records, read_lines(Path(folder, f"{name}.jsonl")), name)
            for name, records in sets.items() if Path(folder, f"{name}.jsonl").exists()}
    write_json(arguments.out, {"level": arguments.level, "systems": systems})
    print(table(systems))


def table(systems):
    """The figures of each system and set, a line each."""
    def number(value, width, digits):
        return " " * (width - 1) + "-" if value is None else f"{value:{width}.{digits}f}"

    lines = [f"{'':12}{'':24}      P      R   F0.5  alarms/1,000   top1   top5"]
    for system, sets in systems.items():
        for name, row in sets.items():
            lines.append(f"{system:12}{name:24}" + "".join(
                number(row[key], width, digits) for key, width, digits in (
                    ("precision", 7, 3), ("recall", 7, 3), ("f05", 7, 3), ("false_alarms", 14, 1),
                    ("top1", 7, 3), ("top5", 7, 3))))
    return "\n".join(lines)

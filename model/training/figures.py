# SPDX-License-Identifier: LGPL-2.1-or-later
"""What stands in a report: sections of tables, plots and examples, from a folder of results."""
import json
from dataclasses import dataclass, field

from .plots import panels
from .text import KINDS

QUOTED = 10  # sentences of each sort and set
SORTS = {"found": "found", "missed": "missed", "alarm": "flagged, though right"}
EVALUATE = "python -m training evaluate"
NO_MEASURE = {"step", "tokens", "temperature", "objective", "samples", "seed"}


@dataclass
class Table:
    """Rows of texts, or of (text, share in 0..1 to colour it by). `in_card`: in Markdown too."""
    caption: str
    command: str
    header: list
    rows: list
    in_card: bool = True


@dataclass
class Section:
    title: str
    tables: list = field(default_factory=list)
    plots: list = field(default_factory=list)  # SVG
    examples: dict = field(default_factory=dict)  # {heading: sentences}
    absent: list = field(default_factory=list)  # what was not there


def flat(row):
    """A line of diversity.jsonl with name_1, name_2, ... for each list of numbers."""
    result = {}
    for name, value in row.items():
        if isinstance(value, list) and name != "samples":
            result.update({f"{name}_{i}": each for i, each in enumerate(value, 1)})
        else:
            result[name] = value
    return result


class Work:
    """The results in a folder, by run (name of its folder) or by name of the file."""

    def __init__(self, folder, read_lines):
        self.finetune, self.pretrain, self.diversity = (
            {path.parent.name: read_lines(path) for path in sorted(folder.glob(pattern))}
            for pattern in ("finetune*/log.jsonl", "pretrain*/log.jsonl",
                            "pretrain*/diversity.jsonl"))
        self.diversity = {run: [flat(row) for row in rows]
                          for run, rows in self.diversity.items()}
        self.networks, self.curves, self.products, self.levels = {}, {}, {}, {}
        for path in sorted(folder.glob("evaluate/*.json")):
            try:
                value = json.loads(path.read_text(encoding="utf-8"))
            except json.JSONDecodeError as error:
                raise ValueError(f"{path}: {error}") from None
            sorts = {"calibration": self.networks, "systems": self.products,
                     "thresholds": self.levels}
            place = self.curves if isinstance(value, list) else next(
                (sort for key, sort in sorts.items() if key in value), {})
            place[path.stem] = value


def number(value, digits=3):
    """.123 for .1234, 0.1 for .12 with one digit; a hyphen where there is no value."""
    if value is None:
        return "-"
    text = f"{value:.{digits}f}"
    return text[1:] if text.startswith("0.") and digits > 1 else text


def millions(tokens):
    return f"{tokens / 1e6:.2f} M"


def series(rows, name, part=None):
    """(tokens, values) of the log lines that have `name`, in `part` ("dev") of them if given."""
    pairs = [(row["tokens"], (row[part] if part else row)[name]) for row in rows
             if (part is None or part in row) and name in (row[part] if part else row)]
    return [tokens for tokens, _ in pairs], [value for _, value in pairs]


def curves_of(runs, name, part=None):
    lines = {run: series(rows, name, part) for run, rows in runs.items()}
    return {run: line for run, line in lines.items() if line[0]}


def by_tokens(title, lines, y="", **more):
    return {"title": title, "x": "tokens", "y": y, "lines": lines, "tokens": True, **more}


def finetuning(work):
    section = Section("Fine-tuning")
    if not work.finetune:
        section.absent.append("finetune*/log.jsonl was not there")
        return section
    plots = [by_tokens("loss in training", curves_of(work.finetune, "loss")),
             by_tokens("learning rate", curves_of(work.finetune, "lr")),
             by_tokens("loss on the dev mix", curves_of(work.finetune, "loss", "dev")),
             by_tokens("F0.5 on the dev mix", curves_of(work.finetune, "f", "dev"))]
    section.plots.append(panels("Fine-tuning", [plot for plot in plots if plot["lines"]]))
    rows = []
    for run, log in work.finetune.items():
        steps, devs = [row for row in log if "loss" in row], [row for row in log if "dev" in row]
        if not steps:
            continue
        best = max(devs, key=lambda row: row["dev"]["f"], default=None)
        rows.append([run, millions(steps[-1]["tokens"]), number(steps[0]["loss"]),
                     number(sum(row["loss"] for row in steps[-10:]) / len(steps[-10:])),
                     number(steps[-1]["seconds"] / 3600, 2),
                     number(best["dev"]["f"] if best else None),
                     millions(best["tokens"]) if best else "-"])
    section.tables.append(Table(
        "Fine-tuning: mean loss of the last ten lines of the log; F0.5 by token on the dev mix",
        "python -m training finetune --train DIR --dev DIR --start DIR --out WORK/finetune",
        ["run", "tokens", "first loss", "last loss", "hours", "best dev F0.5", "after"], rows))
    return section


def pretraining(work):
    section = Section("Pretraining: generator and discriminator")
    if not work.pretrain:
        section.absent.append("pretrain*/log.jsonl was not there")
        return section
    names = {}  # every figure of the logs, in order
    for log in work.pretrain.values():
        for row in log:
            names.update({(None, name): None for name, value in row.items()
                          if isinstance(value, (int, float))})
            names.update({("dev", name): None for name, value in row.get("dev", {}).items()
                          if isinstance(value, (int, float))})
    plots = [by_tokens(f"{name} on held-out text" if part else name,
                       curves_of(work.pretrain, name, part))
             for part, name in names
             if name not in ("step", "tokens", "seconds", "tokens_per_second")]
    section.plots.append(panels("Pretraining", plots))
    shown = [name for part, name in names if part is None
             and name not in ("step", "tokens", "lr", "tokens_per_second", "seconds")]
    rows = []
    for run, log in work.pretrain.items():
        ends = [series(log, name)[1] for name in shown]
        rows.append([run, millions(log[-1]["tokens"] if log else 0),
                     *(f"{number(values[0])} to {number(values[-1])}" if values else "-"
                       for values in ends)])
    section.tables.append(Table(
        "Pretraining: first and last line of the log",
        "python -m training pretrain --train DIR --dev DIR --start DIR --out WORK/pretrain",
        ["run", "tokens", *shown], rows))
    return section


def diversity_lines(rows, name, temperature):
    """{run: (tokens, values)} of a measure, and the same of the sentences themselves where the
    rows have it: distinct_text_1 beside distinct_1."""
    lines = {}
    stem, _, place = name.rpartition("_")
    in_text = f"{stem}_text_{place}" if place.isdigit() else f"{name}_text"
    for run, row in rows:
        if row["temperature"] == temperature:
            for line, key in (run, name), ("the text itself", in_text):
                if key in row:
                    xs, ys = lines.setdefault(line, ([], []))
                    xs.append(row["tokens"])
                    ys.append(row[key])
    if "the text itself" in lines:  # last, so that each run has the same colour everywhere
        lines["the text itself"] = tuple(zip(*sorted(zip(*lines.pop("the text itself")))))
    return lines


def diverse(work):
    section = Section("Diversity of the generator")
    rows = [(run, row) for run, log in work.diversity.items() for row in log]
    if not rows:
        section.absent.append("pretrain*/diversity.jsonl was not there")
        return section
    measures = list(dict.fromkeys(name for _, row in rows for name, value in row.items()
                                  if name not in NO_MEASURE and isinstance(value, (int, float))))
    temperatures = sorted({row["temperature"] for _, row in rows})
    middle = min(temperatures, key=lambda value: abs(value - 1.0))
    plots = [by_tokens(name.replace("_", " "), diversity_lines(rows, name, middle))
             for name in measures if "_text" not in name]
    section.plots.append(panels(f"Diversity at temperature {middle:g}", plots))
    section.tables.append(Table(
        "Generator on held-out text, by objective, tokens seen and temperature of sampling",
        "python -m training pretrain --set objective=OBJECTIVE --set snapshots=TOKENS,... "
        "--train DIR --dev DIR --start DIR --out WORK/pretrain-OBJECTIVE",
        ["run", "objective", "tokens", "temperature", *(m.replace("_", " ") for m in measures)],
        [[run, row.get("objective", "-"), millions(row["tokens"]),
          number(row["temperature"], 2), *(number(row.get(name)) for name in measures)]
         for run, row in rows]))
    section.tables += samples(rows)
    return section


def samples(rows):
    """The same sentences as each stage, temperature and objective fills them: a table for each
    sentence and temperature, a row for each stage, a column for each objective."""
    tables = []
    most = max((len(row.get("samples", ())) for _, row in rows), default=0)
    runs = list(dict.fromkeys(run for run, _ in rows))
    for temperature in sorted({row["temperature"] for _, row in rows}):
        here = {(run, row["tokens"]): row.get("samples", ()) for run, row in rows
                if row["temperature"] == temperature}
        stages = sorted({tokens for _, tokens in here})
        for i in range(min(most, 4)):
            tables.append(Table(
                f"Sample {i + 1} at temperature {temperature:g}", "", ["tokens", *runs],
                [[millions(tokens), *(
                    here[run, tokens][i] if i < len(here.get((run, tokens), ()))
                    else "-" for run in runs)] for tokens in stages], in_card=False))
    return tables


def learning(work):
    section = Section("Learning curve")
    if not work.curves:
        section.absent.append("no curve in evaluate/*.json")
    for name, points in work.curves.items():
        sets = [known for known in points[0]["sets"] if "best" in points[0]["sets"][known]]
        clean = [known for known in points[0]["sets"] if known not in sets]
        tokens = [point["tokens"] for point in points]
        common = {known: [point["sets"][known]["common"] for point in points]
                  for known in (*sets, *clean)}
        scores = {known: (tokens, [row["f05"] for row in common[known]]) for known in sets}
        scores["mean"] = (tokens, [point["mean"] for point in points])
        reached = {known: (tokens, [point["sets"][known]["recall_at_precision"]
                                    for point in points]) for known in sets}
        alarms = {known: (tokens, [row["false_alarms"] for row in rows])
                  for known, rows in common.items() if rows[0]["false_alarms"] is not None}
        section.plots.append(panels(f"Learning curve {name}", [
            by_tokens("F0.5 at the common threshold", scores),
            by_tokens("recall at precision .65", reached),
            by_tokens("false alarms per 1,000 words", alarms)]))
        section.tables.append(Table(
            f"{name}: F0.5 of the network with Hunspell, by tokens seen, at one threshold for all "
            "sets; false alarms per 1,000 words",
            f"{EVALUATE} curve WORK/finetune/snapshots --sets SETS --out WORK/evaluate/{name}.json",
            ["tokens", "threshold", "mean", *sets, *(f"{known}, alarms" for known in clean)],
            [[millions(point["tokens"]), number(point["threshold"], 2), number(point["mean"]),
              *(number(point["sets"][known]["common"]["f05"]) for known in sets),
              *(number(point["sets"][known]["common"]["false_alarms"], 1) for known in clean)]
             for point in points]))
    return section


def set_row(name, figures):
    best, common, alone = (figures.get(key, {}) for key in ("best", "common", "alone"))
    own = common if best else {"false_alarms": common["false_alarms"]}
    return [name, *(number(row.get(key)) for row in (best, own)
                    for key in ("precision", "recall", "f05")),
            number(common["false_alarms"], 1), number(figures.get("recall_at_precision")),
            number(alone.get("best", {}).get("f05")), number(alone.get("recall_at_precision"))]


def curve_plot(known, figures):
    curve, common = figures["curve"], figures["common"]
    return {"title": known, "x": "recall", "y": "precision", "limits": ((0, 0.8), (0, 1)),
            "lines": {"all thresholds": ([row["recall"] for row in curve],
                                         [row["precision"] for row in curve])},
            "points": {"the common one": ([common["recall"]], [common["precision"]])}}


def networks(work):
    section = Section("The network alone")
    if not work.networks:
        section.absent.append("no network in evaluate/*.json")
    for name, result in work.networks.items():
        plots = []
        for known, figures in result["sets"].items():
            if "curve" in figures:
                plots.append(curve_plot(known, figures))
        section.plots.append(panels(f"Precision and recall {name}", plots))
        command = f"{EVALUATE} network MODEL --sets SETS --out WORK/evaluate/{name}.json"
        section.tables.append(Table(
            f"{name}: by token, with the words that Hunspell does not know, at the best threshold "
            f"of each set and at {result['threshold']:.2f} for all; recall at precision "
            f"{number(result['precision_of_recall'], 2)}; the same without Hunspell", command,
            ["set", "best P", "R", "F0.5", "common P", "R", "F0.5", "false alarms per 1,000",
             "recall at precision", "alone F0.5", "alone recall at precision"],
            [set_row(known, figures) for known, figures in result["sets"].items()]))
        section.tables += kind_tables(name, result, command) + source_tables(name, result, command)
        if not section.examples:
            section.examples = quoted(result)
    return section


def kind_tables(name, result, command):
    tables = []
    for known, figures in result["sets"].items():
        if figures["kinds"]:
            rows = sorted(figures["kinds"].items(), key=lambda item: -item[1]["words"])
            tables.append(Table(
                f"{name}: recall by kind of error on {known}", command,
                ["kind", "words", "found"],
                [[kind, str(row["words"]), number(row["found"] / row["words"])]
                 for kind, row in rows]))
    labels = sorted({label for figures in result["sets"].values() for label in figures["found_as"]})
    tables.append(Table(
        f"{name}: words found, by label, and the share that is wrong", command,
        ["label", *result["sets"]],
        [[label, *("{} ({})".format(row["found"], number(row["right"] / row["found"], 2))
                   if row else "-" for row in (figures["found_as"].get(label)
                                               for figures in result["sets"].values()))]
         for label in labels], in_card=False))
    return tables


def source_tables(name, result, command):
    return [Table(f"{name}: {known} by source", command,
                  ["source", "words", "P", "R", "false alarms per 1,000"],
                  [[source, str(row["words"]),
                    *(number(row[key] if "best" in figures else None)
                      for key in ("precision", "recall")), number(row["false_alarms"], 1)]
                   for source, row in figures["sources"].items()], in_card=False)
            for known, figures in result["sets"].items() if figures["sources"]]


def quoted(result):
    """{heading: at most QUOTED sentences}."""
    return {f"{known}: {heading}": figures["examples"][sort][:QUOTED]
            for known, figures in result["sets"].items()
            for sort, heading in SORTS.items() if figures["examples"][sort]}


def calibrated(work):
    section = Section("Calibration")
    if not work.networks:
        section.absent.append("no network in evaluate/*.json")
    rows = []
    for name, result in work.networks.items():
        figures = result["calibration"]
        lines = {}
        for when in "before", "after":
            bins = [row for row in figures[when]["bins"] if row["words"]]
            lines[when] = ([row["chance"] for row in bins], [row["wrong"] for row in bins])
        section.plots.append(panels(f"Calibration {name}", [
            {"title": name, "x": "chance", "y": "share that is wrong", "lines": lines,
             "limits": ((0, 1), (0, 1)), "diagonal": True}]))
        rows.append([name, number(figures["temperature"]),
                     *(number(figures[when][key], 4) for key in ("ece", "nll")
                       for when in ("before", "after"))])
    if rows:
        section.tables.append(Table(
            "Temperature with the least negative log-likelihood (NLL) on all sets, each with the "
            "same weight; expected calibration error (ECE) over ten bins, before and after",
            f"{EVALUATE} network MODEL --sets SETS --out WORK/evaluate/NAME.json",
            ["network", "temperature", "ECE", "after", "NLL", "after"], rows))
    return section


def confused(work):
    section = Section("Confusion of kinds")
    for name, result in work.networks.items():
        tables = {}
        if "held" in result:
            tables["held-out errors made by rule"] = result["held"]["confusion"]
        for known, figures in result["sets"].items():
            if figures["kinds"]:
                tables[known] = {kind: {**row["as"], "O": row["words"] - row["found"]}
                                 for kind, row in figures["kinds"].items()}
        for where, table in tables.items():
            found = [label for label in ("O", *result["labels"][1:], "spelling")
                     if any(label in row for row in table.values())]
            found = list(dict.fromkeys(found))
            rows = []
            for kind in sorted(table, key=lambda kind: (*KINDS, kind).index(kind)):
                row = table[kind]
                total = sum(row.values())
                rows.append([kind, str(total), *(
                    (f"{100 * row.get(label, 0) / total:.0f}", row.get(label, 0) / total)
                    for label in found)])
            section.tables.append(Table(
                f"{name}, {where}: what words of each kind (rows) are found as (columns), per "
                "cent; O: not found", f"{EVALUATE} network MODEL --sets SETS --held ARRAYS "
                f"--out WORK/evaluate/{name}.json", ["kind", "words", *found], rows,
                in_card=False))
    if not section.tables:
        section.absent.append("no confusion of kinds in evaluate/*.json")
    return section


def products(work):
    section = Section("The product, and others")
    if not work.products:
        section.absent.append("no product in evaluate/*.json")
    for name, result in work.products.items():
        command = (f"{EVALUATE} product MODEL --proof proof --sets SETS --level {result['level']} "
                   f"--hunspell --findings NAME=DIR --out WORK/evaluate/{name}.json")
        section.tables.append(Table(
            f"{name}, level {result['level']}: by token; false alarms (findings per 1,000 words of "
            "sentences without error); share of edits that the first, or one of the first five, "
            "corrections repairs", command,
            ["system", "set", "P", "R", "F0.5", "false alarms", "first", "one of five"],
            [[system, known, *(number(row[key]) for key in ("precision", "recall", "f05")),
              number(row["false_alarms"], 1), number(row["top1"]), number(row["top5"])]
             for system, sets in result["systems"].items() for known, row in sets.items()]))
        sets = result["systems"]["proofd"]
        kinds = sorted({kind for row in sets.values() for kind in row["kinds"]})
        section.tables.append(Table(
            f"{name}, level {result['level']}: findings by kind, and the share on a wrong word",
            command, ["kind", *sets],
            [[kind, *("{} ({})".format(row["findings"], number(row["right"] / row["findings"], 2))
                      if row else "-" for row in (figures["kinds"].get(kind)
                                                  for figures in sets.values()))]
             for kind in kinds]))
    return section


def fitted(work):
    section = Section("Levels")
    if not work.levels:
        section.absent.append("no levels in evaluate/*.json")
    for name, result in work.levels.items():
        section.tables.append(Table(
            f"{name}: what the thresholds give on the findings that they were fitted to, and the "
            "default level fitted to one half of each set and measured on the other",
            f"{EVALUATE} levels MODEL --proof proof --sets SETS --out WORK/evaluate/{name}.ini",
            ["level", "set", "P", "R", "F0.5", "false alarms per 1,000"],
            [[level, known, *(number(row[key] if row["f05"] else None)
                              for key in ("precision", "recall", "f05")),
              number(row.get("false_alarms"), 1)]
             for level, sets in result["figures"].items() for known, row in sets.items()]))
    return section


def sections(work):
    return [make(work) for make in (products, networks, learning, fitted, calibrated, confused,
                                    finetuning, pretraining, diverse)]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""python -m training STAGE ...: one stage of making the model, from the folder `model`."""
import argparse
import importlib
import sys

from .settings import SettingsError, described, read

STAGES = {
    "prepare": "corpus to clean sentences, in arrays",
    "words": "words.tsv: how often words occur",
    "confusions": "confusions.tsv: what people write for what",
    "ngrams": "ngrams.bin: which words follow each other",
    "names": "names.txt: names and terms that no dictionary has",
    "corrupt": "sentences with labelled errors",
    "pretrain": "generator and discriminator, by replaced-token detection",
    "diversity": "how good and various a generator's samples are",
    "finetune": "a discriminator that names kinds of errors",
    "cascade": "exits between layers, for sentences that need no more",
    "ranking": "ranking.ini: how much each feature of a repair counts",
    "evaluate": "how good a model is, and its thresholds",
    "regress": "proofd beside what it was, and beside other checkers",
    "report": "all figures and plots on one page",
    "export": "small weights for the service; ONNX",
    "manifest": "manifest.json: hashes of a model's files, and a golden sentence",
    "reference": "what PyTorch and Transformers compute, for the tests of the C code",
}


def parser_of(name):
    """The argument parser of one stage, and the stage's module."""
    module = importlib.import_module(f".{name}", __package__)
    parser = argparse.ArgumentParser(
        prog=f"python -m training {name}", description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    module.add_arguments(parser)
    if hasattr(module, "Settings"):
        parser.add_argument("--config", metavar="FILE.toml",
                            help=f"settings, in its table [{name}]")
        parser.add_argument("--set", metavar="KEY=VALUE", action="append", default=[],
                            help="one setting, over the file's")
        parser.epilog = described(module.Settings)
    return parser, module


def main():
    names = "\n".join(f"  {name:12}{text}" for name, text in STAGES.items())
    parser = argparse.ArgumentParser(
        prog="python -m training", description=f"{__doc__}\n\nstages:\n{names}",
        usage="python -m training STAGE [--help] ...",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", choices=STAGES, metavar="STAGE")
    stage = parser.parse_args(sys.argv[1:2]).stage
    parser, module = parser_of(stage)
    arguments = parser.parse_args(sys.argv[2:])
    try:
        if hasattr(module, "Settings"):
            settings = read(module.Settings, arguments.config, stage, arguments.set)
            return module.run(arguments, settings)
        return module.run(arguments)
    except (SettingsError, OSError, ValueError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes manifest.json of a model's directory: what it is, size and SHA-256 of each file, and what
PyTorch in fp32 says of a sentence (model/FORMAT.md). `proof model verify` compares them.

`export` does this for the directory it writes; do it again when a table of it has changed.
"""
import hashlib
import json
from pathlib import Path

FORMAT = 1
GOLDEN = "She go to school every days."
TOLERANCE = 0.1  # of a chance: int8 moves one by 0.08 at most
LEFT_OUT = ("manifest.json", "MODEL_CARD.md")


def golden_of(folder):
    """The manifest's `golden`. Raises OSError, ValueError."""
    from .export import network, read_config, read_safetensors, wrong
    from .text import Encoder
    config = read_config(folder)
    ids, types, *_ = Encoder(Path(folder) / "vocab.txt").encode([GOLDEN])[0]
    chances = wrong(network(config, read_safetensors(Path(folder) / "model.safetensors")),
                    [(ids, types)])
    return {"text": GOLDEN, "ids": ids, "types": types if config["type_vocab_size"] == 4 else
            [0] * len(ids), "wrong": [round(float(chance), 5) for chance in chances],
            "tolerance": TOLERANCE}


def write_manifest(folder, name, version, language, licence):
    """Of all files of `folder`, as they are now."""
    folder = Path(folder)
    files = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name not in LEFT_OUT and not path.name.startswith("."):
            data = path.read_bytes()
            files[path.name] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    manifest = {"format": FORMAT, "name": name, "version": version, "language": language,
                "licence": licence, "files": files, "golden": golden_of(folder)}
    (folder / "manifest.json").write_text(written(manifest), encoding="utf-8")


def written(manifest):
    """Its JSON: a line for each key, and for each file."""
    lines = [f"  {json.dumps(name)}: {json.dumps(entry)}"
             for name, entry in manifest["files"].items()]
    files = "{\n" + ",\n".join(lines) + "\n }"
    return "{\n" + ",\n".join(
        f" {json.dumps(key)}: {files if key == 'files' else json.dumps(value)}"
        for key, value in manifest.items()) + "\n}\n"


def add_what(parser):
    """Arguments that say what a model is."""
    parser.add_argument("--name", default="proofd-model-en", help="of the model")
    parser.add_argument("--version", default="0.1.0", help="of the model")
    parser.add_argument("--language", default="en", help="primary: en, not en_US")
    parser.add_argument("--licence", default="Apache-2.0", help="SPDX identifier")


def add_arguments(parser):
    parser.add_argument("folder", metavar="DIR", help="with model and tables")
    add_what(parser)


def run(arguments):
    write_manifest(arguments.folder, arguments.name, arguments.version, arguments.language,
                   arguments.licence)
    return 0

# SPDX-License-Identifier: LGPL-2.1-or-later
"""proof model, and directories that Transformers wrote.

Environment: as case.py; PROOFD_PYTHON: a Python with torch and transformers, for their part.
"""
import json
import os
import shutil
import subprocess
import time
import unittest
from pathlib import Path

import tap
from case import BusCase, Case

EN = Path(os.environ["PROOFD_MODELS"], "en")
MAKE = Path(__file__).with_name("make_checkpoints.py")
PYTHON = os.environ.get("PROOFD_PYTHON", "")


def copy_of(source, folder):
    """The same model again: small files copied, large ones linked."""
    folder.mkdir(parents=True)
    for path in source.iterdir():
        if path.stat().st_size < 1_000_000:
            shutil.copy(path, folder)
        else:
            (folder / path.name).symlink_to(path)
    return folder


class ModelCase(Case):
    """With a models' folder of its own."""

    def setUp(self):
        super().setUp()
        self.models = self.dir / "models"
        self.en = copy_of(EN, self.models / "en")
        self.env["PROOFD_MODELS"] = str(self.models)
        self.conf = Path(self.env["XDG_CONFIG_HOME"], "proofd", "proofd.conf")

    def change_manifest(self, folder, **changes):
        path = folder / "manifest.json"
        manifest = json.loads(path.read_text())
        manifest.update(changes)
        path.write_text(json.dumps(manifest))

    def listed(self):
        return json.loads(self.proof("model", "--json"))


class TestList(ModelCase):
    def test_beside_each_other(self):
        copy_of(EN, self.models / "en-large")
        copy_of(EN, Path(self.env["XDG_DATA_HOME"], "proofd", "models", "en-mine"))
        (self.models / "no-model").mkdir()
        packages = self.listed()
        self.assertEqual([Path(package["directory"]).name for package in packages],
                         ["en", "en-mine", "en-large"])
        self.assertEqual([package["in-use"] for package in packages], [True, False, False])
        self.assertEqual(packages[0]["licence"], "Apache-2.0")
        self.assertEqual(packages[0]["size"], sum(
            path.stat().st_size for path in EN.iterdir()))
        lines = self.proof("model").splitlines()
        self.assertTrue(lines[0].startswith("* en  proofd-model-en 0.1.0  32.9"), lines[0])
        self.assertTrue(lines[1].startswith("  en  "), lines[1])

    def test_none(self):
        self.env["PROOFD_MODELS"] = str(self.work)
        self.assertEqual(self.proof("model", "list"), "")
        self.assertIn(f"no model in {self.work}", self.errors)

    def test_usage(self):
        self.proof("model", "lst", status=2)
        self.assertIn("did you mean \"list\"?", self.errors)
        self.proof("model", "use", status=2)
        self.assertIn("one directory, or \"default\"", self.errors)


class TestVerify(ModelCase):
    def refused(self, *parts, folder=None):
        self.proof("model", "verify", str(folder or self.en), status=2)
        for part in parts:
            self.assertIn(part, self.errors)

    def test_whole(self):
        out = self.proof("model", "verify")
        self.assertIn("9 files: size and SHA-256 are right", out)
        self.assertIn("the golden sentence differs by a chance of 0.0", out)

    def test_other_bytes(self):
        path = self.en / "names.txt"
        data = bytearray(path.read_bytes())
        data[100] ^= 1
        path.write_bytes(data)
        self.refused("names.txt: its SHA-256 is")
        path.write_bytes(data[:-1])
        self.refused("names.txt: 365170 bytes, but manifest.json says 365171")

    def test_missing_file(self):
        (self.en / "words.tsv").unlink()
        self.refused("words.tsv: missing, and manifest.json lists it")
        self.proof("check", "--local", stdin="Fine.", status=2)
        self.assertIn("words.tsv: missing", self.errors)

    def test_newer(self):
        self.change_manifest(self.en, format=2)
        self.refused("manifest.json: format 2 is newer than this program, which knows 1")
        self.proof("check", "--local", stdin="Fine.", status=2)
        self.assertIn("a newer proofd is needed", self.errors)
        self.assertIn("format 2 is newer", self.listed()[0]["problem"])

    def test_manifest_that_is_none(self):
        for changes, part in (
                ({"format": "1"}, "no number format"), ({"name": 3}, "no text name"),
                ({"licence": ""}, "no text licence"), ({"files": []}, "no files"),
                ({"files": {"../x": {}}}, "\"../x\" is no file's name"),
                ({"files": {"x": {"sha256": "0", "size": 1}}}, "x: no sha256 of 64 hex digits"),
                ({"golden": {"text": "a", "ids": [1]}}, "golden: not text, tolerance"),
                ({"golden": {"text": "a", "ids": ["x"], "types": [0], "wrong": [0],
                             "tolerance": 1}}, "number 0 is none")):
            with self.subTest(part):
                shutil.copy(EN / "manifest.json", self.en)
                self.change_manifest(self.en, **changes)
                self.refused("manifest.json", part)
        (self.en / "manifest.json").write_text("{")
        self.refused("manifest.json")

    def test_golden_sentence(self):
        golden = json.loads((EN / "manifest.json").read_text())["golden"]
        self.change_manifest(self.en, golden={**golden, "wrong": [.9] + golden["wrong"][1:]})
        self.refused("piece 0 of \"She go to school every days.\"", "manifest.json says 0.900")
        self.change_manifest(self.en, golden={**golden, "text": "He goes."})
        self.refused("cut into other pieces")

    def test_other_network(self):
        config = json.loads((self.en / "config.json").read_text())
        (self.en / "manifest.json").unlink()
        for changes, part in (
                ({"architectures": ["ElectraForMaskedLM"]}, "architectures is ElectraForMaskedLM"),
                ({"model_type": "bert"}, "model_type is \"bert\""),
                ({"vocab_size": 1000}, "30522 tokens, but vocab_size is 1000"),
                ({"intermediate_size": 768}, "config.json asks for")):
            with self.subTest(part):
                (self.en / "config.json").write_text(json.dumps({**config, **changes}))
                self.refused(part)

    def test_other_files(self):
        (self.en / "manifest.json").unlink()
        (self.en / "model.safetensors").unlink()
        self.refused("model.safetensors: missing")
        (self.en / "pytorch_model.bin").write_text("")
        self.refused("there is pytorch_model.bin, which is not read")
        self.refused("no model: there is no config.json", folder=self.work)

    def test_tokenizers(self):
        (self.en / "manifest.json").unlink()
        (self.en / "tokenizer_config.json").write_text('{"do_lower_case": false}')
        self.refused("tokenizer_config.json: do_lower_case is false")
        (self.en / "tokenizer_config.json").write_text('{"do_lower_case": true}')
        lines = (self.en / "vocab.txt").read_text().splitlines()
        (self.en / "vocab.txt").unlink()
        self.refused("vocab.txt: missing, and there is no tokenizer.json")
        good = {"normalizer": {"type": "BertNormalizer", "lowercase": True},
                "model": {"type": "WordPiece", "unk_token": "[UNK]",
                          "continuing_subword_prefix": "##",
                          "vocab": {token: i for i, token in enumerate(lines)}}}
        for key, changes, part in (
                ("model", {"type": "BPE"}, "its model is not WordPiece"),
                ("normalizer", {"lowercase": False}, "its normalizer is not BertNormalizer"),
                ("model", {"vocab": {"[UNK]": 1}}, "model.vocab: the ids are not 0 to 0"),
                ("model", {"vocab": {}}, "no model.vocab of tokens"),
                ("model", {"vocab": {"a": 0}}, "no token [UNK]")):
            with self.subTest(part):
                (self.en / "tokenizer.json").write_text(
                    json.dumps({**good, key: {**good[key], **changes}}))
                self.refused("tokenizer.json", part)
        (self.en / "tokenizer.json").write_text(json.dumps(good))
        self.proof("model", "verify", str(self.en))


class TestUse(ModelCase):
    def in_use(self):
        return [package["directory"] for package in self.listed() if package["in-use"]]

    def test_and_back(self):
        other = copy_of(EN, self.dir / "other")
        self.conf.parent.mkdir(parents=True)
        before = "# mine\n[check]\nlevel=careful\n"
        self.conf.write_text(before)
        self.assertIn(f"en is checked with {other} from now on",
                      self.proof("model", "use", str(other)))
        self.assertIn(f"model={other}", self.conf.read_text())
        self.assertEqual([line for line in self.conf.read_text().splitlines() if line][:3],
                         before.splitlines())
        self.assertEqual(self.in_use(), [str(other)])
        self.assertIn("model       other\n", self.proof("status", "--local"))
        self.proof("check", "--local", stdin="She go home.\n", status=1)
        self.assertIn("model       en\n",
                      self.proof("status", "--local", "--models", str(self.models)))
        self.proof("model", "use", "default")
        self.assertEqual([line for line in self.conf.read_text().splitlines() if line],
                         before.splitlines())
        self.assertEqual(self.in_use(), [str(self.en)])

    def test_by_name_and_language(self):
        large = copy_of(EN, self.models / "large")
        self.proof("model", "use", "large", "--language", "de_DE")
        self.assertIn(f"[de]\nmodel={large}", self.conf.read_text())
        self.assertEqual(self.in_use(), [str(large), str(self.en)])
        self.proof("model", "use", "en")  # the language's own: nothing to write
        self.assertNotIn("[en]", self.conf.read_text())
        self.proof("model", "use", "default", "-l", "de")
        self.assertNotIn("[de]", self.conf.read_text())

    def test_broken_is_not_used(self):
        other = copy_of(EN, self.dir / "other")
        (other / "vocab.txt").write_text("")
        self.proof("model", "use", str(other), status=2)
        self.assertIn("vocab.txt", self.errors)
        self.assertFalse(self.conf.exists())

    def test_settings_that_cannot_be_read(self):
        self.conf.parent.mkdir(parents=True)
        self.conf.write_text("no setting\n")
        self.proof("model", "use", "default", status=2)
        self.assertIn("proofd.conf", self.errors)
        self.assertEqual(self.conf.read_text(), "no setting\n")
        self.proof("check", "--local", stdin="She go home.\n", status=1)
        self.assertIn("proofd.conf", self.errors)

    def test_link_stays(self):
        target = self.dir / "dotfiles.conf"
        target.write_text("")
        self.conf.parent.mkdir(parents=True)
        self.conf.symlink_to(target)
        self.proof("model", "use", str(copy_of(EN, self.dir / "other")))
        self.assertTrue(self.conf.is_symlink())
        self.assertIn("model=", target.read_text())


class TestService(BusCase):
    def test_follows(self):
        other = copy_of(EN, self.dir / "en-other")
        self.proof("check", stdin="She go home.\n", status=1)
        self.proof("model", "use", str(other))
        end = time.monotonic() + 120
        while "model       en-other\n" not in (out := self.proof("status")):
            self.assertLess(time.monotonic(), end, out)
            time.sleep(.05)
        self.proof("check", stdin="She go home.\n", status=1)


@unittest.skipUnless(PYTHON and subprocess.run(
    [PYTHON, "-c", "import torch, transformers"], stderr=subprocess.DEVNULL,
    check=False).returncode == 0, "needs PROOFD_PYTHON with torch and transformers")
class TestTransformers(ModelCase):
    def test_checkpoints(self):
        folder = self.dir / "checkpoints"
        folder.mkdir()
        subprocess.run([PYTHON, MAKE, EN / "vocab.txt", folder], check=True, timeout=500,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        expected = json.loads((folder / "expected.json").read_text())
        self.assertEqual(len(expected), 9)
        for name, golden in expected.items():
            with self.subTest(name):
                self.assertIn("no manifest.json", self.proof("model", "verify",
                                                             str(folder / name)))
                self.assertGreater(max(golden["wrong"]) - min(golden["wrong"]), .001)
                shutil.copy(EN / "manifest.json", folder / name)
                self.change_manifest(folder / name, files={
                    "config.json": {"sha256": "0" * 64, "size": 0}}, golden={
                        "text": "She go to school every days.", "types": [0] * len(golden["ids"]),
                        "tolerance": .0002, **golden})
                self.proof("model", "verify", str(folder / name), status=2)
                self.assertIn("config.json:", self.errors)
                self.change_manifest(folder / name, files={})
                self.proof("model", "verify", str(folder / name))
        name = next(iter(expected))
        self.proof("model", "use", str(folder / name), "-l", "en")
        self.proof("check", "--local", "--level", "thorough", stdin="She recieve it.\n", status=1)
        shutil.rmtree(self.en)  # and without tables of the language
        self.proof("check", "--local", stdin="She recieve it.\n", status=1)
        self.proof("model", "verify", str(folder / "bert"), status=2)
        self.assertIn("model_type is \"bert\"", self.errors)


if __name__ == "__main__":
    tap.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-bench.py - what the benchmark measures with, and how it counts (TAP)

Environment: BUILD_DIR: the programs, tests/bench/latency and daemon/proofd among them.
"""

import os
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "bench"), str(HERE / "plugin")]
import bus  # noqa: E402
import report  # noqa: E402
import tap  # noqa: E402
import texts  # noqa: E402


class Texts(unittest.TestCase):
    def setUp(self):
        self.writer = texts.Writer(1)

    def test_sentences_have_the_words_asked_for_and_differ(self):
        for n_words in 5, 10, 25, 60:
            sentences = self.writer.sentences(n_words, 50)
            self.assertEqual({len(one.split(" ")) for one in sentences}, {n_words})
            self.assertEqual(len(set(sentences)), 50)

    def test_same_seed_same_text(self):
        self.assertEqual(self.writer.sentences(25, 3), texts.Writer(1).sentences(25, 3))
        self.assertNotEqual(texts.Writer(1).sentence(25), texts.Writer(2).sentence(25))

    def test_errors(self):
        for _ in range(50):
            words = self.writer.with_errors(25, 2)[:-1].split(" ")
            self.assertEqual(len(words), 25)
        known = self.writer.small
        for word in "because", "there", "three":
            for _ in range(20):
                self.assertNotIn(self.writer.misspelt(word), known)

    def test_every_edit_fits_the_document(self):
        text = self.writer.document(3000)
        self.assertEqual(len(text.encode("ascii")), 3000)
        edits = self.writer.editing_session(text, 300)
        self.assertEqual(len(edits), 300)
        self.assertEqual({kind for kind, *_ in edits}, {"type", "delete", "paste"})
        for kind, start, removed, inserted in edits:
            self.assertLessEqual(start + removed, len(text))
            self.assertEqual(kind == "delete", removed > 0 and not inserted)
            text = text[:start] + inserted + text[start + removed:]

    def test_prose(self):
        some = texts.prose(500)
        n_words = sum(len(text.split()) for text in some)
        self.assertTrue(500 <= n_words < 600, n_words)
        with self.assertRaises(OSError):
            texts.prose(500, "/nonexistent")


class Figures(unittest.TestCase):
    def test_percentiles(self):
        few = bus.summary([3.0, 1.0, 2.0])
        self.assertEqual(few, {"p50_ms": 2.0, "p99_ms": 3.0, "n": 3})
        many = bus.summary([float(i) for i in range(1000, 0, -1)])
        self.assertEqual(many, {"p50_ms": 500.5, "p99_ms": 990.0, "n": 1000})
        self.assertIsNone(bus.summary([])["p99_ms"])

    def test_nothing_measured(self):
        figures = report.headline({})
        self.assertEqual(set(figures.values()), {None})
        for name in ("int8_tokens_per_s", "ort_int8_tokens_per_s", "int8_vs_ort_int8",
                     "int8_share_of_limit", "new_sentence_p99_ms", "cached_sentence_p99_ms",
                     "with_candidates_p99_ms", "keystroke_p99_ms", "cold_start_ms", "rss_mb",
                     "words_per_s"):
            self.assertIn(name, figures)

    def test_least_is_of_all_shapes(self):
        rates = {"1x16": {"proofd int8": 30.0, "ORT int8": 20.0},
                 "1x32": {"proofd int8": 40.0, "ORT int8": 20.0, "CTranslate2 int8": 32.0}}
        figures = report.headline({"network": {"tokens_per_s": rates, "shares": {}}})
        self.assertEqual(figures["int8_vs_ort_int8"], 2.0)
        self.assertEqual(figures["int8_vs_peers_least"], 1.25)
        self.assertIsNone(figures["fp32_tokens_per_s"])

    def test_unanswered_edit_counts(self):
        row = {"bytes": 10, "candidates": 0, "keys": {"p99_ms": 4.0}, "unanswered_ms": 3000.0}
        self.assertEqual(report.headline({"keystrokes": [row]})["keystroke_p99_ms"], 3000.0)
        row["unanswered_ms"] = None
        self.assertEqual(report.headline({"keystrokes": [row]})["keystroke_p99_ms"], 4.0)

    def test_rounded(self):
        self.assertEqual(report.rounded({"a": [12345.6, None], "b": 7, "c": True}),
                         {"a": [12350.0, None], "b": 7, "c": True})


@unittest.skipUnless(bus.available(), "there is no dbus-daemon")
class Service(unittest.TestCase):
    def test_calls(self):
        writer = texts.Writer(3)
        with bus.Bus(os.environ["BUILD_DIR"]) as service:
            sentences = writer.sentences(10, 12)
            self.assertEqual(len(service.check(sentences, clients=5)), 12)
            self.assertEqual(service.check(sentences, seconds=0), [])
            self.assertGreater(service.memory_mb()["rss_mb"], 1)
            with self.assertRaisesRegex(OSError, "InvalidOption"):
                service.check(sentences, candidates=51)
            row = bus.keystrokes(service, writer, 1000, 60, 60, known=True)
            self.assertEqual(row["keys"]["n"] + row["pastes"]["n"], 60)
            self.assertIsNone(row["unanswered_ms"])
            row = bus.keystrokes(service, writer, 1000, 60, 0)
            self.assertLess(row["keys"]["n"] + row["pastes"]["n"], 60)
            self.assertIsNotNone(row["unanswered_ms"])
            pid = service.pid()
            service.stop()
            self.assertFalse(bus.runs(pid))
            self.assertEqual(bus.activations(service, 1)["n"], 1)


if __name__ == "__main__":
    tap.main()

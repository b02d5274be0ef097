#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Forward passes of the shipped model: proofd beside ONNX Runtime, fp32, one thread each.

BUILD_DIR is a configured build directory; its tests/bench/bench must be built. Needs numpy, onnx
and onnxruntime, which ./dev bench installs. The ONNX graph is made from the same weights with ONNX
Runtime's own fused operators (training/export.py). The two take turns, pass by pass; printed are
medians.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time

import numpy as np
import onnxruntime

TOKENS = (16, 32, 128)
HERE = os.path.dirname(os.path.abspath(__file__))
MODEL_DIR = os.path.join(HERE, "..", "..", "model", "data", "en")
sys.path.insert(0, os.path.join(HERE, "..", "..", "model"))
from training.export import Graph, read_config, read_safetensors  # noqa: E402


class Proofd:
    def __init__(self, build_dir):
        self.process = subprocess.Popen(
            [os.path.join(build_dir, "tests", "bench", "bench"), MODEL_DIR], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.load_seconds = float(self.process.stdout.readline())

    def run(self, ids):
        self.process.stdin.write(" ".join(map(str, ids[1:-1])) + "\n")
        self.process.stdin.flush()
        seconds, *logits = map(float, self.process.stdout.readline().split())
        return seconds, logits


class OnnxRuntime:
    def __init__(self, model):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                                    providers=["CPUExecutionProvider"])

    def run(self, ids):
        feed = {"ids": np.array([ids], np.int32),
                "types": np.zeros((1, len(ids)), np.int32)}
        start = time.perf_counter()
        (logits,) = self.session.run(None, feed)
        return time.perf_counter() - start, logits[0, 1:-1].reshape(-1).tolist()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build_dir", metavar="BUILD_DIR")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each length (default: 4)")
    args = parser.parse_args()
    if not os.path.exists(os.path.join(args.build_dir, "tests", "bench", "bench")):
        sys.exit(f"{args.build_dir}/tests/bench/bench is not there: build it first")
    config = read_config(MODEL_DIR)
    weights = read_safetensors(os.path.join(MODEL_DIR, "model.safetensors"))
    ours = Proofd(args.build_dir)
    theirs = OnnxRuntime(Graph(weights, config).build())
    print(f"proofd loads in {1000 * ours.load_seconds:.0f} ms; "
          f"ONNX Runtime {onnxruntime.__version__}")
    print(f"{'tokens':>6} {'proofd tokens/s':>16} {'ONNX Runtime':>16} {'ratio':>6} "
          f"{'difference':>11}")
    for n_tokens in TOKENS:
        rng = np.random.default_rng(n_tokens)
        ids = [101, *rng.integers(1000, config["vocab_size"], n_tokens - 2).tolist(), 102]
        times, difference = ([], []), 0.0
        end = time.monotonic() + args.seconds
        while time.monotonic() < end:
            (a, x), (b, y) = ours.run(ids), theirs.run(ids)
            times[0].append(a)
            times[1].append(b)
            difference = float(np.abs(np.array(x) - np.array(y)).max())
        if not difference <= 1e-3:
            sys.exit(f"{n_tokens} tokens: logits differ by {difference}")
        a, b = (n_tokens / statistics.median(t) for t in times)
        print(f"{n_tokens:>6} {a:>16.0f} {b:>16.0f} {a / b:>6.2f} {difference:>11.1e}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Forward passes of the shipped model: proofd beside ONNX Runtime, fp32, one thread each.

BUILD_DIR is a configured build directory; its tests/bench/bench must be built. A virtual
environment with onnxruntime, onnx and numpy is made in BUILD_DIR/bench-venv (the one thing here
that uses the network). The ONNX graph is made from the same weights with ONNX Runtime's own fused
operators. The two take turns, pass by pass; printed are medians.
"""
import argparse
import json
import os
import statistics
import struct
import subprocess
import sys
import time
import venv

PACKAGES = ["onnxruntime==1.*", "onnx==1.*", "numpy"]
TOKENS = (16, 32, 128)
HERE = os.path.dirname(os.path.abspath(__file__))
MODEL_DIR = os.path.join(HERE, "..", "..", "model", "data", "en")


def enter_venv(build_dir):
    """Runs this script again inside the virtual environment, made first where it is missing."""
    home = os.path.join(os.path.abspath(build_dir), "bench-venv")
    python = os.path.join(home, "bin", "python")
    if sys.prefix == home:
        return
    if not os.path.exists(os.path.join(home, "complete")):
        print(f"+ {python} -m pip install {' '.join(PACKAGES)}", flush=True)
        venv.create(home, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        with open(os.path.join(home, "complete"), "w", encoding="utf-8"):
            pass
    os.execv(python, [python, os.path.abspath(__file__), *sys.argv[1:]])


def read_weights(np, path):
    with open(path, "rb") as f:
        (length,) = struct.unpack("<Q", f.read(8))
        index, data = json.loads(f.read(length)), f.read()
    raw = {}
    for name, entry in index.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        dtype = {"F32": "<f4", "F16": "<f2", "BF16": "<u2", "I8": "i1"}[entry["dtype"]]
        raw[name] = np.frombuffer(data[begin:end], dtype).reshape(entry["shape"])
        if entry["dtype"] == "BF16":
            raw[name] = (raw[name].astype(np.uint32) << 16).view(np.float32)
    return {name: tensor.astype(np.float32) * raw[name + "_scale"][:, None]
            if tensor.dtype == np.int8 else tensor.astype(np.float32)
            for name, tensor in raw.items()}


class Graph:
    """ElectraForPreTraining or ElectraForTokenClassification in com.microsoft's operators."""

    def __init__(self, np, onnx, weights, config):
        self.np, self.onnx, self.weights, self.config = np, onnx, weights, config
        self.nodes, self.initializers = [], {}

    def constant(self, name, array):
        array = self.np.ascontiguousarray(array)
        self.initializers[name] = self.onnx.numpy_helper.from_array(array, name)
        return name

    def weight(self, name):
        return self.constant(name, self.weights[name])

    def node(self, operator, inputs, n_outputs=1, domain="com.microsoft", **attributes):
        outputs = [f"{operator}_{len(self.nodes)}_{i}" for i in range(n_outputs)]
        self.nodes.append(self.onnx.helper.make_node(operator, inputs, outputs, domain=domain,
                                                     **attributes))
        return outputs[0]

    def product(self, x, name):
        """x W^T without the bias."""
        transposed = self.constant(name + ".T", self.weights[name + ".weight"].T)
        return self.node("MatMul", [x, transposed], domain="")

    def linear(self, x, name):
        return self.node("Add", [self.product(x, name), self.weight(name + ".bias")], domain="")

    def gelu(self, x, name):
        return self.node("BiasGelu", [self.product(x, name), self.weight(name + ".bias")])

    def layer(self, x, prefix):
        parts = [prefix + ".attention.self." + part for part in ("query", "key", "value")]
        weight = self.np.concatenate([self.weights[p + ".weight"].T for p in parts], axis=1)
        bias = self.np.concatenate([self.weights[p + ".bias"] for p in parts])
        mixed = self.node("Attention", [x, self.constant(prefix + ".qkv", weight),
                                        self.constant(prefix + ".qkv.bias", bias)],
                          num_heads=self.config["num_attention_heads"])
        x = self.skip_norm(self.product(mixed, prefix + ".attention.output.dense"), x,
                           prefix + ".attention.output")
        wide = self.gelu(x, prefix + ".intermediate.dense")
        return self.skip_norm(self.product(wide, prefix + ".output.dense"), x, prefix + ".output")

    def skip_norm(self, x, skip, name):
        return self.node("SkipLayerNormalization",
                         [x, skip, self.weight(name + ".LayerNorm.weight"),
                          self.weight(name + ".LayerNorm.bias"), self.weight(name + ".dense.bias")],
                         epsilon=self.config["layer_norm_eps"])

    def build(self):
        embeddings = "electra.embeddings."
        x = self.node("EmbedLayerNormalization",
                      ["ids", "types", *(self.weight(embeddings + n) for n in (
                          "word_embeddings.weight", "position_embeddings.weight",
                          "token_type_embeddings.weight", "LayerNorm.weight", "LayerNorm.bias"))],
                      n_outputs=2, epsilon=self.config["layer_norm_eps"])
        if self.config["embedding_size"] != self.config["hidden_size"]:
            x = self.linear(x, "electra.embeddings_project")
        for i in range(self.config["num_hidden_layers"]):
            x = self.layer(x, f"electra.encoder.layer.{i}")
        if "classifier.weight" in self.weights:
            x = self.linear(x, "classifier")
        else:
            x = self.gelu(x, "discriminator_predictions.dense")
            x = self.linear(x, "discriminator_predictions.dense_prediction")
        helper, types = self.onnx.helper, self.onnx.TensorProto
        shape = ["batch", "tokens"]
        graph = helper.make_graph(
            self.nodes, "electra",
            [helper.make_tensor_value_info(n, types.INT32, shape) for n in ("ids", "types")],
            [helper.make_tensor_value_info(x, types.FLOAT, None)], list(self.initializers.values()))
        return helper.make_model(graph, ir_version=8, opset_imports=[
            helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)])


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
    def __init__(self, np, onnxruntime, model):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.np = np
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                                    providers=["CPUExecutionProvider"])

    def run(self, ids):
        feed = {"ids": self.np.array([ids], self.np.int32),
                "types": self.np.zeros((1, len(ids)), self.np.int32)}
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
    enter_venv(args.build_dir)
    import numpy as np
    import onnx
    import onnxruntime

    with open(os.path.join(MODEL_DIR, "config.json"), encoding="utf-8") as f:
        config = json.load(f)
    weights = read_weights(np, os.path.join(MODEL_DIR, "model.safetensors"))
    ours = Proofd(args.build_dir)
    theirs = OnnxRuntime(np, onnxruntime, Graph(np, onnx, weights, config).build())
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

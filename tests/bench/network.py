# SPDX-License-Identifier: LGPL-2.1-or-later
"""Forward passes and products: tokens a second, one thread, everyone in turn.

Times are time on the processor, so that other programs' turns do not count. Each contender runs a
request for a moment, then the next one; a figure is the median of all passes of a request but the
first of each moment. Tokens count [CLS] and [SEP]."""
import importlib
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy

ROOT = Path(__file__).resolve().parents[2]
MODEL_DIR = ROOT / "model" / "data" / "en"
SHAPES = ((1, 16), (1, 32), (1, 128), (8, 32))  # sequences, tokens of each
CLS, SEP = 101, 102
LEAST_PASSES = 4
MOST_DIFFERENCE = 1e-3  # of a logit, proofd's fp32 and ONNX Runtime's


def training():
    """model/training/export.py, which reads and writes models."""
    sys.path.insert(0, str(ROOT / "model"))
    return importlib.import_module("training.export")


def passes(run, seconds):
    """Seconds on the processor of each call of `run` but the first."""
    run()
    times, end = [], time.process_time() + seconds
    while len(times) < LEAST_PASSES - 1 or time.process_time() < end:
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return times


class Bench:
    """tests/bench/bench as another process, which answers line by line. `kernel`: PD_KERNEL, or
    None for the processor's best."""

    def __init__(self, program, options, kernel):
        environment = {"PD_KERNEL": kernel} if kernel else {}
        self.process = subprocess.Popen(
            [program, *options, str(MODEL_DIR)], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env=os.environ | environment)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return [float(number) for number in self.words()]

    def words(self):
        """Of its next line."""
        line = self.process.stdout.readline()
        if not line:
            raise OSError("tests/bench/bench ended")
        return line.split()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def line_of(ids):
    return " | ".join(" ".join(map(str, row[1:-1])) for row in ids)


class Proofd:
    def __init__(self, program, kernel, seconds):
        self.bench = Bench(program, ["--repeat", str(seconds)], kernel)
        self.once = Bench(program, [], kernel)
        self.kernel = self.bench.words()[1]
        self.once.words()

    def times(self, ids):
        return self.bench.ask(line_of(ids))

    def logits(self, ids):
        return numpy.array(self.once.ask(line_of(ids))[1:])

    def close(self):
        self.bench.close()
        self.once.close()


class Products:
    """The products of a pass by proofd's own kernel; options: "--in-turn"."""

    def __init__(self, program, kernel, seconds, *options):
        self.bench = Bench(program, ["--products", str(seconds), *options], kernel)

    def times(self, ids):
        return self.bench.ask(str(ids.size))

    def close(self):
        self.bench.close()


class OnnxRuntime:
    """`disabled`: optimizers of the session that are left out."""

    def __init__(self, graph, seconds, disabled):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            graph, options, providers=["CPUExecutionProvider"], disabled_optimizers=list(disabled))
        self.seconds = seconds

    def feed(self, ids):
        return {"ids": ids, "types": numpy.zeros_like(ids)}

    def times(self, ids):
        feed = self.feed(ids)
        return passes(lambda: self.session.run(None, feed), self.seconds)

    def logits(self, ids):
        return self.session.run(None, self.feed(ids))[0][:, 1:-1].reshape(-1)

    def close(self):
        pass


def ctranslate2_model(weights, config, folder):
    """Writes the encoder for CTranslate2; the classifier is left out, a thousandth of the work."""
    from ctranslate2.specs import common_spec, transformer_spec
    encoder = transformer_spec.TransformerEncoderSpec(
        config["num_hidden_layers"], config["num_attention_heads"], pre_norm=False,
        activation=common_spec.Activation.GELU, layernorm_embedding=True, num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD)
    encoder.scale_embeddings = False

    def norm(spec, name):
        spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]

    def linear(spec, *names):
        spec.weight = numpy.concatenate([weights[f"{name}.weight"] for name in names])
        spec.bias = numpy.concatenate([weights[f"{name}.bias"] for name in names])

    embeddings = "electra.embeddings"
    encoder.embeddings[0].weight = weights[f"{embeddings}.word_embeddings.weight"]
    encoder.embeddings[1].weight = weights[f"{embeddings}.token_type_embeddings.weight"]
    encoder.position_encodings.encodings = weights[f"{embeddings}.position_embeddings.weight"]
    norm(encoder.layernorm_embedding, f"{embeddings}.LayerNorm")
    for i, layer in enumerate(encoder.layer):
        prefix = f"electra.encoder.layer.{i}"
        inner = f"{prefix}.attention.self"
        linear(layer.self_attention.linear[0], f"{inner}.query", f"{inner}.key", f"{inner}.value")
        linear(layer.self_attention.linear[1], f"{prefix}.attention.output.dense")
        norm(layer.self_attention.layer_norm, f"{prefix}.attention.output.LayerNorm")
        linear(layer.ffn.linear_0, f"{prefix}.intermediate.dense")
        linear(layer.ffn.linear_1, f"{prefix}.output.dense")
        norm(layer.ffn.layer_norm, f"{prefix}.output.LayerNorm")
    spec = transformer_spec.TransformerEncoderModelSpec(encoder, pooling_layer=False)
    spec.register_vocabulary([str(i) for i in range(config["vocab_size"])])
    spec.config.unk_token = "0"
    spec.config.layer_norm_epsilon = config.get("layer_norm_eps", 1e-12)
    spec.validate()
    spec.optimize()
    spec.save(folder)


class CTranslate2:
    def __init__(self, folder, form, seconds):
        import ctranslate2
        self.encoder = ctranslate2.Encoder(folder, compute_type=form, inter_threads=1,
                                           intra_threads=1)
        self.seconds = seconds

    def times(self, ids):
        rows, types = ids.tolist(), numpy.zeros_like(ids).tolist()
        return passes(lambda: self.encoder.forward_batch(rows, token_type_ids=types), self.seconds)

    def close(self):
        pass


class OneDnn:
    """The products of a pass by oneDNN, which PyTorch brings: as Products."""

    def __init__(self, config, form, seconds):
        import torch
        torch.set_num_threads(1)
        hidden, wide = config["hidden_size"], config["intermediate_size"]
        self.matrices = ((hidden, 3 * hidden), (hidden, hidden), (hidden, wide), (wide, hidden))
        self.n_layers, self.form, self.seconds = config["num_hidden_layers"], form, seconds
        self.torch, self.made = torch, {}

    def product(self, n_tokens, n_in, n_out):
        """A function that does it once."""
        torch = self.torch
        if self.form == "int8":
            x = torch.randint(-127, 128, (n_tokens, n_in), dtype=torch.int8)
            weight = torch.randint(-127, 128, (n_in, n_out), dtype=torch.int8)
            out = torch.empty((n_tokens, n_out), dtype=torch.int32)
            return lambda: torch._int_mm(x, weight, out=out)
        x, weight = torch.randn(n_tokens, n_in), torch.randn(n_out, n_in)
        packed = torch.ops.mkldnn._reorder_linear_weight(weight, n_tokens)
        return lambda: torch.ops.mkldnn._linear_pointwise(x, packed, None, "none", [], "")

    def times(self, ids):
        if ids.size not in self.made:
            self.made[ids.size] = [self.product(ids.size, *matrix) for matrix in self.matrices]

        def products():
            for product in self.made[ids.size]:
                for _ in range(self.n_layers):
                    product()
        with self.torch.inference_mode():
            return passes(products, self.seconds)

    def close(self):
        pass


def plain_int8(weights, config):
    """What ONNX Runtime's documentation says to do: the network as PyTorch exports it, through
    quantize_dynamic. The bytes of the model."""
    import onnxruntime.quantization
    import torch
    export = training()
    network = export.network(config, weights)
    network.set_attn_implementation("eager")

    class Logits(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, ids, types):
            return self.network(input_ids=ids, token_type_ids=types).logits

    ids = torch.ones((2, 16), dtype=torch.int32)
    axes = {0: "batch", 1: "tokens"}
    with tempfile.TemporaryDirectory() as folder:
        plain, small = f"{folder}/plain.onnx", f"{folder}/int8.onnx"
        torch.onnx.export(Logits(), (ids, ids * 0), plain, input_names=["ids", "types"],
                          dynamic_axes={"ids": axes, "types": axes}, dynamo=False,
                          opset_version=17)
        logging.disable(logging.WARNING)  # it proposes to pre-process, which changes nothing here
        onnxruntime.quantization.quantize_dynamic(
            plain, small, per_channel=True, op_types_to_quantize=["MatMul"])
        logging.disable(logging.NOTSET)
        return Path(small).read_bytes()


def contenders(program, seconds, quick, say):
    """{name: contender}, those that can be had; the others are named with say()."""
    export = training()
    config = export.read_config(MODEL_DIR)
    weights = export.read_safetensors(MODEL_DIR / "model.safetensors")
    folder = tempfile.TemporaryDirectory()

    def translator(form):
        if not any(Path(folder.name).iterdir()):
            ctranslate2_model(weights, config, folder.name)
        return CTranslate2(folder.name, form, seconds)

    def onnx(kind, disabled=("SkipLayerNormFusion",)):
        graph = kind(weights, config).build().SerializeToString()
        return OnnxRuntime(graph, seconds, disabled)

    makers = {
        "proofd int8": lambda: Proofd(program, None, seconds),
        "ORT int8": lambda: onnx(export.Int8Graph),
        "ORT int8, default": lambda: onnx(export.Int8Graph, ()),
        "CTranslate2 int8": lambda: translator("int8"),
        "products int8": lambda: Products(program, None, seconds),
        "products int8, in turn": lambda: Products(program, None, seconds, "--in-turn"),
        "oneDNN int8": lambda: OneDnn(config, "int8", seconds),
        "proofd fp32": lambda: Proofd(program, "fp32", seconds),
        "ORT fp32": lambda: onnx(export.Graph),
    }
    if not quick:
        makers |= {
            "ORT int8, plain": lambda: OnnxRuntime(plain_int8(weights, config), seconds, ()),
            "CTranslate2 fp32": lambda: translator("float32"),
            "products fp32": lambda: Products(program, "fp32", seconds),
            "oneDNN fp32": lambda: OneDnn(config, "fp32", seconds),
        }
    made = {}
    for name, make in makers.items():
        try:
            made[name] = make()
        except (ImportError, AttributeError, RuntimeError) as error:
            say(f"{name} is left out: {error}")
    return made


def check_logits(made, ids):
    """Same weights, same numbers? Raises ValueError."""
    if "ORT fp32" not in made:
        return None
    wanted = made["ORT fp32"].logits(ids)
    differences = {name: float(numpy.abs(made[name].logits(ids) - wanted).max())
                   for name in ("proofd fp32", "proofd int8", "ORT int8") if name in made}
    if not differences["proofd fp32"] <= MOST_DIFFERENCE:
        raise ValueError(f"logits of proofd fp32 and ONNX Runtime differ by "
                         f"{differences['proofd fp32']}")
    return differences


def measure(program, rounds, seconds, most_seconds, quick, say):
    """{"tokens_per_s": {shape: {contender: figure}}, ...}: see README.md. A turn has so many
    seconds; no round of turns begins `most_seconds` after a shape's first."""
    made = contenders(program, seconds, quick, say)
    rates, differences = {}, None
    for batch, tokens in SHAPES:
        rng = numpy.random.default_rng(batch * tokens)
        ids = rng.integers(1000, 30000, (batch, tokens)).astype(numpy.int32)
        ids[:, 0], ids[:, -1] = CLS, SEP
        differences = differences or check_logits(made, ids)
        times = {name: [] for name in made}
        end = time.monotonic() + most_seconds
        for i in range(rounds):
            if i and time.monotonic() > end:
                break
            for name, contender in made.items():
                times[name] += contender.times(ids)
        rates[f"{batch}x{tokens}"] = {name: ids.size / statistics.median(some)
                                      for name, some in times.items()}
    for contender in made.values():
        contender.close()
    peak = subprocess.run([program, "--peak"], check=True, capture_output=True, text=True)
    int8, fp32 = (float(number) or None for number in peak.stdout.split())
    return {"kernel": made["proofd int8"].kernel, "tokens_per_s": rates,
            "logits_differ_by": differences, "operations_per_token": operations(),
            "peak_int8_per_s": int8, "peak_fp32_per_s": fp32}


def operations():
    """Of the products of a pass, a multiplication and an addition being two."""
    config = training().read_config(MODEL_DIR)
    hidden, wide = config["hidden_size"], config["intermediate_size"]
    return 2 * config["num_hidden_layers"] * (4 * hidden * hidden + 2 * hidden * wide)


def shares(measured):
    """{shape: {"int8_share_of_limit", "int8_share_of_peak", the same of fp32,
    "int8_share_of_products_in_turn"}}, None where a part is missing. The limit is the faster of
    proofd's own products and oneDNN's."""
    result = {}
    for shape, rates in measured["tokens_per_s"].items():
        in_turn = rates.get("products int8, in turn")
        result[shape] = {"int8_share_of_products_in_turn":
                         rates["proofd int8"] / in_turn if in_turn else None}
        for form in ("int8", "fp32"):
            limits = [rates[name] for name in (f"products {form}", f"oneDNN {form}")
                      if name in rates]
            peak = measured[f"peak_{form}_per_s"]
            rate = rates[f"proofd {form}"]
            result[shape][f"{form}_share_of_limit"] = rate / max(limits) if limits else None
            result[shape][f"{form}_share_of_peak"] = \
                rate * measured["operations_per_token"] / peak if peak else None
    return result

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes a trained discriminator in a form that the service reads (model/FORMAT.md), or measures
what each form loses.

SRC: a folder in Hugging Face form with an ElectraForPreTraining or an
ElectraForTokenClassification; tensors F32, F16, BF16, or I8 beside NAME_scale. Of its config.json
the keys that describe the network are kept.

DST also gets manifest.json: hashes of its files, and a golden sentence (manifest.py).

int8: each tensor of two dimensions as I8 with one F32 scale a row (least squared error), the rest
F32; weights of products whose rows and columns are multiples of 16 are packed as the service
multiplies them (model/FORMAT.md). fp16: each tensor of two dimensions as F16, the rest F32. fp32:
all F32.

--measure prints for each form, and for fewer layers (the first ones, nothing trained again), its
size and how far P(wrong) moves from SRC's in fp32. int4 is 4 bits in groups of 32 with an F16
scale each, for word embeddings alone; it is measured and cannot be written.
"""
import json
import os
import shutil
import struct
import sys
from pathlib import Path

import numpy

from .manifest import add_what, write_manifest

FORMS = ("int8", "fp16", "fp32")
MAX_INT8_BYTES = 26_000_000  # of a shipped weights file
INT4_GROUP = 32
DTYPES = {"F32": "<f4", "F16": "<f2", "BF16": "<u2", "I8": "i1"}
DTYPE_NAMES = {"float32": "F32", "float16": "F16", "int8": "I8"}
PANEL, GROUP = 16, 4  # outputs and inputs of a packed product
LINE_BYTES = 64
WORD_EMBEDDINGS = "electra.embeddings.word_embeddings.weight"
CONFIG_KEYS = (
    "architectures", "model_type", "vocab_size", "embedding_size", "hidden_size",
    "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act",
    "max_position_embeddings", "type_vocab_size", "layer_norm_eps", "initializer_range",
    "hidden_dropout_prob", "attention_probs_dropout_prob", "pad_token_id")
LABEL_KEYS = ("id2label", "label2id")
BATCH_TOKENS = 2048


# --- files ---

def read_stored(path):
    """{name: array} of a file of F32, F16, BF16 and I8 tensors, as they are in it; buffers of old
    checkpoints (position_ids) are left out. Raises OSError, ValueError."""
    with open(path, "rb") as file:
        try:
            (length,) = struct.unpack("<Q", file.read(8))
            index = json.loads(file.read(length))
        except (struct.error, ValueError, OverflowError, MemoryError) as error:
            raise ValueError(f"{path}: no safetensors file: {error}") from None
        data = file.read()
    try:
        return {name: decoded(entry, data) for name, entry in index.items()
                if name != "__metadata__" and not name.endswith("position_ids")}
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: a tensor of it cannot be read: {error!r}") from None


def read_safetensors(path):
    """{name: float32 array} of the same; I8 tensors are multiplied with their scales. Raises
    OSError, ValueError."""
    stored = read_stored(path)
    try:
        return out_of_form(stored)
    except (KeyError, ValueError) as error:
        raise ValueError(f"{path}: a tensor of it cannot be read: {error!r}") from None


def decoded(entry, data):
    """The array of one entry of a safetensors index; BF16 becomes float32."""
    begin, end = entry["data_offsets"]
    tensor = numpy.frombuffer(data[begin:end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
    if entry["dtype"] == "BF16":
        tensor = (tensor.astype(numpy.uint32) << 16).view(numpy.float32)
    return tensor


def packed(tensors):
    """(header, names in the order of their data) of a safetensors file. Tensors that fill whole
    lines of the cache come first, so that each begins with one; then the widest dtype, so that the
    rest is aligned as well."""
    names = sorted(tensors, key=lambda name: (
        tensors[name].nbytes % LINE_BYTES != 0, -tensors[name].itemsize, name))
    index, offset = {"__metadata__": {"format": "pt"}}, 0
    for name in names:
        size = tensors[name].nbytes
        index[name] = {"dtype": DTYPE_NAMES[tensors[name].dtype.name],
                       "shape": list(tensors[name].shape), "data_offsets": [offset, offset + size]}
        offset += size
    header = json.dumps(index, separators=(",", ":")).encode()
    header += b" " * (-(8 + len(header)) % LINE_BYTES)
    return struct.pack("<Q", len(header)) + header, names


def write_safetensors(path, tensors):
    """Writes {name: float32, float16 or int8 array}; replaces the file as a whole."""
    header, names = packed(tensors)
    with open(f"{path}.tmp", "wb") as file:
        file.write(header)
        for name in names:
            file.write(tensors[name].astype(tensors[name].dtype.newbyteorder("<")).tobytes())
    os.replace(f"{path}.tmp", path)


def file_bytes(tensors):
    return len(packed(tensors)[0]) + sum(tensor.nbytes for tensor in tensors.values())


def read_config(folder):
    """config.json's keys that describe the network. Raises OSError, ValueError."""
    path = Path(folder) / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    labelled = config.get("architectures") == ["ElectraForTokenClassification"]
    if not labelled and config.get("architectures") != ["ElectraForPreTraining"]:
        raise ValueError(f"{path}: architectures is {config.get('architectures')}")
    keys = CONFIG_KEYS + LABEL_KEYS * labelled
    return {name: config[name] for name in keys if name in config}


# --- forms ---

def quantise(weights, limit=127):
    """int8 [rows, cols] in -limit..limit and float32 [rows]: the scale of least squared error."""
    largest = numpy.abs(weights).max(axis=1).astype(numpy.float64)
    best_error = numpy.full(len(weights), numpy.inf)
    best_scale = numpy.ones(len(weights))
    for share in numpy.linspace(1.0, 0.8, 21):
        scale = numpy.where(largest > 0, largest * share / limit, 1.0).astype(numpy.float32)
        rounded = numpy.clip(numpy.rint(weights / scale[:, None]), -limit, limit)
        error = ((rounded * scale[:, None] - weights) ** 2).sum(axis=1)
        better = error < best_error
        best_error[better], best_scale[better] = error[better], scale[better]
    scale = best_scale.astype(numpy.float32)
    rounded = numpy.clip(numpy.rint(weights / scale[:, None]), -limit, limit)
    return rounded.astype(numpy.int8), scale


def is_product(name, shape):
    """Is it a matrix that the service multiplies, and of a size that can be packed?"""
    return (len(shape) == 2 and "_embeddings." not in name
            and shape[0] % PANEL == 0 and shape[1] % PANEL == 0)


def panels(weights):
    """int8 [rows, cols] as [rows / 16, cols / 4, 16, 4]."""
    rows, cols = weights.shape
    return numpy.ascontiguousarray(
        weights.reshape(rows // PANEL, PANEL, cols // GROUP, GROUP).transpose(0, 2, 1, 3))


def unpanelled(weights):
    """The opposite of panels(); anything but int8 of four dimensions as it is."""
    if weights.dtype != numpy.int8 or weights.ndim != 4:
        return weights
    return weights.transpose(0, 2, 1, 3).reshape(weights.shape[0] * PANEL, -1)


def in_form(tensors, form):
    """The tensors of a file in one of FORMS. Raises ValueError for a number it cannot hold."""
    result = {}
    for name, tensor in tensors.items():
        finite = numpy.isfinite(tensor).all()
        if finite and form == "int8" and tensor.ndim == 2:
            rounded, result[f"{name}_scale"] = quantise(tensor)
            result[name] = panels(rounded) if is_product(name, rounded.shape) else rounded
        elif form == "fp16" and tensor.ndim == 2:
            with numpy.errstate(over="ignore"):
                result[name] = tensor.astype(numpy.float16)
        else:
            result[name] = tensor
        if not (finite and numpy.isfinite(result[name]).all()):
            raise ValueError(f"{name} holds a number that is not finite in {form}")
    return result


def out_of_form(tensors):
    """float32 values of what in_form() made."""
    return {name: unpanelled(tensor).astype(numpy.float32) * tensors[f"{name}_scale"][:, None]
            if tensor.dtype == numpy.int8 else tensor.astype(numpy.float32)
            for name, tensor in tensors.items() if not name.endswith("_scale")}


def through_int4(weights):
    """The float32 [rows, cols] that 4 bits in groups of INT4_GROUP give back, and their bytes."""
    groups = numpy.pad(weights, ((0, 0), (0, -weights.shape[1] % INT4_GROUP)))
    rounded, scale = quantise(groups.reshape(-1, INT4_GROUP), 7)
    scale = scale.astype(numpy.float16)
    values = (rounded * scale.astype(numpy.float32)[:, None]).reshape(groups.shape)
    return values[:, :weights.shape[1]], rounded.size // 2 + scale.nbytes


# --- ONNX ---

class Graph:
    """ElectraForPreTraining or ElectraForTokenClassification in ONNX Runtime's own operators.
    Inputs ids and types, int32 [batch, tokens]; output float32 [batch, tokens, labels]. It runs
    fastest in a session with disabled_optimizers=["SkipLayerNormFusion"]."""

    def __init__(self, tensors, config):
        import onnx  # only here: nothing else needs it
        self.onnx, self.tensors, self.config = onnx, tensors, config
        self.epsilon = config.get("layer_norm_eps", 1e-12)
        self.nodes, self.initializers = [], {}

    def constant(self, name, array):
        array = numpy.ascontiguousarray(array)
        self.initializers[name] = self.onnx.numpy_helper.from_array(array, name)
        return name

    def weight(self, name):
        return self.constant(name, self.tensors[name])

    def node(self, operator, inputs, n_outputs=1, domain="com.microsoft", **attributes):
        outputs = [f"{operator}_{len(self.nodes)}_{i}" for i in range(n_outputs)]
        self.nodes.append(self.onnx.helper.make_node(operator, inputs, outputs, domain=domain,
                                                     **attributes))
        return outputs[0]

    def linear(self, x, name):
        transposed = self.constant(f"{name}.T", self.tensors[f"{name}.weight"].T)
        product = self.node("MatMul", [x, transposed], domain="")
        return self.node("Add", [product, self.weight(f"{name}.bias")], domain="")

    def gelu(self, x, name):
        transposed = self.constant(f"{name}.T", self.tensors[f"{name}.weight"].T)
        product = self.node("MatMul", [x, transposed], domain="")
        return self.node("BiasGelu", [product, self.weight(f"{name}.bias")])

    def query_key_value(self, prefix):
        """The three weights side by side, [hidden, 3 * hidden], and their biases."""
        parts = [f"{prefix}.attention.self.{part}" for part in ("query", "key", "value")]
        return (numpy.concatenate([self.tensors[f"{p}.weight"].T for p in parts], axis=1),
                numpy.concatenate([self.tensors[f"{p}.bias"] for p in parts]))

    def attention(self, x, prefix):
        weight, bias = self.query_key_value(prefix)
        return self.node("Attention", [x, self.constant(f"{prefix}.qkv", weight),
                                       self.constant(f"{prefix}.qkv.bias", bias)],
                         num_heads=self.config["num_attention_heads"])

    def layer(self, x, prefix):
        mixed = self.attention(x, prefix)
        x = self.add_norm(self.linear(mixed, f"{prefix}.attention.output.dense"), x,
                          f"{prefix}.attention.output.LayerNorm")
        wide = self.gelu(x, f"{prefix}.intermediate.dense")
        return self.add_norm(self.linear(wide, f"{prefix}.output.dense"), x,
                             f"{prefix}.output.LayerNorm")

    def add_norm(self, x, y, name):
        # SkipLayerNormalization does both at once and takes four times as long on a CPU.
        total = self.node("Add", [x, y], domain="")
        return self.node("LayerNormalization",
                         [total, self.weight(f"{name}.weight"), self.weight(f"{name}.bias")],
                         domain="", epsilon=self.epsilon)

    def head(self, x):
        if "classifier.weight" in self.tensors:
            return self.linear(x, "classifier")
        return self.linear(self.gelu(x, "discriminator_predictions.dense"),
                           "discriminator_predictions.dense_prediction")

    def build(self):
        """The onnx.ModelProto."""
        x = self.node("EmbedLayerNormalization",
                      ["ids", "types", *(self.weight(f"electra.embeddings.{name}") for name in (
                          "word_embeddings.weight", "position_embeddings.weight",
                          "token_type_embeddings.weight", "LayerNorm.weight", "LayerNorm.bias"))],
                      n_outputs=2, epsilon=self.epsilon)
        if self.config["embedding_size"] != self.config["hidden_size"]:
            x = self.linear(x, "electra.embeddings_project")
        for i in range(self.config["num_hidden_layers"]):
            x = self.layer(x, f"electra.encoder.layer.{i}")
        x = self.head(x)
        helper, kinds = self.onnx.helper, self.onnx.TensorProto
        inputs = [helper.make_tensor_value_info(name, kinds.INT32, ["batch", "tokens"])
                  for name in ("ids", "types")]
        output = helper.make_tensor_value_info(x, kinds.FLOAT, None)
        graph = helper.make_graph(self.nodes, "electra", inputs, [output],
                                  list(self.initializers.values()))
        return helper.make_model(graph, ir_version=8, opset_imports=[
            helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)])


class Int8Graph(Graph):
    """The same with products of 8-bit integers: weights with one scale for each output, rounded
    where they are not such numbers already; activations with a scale and a zero for each product,
    found as it runs."""

    def quantised(self, name, weight):
        """Names of the int8 of `weight` [in, out], its scales and its zeros, [out] each."""
        largest = numpy.abs(weight).max(axis=0)
        scale = numpy.where(largest > 0, largest / 127, 1).astype(numpy.float32)
        return [self.constant(f"{name}.int8", numpy.rint(weight / scale).astype(numpy.int8)),
                self.constant(f"{name}.scale", scale),
                self.constant(f"{name}.zero", numpy.zeros(len(scale), numpy.int8))]

    def linear(self, x, name):
        weight = self.quantised(name, self.tensors[f"{name}.weight"].T)
        return self.node("DynamicQuantizeMatMul", [x, *weight, self.weight(f"{name}.bias")])

    def gelu(self, x, name):
        return self.node("Gelu", [self.linear(x, name)])

    def attention(self, x, prefix):
        weight, bias = self.query_key_value(prefix)
        values, scale, zero = self.quantised(f"{prefix}.qkv", weight)
        steps = [f"{prefix}.{part}" for part in ("x", "x.scale", "x.zero")]
        self.nodes.append(self.onnx.helper.make_node("DynamicQuantizeLinear", [x], steps))
        return self.node("QAttention", [steps[0], values, self.constant(f"{prefix}.qkv.bias", bias),
                                        steps[1], scale, "", steps[2], zero],
                         num_heads=self.config["num_attention_heads"])


# --- measuring ---

def network(config, tensors):
    """The discriminator in PyTorch, float32, for evaluation; of config's first layers only, where
    the tensors have more."""
    import torch
    import transformers
    electra = transformers.ElectraConfig(**config)
    model = getattr(transformers, electra.architectures[0])(electra).eval()
    wanted = model.state_dict().keys()
    missing = wanted - tensors.keys()
    if missing:
        raise ValueError(f"tensor {min(missing)} is missing")
    model.load_state_dict({name: torch.tensor(tensors[name]) for name in wanted})
    return model


def wrong(model, sentences):
    """P(wrong) of each token, float64 [tokens of all]; `sentences`: [(ids, types)]."""
    import torch

    from .text import CLS, SEP
    has_case = model.config.type_vocab_size == 4
    result = [None] * len(sentences)
    order = sorted(range(len(sentences)), key=lambda i: len(sentences[i][0]))
    while order:
        length = len(sentences[order[0]][0])
        batch = [i for i in order[:BATCH_TOKENS // (length + 2) + 1]
                 if len(sentences[i][0]) == length]
        order = order[len(batch):]
        ids = torch.tensor([[CLS, *sentences[i][0], SEP] for i in batch])
        types = torch.tensor([[0, *sentences[i][1], 0] for i in batch]) * has_case
        with torch.inference_mode():
            logits = model(input_ids=ids, token_type_ids=types).logits.double()
        chances = logits.sigmoid() if logits.dim() == 2 else 1 - logits.softmax(-1)[..., 0]
        for i, row in zip(batch, chances[:, 1:-1].numpy()):
            result[i] = row
    return numpy.concatenate(result)


def variants(config, tensors):
    """(name, config, float32 tensors, bytes of the file) of each form to measure."""
    for form in ("fp32", "fp16"):
        stored = in_form(tensors, form)
        yield form, config, out_of_form(stored), file_bytes(stored)
    stored = in_form(tensors, "int8")
    values, size = out_of_form(stored), file_bytes(stored)
    yield "int8", config, values, size
    int4, int4_bytes = through_int4(tensors[WORD_EMBEDDINGS])
    smaller = size + int4_bytes - sum(
        stored[WORD_EMBEDDINGS + end].nbytes for end in ("", "_scale"))
    yield "int8, embeddings int4", config, {**values, WORD_EMBEDDINGS: int4}, smaller
    for layers in range(config["num_hidden_layers"] - 1, config["num_hidden_layers"] // 2 - 1, -1):
        kept = {name: tensor for name, tensor in stored.items()
                if not name.startswith("electra.encoder.layer.")
                or int(name.split(".")[3]) < layers}
        yield (f"int8, {layers} layers", {**config, "num_hidden_layers": layers}, values,
               file_bytes(kept))


def read_sentences(folder, path, n):
    """[(ids, types)] of the first n objects {"text"} of a JSONL file; OSError, ValueError."""
    from .text import MAX_TOKENS, Encoder
    texts = []
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if len(texts) == n:
                break
            try:
                texts.append(json.loads(line)["text"])
            except (KeyError, TypeError, ValueError):
                raise ValueError(f"{path}:{number}: no JSON object with a text") from None
    coded = Encoder(Path(folder) / "vocab.txt").encode(texts)
    sentences = [(ids[:MAX_TOKENS], types[:MAX_TOKENS]) for ids, types, *_ in coded if ids]
    if not sentences:
        raise ValueError(f"{path}: there is no text in it")
    return sentences


def measure(config, tensors, sentences):
    """A dict for each form: bytes, and how P(wrong) differs from fp32's, which comes first."""
    from tqdm import tqdm
    exact, rows = None, []
    for name, small_config, values, size in tqdm(variants(config, tensors), unit="form",
                                                 disable=None):
        chances = wrong(network(small_config, values), sentences)
        exact = chances if exact is None else exact
        difference = numpy.abs(chances - exact)
        rows.append({"form": name, "bytes": size, "tokens": len(chances),
                     "mean": float(difference.mean()),
                     "percentile_99": float(numpy.quantile(difference, .99)),
                     "largest": float(difference.max()),
                     "other_side_of_half": int(((chances > .5) != (exact > .5)).sum())})
    return rows


def print_measures(rows):
    print(f"P(wrong) of {rows[0]['tokens']} tokens against fp32")
    print(f"{'form':24} {'MB':>6} {'mean':>8} {'99 %':>8} {'largest':>8} {'other side of .5':>17}")
    for row in rows:
        print(f"{row['form']:24} {row['bytes'] / 1e6:6.1f} {row['mean']:8.5f} "
              f"{row['percentile_99']:8.5f} {row['largest']:8.5f} {row['other_side_of_half']:17}")


# --- the stage ---

def add_arguments(parser):
    parser.add_argument("src", metavar="SRC", help="folder to read")
    parser.add_argument("dst", metavar="DST", nargs="?", help="folder to write; made if missing")
    parser.add_argument("--average", metavar="FOLDER", action="append", default=[],
                        help="a further model, of another run from the same start; weights are "
                             "averaged (repeatable)")
    add_what(parser)
    parser.add_argument("--form", choices=FORMS, default="int8",
                        help="of the weights in DST and of --onnx (default: int8)")
    parser.add_argument("--onnx", metavar="FILE",
                        help="write the network in ONNX Runtime's operators, fp32")
    parser.add_argument("--measure", metavar="SENTENCES.jsonl",
                        help='compare all forms on sentences, {"text": ...} a line')
    parser.add_argument("-n", type=int, default=500, help="sentences of --measure (default: 500)")
    parser.add_argument("--json", metavar="FILE", help="write what --measure finds there as well")


def averaged(folders):
    """{name: float32 array}: mean weights of models that were trained apart from one start (model
    soups, Wortsman et al. 2022). ValueError if their tensors differ in name or shape."""
    models = [read_safetensors(Path(folder) / "model.safetensors") for folder in folders]
    shapes = [{name: tensor.shape for name, tensor in model.items()} for model in models]
    for folder, other in zip(folders[1:], shapes[1:]):
        if other != shapes[0]:
            raise ValueError(f"{folder}: not of the same shape as {folders[0]}")
    return {name: numpy.mean([model[name] for model in models], axis=0, dtype=numpy.float32)
            for name in shapes[0]}


def write(folder, source, config, stored, form):
    """The three files of a model; warns on stderr where int8 is larger than what ships."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.safetensors"
    write_safetensors(path, stored)
    if form == "int8" and path.stat().st_size > MAX_INT8_BYTES:
        print(f"{path}: {path.stat().st_size} bytes, more than {MAX_INT8_BYTES}", file=sys.stderr)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    vocabulary = folder / "vocab.txt"
    if not (vocabulary.exists() and vocabulary.samefile(source / "vocab.txt")):
        shutil.copyfile(source / "vocab.txt", vocabulary)


def run(arguments):
    if not (arguments.dst or arguments.onnx or arguments.measure):
        raise ValueError("nothing to do: give DST, --onnx or --measure")
    source = Path(arguments.src)
    config = read_config(source)
    tensors = averaged([source, *arguments.average])
    if arguments.dst or arguments.onnx:
        stored = in_form(tensors, arguments.form)
    if arguments.dst:
        write(arguments.dst, source, config, stored, arguments.form)
        write_manifest(arguments.dst, arguments.name, arguments.version, arguments.language,
                       arguments.licence)
    if arguments.onnx:
        Path(arguments.onnx).write_bytes(
            Graph(out_of_form(stored), config).build().SerializeToString())
    if arguments.measure:
        rows = measure(config, tensors, read_sentences(source, arguments.measure, arguments.n))
        print_measures(rows)
        if arguments.json:
            Path(arguments.json).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return 0

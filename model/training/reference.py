# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the golden files of tests/golden with PyTorch, Transformers and tokenizers, and compares
the C code with PyTorch.

  logits     logits.json: the shipped model on about 40 sentences, one longer than its positions
  shapes     shapes.json: models of other shapes and kinds, their weights made by a formula
  hard       wordpiece.json: texts that are hard to cut, with ids and byte ranges
  sentences  sentences.txt.gz: a checksum of ids and byte ranges, a tab, a sentence a line
  parity     writes nothing: the largest difference of a logit between tests/bench/bench, in fp32,
             and PyTorch; exit status 1 if it is above 1e-4

tests/unit/test-electra.c and test-wordpiece.c read the files. Run it again when the shipped model
changes. The tokenizer is BertTokenizerFast's (uncased) without its added tokens: "[CLS]" in a text
is text. All networks are computed in float64; int8 weights are multiplied with their scales before.
"""
import gzip
import json
import os
import struct
import subprocess
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tqdm import tqdm
from transformers import ElectraConfig, ElectraForPreTraining, ElectraForTokenClassification

from .export import network, read_config, read_safetensors
from .text import WORD, case_type

PASS_TOKENS, OVERLAP, CLS_AND_SEP = 512, 128, 2
DIGITS = 7  # significant ones of a logit
TOLERANCE = 1e-4  # of a logit, between the C code and PyTorch
ROOT = Path(__file__).resolve().parents[2]

HAND_MADE = [
    "She go to school every days.",
    "I recieved you're letter yesterday, and it was definately from they're lawyer.",
    "The results of the experiment was published in three journal.",
    "THIS IS SHOUTED, and iPhone is miXed.",
    "Yes", "?", "a", "The the cat sat on on the mat.",
    "He has been work here since 1998, i think.",
    "An university should of known better then that.",
]

HARD = [
    "", " ", "\t\n\r", "a", "Hello, World!", "can't won't I'm", "don\u2019t", "naïve café résumé",
    "cafe\u0301", "e\u0301\u0302\u0303x", "\u0301", "\u0301\u0302 a", "a \u0301b",
    "A\u030angstro\u0308m", "\u212b", "\u1e9b\u0323", "q\u0307\u0323", "q\u0323\u0307", "\u0344",
    "\u0f73\u0f71", "\u302e\uac00\u302f", "\u1100\u1161\u11a8", "한국어 문장", "각", "日本語のテキスト",
    "ひらがなカタカナ", "中文字符test混合", "\u3400\U00020000\U0002b820\U0002b920", "\uf900\ufa11\U0002f800",
    "ภาษาไทย", "กำ ่", "العربية نص", "\u0627\u064b\u0651", "עִבְרִית", "हिन्दी में", "বাংলা",
    "தமிழ்", "\u202bright to left\u202c \u200fmark\u200e", "İstanbul ISTANBUL ıI", "İ", "I\u0307",
    "straße STRASSE ẞ", "ﬁnd ﬂow ﬀ ĳ ǆ", "ΑΣ ΟΔΟΣ ς", "ΐ ΰ Ά", "Ǆ ǅ ǆ", "ŉ ǰ",
    "👩\u200d👩\u200d👧\u200d👦 family", "👍🏽 ok", "🇩🇪🇫🇷", "❤\ufe0f", "1\ufe0f\u20e3", "🙂🙂🙂",
    "no\u00a0break\u202fspace\u2009thin\u3000wide", "soft\u00adhyphen",
    "zero\u200bwidth\u200cnon\u200djoin\ufeffbom", "a\u0000b",
    "a\u0001b\u0007c\u001bd\u007fe\u0085f\u009fg", "a\u000bb\u000cc", "\u2028line\u2029para",
    "\ufffd", "a\ufffdb", "\ue000private\uf8ff", "\U000f0000x\U0010fffd", "\ufdd0 \ufffe \uffff",
    "\u0378\u0379", "[CLS] [SEP] [MASK] [UNK] [PAD]", "##ing ##", "#hash @name", "x" * 100,
    "x" * 101, "x" * 200, "é" * 100, "é" * 101, "e\u0301" * 100, "a " + "ab" * 60 + " b",
    "supercalifragilisticexpialidocious", "$5.00 €5 £5 ¥5 5¢", "50% 3/4 1½ ²³ №5 ™®©",
    "a+b=c <tag> `code` ^~|", "“quotes” ‘single’ «guillemets» „low“",
    "dash – em — minus − hyphen‐", "ellipsis… dots...", "https://example.org/a?b=c&d=e#f",
    "mail@example.org", "C:\\path\\file.txt /usr/bin", "snake_case camelCase",
    "\u037e \u0387 \u1fef", "\u166d \u1734 \u1885\u1886 \ua9bd", "\U000111c9 \U00011938",
    "ℌ𝔢𝔩𝔩𝔬 𝟙𝟚𝟛", "Ａｂｃ１２３！", "①②③ Ⅷ", "\U0001d15e\U0001d165\U0001d16e", "ᏣᎳᎩ Ꭰꭰ", "ႠႡ აბ", "Ⴀ",
    "\U00010400\U00010428", "ǅ\u0301", "\u0f71\u0f72\u0f74", "  spaces   between  ", "end.",
    ".start", "a" + "\u0301" * 120 + "b", "\u0300" * 50, "\u00c5\u0301\u0323", "ở Ử ữ ệ",
    "ŌāōŪ Đđ Łł Øø",
]

SHAPES = [  # name, dtype, labels, config
    ("small", "F32", 1, (64, 128, 256, 12, 4, 1024, 512, 2)),
    ("small-f16", "F16", 17, (64, 128, 256, 12, 4, 1024, 512, 4)),
    ("small-bf16", "BF16", 2, (64, 128, 256, 12, 4, 1024, 512, 2)),
    ("small-i8", "I8", 5, (64, 128, 256, 12, 4, 1024, 512, 4)),
    ("base-i8", "I8", 1, (96, 768, 768, 12, 12, 3072, 512, 2)),
    ("windows", "F32", 3, (64, 40, 48, 2, 2, 96, 16, 2)),
    ("odd", "F32", 1, (50, 24, 39, 3, 3, 20, 64, 1)),
]
KEYS = ("vocab_size", "embedding_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
        "intermediate_size", "max_position_embeddings", "type_vocab_size")
LENGTHS = (1, 7, 30, 62)


def fnv1a(data):
    value = 2166136261
    for byte in data:
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def hashed(name, n):
    """n numbers of 32 bits; tests/unit/test-electra.c has the same formula."""
    with np.errstate(over="ignore"):
        x = np.uint32(fnv1a(name.encode())) + np.arange(n, dtype=np.uint32) * np.uint32(0x9E3779B9)
        x ^= x >> np.uint32(16)
        x *= np.uint32(0x85EBCA6B)
        x ^= x >> np.uint32(13)
        x *= np.uint32(0xC2B2AE35)
        x ^= x >> np.uint32(16)
    return x


def formula(name, shape, dtype):
    """Multiples of a power of two with 8 bits, so that each dtype holds them exactly."""
    bits = hashed(name, int(np.prod(shape))) >> np.uint32(24)
    q = np.maximum(bits.astype(np.int64) - 128, -127).reshape(shape).astype(np.float64)
    if name.endswith("LayerNorm.weight"):
        return (192 + np.floor(q / 4)) / 256
    if len(shape) == 1:
        return q / 1024
    if "_embeddings.weight" in name:
        value = q / 128
    else:
        half_log = 0
        while 4 ** half_log < shape[1]:
            half_log += 1
        value = q / 2 ** (5 + half_log)
    if dtype == "I8":
        value *= (1 + np.arange(shape[0]) % 4 / 4)[:, None]
    return value


def windows(n, max_positions):
    """Yields (start, end, keep_from, keep_to): the rule of model/FORMAT.md."""
    room = min(max_positions, PASS_TOKENS) - CLS_AND_SEP
    step = room - min(OVERLAP, room // 2)
    starts = [0]
    while starts[-1] + room < n:
        starts.append(min(starts[-1] + step, n - room))
    bounds = [0] + [(a + b + room) // 2 for a, b in zip(starts, starts[1:])] + [n]
    for i, start in enumerate(starts):
        yield start, min(start + room, n), bounds[i], bounds[i + 1]


def logits_of(model, ids, types, cls, sep):
    """Logits of one sequence, float64 [n_tokens, n_labels]."""
    out = []
    for start, end, keep_from, keep_to in windows(len(ids), model.config.max_position_embeddings):
        window_ids = torch.tensor([[cls, *ids[start:end], sep]])
        window_types = torch.tensor([[0, *types[start:end], 0]])
        with torch.no_grad():
            logits = model(input_ids=window_ids, token_type_ids=window_types).logits[0]
        kept = logits[1 + keep_from - start:1 + keep_to - start]
        out.append(kept.reshape(len(kept), -1))
    return torch.cat(out).numpy()


def rounded(logits):
    """[n_tokens * n_labels]: what a golden file holds of a sequence."""
    return [float(f"{v:.{DIGITS}g}") for v in logits.reshape(-1).tolist()]


def load_model(directory):
    """The network of a directory in float64."""
    return network(read_config(directory),
                   read_safetensors(Path(directory) / "model.safetensors")).double()


def load_tokenizer(directory):
    with open(os.path.join(directory, "vocab.txt"), encoding="utf-8") as f:
        vocab = {token.rstrip("\n"): i for i, token in enumerate(f)}
    tokenizer = Tokenizer(WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer, tokenizer.pre_tokenizer = BertNormalizer(), BertPreTokenizer()
    return tokenizer, vocab


def cut(tokenizer, text):
    """[(id, start, end)] with bytes of the text in UTF-8."""
    at = [0]
    for char in text:
        at.append(at[-1] + len(char.encode()))
    encoding = tokenizer.encode(text, add_special_tokens=False)
    return [(i, at[a], at[b]) for i, (a, b) in zip(encoding.ids, encoding.offsets)]


def encode(tokenizer, text, has_case=True):
    encoding = tokenizer.encode(text, add_special_tokens=False)
    types = [0] * len(text)
    for match in WORD.finditer(text) if has_case else ():
        types[match.start():match.end()] = [case_type(match[0])] * len(match[0])
    return encoding.ids, [types[start] for start, _ in encoding.offsets]


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, separators=(",", ":"), ensure_ascii=True)
        f.write("\n")


def read_sentences(directory):
    path = os.path.join(directory, "sentences.txt.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as f:
        return [line.rstrip("\n").split("\t", 1)[1] for line in f]


def write_logits(args):
    tokenizer, vocab = load_tokenizer(args.model)
    model = load_model(args.model)
    lines = read_sentences(args.out)
    texts = HAND_MADE + lines[100:3000:100] + [" ".join(lines[3000:3070])]
    out = []
    for text in texts:
        ids, types = encode(tokenizer, text, model.config.type_vocab_size == 4)
        logits = logits_of(model, ids, types, vocab["[CLS]"], vocab["[SEP]"])
        out.append({"ids": ids, "types": types, "logits": rounded(logits)})
    print(f"{len(out)} sentences, the longest of {max(len(s['ids']) for s in out)} pieces")
    write_json(os.path.join(args.out, "logits.json"), out)


def write_shapes(args):
    out = []
    for name, dtype, n_labels, values in SHAPES:
        settings = dict(zip(KEYS, values))
        config = ElectraConfig(**settings, num_labels=max(n_labels, 2), pad_token_id=0)
        model = (ElectraForPreTraining if n_labels == 1 else ElectraForTokenClassification)(config)
        model = model.double().eval()
        model.load_state_dict({key: torch.tensor(formula(key, tuple(tensor.shape), dtype))
                               for key, tensor in model.state_dict().items()})
        lengths = LENGTHS if max(LENGTHS) + 2 > settings["max_position_embeddings"] else LENGTHS[:3]
        logits = []
        for s, length in enumerate(lengths):
            ids = 5 + hashed(f"ids {s}", length).astype(np.int64) % (settings["vocab_size"] - 5)
            types = hashed(f"types {s}", length).astype(np.int64) % settings["type_vocab_size"]
            logits.append(rounded(logits_of(model, ids.tolist(), types.tolist(), 2, 3)))
        out.append({"name": name, "dtype": dtype, "n_labels": n_labels, "config": settings,
                    "lengths": list(lengths), "logits": logits})
        print(name, "logits", np.concatenate(logits).min(), "to", np.concatenate(logits).max())
    write_json(os.path.join(args.out, "shapes.json"), out)


def write_hard(args):
    tokenizer, _ = load_tokenizer(args.model)
    out = []
    for text in HARD:
        values = [value for piece in cut(tokenizer, text) for value in piece]
        out.append({"text": text.encode().hex(), "pieces": values})
    write_json(os.path.join(args.out, "wordpiece.json"), out)
    print(f"{len(HARD)} texts")


def random_texts(n):
    """Texts of code points from everywhere, so that no script is forgotten."""
    import unicodedata
    assigned = [chr(c) for c in range(1, 0x30000)
                if unicodedata.category(chr(c)) not in ("Cs", "Cn") and c not in (9, 10, 13)]
    for i in range(n):
        x = hashed(f"random {i}", 24)
        yield "".join(assigned[int(v) % len(assigned)] if v >> 28 else "a "[int(v) & 1] for v in x)


def collect(paths):
    texts = {}
    for path in paths:
        with open(path, encoding="utf-8") as f:
            for line in f:
                line = line.rstrip("\n").replace("\t", " ")
                if 8 <= len(line) <= 90:
                    texts.setdefault(line)
    return list(texts) + list(random_texts(500))


def write_sentences(args):
    tokenizer, _ = load_tokenizer(args.model)
    lines = collect(args.text) if args.text else read_sentences(args.out)
    with open(os.path.join(args.out, "sentences.txt.gz"), "wb") as raw:
        with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=9, mtime=0, filename="") as f:
            for text in lines:
                values = [value for piece in cut(tokenizer, text) for value in piece]
                packed = struct.pack(f"<{len(values)}I", *values)
                f.write(f"{fnv1a(packed):08x}\t{text}\n".encode())
    print(f"{len(lines)} sentences")


def read_some(args):
    """args.n texts, evenly from the whole of a file of sentences."""
    if args.sentences is None:
        texts = read_sentences(args.out)
    else:
        with open(args.sentences, encoding="utf-8") as lines:
            texts = [json.loads(line)["text"] for line in lines] \
                if args.sentences.endswith(".jsonl") else lines.read().splitlines()
    return [texts[i] for i in np.linspace(0, len(texts) - 1, min(args.n, len(texts))).astype(int)]


def logits_of_c(args, sequences):
    """Yields the float64 [n_tokens * n_labels] of each (ids, types) by the C code."""
    lines = "".join(" ".join(f"{i}:{t}" for i, t in zip(*sequence)) + "\n"
                    for sequence in sequences)
    done = subprocess.run([args.bench, args.model], input=lines, text=True, check=False,
                          env={**os.environ, "PD_KERNEL": "fp32"},
                          capture_output=True)
    if done.returncode:
        raise ValueError(f"{args.bench}: {done.stderr.strip()}")
    for line in done.stdout.splitlines()[1:]:  # the first is of loading
        yield np.array(line.split()[1:], float)  # the first number is seconds


def compare_with_c(args):
    """Parity; returns the exit status."""
    tokenizer, vocab = load_tokenizer(args.model)
    model = load_model(args.model)
    has_case = model.config.type_vocab_size == 4
    sequences = [encode(tokenizer, text, has_case) for text in read_some(args)]
    sequences = [sequence for sequence in sequences if sequence[0]]
    got = list(logits_of_c(args, sequences))
    if not sequences or len(got) != len(sequences):
        raise ValueError(f"{len(got)} answers from {args.bench} to {len(sequences)} sentences")
    worst = 0.0
    for (ids, types), logits in zip(tqdm(sequences, unit="sentence", disable=None), got):
        wanted = logits_of(model, ids, types, vocab["[CLS]"], vocab["[SEP]"]).reshape(-1)
        if len(logits) != len(wanted):
            raise ValueError(f"{len(logits)} logits from {args.bench} for {len(ids)} tokens")
        worst = float(np.maximum(worst, np.abs(logits - wanted).max()))  # NaN stays
    n_tokens = sum(len(ids) for ids, _ in sequences)
    print(f"{len(sequences)} sentences, {n_tokens} tokens: "
          f"largest difference of a logit {worst:.2g}")
    return 0 if worst <= TOLERANCE else 1


PARTS = {"sentences": write_sentences, "hard": write_hard, "logits": write_logits,
         "shapes": write_shapes, "parity": compare_with_c}


def add_arguments(parser):
    parser.add_argument("--model", metavar="DIR", default=str(ROOT / "model/data/en"),
                        help="the shipped model (default: model/data/en)")
    parser.add_argument("--out", metavar="DIR", default=str(ROOT / "tests/golden"),
                        help="where to write (default: tests/golden)")
    parser.add_argument("--text", metavar="FILE", action="append", default=[],
                        help="for sentences: new lines of text instead of those in the file; "
                        "may be given several times")
    parser.add_argument("--bench", metavar="PROGRAM",
                        default=str(ROOT / "build/default/tests/bench/bench"),
                        help="for parity: tests/bench/bench of a build directory "
                        "(default: build/default's)")
    parser.add_argument("--sentences", metavar="FILE",
                        help='for parity: lines of text, or {"text": ...} a line where the name '
                        "ends in .jsonl (default: those of sentences.txt.gz)")
    parser.add_argument("-n", type=int, default=1000,
                        help="for parity: how many sentences (default: 1000)")
    parser.add_argument("parts", metavar="PART", nargs="+", choices=sorted(PARTS),
                        help=", ".join(PARTS))


def run(arguments):
    status = 0
    for part in arguments.parts:
        status = PARTS[part](arguments) or status
    return status

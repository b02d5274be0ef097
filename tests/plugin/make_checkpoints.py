# SPDX-License-Identifier: LGPL-2.1-or-later
"""make_checkpoints.py VOCABULARY FOLDER: small ELECTRA networks with random weights, saved by
Transformers alone, and what PyTorch says of a sentence, in FOLDER/expected.json:
{name: {"ids": [...], "wrong": [...]}}. Needs torch and transformers."""
import json
import sys
from pathlib import Path

import torch
from transformers import (BertConfig, BertForTokenClassification, ElectraConfig,
                          ElectraForPreTraining, ElectraForTokenClassification,
                          ElectraTokenizerFast)

SENTENCE = "She go to school every days."
SIZES = dict(embedding_size=32, hidden_size=48, num_hidden_layers=2, num_attention_heads=4,
             intermediate_size=64, max_position_embeddings=64)


def chances(model, ids):
    with torch.no_grad():
        logits = model.eval().float()(torch.tensor([ids])).logits.double()
    wrong = logits.sigmoid() if logits.dim() == 2 else 1 - logits.softmax(-1)[..., 0]
    return [float(chance) for chance in wrong[0, 1:-1]]


def main():
    vocabulary, folder = sys.argv[1], Path(sys.argv[2])
    lines = Path(vocabulary).read_text(encoding="utf-8").split("\n")[:-1]
    tokenizer = ElectraTokenizerFast(vocab={token: i for i, token in enumerate(lines)})
    ids = tokenizer(SENTENCE)["input_ids"]
    torch.manual_seed(1)
    expected = {}
    for kind, labels in ((ElectraForTokenClassification, {"id2label": {
            0: "O", 1: "spelling", 2: "agreement"}, "label2id": {"O": 0, "spelling": 1,
                                                                 "agreement": 2}}),
                         (ElectraForTokenClassification, {"num_labels": 2}),
                         (ElectraForPreTraining, {})):
        for dtype in torch.float32, torch.float16, torch.bfloat16:
            config = ElectraConfig(vocab_size=len(lines), **SIZES, **labels)
            model = kind(config)
            for parameter in model.parameters():
                parameter.data += torch.randn_like(parameter) * .05
            model = model.to(dtype)
            name = "-".join((kind.__name__, str(config.num_labels), str(dtype).split(".")[1]))
            model.save_pretrained(folder / name)
            tokenizer.save_pretrained(folder / name)
            expected[name] = {"ids": ids[1:-1], "wrong": chances(model, ids)}
    bert = BertForTokenClassification(BertConfig(
        vocab_size=len(lines), hidden_size=48, num_hidden_layers=1, num_attention_heads=4,
        intermediate_size=64))
    bert.save_pretrained(folder / "bert")
    tokenizer.save_pretrained(folder / "bert")
    (folder / "expected.json").write_text(json.dumps(expected))


main()

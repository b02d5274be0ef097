#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes a checkpoint in the form that proofd ships: int8 weights with a scale for each row.

SRC and DST are directories in Hugging Face form. Every tensor of two dimensions is stored as I8
beside NAME_scale (F32, one per row); all others as F32. config.json and vocab.txt are copied.
The form is specified in model/FORMAT.md.
"""
import argparse
import json
import os
import shutil
import struct
import sys

import numpy as np

DTYPES = {"F32": np.float32, "F16": np.float16}


def read_safetensors(path):
    """Returns {name: float32 array} of a safetensors file of F32, F16 and BF16 tensors."""
    with open(path, "rb") as f:
        (length,) = struct.unpack("<Q", f.read(8))
        index = json.loads(f.read(length))
        data = f.read()
    tensors = {}
    for name, entry in index.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        raw, shape = data[begin:end], entry["shape"]
        if entry["dtype"] == "BF16":
            bits = np.frombuffer(raw, "<u2").astype(np.uint32) << 16
            tensors[name] = bits.view(np.float32).reshape(shape)
        elif entry["dtype"] in DTYPES:
            dtype = np.dtype(DTYPES[entry["dtype"]]).newbyteorder("<")
            tensors[name] = np.frombuffer(raw, dtype).astype(np.float32).reshape(shape)
        else:
            sys.exit(f"{path}: {name}: cannot read dtype {entry['dtype']}")
    return tensors


def write_safetensors(path, tensors):
    """Writes {name: float32 or int8 array}, widest dtype first so that each tensor is aligned."""
    names = sorted(tensors, key=lambda name: (-tensors[name].itemsize, name))
    index, offset = {"__metadata__": {"format": "pt"}}, 0
    for name in names:
        size = tensors[name].nbytes
        dtype = {"float32": "F32", "int8": "I8"}[tensors[name].dtype.name]
        index[name] = {"dtype": dtype, "shape": list(tensors[name].shape),
                       "data_offsets": [offset, offset + size]}
        offset += size
    header = json.dumps(index, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    with open(path + ".tmp", "wb") as f:
        f.write(struct.pack("<Q", len(header)) + header)
        for name in names:
            f.write(tensors[name].astype(tensors[name].dtype.newbyteorder("<")).tobytes())
    os.replace(path + ".tmp", path)


def quantise(weights):
    """Returns int8 [rows, cols] and float32 [rows]: the scale with the least squared error."""
    largest = np.abs(weights).max(axis=1).astype(np.float64)
    best_error = np.full(len(weights), np.inf)
    best_scale = np.ones(len(weights))
    for share in np.linspace(1.0, 0.8, 21):
        scale = np.where(largest > 0, largest * share / 127, 1.0).astype(np.float32)
        rounded = np.clip(np.rint(weights / scale[:, None]), -127, 127)
        error = ((rounded * scale[:, None] - weights) ** 2).sum(axis=1)
        better = error < best_error
        best_error[better], best_scale[better] = error[better], scale[better]
    scale = best_scale.astype(np.float32)
    return np.clip(np.rint(weights / scale[:, None]), -127, 127).astype(np.int8), scale


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("src", metavar="SRC", help="directory to read")
    parser.add_argument("dst", metavar="DST", help="directory to write; made if it is not there")
    args = parser.parse_args()

    out = {}
    for name, tensor in read_safetensors(os.path.join(args.src, "model.safetensors")).items():
        if name.endswith("position_ids"):
            continue  # a buffer of old checkpoints: 0, 1, 2, ...
        if not np.isfinite(tensor).all():
            sys.exit(f"{args.src}: {name} holds a value that is not finite")
        if tensor.ndim == 2:
            out[name], out[name + "_scale"] = quantise(tensor)
        else:
            out[name] = tensor
    os.makedirs(args.dst, exist_ok=True)
    write_safetensors(os.path.join(args.dst, "model.safetensors"), out)
    for name in "config.json", "vocab.txt":
        shutil.copyfile(os.path.join(args.src, name), os.path.join(args.dst, name))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks many texts with proofd on Spark: `proof batch` once for each partition.

    spark-submit proofd_spark.py [--partitions N] [--proof PROGRAM] INPUT OUTPUT [-- OPTION...]

INPUT holds lines for `proof batch`: {"id": ..., "text": "..."}. OUTPUT becomes a directory whose
parts, one after the other, are what one process would have written. OPTIONs go to `proof batch`.

In a job of your own: lines.mapPartitions(Batch(["proof", "batch", "--local"])).
"""

import argparse
import subprocess
import tempfile
import threading

MESSAGE_BYTES = 4000  # of what the process said, at most


class Batch:
    """Lines in, answers out, through a process that reads the one and writes the other."""

    def __init__(self, command):
        self.command = list(command)

    def __call__(self, lines):
        """The answers to @lines, one each, in their order; made as they are asked for.

        Raises RuntimeError with the process's message where it fails, and where a line gets no
        answer, because it has no id or is no JSON. What is wrong with a line that has an id is its
        answer: {"id": ..., "error": ...}.
        """
        with tempfile.TemporaryFile() as messages, subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=messages) as process:
            feeder = Feeder(process.stdin, lines)
            feeder.start()
            try:
                n_answers = 0
                for answer in process.stdout:
                    n_answers += 1
                    yield answer.decode().rstrip("\n")
                status = process.wait()
            finally:
                process.kill()  # where nobody wants the rest
                feeder.join()
            if feeder.error is not None:
                raise feeder.error
            if status not in (0, 1) and (status != 2 or n_answers < feeder.n_lines):
                raise RuntimeError(self.trouble(status, n_answers, feeder.n_lines, messages))

    def trouble(self, status, n_answers, n_lines, messages):
        end = messages.seek(0, 2)
        messages.seek(max(end - MESSAGE_BYTES, 0))
        said = messages.read().decode(errors="replace").strip()
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return f"{' '.join(self.command)} {how}, {n_answers} answers to {n_lines} lines: {said}"


class Feeder(threading.Thread):
    """Writes lines to a process while its answers are read."""

    def __init__(self, pipe, lines):
        super().__init__(daemon=True)
        self.pipe = pipe
        self.lines = lines
        self.n_lines = 0  # without blank ones, which get no answer
        self.error = None

    def run(self):
        try:
            with self.pipe:
                for line in self.lines:
                    self.n_lines += line.strip(" \t\r") != ""
                    self.pipe.write(line.encode() + b"\n")
        except BrokenPipeError:
            pass  # the process has ended, and its status says why
        except Exception as error:  # of whoever makes the lines
            self.error = error


def main():
    from pyspark.sql import SparkSession  # not needed by who only wants Batch

    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--partitions", type=int, default=0, metavar="N",
                        help="at least so many; else Spark decides by the size of INPUT")
    parser.add_argument("--proof", default="proof", metavar="PROGRAM",
                        help="the command proof, as the workers find it")
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("options", nargs="*", metavar="OPTION", help="for proof batch")
    args = parser.parse_args()
    context = SparkSession.builder.appName("proofd").getOrCreate().sparkContext
    lines = context.textFile(args.input, args.partitions or None)
    answers = lines.mapPartitions(Batch([args.proof, "batch", "--local", *args.options]))
    answers.saveAsTextFile(args.output)
    context.stop()


if __name__ == "__main__":
    main()

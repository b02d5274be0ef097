#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""packaging/examples: many processes of `proof batch` give what one gives.

Environment: as case.py; PROOFD_SPARK: a Python virtual environment with
packaging/examples/requirements.txt. Without it, or without Java, what needs Spark is skipped;
without GNU parallel, what needs that.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import unittest
from pathlib import Path

import tap
from case import PROOF, Case

EXAMPLES = Path(__file__).resolve().parents[2] / "packaging" / "examples"
SPARK = Path(os.environ.get("PROOFD_SPARK", "/nonexistent"))
sys.path.insert(0, str(EXAMPLES))
sys.dont_write_bytecode = True
from proofd_spark import Batch  # noqa: E402  pylint: disable=wrong-import-position

OPTIONS = ["--max-candidates=0"]
WORDS = ["recieve", "seperate", "definately", "untill", "it"]
LINES = [json.dumps({"id": f"line {i}", "text": f"I saw {WORDS[i % 5]} at {i}. " * (i % 4)})
         for i in range(300)]


def has_parallel():
    """GNU's, not the one of moreutils."""
    if not shutil.which("parallel"):
        return False
    done = subprocess.run(["parallel", "--version"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False)
    return done.stdout.startswith(b"GNU parallel")


class Examples(Case):
    def one_process(self, lines):
        return self.proof("batch", "--local", *OPTIONS, stdin="\n".join(lines), status=1)

    def script(self, name, text):
        path = self.dir / name
        path.write_text(text)
        path.chmod(0o700)
        return path


class Process(Examples):
    """The job's own part, without Spark."""

    command = [PROOF, "batch", "--local", *OPTIONS]

    def setUp(self):
        super().setUp()
        environment = dict(os.environ)
        self.addCleanup(os.environ.update, environment)
        self.addCleanup(os.environ.clear)
        os.environ.clear()
        os.environ.update(self.env)

    def answers(self, lines, command=None):
        return list(Batch(command or self.command)(iter(lines)))

    def test_answers(self):
        self.assertEqual(self.answers(LINES), self.one_process(LINES).splitlines())
        self.assertEqual(self.answers([]), [])
        self.assertEqual(self.answers(["", " \t"]), [])

    def test_line_with_id(self):
        """What is wrong with it is its answer, and no reason to stop."""
        answers = self.answers(['{"id": 1}', '{"id": 2, "text": "é is fine."}'])
        self.assertIn("text", json.loads(answers[0])["error"])
        self.assertEqual(json.loads(answers[1])["id"], 2)

    def test_line_without_answer(self):
        with self.assertRaisesRegex(RuntimeError, "1 answers to 2 lines: proof: line 2: "):
            self.answers([LINES[0], "nonsense"])

    def test_wrong_option(self):
        with self.assertRaisesRegex(RuntimeError, "status 2, 0 answers to .* lines: .*nonsense"):
            self.answers(LINES, [*self.command, "--level=nonsense"])

    def test_killed(self):
        killed = self.script("killed", "#!/bin/sh\nread line; echo '{}'; kill -9 $$\n")
        with self.assertRaisesRegex(RuntimeError, "was killed by signal 9, 1 answers"):
            self.answers(LINES, [str(killed)])

    def test_ends_early(self):
        """A job that takes some answers and leaves ends the process."""
        answers = Batch(self.command)(iter(LINES * 100))
        self.assertEqual(json.loads(next(answers))["id"], "line 0")
        answers.close()

    def test_source_fails(self):
        def lines():
            yield from LINES[:3]
            raise ValueError("the source broke")
        with self.assertRaisesRegex(ValueError, "the source broke"):
            self.answers(lines())


@unittest.skipUnless(has_parallel(), "needs GNU parallel: ./dev test --spark installs it")
class Parallel(Examples):
    """The line of packaging/examples/README.md."""

    def parallel(self, lines, *args, options="", status=0):
        text = (EXAMPLES / "README.md").read_text()
        command, = [line for line in text.splitlines() if line.startswith("parallel --pipe")]
        command = command.replace("--block 10M", "--block 4k").replace(
            "proof batch --local", f"'{PROOF}' batch --local {' '.join(OPTIONS)} {options}")
        command = command.replace("parallel", f"parallel {' '.join(args)}", 1)
        source = self.write("lines.jsonl", "\n".join(lines) + "\n")
        done = subprocess.run(["bash", "-c", command], cwd=source.parent, env=self.env,
                              timeout=600, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        self.errors = done.stderr.decode()
        return (source.parent / "answers.jsonl").read_text()

    def test_one_machine(self):
        self.assertEqual(self.parallel(LINES), self.one_process(LINES))

    def test_more_machines(self):
        """With a stand-in for ssh that runs what it is told in a shell of its own.

        SHELL is what a login sets, here and over there; GNU parallel sends nothing without it.
        """
        self.env["SHELL"] = "/bin/bash"
        log = self.dir / "hosts"
        ssh = self.script("ssh", "#!/bin/bash\n"
                          "while [[ $1 == -* ]]; do [[ $1 == -- ]] || shift; shift; done\n"
                          f"echo \"$1\" >>'{log}'; shift\n"
                          "[[ $1 != -- ]] || shift\n"
                          "exec bash -c \"$*\"\n")
        out = self.parallel(LINES, f"--ssh {ssh}", "-S 1/one.example,1/two.example",
                            "--env PROOFD_MODELS")
        self.assertEqual(out, self.one_process(LINES))
        self.assertEqual(set(log.read_text().split()), {"one.example", "two.example"})

    def test_failure(self):
        self.parallel(LINES, options="--level=nonsense", status=1)
        self.assertIn("nonsense", self.errors)


KILLER = """#!{python}
import os, signal, subprocess, sys
from pathlib import Path

PROOF, STATE = "{proof}", Path("{state}")


def executor():
    pid = os.getpid()
    while b"CoarseGrainedExecutorBackend" not in Path(f"/proc/{{pid}}/cmdline").read_bytes():
        pid = int(Path(f"/proc/{{pid}}/stat").read_text().rpartition(")")[2].split()[1])
    return pid


def is_first(name):
    try:
        (STATE / name).mkdir()
        return True
    except FileExistsError:
        return False


with open(STATE / "executors", "a") as log:
    print(executor(), file=log)
victim = executor() if is_first("executor") else os.getpid() if is_first("proof") else 0
if not victim:
    os.execv(PROOF, [PROOF, *sys.argv[1:]])
lines = b"".join(sys.stdin.buffer.readline() for _ in range(5))
subprocess.run([PROOF, *sys.argv[1:]], input=lines)
os.kill(victim, signal.SIGKILL)
"""


@unittest.skipUnless((SPARK / "bin" / "spark-submit").exists() and shutil.which("java"),
                     "needs Spark and Java: ./dev test --spark installs them")
class Spark(Examples):
    def spark_home(self):
        """Spark's files by links: the workers of a local cluster write beside them."""
        home = self.dir / "spark"
        home.mkdir()
        for path in next(SPARK.glob("lib/python*/site-packages/pyspark")).iterdir():
            (home / path.name).symlink_to(path)
        return str(home)

    def submit(self, master, *args, conf=()):
        self.env.update(SPARK_HOME=self.spark_home(), SPARK_SCALA_VERSION="2.12",
                        SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_DIRS=str(self.dir),
                        PYSPARK_PYTHON=str(SPARK / "bin" / "python"))
        settings = ["spark.ui.enabled=false", *conf]
        return subprocess.run(
            [SPARK / "bin" / "spark-submit", "--master", master,
             *(word for setting in settings for word in ("--conf", setting)),
             EXAMPLES / "proofd_spark.py", *args],
            cwd=self.work, env=self.env, timeout=1500, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, check=False)

    def test_killed_workers(self):
        """Three workers; in the middle, one of them is killed, and once proof."""
        self.write("lines.jsonl", "\n".join(LINES))
        killer = self.script("killer", KILLER.format(python=sys.executable, proof=PROOF,
                                                     state=self.work))
        done = self.submit("local-cluster[3,1,1024]", "--partitions=9", f"--proof={killer}",
                           "lines.jsonl", "answers", "--", *OPTIONS,
                           conf=["spark.cores.max=3", "spark.executor.memory=512m",
                                 "spark.scheduler.minRegisteredResourcesRatio=1",
                                 "spark.scheduler.maxRegisteredResourcesWaitingTime=600s"])
        log = done.stderr.decode()
        self.assertEqual(done.returncode, 0, log)
        self.assertIn("Lost executor", log)
        self.assertIn(f"was killed by signal {int(signal.SIGKILL)}", log)
        executors = (self.work / "executors").read_text().split()
        self.assertGreaterEqual(len(set(executors)), 3)
        self.assertGreaterEqual(len(executors), 9 + 2)  # two partitions were done again
        parts = sorted((self.work / "answers").glob("part-*"))
        self.assertGreaterEqual(len(parts), 9)
        self.assertEqual("".join(part.read_text() for part in parts), self.one_process(LINES))

    def test_failure(self):
        self.write("lines.jsonl", "\n".join(LINES[:5]))
        done = self.submit("local[1]", f"--proof={PROOF}", "lines.jsonl", "answers", "--",
                           "--level=nonsense")
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr.decode(), "RuntimeError: .*batch .* status 2, .*nonsense")
        self.assertFalse((self.work / "answers" / "_SUCCESS").exists())


if __name__ == "__main__":
    tap.main()

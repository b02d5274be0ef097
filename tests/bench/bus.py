# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real service on a private dbus-daemon: latency, keystrokes, start, memory.

tests/bench/latency is the client; times are milliseconds on the clock."""
import math
import os
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODELS_DIR = ROOT / "model" / "data"
NAME = "org.proofd.Checker1"
FEW = 200  # samples: the 99th percentile of fewer is their maximum
STOP_SECONDS = 20
ONE_LINE = "She go to school every days.\n"
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir={dir}</listen><auth>EXTERNAL</auth>
<servicedir>{dir}/services</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy>
<limit name="max_incoming_bytes">1000000000</limit>
<limit name="max_outgoing_bytes">1000000000</limit>
<limit name="max_message_size">134217728</limit>
</busconfig>
"""


def summary(times_ms):
    """{"p50_ms", "p99_ms", "n"}; the 99th percentile of fewer than FEW is the largest."""
    if not times_ms:
        return {"p50_ms": None, "p99_ms": None, "n": 0}
    ordered = sorted(times_ms)
    last = ordered[-1] if len(ordered) < FEW else ordered[math.ceil(.99 * len(ordered)) - 1]
    return {"p50_ms": statistics.median(ordered), "p99_ms": last, "n": len(ordered)}


def available():
    """Is there what a Bus needs, besides the service?"""
    return all(shutil.which(program) for program in ("dbus-daemon", "gdbus"))


def runs(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""  # empty: ended, nobody has asked
    except OSError:
        return False


class Bus:
    """A bus in a folder of its own, which starts the service of `build` when it is called."""

    def __init__(self, build):
        self.build = Path(build)
        self.folder = tempfile.TemporaryDirectory(prefix="proofd-bench-")
        path = Path(self.folder.name)
        (path / "services").mkdir()
        (path / "bus.conf").write_text(CONFIG.format(dir=path))
        service = f"{self.build}/daemon/proofd --idle-exit 0 --models {MODELS_DIR}"
        (path / "services" / f"{NAME}.service").write_text(
            f"[D-BUS Service]\nName={NAME}\nExec={service}\n")
        self.environment = dict(os.environ)
        for variable, name in (("HOME", "home"), ("XDG_CONFIG_HOME", "config"),
                               ("XDG_DATA_HOME", "data"), ("XDG_CACHE_HOME", "cache"),
                               ("XDG_RUNTIME_DIR", "run")):
            (path / name).mkdir(mode=0o700)
            self.environment[variable] = str(path / name)
        self.daemon = subprocess.Popen(
            ["dbus-daemon", f"--config-file={path}/bus.conf", "--nofork", "--nopidfile",
             "--print-address"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=self.environment)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.daemon.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.daemon.terminate()  # the service ends with its bus
        self.daemon.wait()
        self.daemon.stdout.close()
        self.folder.cleanup()

    def latency(self, *arguments, lines):
        """The lines that tests/bench/latency prints."""
        done = subprocess.run([self.build / "tests" / "bench" / "latency", *map(str, arguments)],
                              input="".join(f"{line}\n" for line in lines), text=True, check=False,
                              capture_output=True, env=self.environment)
        if done.returncode:
            raise OSError(done.stderr.strip())
        return done.stdout.splitlines()

    def check(self, texts, clients=1, candidates=5, seconds=1e6):
        """Milliseconds of the call for each text, as far as they go in so many seconds."""
        return [float(line) for line in self.latency(
            "check", "--clients", clients, "--max-candidates", candidates, "--seconds", seconds,
            lines=texts)]

    def pid(self):
        """The service's, which must run."""
        done = subprocess.run(
            ["gdbus", "call", "--session", "--dest", "org.freedesktop.DBus", "--object-path",
             "/org/freedesktop/DBus", "--method",
             "org.freedesktop.DBus.GetConnectionUnixProcessID", NAME],
            check=True, capture_output=True, text=True, env=self.environment)
        return int(re.search(r"uint32 (\d+)", done.stdout)[1])

    def stop(self):
        """Ends the service and waits for that."""
        pid = self.pid()
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        while runs(pid):
            if time.monotonic() > end:
                raise OSError(f"proofd did not end within {STOP_SECONDS} seconds")
            time.sleep(.005)

    def memory_mb(self):
        """{"rss_mb", "pss_mb"} of the service, in 10^6 bytes."""
        kib = {}
        for line in Path(f"/proc/{self.pid()}/smaps_rollup").read_text().splitlines()[1:]:
            name, value, *_ = line.split()
            kib[name] = int(value)
        return {"rss_mb": kib["Rss:"] * 1024 / 1e6, "pss_mb": kib["Pss:"] * 1024 / 1e6}


def checks(bus, texts, clients, candidates, seconds):
    """Each text once, then those again: {"new", "cached"}, summaries."""
    new = bus.check(texts, clients, candidates, seconds)
    return {"new": summary(new),
            "cached": summary(bus.check(texts[:len(new)], clients, candidates, seconds))}


def keystrokes(bus, writer, n_bytes, n, seconds, candidates=0, known=False):
    """An editing session in a document: summaries of keys (typed and deleted) and of pastes, and
    milliseconds of Open. `known`: the document was checked to its end before, else its first check
    goes on meanwhile. `unanswered_ms`: how long the last edit had waited when time was up."""
    text = writer.document(n_bytes)
    edits = writer.editing_session(text, n)
    path = Path(bus.folder.name) / "document"
    path.write_text(text, encoding="ascii")
    lines = ["{1}\t{2}\t{3}".format(*edit) for edit in edits]
    answer = bus.latency("edit", "--max-candidates", candidates, "--seconds", seconds,
                         *(["--known"] if known else []), path, lines=lines)
    open_ms = float(answer.pop(0))
    if known:
        answer.pop(0)
    unanswered = float(answer.pop().split()[1]) if answer[-1].startswith("unanswered") else None
    times = list(zip([kind for kind, *_ in edits], map(float, answer)))
    keys = [ms for kind, ms in times if kind != "paste"]
    return {"open_ms": open_ms, "keys": summary(keys), "unanswered_ms": unanswered,
            "pastes": summary([ms for kind, ms in times if kind == "paste"])}


def cold_starts(build, n):
    """Milliseconds of `proof check --local` of one line, from nothing to its end."""
    environment = os.environ | {"PROOFD_MODELS": str(MODELS_DIR)}
    times = []
    for _ in range(n):
        start = time.perf_counter()
        done = subprocess.run([Path(build) / "plugin" / "cli" / "proof", "check", "--local",
                               "--language", "en_US"], input=ONE_LINE, text=True, check=False,
                              capture_output=True, env=environment)
        times.append(1000 * (time.perf_counter() - start))
        if done.returncode != 1:
            raise OSError(f"proof check --local: status {done.returncode}: {done.stderr.strip()}")
    return summary(times)


def activations(bus, n):
    """Milliseconds of the first call, which starts the service; it must not run."""
    times = []
    for _ in range(n):
        times += bus.check([ONE_LINE.strip()])
        bus.stop()
    return summary(times)


def after_many(bus, writer, n, seconds):
    """Memory of the service after n different sentences of 10 to 25 words, or as many as go in so
    many seconds, with candidates; every tenth has two errors."""
    texts = [writer.with_errors(writer.rng.randint(10, 25), 2) if i % 10 == 0
             else writer.sentence(writer.rng.randint(10, 25)) for i in range(n)]
    done = bus.check(texts, clients=4, seconds=seconds)
    return {**bus.memory_mb(), "sentences": len(done)}

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""analyze.py [NAME...] - searches the source for faults with the tools that are made for that

`./dev analyze` installs the tools and runs this. Prints one line for each analysis, and before it
what was found; exit status 1 if anything was. tests/README.md says what each one does.
"""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
BUILD = ROOT / "build"
C_FOLDERS = ["model", "daemon", "plugin"]
COVERED = ["model", "daemon"]
LEAST_COVERAGE = 85  # per cent of lines
# Data, other languages, texts with errors on purpose.
NOT_SPELLED = (".png", ".svg", ".po", ".txt", ".tsv", ".json", ".safetensors", ".patch")
NOT_SPELLED_FOLDERS = ("LICENSES/", "model/data/", "model/training/tests/", "tests/", "build/")
THREADED = ["worker", "document", "clients", "documents", "http", "lsp"]
MEMCHECKED = ["weights", "wordpiece", "words", "text", "markup", "formats", "cache", "findings",
              "settings", "blocks", "document-edits", "bus-object", "worker", "client", "lexicon"]


class Failed(Exception):
    """What was found, as text."""


def run(*command, env=None, ok=(0,)):
    """The output of @command, both streams; one that ends with another status than @ok fails."""
    done = subprocess.run([str(word) for word in command], cwd=ROOT, text=True, errors="replace",
                          env=os.environ | (env or {}), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode not in ok:
        raise Failed(done.stdout)
    return done.stdout


def configured(name, *options, env=None, wrapper=()):
    """The build directory @name below build/."""
    folder = BUILD / name
    if not (folder / "build.ninja").exists():
        run(*wrapper, "meson", "setup", *options, folder, ROOT, env=env)
    return folder


def compiled(folder):
    """The object of each of our files, no tests, that the build directory @folder has."""
    commands = json.loads((folder / "compile_commands.json").read_text())
    paths = ((os.path.relpath(folder / each["file"], ROOT), each["output"]) for each in commands)
    return {path: output for path, output in paths
            if path.startswith(tuple(f"{name}/" for name in C_FOLDERS))}


def files_of(*suffixes, folders=(".",)):
    """The files of the source with these endings, relative to its root."""
    skipped = {"build", "dist", ".git", "__pycache__", "node_modules"}
    found = []
    for folder in folders:
        for path, folders_below, names in os.walk(ROOT / folder):
            folders_below[:] = [name for name in folders_below if name not in skipped]
            found += [os.path.relpath(Path(path, name), ROOT) for name in names
                      if name.endswith(suffixes)]
    return sorted(found)


def accepted_in(name):
    """The lines of a list of this folder, each the fields that tabs part."""
    return [line.split("\t") for line in (HERE / name).read_text().splitlines()
            if line and not line.startswith("#")]


def but_accepted(name, told):
    """Of @told, (file, line, message), nothing is missing from the list @name."""
    accepted, met, new = accepted_in(name), set(), []
    for file, line, message in told:
        if [file, message] in accepted:
            met.add((file, message))
        else:
            new.append(f"{file}:{line}: {message}")
    if new:
        raise Failed("\n".join(new))
    return f"{len(met)} accepted, {len(accepted) - len(met)} no longer met"


def cppcheck():
    run("cppcheck", "--quiet", "-j2", "--std=c11", "--library=gtk", "-D_GNU_SOURCE", "-I.",
        "--enable=warning,performance,portability", "--error-exitcode=1",
        f"--suppressions-list={HERE / 'cppcheck.supp'}", *C_FOLDERS)
    return ""


def codespell():
    files = [file for file in files_of("") if not file.endswith(NOT_SPELLED) and
             not file.startswith(NOT_SPELLED_FOLDERS)]
    run("codespell", "--quiet-level=3", f"--ignore-words={HERE / 'codespell.words'}", *files)
    return f"{len(files)} files"


def fanalyzer():
    """Anew each time: a file that is up to date would not be looked at."""
    folder = configured("fanalyzer", "--buildtype=debug", "-Dintrospection=disabled",
                        "-Dc_args=-fanalyzer")
    run("ninja", "-C", folder, "-t", "clean")
    # cc1 stands where a place has no file.
    told = re.findall(r"^(?:\.\./)*([^\s:]+):(?:(\d+):\d+:)? warning: (.* \[-Wanalyzer-\S+\])$",
                      run("ninja", "-C", folder, *compiled(folder).values()), re.MULTILINE)
    return but_accepted("fanalyzer.accepted", told)


CLANG_OPTIONS = ("--buildtype=debug", "-Dintrospection=disabled",
                 f"-Dc_args=['-include', '{HERE / 'clang.h'}']")


def tidy():
    folder = configured("clang", *CLANG_OPTIONS, env={"CC": "clang", "CXX": "clang++"})
    run("ninja", "-C", folder, "dbus/introspection.h")
    files = [file for file in sorted(compiled(folder)) if file.endswith(".c")]
    # One file a process: of a second one Clang 14 says that no va_list is initialized.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        output = "".join(pool.map(
            lambda file: run("clang-tidy", "--quiet", f"-p={folder}", file, ok=(0, 1)), files))
    told = re.findall(r"^(\S+?):(\d+):\d+: (?:warning|error): (.* \[\S+\])$", output,
                      re.MULTILINE)
    told = {(os.path.relpath(folder / file, ROOT), line, message) for file, line, message in told}
    return f"{len(files)} files, " + but_accepted("tidy.accepted", sorted(told))


def scan_build():
    folder = configured("scan", *CLANG_OPTIONS, wrapper=("scan-build",))
    run("ninja", "-C", folder, "-t", "clean")
    # DeadStores: .clang-tidy says why not.
    run("scan-build", "--status-bugs", "-disable-checker", "deadcode.DeadStores",
        "-o", BUILD / "scan-report", "ninja", "-C", folder, *compiled(folder).values())
    return ""


def vim():
    vint = BUILD / "vint/bin/vint"
    files = files_of(".vim", folders=("plugin/vim",))
    run(vint if vint.exists() else "vint", *files)
    return f"{len(files)} files"


def proof():
    """What proofd finds in its own documents, but for what proof.accepted names."""
    folder = configured("default")
    run("ninja", "-C", folder, "plugin/cli/proof")
    documents = [file for file in files_of(".md") if not file.startswith("model/data/")]
    env = {"PROOFD_MODELS": str(ROOT / "model/data")}
    report = run(folder / "plugin/cli/proof", "check", "--local", "--language=en_US",
                 "--variant=any", "--level=careful", "--json",
                 f"--words={HERE / 'proof.words'}", *documents, env=env, ok=(0, 1))
    accepted = accepted_in("proof.accepted")
    met, found = set(), []
    for file in json.loads(report)["files"]:
        text = (ROOT / file["file"]).read_text()
        for finding in file["findings"]:
            words = text[finding["offset"]:finding["offset"] + finding["length"]]
            key = [file["file"], finding["rule"], " ".join(words.split())]
            if key in accepted:
                met.add(tuple(key))
            else:
                found.append(f"{file['file']}:{finding['line']}: {finding['message']}\n"
                             "    accepted as: " + "\t".join(key))
    if found:
        raise Failed("\n".join(found))
    stale = len(accepted) - len(met)
    return f"{len(documents)} documents, {len(met)} accepted, {stale} no longer met"


def coverage():
    folder = configured("coverage", "-Db_coverage=true", "--buildtype=debug",
                        "-Dintrospection=disabled")
    run("ninja", "-C", folder)
    for old in folder.glob("**/*.gcda"):
        old.unlink()
    run("meson", "test", "-C", folder, "--no-rebuild", "-t3", "--suite=unit", "--suite=bus")
    filters = [word for name in COVERED for word in ("--filter", f"{name}/")]
    told = run("gcovr", "--root", ROOT, *filters, "--sort-uncovered", "--txt",
               folder / "coverage.txt", "--html-details", folder / "coverage.html",
               "--fail-under-line", LEAST_COVERAGE, "--print-summary", folder)
    return told.strip().splitlines()[0]


def threads():
    folder = configured("tsan", "-Db_sanitize=thread", "-Db_lundef=false",
                        "-Dintrospection=disabled")
    glib = folder / "tsan-glib.so"
    flags = run("pkg-config", "--cflags", "gio-2.0").split()
    run("gcc", "-shared", "-fPIC", *flags, HERE / "tsan-glib.c", "-o", glib)
    run("ninja", "-C", folder)  # before the library is loaded into all that runs
    # A pipe of the shell's, Python and dbus-daemon run with it, too, and leave it alone.
    # It sees GLib unlock a pthread_mutex_t, but not always lock it: tsan.supp's called_from_lib.
    options = f"suppressions={HERE / 'tsan.supp'}:halt_on_error=1:exitcode=66:report_mutex_bugs=0"
    env = {"TSAN_OPTIONS": options, "G_SLICE": "always-malloc", "PROOFD_SLOWNESS": "25"}
    run("meson", "test", "-C", folder, "--no-rebuild", "-t10", "--print-errorlogs",
        f"--wrapper=env LD_PRELOAD={glib}", *THREADED, env=env)
    return f"{len(THREADED)} programs"


def memcheck():
    folder = configured("default")
    wrapper = ("valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite "
               f"--errors-for-leak-kinds=definite --suppressions={HERE / 'valgrind.supp'}")
    # Where `new` fails, as in Hunspell in /lexicon/exceptions, valgrind ends the program; and
    # /formats/large would take an hour.
    run("meson", "test", "-C", folder, "-t60", "--print-errorlogs", f"--wrapper={wrapper}",
        "--test-args=-s /lexicon/exceptions -s /formats/large", *MEMCHECKED,
        env={"G_SLICE": "always-malloc"})
    return f"{len(MEMCHECKED)} programs"


ANALYSES = {function.__name__.replace("_", "-"): function for function in (
    cppcheck, codespell, vim, proof, fanalyzer, tidy, scan_build, coverage, threads, memcheck)}


def main(names):
    unknown = [name for name in names if name not in ANALYSES]
    if unknown:
        sys.exit(f"analyze: no analysis {unknown[0]}; there are {', '.join(ANALYSES)}")
    status = 0
    for name in names or ANALYSES:
        try:
            figures = ANALYSES[name]()
        except (Failed, OSError) as error:
            print(error, file=sys.stderr)
            print(f"FAILED  {name}", flush=True)
            status = 1
        else:
            print(f"ok      {name}" + (f" ({figures})" if figures else ""), flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

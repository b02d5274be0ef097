#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-source.py [ROOT] - what the compiler does not check in the source files

Who may include whom, calls that are blocked, sizes, and a few rules of form; CONTRIBUTING.md
explains them. Prints one line for each problem, FILE:LINE: what and why; exit status 1 if any.
"""

import bisect
import os
import re
import sys
from fnmatch import fnmatch
from pathlib import Path

MAX_COLUMNS = 100
MAX_FILE_LINES = 800
MAX_FUNCTION_LINES = 60
LONG_FUNCTIONS = {"model/electra.c": 100}  # the forward pass reads best in one piece

LICENCE = "SPDX-License" "-Identifier: LGPL-2.1-or-later"
SKIPPED_DIRS = {".git", "build", "dist", "__pycache__", ".pytest_cache", "LICENSES", "golden",
                "data"}
SCRIPTS = {".py", ".sh", ".build", ".supp", ".in", ".service", ".conf"}
SCRIPT_NAMES = {"dev", "run", "meson.build", "meson_options.txt", ".clang-format", ".editorconfig",
                ".gitignore"}
DOCUMENTS = {".md", ".xml", ".svg"}

# Who may include which of our headers: the first row whose pattern fits the file decides. A file
# may always include its own header, and any file of a folder that folder's error.h.
INCLUDES = [
    ("tests/*", ["model/*", "daemon/*", "dbus/*", "plugin/*", "tests/*"]),
    ("model/kernel-*.c", ["model/kernels-private.h", "model/loops.h", "model/tiles.h",
                          "model/vector-*.h"]),
    ("model/kernels*", ["model/int8.h", "model/kernels.h", "model/kernels-private.h"]),
    ("model/loops.h", ["model/kernels.h"]),
    ("model/tiles.h", ["model/kernels-private.h"]),
    ("model/vector-*.h", ["model/int8.h"]),
    *[(f"model/{leaf}", []) for leaf in ("int8.*", "linear.*", "numbers.*")],
    ("model/weights.*", ["model/int8.h", "model/json-guard.h", "model/numbers.h"]),
    ("model/json-guard.*", []),
    ("model/wordpiece.*", ["model/weights.h"]),
    ("model/*", ["model/*"]),
    ("daemon/engine/text.*", ["daemon/engine/lines.h", "daemon/engine/offsets.h",
                              "daemon/engine/opaque.h"]),
    ("daemon/engine/markup.*", [f"daemon/engine/{leaf}.h" for leaf in (
        "annotated", "code", "commit", "format", "html", "latex", "markdown", "rst", "text")]),
    ("daemon/engine/annotated.*", ["daemon/engine/text.h"]),
    ("daemon/engine/format.*", ["daemon/engine/code-languages.h"]),
    ("daemon/engine/html.*", ["daemon/engine/annotated.h", "daemon/engine/markdown.h"]),
    *[(f"daemon/engine/{leaf}.*", ["daemon/engine/annotated.h"]) for leaf in (
        "literal", "markdown", "paragraph")],
    ("daemon/engine/latex*", ["daemon/engine/annotated.h", "daemon/engine/latex-commands.h"]),
    ("daemon/engine/code.*", [f"daemon/engine/{leaf}.h" for leaf in (
        "annotated", "code-languages", "comment", "literal")]),
    ("daemon/engine/comment.*", ["daemon/engine/comment-tags.h", "daemon/engine/paragraph.h"]),
    ("daemon/engine/commit.*", ["daemon/engine/annotated.h", "daemon/engine/paragraph.h"]),
    ("daemon/engine/rst*", ["daemon/engine/annotated.h", "daemon/engine/paragraph.h",
                            "daemon/engine/rst-inline.h"]),
    *[(f"daemon/engine/{leaf}.*", []) for leaf in (
        "code-languages", "comment-tags", "distance", "error", "hunspell-guard", "inflection",
        "fingerprints", "lines", "names", "offsets", "opaque", "table", "words")],
    ("daemon/engine/language.*", ["daemon/engine/fingerprints.h"]),
    ("daemon/engine/lexicon.*", ["daemon/engine/hunspell-guard.h"]),
    ("daemon/engine/confusions.*", ["daemon/engine/table.h"]),
    ("daemon/engine/frequency.*", ["daemon/engine/table.h"]),
    ("daemon/engine/*", ["daemon/engine/*", "model/electra.h", "model/wordpiece.h",
                         "model/error.h", "model/manifest.h"]),
    *[(f"daemon/{leaf}.*", []) for leaf in ("idle", "log", "notify", "settings-watch")],
    ("daemon/report.*", ["daemon/log.h", "daemon/notify.h"]),
    ("daemon/nearest.*", []),
    ("daemon/bus-source.*", ["dbus/protocol.h"]),
    ("daemon/bus-object.*", ["daemon/bus-source.h", "daemon/nearest.h", "dbus/*"]),
    ("daemon/bus-turns.*", ["daemon/bus-object.h"]),
    ("daemon/bus-args.*", ["daemon/bus-object.h", "daemon/settings.h", "daemon/nearest.h",
                           "daemon/engine/*", "dbus/protocol.h"]),
    ("daemon/settings.*", ["daemon/nearest.h", "daemon/engine/*", "dbus/protocol.h"]),
    ("daemon/job.*", ["daemon/worker.h", "daemon/engine/*"]),
    ("daemon/worker.*", ["daemon/job.h", "daemon/engine/*", "dbus/protocol.h"]),
    ("daemon/tally.*", []),
    ("daemon/blocks.*", ["daemon/engine/offsets.h"]),
    ("daemon/document*", ["daemon/document.h", "daemon/document-private.h", "daemon/blocks.h",
                          "daemon/tally.h", "daemon/engine/*", "dbus/protocol.h"]),
    ("daemon/main.c", [f"daemon/{leaf}.h" for leaf in (
        "log", "sandbox", "service", "settings", "settings-watch", "engine/messages",
        "engine/words")] + ["dbus/core-dump.h"]),
    ("daemon/*", ["daemon/*", "dbus/*"]),
    ("plugin/client/*", ["plugin/client/*", "dbus/protocol.h"]),
    ("plugin/cli/doctor*", ["plugin/cli/*", "daemon/engine/*", "daemon/settings.h",
                            "dbus/protocol.h"]),
    ("plugin/cli/request.*", ["model/json-guard.h"]),
    ("plugin/cli/*", ["plugin/cli/*", "plugin/client/*", "daemon/engine/*", "dbus/*"]),
    *[(f"plugin/{folder}/main.c", [f"plugin/{folder}/*", "dbus/core-dump.h"])
      for folder in ("atspi", "http", "lsp")],
    # one place alone knows libexttextcat, and what json-glib may be given
    ("plugin/lsp/guess.*", ["daemon/engine/fingerprints.h"]),
    ("plugin/lsp/frames.*", ["model/json-guard.h"]),
    ("plugin/http/annotation.*", ["model/json-guard.h", "plugin/http/error.h"]),
    ("plugin/http/detect.*", ["daemon/engine/fingerprints.h"]),
    ("plugin/lsp/*", ["plugin/lsp/*", "plugin/client/*"]),
    ("plugin/http/*", ["plugin/http/*", "plugin/client/*"]),
    ("plugin/editor/*", ["plugin/editor/*", "plugin/client/*"]),
    # the text of others: what shows it knows nothing of how it is read
    *[(f"plugin/atspi/{leaf}.*", []) for leaf in ("config", "place", "reach", "tray", "window")],
    ("plugin/atspi/panel.*", ["plugin/atspi/place.h"]),
    ("plugin/atspi/object.*", ["plugin/atspi/reach.h"]),
    ("plugin/atspi/kind.*", ["plugin/atspi/object.h", "plugin/atspi/reach.h"]),
    ("plugin/atspi/*", ["plugin/atspi/*", "plugin/client/*"]),
    # in the host's process and never waiting for the bus: dictionaries and words by themselves
    ("plugin/enchant/*", ["plugin/enchant/*", "daemon/engine/distance.h",
                          "daemon/engine/lexicon.h", "daemon/engine/words.h"]),
    ("plugin/*", ["plugin/client/*"]),
]

# One module a library: the header, who may include it, why.
LIBRARIES = [
    ("dbus/*", ["daemon/bus-*", "daemon/service*", "tests/*"],
     "libdbus belongs to the bus layer and the service"),
    ("hunspell/*", ["daemon/engine/hunspell-guard.*"], "Hunspell stays behind lexicon.h"),
    ("cblas*", ["model/linear.c"], "BLAS stays behind linear.h"),
    ("openblas*", ["model/linear.c"], "BLAS stays behind linear.h"),
    ("cmark*", ["daemon/engine/markdown.c", "tests/*"], "cmark stays behind markdown.h"),
    ("textcat.h", ["daemon/engine/fingerprints.c"], "libexttextcat stays behind fingerprints.h"),
    ("jsonrpc-glib*", ["plugin/lsp/*"], "JSON-RPC belongs to the language server"),
    ("atspi/*", ["plugin/atspi/kind.c", "plugin/atspi/look.c", "tests/*"],
     "AT-SPI's names belong to plugin/atspi"),
    ("gtk/gtk.h", ["plugin/atspi/main.c", "plugin/atspi/panel.c", "plugin/atspi/tray.c",
                   "plugin/editor/*", "plugin/gedit/*", "tests/*"],
     "windows belong to the programs with a screen"),
    ("libsoup/*", ["plugin/http/*"], "HTTP belongs to plugin/http"),
    ("gtksourceview/*", ["plugin/editor/*"], "GtkSourceView belongs to proof-editor"),
    ("enchant*", ["plugin/enchant/*", "tests/*"], "Enchant belongs to its provider"),
]
ARITHMETIC = ("model/int8.*", "model/kernel-*", "model/kernels*", "model/linear.*", "model/loops.h",
              "model/numbers.*", "model/tiles.h", "model/vector-*")  # no GLib
ARITHMETIC_ONLY = {"cblas.h", "openblas_config.h", "assert.h", "float.h", "limits.h", "math.h",
                   "stdbool.h", "stddef.h", "stdint.h", "stdlib.h", "string.h", "immintrin.h",
                   "arm_neon.h", "sys/auxv.h"}

EVERYWHERE = ["*"]
NO_PRINTING = ["model/*", "daemon/engine/*", "plugin/client/*"]
BLOCKED = [  # pattern of names, where, what to do; tests/ may print and exit
    ("strcpy|stpcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets", EVERYWHERE,
     "no bound: g_strlcpy(), GString or g_strdup_printf()"),
    ("atoi|atol|atoll|sscanf|scanf|fscanf", EVERYWHERE,
     "errors are lost: g_ascii_string_to_signed() and its like"),
    ("atof|strtod|strtof", EVERYWHERE, "depends on the locale: g_ascii_strtod()"),
    ("strtok|asctime|ctime|tmpnam|tempnam|mktemp|readdir_r", EVERYWHERE, "unsafe by design"),
    ("alloca|g_alloca|g_newa", EVERYWHERE, "the stack has no bound check"),
    ("system|popen", EVERYWHERE, "no shell: g_spawn_*() with an argument vector"),
    ("setjmp|longjmp", EVERYWHERE, "cleanup functions would be skipped"),
    ("rand|srand|random|srandom", EVERYWHERE, "GRand, with a seed that is printed"),
    ("g_error", EVERYWHERE, "ends the program: return a GError"),
    ("exit|_exit|quick_exit|abort", EVERYWHERE, "only main.c ends the program: return a GError"),
    ("printf|vprintf|puts|putchar|fprintf|vfprintf|fputs|perror|g_print|g_printerr", NO_PRINTING,
     "a library does not print: return a GError"),
    ("g_message|g_warning|g_critical|g_info", NO_PRINTING,
     "a library logs at debug level at most: return a GError"),
]
ALLOWED_CALLS = [("exit", "*/main.c"), ("exit", "tests/*"), ("_exit", "tests/*"),
                 ("abort", "tests/*"), ("g_error", "tests/*"),
                 ("printf", "plugin/client/examples/*"), ("fprintf", "plugin/client/examples/*")]

OUT_OF_MEMORY = 'g_error("out of memory")'  # libraries that report it; GLib ends the program too

# Paths of one's own machine tell others nothing.
OWN_PATH = re.compile(r"(?<![\w./~$})-])/root/\w")
LATER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
TOKEN = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*([<\"])([^>\"\n]+)[>\"]", re.MULTILINE)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
CALL = re.compile(r"(?<![\w.>])([A-Za-z_]\w*)\s*\(")


def blank(text):
    """Spaces instead of everything but line ends: positions stay."""
    return re.sub(r"[^\n]", " ", text)


def fits(path, patterns):
    return any(fnmatch(path, pattern) for pattern in patterns)


class Source:
    """One file: its text, and for C the same with comments and strings blanked."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.is_c = path.endswith((".c", ".cpp", ".h"))
        self.problems = []
        if self.is_c:
            self.without_comments = TOKEN.sub(
                lambda m: blank(m[0]) if m[0][0] == "/" else m[0], text)
            self.code = TOKEN.sub(lambda m: blank(m[0]), text)

    def line_of(self, position):
        return bisect.bisect_right(self.starts, position)

    def report(self, line, message):
        self.problems.append((self.path, line, message))


def check_form(source):
    for number, line in enumerate(source.lines, 1):
        if line.rstrip("\r \t") != line:
            source.report(number, "white space at the end of the line")
        if LATER.search(line):
            source.report(number, "a note for later: finish it, or open an issue")
        if OWN_PATH.search(line):
            source.report(number, "a path of one's own machine")
        if source.is_c or source.path.endswith(".py"):
            if "\t" in line:
                source.report(number, "a tab: indent by 4 spaces")
            if len(line) > MAX_COLUMNS:
                source.report(number, f"{len(line)} columns, {MAX_COLUMNS} at most")
    if source.text and not source.text.endswith("\n"):
        source.report(len(source.lines), "no line end after the last line")
    n_lines = len(source.lines) - 1
    if n_lines >= MAX_FILE_LINES and source.path.endswith((".c", ".cpp", ".h", ".py")):
        source.report(MAX_FILE_LINES, f"{n_lines} lines: split it, under {MAX_FILE_LINES}, please")


def check_licence(source):
    if source.is_c:
        if source.lines[0] != f"/* {LICENCE} */":
            source.report(1, f"the first line must be /* {LICENCE} */")
    elif not source.path.endswith(tuple(DOCUMENTS)):
        first = 1 if source.lines[0].startswith("#!") and len(source.lines) > 1 else 0
        if source.lines[first] not in (f"# {LICENCE}", f".\\\" {LICENCE}"):
            source.report(first + 1, f"this line must be # {LICENCE}")
    elif source.path.endswith(".xml"):
        if not any(LICENCE in line for line in source.lines[:3]):
            source.report(1, f"{LICENCE} is missing in the first three lines")


def check_header(source):
    if source.path.endswith(".h") and not re.search(r"^#pragma once$", source.text, re.MULTILINE):
        source.report(1, "a header needs #pragma once")


def check_includes(source):
    for match in INCLUDE.finditer(source.without_comments):
        line = source.line_of(match.start(1))
        if match[1] == '"':
            check_own_include(source, line, match[2])
        else:
            check_library_include(source, line, match[2])


def check_own_include(source, line, header):
    path = source.path
    if "/" not in header or header.startswith("."):
        source.report(line, f'"{header}": write it from the root, "folder/file.h"')
        return
    if header.startswith("tests/") and not path.startswith("tests/"):
        source.report(line, f'"{header}": nothing includes tests/')
        return
    if header == os.path.splitext(path)[0] + ".h":
        return
    folder = os.path.dirname(path)
    if fits(path, ARITHMETIC):
        pass  # libc only, not even error.h
    elif header == f"{folder}/error.h" or (header == "daemon/engine/error.h" and
                                           path.startswith("daemon/")):
        return
    allowed = next((row[1] for row in INCLUDES if fnmatch(path, row[0])), None)
    if allowed is None:
        source.report(line, f'"{header}": no include rule for {path} in tests/check-source.py')
    elif not fits(header, allowed):
        may = ", ".join(allowed) or "nothing but its own header"
        source.report(line, f'"{header}": {path} may include {may}')


def check_library_include(source, line, header):
    for pattern, users, why in LIBRARIES:
        if fnmatch(header, pattern) and not fits(source.path, users):
            source.report(line, f"<{header}>: {why}")
            return
    if fits(source.path, ARITHMETIC) and header not in ARITHMETIC_ONLY:
        source.report(line, f"<{header}>: the arithmetic uses libc and cblas alone")


def check_calls(source):
    for match in CALL.finditer(source.code):
        name = match[1]
        if any(name == call and fnmatch(source.path, where) for call, where in ALLOWED_CALLS):
            continue
        for names, where, hint in BLOCKED:
            if name == "g_error" and source.text.startswith(OUT_OF_MEMORY, match.start(1)):
                continue
            if name in names.split("|") and fits(source.path, where):
                source.report(source.line_of(match.start(1)), f"{name}(): {hint}")
    for match in re.finditer(r"\bgoto\b", source.code):
        source.report(source.line_of(match.start()), "goto: g_autoptr cleans up")
    for match in TOKEN.finditer(source.text):
        if match[0].startswith("//"):
            source.report(source.line_of(match.start()), "comments are /* */")


def top_level(code):
    """(start, end, text, body) of each statement or definition outside all braces.

    text: what stands outside braces; body: (open, close) positions of its last braces, or None."""
    code = DIRECTIVE.sub(lambda m: blank(m[0]), code)
    depth = start = opened = 0
    body = None
    outside = []
    for position, char in enumerate(code):
        if char == "{":
            if depth == 0:
                opened = position
                outside.append(code[start if body is None else body[1] + 1:position])
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                body = (opened, position)
                head = "".join(outside).strip()
                if re.search(r"\)\s*$", head):  # a function: nothing follows its body
                    yield start, position, head, body
                    start, body, outside = position + 1, None, []
        elif char == ";" and depth == 0:
            outside.append(code[start if body is None else body[1] + 1:position])
            yield start, position, "".join(outside).strip(), body
            start, body, outside = position + 1, None, []


def check_functions(source):
    most = LONG_FUNCTIONS.get(source.path, MAX_FUNCTION_LINES)
    for _, _, head, body in top_level(source.code):
        if body is None or not head.endswith(")"):
            continue
        length = source.line_of(body[1]) - source.line_of(body[0]) - 1
        name = re.search(r"(\w+)\s*\(", head)
        if length > most:
            source.report(source.line_of(body[0]),
                          f"{name[1] if name else 'function'}() has {length} lines, {most} at most")


def check_globals(source):
    """Variables that outlive a call; what is set once, or from a signal handler, may."""
    if source.path.startswith("tests/"):
        return
    harmless = re.compile(r"\b(?:const|typedef|extern|GOnce|gsize|sig_atomic_t|GSourceFuncs)\b")
    for start, end, head, body in top_level(source.code):
        if head.endswith(")") or "(" in head.split("=")[0] or harmless.search(head):
            continue
        declared = re.sub(r"\b(?:struct|union|enum)\s+\w+\s*$", "", head.split("=")[0].strip())
        if re.match(r"(?:static\s+)?[A-Za-z_][\w\s*]*[\s*]\w+\s*(?:\[[^]]*\]\s*)*$", declared):
            first = start + len(source.code[start:end]) - len(source.code[start:end].lstrip())
            source.report(source.line_of(first), f"a global variable: {' '.join(declared.split())}")
    for match in re.finditer(r"^[ \t]+static\b([^;=({]*)[;=]", source.code, re.MULTILINE):
        if not harmless.search(match[1]):
            source.report(source.line_of(match.end(1)),
                          f"a static variable: {' '.join(match[1].split())}")


def check_text(path, text):
    source = Source(path, text)
    check_form(source)
    check_licence(source)
    if source.is_c:
        check_header(source)
        check_includes(source)
        check_calls(source)
        check_functions(source)
        check_globals(source)
    return source.problems


def source_files(root):
    for folder, names, files in os.walk(root):
        names[:] = sorted(n for n in names if n not in SKIPPED_DIRS)
        for name in sorted(files):
            path = Path(folder, name)
            if path.is_symlink():
                continue
            if (path.suffix in {".c", ".cpp", ".h"} | SCRIPTS | DOCUMENTS or name in SCRIPT_NAMES):
                yield path.relative_to(root).as_posix()


def check_tree(root):
    problems = []
    n_files = 0
    for path in source_files(root):
        n_files += 1
        try:
            text = Path(root, path).read_bytes().decode()
        except UnicodeDecodeError as error:
            problems.append((path, 1, f"not UTF-8 at byte {error.start}"))
            continue
        problems += check_text(path, text)
    return n_files, problems


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    n_files, problems = check_tree(root)
    for path, line, message in problems:
        print(f"{path}:{line}: {message}")
    print(f"check-source: {n_files} files, {len(problems)} problems")
    return 1 if problems or n_files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-check-source.py - check-source.py finds what it should, and nothing else (TAP)"""

import importlib.util
import sys
import tempfile
from pathlib import Path

C = "/* SPDX-License" "-Identifier: LGPL-2.1-or-later */\n"
H = C + "#pragma once\n"
HASH = "# SPDX-License" "-Identifier: LGPL-2.1-or-later\n"
LONG = "void\nf(void)\n{\n" + "    g();\n" * 61 + "}\n"
LATER = "TO" + "DO"

CASES = [  # name, path, text, the line and a part of each message expected
    # includes
    ("own header", "model/weights.c", C + '#include "model/weights.h"\n', []),
    ("model to daemon", "model/electra.c", C + '#include "daemon/engine/text.h"\n',
     [(2, "may include model/*")]),
    ("kernels with GLib", "model/kernels.h", H + "#include <glib.h>\n", [(3, "libc and cblas")]),
    ("arithmetic with error.h", "model/linear.c", C + '#include "model/error.h"\n',
     [(2, "nothing but its own header")]),
    ("products with cblas", "model/linear.c", C + "#include <cblas.h>\n#include <math.h>\n", []),
    ("cblas elsewhere", "model/electra.c", C + "#include <cblas.h>\n", [(2, "BLAS stays behind")]),
    ("weights to electra", "model/weights.c",
     C + '#include "model/electra.h"\n', [(2, "may include")]),
    ("electra to weights", "model/electra.c", C + '#include "model/weights.h"\n', []),
    ("engine to model", "daemon/engine/checker.h", H + '#include "model/electra.h"\n', []),
    ("engine to weights", "daemon/engine/checker.c", C + '#include "model/weights.h"\n',
     [(2, "may include")]),
    ("engine to service", "daemon/engine/checker.c", C + '#include "daemon/service.h"\n',
     [(2, "may include")]),
    ("text to checker", "daemon/engine/text.c", C + '#include "daemon/engine/checker.h"\n',
     [(2, "may include daemon/engine/lines.h")]),
    ("lexicon to checker", "daemon/engine/lexicon.c",
     C + '#include "daemon/engine/checker.h"\n', [(2, "may include daemon/engine/hunspell")]),
    ("engine error.h", "daemon/engine/text.c", C + '#include "daemon/engine/error.h"\n', []),
    ("engine with dbus", "daemon/engine/checker.c",
     C + "#include <dbus/dbus.h>\n", [(2, "libdbus")]),
    ("worker with dbus", "daemon/worker.c", C + "#include <dbus/dbus.h>\n", [(2, "libdbus")]),
    ("service with dbus", "daemon/service.c", C + "#include <dbus/dbus.h>\n", []),
    ("worker to service", "daemon/worker.c",
     C + '#include "daemon/service.h"\n', [(2, "may include")]),
    ("bus layer to service", "daemon/bus-object.c", C + '#include "daemon/service.h"\n',
     [(2, "may include daemon/bus-source.h")]),
    ("Hunspell elsewhere", "daemon/engine/checker.c", C + "#include <hunspell/hunspell.h>\n",
     [(2, "lexicon.h")]),
    ("Hunspell", "daemon/engine/hunspell-guard.cpp", C + "#include <hunspell/hunspell.hxx>\n", []),
    ("cli to engine", "plugin/cli/local.c", C + '#include "daemon/engine/checker.h"\n', []),
    ("cli to service", "plugin/cli/local.c",
     C + '#include "daemon/service.h"\n', [(2, "may include")]),
    ("client to engine", "plugin/client/client.c", C + '#include "daemon/engine/text.h"\n',
     [(2, "may include")]),
    ("other plugin to engine", "plugin/lsp/main.c", C + '#include "daemon/engine/text.h"\n',
     [(2, "may include")]),
    ("nothing includes tests", "daemon/service.c", C + '#include "tests/bus/fixture.h"\n',
     [(2, "nothing includes tests/")]),
    ("tests include all", "tests/unit/test-x.c", C + '#include "daemon/service.h"\n', []),
    ("relative include", "model/electra.c", C + '#include "weights.h"\n', [(2, "from the root")]),
    ("upward include", "model/electra.c",
     C + '#include "../daemon/idle.h"\n', [(2, "from the root")]),
    ("include in a comment", "model/electra.c", C + '/*\n#include "daemon/idle.h"\n*/\n', []),
    ("unknown folder", "extra/a.c", C + '#include "model/electra.h"\n', [(2, "no include rule")]),
    # calls
    ("strcpy", "daemon/idle.c", C + "void\nf(void)\n{\n    strcpy(a, b);\n}\n", [(5, "strcpy()")]),
    ("in a string", "daemon/idle.c", C + 'const char *s = "strcpy(a) \\" goto";\n', []),
    ("in a comment", "daemon/idle.c", C + "/* strcpy(a), goto */\n", []),
    ("part of a name", "daemon/idle.c",
     C + "void\nf(void)\n{\n    pd_exit(1);\n    p->exit(1);\n}\n", []),
    ("exit", "daemon/service.c", C + "void\nf(void)\n{\n    exit(1);\n}\n", [(5, "main.c")]),
    ("exit in main.c", "daemon/main.c", C + "int\nmain(void)\n{\n    exit(1);\n}\n", []),
    ("printf in the model", "model/electra.c", C + 'void\nf(void)\n{\n    printf("x");\n}\n',
     [(5, "does not print")]),
    ("printf in the command", "plugin/cli/output.c",
     C + 'void\nf(void)\n{\n    printf("x");\n}\n', []),
    ("warning in the engine", "daemon/engine/text.c",
     C + 'void\nf(void)\n{\n    g_warning("x");\n}\n',
     [(5, "debug level")]),
    ("g_error", "daemon/idle.c",
     C + 'void\nf(void)\n{\n    g_error("x");\n}\n', [(5, "g_error()")]),
    ("out of memory", "daemon/idle.c",
     C + 'void\nf(void)\n{\n    g_error("out of memory");\n}\n', []),
    ("goto", "daemon/idle.c", C + "void\nf(void)\n{\n    goto out;\n}\n", [(5, "goto")]),
    ("goto in a macro", "daemon/idle.c", C + "#define X \\\n    goto out\n", [(3, "goto")]),
    # form
    ("licence", "model/electra.c", "/* electra */\n", [(1, "the first line")]),
    ("pragma", "model/electra.h", C, [(1, "#pragma once")]),
    ("script", "tests/a.py", "#!/usr/bin/env python3\n" + HASH, []),
    ("script without licence", "tests/a.py", "import sys\n", [(1, "this line must be")]),
    ("empty script", "tests/a.py", "", [(1, "this line must be")]),
    ("XML without licence", "dbus/a.xml", '<?xml version="1.0"?>\n<node/>\n', [(1, "is missing")]),
    ("trailing space", "README.md", "a \n", [(1, "white space")]),
    ("carriage return", "README.md", "a\r\n", [(1, "white space")]),
    ("tab", "model/electra.c", C + "\tint f(void);\n", [(2, "a tab")]),
    ("100 columns", "model/electra.c", C + "/*" + "é" * 96 + "*/\n", []),
    ("101 columns", "model/electra.c", C + "/*" + "é" * 97 + "*/\n", [(2, "101 columns")]),
    ("last line", "README.md", "a", [(1, "no line end")]),
    ("note for later", "README.md", f"{LATER}: more\n", [(1, "for later")]),
    ("own path", "README.md", "see /root/" "x/y\n", [(1, "one's own machine")]),
    ("address", "README.md", "https://example.org/root/" "x and ~/root/" "x\n", []),
    ("C++ comment", "model/electra.c", C + "// no\n", [(2, "comments are")]),
    ("address in a string", "model/electra.c", C + 'const char *s = "http://a";\n', []),
    # sizes
    ("799 lines", "model/electra.c", C + "\n" * 798, []),
    ("800 lines", "model/electra.c", C + "\n" * 799, [(800, "800 lines")]),
    ("60 lines", "daemon/idle.c", C + LONG.replace("    g();\n", "", 1), []),
    ("61 lines", "daemon/idle.c", C + LONG, [(4, "f() has 61 lines, 60 at most")]),
    ("61 in electra.c", "model/electra.c", C + LONG, []),
    ("long table", "daemon/idle.c",
     C + "static const int t[] = {\n" + "    1,\n" * 80 + "};\n", []),
    ("after a table", "daemon/idle.c", C + "static const int t[] = { 1 };\n" + LONG, [(5, "f()")]),
    # globals
    ("global", "daemon/idle.c", C + "static int n_calls = 0;\n", [(2, "static int n_calls")]),
    ("global array", "daemon/idle.c", C + "\nint t[3] = { 1, 2, 3 };\n", [(3, "int t[3]")]),
    ("global of a struct", "daemon/idle.c", C + "static struct A a;\n", [(2, "struct A a")]),
    ("constants and types", "daemon/idle.c",
     C + "static const int a = 1;\ntypedef struct A A;\nstruct A {\n    int b;\n};\n"
     "enum { X, Y };\nint f(int a, char *b);\nG_DEFINE_QUARK(a, b)\n", []),
    ("static in a function", "daemon/idle.c", C + "void\nf(void)\n{\n    static int n;\n}\n",
     [(5, "a static variable")]),
    ("once", "daemon/idle.c", C + "void\nf(void)\n{\n    static gsize once;\n}\n", []),
    ("global in a test", "tests/unit/test-x.c", C + "static int n;\n", []),
]


def load():
    path = Path(__file__).resolve().parent / "check-source.py"
    spec = importlib.util.spec_from_file_location("check_source", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    sys.dont_write_bytecode = True
    check_source = load()
    failed = 0
    number = 0

    def result(fine, name, detail=""):
        nonlocal failed, number
        number += 1
        failed += not fine
        print(f"{'ok' if fine else 'not ok'} {number} - {name}")
        if not fine:
            print(f"# {detail}")

    for name, path, text, expected in CASES:
        found = check_source.check_text(path, text)
        fine = len(found) == len(expected) and all(
            line == wanted[0] and wanted[1] in message
            for (_, line, message), wanted in zip(found, expected))
        result(fine, name, f"expected {expected}, found {found}")

    with tempfile.TemporaryDirectory() as root:
        for path in "model/a.c", "build/b.c", "model/data/en/c.c":
            Path(root, path).parent.mkdir(parents=True, exist_ok=True)
            Path(root, path).write_text("int x;\n")
        Path(root, "model/bad.c").write_bytes(C.encode() + b"/* \xff */\n")
        n_files, problems = check_source.check_tree(root)
        result(n_files == 2 and {p[0] for p in problems} == {"model/a.c", "model/bad.c"},
               "tree: builds and data are left out", problems)
        result(any("not UTF-8 at byte 52" in p[2] for p in problems), "tree: not UTF-8", problems)

    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

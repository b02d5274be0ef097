# SPDX-License-Identifier: LGPL-2.1-or-later
"""How the service is to read a document, by the name that GtkSourceView has for its language."""

PROSE = {
    "asciidoc": "plain",
    "changelog": "plain",
    "html": "html",
    "latex": "latex",
    "markdown": "markdown",
    "mediawiki": "plain",
    "rst": "rst",
    "t2t": "plain",
    "texinfo": "plain",
}

# GtkSourceView's name where the service has another one for the programming language
PROGRAMS = {
    "automake": "makefile",
    "c-sharp": "csharp",
    "chdr": "c",
    "cpphdr": "cpp",
    "cuda": "cuda-cpp",
    "docbook": "xml",
    "docker": "dockerfile",
    "dosbatch": "bat",
    "genie": "vala",
    "haskell-literate": "haskell",
    "js": "javascript",
    "mallard": "xml",
    "objc": "objective-c",
    "opencl": "c",
    "python3": "python",
    "star": "starlark",
    "typescript-jsx": "tsx",
    "vbnet": "vb",
    "xslt": "xsl",
}

SAME = {
    "ada", "awk", "c", "cmake", "commonlisp", "cpp", "css", "d", "dart", "desktop", "erlang",
    "fish", "fortran", "fsharp", "gdscript", "glsl", "go", "gradle", "groovy", "haskell", "ini",
    "java", "jsx", "julia", "kotlin", "less", "lua", "makefile", "matlab", "meson", "ocaml",
    "octave", "pascal", "perl", "php", "powershell", "prolog", "proto", "python", "r", "ruby",
    "rust", "scala", "scheme", "scss", "sh", "solidity", "sql", "swift", "systemverilog", "tcl",
    "terraform", "toml", "typescript", "vala", "verilog", "vhdl", "xml", "yaml",
}


def format_of(language):
    """The service's format; None for data and what it does not know."""
    if language is None:
        return "plain"
    if language in PROSE:
        return PROSE[language]
    if language in PROGRAMS:
        return "code:" + PROGRAMS[language]
    return "code:" + language if language in SAME else None

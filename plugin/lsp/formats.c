/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/lsp/formats.h"

#include <string.h>

typedef struct {
    const char *from;
    const char *format;
} Row;

/* Editors do not agree on names: those of VS Code, Vim, Emacs, Kate and Helix. */
static const Row languages[] = {
    { "plaintext", "plain" },
    { "text", "plain" },
    { "plain", "plain" },
    { "txt", "plain" },
    { "normal", "plain" },
    { "mail", "plain" },
    { "org", "plain" },
    { "asciidoc", "plain" },
    { "markdown", "markdown" },
    { "gfm", "markdown" },
    { "pandoc", "markdown" },
    { "quarto", "markdown" },
    { "rmd", "markdown" },
    { "html", "html" },
    { "mhtml", "html" },
    { "xhtml", "html" },
    { "latex", "latex" },
    { "tex", "latex" },
    { "plaintex", "latex" },
    { "context", "latex" },
    { "restructuredtext", "rst" },
    { "rst", "rst" },
    { "gitcommit", "commit" },
    { "git-commit", "commit" },
    { "git-commit-message", "commit" },
    { "jjdescription", "commit" },
};

/* Programs: their names are those of the service, behind "code:". */
static const char *const programs[] = {
    "awk",
    "bash",
    "bat",
    "c",
    "c#",
    "c++",
    "cmake",
    "cpp",
    "crystal",
    "csharp",
    "css",
    "cuda-cpp",
    "d",
    "dart",
    "dockerfile",
    "elixir",
    "elm",
    "fish",
    "gdscript",
    "glsl",
    "go",
    "graphql",
    "groovy",
    "haskell",
    "hlsl",
    "ini",
    "java",
    "javascript",
    "javascriptreact",
    "js",
    "jsonc",
    "jsx",
    "julia",
    "kotlin",
    "less",
    "lua",
    "make",
    "makefile",
    "meson",
    "nim",
    "nix",
    "objective-c",
    "objective-cpp",
    "perl",
    "php",
    "powershell",
    "proto",
    "python",
    "r",
    "ruby",
    "rust",
    "scala",
    "scss",
    "sh",
    "shellscript",
    "solidity",
    "sql",
    "svelte",
    "swift",
    "systemverilog",
    "tcl",
    "terraform",
    "toml",
    "tsx",
    "typescript",
    "typescriptreact",
    "vala",
    "verilog",
    "vue",
    "yaml",
    "zig",
    "zsh",
    NULL,
};

char *
pd_format_of(const char *language_id)
{
    g_autofree char *id = g_ascii_strdown(language_id, -1);

    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
        if (g_str_equal(languages[i].from, id))
            return g_strdup(languages[i].format);
    }
    if (g_strv_contains(programs, id))
        return g_strconcat("code:", id, NULL);
    return NULL;
}

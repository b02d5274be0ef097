#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes what a shell completes for one of our programs.

Usage: generate.py bash|zsh|fish PROGRAM OUTPUT

The table below is the one place; tests/plugin/test_completions.py compares it with each program's
--help, and asks each shell.
"""

import sys

# What a value is: words, or one of these.
FILE, FOLDER, LANGUAGE, RULE, ANY = "FILE", "FOLDER", "LANGUAGE", "RULE", "ANY"

KINDS = ("spelling confused-word verb-form agreement noun-number determiner preposition pronoun "
         "adjective-adverb word-order missing-word extra-word punctuation letter-case apostrophe "
         "other")
FORMATS = "plain markdown html latex rst commit"
HELP = [("h", "help", None, "Show help options")]
COMMON = HELP + [
    ("", "local", None, "Work in this process, without the service"),
    ("", "models", FOLDER, "Take the models below this folder"),
    ("q", "quiet", None, "Leave out what is only for information"),
    ("v", "verbose", None, "Say what is being done")]
LANG = [("l", "language", LANGUAGE, "The language of the text")]
CHECK = LANG + [
    ("", "level", "careful default thorough", "How sure a finding must be"),
    ("", "variant", "any us gb", "Report the spelling of the other"),
    ("d", "disable", RULE, "Leave out a rule or a kind of error"),
    ("w", "words", FILE, "Accept the words in this file too"),
    ("", "max-candidates", ANY, "At most so many corrections each")]
SHOWN = [("f", "format", FORMATS, "The format of the text"),
         ("", "color", "auto always never", "Whether to colour the output")]

# Program: {command: (options, what follows, help)}; "" is what it does without a command.
PROGRAMS = {
    "proof": {
        "": ([("", "json", None, "Write one JSON object"),
              ("", "sarif", None, "Write SARIF 2.1.0"),
              ("", "gnu", None, "Write FILE:LINE:COLUMN: MESSAGE"),
              ("", "fix", None, "Write the first correction of each finding into the files"),
              ("", "diff", None, "Show what --fix would change"),
              ("k", "kind", KINDS, "Only findings of this kind")] + SHOWN + CHECK + COMMON,
             FILE, ""),
        "check": (None, FILE, "what is wrong in files"),
        "batch": ([("j", "jobs", ANY, "Check so many texts at once")] + CHECK + COMMON, ANY,
                  "many texts, as JSON lines"),
        "score": (LANG + COMMON, FILE, "how natural each line is"),
        "explain": ([("", "html", None, "Write the place as an HTML page"),
                     ("", "json", None, "Write JSON")] + SHOWN + CHECK + COMMON, RULE,
                    "why a place is reported, or what a rule finds"),
        "words": (COMMON, "list add remove import", "your own words"),
        "model": ([("", "json", None, "list: write one JSON array")] + LANG + COMMON,
                  "list verify use", "which models there are, and which is used"),
        "status": ([("", "json", None, "Write one JSON object")] + COMMON, ANY,
                   "the service, its model and languages"),
        "doctor": ([("", "json", None, "Write one JSON object")] + COMMON, ANY,
                   "what is set up, and how to"),
        "help": ([], "check batch score explain words model status doctor",
                 "the options of a command"),
    },
    "proofd": {"": (HELP + [
        ("r", "replace", None, "Take over from a running instance"),
        ("", "idle-exit", ANY, "Stop after so many seconds without work"),
        ("", "models", FOLDER, "Look for models in this folder"),
        ("v", "verbose", None, "Log more; never any text"),
        ("", "version", None, "Print the version and exit")], ANY, "")},
    "proofd-lsp": {"": (HELP + [
        ("", "stdio", None, "Speak on standard input and output"),
        ("", "clientProcessId", ANY, "End when this process ends"),
        ("V", "version", None, "Print the version")], ANY, "")},
    "proofd-http": {"": (HELP + [
        ("p", "port", ANY, "Listen on this port"),
        ("l", "listen", ANY, "Listen on this address"),
        ("", "allow-host", ANY, "Answer to this name, too"),
        ("", "allow-origin", ANY, "Let pages of this origin ask"),
        ("", "max-text-length", ANY, "Refuse longer texts"),
        ("", "timeout", ANY, "Give up a check after so many seconds"),
        ("", "version", None, "Print the version and exit")], ANY, "")},
    "proof-editor": {"": (HELP + [("V", "version", None, "Print the version")], FILE, "")},
    "proofd-watch": {"": (HELP + [
        ("", "pause", None, "Stop watching, until --resume"),
        ("", "resume", None, "Watch again"),
        ("", "correct", None, "Give the keyboard to the corrections"),
        ("", "settings", None, "Open the settings in an editor"),
        ("", "quit", None, "End the one that is running"),
        ("V", "version", None, "Print the version")], ANY, "")},
}
PROGRAMS["proof"]["check"] = (PROGRAMS["proof"][""][0], *PROGRAMS["proof"]["check"][1:])

# What prints the words that a kind of value may be, in any shell.
LANGUAGES = ("find /usr/share/hunspell -name '*.aff' 2>/dev/null | sed 's|.*/||; s|[.]aff$||'")
RULES = "proof explain 2>/dev/null | cut -d ' ' -f 1"


def named(program):
    """The commands of a program, without the nameless one."""
    return [name for name in PROGRAMS[program] if name]


# --- bash ---

def bash_words(value):
    return {LANGUAGE: f'-W "$({LANGUAGES})"', RULE: f'-W "$({RULES})"', FILE: "-f", FOLDER: "-d",
            ANY: ""}.get(value, f"-W '{value}'")


def bash_reply(words):
    return f'mapfile -t COMPREPLY < <(compgen {words} -- "$cur")'


def bash_cases(command, options, follows, extra=""):
    lines = [f"    {command})", "        case $prev in"]
    for short, name, value, _ in options:
        if value is None:
            continue
        names = f"--{name}" + (f" | -{short}" if short else "")
        words = bash_words(value)
        reply = bash_reply(words) if words else "COMPREPLY=()"
        lines.append(f"        {names}) {reply} && return ;;")
    names = " ".join([f"--{name}" for _, name, *_ in options])
    lines += ["        esac", "        if [[ $cur == -* ]]; then",
              "            " + bash_reply(f"-W '{names}'")]
    files = "-f" if follows == RULE else ""  # or FILE:LINE:COLUMN
    words = " ".join(filter(None, [bash_words(follows), files, extra]))
    if words:
        lines += ["        else", "            " + bash_reply(words)]
    return lines + ["        fi", "        ;;"]


def bash(program):
    function = "_" + program.replace("-", "_")
    lines = [f"# bash completion for {program}", f"{function}()", "{",
             "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}",
             "    local command='' word", "",
             "    [[ $cur != '=' ]] || cur=''",
             "    [[ $prev != '=' ]] || prev=${COMP_WORDS[COMP_CWORD - 2]}"]
    if named(program):
        lines += ['    for word in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do',
                  "        case $word in",
                  f"        {' | '.join(named(program))}) command=$word && break ;;",
                  "        esac", "    done"]
    lines.append("    case $command in")
    for name, (options, follows, _) in PROGRAMS[program].items():
        if name:
            lines += bash_cases(name, options, follows)
    options, follows, _ = PROGRAMS[program][""]
    extra = f"-W '{' '.join(named(program))}'" if named(program) else ""
    lines += bash_cases("*", options, follows, extra)
    return lines + ["    esac", "}", f"complete -o filenames -F {function} {program}"]


# --- zsh ---

def zsh_action(value):
    return {LANGUAGE: "_proof_languages", RULE: "_proof_rules", FILE: "_files",
            FOLDER: "_files -/", ANY: " "}.get(value, f"({value})")


def zsh_options(options, follows):
    specs = []
    for short, name, value, text in options:
        end = "=" if value is not None else ""
        names = f"'(-{short} --{name})'{{-{short},--{name}{end}}}" if short else f"--{name}{end}"
        tail = f":value:{zsh_action(value)}" if value is not None else ""
        specs.append(f"{names}'[{text}]{tail}'")
    action = zsh_action(follows)
    specs.append(f"'*: :{action}'" if action != " " else "'*: : '")
    return " \\\n        ".join(specs)


def zsh(program):
    function = "_" + program.replace("-", "_")
    lines = [f"#compdef {program}", "", "_proof_languages()", "{",
             f"    compadd -- ${{(f)\"$({LANGUAGES})\"}}", "}", "", "_proof_rules()", "{",
             f"    compadd -- ${{(f)\"$({RULES})\"}}", "    _files", "}", "", f"{function}()", "{"]
    if named(program):
        lines += ["    local command word", "    local -i at=0 i",
                  "    for ((i = 2; i < CURRENT; i++)); do",
                  f"        if [[ $words[i] == ({'|'.join(named(program))}) ]]; then",
                  "            command=$words[i] at=$i", "            break", "        fi",
                  "    done",
                  "    if ((at)); then", "        shift $((at - 1)) words",
                  "        ((CURRENT -= at - 1))", "    elif [[ $words[CURRENT] != -* ]]; then",
                  "        local -a commands=(" + " ".join(
                      f"'{name}:{text}'" for name, (_, _, text) in PROGRAMS[program].items()
                      if name) + ")",
                  "        ((CURRENT != 2)) || _describe command commands", "    fi",
                  "    case $command in"]
        for name, (options, follows, _) in PROGRAMS[program].items():
            if name:
                lines += [f"    {name})", f"        _arguments -s {zsh_options(options, follows)}",
                          "        ;;"]
        lines.append("    *)")
    options, follows, _ = PROGRAMS[program][""]
    lines.append(f"        _arguments -s {zsh_options(options, follows)}")
    if named(program):
        lines += ["        ;;", "    esac"]
    return lines + ["}", "", f'{function} "$@"']


# --- fish ---

def fish_quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_value(value):
    """The options of `complete` that say what the value is."""
    return {None: "", LANGUAGE: f"-x -a {fish_quoted(f'({LANGUAGES})')}",
            RULE: f"-x -a {fish_quoted(f'({RULES})')}", FILE: "-r -F",
            FOLDER: "-x -a '(__fish_complete_directories)'", ANY: "-x"}.get(
                value, f"-x -a '{value}'")


def fish(program):
    lines = [f"# fish completion for {program}", f"complete -c {program} -f"]
    commands = " ".join(named(program))
    for name, (options, follows, text) in PROGRAMS[program].items():
        seen = f"__fish_seen_subcommand_from {name}" if name else \
            f"not __fish_seen_subcommand_from {commands}" if commands else ""
        when = f" -n '{seen}'" if seen else ""
        if name:
            lines.append(f"complete -c {program} -n '__fish_use_subcommand' -a {name} "
                         f"-d {fish_quoted(text)}")
        for short, option, value, about in options:
            parts = [f"complete -c {program}{when}", f"-s {short}" if short else "", f"-l {option}",
                     fish_value(value), f"-d {fish_quoted(about)}"]
            lines.append(" ".join(part for part in parts if part))
        if follows == FILE:
            lines.append(f"complete -c {program}{when} -F")
        elif follows == RULE:
            lines.append(f"complete -c {program}{when} -F -a {fish_quoted(f'({RULES})')}")
        elif follows != ANY:
            lines.append(f"complete -c {program}{when} -F -a '{follows}'")
    return lines


def main():
    writers = {"bash": bash, "zsh": zsh, "fish": fish}
    if len(sys.argv) != 4 or sys.argv[1] not in writers or sys.argv[2] not in PROGRAMS:
        sys.exit(__doc__)
    lines = writers[sys.argv[1]](sys.argv[2])
    with open(sys.argv[3], "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

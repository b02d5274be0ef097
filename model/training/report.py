# SPDX-License-Identifier: LGPL-2.1-or-later
"""All figures and plots of WORK on one page, and the figures alone in Markdown.

Read are WORK/finetune*/log.jsonl, WORK/pretrain*/log.jsonl, WORK/pretrain*/diversity.jsonl and
WORK/evaluate/*.json, where they are there. The page has no scripts and loads nothing.
"""
import html
from pathlib import Path

from . import figures
from .measures import read_lines

STYLE = """
:root { color-scheme: light dark; --back: #fff; --ink: #1c1e21; --grid: #d8dadd;
  --bad: #d0524f; --good: #3a9d5d; --note: #9a6a10; }
@media (prefers-color-scheme: dark) { :root { --back: #17191c; --ink: #e3e5e8; --grid: #3a3d42;
  --note: #e0b050; } }
body { background: var(--back); color: var(--ink); font: 15px/1.5 sans-serif; margin: 2em auto;
  max-width: 72em; padding: 0 1em; }
h2 { border-bottom: 1px solid var(--grid); margin-top: 2em; }
table { border-collapse: collapse; margin: .6em 0 1.2em; font-size: 13px; }
th, td { border-bottom: 1px solid var(--grid); padding: .2em .7em; text-align: left;
  vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
svg { max-width: 100%; height: auto; }
code { font-size: 13px; }
.absent { color: var(--note); }
mark { background: none; color: inherit; border-bottom: 2px solid; }
mark.found { border-color: var(--good); }
mark.missed { border-color: var(--bad); border-bottom-style: dotted; }
mark.alarm { border-color: var(--note); border-bottom-style: dashed; }
"""


def add_arguments(parser):
    parser.add_argument("work", metavar="WORK", type=Path, help="folder of all results")
    parser.add_argument("--out", metavar="FILE.html", type=Path, help="the page")
    parser.add_argument("--card", metavar="FILE.md", type=Path, help="the figures in Markdown")


def is_number(text):
    return bool(text) and (text == "-" or text[0] in "0123456789.-" and "/" not in text)


def table_html(table):
    """The table as HTML; a cell is text, or (text, share in 0..1) for a coloured background."""
    def cell(tag, value):
        text, share = value if isinstance(value, tuple) else (value, None)
        sort = ' class="number"' if is_number(text) else ""
        tint = f' style="background:rgba(74,134,216,{share:.2f})"' if share else ""
        return f"<{tag}{sort}{tint}>{html.escape(text)}</{tag}>"

    lines = [f"<p>{html.escape(table.caption)}"
             + (f"<br><code>{html.escape(table.command)}</code>" if table.command else "")
             + '</p><div class="wide"><table>',
             "<tr>" + "".join(cell("th", name) for name in table.header) + "</tr>"]
    lines += ["<tr>" + "".join(cell("td", value) for value in row) + "</tr>" for row in table.rows]
    return "\n".join([*lines, "</table></div>"])


def table_markdown(table):
    def line(cells):
        texts = (cell[0] if isinstance(cell, tuple) else cell for cell in cells)
        return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"

    command = [f"    {table.command}", ""] if table.command else []
    return "\n".join([f"{table.caption}:", "", *command, line(table.header),
                      line(["---"] * len(table.header)), *map(line, table.rows), ""])


def marked(example):
    """The sentence of an example with its words marked: found, missed, or a false alarm."""
    parts, done = [], 0
    for word in example["words"]:
        sort = "alarm" if not word["bad"] else "found" if word["found"] else "missed"
        tip = f"{word['kind']}, chance {word['chance']:.2f}"
        parts += [html.escape(example["text"][done:word["start"]]),
                  f'<mark class="{sort}" title="{html.escape(tip, quote=True)}">',
                  html.escape(example["text"][word["start"]:word["end"]]), "</mark>"]
        done = word["end"]
    return "".join(parts) + html.escape(example["text"][done:])


def examples_html(examples):
    """`examples`: {heading: [example]}."""
    lines = ['<p><mark class="found">found</mark>, <mark class="missed">missed</mark>, '
             '<mark class="alarm">false alarm</mark>; the sentences have the licences of their '
             "sets.</p>"]
    for heading, sentences in examples.items():
        lines.append(f"<h3>{html.escape(heading)}</h3><ul>")
        lines += [f"<li>{marked(example)}</li>" for example in sentences]
        lines.append("</ul>")
    return "\n".join(lines)


def section_html(section):
    parts = [f"<h2>{html.escape(section.title)}</h2>"]
    parts += [f'<p class="absent">{html.escape(line)}</p>' for line in section.absent]
    parts += section.plots
    parts += [table_html(table) for table in section.tables]
    if section.examples:
        parts.append(examples_html(section.examples))
    return "\n".join(parts)


def page(sections):
    body = "\n".join(section_html(section) for section in sections)
    return ('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>Training of the model</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
            f"<h1>Training of the model</h1>\n{body}\n</body>\n</html>\n")


def card(sections):
    parts = []
    for section in sections:
        tables = [table for table in section.tables if table.in_card]
        if not tables and not section.absent:
            continue
        parts.append(f"## {section.title}\n")
        parts += [f"{line}\n" for line in section.absent]
        parts += [table_markdown(table) for table in tables]
    return "\n".join(parts)


def run(arguments):
    if not arguments.work.is_dir():
        raise ValueError(f"{arguments.work}: no such folder")
    sections = figures.sections(figures.Work(arguments.work, read_lines))
    for path, text in (arguments.out, page), (arguments.card, card):
        if path is not None:
            path.write_text(text(sections), encoding="utf-8")
    for section in sections:
        for line in section.absent:
            print(f"{section.title}: {line}")
    return 0

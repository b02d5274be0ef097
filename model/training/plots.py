# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plots as SVG for a page: no background, and text in the colour of the page around it."""
import io
import math
import re

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot

TEXT, GRID = "#010203", "#040506"  # become what the page has
COLOURS = ("#4a86d8", "#d9822b", "#3a9d5d", "#d0524f", "#9a6dd7", "#2a9d9d", "#a8794f", "#d06ba8")
STYLE = {
    "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9, "axes.titlesize": 10,
    "text.color": TEXT, "axes.labelcolor": TEXT, "axes.edgecolor": TEXT, "xtick.color": TEXT,
    "ytick.color": TEXT, "axes.titlecolor": TEXT, "grid.color": GRID, "axes.grid": True,
    "grid.linewidth": 0.6, "axes.spines.top": False, "axes.spines.right": False,
    "legend.frameon": False, "axes.prop_cycle": matplotlib.cycler(color=COLOURS)}
WIDTH, HEIGHT, COLUMNS = 3.6, 2.5, 3  # of one plot, inches; plots in a row
MOST_POINTS = 300


def thinned(xs, ys):
    """Means over neighbours so that at most MOST_POINTS are left."""
    size = math.ceil(len(xs) / MOST_POINTS)
    pairs = [(xs[i:i + size], ys[i:i + size]) for i in range(0, len(xs), size)]
    return ([sum(x) / len(x) for x, _ in pairs], [sum(y) / len(y) for _, y in pairs])


def tokens_named(value, _=None):
    """1500000 as 1.5M."""
    for size, letter in (1e9, "G"), (1e6, "M"), (1e3, "k"):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def as_svg(figure, title):
    """The figure as an <svg> element; `title` is what is read out instead of it."""
    text = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": title}):
        figure.savefig(text, format="svg", transparent=True, bbox_inches="tight",
                       metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    svg = text.getvalue()
    svg = svg[svg.index("<svg"):].replace(TEXT, "currentColor").replace(GRID, "var(--grid)")
    svg = re.sub(r"<metadata>.*?</metadata>|(?<=<g) id=\"[^\"]*\"", "", svg, flags=re.DOTALL)
    return svg.replace("<svg", f'<svg role="img" aria-label="{title}"', 1)


def panels(title, plots):
    """An SVG of several plots beside each other. Each: {"title", "x", "y", "lines": {name: (xs,
    ys)}} and perhaps "points" (the same, as dots), "limits" ((x0, x1), (y0, y1)), "diagonal",
    "tokens" (x counts tokens), "log" (y axis)."""
    rows, columns = math.ceil(len(plots) / COLUMNS), min(len(plots), COLUMNS)
    with matplotlib.rc_context(STYLE):
        figure, axes = pyplot.subplots(rows, columns, squeeze=False, layout="constrained",
                                       figsize=(WIDTH * columns, HEIGHT * rows))
        for place, plot in zip(axes.flat, plots):
            draw(place, plot)
        for place in axes.flat[len(plots):]:
            place.set_visible(False)
        return as_svg(figure, title)


def draw(axes, plot):
    axes.set_title(plot["title"])
    axes.set_xlabel(plot.get("x", ""))
    axes.set_ylabel(plot.get("y", ""))
    if plot.get("diagonal"):
        axes.plot([0, 1], [0, 1], color=TEXT, linewidth=0.6, linestyle="dotted")
    names = [*plot.get("lines", {}), *plot.get("points", {})]
    for name, (xs, ys) in plot.get("lines", {}).items():
        axes.plot(*thinned(xs, ys), label=name, linewidth=1.4,
                  marker="o" if len(xs) <= 12 else None, markersize=3)
    for name, (xs, ys) in plot.get("points", {}).items():
        axes.plot(xs, ys, "o", label=name, markersize=5)
    if plot.get("tokens"):
        axes.xaxis.set_major_formatter(tokens_named)
    if plot.get("log"):
        axes.set_yscale("log")
    for limits, setter in zip(plot.get("limits", ()), (axes.set_xlim, axes.set_ylim)):
        setter(*limits)
    if len(names) > 1:
        axes.legend(fontsize=7)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The figures of bench.py: those that are compared, and a table for people, in Markdown."""

SHAPE = "1x32"  # of the figures that are compared: about a sentence of 25 words


def ratio(a, b):
    return a / b if a and b else None


def headline(result):
    """The figures that are compared from one commit to the next; None where not measured."""
    rates = result.get("network", {}).get("tokens_per_s", {})
    rate = rates.get(SHAPE, {}).get
    share = result.get("network", {}).get("shares", {}).get(SHAPE, {}).get
    rows = {row["candidates"] > 0: row for row in result.get("latency", ())
            if row["words"] == 25 and row["clients"] == 1}
    documents = [row for row in result.get("keystrokes", ()) if row["candidates"] == 0]
    longest = documents[-1] if documents else {"keys": {}}
    start, memory = result.get("start", {}), result.get("memory", {})
    words = result.get("prose", {}).get("words_per_s", {})

    def row(candidates, which, figure):
        return rows.get(candidates, {}).get(which, {}).get(figure)

    def least(*peers):
        """Over the shapes: proofd against the fastest of these."""
        return min((ratio(some["proofd int8"], max(some[peer] for peer in peers if peer in some))
                    for some in rates.values() if any(peer in some for peer in peers)),
                   default=None)

    return {
        "kernel": result.get("network", {}).get("kernel"),
        "int8_tokens_per_s": rate("proofd int8"),
        "fp32_tokens_per_s": rate("proofd fp32"),
        "ort_int8_tokens_per_s": rate("ORT int8"),
        "ort_int8_default_tokens_per_s": rate("ORT int8, default"),
        "ctranslate2_int8_tokens_per_s": rate("CTranslate2 int8"),
        "int8_vs_ort_int8": ratio(rate("proofd int8"), rate("ORT int8")),
        "int8_vs_ort_int8_default": ratio(rate("proofd int8"), rate("ORT int8, default")),
        "int8_vs_ctranslate2_int8": ratio(rate("proofd int8"), rate("CTranslate2 int8")),
        "int8_vs_peers_least": least("ORT int8", "CTranslate2 int8"),
        "int8_vs_default_peers_least": least("ORT int8, default", "CTranslate2 int8"),
        "int8_share_of_limit": share("int8_share_of_limit"),
        "int8_share_of_products_in_turn": share("int8_share_of_products_in_turn"),
        "int8_share_of_peak": share("int8_share_of_peak"),
        "fp32_share_of_limit": share("fp32_share_of_limit"),
        "new_sentence_p50_ms": row(False, "new", "p50_ms"),
        "new_sentence_p99_ms": row(False, "new", "p99_ms"),
        "cached_sentence_p99_ms": row(False, "cached", "p99_ms"),
        "with_candidates_p50_ms": row(True, "new", "p50_ms"),
        "with_candidates_p99_ms": row(True, "new", "p99_ms"),
        "keystroke_p99_ms": keystroke_p99(longest),
        "keystroke_bytes": longest.get("bytes"),
        "cold_start_ms": start.get("cold", {}).get("p50_ms"),
        "activation_ms": start.get("activation", {}).get("p50_ms"),
        "rss_mb": memory.get("rss_mb"),
        "rss_after_sentences": memory.get("sentences"),
        "words_per_s": words.get("proof batch"),
        "words_per_s_findings_alone": words.get("proof batch, findings alone"),
        "words_vs_harper": ratio(words.get("proof batch"), words.get("harper.js")),
    }


def keystroke_p99(row):
    """An edit that had no answer when time was up counts as one that took so long."""
    return max(filter(None, (row["keys"].get("p99_ms"), row.get("unanswered_ms"))), default=None)


def rounded(value):
    """Four digits are enough."""
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(one) for one in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def number(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"


def percent(value):
    return "-" if value is None else f"{100 * value:.0f} %"


def rows(head, body):
    """A table: `head` names of columns, `body` rows of texts; the first column is of names."""
    return "\n".join([f"| {' | '.join(head)} |",
                      f"| --- |{' ---: |' * (len(head) - 1)}",
                      *(f"| {' | '.join(row)} |" for row in body)])


def network(part):
    rates = part["tokens_per_s"]
    names = dict.fromkeys(name for some in rates.values() for name in some)
    body = [[name, *(number(some.get(name)) for some in rates.values())] for name in names]
    for key in ("int8_share_of_limit", "int8_share_of_products_in_turn", "int8_share_of_peak",
                "fp32_share_of_limit", "fp32_share_of_peak"):
        body.append([key.replace("_", " "),
                     *(percent(part["shares"][shape][key]) for shape in rates)])
    return rows([f"tokens/s, one thread, kernel {part['kernel']}", *rates], body)


def milliseconds(some):
    return [number(some["p50_ms"], 2), number(some["p99_ms"], 2), str(some["n"])]


def latency(part):
    body = [[f"{row['words']} words, {row['clients']} at once, "
             + ("2 errors, candidates" if row["candidates"] else "findings alone"),
             *milliseconds(row["new"]), *milliseconds(row["cached"])] for row in part]
    return rows(["ms from call to reply", "new p50", "p99", "n", "cached p50", "p99", "n"], body)


def keystrokes(part):
    body = [[f"{row['bytes']:,} bytes, " + ("checked" if row["known"] else "being checked")
             + (", candidates" if row["candidates"] else ""), *milliseconds(row["keys"]),
             *milliseconds(row["pastes"]), number(row["open_ms"], 1),
             number(row["unanswered_ms"])] for row in part]
    return rows(["ms from Edit to reply", "key p50", "p99", "n", "paste p50", "p99", "n", "Open",
                 "unanswered"], body)


def start(part):
    return rows(["ms", "p50", "p99", "n"],
                [["proof check --local, one line", *milliseconds(part["cold"])],
                 ["first call, which starts the service", *milliseconds(part["activation"])]])


def memory(part):
    return (f"Service after {part['sentences']:,} sentences: {part['rss_mb']:.1f} MB resident, "
            f"{part['pss_mb']:.1f} MB its own share.")


def prose(part):
    body = [[name, number(rate)] for name, rate in part["words_per_s"].items()]
    return rows([f"{part['words']:,} words of prose", "words/s"], body)


def table(result):
    about = result["machine"]
    lines = [f"{about['processor']}, {about['processors']} processors, load "
             f"{about['load_before']:.1f} before, {about['date']}, {about['commit']}, "
             f"{about['seconds']:.0f} s. Where n is below 200, p99 is the maximum."]
    for name, one in (("network", network), ("latency", latency), ("keystrokes", keystrokes),
                      ("start", start), ("memory", memory), ("prose", prose)):
        if name in result:
            lines.append(one(result[name]))
    return "\n\n".join(lines)

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What test_library.py has JavaScript do with libproofd; use_library.py is the same in Python. */
imports.gi.versions.Proofd = "1";
const {Gio, GLib, Proofd} = imports.gi;

const TEXT = ARGV[0];

function rows(findings) {
    return findings.map(f => [f.start, f.length, f.kind, f.rule, f.message,
        f.candidates.map(c => c.text)]);
}

const loop = new GLib.MainLoop(null, false);
const client = new Proofd.Client({deadline: 120000});
const options = new Proofd.Options({
    offsets: "utf16", format: "markdown", level: "default", max_candidates: 3,
    words: ["zorbulon"],
});
const out = {options: [options.format, options.words, options.get_max_candidates()]};

out.check = rows(client.check("en_US", TEXT, options, null));
const [start, length] = out.check[0];
out.suggest = client.suggest(null, TEXT, start, length, options, null).map(c => c.text);
const why = client.explain(null, TEXT, start, 0, options, null);
out.explain = [why.start, why.length, why.known, why.reason, why.contributions.length,
    why.chances[0].name, why.pages[0].rule, rows(why.findings)];
out.score = client.score(null, ["I am.", "Am I are."], null).map(score => score < 0);
client.connect("words-changed", () => {
    out.changed = true;
    loop.quit();
});
client.add_word("frobnicate", null);
loop.run();
out.words = client.get_words(null);
try {
    client.remove_word("nonsense", null);
} catch (error) {
    out.error = [error.matches(Proofd.Error, Proofd.Error.NOT_FOUND), error.message];
}

client.check_async("en_US", TEXT, options, null, (_, result) => {
    out.async = rows(client.check_finish(result));
    loop.quit();
});
loop.run();

const document = client.open("en_US", "", options, null);
document.connect("changed", () => loop.quit());
document.edit_async(0, 0, TEXT, null, null);
loop.run();
out.document = rows(document.find_all(null));
document.ignore_finding(document.get_findings()[0], null);
while (document.get_findings().length === out.document.length)
    loop.run();
out.ignored = rows(document.get_findings());
out.version = client.get_service_properties(null).deep_unpack().Version.deep_unpack();
print(JSON.stringify(out));

// SPDX-License-Identifier: LGPL-2.1-or-later
// The checker Harper over JSON lines, {"id", "text"} on standard input: findings as JSON lines.
import { LocalLinter } from 'harper.js';
import { binary } from 'harper.js/binary';
import { readFileSync } from 'node:fs';

const REMOVE = 1; // SuggestionKind
// Its advice on style is left out, so that it is measured on errors alone.
const STYLE = new Set(['Readability', 'Style', 'Enhancement', 'Regionalism', 'Formatting',
                       'Redundancy']);

const linter = new LocalLinter({ binary });
await linter.setup();
for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
    const { id, text } = JSON.parse(line);
    const lints = await linter.lint(text, { language: 'plaintext' });
    const findings = lints.filter((lint) => !STYLE.has(lint.lint_kind())).map((lint) => ({
        start: lint.span().start,
        end: lint.span().end,
        replacements: lint.suggestions().map(
            (one) => one.kind() === REMOVE ? '' : one.get_replacement_text()),
    }));
    console.log(JSON.stringify({ id, findings }));
}

// SPDX-License-Identifier: LGPL-2.1-or-later
import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["**/out/", "**/node_modules/", "eslint.config.mjs", "build.mjs"] },
    js.configs.recommended,
    ...tseslint.configs.strictTypeChecked,
    {
        languageOptions: { parserOptions: { project: true, tsconfigRootDir: import.meta.dirname } },
        rules: {
            "@typescript-eslint/explicit-module-boundary-types": "error",
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
            "max-lines-per-function": ["error", 60],
        },
    },
    // node:test returns promises that the runner waits for by itself
    { files: ["test/**"], rules: { "@typescript-eslint/no-floating-promises": "off",
        "@typescript-eslint/explicit-module-boundary-types": "off", "max-lines-per-function": "off" } },
);

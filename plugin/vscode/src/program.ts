// SPDX-License-Identifier: LGPL-2.1-or-later
/** Where the language server's program is. */
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

async function isProgram(path: string): Promise<boolean> {
    try {
        await access(path, constants.X_OK);
        return (await stat(path)).isFile();
    } catch {
        return false;
    }
}

/**
 * Looks for a program as a shell does.
 * @param name a path, which may start with ~/, or a name to look for on PATH; "" is proofd-lsp
 * @param env the variables PATH and HOME
 * @returns its absolute path; undefined where there is none, or only one that cannot be run.
 *     A relative path is none: it would mean another program in each folder.
 */
export async function findProgram(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
    let wanted = name.trim() || "proofd-lsp";

    if (wanted.startsWith("~/"))
        wanted = join(env["HOME"] ?? "/", wanted.slice(2));
    if (isAbsolute(wanted))
        return (await isProgram(wanted)) ? wanted : undefined;
    if (wanted.includes("/"))
        return undefined;
    for (const folder of (env["PATH"] ?? "").split(delimiter).filter(isAbsolute)) {
        const path = join(folder, wanted);
        if (await isProgram(path))
            return path;
    }
    return undefined;
}

/** Where the server's program is. Starts nothing and knows no editor. */

import * as path from 'node:path';

export interface Machine {
  readonly searchPath: string;
  readonly home: string;
  readonly windows: boolean;
  isExecutable(file: string): boolean;
}

export const SERVE = ['serve', '--stdio'] as const;

/**
 * The command to run: the one that was set, else `inhouse` from PATH, else from where `uv tool install` and pipx
 * link programs, which is not on every PATH. Undefined if there is none.
 */
export function findCommand(set: readonly string[] | null, machine: Machine): string[] | undefined {
  const [program, ...rest] = set ?? [];
  if (program !== undefined) {
    const found = locate(program, machine);
    return found === undefined ? undefined : [found, ...rest];
  }
  const found = locate('inhouse', machine) ?? locate(path.join(machine.home, '.local', 'bin', 'inhouse'), machine);
  return found === undefined ? undefined : [found, ...SERVE];
}

/** The same program asked for something else than to serve; undefined if it is not clear how. */
export function otherCommand(serve: readonly string[], ...words: string[]): string[] | undefined {
  const at = serve.indexOf(SERVE[0], 1);
  return at < 0 ? undefined : [...serve.slice(0, at), ...words];
}

function locate(program: string, machine: Machine): string | undefined {
  const folders = path.isAbsolute(program) ? [''] : machine.searchPath.split(path.delimiter).filter(path.isAbsolute);
  const endings = machine.windows ? ['.exe', ''] : [''];
  return folders
    .flatMap((folder) => endings.map((ending) => path.join(folder, program + ending)))
    .find((file) => machine.isExecutable(file));
}

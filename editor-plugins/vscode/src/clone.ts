/** How the server is installed from a clone of the repository: it is in no package registry under this name. */

/** The line for a terminal. A folder's name is quoted as shells on this system want it. */
export function installLine(program: 'uv' | 'pipx', folder: string, windows: boolean): string {
  const quoted = windows ? `"${folder}"` : `'${folder.replaceAll("'", `'\\''`)}'`;
  return `${program === 'uv' ? 'uv tool install' : 'pipx install'} ${quoted}`;
}

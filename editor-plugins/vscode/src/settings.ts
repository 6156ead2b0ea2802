/** What the user has set, split into the extension's part and the server's. */

import * as vscode from 'vscode';

export const SECTION = 'inhouse';
const OWN = new Set(['server.command', 'languages', 'trace.server']);

/**
 * What the server is told, under its own names: what the user has set, to the default too, and nothing else, so that the
 * user's and the project's files count for the rest. `defaults` is what suits this editor unless somebody says otherwise.
 */
export function serverSettings(manifest: Manifest): Record<string, unknown> {
  const values = vscode.workspace.getConfiguration(SECTION);
  const names = manifest.contributes.configuration
    .flatMap((part) => Object.keys(part.properties))
    .map((name) => name.slice(SECTION.length + 1))
    .filter((name) => !OWN.has(name) && isSet(values, name));
  return { ...Object.fromEntries(names.map((name) => [name, values.get<unknown>(name)])), defaults: { time_limit_ms: PATIENCE_MS } };
}

/**
 * How long the model may take unless the user says otherwise. With its default for `editor.quickSuggestions`,
 * VS Code 1.139 waits 750 ms for ghost text; then it asks for its list of words and draws no ghost text that comes later.
 */
const PATIENCE_MS = 600;

function isSet(values: vscode.WorkspaceConfiguration, name: string): boolean {
  const found = values.inspect(name);
  return [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].some((value) => value !== undefined);
}

export interface Manifest {
  readonly contributes: { readonly configuration: readonly { readonly properties: object }[] };
}

export function setCommand(): string[] | null {
  return vscode.workspace.getConfiguration(SECTION).get<string[] | null>('server.command', null);
}

export function languages(): string[] {
  return vscode.workspace.getConfiguration(SECTION).get<string[]>('languages', []);
}

export function languagesOff(): string[] {
  return vscode.workspace.getConfiguration(SECTION).get<string[]>('languages_off', []);
}

/** Writes the list where it is read from: elsewhere it would not count, or a project's list would become the user's. */
export async function setLanguagesOff(next: string[]): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(SECTION);
  const found = configuration.inspect('languages_off');
  const { Global, Workspace } = vscode.ConfigurationTarget;
  if (found?.workspaceValue === undefined) {
    await configuration.update('languages_off', next.length > 0 ? next : undefined, Global);
  } else {
    await configuration.update('languages_off', next, Workspace); // empty, it still stands before the user's
  }
}

export function isEnabled(): boolean {
  return vscode.workspace.getConfiguration(SECTION).get<boolean>('enabled', true);
}

/** Files on this machine only: notebooks' cells and other schemes have no place in the server's project. */
export function isOurs(document: vscode.TextDocument): boolean {
  return refusal(document) === undefined;
}

/** Why nothing is suggested in a document; undefined where something is. */
export function refusal(document: vscode.TextDocument): string | undefined {
  if (document.uri.scheme !== 'file') {
    return 'it is no file of the machine that the extension runs on';
  }
  return languages().includes(document.languageId) ? undefined : `\`inhouse.languages\` has no ${document.languageId}`;
}

/** What the user has set, split into the extension's part and the server's. */

import * as vscode from 'vscode';

export const SECTION = 'inhouse';
const OWN = new Set(['server.command', 'languages', 'trace.server']);

/** The settings that the server knows, under its names: everything that the extension does not keep for itself. */
export function serverSettings(manifest: Manifest): Record<string, unknown> {
  const values = vscode.workspace.getConfiguration(SECTION);
  const names = manifest.contributes.configuration
    .flatMap((part) => Object.keys(part.properties))
    .map((name) => name.slice(SECTION.length + 1))
    .filter((name) => !OWN.has(name));
  return Object.fromEntries(names.map((name) => [name, values.get(name)]));
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

export function isEnabled(): boolean {
  return vscode.workspace.getConfiguration(SECTION).get<boolean>('enabled', true);
}

/** Files on this machine only: notebooks' cells and other schemes have no place in the server's project. */
export function isOurs(document: vscode.TextDocument): boolean {
  return document.uri.scheme === 'file' && languages().includes(document.languageId);
}

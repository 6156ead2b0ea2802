/** What the last suggestion was made from, or why there was none: a list whose places can be opened. */

import * as vscode from 'vscode';
import type { Server } from './server';
import { refusal } from './settings';

interface Place {
  path: string;
  line: number;
  kind: string;
}

interface Answer {
  items: { text: string; probability: number; source: string; provenance: Place[] }[];
  silent: string | null;
  /** What else shaped it: names that were kept away from, what was held back. */
  notes?: string[];
  /** The project's folder, which places are told from. */
  root?: string;
  timings_ms?: Record<string, number>;
  model?: string;
  shown: number;
  accepted: number;
  /** Where there is nothing to tell of the newest request: the last one that had a suggestion, such as the one taken. */
  before?: Answer;
}

interface Entry extends vscode.QuickPickItem {
  place?: Place;
}

/** Who said it, in words. */
const SOURCES: Record<string, string> = {
  model: 'the model',
  project: 'a line of the project',
  ngram: "the project's wording alone",
  cache: 'an earlier answer',
};

export async function showWhy(server: Server): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const refused = document && refusal(document);
  if (refused !== undefined) {
    void vscode.window.showInformationMessage(`inhouse: nothing is suggested here: ${refused}.`);
    return;
  }
  const answer = document && (await server.execute<Answer>('inhouse.why', document.uri.toString()));
  if (!answer) {
    void vscode.window.showInformationMessage('inhouse: the server is not running, or no file is open.');
    return;
  }
  const picked = await vscode.window.showQuickPick(entries(answer), {
    title: answer.items.length > 0 ? 'Why this suggestion?' : 'Why no suggestion?',
    placeHolder: footer(answer),
    matchOnDescription: true,
  });
  if (picked?.place) {
    await open(picked.place, document.uri, answer.root);
  }
}

function entries(answer: Answer): Entry[] {
  const notes = (answer.notes ?? []).map((note): Entry => ({ label: `$(note) ${note}` }));
  if (answer.items.length === 0) {
    const reason = `$(circle-slash) ${answer.silent ?? 'unknown'}`;
    const earlier = answer.before ? [separator('The suggestion before'), ...entries(answer.before)] : [];
    return [{ label: reason, detail: 'The reason for saying nothing' }, ...notes, ...earlier];
  }
  const items = answer.items.flatMap((item): Entry[] => [
    {
      label: `$(lightbulb) ${item.text.split('\n', 1)[0]?.trim() ?? ''}`,
      description: `${Math.round(item.probability * 100)} % sure, from ${SOURCES[item.source] ?? item.source}`,
    },
    ...item.provenance.map((place) => ({
      label: `$(file-code) ${place.path}:${place.line}`,
      description: place.kind,
      place,
    })),
  ]);
  return [...items, ...notes];
}

const separator = (label: string): Entry => ({ label, kind: vscode.QuickPickItemKind.Separator });

function footer(answer: Answer): string {
  const total = answer.timings_ms?.['total'];
  const took = total === undefined ? [] : [`${Math.round(total)} ms`];
  const model = answer.model ? [answer.model] : [];
  return [...model, ...took, `${answer.shown} shown and ${answer.accepted} accepted in this session`].join(', ');
}

async function open(place: Place, from: vscode.Uri, told: string | undefined): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(from)?.uri ?? vscode.Uri.joinPath(from, '..');
  const root = told === undefined ? folder : vscode.Uri.file(told);
  const uri = /^([A-Za-z]:)?\//.test(place.path) ? vscode.Uri.file(place.path) : vscode.Uri.joinPath(root, place.path);
  const line = Math.max(0, place.line - 1);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(line, 0, line, 0) });
}

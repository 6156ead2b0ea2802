/** Texts to read, in an editor that cannot be typed into, whose `path:line` places are links. Keeps each text once. */

import * as vscode from 'vscode';

const SCHEME = 'inhouse';
/** Makes the text one of a language of its own, whose lines are wrapped: package.json has both. */
const FOLDER = '/inhouse-page';
const PLACE = /([\w@%+~./-]+\.\w+):(\d+)/g;

export class Pages implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.Disposable {
  private readonly texts = new Map<string, { text: string; root: vscode.Uri | undefined }>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registered = [
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.languages.registerDocumentLinkProvider({ scheme: SCHEME }, this),
    vscode.workspace.onDidCloseTextDocument((document) => this.texts.delete(document.uri.toString())),
    this.changed,
  ];

  /** Shows a text under a title; places in it are below `root`. */
  async show(title: string, text: string, root?: vscode.Uri): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `${FOLDER}/${title}`, query: root?.fsPath ?? '' });
    this.texts.set(uri.toString(), { text, root });
    this.changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return this.texts.get(uri.toString())?.text;
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    const root = this.texts.get(document.uri.toString())?.root;
    if (!root) {
      return [];
    }
    return [...document.getText().matchAll(PLACE)].map((match) => {
      const [whole, path = '', line = '1'] = match;
      const range = new vscode.Range(document.positionAt(match.index), document.positionAt(match.index + whole.length));
      return new vscode.DocumentLink(range, vscode.Uri.joinPath(root, path).with({ fragment: `L${line}` }));
    });
  }

  dispose(): void {
    this.registered.forEach((one) => one.dispose());
  }
}

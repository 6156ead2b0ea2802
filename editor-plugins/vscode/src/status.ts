/** The item in the status bar: whether suggestions come, and from which model. */

import * as vscode from 'vscode';
import type { Server, State } from './server';
import * as settings from './settings';

type Mood = State | 'paused' | 'language' | 'loading' | 'broken' | 'away';

const MODES = {
  saving: 'saving: shorter answers and no work ahead',
  instant: 'instant: only what needs no model',
};

const LOOKS: Record<Mood, { icon: string; says: string; warn?: true }> = {
  off: { icon: 'circle-slash', says: 'switched off' },
  missing: { icon: 'warning', says: 'the server is not installed', warn: true },
  starting: { icon: 'loading~spin', says: 'starting' },
  loading: { icon: 'loading~spin', says: 'loading the model' },
  broken: { icon: 'error', says: 'the model cannot be loaded', warn: true },
  idle: { icon: 'home', says: 'ready' },
  thinking: { icon: 'loading~spin', says: 'thinking' },
  waiting: { icon: 'sync~spin', says: 'the server ended and is started again' },
  failed: { icon: 'error', says: 'the server keeps ending', warn: true },
  away: { icon: 'debug-disconnect', says: 'the engine that serves the model does not answer', warn: true },
  paused: { icon: 'debug-pause', says: 'paused: only Alt+\\ asks' },
  language: { icon: 'circle-slash', says: 'switched off for this language' },
};

export class Status implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  constructor(private readonly server: Server) {
    this.item = vscode.window.createStatusBarItem('inhouse.status', vscode.StatusBarAlignment.Right, 100);
    this.item.name = 'inhouse';
    this.item.command = 'inhouse.menu';
  }

  /** Shows what holds for the editor that has the focus; hidden where inhouse has no say. */
  show(): void {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || !settings.isOurs(document)) {
      this.item.hide();
      return;
    }
    const off = this.server.report.off?.find(({ uri }) => uri === document.uri.toString());
    const look = LOOKS[this.mood(document.languageId, off !== undefined)];
    const { model, power, mode, index } = this.server.report;
    const saves = mode === 'saving' || mode === 'instant';
    this.item.text = `$(${look.icon}) inhouse${saves ? ` (${mode})` : ''}`;
    this.item.tooltip = [
      `inhouse: ${look === LOOKS.language && off ? off.why : look.says}`,
      ...(model ? [`Model: ${model}`] : []),
      ...(power ? [`Power: ${power}`] : []),
      ...(saves ? [`Mode: ${MODES[mode]}`] : []),
      ...(index === 'temporary' ? ['Index: temporary, since the cache folder cannot be written'] : []),
    ].join('\n');
    this.item.backgroundColor = look.warn && new vscode.ThemeColor('statusBarItem.warningBackground');
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }

  /** `isOff`: the server says so, for reasons that the editor need not know, such as the project's own settings. */
  private mood(language: string, isOff: boolean): Mood {
    const state = this.server.currentState;
    if (state !== 'idle' && state !== 'thinking') {
      return state;
    }
    if (isOff || settings.languagesOff().includes(language)) {
      return 'language';
    }
    if (this.server.paused) {
      return 'paused';
    }
    const { state: told, engine } = this.server.report;
    if (engine === 'away') {
      return 'away';
    }
    return told === 'loading' ? 'loading' : told === 'failed' ? 'broken' : state;
  }
}

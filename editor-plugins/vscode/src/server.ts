/** The server process and the language client that talks to it: started, stopped, started again when it dies. */

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  type StaticFeature,
} from 'vscode-languageclient/node';
import { findCommand, type Machine } from './command';
import { Deaths, Serial } from './restarts';
import * as settings from './settings';

export type State = 'off' | 'missing' | 'starting' | 'idle' | 'thinking' | 'waiting' | 'failed';

/** What the server says of itself; an older one says less, or nothing. */
export interface Report {
  readonly state?: 'off' | 'loading' | 'failed' | 'thinking' | 'idle';
  readonly model?: string;
  readonly power?: 'mains' | 'battery';
  /** Everything; shorter answers and no work ahead; only what needs no model. */
  readonly mode?: 'full' | 'saving' | 'instant';
  /** Where the model runs: in the server's process, in another one, or in one that does not answer. */
  readonly engine?: 'embedded' | 'server' | 'away';
  /** Whether the index stays, or is temporary because the cache folder cannot be written. */
  readonly index?: 'kept' | 'temporary';
  /** The open documents in which nothing is suggested, whoever has set that. */
  readonly off?: readonly { readonly uri: string; readonly why: string }[];
}

const STOP_MS = 3000;

/** Most answers are there before this: a sign that came and went with every key would only flicker. */
const THINKING_MS = 150;

/** Asks the server to send its reports. */
const WANTS_REPORTS: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), inhouseStatus: true };
  },
  initialize: () => undefined,
  getState: () => ({ kind: 'static' }),
  clear: () => undefined,
};

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private state: State = 'off';
  private asked = 0;
  private startedMs = 0;
  private ready: boolean | undefined;
  private again: NodeJS.Timeout | undefined;
  private wanted = false;
  private readonly deaths = new Deaths();
  private readonly restarts = new Serial(() => this.replace());
  private readonly changed = new vscode.EventEmitter<State>();
  readonly onDidChangeState = this.changed.event;
  /** The last report of the running server. */
  report: Report = {};
  /** Set by the user for a while: nothing is suggested while typing, but still by the key. */
  paused = false;

  constructor(
    private readonly manifest: settings.Manifest,
    readonly log: vscode.LogOutputChannel,
  ) {}

  get currentState(): State {
    return this.state === 'idle' && this.asked > 0 ? 'thinking' : this.state;
  }

  /** What the server is told that the user has set. */
  get told(): Record<string, unknown> {
    return settings.serverSettings(this.manifest);
  }

  /** Starts the server unless it was started already, or was given up. */
  async ensureStarted(): Promise<void> {
    if (!this.wanted && settings.isEnabled()) {
      await this.restart();
    }
  }

  /** Ends a running server and starts one. Asked for several times at once, it happens once more at most. */
  async restart(): Promise<void> {
    this.wanted = true;
    this.deaths.forget();
    await this.restarts.run();
  }

  async stop(): Promise<void> {
    this.wanted = false;
    await this.restarts.run();
  }

  /** A last word to the process, which ends by itself when nobody listens any more. */
  async end(): Promise<void> {
    this.wanted = false;
    clearTimeout(this.again);
    await this.client?.stop(STOP_MS).catch(() => undefined);
  }

  /** Runs one of the server's own commands; undefined while there is no server. */
  async execute<T>(command: string, ...args: unknown[]): Promise<T | undefined> {
    return this.state === 'idle' ? vscode.commands.executeCommand<T>(command, ...args) : undefined;
  }

  dispose(): void {
    this.changed.dispose();
  }

  private set(state: State): void {
    this.state = state;
    this.tell();
  }

  private tell(): void {
    const ready = this.state === 'idle';
    if (ready !== this.ready) {
      this.ready = ready;
      void vscode.commands.executeCommand('setContext', 'inhouse.ready', ready);
    }
    this.changed.fire(this.currentState);
  }

  private async replace(): Promise<void> {
    clearTimeout(this.again);
    const old = this.client;
    this.client = undefined;
    if (old) {
      await old.stop(STOP_MS).catch((error: unknown) => this.log.warn(`the old server did not stop: ${String(error)}`));
    }
    this.asked = 0;
    this.report = {};
    if (this.wanted && settings.isEnabled()) {
      await this.start();
    } else {
      this.set('off');
    }
  }

  private async start(): Promise<void> {
    const command = findCommand(settings.setCommand(), thisMachine());
    if (!command) {
      this.set('missing');
      return;
    }
    this.set('starting');
    this.startedMs = Date.now();
    this.log.info(`starting ${command.join(' ')}`);
    const [program = '', ...args] = command;
    const options = this.options(() => client);
    const client: LanguageClient = new LanguageClient('inhouse', 'inhouse', { command: program, args }, options);
    client.registerFeature(WANTS_REPORTS);
    client.onNotification('inhouse/status', (report: Report) => {
      if (this.client === client) {
        this.report = report;
        this.tell();
      }
    });
    this.client = client;
    try {
      await client.start();
      if (this.client === client) {
        this.set('idle');
      }
    } catch (error) {
      this.log.error(`the server did not start: ${String(error)}`);
      this.died(client);
    }
  }

  private options(client: () => LanguageClient): LanguageClientOptions {
    const told = () => this.told;
    return {
      documentSelector: settings.languages().map((language) => ({ scheme: 'file', language })),
      initializationOptions: told(),
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never, // a request that failed is no reason for a message while typing
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          this.died(client());
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
      initializationFailedHandler: () => false,
      middleware: {
        provideInlineCompletionItems: async (document, position, context, token, next) => {
          const byKey = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
          const isOff = settings.languagesOff().includes(document.languageId);
          if (isOff || (this.paused && !byKey)) {
            return undefined;
          }
          return this.counted(async () => next(document, position, context, token));
        },
        workspace: {
          // The server is told its own settings only: it warns of names that it does not know.
          configuration: (params) => params.items.map((item) => (item.section === settings.SECTION ? told() : null)),
          didChangeConfiguration: async () => {
            await client().sendNotification('workspace/didChangeConfiguration', { settings: { inhouse: told() } });
          },
        },
      },
    };
  }

  private async counted<T>(ask: () => Promise<T>): Promise<T> {
    let shown = false;
    const slow = setTimeout(() => {
      shown = true;
      this.asked++;
      this.tell();
    }, THINKING_MS);
    try {
      return await ask();
    } finally {
      clearTimeout(slow);
      if (shown) {
        this.asked = Math.max(0, this.asked - 1);
        this.tell();
      }
    }
  }

  /** The process is gone. Starts another one after a while, unless it was stopped on purpose or keeps dying. */
  private died(client: LanguageClient): void {
    if (!this.wanted || this.state === 'waiting' || this.state === 'failed' || client !== this.client) {
      return;
    }
    const pauseMs = this.deaths.next(Date.now() - this.startedMs);
    if (pauseMs === undefined) {
      this.set('failed');
      return;
    }
    this.log.warn(`the server ended; starting it again in ${pauseMs} ms`);
    this.set('waiting');
    this.again = setTimeout(() => void this.restarts.run(), pauseMs);
  }
}

export function thisMachine(): Machine {
  return {
    searchPath: process.env['PATH'] ?? '',
    home: os.homedir(),
    windows: process.platform === 'win32',
    isExecutable(file: string): boolean {
      try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
      } catch {
        return false;
      }
    },
  };
}

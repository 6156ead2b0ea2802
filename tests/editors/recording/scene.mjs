// What both recordings show: a method of pygls is written anew. Its neighbours all begin by asking _provider_options and
// end by returning self; that is this project's way and nobody else's. What is suggested is taken wherever it is what
// the writer wants; the rest is typed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

export const FILE = 'pygls/capabilities.py';
const HEAD = '    def _with_document_formatting(self):';
const NEXT = '    def _with_document_range_formatting(self):';
const LINES = [
  { text: 'value = self._provider_options(types.TEXT_DOCUMENT_FORMATTING, default=True)' },
  { text: 'if value is not None:' },
  { text: 'self.server_cap.document_formatting_provider = value' },
  { text: 'return self', outdent: true },
];
export const WRITTEN = `${HEAD}
        value = self._provider_options(types.TEXT_DOCUMENT_FORMATTING, default=True)
        if value is not None:
            self.server_cap.document_formatting_provider = value
        return self
`;

/** How long pictures stay, in milliseconds: the pace of a reader, not of the server. */
const TYPED_MS = 130;
const GHOST_MS = 1300;
const TAKEN_MS = 500;
export const LAST_MS = 3000;
/** How long a suggestion is waited for before the next word is typed; a busy machine is slow. */
const PATIENCE_MS = 2500;
/** The first time the project is still being read. */
const FIRST_PATIENCE_MS = 20_000;
const SHORTEST = 3;

/** Takes the method's body out of the copy of the project. Returns the number, from 1, of the line to write in. */
export function prepare(project) {
  const file = path.join(project, FILE);
  const text = fs.readFileSync(file, 'utf8');
  const [start, end] = [text.indexOf(HEAD), text.indexOf(NEXT)];
  assert.ok(start >= 0 && end > start, `${file} has changed: the recording no longer fits it`);
  fs.writeFileSync(file, `${text.slice(0, start)}${HEAD}\n        \n\n${text.slice(end)}`);
  return text.slice(0, start).split('\n').length + 1;
}

/** Writes the method. The editor can `ghost()` (what is suggested on this line), `accept`, `type`, `outdent`, `picture`. */
export async function write(editor) {
  let taken = 0;
  let patienceMs = FIRST_PATIENCE_MS;
  await editor.picture(TAKEN_MS);
  for (const [number, { text, outdent }] of LINES.entries()) {
    if (number > 0) {
      await editor.type('\n');
    }
    if (outdent) {
      await editor.outdent();
    }
    for (let done = 0; done < text.length; ) {
      const left = text.slice(done);
      const ghost = await wanted(editor, left, patienceMs);
      patienceMs = PATIENCE_MS;
      if (ghost) {
        await editor.picture(GHOST_MS);
        await editor.accept(ghost);
        await editor.picture(TAKEN_MS);
        taken += ghost.length;
        done += ghost.length;
      } else {
        const [word] = /^\W*\w*/.exec(left);
        for (const piece of word.match(/.{1,4}/g)) {
          await editor.type(piece);
          await editor.picture(TYPED_MS);
        }
        done += word.length;
      }
    }
  }
  const all = LINES.reduce((sum, { text }) => sum + text.length, 0);
  console.log(`${taken} of ${all} characters were taken from suggestions`);
  assert.ok(taken > all / 4, 'too little was suggested for this to be worth a recording');
}

async function wanted(editor, left, patienceMs) {
  for (const end = Date.now() + patienceMs; Date.now() < end; ) {
    const ghost = await editor.ghost();
    if (ghost.length >= SHORTEST && left.startsWith(ghost)) {
      return ghost;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

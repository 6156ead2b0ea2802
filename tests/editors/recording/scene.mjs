// What both recordings show: a method of marshmallow is written anew. That a validator raises ValidationError with what
// its own _format_error makes of the value, and returns the value otherwise, is this project's way and nobody else's; the
// embedded core has never read marshmallow. What is suggested is taken wherever it is what the writer wants; the rest is
// typed. The settings are the defaults, but for the looks.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

export const FILE = 'marshmallow/validate.py';
const CLASS = 'class ContainsNoneOf(NoneOf):';
const HEAD = '    def __call__(self, value: typing.Sequence[_T]) -> typing.Sequence[_T]:\n';
const INDENT = ' '.repeat(8);
const BODY = `for val in value:
            if val in self.iterable:
                raise ValidationError(self._format_error(value))
        return value`;
export const WRITTEN = `${HEAD}${INDENT}${BODY}\n`;

/** How long pictures stay, in milliseconds: the pace of a reader, not of the server. */
const TYPED_MS = 130;
const GHOST_MS = 1300;
const TAKEN_MS = 500;
export const LAST_MS = 3000;
/** How long a suggestion is waited for before the next word is typed; a busy machine is slow. */
const PATIENCE_MS = 2500;
const SHORTEST = 3;

/** Takes the method's body out of the copy of the project. Returns the number, from 1, of the line to write in. */
export function prepare(project) {
  const file = path.join(project, FILE);
  const text = fs.readFileSync(file, 'utf8');
  const start = text.indexOf(WRITTEN, text.indexOf(CLASS));
  assert.ok(text.includes(CLASS) && start >= 0, `${file} has changed: the recording no longer fits it`);
  const above = text.slice(0, start) + HEAD;
  fs.writeFileSync(file, `${above}${INDENT}${text.slice(start + WRITTEN.length - 1)}`);
  return above.split('\n').length;
}

/**
 * Writes the method. The editor can tell its `ghost()` (all of what is suggested), `accept`, `type`, begin a `line` that is
 * indented so far, and keep a `picture`.
 */
export async function write(editor) {
  let taken = 0;
  await editor.picture(TAKEN_MS);
  for (let done = 0; done < BODY.length; ) {
    const left = BODY.slice(done);
    const ghost = await wanted(editor, left);
    if (ghost) {
      await editor.picture(GHOST_MS);
      await editor.accept(ghost);
      await editor.picture(TAKEN_MS);
      taken += letters(ghost);
      done += ghost.length;
    } else if (left.startsWith('\n')) {
      const [line] = /^\n */.exec(left);
      await editor.line(line.length - 1);
      await editor.picture(TYPED_MS);
      done += line.length;
    } else {
      const [word] = /^[^\w\n]*\w*/.exec(left);
      for (const piece of word.match(/.{1,4}/g)) {
        await editor.type(piece);
        await editor.picture(TYPED_MS);
      }
      done += word.length;
    }
  }
  console.log(`${taken} of ${letters(BODY)} characters were taken from suggestions`);
  assert.ok(taken > letters(BODY) / 4, 'too little was suggested for this to be worth a recording');
}

/** The editor indents by itself: that is nobody's work. */
const letters = (text) => text.replace(/\n */g, '').length;

async function wanted(editor, left) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    const ghost = await editor.ghost();
    if (ghost.length >= SHORTEST && left.startsWith(ghost)) {
      return ghost;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deaths, PAUSES_MS, Serial, STEADY_MS } from '../src/restarts';

test('each death makes the pause longer, until it is given up', () => {
  const deaths = new Deaths();
  const pauses = PAUSES_MS.map(() => deaths.next(10));

  assert.deepEqual(pauses, [...PAUSES_MS]);
  assert.equal(deaths.next(10), undefined);
});

test('a steady run, or the user, makes the next death a first one', () => {
  const deaths = new Deaths();
  deaths.next(10);
  deaths.next(10);

  assert.equal(deaths.next(STEADY_MS + 1), PAUSES_MS[0]);
  deaths.forget();
  assert.equal(deaths.next(10), PAUSES_MS[0]);
});

test('one runs and at most one waits, however often it is asked for', async () => {
  let running = 0;
  let runs = 0;
  const ends: (() => void)[] = [];
  const serial = new Serial(async () => {
    assert.equal(++running, 1);
    runs++;
    await new Promise<void>((resolve) => ends.push(resolve));
    running--;
  });

  const all = [serial.run(), serial.run(), serial.run(), serial.run()];
  ends[0]?.();
  await new Promise((resolve) => setImmediate(resolve));
  ends[1]?.();
  await Promise.all(all);

  assert.equal(runs, 2);
});

test('a failed run does not block the next', async () => {
  let fails = true;
  const serial = new Serial(async () => {
    if (fails) {
      throw new Error('no');
    }
  });

  await assert.rejects(serial.run());
  fails = false;
  await serial.run();
});

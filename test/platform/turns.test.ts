import { expect, it } from 'vitest';
import { giveTurn } from '../../src/platform/turns.js';

it('those that wait for a turn of the event loop continue in one each, in order', async () => {
  let turn = 0;
  let over = false;
  const count = () => {
    turn++;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  const turns: number[] = [];
  const waiter = async () => {
    for (let i = 0; i < 2; i++) {
      await giveTurn();
      turns.push(turn);
    }
  };
  await Promise.all([waiter(), waiter(), waiter()]);
  over = true;
  expect(new Set(turns).size).toBe(6);
  expect(turns).toStrictEqual(turns.toSorted((a, b) => a - b));
});

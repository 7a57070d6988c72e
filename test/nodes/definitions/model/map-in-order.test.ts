import { mapInOrder } from '../../../../nodes/definitions/model/map-in-order';

const never = () => new AbortController().signal;
const later = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const NUMBERS = Array.from({ length: 100 }, (_, index) => index);

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('tasks side by side', () => {
  it('give their results in order, and are never more than allowed', async () => {
    let running = 0;
    let most = 0;
    const results = mapInOrder(NUMBERS, 5, never(), async (number) => {
      most = Math.max(most, ++running);
      await later(number % 3);
      running--;
      return number * 2;
    });
    expect(await collect(results)).toEqual(NUMBERS.map((number) => number * 2));
    expect(most).toBe(5);
  });

  it('end with the first that fails: no other is begun, and those that run are told', async () => {
    const begun: number[] = [];
    const told: number[] = [];
    const results = mapInOrder(NUMBERS, 5, never(), async (number, signal) => {
      begun.push(number);
      if (number === 2) throw new Error('refused');
      await new Promise<void>((_, reject) => {
        signal.addEventListener('abort', () => {
          told.push(number);
          reject(new Error('cancelled'));
        });
      });
    });
    await expect(collect(results)).rejects.toThrow('refused');
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    expect(told).toEqual([0, 1, 3, 4]);
  });

  it('end when nobody wants more', async () => {
    const begun: number[] = [];
    const results = mapInOrder(NUMBERS, 2, never(), async (number) => {
      begun.push(number);
      await later(1);
    });
    for await (const _ of results) break;
    await later(20);
    expect(begun.length).toBeLessThanOrEqual(4);
  });

  it('end when they are cancelled', async () => {
    const stop = new AbortController();
    const results = mapInOrder(NUMBERS, 2, stop.signal, async (_, signal) => {
      await later(1);
      signal.throwIfAborted();
    });
    stop.abort(new Error('enough'));
    await expect(collect(results)).rejects.toThrow('enough');
  });
});

import { createHash } from 'node:crypto';
import { readHead, verifiedStream } from '../../../client/files/verified-stream';
import { say } from '../../../client/values/sentence';

const bytes = (text: string) => new TextEncoder().encode(text);

/** A source that remembers whether it was closed. */
function sourceOf(...chunks: string[]) {
  const state = { isClosed: false };
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (const chunk of chunks) yield bytes(chunk);
    } finally {
      state.isClosed = true;
    }
  }
  return { source: source(), state };
}

function verified(
  source: AsyncIterator<Uint8Array>,
  more: Partial<Parameters<typeof verifiedStream>[0]> = {},
) {
  const ends: string[] = [];
  const requestInfo = { device: 'https://a', path: '/API/x' };
  const onEnd = () => void ends.push('end');
  const finish = (digest: unknown) => digest;
  return {
    ...verifiedStream({ source, name: say`thing`, requestInfo, onEnd, finish, ...more }),
    ends,
  };
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += new TextDecoder().decode(chunk);
  return text;
}

describe('a verified stream', () => {
  it.each([
    ['passes all on', {}, 'abcd', [2, 4]],
    ['begins with what was read before', { head: bytes('__') }, '__abcd', [2, 4, 6]],
    [
      'passes on what a check makes of it',
      { pass: () => [bytes('x'), bytes('y')] },
      'xyxy',
      [2, 4],
    ],
    ['ends when nothing more is wanted', { isOver: () => true }, 'ab', [2]],
  ])('%s, counted and hashed', async (_, more, text, counts) => {
    const { source, state } = sourceOf('ab', 'cd');
    const progress: number[] = [];
    const { stream, finished, ends } = verified(source, {
      ...more,
      onProgress: (count) => progress.push(count),
    });
    expect(await textOf(stream)).toBe(text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    await expect(finished).resolves.toEqual({ bytes: text.length, sha256 });
    expect(progress).toEqual(counts);
    expect({ ...state, ends }).toEqual({ isClosed: true, ends: ['end'] });
  });

  const broken = new Error('truncated');
  const fail = () => {
    throw broken;
  };
  it.each([
    ['a check that fails', { pass: fail }],
    ['an end that is not accepted', { finish: fail }],
  ])('throws the same error from both sides: %s', async (_, more) => {
    const { source, state } = sourceOf('ab', 'cd');
    const { stream, finished, ends } = verified(source, more);
    await expect(textOf(stream)).rejects.toBe(broken);
    await expect(finished).rejects.toBe(broken);
    expect({ ...state, ends }).toEqual({ isClosed: true, ends: ['end'] });
  });

  it('says so when it is not read completely, and closes its source', async () => {
    const { source, state } = sourceOf('ab', 'cd');
    const { stream, finished, ends } = verified(source);
    for await (const _ of stream) break;
    await expect(finished).rejects.toMatchObject({
      kind: 'cancelled',
      what: 'The thing was not read completely.',
      device: 'https://a',
      canRetry: true,
    });
    expect({ ...state, ends }).toEqual({ isClosed: true, ends: ['end'] });
  });
});

it.each([
  [0, '', 'abcdef'],
  [2, 'ab', 'cdef'],
  [3, 'abcd', 'ef'],
  [9, 'abcdef', ''],
])('a head of at least %d bytes leaves the rest to be read', async (minBytes, head, rest) => {
  const { source } = sourceOf('ab', 'cd', 'ef');
  expect(new TextDecoder().decode(await readHead(source, minBytes))).toBe(head);
  expect(await textOf(source)).toBe(rest);
});

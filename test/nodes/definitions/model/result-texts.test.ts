import { AllegroError } from '../../../../client';
import { ENGLISH, say, type Language } from '../../../../client/values/sentence';
import { resultIn } from '../../../../nodes/definitions/model/result-texts';
import type { RunResult } from '../../../../nodes/definitions/model/run-result';

const german: Language = { text: () => 'Keine Pakete.', number: String };
const warnings = [say`No packets.`];
const error = new AllegroError({ kind: 'timeout', what: say`No packets.`, advice: say`Wait.` });
const stream = (async function* () {})();
const file = { name: 'a.pcap', mediaType: 'x/y', stream };
const files = (async function* () {})();

/** As a host clones it: text objects would come out as objects. */
const clone = async ({ json, file: stored, parts }: RunResult) =>
  structuredClone((await parts?.finish()) ?? (await stored?.finished) ?? json) as unknown;

const results: Array<[string, RunResult]> = [
  ['data', { json: { warnings } }],
  ['a file', { json: {}, file: { ...file, finished: Promise.resolve({ warnings }) } }],
  ['files', { json: {}, parts: { name: 'a', files, finish: async () => ({ warnings }) } }],
];

it.each(results)('gives %s with texts of a language', async (_, result) => {
  expect(await clone(resultIn(result, ENGLISH))).toEqual({ warnings: ['No packets.'] });
  expect(await clone(resultIn(result, german))).toEqual({ warnings: ['Keine Pakete.'] });
});

it('finds the texts deep in a result', async () => {
  const { what, message } = error.sentences;
  const json = { hosts: [{ failed: [{ message }], error: error.facts() }], fault: { what } };
  expect(await clone(resultIn({ json }, ENGLISH))).toStrictEqual({
    hosts: [{ failed: [{ message: error.message }], error: error.toJSON() }],
    fault: { what: error.what },
  });
});

it('passes on that a file has failed', async () => {
  const failed = Promise.reject(error);
  failed.catch(() => undefined);
  const result = resultIn({ json: {}, file: { ...file, finished: failed } }, ENGLISH);
  await expect(result.file!.finished).rejects.toBe(error);
});

import { withSuffix } from '../../../client/files/file-name';
import { trimEnd, trimStart } from '../../../client/values/text';
import type { NodeDefinition } from './define-node';
import type { ResultFile, ResultParts, RunResult } from './run-result';
import { withFileName, withFileNames } from './result';

/** A device that a definition runs on as one of several. */
export interface TargetDevice {
  /** Its `mm-id`. */
  id: string;
  /** What a person calls it. */
  host: string;
}

type Json = Record<string, unknown>;

/**
 * A result that says which device it is from, in its JSON, in each element of its list, and in the
 * names of its files: those of two devices must never be the same.
 */
export function forDevice(
  { json, file, parts }: RunResult,
  device: TargetDevice,
  definition: Pick<NodeDefinition, 'itemsProperty'>,
): RunResult {
  const mark = (data: Json) => withDevice(data, device, definition.itemsProperty);
  return {
    json: mark(json),
    ...(file ? { file: markFile(file, device, mark) } : {}),
    ...(parts ? { parts: markParts(parts, device, mark) } : {}),
  };
}

/**
 * The result of a run on one device, with its host. Without properties that have no value, such as the
 * `mmId` of the appliance itself: Node-RED would show them as `undefined`.
 */
export function forHost({ json, file, parts }: RunResult, deviceHost: string): RunResult {
  const mark = (data: Json): Json => ({
    ...Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)),
    deviceHost,
  });
  return {
    json: mark(json),
    ...(file ? { file: { ...file, finished: marked(file.finished, mark) } } : {}),
    ...(parts ? { parts: { ...parts, finish: async () => mark(await parts.finish()) } } : {}),
  };
}

/** The host awaits it after the stream; until then a rejection must not count as unhandled. */
function marked(finished: Promise<Json>, mark: (json: Json) => Json): Promise<Json> {
  const result = finished.then(mark);
  result.catch(() => undefined);
  return result;
}

function withDevice(json: Json, { id, host }: TargetDevice, itemsProperty?: string): Json {
  const own = { deviceId: id, deviceHost: host };
  const items = itemsProperty === undefined ? undefined : json[itemsProperty];
  if (!Array.isArray(items)) return { ...json, ...own };
  // Where each element becomes an item of its own, the device has to stand on it; `mmId` is what
  // other nodes address it by.
  const marked = items.map((item: Json) => ({ ...item, ...own, mmId: id }));
  return { ...json, [itemsProperty!]: marked, ...own };
}

function markFile(file: ResultFile, device: TargetDevice, mark: (json: Json) => Json): ResultFile {
  const name = ownName(file.name, device);
  const finished = marked(file.finished, (json) => mark(withFileName(json, name)));
  return { ...file, name, finished, nameSuffix: suffixOf(device) };
}

function markParts(
  parts: ResultParts,
  device: TargetDevice,
  mark: (json: Json) => Json,
): ResultParts {
  const names: string[] = [];
  async function* files(): AsyncGenerator<ResultFile> {
    for await (const file of parts.files) {
      const marked = markFile(file, device, (json) => json);
      names.push(marked.name);
      yield marked;
    }
  }
  return {
    ...parts,
    name: ownName(parts.name, device),
    nameSuffix: suffixOf(device),
    files: files(),
    finish: async () => mark(withFileNames(await parts.finish(), names)),
  };
}

function ownName(name: string, device: TargetDevice): string {
  return withSuffix(name, suffixOf(device));
}

/** Letters and digits only, with a mark that tells apart what would become alike. */
function suffixOf({ id }: TargetDevice): string {
  const replaced = id.slice(0, 200).replace(/[^A-Za-z0-9._-]+/g, '-');
  const plain = trimEnd(trimStart(replaced, '-.'), '-.').slice(0, 40);
  return plain === id ? `_${id}` : `_${plain}_${shortMark(id)}`;
}

function shortMark(text: string): string {
  let mark = 0;
  for (const character of text) mark = (mark * 31 + character.codePointAt(0)!) >>> 0;
  return mark.toString(36);
}

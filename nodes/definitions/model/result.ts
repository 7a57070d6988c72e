/** Names of a result's files, as hosts give and change them. */

import { withSuffix } from '../../../client/files/file-name';

interface Named {
  files?: Array<Record<string, unknown>>;
  evidence?: { files?: Array<Record<string, unknown>> };
}

/** Name of one of the files that a capture is split into: `name.pcap` with 1 is `name-0001.pcap`. */
export function partName(fileName: string, number: number): string {
  return withSuffix(fileName, `-${String(number).padStart(4, '0')}`);
}

/** The result's JSON when a host has given its file another name than the definition proposed. */
export function withFileName(
  json: Record<string, unknown>,
  fileName: string,
): Record<string, unknown> {
  return { ...withEvidenceNames(json, [fileName]), fileName };
}

/** The same for a result in several files. */
export function withFileNames(
  json: Record<string, unknown>,
  fileNames: readonly string[],
): Record<string, unknown> {
  const { files } = json as Named;
  const renamed = withEvidenceNames(json, fileNames);
  if (!files) return renamed;
  return { ...renamed, files: files.map((file, at) => ({ ...file, fileName: fileNames[at] })) };
}

/** The record has to name the files as they are found later. */
function withEvidenceNames(
  json: Record<string, unknown>,
  names: readonly string[],
): Record<string, unknown> {
  const { evidence } = json as Named;
  if (evidence?.files?.length !== names.length) return json;
  const files = evidence.files.map((file, at) => ({ ...file, name: names[at] }));
  return { ...json, evidence: { ...evidence, files } };
}

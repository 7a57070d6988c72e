/** The result's JSON when a host has given its file another name than the definition proposed. */
export function withFileName(
  json: Record<string, unknown>,
  fileName: string,
): Record<string, unknown> {
  const { evidence } = json as { evidence?: { files?: Array<{ name: string }> } };
  const renamed = { ...json, fileName };
  // The record has to name the file as it is found later.
  if (evidence?.files?.length !== 1) return renamed;
  return {
    ...renamed,
    evidence: { ...evidence, files: [{ ...evidence.files[0], name: fileName }] },
  };
}

import { withTexts, type Language } from '../../../client/values/sentence';
import type { RunResult } from './run-result';

/**
 * A result whose warnings and errors are texts of a language: plain JSON, which hosts keep. What is
 * only known at the end of a file, and what stands beside it, has them too.
 */
export function resultIn({ json, file, parts }: RunResult, language: Language): RunResult {
  const shown = withTexts(json, language);
  if (parts) {
    const finish = async () => withTexts(await parts.finish(), language);
    return { json: shown, parts: { ...parts, finish } };
  }
  if (!file) return { json: shown };
  const finished = file.finished.then((all) => withTexts(all, language));
  // Whoever stores the file may have failed before its first byte.
  finished.catch(() => undefined);
  return { json: shown, file: { ...file, finished } };
}

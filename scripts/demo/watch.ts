import { watch } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isGenerated, ROOT } from '../hosts/pack';

/** Editors and `git` write several files in a row. */
const QUIET_MS = 300;

/**
 * Reports changed source files until the signal aborts. Changes during a report are reported
 * together afterwards.
 *
 * @param folders from the root of the tree
 * @param report gets the paths of what changed, from the root of the tree
 */
export async function watchSources(
  folders: string[],
  signal: AbortSignal,
  report: (changed: string[]) => Promise<void>,
): Promise<void> {
  const changed = new Set<string>();
  let wake = () => {};
  signal.addEventListener('abort', () => wake(), { once: true });
  for (const folder of folders) {
    watch(join(ROOT, folder), { recursive: true, signal }, (_, name) => {
      const path = join(ROOT, folder, name ?? '');
      if (isGenerated(path)) return;
      changed.add(relative(ROOT, path));
      wake();
    });
  }
  while (!signal.aborted) {
    if (changed.size === 0) await new Promise<void>((resolve) => (wake = resolve));
    if (signal.aborted) return;
    await wait(QUIET_MS);
    const paths = [...changed];
    changed.clear();
    await report(paths);
  }
}

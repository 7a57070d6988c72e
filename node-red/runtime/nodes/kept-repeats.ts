import type { KeptRepeats } from '../../../nodes/definitions/model/run-context';
import { StateFile } from '../state/state-file';
import { languageOf } from '../values/language';
import type { RuntimeApi, RuntimeNode } from '../runtime-api';
import { say } from '../../../client/values/sentence';

const SUBJECT = {
  prefix: 'repeats',
  what: say`What the node has captured, as kept for Skip Repeats,`,
  ifDamaged: say`Alerts that were captured before are captured again.`,
};

/** The file of a node that skips repeats; undefined where Node-RED has no user directory. */
function fileOf(
  RED: Pick<RuntimeApi, '_' | 'settings'>,
  node: RuntimeNode,
): StateFile<object> | undefined {
  const { userDir } = RED.settings;
  if (userDir === undefined) return undefined;
  return new StateFile<object>(userDir, node.id, SUBJECT, (json) =>
    typeof json === 'object' && json !== null ? json : undefined,
  );
}

/** What a node has captured, kept beside the flows. */
export function keptRepeatsOf(
  RED: Pick<RuntimeApi, '_' | 'settings'>,
  node: RuntimeNode,
): KeptRepeats | undefined {
  const file = fileOf(RED, node);
  return (
    file && {
      load: () => file.load((what) => node.warn(languageOf(RED).show(what))),
      save: (all) => file.save(all),
    }
  );
}

/** For a node that was deleted or disabled. Never rejects. */
export async function forgetRepeats(
  RED: Pick<RuntimeApi, '_' | 'settings'>,
  node: RuntimeNode,
): Promise<void> {
  await fileOf(RED, node)
    ?.remove()
    .catch((error: unknown) => node.warn(languageOf(RED).reason(error)));
}

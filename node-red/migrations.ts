/**
 * Brings the saved properties of older versions up to date. Used by the runtime whenever a node
 * starts and by the editor whenever a form opens, so it must not import anything.
 *
 * To change what properties mean: raise the version, and add a step from the one before. A step
 * adds what keeps the node doing what it did.
 */

export type Properties = Record<string, unknown>;

/** Takes properties of one version, gives what differs in the next. */
type Step = (properties: Readonly<Properties>) => Properties;

const PALETTE_STEPS: readonly Step[] = [
  // 1 -> 2: a node had no queue; all messages ran at once.
  ({ whenBusy }) =>
    whenBusy === undefined
      ? {
          whenBusy: 'parallel',
          whenBusyType: 'option',
          maxParallel: '100',
          maxParallelType: 'num',
          maxWaiting: '10000',
          maxWaitingType: 'num',
        }
      : {},
];

const APPLIANCE_STEPS: readonly Step[] = [
  // 1 -> 2: settings of other config nodes may be used instead of own ones.
  () => ({ tls: '', proxy: '' }),
];

/** The version of the properties that a palette node is saved with today. */
export const PALETTE_VERSION = PALETTE_STEPS.length + 1;

/** The same of the appliance node. */
export const APPLIANCE_VERSION = APPLIANCE_STEPS.length + 1;

/** What has to change in a palette node; empty when it is up to date. */
export function paletteChanges(properties: Readonly<Properties>): Properties {
  return changes(PALETTE_STEPS, properties);
}

/** What has to change in an appliance node; empty when it is up to date. */
export function applianceChanges(properties: Readonly<Properties>): Properties {
  return changes(APPLIANCE_STEPS, properties);
}

function changes(steps: readonly Step[], properties: Readonly<Properties>): Properties {
  const version = Number(properties.version);
  // Without a version it was written by hand, and by today's rules; a later one is left alone.
  if (!Number.isInteger(version) || version < 1 || version > steps.length) return {};
  let changed: Properties = {};
  for (const step of steps.slice(version - 1)) {
    changed = { ...changed, ...step({ ...properties, ...changed }) };
  }
  return { ...changed, version: steps.length + 1 };
}

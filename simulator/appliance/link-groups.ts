import type { Headers } from '../packets/packet';

/**
 * Virtual link groups. Source: "Virtual Link Groups": the index starts at zero, which is the
 * default. Taken here as "all traffic", so that leaving the parameter out and 0 mean the same.
 */
export const LINK_GROUPS = [
  { id: 0, name: 'All traffic' },
  { id: 1, name: 'Cameras (VLAN 100)', vlan: 100 },
  { id: 2, name: 'Voice (VLAN 200)', vlan: 200 },
];

export function isInGroup({ vlans }: Headers, group: number): boolean {
  if (group === 0) return true;
  const found = LINK_GROUPS[group];
  return found?.vlan !== undefined && vlans[0] === found.vlan;
}

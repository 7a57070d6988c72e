import { capitalized } from '../../../client/values/text';

/** So many of each role are named. */
const NAMED_PORTS = 10;

/** Ports as a person reads them, such as `Offers ports 22, 443; uses port 53.`; blank without any. */
export function portsText(offered: readonly number[], used: readonly number[]): string {
  const part = (verb: string, ports: readonly number[]) => {
    if (ports.length === 0) return [];
    const more = ports.length > NAMED_PORTS ? ` and ${ports.length - NAMED_PORTS} more` : '';
    const noun = ports.length === 1 ? 'port' : 'ports';
    return [`${verb} ${noun} ${ports.slice(0, NAMED_PORTS).join(', ')}${more}`];
  };
  const said = [...part('offers', offered), ...part('uses', used)].join('; ');
  return said && `${capitalized(said)}.`;
}

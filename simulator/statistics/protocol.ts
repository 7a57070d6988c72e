import type { Decoded } from '../packets/packet';

/** The layer-7 protocol by the server's port, where that is reserved for one. */
const BY_PORT: Record<number, string> = {
  53: 'DNS',
  67: 'DHCP',
  80: 'HTTP',
  123: 'NTP',
  443: 'SSL',
  445: 'SMB',
  5060: 'SIP',
};

/** What the first packet of a connection lets one tell of its layer-7 protocol. */
export function protocolOf(packet: Decoded, serverPort: number): string {
  return byPayload(packet) ?? BY_PORT[serverPort] ?? packet.headers.layer4 ?? 'Other';
}

/** What only the payload tells; undefined where it does not. */
export function byPayload({ headers, payload }: Decoded): string | undefined {
  const { layer4, sourcePort, destinationPort } = headers;
  if (!payload || payload.length < 3) return undefined;
  if (layer4 === 'TCP') {
    if (payload[0] === 22 && payload[1] === 3) return 'SSL';
    if (/^(GET|POST|PUT|HEAD|HTTP)/.test(payload.toString('latin1', 0, 4))) return 'HTTP';
    return undefined;
  }
  if (layer4 !== 'UDP') return undefined;
  if (/^(SIP\/2\.0|INVITE |REGISTER |ACK |BYE |OPTIONS )/.test(payload.toString('latin1', 0, 9))) {
    return 'SIP';
  }
  return isRtp(payload, sourcePort!, destinationPort!) ? 'RTP' : undefined;
}

/** RTP has no reserved port: version 2, a payload type in use, and two even dynamic ports. */
function isRtp(payload: Buffer, sourcePort: number, destinationPort: number): boolean {
  const type = payload[1] & 0x7f;
  return (
    payload.length >= 12 &&
    payload[0] >> 6 === 2 &&
    (type <= 34 || type >= 96) &&
    Math.min(sourcePort, destinationPort) >= 1024 &&
    sourcePort % 2 === 0 &&
    destinationPort % 2 === 0
  );
}

/** Ports from here on are handed out to clients: by Linux; IANA's own range begins at 49152. */
const FIRST_EPHEMERAL = 32_768;
/** Voice and video run over UDP from here on: Asterisk begins here, others at 16384. */
const FIRST_MEDIA = 10_000;

/** What is known of the traffic at a port; both may be missing. */
export interface PortTraffic {
  /** E.g. `UDP`. */
  layer4?: string;
  /** E.g. `RTP`. */
  protocol?: string;
}

/**
 * Whether a port looks like that of a service, rather than one of those that come and go with each
 * connection or call. Without the layer 4 protocol only ephemeral ports and RTP by its name are told
 * apart.
 */
export function isServicePort(port: number, { layer4, protocol }: PortTraffic = {}): boolean {
  if (/^s?rt(p|cp)$/i.test(protocol?.trim() ?? '')) return false;
  const end = /^udp$/i.test(layer4?.trim() ?? '') ? FIRST_MEDIA : FIRST_EPHEMERAL;
  return port > 0 && port < end;
}

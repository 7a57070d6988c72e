import { countText, numberText, percentText } from '../../../values/amount-text';
import { endsOf, type Conversation } from '../../content/conversations';
import { finding, ipFilter, type Finding, type Sightings } from '../finding';
import type { TcpTally } from './tally';
import { LIMITS, lossOf } from './verdict';

const MIN_LOSS = 10;
const MIN_UNSEEN = 10;
const MIN_COPIES = 10;

/** What stands out in conversations over TCP, and in all of them together. */
export function tcpFindings(
  conversations: readonly Conversation[],
  total: TcpTally,
  all: Pick<Sightings, 'firstUs' | 'lastUs'>,
): Finding[] {
  const found: Finding[] = [];
  for (const conversation of conversations) {
    const { firstUs, lastUs } = conversation;
    const tcp = conversation.tcp?.figures();
    if (!tcp) continue;
    const { resent: count, sent, share } = lossOf(tcp);
    if (count < MIN_LOSS || share < LIMITS.loss) continue;
    const { a, b } = endsOf(conversation);
    const text = `Between ${a} and ${b} ${numberText(count)} of ${countText(sent, 'data packet')} were sent again (${percentText(share)}).`;
    const filter = `tcp.analysis.retransmission && ${ipFilter(a)} && ${ipFilter(b)}`;
    found.push(finding('loss', { count, firstUs, lastUs }, [a, b], text, filter));
  }
  const { oneSided, connections, ackedUnseen, copies, dataPackets } = total;
  const sent = dataPackets.client + dataPackets.server - copies;
  if (copies >= MIN_COPIES && copies >= sent * LIMITS.copies) {
    const text = `${numberText(copies)} of ${countText(sent, 'data packet')} are in the file twice: the mirror port sends them from two places. They do not count as sent again.`;
    const filter = 'tcp.analysis.retransmission && tcp.time_delta < 0.001';
    found.push(finding('copies', { ...all, count: copies }, [], text, filter));
  }
  if (connections > 0 && oneSided / connections >= LIMITS.oneSided) {
    const text = `${oneSided} of ${countText(connections, 'TCP connection')} have one direction only: the capture misses the other, or routes differ.`;
    found.push(finding('oneSided', { ...all, count: oneSided }, [], text, 'tcp'));
  }
  if (ackedUnseen >= MIN_UNSEEN) {
    const text = `${numberText(ackedUnseen)} acknowledgements are of packets that are not in the file: the capture lost packets, so figures of loss are uncertain.`;
    const filter = 'tcp.analysis.ack_lost_segment';
    found.push(finding('captureLoss', { ...all, count: ackedUnseen }, [], text, filter));
  }
  return found;
}

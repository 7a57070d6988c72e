import { BoundedTable } from '../content/bounded-table';
import type { FlowReader } from '../content/flows';
import type { Packet } from '../content/packet';
import { asciiText, headerOf, headLines, startsWith } from './bytes';
import type { Dissector } from './dissector';
import { round } from './timing';

/** Source: RFC 3261 and 4566 (SDP). Calls over UDP, or that begin with a packet over TCP. */

export interface SipFigures {
  calls: number;
  answered: number;
  /** Calls that ended with a status from 300 on. */
  failed: number;
  /** The latest first. */
  list: Array<{
    from: string;
    to: string;
    /** The last final status of the INVITE; null without one. */
    status: number | null;
    /** From the INVITE to the ringing, or to the answer if that came first. */
    setupMs: number | null;
    /** From the answer to the end; null where either is missing. */
    durationSeconds: number | null;
  }>;
}

interface Call {
  from: string;
  to: string;
  invitedUs: number;
  setupUs: number;
  answeredUs: number;
  endedUs: number;
  status: number | null;
}

const METHODS = [
  'INVITE ',
  'ACK ',
  'BYE ',
  'CANCEL ',
  'REGISTER ',
  'OPTIONS ',
  'PRACK ',
  'UPDATE ',
];
const RESPONSE = 'SIP/2.0 ';

export class SipDissector implements Dissector<SipFigures>, FlowReader {
  private readonly calls = new BoundedTable<string, Call>(
    5000,
    ({ invitedUs }) => invitedUs,
    'time',
  );

  /** @param rates of payload types: those that SDP gives are put in */
  constructor(private readonly rates: Map<number, number>) {}

  open(packet: Packet): FlowReader | undefined {
    const bytes = packet.content();
    const isSip =
      startsWith(bytes, RESPONSE) || METHODS.some((method) => startsWith(bytes, method));
    return isSip && asciiText(bytes, 400).includes('SIP/2.0') ? this : undefined;
  }

  read(packet: Packet): void {
    const bytes = packet.content();
    const isResponse = startsWith(bytes, RESPONSE);
    if (!isResponse && !METHODS.some((method) => startsWith(bytes, method))) return;
    const lines = headLines(bytes);
    const id = (headerOf(lines, 'call-id') ?? headerOf(lines, 'i'))?.slice(0, 128);
    if (id === undefined) return;
    this.readRates(bytes);
    const method = isResponse
      ? (headerOf(lines, 'cseq') ?? '').split(' ').pop()
      : lines[0].split(' ')[0];
    const { timeUs } = packet;
    let call = this.calls.get(id);
    if (!call && method === 'INVITE') {
      call = this.calls.add(id, {
        from: partyOf(headerOf(lines, 'from') ?? headerOf(lines, 'f')),
        to: partyOf(headerOf(lines, 'to') ?? headerOf(lines, 't')),
        invitedUs: isResponse ? NaN : timeUs,
        ...{ setupUs: NaN, answeredUs: NaN, endedUs: NaN, status: null },
      });
    }
    if (!call) return;
    if (!isResponse) {
      if (method === 'BYE') call.endedUs = timeUs;
    } else if (method === 'INVITE') noteStatus(call, Number(lines[0].slice(8, 11)), timeUs);
  }

  /** `a=rtpmap:96 opus/48000/2` tells the clock rate of a dynamic payload type. */
  private readRates(bytes: Uint8Array): void {
    const text = asciiText(bytes, 3000);
    for (const [, type, rate] of text.matchAll(/a=rtpmap:(\d{1,3}) [^/]{1,30}\/(\d{4,6})/g)) {
      const [payloadType, hertz] = [Number(type), Number(rate)];
      if (payloadType < 96 || payloadType > 127) continue;
      // Calls choose these numbers freely: what two of them use differently says nothing.
      const isSame = (this.rates.get(payloadType) ?? hertz) === hertz;
      this.rates.set(payloadType, isSame ? hertz : NaN);
    }
  }

  tables() {
    return { sipCalls: this.calls };
  }

  result(limit: number): SipFigures {
    const all = this.calls.top(Infinity).map(([, call]) => call);
    const milliseconds = (us: number) => (us >= 0 ? round(us / 1000) : null);
    return {
      calls: all.length,
      answered: all.filter(({ answeredUs }) => answeredUs >= 0).length,
      failed: all.filter(({ status }) => status !== null && status >= 300).length,
      list: all.slice(0, limit).map((call) => {
        const duration = call.endedUs - call.answeredUs;
        return {
          from: call.from,
          to: call.to,
          status: call.status,
          setupMs: milliseconds(call.setupUs - call.invitedUs),
          durationSeconds: duration >= 0 ? round(duration / 1e6) : null,
        };
      }),
    };
  }
}

function noteStatus(call: Call, status: number, timeUs: number): void {
  if (status >= 180 && status < 300 && !(call.setupUs >= 0)) call.setupUs = timeUs;
  if (!(status >= 200)) return;
  if (status < 300 && !(call.answeredUs >= 0)) call.answeredUs = timeUs;
  // A demand for a login (401, 407) is answered by the next INVITE.
  if (status !== 401 && status !== 407) call.status = status;
}

/** `sip:anna@example.com` of `"Anna" <sip:anna@example.com>;tag=1`. */
function partyOf(header: string | undefined): string {
  const found = /sips?:[^>;\s]{1,100}/.exec(header ?? '');
  return found ? found[0] : '';
}

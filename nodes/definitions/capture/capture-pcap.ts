import { RECORD_PROPERTIES } from './evidence';
import { defineNode } from '../model/define-node';
import { CAPTURE_FIELDS } from '../fields/capture-fields';
import { readCaptureRequest } from './capture-request';
import { runCapture } from './run-capture';
import { VERSION } from '../version';

export const SAMPLE_EVIDENCE = {
  schema: { name: 'allegro-capture-evidence', version: 1 },
  startedAt: '2026-11-23T15:51:02.114Z',
  endedAt: '2026-11-23T15:51:03.902Z',
  origin: {
    host: { name: 'Node-RED', version: '5.0.7' },
    package: { name: '@allegro-multimeter/node-red', version: VERSION },
    workflow: { id: 'f0a1b2c3d4e5f607', name: 'Alert to pcap' },
    node: { id: '1f2e3d4c5b6a7988', name: 'Evidence for the ticket' },
    run: '7c1d2e3f4a5b6c7d',
  },
  appliance: { url: 'https://allegro-mm-1a2b', mmId: null, clockOffsetSeconds: 0.02 },
  request: {
    method: 'GET',
    path: '/API/data/modules/capture',
    query: 'startTime=1795448940000000&endTime=1795449060000000&expression=ip%3D%3D10.1.2.3',
  },
  files: [
    {
      name: 'allegro_allegro-mm-1a2b_20261123T154900Z-20261123T155100Z_k3f9q.pcap',
      packets: 1834,
      bytes: 1482034,
      sha256: 'b1946ac92492d2347c6235b4d2611184e8d1c4c2b6f3a8d9a1c0b5d6e7f80912',
    },
  ],
};

/** Captures packets as a pcap: back in time from the ring buffer, or live. */
export const capturePcap = defineNode({
  name: 'capturePcap',
  label: 'Capture Pcap',
  group: 'Packet',
  verb: 'Capture',
  action: 'Capture a pcap',
  description:
    'Captures packets as a pcap: from the past, for example around an alert, out of the ring buffer, or live',
  details: [
    'Every packet is checked while the file streams. A broken connection, a stalled or truncated stream, or a response that is not a capture is an error, and nothing is kept.',
    'A capture without packets is a result with "packets": 0 and a warning that lists likely reasons. Other warnings: packets missing at the start of the window, a clock more than 2 s off.',
    'A limit on bytes or packets ends the file at a packet boundary: "endedBy" is "bytes" or "packets". Otherwise it is "device" (all packets), "duration" (live) or "finish". With a split, each file is valid on its own, and "files" lists name, packets and SHA-256 of each.',
    '"evidence" records who asked for what and when, the request as sent, the appliance clock, and the SHA-256 of each file, but no login.',
    'With Save To set to Appliance Storage, no file is returned, and fields about the file are refused. The vendor documents neither its name nor how to fetch or end it, so "stored" is "unconfirmed": check the storage device.',
  ],
  permission: 'The permission "pcap"',
  source: 'Pcap extraction',
  fields: CAPTURE_FIELDS,
  sampleOutput: {
    fileName: 'allegro_allegro-mm-1a2b_20261123T154900Z-20261123T155100Z_k3f9q.pcap',
    packets: 1834,
    bytes: 1482034,
    complete: true,
    endedBy: 'device',
    format: 'pcap',
    linkTypes: ['Ethernet'],
    truncatedPackets: 0,
    expression: 'ip==10.1.2.3',
    source: 'ringBuffer',
    requestedWindow: { from: '2026-11-23T15:49:00.000000Z', to: '2026-11-23T15:51:00.000000Z' },
    coveredWindow: { from: '2026-11-23T15:49:00.118223Z', to: '2026-11-23T15:50:59.870112Z' },
    sha256: 'b1946ac92492d2347c6235b4d2611184e8d1c4c2b6f3a8d9a1c0b5d6e7f80912',
    clockOffsetSeconds: 0.02,
    device: 'https://allegro-mm-1a2b',
    warnings: [],
    evidence: SAMPLE_EVIDENCE,
  },
  recordProperties: RECORD_PROPERTIES,
  producesFile: true,
  mayFinishEarly: true,

  async *run(context, values) {
    yield* runCapture(context, values, () => readCaptureRequest(context, values));
  },
});

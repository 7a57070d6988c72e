import { defineNode } from '../model/define-node';
import { CAPTURE_FIELDS } from '../fields/capture-fields';
import { readCaptureRequest } from './capture-request';
import { runCapture } from './run-capture';
import { VERSION } from '../model/version';

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
      name: 'allegro_allegro-mm-1a2b_20261123T154900Z-20261123T155100Z.pcap',
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
  group: 'Capture',
  action: 'Capture packets as a pcap',
  description:
    'Fetches packets as a pcap: back in time from the ring buffer, for example around an alert, or live for a while',
  details: [
    'The file is streamed and walked packet by packet on the way. It counts as a result only if it is whole: a connection that breaks, a stalled or cut stream and an answer that is no capture are errors, and nothing of them is kept.',
    'The result tells the window that was asked for and the one that the packets cover, packets, bytes, the SHA-256 of the file and what ended it: "device" (all that there was), "duration", "bytes", "packets", or "cancel" for a live capture that somebody ended early.',
    'A limit of bytes or packets ends the file at a packet boundary, so that the file is valid. Or it is refused: then more than the limit is an error, and nothing is kept. How large a capture would become, Estimate Capture tells beforehand.',
    'For mail and chat the capture may be split into several files, after so many packets or megabytes. Each is a valid file with its own name (-0001, -0002), packet count and SHA-256; "files" lists them, and the other figures are those of all together. If anything fails, none of them is handed on, and what was stored of them is deleted.',
    'With "Save To" set to the appliance\'s storage there is no file here: the result says what was asked for ("request") and what the appliance answered ("answer"). The vendor says only that the pcap is stored on an external storage device, neither under which name nor how to fetch it: look for it on that device, or in the web interface of the appliance. Nothing confirms that it is complete, so "stored" is "unconfirmed". Set the size limit to 0: no limit that counts packets on the way applies.',
    'The end of a window is exclusive: a packet with exactly that time is not part of it.',
    'Warnings tell what a person should know: that the clock of the appliance is more than 2 s off, and that packets are missing at the start of the window. If the first packet is late (by at least 3 s, and by 20 times the usual distance of packets), or there is none, a second capture asks the buffer for its oldest packet, and the warning states its time. Only where the buffer does not tell, the statistics are compared, which needs read access to them; without it the warning says that it could not be checked.',
    'The field "evidence" is a record for the ticket or the auditor: who asked (node, where it stands, host and versions), which appliance and how far its clock was off, the request as it was sent, the window asked for and the one covered, the files with their SHA-256, what ended the capture and when. It holds no credentials. On request it becomes a file beside the pcap as well, which comes along with the result.',
    'No packets are a normal result with "packets" 0 and a warning that lists the possible reasons, the most likely first.',
  ],
  permission: 'The permission "pcap"',
  source: 'Pcap extraction',
  fields: CAPTURE_FIELDS,
  sampleOutput: {
    fileName: 'allegro_allegro-mm-1a2b_20261123T154900Z-20261123T155100Z.pcap',
    packets: 1834,
    bytes: 1482034,
    sha256: 'b1946ac92492d2347c6235b4d2611184e8d1c4c2b6f3a8d9a1c0b5d6e7f80912',
    complete: true,
    endedBy: 'device',
    format: 'pcap',
    linkTypes: ['Ethernet'],
    expression: 'ip==10.1.2.3',
    source: 'ringBuffer',
    requestedWindow: { from: '2026-11-23T15:49:00.000000Z', to: '2026-11-23T15:51:00.000000Z' },
    coveredWindow: { from: '2026-11-23T15:49:00.118223Z', to: '2026-11-23T15:50:59.870112Z' },
    clockOffsetSeconds: 0.02,
    device: 'https://allegro-mm-1a2b',
    warnings: [],
    evidence: SAMPLE_EVIDENCE,
  },
  producesFile: true,
  mayFinishEarly: true,

  async *run(context, values) {
    yield* runCapture(context, values, () => readCaptureRequest(context, values));
  },
});

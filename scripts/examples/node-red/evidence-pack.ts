import { incidentsTrigger } from '../../../nodes/definitions/triggers/incidents-trigger';
import { FlowBuilder } from '../node-red-flow';
import {
  about,
  accepted,
  CAVEATS,
  failed,
  FORM,
  mail,
  postToSlack,
  sampleEvent,
  SETTINGS,
  STEP,
  move,
  ways,
} from '../node-red-parts';

const INFO = about(
  'The trigger looks for new incidents every minute. For each, the ring buffer stands still while its packets are fetched, and records again in any case; pcap and evidence record, with their SHA-256, go to a file store, and a ticket is opened by mail.',
  [
    STEP.appliance,
    STEP.slack,
    `${STEP.mail} \`MAIL_TO\` is the address of your ticket system.`,
    'Enter `STORE_URL` among the environment variables of the tab: a folder that takes `PUT` (WebDAV, Nextcloud, Nexus, Artifactory), and its login in the two nodes _Store_. The files are read whole for that, 200 MB at most.',
    'The incidents that are there at the first poll are the baseline, and are not captured. The button is for a trial: change its `alertTime` and `expression` to something that your buffer holds.',
    '**Experimental**: the vendor does not document the form of incidents. If nothing comes out of _New incident_ on your appliance, look at the list with Get Stats, and enter its path in the options of the node.',
  ],
  'the permission "pcap", and the admin role or a token that may change the configuration.',
);

export function evidencePack(): FlowBuilder {
  const flow = new FlowBuilder('02 Incident to evidence pack', INFO, {
    ...SETTINGS.slack,
    ...SETTINGS.mail,
    STORE_URL: 'https://files.example.com/evidence',
  });
  flow.comment('An incident becomes a pack of evidence: read me first', [0, -1.6], INFO);
  flow.allegro('New incident', 'incidentsTrigger', [0, 0]);
  sampleEvent(flow, 'Sample incident', [0, -0.8], incidentsTrigger);
  move(flow, 'Keep the incident', [1, 0], 'incident');
  // Time and filter come with the event, as msg.alertTime and msg.expression.
  flow.allegro('Freeze evidence', 'freezeEvidence', [2, 0], {
    timeMode: 'around',
    secondsBefore: '120',
    secondsAfter: '30',
    maxMegabytes: '200',
    evidenceFile: 'true',
    fileNamePrefix: 'incident',
    fileTarget: 'file',
    fileFolder: 'evidence',
  });
  ways(flow, 'Any packets?', [3, 0], 'payload.packets', [
    { t: 'gt', v: '0', vt: 'num' },
    { t: 'else' },
  ]);
  flow.comment('Store pcap and record, then open the ticket', [0, 1]);
  flow.function('Name the pcap', [0, 2], name('msg.evidence = msg.payload;\n', 'filename'));
  put(flow, 'pcap', [1, 2]);
  flow.function('Name the record', [0, 3], name('', 'evidenceFile'));
  put(flow, 'record', [1, 3]);
  flow.function('Ticket', [4.2, 3], TICKET);
  flow.function('No packets', [4.2, 2], NONE);
  mail(flow, 'Open the ticket', [5.2, 3]);
  flow.comment('When something fails', [0, 4]);
  failed(
    flow,
    [0, 5],
    WHAT,
    [
      'New incident',
      'Freeze evidence',
      'Name the pcap',
      'Read the pcap',
      'Store the pcap',
      'Is the pcap stored?',
      'Name the record',
      'Read the record',
      'Store the record',
      'Is the record stored?',
      'Ticket',
      'No packets',
      'Open the ticket',
    ],
    FACTS,
  );
  postToSlack(flow, [2, 5]);
  flow.wire('Sample incident', 'Keep the incident');
  flow.chain('New incident', 'Keep the incident', 'Freeze evidence', 'Any packets?');
  flow.wire('Any packets?', 'Name the pcap');
  flow.wire('Any packets?', 'No packets', 1);
  flow.chain('Name the pcap', 'Read the pcap', 'Store the pcap');
  flow.chain('Is the pcap stored?', 'Name the record', 'Read the record', 'Store the record');
  flow.chain('Is the record stored?', 'Ticket', 'Open the ticket');
  flow.wire('No packets', 'Open the ticket');
  flow.wire('No packets', FORM);
  flow.wire('Ticket', FORM);
  flow.wire('What went wrong', FORM);
  return flow;
}

function put(flow: FlowBuilder, what: string, [column, row]: readonly [number, number]): void {
  flow.node(`Read the ${what}`, 'file in', [column, row], {
    filename: 'file',
    filenameType: 'msg',
    format: '',
    chunk: false,
    sendError: false,
    encoding: 'none',
    allProps: false,
  });
  flow.node(`Store the ${what}`, 'http request', [column + 1, row], {
    method: 'PUT',
    ret: 'txt',
    paytoqs: 'ignore',
    url: '',
    tls: '',
    persist: false,
    proxy: '',
    insecureHTTPParser: false,
    authType: 'basic',
    senderr: true,
    headers: [],
  });
  accepted(flow, `Is the ${what} stored?`, [column + 2, row], `Store the ${what}`);
}

// The trigger does not report it again: what it said goes into the message. A poll that fails has none.
const WHAT =
  "'evidence of an incident' + (msg.incident ? ': ' + (msg.incident.text || msg.incident.rule || 'no text') : '')";

const FACTS = `msg.incident ? ['\\nReported at ' + msg.incident.alertTime, msg.incident.element, msg.incident.severity && 'severity ' + msg.incident.severity].filter(Boolean).join(', ') : ''`;

const name = (before: string, property: string) => `${before}msg.file = msg.evidence.${property};
msg.url = env.get('STORE_URL').replace(/\\/$/, '') + '/' + encodeURIComponent(msg.file.replace(/^.*[\\\\/]/, ''));
msg.headers = { 'content-type': 'application/octet-stream' };
delete msg.payload;
return msg;`;

const NONE = `const p = msg.payload;
msg.title = 'Incident: ' + (msg.incident.text || msg.incident.rule || 'no text');
msg.text = ['No packets for \`' + (p.expression || 'everything') + '\` from ' + p.requestedWindow.from + ' to ' + p.requestedWindow.to
        + ': the buffer may no longer hold that time.',
    'Buffer suspended for ' + p.suspendedSeconds + ' s, resumed: ' + (p.resumed ? 'yes' : '*no*'), ...${CAVEATS}].join('\\n');
msg.topic = msg.title;
msg.from = env.get('MAIL_FROM');
msg.payload = msg.text.replace(/[*\`]/g, '');
return msg;`;

const TICKET = `const p = msg.evidence;
const file = (path) => path.replace(/^.*[\\\\/]/, '');
msg.title = 'Incident: ' + (msg.incident.text || msg.incident.rule || 'no text');
msg.text = ['*' + p.packets + ' packets*, ' + p.bytes + ' bytes, in \`' + env.get('STORE_URL') + '/' + file(p.filename) + '\`',
    'SHA-256 \`' + p.sha256 + '\`; the record of it is beside it.',
    'Filter \`' + (p.expression || 'everything') + '\`, buffer suspended for ' + p.suspendedSeconds + ' s, resumed: ' + (p.resumed ? 'yes' : '*no*'), ...${CAVEATS}].join('\\n');
msg.topic = msg.title;
msg.from = env.get('MAIL_FROM');
msg.payload = msg.text.replace(/[*\`]/g, '');
delete msg.headers;
return msg;`;

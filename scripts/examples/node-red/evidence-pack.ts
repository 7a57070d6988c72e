import { FlowBuilder, msg } from '../node-red-flow';
import {
  about,
  accepted,
  failed,
  FORM,
  inject,
  mail,
  postToSlack,
  SETTINGS,
  STEP,
} from '../node-red-parts';

const INFO = about(
  'New incidents are looked for every minute. For each, the ring buffer stands still while its packets are fetched, and records again in any case; pcap and evidence record, with their SHA-256, go to a file store, and a ticket is opened by mail.',
  [
    STEP.appliance,
    STEP.slack,
    `${STEP.mail} \`MAIL_TO\` is the address of your ticket system.`,
    'Enter `STORE_URL` among the environment variables of the tab: a folder that takes `PUT` (WebDAV, Nextcloud, Nexus, Artifactory), and its login in the two nodes _Store_. The files are read whole for that, 200 MB at most.',
    'The incidents that are there at the first poll are the baseline, and are not captured.',
    '**Experimental**: the vendor does not document the form of incidents. Look at what _Incidents_ puts out on your appliance, and mend its path and the names in _New ones_.',
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
  inject(flow, 'Every minute', [0, 0], { repeat: '60' });
  flow.allegro('Incidents', 'getStats', [1, 0], {
    path: 'API/stats/modules/global_incidents',
    timeMode: 'none',
  });
  flow.function('New ones', [2, 0], NEW_ONES);
  flow.allegro('Freeze evidence', 'freezeEvidence', [3, 0], {
    timeMode: 'around',
    aroundTime: msg('incident.time'),
    secondsBefore: '120',
    secondsAfter: '30',
    host: msg('incident.host'),
    maxMegabytes: '200',
    evidenceFile: 'true',
    fileNamePrefix: 'incident',
    fileTarget: 'file',
    fileFolder: 'evidence',
  });
  flow.comment('Store pcap and record, then open the ticket', [0, 1]);
  flow.function('Name the pcap', [0, 2], name('msg.evidence = msg.payload;\n', 'filename'));
  put(flow, 'pcap', [1, 2]);
  flow.function('Name the record', [0, 3], name('', 'evidenceFile'));
  put(flow, 'record', [1, 3]);
  flow.function('Ticket', [4.2, 3], TICKET);
  mail(flow, 'Open the ticket', [5.2, 3]);
  flow.comment('When something fails', [0, 4]);
  failed(flow, [0, 5], "'evidence of an incident'", [
    'Incidents',
    'New ones',
    'Freeze evidence',
    'Read the pcap',
    'Store the pcap',
    'Is the pcap stored?',
    'Read the record',
    'Store the record',
    'Is the record stored?',
    'Open the ticket',
  ]);
  postToSlack(flow, [2, 5]);
  flow.chain('Every minute', 'Incidents', 'New ones', 'Freeze evidence', 'Name the pcap');
  flow.chain('Name the pcap', 'Read the pcap', 'Store the pcap');
  flow.chain('Is the pcap stored?', 'Name the record', 'Read the record', 'Store the record');
  flow.chain('Is the record stored?', 'Ticket', 'Open the ticket');
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

const name = (before: string, property: string) => `${before}msg.file = msg.evidence.${property};
msg.url = env.get('STORE_URL').replace(/\\/$/, '') + '/' + encodeURIComponent(msg.file.replace(/^.*[\\\\/]/, ''));
msg.headers = { 'content-type': 'application/octet-stream' };
delete msg.payload;
return msg;`;

const NEW_ONES = `// Finds the list, whatever it is called, and gives each incident the same few names.
const rows = [];
const look = (value, depth) => {
    if (depth > 3 || rows.length > 0 || typeof value !== 'object' || value === null) return;
    if (Array.isArray(value) && value.some((row) => row && typeof row === 'object')) rows.push(...value);
    else for (const inner of Object.values(value)) look(inner, depth + 1);
};
look(msg.payload, 0);
const first = (row, names) => names.map((n) => row[n]).find((value) => value !== undefined && value !== '');
const seconds = (value) => typeof value === 'number' && value > 1e11 ? value / 1000 : value;
const incidents = rows.map((row) => {
    const title = String(first(row, ['text', 'description', 'message', 'title', 'ruleName', 'rule', 'name']) ?? 'Incident');
    const element = String(first(row, ['ip', 'ipAddress', 'element', 'affectedElement', 'source']) ?? '');
    const time = first(row, ['firstTime', 'firstOccurrence', 'startTime', 'first', 'time', 'timestamp']);
    return {
        key: String(first(row, ['id', 'uuid', 'incidentId']) ?? [title, element, time].join('|')),
        title,
        host: /^[0-9a-fA-F.:]+$/.test(element) ? element : '',
        time: time === undefined ? new Date().toISOString() : String(seconds(time))
    };
});
// In the default context store a restart makes a new baseline; a file store keeps what was seen.
const seen = context.get('seen');
context.set('seen', [...new Set([...(seen || []), ...incidents.map((one) => one.key)])].slice(-10000));
if (!seen) return null;
return [incidents.filter((one) => !seen.includes(one.key)).map((incident) => ({ payload: {}, incident }))];`;

const TICKET = `const e = msg.evidence;
const file = (path) => path.replace(/^.*[\\\\/]/, '');
msg.title = 'Incident: ' + msg.incident.title;
msg.text = ['*' + e.packets + ' packets*, ' + e.bytes + ' bytes, in \`' + env.get('STORE_URL') + '/' + file(e.filename) + '\`',
    'SHA-256 \`' + e.sha256 + '\`; the record of it is beside it.',
    'Filter \`' + (e.expression || 'everything') + '\`, buffer suspended for ' + e.suspendedSeconds + ' s, resumed: ' + (e.resumed ? 'yes' : '*no*')].join('\\n');
msg.topic = msg.title;
msg.from = env.get('MAIL_FROM');
msg.payload = msg.text.replace(/[*\`]/g, '');
delete msg.headers;
return msg;`;

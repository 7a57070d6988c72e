import { FlowBuilder } from '../node-red-flow';
import {
  about,
  csv,
  failed,
  FORM,
  inject,
  mail,
  postToSlack,
  SETTINGS,
  STEP,
} from '../node-red-parts';

const INFO = about(
  'Once a week the server ports of all addresses are read. What is new or gone goes to Slack; the whole inventory goes out by mail as CSV. The first run is the baseline; it is kept in the file `allegro-server-ports.json`.',
  [
    STEP.appliance,
    STEP.slack,
    STEP.mail,
    'In _Server ports_, name your own networks: without, all addresses that the appliance knows are asked for, one request each.',
  ],
  'read access to statistics.',
);

const FILE = { filename: 'allegro-server-ports.json', filenameType: 'str', encoding: 'none' };

export function portInventory(): FlowBuilder {
  const flow = new FlowBuilder('10 Server-port inventory', INFO, {
    ...SETTINGS.slack,
    ...SETTINGS.mail,
  });
  flow.comment('Who offers a service that was not there last week? Read me first', [0, -1.6], INFO);
  inject(flow, 'Every Monday', [0, 0], { crontab: '00 07 * * 1' });
  flow.allegro('Server ports', 'getServerPorts', [1, 0], {
    portOutput: 'items',
    portRole: 'asServer',
    timeMode: 'none',
    parallelRequests: '6',
  });
  flow.function('Keep them', [2, 0], KEEP);
  flow.node('Last time', 'file in', [3, 0], {
    ...FILE,
    format: 'utf8',
    chunk: false,
    sendError: true,
    allProps: false,
  });
  flow.function('Compare', [0, 1.2], COMPARE, 3);
  flow.node('Keep for next time', 'file', [1, 1.2], {
    ...FILE,
    appendNewline: false,
    createDir: false,
    overwriteFile: 'true',
  });
  csv(flow, 'CSV', [1, 2.2], ['ip', 'port']);
  flow.function('Mail', [2, 2.2], MAIL);
  mail(flow, 'Mail the inventory', [3, 2.2]);
  flow.comment('When something fails', [0, 3.4]);
  failed(flow, [0, 4.2], "'the inventory of server ports'", [
    'Server ports',
    'Keep them',
    'Compare',
    'Keep for next time',
    'Mail',
    'Mail the inventory',
  ]);
  postToSlack(flow, [2.2, 4.2]);
  flow.chain(
    'Every Monday',
    'Server ports',
    'Keep them',
    'Last time',
    'Compare',
    'Keep for next time',
  );
  flow.wire('Compare', 'CSV', 1);
  flow.wire('Compare', FORM, 2);
  flow.chain('CSV', 'Mail', 'Mail the inventory');
  flow.wire('What went wrong', FORM);
  return flow;
}

const KEEP = `msg.rows = msg.payload.hosts
    .flatMap((host) => host.asServer.map((port) => ({ ip: host.ip, port })))
    .sort((a, b) => a.ip.localeCompare(b.ip) || a.port - b.port);
msg.unread = (msg.payload.failed || []).map(({ ip }) => ip);
return msg;`;

const COMPARE = `const server = (ip) => (ip.includes(':') ? '[' + ip + ']' : ip) + ':';
const now = msg.rows.map(({ ip, port }) => server(ip) + port);
// Where there is no file yet, the node before says so in msg.error, and this is the baseline.
let before, isDamaged = false;
if (!msg.error) {
    try { before = JSON.parse(msg.payload); } catch (error) { /* Told below. */ }
    isDamaged = !Array.isArray(before);
    if (isDamaged) before = undefined;
}
// What could not be read this time is neither gone now nor new next time.
const kept = (before || []).filter((one) => msg.unread.some((ip) => one.startsWith(server(ip))));
const known = [...now, ...kept];
const added = before ? now.filter((one) => !before.includes(one)) : [];
const gone = before ? before.filter((one) => !known.includes(one)) : [];
const lines = [
    ...(msg.unread.length > 0 ? [':warning: Addresses that could not be read: ' + msg.unread.length + ' (' + msg.unread.slice(0, 10).join(', ') + ')'] : []),
    ...(isDamaged ? [':warning: allegro-server-ports.json was damaged, so this is a new baseline.'] : []),
    ...added.map((one) => ':new: \`' + one + '\`'), ...gone.map((one) => ':x: \`' + one + '\`')];
if (added.length + gone.length === 0) lines.push(before ? 'Nothing has changed.' : 'From now on, differences are told.');
return [
    { payload: JSON.stringify(known) },
    { payload: msg.rows, count: now.length },
    {
        title: before ? added.length + ' new, ' + gone.length + ' gone server ports' : 'Baseline: ' + now.length + ' server ports',
        text: lines.slice(0, 100).join('\\n')
    }
];`;

const MAIL = `const day = new Date().toISOString().slice(0, 10);
msg.topic = 'Server ports, ' + day;
msg.from = env.get('MAIL_FROM');
msg.attachments = [{ filename: 'server-ports-' + day + '.csv', content: String(msg.payload), contentType: 'text/csv' }];
msg.payload = msg.count + ' server ports, in the file.';
return msg;`;

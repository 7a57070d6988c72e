import { FlowBuilder, msg } from '../node-red-flow';
import { about, failed, FORM, inject, mail, postToSlack, SETTINGS, STEP } from '../node-red-parts';

const INFO = about(
  'Every minute the addresses with the most traffic are looked at. One that is over the limit three times in a row raises an alert, at most once an hour, and its packets of the last two minutes come along.',
  [
    STEP.appliance,
    STEP.slack,
    STEP.mail,
    'Enter `LIMIT_MBPS`, `POLLS` and `QUIET_MINUTES` among the environment variables of the tab.',
  ],
  'read access to statistics and the permission "pcap".',
);

export function thresholdWatch(): FlowBuilder {
  const flow = new FlowBuilder('09 Threshold watch with capture', INFO, {
    ...SETTINGS.slack,
    ...SETTINGS.mail,
    LIMIT_MBPS: '100',
    POLLS: '3',
    QUIET_MINUTES: '60',
  });
  flow.comment('Too much for three minutes: capture it. Read me first', [0, -1.6], INFO);
  inject(flow, 'Every minute', [0, 0], { repeat: '60' });
  flow.allegro('Talkers of the minute', 'topTalkers', [1, 0], {
    sortBy: 'bps',
    limit: '50',
    timeMode: 'last',
    lastAmount: '1',
    lastUnit: 'minutes',
  });
  flow.function('Over the limit', [2.2, 0], OVER);
  flow.allegro('Last two minutes', 'capturePcap', [0, 1.2], {
    captureSource: 'ringBuffer',
    timeMode: 'last',
    lastAmount: '2',
    lastUnit: 'minutes',
    host: msg('over.ip'),
    maxMegabytes: '20',
    fileNamePrefix: 'threshold',
    fileTarget: 'file',
    fileFolder: 'captures',
  });
  flow.function('Alert', [1, 1.2], ALERT);
  mail(flow, 'Mail with pcap', [2.2, 1.2]);
  flow.comment('When something fails', [0, 2.4]);
  failed(flow, [0, 3.2], "'the threshold watch'", [
    'Talkers of the minute',
    'Last two minutes',
    'Mail with pcap',
  ]);
  postToSlack(flow, [2.2, 3.2]);
  flow.chain(
    'Every minute',
    'Talkers of the minute',
    'Over the limit',
    'Last two minutes',
    'Alert',
    'Mail with pcap',
  );
  flow.wire('Alert', FORM);
  flow.wire('What went wrong', FORM);
  return flow;
}

const OVER = `const [limit, polls, quiet] = ['LIMIT_MBPS', 'POLLS', 'QUIET_MINUTES'].map((n) => Number(env.get(n)));
const before = context.get('counts') || {};
const alerted = context.get('alerted') || {};
const counts = {};
const now = Date.now();
const alerts = [];
for (const row of msg.payload.talkers) {
    const mbps = row.totalBitsPerSecond / 1e6;
    if (mbps <= limit) continue;
    counts[row.ip] = (before[row.ip] || 0) + 1;
    if (counts[row.ip] < polls || now - (alerted[row.ip] || 0) < quiet * 60000) continue;
    alerted[row.ip] = now;
    alerts.push({ payload: {}, over: { ip: row.ip, name: row.name, mbps: mbps.toFixed(2) } });
}
for (const [ip, time] of Object.entries(alerted)) if (now - time > quiet * 60000) delete alerted[ip];
// Who is not over the limit now begins anew.
context.set('counts', counts);
context.set('alerted', alerted);
return [alerts];`;

const ALERT = `const { over, payload: p } = msg;
msg.title = over.ip + ' has ' + over.mbps + ' Mbit/s';
msg.text = 'Over ' + env.get('LIMIT_MBPS') + ' Mbit/s for ' + env.get('POLLS') + ' polls in a row. ' + (over.name || '')
    + '\\n*' + p.packets + ' packets* of the last two minutes, ended by the ' + p.endedBy + ', by mail. SHA-256 \`' + p.sha256 + '\`';
msg.topic = 'Threshold: ' + msg.title;
msg.from = env.get('MAIL_FROM');
msg.attachments = [{ path: p.filename, contentType: 'application/vnd.tcpdump.pcap' }];
msg.payload = msg.title + '\\n' + msg.text.replace(/[*\`]/g, '');
return msg;`;

import { SURICATA_ALERT } from '../alerts';
import { FlowBuilder, msg } from '../node-red-flow';
import {
  about,
  answer,
  CAVEATS,
  entrance,
  failed,
  FORM,
  inject,
  mail,
  postToSlack,
  SETTINGS,
  STEP,
  ways,
} from '../node-red-parts';

const WINDOW = {
  timeMode: 'around',
  aroundTime: msg('alert.time'),
  secondsBefore: '60',
  secondsAfter: '60',
  host: msg('alert.host'),
  maxMegabytes: '20',
};

const INFO = about(
  'A monitoring system posts an alert. The packets of that host, from a minute before to a minute after, come out of the ring buffer, with a message in Slack and the pcap by mail. More than 20 MB are not fetched.',
  [
    STEP.appliance,
    STEP.slack,
    STEP.mail,
    'Let your system post to `/allegro/alert-to-mail`: Suricata (EVE), Zabbix (webhook) and PRTG (HTTP action) are understood; others send `host`, `time`, `title` and `id`. The button posts a sample of Suricata: change its time and `src_ip` to something that your buffer holds.',
  ],
  'read access to statistics and the permission "pcap".',
);

export function alertToPcap(): FlowBuilder {
  const flow = new FlowBuilder('01 Alert to pcap, Slack and mail', INFO, {
    ...SETTINGS.slack,
    ...SETTINGS.mail,
  });
  flow.comment('An alert brings its packets along: read me first', [0, -1.6], INFO);
  entrance(flow, '/allegro/alert-to-mail', 'post', [0, 0]);
  inject(flow, 'Sample alert', [0, 1], { payload: SURICATA_ALERT });
  answer(flow, 'Accepted', [1.4, -0.8], '202');
  flow.function('Read the alert', [1.4, 0], READ);
  flow.allegro('How large?', 'estimateCapture', [2.3, 0], WINDOW);
  ways(flow, 'Small enough?', [3.2, 0], 'payload.fitsLimit', [{ t: 'true' }, { t: 'else' }]);
  flow.allegro('Packets around alert', 'capturePcap', [0, 2.5], {
    ...WINDOW,
    fileNamePrefix: msg('alert.id'),
    fileTarget: 'file',
    fileFolder: 'captures',
  });
  ways(flow, 'Any packets?', [1.2, 2.5], 'payload.packets', [
    { t: 'gt', v: '0', vt: 'num' },
    { t: 'else' },
  ]);
  flow.function('Packets found', [2.1, 2.5], FOUND);
  mail(flow, 'Mail with pcap', [3.2, 2.5]);
  flow.function('No packets', [2.1, 3.5], NONE);
  flow.function('Too large', [2.1, 4.5], TOO_LARGE);
  failed(flow, [0, 5.5], "'the packets of ' + (msg.alert ? msg.alert.title : 'an alert')", [
    'Read the alert',
    'How large?',
    'Packets around alert',
    'Packets found',
    'No packets',
    'Too large',
    'Mail with pcap',
  ]);
  postToSlack(flow, [3.2, 4.5]);
  flow.chain('POST /allegro/alert-to-mail', 'Accepted');
  flow.chain(
    'POST /allegro/alert-to-mail',
    'Read the alert',
    'How large?',
    'Small enough?',
    'Packets around alert',
    'Any packets?',
    'Packets found',
    'Mail with pcap',
  );
  flow.wire('Sample alert', 'Read the alert');
  flow.wire('Small enough?', 'Too large', 1);
  flow.wire('Any packets?', 'No packets', 1);
  for (const said of ['Packets found', 'No packets', 'Too large', 'What went wrong'])
    flow.wire(said, FORM);
  return flow;
}

const READ = `// Suricata, Zabbix, PRTG, or a plain { host, time, title, id }.
const a = msg.payload || {};
msg.alert = {
    host: a.src_ip || a.host_ip || a.host,
    time: a.timestamp || a.event_timestamp || a.time || new Date().toISOString(),
    title: (a.alert && a.alert.signature) || a.trigger_name
        || (a.sensor ? a.sensor + ' ' + a.status + ': ' + a.message : a.title || 'Alert'),
    id: String(a.flow_id || a.event_id || a.sensorid || a.id || msg._msgid)
};
if (!msg.alert.host) {
    node.error('The alert names no host.', msg);
    return null;
}
msg.payload = {};
return msg;`;

const FOUND = `const p = msg.payload;
msg.title = msg.alert.title + ' (' + msg.alert.host + ')';
msg.text = ['*' + p.packets + ' packets*, ' + (p.bytes / 1e6).toFixed(2) + ' MB, by mail and as \`' + p.filename + '\`',
    'From ' + p.coveredWindow.from + ' to ' + p.coveredWindow.to,
    'SHA-256 \`' + p.sha256 + '\`', ...${CAVEATS}].join('\\n');
// The file is read when the mail is sent, not before.
msg.attachments = [{ path: p.filename, contentType: 'application/vnd.tcpdump.pcap' }];
msg.from = env.get('MAIL_FROM');
msg.topic = 'Packets: ' + msg.title;
msg.payload = msg.title + '\\n\\n' + msg.text.replace(/[*\`]/g, '') + '\\n\\nFilter: ' + p.expression
    + '\\nAlert: ' + msg.alert.id + ' at ' + msg.alert.time;
delete msg.headers;
return msg;`;

const NONE = `const p = msg.payload;
msg.title = msg.alert.title + ' (' + msg.alert.host + ')';
msg.text = 'No packets for \`' + p.expression + '\` from ' + p.requestedWindow.from + ' to ' + p.requestedWindow.to
    + '. The buffer may no longer hold that time, or the host said nothing.';
return msg;`;

const TOO_LARGE = `const p = msg.payload;
msg.title = msg.alert.title + ' (' + msg.alert.host + ')';
msg.text = 'About ' + (p.expectedBytes / 1e6).toFixed(1) + ' MB in ' + p.expectedPackets
    + ' packets: more than is sent by mail. Fetch them with a narrower filter or a shorter time.\\n' + p.basis;
return msg;`;

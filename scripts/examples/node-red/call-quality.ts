import { FlowBuilder, msg } from '../node-red-flow';
import {
  about,
  CAVEATS,
  failed,
  FILE_IF_ANY,
  FORM,
  inject,
  mail,
  postToSlack,
  SETTINGS,
  STEP,
} from '../node-red-parts';

const INFO = about(
  'Every hour the RTP connections of the last hour are read with their quality. If the worst one lost more than the limit, its packets go out by mail, down to the last one.',
  [
    STEP.appliance,
    STEP.mail,
    `${STEP.slack} It hears of failures only.`,
    'Enter `LOSS_LIMIT_PERCENT` among the environment variables of the tab: the loss that is worth a mail.',
    'The vendor does not document the names in `rtpStats`: _Worst call_ looks for anything with "loss" and "jitter" in its name. Look at what your appliance sends.',
  ],
  'read access to statistics, and the permissions "voip" and "pcap".',
);

export function callQuality(): FlowBuilder {
  const flow = new FlowBuilder('07 Worst call of the hour', INFO, {
    ...SETTINGS.slack,
    ...SETTINGS.mail,
    LOSS_LIMIT_PERCENT: '1',
  });
  flow.comment('The worst call of the hour, with its packets: read me first', [0, -1.6], INFO);
  inject(flow, 'Every hour', [0, 0], { repeat: '3600' });
  flow.allegro('RTP connections', 'getConnections', [1, 0], {
    connectionOutput: 'items',
    connectionMode: 'rtpStats',
    returnAll: 'true',
    timeMode: 'last',
    lastAmount: '1',
    lastUnit: 'hours',
  });
  flow.function('Worst call', [2, 0], WORST);
  flow.allegro('Its packets', 'captureConnection', [0, 1.2], {
    clientIp: msg('payload.clientIp'),
    clientPort: msg('payload.clientPort'),
    serverIp: msg('payload.serverIp'),
    serverPort: msg('payload.serverPort'),
    l4Protocol: msg('payload.l4Protocol'),
    connectionStart: msg('payload.connectionStart'),
    lastActivity: msg('payload.lastActivity'),
    maxMegabytes: '20',
    fileNamePrefix: 'call',
    fileTarget: 'file',
    fileFolder: 'captures',
  });
  flow.function('Mail', [1, 1.2], MAIL);
  mail(flow, 'Mail the call', [2, 1.2]);
  flow.comment('When something fails', [0, 2.4]);
  failed(flow, [0, 3.2], "'the worst call of the hour'", [
    'RTP connections',
    'Worst call',
    'Its packets',
    'Mail',
    'Mail the call',
  ]);
  postToSlack(flow, [2, 3.2]);
  flow.chain('Every hour', 'RTP connections', 'Worst call', 'Its packets', 'Mail', 'Mail the call');
  flow.wire('What went wrong', FORM);
  return flow;
}

const WORST = `// Loss before jitter; the streams of both directions count. A loss is in percent: a count may have such a name, too.
const largest = (value, name, most) => Math.max(-1, ...Object.entries(value || {}).map(([key, inner]) =>
    typeof inner === 'object' ? largest(inner, name, most) : name.test(key) && Number(inner) <= most ? Number(inner) : -1));
const namesIn = (value) => Object.entries(value || {}).flatMap(([key, inner]) =>
    typeof inner === 'object' ? namesIn(inner) : [key]);
const calls = msg.payload.connections.map((call) => ({
    ...call,
    lossPercent: largest(call.rtpStats, /loss.*percent|lossrate|packetloss|^loss$/i, 100),
    jitter: largest(call.rtpStats, /jitter/i, Infinity)
}));
calls.sort((a, b) => b.lossPercent - a.lossPercent || b.jitter - a.jitter);
node.status({ text: calls.length + ' calls' });
if (calls.length > 0 && calls[0].lossPercent < 0) {
    const names = [...new Set(calls.flatMap(({ rtpStats }) => namesIn(rtpStats)))];
    throw new Error('None of ' + calls.length + ' calls has a loss from 0 to 100 %. Names in rtpStats: '
        + (names.slice(0, 40).join(', ') || 'none') + '. Name the right one in the node Worst call.');
}
if (calls.length === 0 || calls[0].lossPercent < Number(env.get('LOSS_LIMIT_PERCENT'))) return null;
msg.call = { ...calls[0], calls: calls.length };
msg.payload = calls[0];
return msg;`;

const MAIL = `const { call, payload: p } = msg;
msg.topic = 'Call with ' + call.lossPercent + ' % loss: ' + call.clientIp + ' and ' + call.serverIp;
msg.from = env.get('MAIL_FROM');
msg.attachments = ${FILE_IF_ANY};
msg.payload = ['The worst of ' + call.calls + ' calls in the last hour:',
    call.clientIp + ':' + call.clientPort + ' and ' + call.serverIp + ':' + call.serverPort + ', from ' + call.connectionStartIso,
    'Loss ' + call.lossPercent + ' %, jitter ' + (call.jitter < 0 ? 'not told' : call.jitter), '',
    p.packets > 0 ? p.packets + ' packets, SHA-256 ' + p.sha256 : 'The buffer holds no packets of it.',
    ...${CAVEATS}].join('\\n');
return msg;`;

import {
  about,
  CAVEATS,
  failed,
  FILE_IF_ANY,
  mail,
  postToSlack,
  settings,
  STEP,
} from '../n8n-parts';
import { WorkflowBuilder } from '../n8n-workflow';

const onError = { onError: 'continueErrorOutput' };

export function callQuality(): WorkflowBuilder {
  const flow = new WorkflowBuilder('07 Worst Call of the Hour');
  flow.note(
    about(
      'The worst call of the hour, with its packets',
      'Every hour the RTP connections of the last hour are read with their quality. If the worst one lost more than the limit, its packets go out by mail, down to the last one.',
      [
        STEP.allegro,
        STEP.mail,
        STEP.slack + '. It hears of failures only',
        'In _Settings_, enter the loss in percent that is worth a mail',
        'The vendor does not document the names in `rtpStats`: _Worst Call_ looks for anything with "loss" and "jitter" in its name. Look at what your appliance sends',
      ],
      'read access to statistics, and the permissions "voip" and "pcap".',
    ),
    [-3, -0.9],
    [2.6, 3.4],
  );
  flow.section('### When', [0, 0], [1, 1]);
  flow.section('### Find the worst call', [2, 0], [4, 0]);
  flow.section('### Its packets, by mail', [5, 0], [6, 0]);
  flow.section('### When something fails', [4, 1.75], [5, 1.75]);
  flow.node('Every Hour', 'scheduleTrigger', [0, 0], {
    rule: { interval: [{ field: 'hours', hoursInterval: 1 }] },
  });
  flow.node('Try It', 'manualTrigger', [0, 1]);
  settings(flow, [1, 0], ['slackWebhook', 'mailFrom', 'mailTo'], { lossLimitPercent: 1 });
  flow.allegro(
    'RTP Connections',
    'getConnections',
    [2, 0],
    {
      connectionOutput: 'items',
      connectionMode: 'rtpStats',
      returnAll: true,
      timeMode: 'last',
      lastAmount: 1,
      lastUnit: 'hours',
    },
    onError,
  );
  flow.node(
    'Worst Call',
    'code',
    [3, 0],
    {
      mode: 'runOnceForAllItems',
      language: 'javaScript',
      jsCode: WORST,
    },
    onError,
  );
  flow.when(
    'Bad Enough?',
    [4, 0],
    '={{ $json.lossPercent }}',
    { type: 'number', operation: 'gte' },
    '={{ $("Settings").first().json.lossLimitPercent }}',
  );
  flow.allegro(
    'Its Packets',
    'captureConnection',
    [5, 0],
    {
      clientIp: '={{ $json.clientIp }}',
      clientPort: '={{ $json.clientPort }}',
      serverIp: '={{ $json.serverIp }}',
      serverPort: '={{ $json.serverPort }}',
      l4Protocol: '={{ $json.l4Protocol }}',
      connectionStart: '={{ $json.connectionStart }}',
      lastActivity: '={{ $json.lastActivity }}',
      maxMegabytes: 20,
      fileNamePrefix: 'call',
    },
    onError,
  );
  mail(flow, 'Mail the Call', [6, 0], {
    subject:
      '=Call with {{ $("Worst Call").first().json.lossPercent }} % loss: {{ $("Worst Call").first().json.clientIp }} and {{ $("Worst Call").first().json.serverIp }}',
    text:
      '=The worst of {{ $("Worst Call").first().json.calls }} calls in the last hour:\n{{ $("Worst Call").first().json.clientIp }}:{{ $("Worst Call").first().json.clientPort }} and {{ $("Worst Call").first().json.serverIp }}:{{ $("Worst Call").first().json.serverPort }}, from {{ $("Worst Call").first().json.connectionStartIso }}\nLoss {{ $("Worst Call").first().json.lossPercent }} %, jitter {{ $("Worst Call").first().json.jitter ?? "not told" }}\n\n{{ $json.packets ? $json.packets + " packets in " + $json.fileName + ", SHA-256 " + $json.sha256 : "The buffer holds no packets of it." }}' +
      CAVEATS,
    files: FILE_IF_ANY,
  });
  failed(flow, [4, 1.75], 'the worst call of the hour');
  const slack = postToSlack(flow, [5, 1.75]);
  flow.chain('Every Hour', 'Settings', 'RTP Connections', 'Worst Call', 'Bad Enough?');
  flow.chain('Bad Enough?', 'Its Packets', 'Mail the Call');
  flow.connect('Try It', 'Settings');
  for (const node of ['RTP Connections', 'Worst Call', 'Its Packets', 'Mail the Call']) {
    flow.connect(node, 'What Went Wrong', 1);
  }
  flow.connect('What Went Wrong', slack);
  return flow;
}

const WORST = `// Loss before jitter; the streams of both directions count. A loss is in percent: a count may have such a name, too.
const largest = (value, name, most) => Math.max(-1, ...Object.entries(value ?? {}).map(([key, inner]) =>
  typeof inner === 'object' ? largest(inner, name, most) : name.test(key) && Number(inner) <= most ? Number(inner) : -1));
const namesIn = (value) => Object.entries(value ?? {}).flatMap(([key, inner]) =>
  typeof inner === 'object' ? namesIn(inner) : [key]);
const figure = (found) => (found < 0 ? null : found);
const calls = $input.all().map(({ json }) => ({
  ...json,
  lossPercent: figure(largest(json.rtpStats, /loss.*percent|lossrate|packetloss|^loss$/i, 100)),
  jitter: figure(largest(json.rtpStats, /jitter/i, Infinity)),
}));
if (calls.length > 0 && calls.every(({ lossPercent }) => lossPercent === null)) {
  const names = [...new Set(calls.flatMap(({ rtpStats }) => namesIn(rtpStats)))];
  throw new Error('None of ' + calls.length + ' calls has a loss from 0 to 100 %. Names in rtpStats: '
    + (names.slice(0, 40).join(', ') || 'none') + '. Name the right one in the node Worst Call.');
}
calls.sort((a, b) => (b.lossPercent ?? -1) - (a.lossPercent ?? -1) || (b.jitter ?? -1) - (a.jitter ?? -1));
return calls.slice(0, 1).map((call) => ({ json: { ...call, calls: calls.length } }));`;

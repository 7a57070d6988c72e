import { about, failed, mail, message, postToSlack, settings, STEP } from '../n8n-parts';
import { WorkflowBuilder } from '../n8n-workflow';

const onError = { onError: 'continueErrorOutput' };

export function thresholdWatch(): WorkflowBuilder {
  const flow = new WorkflowBuilder('09 Threshold Watch with Capture');
  flow.note(
    about(
      'Too much for three minutes: capture it',
      'Every minute the addresses with the most traffic are looked at. One that is over the limit three times in a row raises an alert, at most once an hour, and its packets of the last two minutes come along.',
      [
        STEP.allegro,
        STEP.slack,
        STEP.mail,
        'In _Settings_, enter the limit in Mbit/s. Then publish the workflow: n8n keeps the counts of published workflows only, so that runs by hand never raise an alert. It saves them when a run ends: keep the interval longer than a run takes',
      ],
      'read access to statistics and the permission "pcap".',
    ),
    [-3, -0.9],
    [2.6, 3],
  );
  flow.section('### Look', [0, 0], [2, 0]);
  flow.section('### Three in a row, once an hour', [3, 0], [3, 0]);
  flow.section('### Capture and tell', [4, 0], [6, 1]);
  flow.section('### When something fails', [2, 1.75], [3, 1.75]);
  flow.node('Every Minute', 'scheduleTrigger', [0, 0], {
    rule: { interval: [{ field: 'minutes', minutesInterval: 1 }] },
  });
  settings(flow, [1, 0], ['slackWebhook', 'mailFrom', 'mailTo'], {
    limitMbps: 100,
    polls: 3,
    quietMinutes: 60,
  });
  flow.allegro(
    'Talkers of the Minute',
    'topTalkers',
    [2, 0],
    {
      talkerKind: 'ip',
      sortBy: 'bps',
      limit: 50,
      timeMode: 'last',
      lastAmount: 1,
      lastUnit: 'minutes',
    },
    onError,
  );
  flow.node('Over the Limit', 'code', [3, 0], {
    mode: 'runOnceForAllItems',
    language: 'javaScript',
    jsCode: OVER,
  });
  flow.allegro(
    'Last Two Minutes',
    'capturePcap',
    [4, 0],
    {
      captureSource: 'ringBuffer',
      timeMode: 'last',
      lastAmount: 2,
      lastUnit: 'minutes',
      host: '={{ $json.ip }}',
      maxMegabytes: 20,
      fileNamePrefix: 'threshold',
    },
    onError,
  );
  message(
    flow,
    'Alert',
    [5, 0],
    '={{ $("Over the Limit").item.json.ip }} has {{ $("Over the Limit").item.json.mbps }} Mbit/s',
    '=Over {{ $("Settings").first().json.limitMbps }} Mbit/s for {{ $("Settings").first().json.polls }} polls in a row. {{ $("Over the Limit").item.json.name ?? "" }}\n*{{ $json.packets }} packets* of the last two minutes, ended by the {{ $json.endedBy }}, by mail. SHA-256 `{{ $json.sha256 }}`',
  );
  mail(flow, 'Mail With Pcap', [6, 0], {
    subject: '=Threshold: {{ $json.title }}',
    text: '={{ $json.title }}\n{{ $json.text.replace(/[*`]/g, "") }}',
    files: 'data',
  });
  const slack = postToSlack(flow, [6, 1]);
  failed(flow, [2, 1.75], 'the threshold watch');
  postToSlack(flow, [3, 1.75], 'Post the Failure');
  flow.chain('Every Minute', 'Settings', 'Talkers of the Minute', 'Over the Limit');
  flow.chain('Over the Limit', 'Last Two Minutes', 'Alert', 'Mail With Pcap');
  flow.connect('Alert', slack);
  for (const node of ['Talkers of the Minute', 'Last Two Minutes', 'Mail With Pcap']) {
    flow.connect(node, 'What Went Wrong', 1);
  }
  flow.connect('What Went Wrong', 'Post the Failure');
  return flow;
}

const OVER = `// n8n keeps this between the runs of a published workflow.
const kept = $getWorkflowStaticData('node');
kept.counts ??= {};
kept.alerted ??= {};
const { limitMbps, polls, quietMinutes } = $('Settings').first().json;
const now = Date.now();
const counts = {};
const alerts = [];
for (const { json } of $input.all()) {
  const mbps = json.totalBitsPerSecond / 1e6;
  if (mbps <= limitMbps) continue;
  counts[json.ip] = (kept.counts[json.ip] ?? 0) + 1;
  const isQuiet = now - (kept.alerted[json.ip] ?? 0) < quietMinutes * 60000;
  if (counts[json.ip] < polls || isQuiet) continue;
  kept.alerted[json.ip] = now;
  alerts.push({ json: { ip: json.ip, name: json.name ?? null, mbps: Math.round(mbps * 100) / 100 } });
}
// Who is not over the limit now begins anew.
kept.counts = counts;
for (const [ip, time] of Object.entries(kept.alerted)) {
  if (now - time > quietMinutes * 60000) delete kept.alerted[ip];
}
return alerts;`;

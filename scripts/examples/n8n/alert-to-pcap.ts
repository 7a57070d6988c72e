import { SURICATA_ALERT } from '../alerts';
import { about, CAVEATS, failed, mail, message, postToSlack, settings, STEP } from '../n8n-parts';
import { WorkflowBuilder } from '../n8n-workflow';

const WINDOW = {
  timeMode: 'around',
  aroundTime: '={{ $("Read Alert").item.json.time }}',
  secondsBefore: 60,
  secondsAfter: 60,
  host: '={{ $("Read Alert").item.json.host }}',
  maxMegabytes: 20,
};

export function alertToPcap(): WorkflowBuilder {
  const flow = new WorkflowBuilder('01 Alert to Pcap, Slack and Mail');
  flow.note(
    about(
      'An alert brings its packets along',
      'A monitoring system posts an alert. The packets of that host, from a minute before to a minute after, come out of the ring buffer, with a message in Slack and the pcap by mail.',
      [
        STEP.allegro,
        STEP.slack,
        STEP.mail,
        'Let your system post to the address of _Alert_ (production URL) and publish the workflow. The pinned sample is a Suricata alert: change its time and `src_ip` to something that your buffer holds',
      ],
      'read access to statistics and the permission "pcap".',
    ),
    [-3, -0.9],
    [2.6, 3],
  );
  flow.section(
    '### Alert\nSuricata (EVE), Zabbix (webhook) and PRTG (HTTP action); others: `host`, `time`, `title`, `id`.',
    [0, 0],
    [3, 1],
  );
  flow.section(
    '### Packets\nFirst how many there are, from the statistics; more than 20 MB are not fetched. An end that has not passed yet is waited for.',
    [4, 0],
    [7, 1],
  );
  flow.section('### Tell', [8, 0], [10, 2]);

  flow.node('Alert', 'webhook', [0, 0], {
    httpMethod: 'POST',
    path: 'allegro-alert-to-pcap',
    responseMode: 'onReceived',
    options: {},
  });
  flow.pin('Alert', { headers: {}, params: {}, query: {}, body: SURICATA_ALERT });
  settings(flow, [1, 0], ['slackWebhook', 'mailFrom', 'mailTo']);
  flow.set(
    'Read Alert',
    [2, 0],
    {
      host: '={{ String($json.body.src_ip || $json.body.host_ip || $json.body.host || "").trim() }}',
      time: '={{ $json.body.timestamp ?? $json.body.event_timestamp ?? $json.body.time ?? $now.toISO() }}',
      title:
        '={{ $json.body.alert?.signature ?? $json.body.trigger_name ?? ($json.body.sensor ? $json.body.sensor + " " + $json.body.status + ": " + $json.body.message : $json.body.title ?? "Alert") }}',
      id: '={{ String($json.body.flow_id ?? $json.body.event_id ?? $json.body.sensorid ?? $json.body.id ?? $execution.id) }}',
    },
    { keep: false },
  );
  const onError = { onError: 'continueErrorOutput' };
  // Without a host, a capture would be of everybody.
  flow.when(
    'Host There?',
    [3, 0],
    '={{ $json.host }}',
    { type: 'string', operation: 'notEmpty', singleValue: true },
    '',
  );
  message(
    flow,
    'No Host',
    [3, 1],
    '=Failed: the packets of {{ $json.title }}',
    '=The alert names no host, so nothing is captured. It has to have `src_ip`, `host_ip` or `host`.\nAlert {{ $json.id }}, {{ $json.time }}',
  );
  flow.allegro('How Large?', 'estimateCapture', [4, 0], WINDOW, onError);
  flow.when(
    'Small Enough?',
    [5, 0],
    '={{ $json.fitsLimit }}',
    { type: 'boolean', operation: 'true', singleValue: true },
    '',
  );
  flow.allegro(
    'Packets Around Alert',
    'capturePcap',
    [6, 0],
    {
      ...WINDOW,
      captureSource: 'ringBuffer',
      fileNamePrefix: '={{ $("Read Alert").item.json.id }}',
    },
    onError,
  );
  flow.when('Any Packets?', [7, 0], '={{ $json.packets }}', { type: 'number', operation: 'gt' }, 0);
  const about1 = '{{ $("Read Alert").item.json.title }} ({{ $("Read Alert").item.json.host }})';
  message(
    flow,
    'Packets Found',
    [8, 0],
    `=${about1}`,
    [
      '=*{{ $json.packets }} packets*, {{ ($json.bytes / 1e6).toFixed(2) }} MB, by mail as `{{ $json.fileName }}`',
      'From {{ $json.coveredWindow.from }} to {{ $json.coveredWindow.to }}',
      'SHA-256 `{{ $json.sha256 }}`' + CAVEATS,
    ].join('\n'),
  );
  mail(flow, 'Mail With Pcap', [9, 0], {
    subject: '=Packets: {{ $json.title }}',
    text: '={{ $json.title }}\n\n{{ $json.text.replace(/[*`]/g, "") }}\n\nFilter: {{ $json.expression }}\nAlert: {{ $("Read Alert").item.json.id }} at {{ $("Read Alert").item.json.time }}',
    files: 'data',
  });
  message(
    flow,
    'No Packets',
    [8, 1],
    `=${about1}`,
    '=No packets for `{{ $json.expression }}` from {{ $json.requestedWindow.from }} to {{ $json.requestedWindow.to }}. The buffer may no longer hold that time, or the host said nothing.',
  );
  message(
    flow,
    'Too Large',
    [6, 1],
    `=${about1}`,
    '=About {{ ($json.expectedBytes / 1e6).toFixed(1) }} MB in {{ $json.expectedPackets }} packets: more than is sent by mail. Fetch them with a narrower filter or a shorter time.\n{{ $json.basis }}',
  );
  failed(flow, [8, 2], 'the packets of {{ $("Read Alert").item.json.title }}', {
    more: 'Alert {{ $("Read Alert").item.json.id }}, host {{ $("Read Alert").item.json.host }}, {{ $("Read Alert").item.json.time }}',
  });
  const slack = postToSlack(flow, [10, 1]);

  flow.chain('Alert', 'Settings', 'Read Alert', 'Host There?', 'How Large?', 'Small Enough?');
  flow.chain(
    'Small Enough?',
    'Packets Around Alert',
    'Any Packets?',
    'Packets Found',
    'Mail With Pcap',
  );
  flow.connect('Host There?', 'No Host', 1);
  flow.connect('Packets Found', slack);
  flow.connect('Any Packets?', 'No Packets', 1);
  flow.connect('Small Enough?', 'Too Large', 1);
  for (const said of ['No Host', 'No Packets', 'Too Large', 'What Went Wrong'])
    flow.connect(said, slack);
  for (const node of ['How Large?', 'Packets Around Alert', 'Mail With Pcap']) {
    flow.connect(node, 'What Went Wrong', 1);
  }
  return flow;
}

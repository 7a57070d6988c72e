import { thresholdTrigger } from '../../../nodes/definitions/triggers/threshold-trigger';
import {
  about,
  CAVEATS,
  failed,
  FILE_IF_ANY,
  mail,
  message,
  postToSlack,
  settings,
  STEP,
} from '../n8n-parts';
import { WorkflowBuilder } from '../n8n-workflow';

const onError = { onError: 'continueErrorOutput' };

export function thresholdWatch(): WorkflowBuilder {
  const flow = new WorkflowBuilder('09 Threshold Watch with Capture');
  flow.note(
    about(
      'Too much for three minutes: capture it',
      'The trigger watches all addresses, minute by minute without a gap. One that is over the limit three times in a row raises an alert, at most once an hour, and its packets of the last two minutes come along.',
      [
        STEP.allegro,
        STEP.slack,
        STEP.mail,
        'In _Over the Limit_, enter the limit in bit/s; _Fetch Test Event_ there shows what an alert would look like now. For a trial, change `alertTime` and `expression` of the pinned sample to something that your buffer holds. Then publish the workflow',
        STEP.polls,
      ],
      'read access to statistics and the permission "pcap".',
    ),
    [-3, -0.9],
    [2.6, 3],
  );
  flow.section('### Three in a row, once an hour', [0, 0], [1, 0]);
  flow.section('### Capture and tell', [2, 0], [4, 1]);
  flow.section('### When something fails', [0, 1.75], [1, 1.75]);
  flow.allegroTrigger('Over the Limit', 'thresholdTrigger', [0, 0], {
    watched: 'ip',
    measure: 'bitsPerSecond',
    direction: 'both',
    condition: 'above',
    limit: 100_000_000,
    windowSeconds: 60,
    windowsInARow: 3,
    coolDownSeconds: 3600,
  });
  flow.pin('Over the Limit', thresholdTrigger.sampleOutput);
  settings(flow, [1, 0], ['slackWebhook', 'mailFrom', 'mailTo']);
  flow.allegro(
    'Last Two Minutes',
    'capturePcap',
    [2, 0],
    {
      captureSource: 'ringBuffer',
      timeMode: 'around',
      // The end of the minute that made it three, by the clock of the appliance.
      aroundTime: '={{ $json.alertTime }}',
      secondsBefore: 120,
      secondsAfter: 0,
      expression: '={{ $json.expression }}',
      maxMegabytes: 20,
      fileNamePrefix: 'threshold',
    },
    onError,
  );
  message(
    flow,
    'Alert',
    [3, 0],
    '={{ $("Over the Limit").item.json.element }} has {{ ($("Over the Limit").item.json.value / 1e6).toFixed(2) }} Mbit/s',
    '=Over {{ $("Over the Limit").item.json.limit / 1e6 }} Mbit/s since {{ $("Over the Limit").item.json.since }}. {{ $("Over the Limit").item.json.name ?? "" }}\n{{ $json.packets ? "*" + $json.packets + " packets* of the last two minutes, by mail. SHA-256 `" + $json.sha256 + "`" : "The buffer holds no packets of the last two minutes." }}' +
      CAVEATS,
  );
  mail(flow, 'Mail With Pcap', [4, 0], {
    subject: '=Threshold: {{ $json.title }}',
    text: '={{ $json.title }}\n{{ $json.text.replace(/[*`]/g, "") }}',
    files: FILE_IF_ANY,
  });
  const slack = postToSlack(flow, [4, 1]);
  // A poll may report several at once, and does not report them again.
  failed(
    flow,
    [0, 1.75],
    'the packets of {{ $("Over the Limit").item.json.element }}, which has {{ ($("Over the Limit").item.json.value / 1e6).toFixed(2) }} Mbit/s',
    {
      more: 'Over {{ $("Over the Limit").item.json.limit / 1e6 }} Mbit/s since {{ $("Over the Limit").item.json.since }}, reported at {{ $("Over the Limit").item.json.alertTime }}. {{ $("Over the Limit").item.json.name ?? "" }}',
      forEach: true,
    },
  );
  postToSlack(flow, [1, 1.75], 'Post the Failure');
  flow.chain('Over the Limit', 'Settings', 'Last Two Minutes', 'Alert', 'Mail With Pcap');
  flow.connect('Alert', slack);
  for (const node of ['Last Two Minutes', 'Mail With Pcap']) {
    flow.connect(node, 'What Went Wrong', 1);
  }
  flow.connect('What Went Wrong', 'Post the Failure');
  return flow;
}

import { about, message, postToSlack, settings, STEP } from '../n8n-parts';
import { WorkflowBuilder } from '../n8n-workflow';

const onError = { onError: 'continueErrorOutput' };

export function whichBox(): WorkflowBuilder {
  const flow = new WorkflowBuilder('04 Which Device Saw It');
  flow.note(
    about(
      'Which device saw it?',
      'An IP address comes in. All devices of a multi-device setup are asked for it, ranked by its traffic of the last ten minutes, and its packets are captured on each that saw it: one item for each device, failures among them.',
      [
        STEP.allegro + ': that of the device at which the others are known',
        STEP.slack,
        'Publish the workflow, and post `{"ip": "10.1.2.3"}` to the address of _Address_',
      ],
      'read access to devices and statistics, and the permission "pcap", on all devices.',
    ),
    [-3, -0.9],
    [2.6, 3],
  );
  flow.section('### Address', [0, 0], [1, 0]);
  flow.section('### Devices, ranked', [2, 0], [3, 0]);
  flow.section(
    '### Capture on each\nAt most 20 MB a device. A device that fails is an item on the lower output.',
    [4, 0],
    [4, 0],
  );
  flow.section(
    '### Tell\nThe files stay with the items: put your storage behind _Captured_.',
    [5, 0],
    [6, 0],
  );
  flow.section('### When a device, or all of it, fails', [5, 1.75], [6, 1.75]);
  flow.node('Address', 'webhook', [0, 0], {
    httpMethod: 'POST',
    path: 'allegro-which-device',
    responseMode: 'onReceived',
    options: {},
  });
  flow.pin('Address', { headers: {}, params: {}, query: {}, body: { ip: '10.1.2.3' } });
  settings(flow, [1, 0], ['slackWebhook'], { ip: '={{ $json.body.ip }}', minutes: 10 });
  flow.allegro(
    'Which Device Saw It',
    'whichDevice',
    [2, 0],
    {
      address: '={{ $json.ip }}',
      timeMode: 'last',
      lastAmount: '={{ $json.minutes }}',
      lastUnit: 'minutes',
    },
    onError,
  );
  flow.when(
    'Saw It?',
    [3, 0],
    '={{ $json.seen }}',
    { type: 'boolean', operation: 'true', singleValue: true },
    '',
  );
  flow.allegro(
    'Its Packets',
    'capturePcap',
    [4, 0],
    {
      captureSource: 'ringBuffer',
      timeMode: 'last',
      lastAmount: '={{ $("Settings").first().json.minutes }}',
      lastUnit: 'minutes',
      host: '={{ $("Settings").first().json.ip }}',
      device: '={{ $json.id }}',
      maxMegabytes: 20,
      fileNamePrefix: '={{ $json.host }}',
    },
    onError,
  );
  message(
    flow,
    'Captured',
    [5, 0],
    '={{ $("Settings").first().json.ip }} was seen by {{ $input.all().length }} device(s)',
    '={{ $input.all().map(({ json }) => "• `" + json.mmId + "`: " + json.packets + " packets, " + (json.bytes / 1e6).toFixed(2) + " MB, `" + json.fileName + "`").join("\\n") }}',
    { executeOnce: true },
  );
  const slack = postToSlack(flow, [6, 0]);
  message(
    flow,
    'Not Seen',
    [4, 1.75],
    '={{ $("Settings").first().json.ip }} was not seen, or not everywhere',
    '={{ $input.all().map(({ json }) => "• `" + json.id + "`: " + (json.error ? json.error.message ?? json.error.what ?? "failed" : "no traffic in the last " + $("Settings").first().json.minutes + " minutes")).join("\\n") }}',
    { executeOnce: true },
  );
  flow.set(
    'What Went Wrong',
    [5, 1.75],
    {
      title: '=Failed: looking for {{ $("Settings").first().json.ip }}',
      text: '={{ $input.all().map(({ json }) => (json.error?.message ?? json.error) + " " + (json.details?.advice ?? "")).join("\\n") }}',
    },
    { executeOnce: true },
  );
  postToSlack(flow, [6, 1.75], 'Post the Rest');
  flow.chain(
    'Address',
    'Settings',
    'Which Device Saw It',
    'Saw It?',
    'Its Packets',
    'Captured',
    slack,
  );
  flow.connect('Saw It?', 'Not Seen', 1);
  flow.connect('Not Seen', 'Post the Rest');
  flow.connect('Which Device Saw It', 'What Went Wrong', 1);
  flow.connect('Its Packets', 'What Went Wrong', 1);
  flow.connect('What Went Wrong', 'Post the Rest');
  return flow;
}

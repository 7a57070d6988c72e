import { about, failed, postToSlack, settings, STEP } from '../n8n-parts';
import { typed, WorkflowBuilder } from '../n8n-workflow';

export function liveCaptureForm(): WorkflowBuilder {
  const flow = new WorkflowBuilder('05 Live Capture on Demand');
  flow.note(
    about(
      'A live capture for whoever needs one',
      'A form asks for an IP address, a port, how long and how much. It hands the pcap back in the browser when it is done. No login at the appliance is needed.',
      [
        STEP.allegro,
        STEP.slack,
        'In _Capture Form_, choose an authentication if not everybody who reaches n8n may capture. Then publish the workflow',
      ],
      'the permission "pcap". At most 300 s and 50 MB a time.',
    ),
    [-3, -0.9],
    [2.6, 3],
  );
  flow.section('### Form', [0, 0], [1, 0]);
  flow.section(
    '### Capture\nEnds with the time or the size, whichever comes first, at a packet border.',
    [2, 0],
    [3, 0],
  );
  flow.section('### Hand the file back', [4, 0], [4, 1]);
  flow.section('### When it fails: the person at the form, and Slack', [3, 2.75], [5, 2.75]);

  flow.node('Capture Form', 'formTrigger', [0, 0], {
    formTitle: 'Live capture',
    formDescription:
      'Captures packets of one host from now on. Keep the page open until the file comes.',
    formFields: {
      values: [
        { fieldLabel: 'IP address', placeholder: '10.1.2.3', requiredField: true },
        { fieldLabel: 'Port', fieldType: 'number', placeholder: 'all' },
        {
          fieldLabel: 'Seconds',
          fieldType: 'number',
          placeholder: '30, at most 300',
          requiredField: true,
        },
        {
          fieldLabel: 'Megabytes',
          fieldType: 'number',
          placeholder: '10, at most 50',
          requiredField: true,
        },
      ],
    },
    responseMode: 'lastNode',
    options: { path: 'allegro-live-capture' },
  });
  flow.pin('Capture Form', {
    'IP address': '10.1.2.3',
    Port: null,
    Seconds: 3,
    Megabytes: 10,
    submittedAt: '2026-11-23T16:50:00.000+01:00',
    formMode: 'test',
  });
  settings(flow, [1, 0], ['slackWebhook'], {
    seconds: typed('number', '={{ Math.min(Math.max(Number($json.Seconds) || 0, 1), 300) }}'),
    megabytes: typed('number', '={{ Math.min(Math.max(Number($json.Megabytes) || 0, 0.1), 50) }}'),
    conditions: typed(
      'array',
      '={{ $json.Port ? [{ kind: "port", value: String($json.Port), value2: "", negate: false }] : [] }}',
    ),
  });
  flow.allegro(
    'Capture Live',
    'capturePcap',
    [2, 0],
    {
      captureSource: 'live',
      liveSeconds: '={{ $json.seconds }}',
      host: '={{ $json["IP address"] }}',
      conditions: '={{ $json.conditions }}',
      maxMegabytes: '={{ $json.megabytes }}',
      fileNamePrefix: 'live',
    },
    { onError: 'continueErrorOutput' },
  );
  flow.when('Any Packets?', [3, 0], '={{ $json.packets }}', { type: 'number', operation: 'gt' }, 0);
  flow.node('File', 'form', [4, 0], {
    operation: 'completion',
    respondWith: 'returnBinary',
    completionTitle: '={{ $json.packets }} packets, {{ ($json.bytes / 1e6).toFixed(2) }} MB',
    completionMessage:
      '={{ $json.fileName }}, ended by the {{ $json.endedBy }}. SHA-256 {{ $json.sha256 }}',
    inputDataFieldName: 'data',
    options: {},
  });
  flow.node('Nothing Captured', 'form', [4, 1], {
    operation: 'completion',
    respondWith: 'text',
    completionTitle: 'No packets',
    completionMessage: '=In that time there was nothing for {{ $json.expression }}.',
    options: {},
  });
  failed(flow, [3, 2.75], 'a live capture of {{ $("Settings").item.json["IP address"] }}');
  postToSlack(flow, [4, 2.75]);
  // The person at the form is to see the reason even if the chat is down.
  Object.assign(flow.named('Post to Slack')[0]!, { onError: 'continueRegularOutput' });
  flow.node('Say It Failed', 'form', [5, 2.75], {
    operation: 'completion',
    respondWith: 'text',
    completionTitle: 'The capture failed',
    completionMessage: '={{ $("What Went Wrong").item.json.text }}',
    options: {},
  });

  flow.chain('Capture Form', 'Settings', 'Capture Live', 'Any Packets?', 'File');
  flow.connect('Any Packets?', 'Nothing Captured', 1);
  flow.connect('Capture Live', 'What Went Wrong', 1);
  flow.chain('What Went Wrong', 'Post to Slack', 'Say It Failed');
  return flow;
}

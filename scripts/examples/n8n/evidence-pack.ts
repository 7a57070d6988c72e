import { incidentsTrigger } from '../../../nodes/definitions/triggers/incidents-trigger';
import {
  about,
  CAVEATS,
  failed,
  mail,
  message,
  postToSlack,
  settings,
  STEP,
  store,
} from '../n8n-parts';
import { WorkflowBuilder } from '../n8n-workflow';

const onError = { onError: 'continueErrorOutput' };

export function evidencePack(): WorkflowBuilder {
  const flow = new WorkflowBuilder('02 Incident to Evidence Pack');
  flow.note(
    about(
      'An incident of the appliance becomes a pack of evidence',
      'The trigger looks for new incidents every minute. For each, the ring buffer stands still while its packets are fetched, and records again in any case; pcap and evidence record, with their SHA-256, go to an S3 bucket, and a ticket is opened by mail.',
      [
        STEP.allegro,
        STEP.slack,
        STEP.mail + '; `mailTo` is the address of your ticket system',
        'Choose an S3 credential in the two S3 nodes and enter the bucket in _Settings_ (MinIO, Ceph and others; for Amazon use the node _AWS S3_ in their place)',
        'Publish the workflow. Incidents that are there at that time are the baseline, and are not captured. For a trial, change `alertTime` and `expression` of the pinned sample to something that your buffer holds',
        '**Experimental**: the vendor does not document the form of incidents. _Fetch Test Event_ in _New Incident_ shows what is found on your appliance; if there is nothing, enter the path of the list in its options',
        STEP.polls,
      ],
      'the permission "pcap", and the admin role or a token that may change the configuration.',
    ),
    [-3, -0.9],
    [2.6, 4],
  );
  flow.section('### Look\nEach incident once: the trigger remembers them.', [0, 0], [1, 0]);
  flow.section(
    '### Secure\nSuspends, captures and resumes in one node: also when the capture fails, and after ten minutes at the latest.',
    [2, 0],
    [2, 0],
  );
  flow.section('### Store, then tell', [3, 0], [7, 1]);
  flow.section('### When something fails', [3, 2.75], [4, 2.75]);

  flow.allegroTrigger('New Incident', 'incidentsTrigger', [0, 0], {});
  flow.pin('New Incident', incidentsTrigger.sampleOutput);
  settings(flow, [1, 0], ['slackWebhook', 'mailFrom', 'mailTo'], {
    bucket: 'evidence',
    secondsBefore: 120,
    secondsAfter: 30,
  });
  flow.allegro(
    'Freeze Evidence',
    'freezeEvidence',
    [2, 0],
    {
      timeMode: 'around',
      aroundTime: '={{ $json.alertTime }}',
      secondsBefore: '={{ $json.secondsBefore }}',
      secondsAfter: '={{ $json.secondsAfter }}',
      // Nothing where the incident names no element: then it is all packets.
      expression: '={{ $json.expression ?? "" }}',
      maxMegabytes: 200,
      evidenceFile: true,
      fileNamePrefix: 'incident',
    },
    onError,
  );
  flow.when('Any Packets?', [3, 0], '={{ $json.packets }}', { type: 'number', operation: 'gt' }, 0);
  // The items of the first do not bring the file along, so both get it from the capture.
  store(flow, 'Store the Pcap', [4, 0], 'data', '');
  store(flow, 'Store the Record', [4, 1], 'data_evidence', '.evidence.json');
  flow.node('Both Stored', 'merge', [5, 0.5], {
    mode: 'combine',
    combineBy: 'combineByPosition',
    options: {},
  });
  message(
    flow,
    'Ticket',
    [6, 0.5],
    '=Incident: {{ $("New Incident").itemMatching($itemIndex).json.text ?? $("New Incident").itemMatching($itemIndex).json.rule ?? "no text" }}',
    [
      '=*{{ $("Freeze Evidence").itemMatching($itemIndex).json.packets }} packets*, {{ $("Freeze Evidence").itemMatching($itemIndex).json.bytes }} bytes, in `s3://{{ $("Settings").first().json.bucket }}/{{ $("Freeze Evidence").itemMatching($itemIndex).json.fileName }}`',
      'SHA-256 `{{ $("Freeze Evidence").itemMatching($itemIndex).json.sha256 }}`; the record of it is beside it.',
      'Filter `{{ $("Freeze Evidence").itemMatching($itemIndex).json.expression || "everything" }}`, buffer suspended for {{ $("Freeze Evidence").itemMatching($itemIndex).json.suspendedSeconds }} s, resumed: {{ $("Freeze Evidence").itemMatching($itemIndex).json.resumed ? "yes" : "*no*" }}',
    ].join('\n') +
      CAVEATS.replaceAll('$json', '$("Freeze Evidence").itemMatching($itemIndex).json'),
    { keep: false, ...onError },
  );
  message(
    flow,
    'No Packets',
    [5, 1.3],
    '=Incident: {{ $("New Incident").item.json.text ?? $("New Incident").item.json.rule ?? "no text" }}',
    '=No packets for `{{ $json.expression || "everything" }}` from {{ $json.requestedWindow.from }} to {{ $json.requestedWindow.to }}: the buffer may no longer hold that time.\nBuffer suspended for {{ $json.suspendedSeconds }} s, resumed: {{ $json.resumed ? "yes" : "*no*" }}' +
      CAVEATS,
    onError,
  );
  mail(flow, 'Open the Ticket', [7, 0], {
    subject: '={{ $json.title }}',
    text: '={{ $json.text.replace(/[*`]/g, "") }}',
  });
  const slack = postToSlack(flow, [7, 1]);
  // A poll may report several at once, and does not report them again.
  failed(
    flow,
    [3, 2.75],
    `evidence of an incident: {{ ${words('" / "', (one) => `${one}.text ?? ${one}.rule ?? "no text"`)} }}`,
    {
      more: [
        `{{ ${words('"\\n"', (one) => `"Reported at " + ${one}.alertTime + (${one}.element ? ", " + ${one}.element : "") + (${one}.severity ? ", severity " + ${one}.severity : "")`)} }}`,
        'If it says that the ring buffer is still suspended, resume it by hand: nothing is recorded.',
      ].join('\n'),
      forEach: true,
    },
  );
  postToSlack(flow, [4, 2.75], 'Post the Failure');

  flow.chain('New Incident', 'Settings', 'Freeze Evidence', 'Any Packets?', 'Store the Pcap');
  flow.connect('Store the Pcap', 'Both Stored');
  flow.connect('Both Stored', 'Ticket');
  flow.connect('Any Packets?', 'Store the Record');
  flow.connect('Any Packets?', 'No Packets', 1);
  flow.connect('Store the Record', 'Both Stored', 0, 1);
  for (const said of ['Ticket', 'No Packets']) {
    flow.connect(said, 'Open the Ticket');
    flow.connect(said, slack);
  }
  const risky = [
    'Freeze Evidence',
    'Store the Pcap',
    'Store the Record',
    'No Packets',
    'Ticket',
    'Open the Ticket',
  ];
  for (const node of risky) flow.connect(node, 'What Went Wrong', 1);
  flow.connect('What Went Wrong', 'Post the Failure');
  return flow;
}

/**
 * Words about the incident of an item. Where one file of several was not stored, n8n cannot tell whose
 * item it is: then they are about all incidents of the run.
 */
function words(separator: string, of: (incident: string) => string): string {
  return `(() => { let found; try { found = [$("New Incident").item.json]; } catch (error) { found = $("New Incident").all().map(({ json }) => json); } return found.map((one) => ${of('one')}).join(${separator}); })()`;
}

import { about, failed, mail, message, postToSlack, settings, STEP } from '../n8n-parts';
import { WorkflowBuilder, type Place } from '../n8n-workflow';

const onError = { onError: 'continueErrorOutput' };

export function evidencePack(): WorkflowBuilder {
  const flow = new WorkflowBuilder('02 Incident to Evidence Pack');
  flow.note(
    about(
      'An incident of the appliance becomes a pack of evidence',
      'New incidents are looked for every minute. For each, the ring buffer stands still while its packets are fetched, and records again in any case; pcap and evidence record, with their SHA-256, go to an S3 bucket, and a ticket is opened by mail.',
      [
        STEP.allegro,
        STEP.slack,
        STEP.mail + '; `mailTo` is the address of your ticket system',
        'Choose an S3 credential in the two S3 nodes and enter the bucket in _Settings_ (MinIO, Ceph and others; for Amazon use the node _AWS S3_ in their place)',
        'Run it once by hand: incidents that are there already are remembered, and not captured again',
        '**Experimental**: the vendor does not document the form of incidents. Look at what _Incidents_ puts out on your appliance, and mend `incidentPath` in _Settings_ and the names in _Incidents One by One_',
      ],
      'the permission "pcap", and the admin role or a token that may change the configuration.',
    ),
    [-3, -0.9],
    [2.6, 4],
  );
  flow.section('### Look\nEach incident once: n8n remembers their keys.', [0, 0], [4, 0]);
  flow.section(
    '### Secure\nSuspends, captures and resumes in one node: also when the capture fails, and after ten minutes at the latest.',
    [5, 0],
    [5, 0],
  );
  flow.section('### Store, then tell', [6, 0], [9, 1]);
  flow.section('### When something fails', [6, 2.75], [7, 2.75]);

  flow.node('Every Minute', 'scheduleTrigger', [0, 0], {
    rule: { interval: [{ field: 'minutes', minutesInterval: 1 }] },
  });
  settings(flow, [1, 0], ['slackWebhook', 'mailFrom', 'mailTo'], {
    bucket: 'evidence',
    incidentPath: 'API/stats/modules/global_incidents',
    secondsBefore: 120,
    secondsAfter: 30,
  });
  flow.allegro(
    'Incidents',
    'getStats',
    [2, 0],
    { path: '={{ $json.incidentPath }}', timeMode: 'none' },
    onError,
  );
  flow.node('Incidents One by One', 'code', [3, 0], {
    mode: 'runOnceForAllItems',
    language: 'javaScript',
    jsCode: ONE_BY_ONE,
  });
  flow.node('New Ones', 'removeDuplicates', [4, 0], {
    operation: 'removeItemsSeenInPreviousExecutions',
    logic: 'removeItemsWithAlreadySeenKeyValues',
    dedupeValue: '={{ $json.key }}',
    options: {},
  });
  flow.allegro(
    'Freeze Evidence',
    'freezeEvidence',
    [5, 0],
    {
      timeMode: 'around',
      aroundTime: '={{ $json.time }}',
      secondsBefore: '={{ $("Settings").first().json.secondsBefore }}',
      secondsAfter: '={{ $("Settings").first().json.secondsAfter }}',
      host: '={{ $json.host }}',
      maxMegabytes: 200,
      evidenceFile: true,
      fileNamePrefix: 'incident',
    },
    onError,
  );
  // The items of the first do not bring the file along, so both get it from the capture.
  store(flow, 'Store the Pcap', [6, 0], 'data', '');
  store(flow, 'Store the Record', [6, 1], 'data_evidence', '.evidence.json');
  flow.node('Both Stored', 'merge', [7, 0.5], {
    mode: 'combine',
    combineBy: 'combineByPosition',
    options: {},
  });
  message(
    flow,
    'Ticket',
    [8, 0.5],
    '=Incident: {{ $("New Ones").itemMatching($itemIndex).json.title }}',
    [
      '=*{{ $("Freeze Evidence").itemMatching($itemIndex).json.packets }} packets*, {{ $("Freeze Evidence").itemMatching($itemIndex).json.bytes }} bytes, in `s3://{{ $("Settings").first().json.bucket }}/{{ $("Freeze Evidence").itemMatching($itemIndex).json.fileName }}`',
      'SHA-256 `{{ $("Freeze Evidence").itemMatching($itemIndex).json.sha256 }}`; the record of it is beside it.',
      'Filter `{{ $("Freeze Evidence").itemMatching($itemIndex).json.expression || "everything" }}`, buffer suspended for {{ $("Freeze Evidence").itemMatching($itemIndex).json.suspendedSeconds }} s, resumed: {{ $("Freeze Evidence").itemMatching($itemIndex).json.resumed ? "yes" : "*no*" }}',
    ].join('\n'),
    { keep: false },
  );
  mail(flow, 'Open the Ticket', [9, 0], {
    subject: '={{ $json.title }}',
    text: '={{ $json.text.replace(/[*`]/g, "") }}',
  });
  const slack = postToSlack(flow, [9, 1]);
  failed(flow, [6, 2.75], 'evidence of an incident', {
    more: 'If it says that the ring buffer is still suspended, resume it by hand: nothing is recorded.',
  });
  postToSlack(flow, [7, 2.75], 'Post the Failure');

  flow.chain('Every Minute', 'Settings', 'Incidents', 'Incidents One by One', 'New Ones');
  flow.chain('New Ones', 'Freeze Evidence', 'Store the Pcap', 'Both Stored', 'Ticket');
  flow.connect('Freeze Evidence', 'Store the Record');
  flow.connect('Store the Record', 'Both Stored', 0, 1);
  flow.connect('Ticket', 'Open the Ticket');
  flow.connect('Ticket', slack);
  const risky = [
    'Incidents',
    'Freeze Evidence',
    'Store the Pcap',
    'Store the Record',
    'Open the Ticket',
  ];
  for (const node of risky) flow.connect(node, 'What Went Wrong', 1);
  flow.connect('What Went Wrong', 'Post the Failure');
  return flow;
}

/** Puts the file of an item into the bucket of the settings. */
export function store(
  flow: WorkflowBuilder,
  name: string,
  place: Place,
  field: string,
  ending: string,
  from = 'Settings',
): void {
  flow.node(
    name,
    's3',
    place,
    {
      resource: 'file',
      operation: 'upload',
      bucketName: `={{ $("${from}").first().json.bucket }}`,
      fileName: `={{ $json.fileName }}${ending}`,
      binaryData: true,
      binaryPropertyName: field,
      additionalFields: {},
      tagsUi: {},
    },
    { credentials: { s3: { id: '', name: 'S3 account' } }, ...onError },
  );
}

const ONE_BY_ONE = `// Finds the list, whatever it is called, and gives each incident the same few names.
const rows = [];
const look = (value, depth) => {
  if (depth > 3 || rows.length > 0 || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value) && value.some((row) => row && typeof row === 'object')) rows.push(...value);
  else for (const inner of Object.values(value)) look(inner, depth + 1);
};
look($input.first().json, 0);
const first = (row, names) => names.map((name) => row[name]).find((value) => value !== undefined && value !== '');
const seconds = (value) => (typeof value === 'number' && value > 1e11 ? value / 1000 : value);
return rows.map((row) => {
  const title = String(first(row, ['text', 'description', 'message', 'title', 'ruleName', 'rule', 'name']) ?? 'Incident');
  const element = String(first(row, ['ip', 'ipAddress', 'element', 'affectedElement', 'source']) ?? '');
  const time = first(row, ['firstTime', 'firstOccurrence', 'startTime', 'first', 'time', 'timestamp']);
  return { json: {
    key: String(first(row, ['id', 'uuid', 'incidentId']) ?? [title, element, time].join('|')),
    title,
    host: /^[0-9a-fA-F.:]+$/.test(element) ? element : '',
    time: time === undefined ? $now.toISO() : String(seconds(time)),
    severity: first(row, ['severity', 'level']) ?? null,
  } };
});`;

import { about, failed, mail, postToSlack, settings, STEP } from '../n8n-parts';
import { WorkflowBuilder, type Place } from '../n8n-workflow';

const onError = { onError: 'continueErrorOutput' };

export function uploadAndAnalyse(): WorkflowBuilder {
  const flow = new WorkflowBuilder('06 Upload and Analyse a Pcap');
  flow.note(
    about(
      'A pcap goes in, a report comes back',
      'Somebody uploads a capture file in a form. The appliance analyses it in a slot of its own; a mail tells what is in it: hosts, protocols, conversations.',
      [
        STEP.allegro,
        STEP.mail,
        STEP.slack,
        'In _Settings_, enter the slot that belongs to this workflow: each run replaces what is in it. Parallel pcap analysis has to be enabled on the appliance (global settings); without it the upload is refused, because it would reset the live statistics',
        'For files that come by mail, put an _Email Trigger (IMAP)_ with _Download Attachments_ in place of the form, and `attachment_0` for `File` in three nodes',
      ],
      'the admin role, or a token that may upload and analyse pcaps. The API cannot release a slot: the next run takes it over.',
    ),
    [-3, -0.9],
    [2.6, 3.4],
  );
  flow.section('### File', [0, 0], [1, 0]);
  flow.section(
    '### Analyse\nWhat is in the file is read here, too: the two counts have to agree.',
    [2, 0],
    [5, 1],
  );
  flow.section('### Read the statistics of the slot', [6, 0], [7, 0]);
  flow.section('### Report', [8, 0], [9, 0]);
  flow.section('### When something fails', [7, 1.75], [8, 1.75]);

  flow.node('Pcap Form', 'formTrigger', [0, 0], {
    formTitle: 'Analyse a capture file',
    formDescription: 'The report comes by mail.',
    formFields: {
      values: [
        {
          fieldLabel: 'File',
          fieldType: 'file',
          multipleFiles: false,
          acceptFileTypes: '.pcap,.pcapng',
          requiredField: true,
        },
      ],
    },
    options: { path: 'allegro-analyse' },
  });
  settings(flow, [1, 0], ['slackWebhook', 'mailFrom', 'mailTo'], { slot: 1 });
  flow.allegro(
    'What Is in It',
    'pcapSummary',
    [2, 0],
    { file: 'File', conversationLimit: 10 },
    onError,
  );
  flow.allegro(
    'Into the Slot',
    'uploadPcap',
    [3, 1],
    {
      file: 'File',
      slot: '={{ $json.slot }}',
      slotInUse: 'replace',
      waitForStatistics: false,
    },
    onError,
  );
  flow.allegro(
    'Until It Is Analysed',
    'waitForAnalysis',
    [4, 1],
    { device: '={{ $json.mmId }}', waitSeconds: 900 },
    onError,
  );
  flow.node('Both', 'merge', [5, 0], {
    mode: 'combine',
    combineBy: 'combineByPosition',
    options: { clashHandling: { values: { resolveClash: 'preferInput2' } } },
  });
  talkers(flow, 'Hosts', [6, 0], 'ip');
  talkers(flow, 'Protocols', [7, 0], 'protocol');
  flow.set('Report', [8, 0], { html: REPORT }, { executeOnce: true, keep: false });
  mail(flow, 'Mail the Report', [9, 0], {
    subject: '=Analysis of {{ $("Both").first().json.fileName }}',
    html: '={{ $json.html }}',
  });
  failed(flow, [7, 1.75], 'the analysis of {{ $("Pcap Form").first().binary.File.fileName }}');
  const slack = postToSlack(flow, [8, 1.75]);

  flow.chain('Pcap Form', 'Settings', 'What Is in It', 'Both', 'Hosts', 'Protocols', 'Report');
  flow.connect('Report', 'Mail the Report');
  flow.connect('Settings', 'Into the Slot');
  flow.connect('Into the Slot', 'Until It Is Analysed');
  flow.connect('Until It Is Analysed', 'Both', 0, 1);
  const risky = [
    'What Is in It',
    'Into the Slot',
    'Until It Is Analysed',
    'Hosts',
    'Protocols',
    'Mail the Report',
  ];
  for (const node of risky) flow.connect(node, 'What Went Wrong', 1);
  flow.connect('What Went Wrong', slack);
  return flow;
}

/** The ranking of the slot, over the time that the packets cover. */
function talkers(flow: WorkflowBuilder, name: string, place: Place, kind: string): void {
  // Where one of them is empty or fails, the report tells the rest.
  const more = { executeOnce: true, alwaysOutputData: true, ...onError };
  flow.allegro(
    name,
    'topTalkers',
    place,
    {
      talkerKind: kind,
      limit: 10,
      timeMode: 'between',
      since: '={{ $("Both").first().json.firstPacket }}',
      until: '={{ $("Both").first().json.lastPacket }}',
      device: '={{ $("Both").first().json.mmId }}',
    },
    more,
  );
}

const REPORT = `={{ (() => {
  const file = $('Both').first().json;
  const text = (value) => String(value ?? '').replace(/[&<>]/g, (c) => '&#' + c.charCodeAt(0) + ';');
  const megabytes = (bytes) => (bytes / 1e6).toFixed(3);
  const table = (heads, rows) => '<table border="1" cellpadding="4" style="border-collapse:collapse"><tr>'
    + heads.map((head) => '<th align="left">' + head + '</th>').join('') + '</tr>'
    + rows.map((row) => '<tr>' + row.map((cell) => '<td>' + text(cell) + '</td>').join('') + '</tr>').join('')
    + '</table>';
  const unread = ['Hosts', 'Protocols'].filter((name) => $(name).all(1).length > 0);
  const ranks = (name) => $(name).all().map(({ json }) => json).filter((row) => row.rank);
  const analysed = file.statistics?.totalPackets;
  return '<h2>' + text(file.fileName) + '</h2>'
    + '<p>' + file.packets + ' packets, ' + megabytes(file.bytes) + ' MB, from ' + file.firstPacket + ' to ' + file.lastPacket
    + '. The appliance counted ' + (analysed ?? 'no') + ' packets' + (analysed === file.packets ? ', which is the same.' : ': <b>not the same</b>.') + (file.settled ? '' : ' <b>The analysis was still going on.</b>') + '</p>'
    + '<p>SHA-256 ' + file.sha256 + (file.complete ? '' : ' <b>The file is not whole.</b>') + '</p>'
    + (unread.length > 0 ? '<p><b>Could not be read: ' + unread.join(', ') + '.</b></p>' : '')
    + '<h3>Hosts</h3>' + table(['Host', 'Name', 'MB', 'Packets'],
      ranks('Hosts').map((row) => [row.ip, row.name, megabytes(row.totalBytes), row.totalPackets]))
    + '<h3>Protocols</h3>' + table(['Protocol', 'MB', 'Share'],
      ranks('Protocols').map((row) => [row.protocol, megabytes(row.totalBytes), row.sharePercent + ' %']))
    + '<h3>Conversations</h3>' + table(['From', 'To', 'MB', 'Packets'],
      file.conversations.map((row) => [row.a, row.b, megabytes(row.bytes), row.packets]))
    + '<p>Look at it on the appliance: slot ' + $('Into the Slot').first().json.slot + ' of ' + text(file.device) + '. The next upload replaces it.</p>';
})() }}`;

import { FlowBuilder, msg } from '../node-red-flow';
import {
  about,
  failed,
  FORM,
  mail,
  move,
  postToSlack,
  SETTINGS,
  STEP,
  ways,
} from '../node-red-parts';

const INFO = about(
  'A capture file is put into the folder `allegro-inbox` (a share, or where another flow saves mail attachments). The appliance analyses it in a slot of its own; a mail tells what is in it: hosts, protocols, conversations.',
  [
    STEP.appliance,
    STEP.slack,
    STEP.mail,
    "Create the folder `allegro-inbox` in Node-RED's working directory, or choose another in the node _Inbox_, and deploy again.",
    'Choose the slot that belongs to this flow in _Into the slot_: each run replaces what is in it. Parallel pcap analysis has to be enabled on the appliance (global settings); without it the upload is refused, because it would reset the live statistics.',
  ],
  'the admin role, or a token that may upload and analyse pcaps. The API cannot release a slot: the next run takes it over.',
);

const talkers = (kind: string) => ({
  talkerKind: kind,
  limit: '10',
  timeMode: 'between',
  since: msg('summary.firstPacket'),
  until: msg('summary.lastPacket'),
  device: msg('upload.mmId'),
});

export function uploadAndAnalyse(): FlowBuilder {
  const flow = new FlowBuilder('06 Upload and analyse a pcap', INFO, {
    ...SETTINGS.slack,
    ...SETTINGS.mail,
  });
  flow.comment('A pcap goes in, a report comes back: read me first', [0, -1.6], INFO);
  flow.node('Inbox', 'watch', [0, 0], { files: 'allegro-inbox', recursive: '' });
  ways(flow, 'A capture file?', [0.9, 0], 'filename', [
    { t: 'regex', v: '\\.pcap(ng)?$', vt: 'str', case: 'true' } as never,
  ]);
  // A file that is still being written changes again and again.
  flow.node('Wait until it rests', 'trigger', [1.9, 0], {
    op1: '',
    op2: '',
    op1type: 'nul',
    op2type: 'payl',
    duration: '2',
    extend: true,
    overrideDelay: false,
    units: 's',
    reset: '',
    bytopic: 'topic',
    topic: 'filename',
    outputs: 1,
  });
  ways(flow, 'Still there?', [3, 0], 'type', [{ t: 'eq', v: 'file', vt: 'str' }]);
  flow.allegro('What is in it', 'pcapSummary', [0, 1.2], { conversationLimit: '10' });
  move(flow, 'Keep the summary', [1, 1.2], 'summary');
  flow.allegro('Into the slot', 'uploadPcap', [2, 1.2], {
    slot: '1',
    slotInUse: 'replace',
    waitForStatistics: 'false',
  });
  move(flow, 'Keep the upload', [3, 1.2], 'upload');
  flow.allegro('Until it is analysed', 'waitForAnalysis', [0, 2.4], {
    device: msg('upload.mmId'),
    waitSeconds: '900',
  });
  move(flow, 'Keep the counts', [1, 2.4], 'analysis');
  flow.allegro('Hosts', 'topTalkers', [2, 2.4], talkers('ip'));
  move(flow, 'Keep the hosts', [3, 2.4], 'hosts');
  flow.allegro('Protocols', 'topTalkers', [0, 3.6], talkers('protocol'));
  flow.function('Report', [1, 3.6], REPORT);
  mail(flow, 'Mail the report', [2, 3.6]);
  flow.comment('When something fails', [0, 4.8]);
  failed(flow, [0, 5.6], "'the analysis of ' + (msg.filename || 'a file')", [
    'What is in it',
    'Into the slot',
    'Until it is analysed',
    'Hosts',
    'Protocols',
    'Report',
    'Mail the report',
  ]);
  postToSlack(flow, [2, 5.6]);
  flow.chain(
    'Inbox',
    'A capture file?',
    'Wait until it rests',
    'Still there?',
    'What is in it',
    'Keep the summary',
    'Into the slot',
    'Keep the upload',
    'Until it is analysed',
    'Keep the counts',
    'Hosts',
    'Keep the hosts',
    'Protocols',
    'Report',
    'Mail the report',
  );
  flow.wire('What went wrong', FORM);
  return flow;
}

const REPORT = `const { summary, upload, analysis } = msg;
const text = (value) => String(value ?? '').replace(/[&<>]/g, (c) => '&#' + c.charCodeAt(0) + ';');
const megabytes = (bytes) => (bytes / 1e6).toFixed(3);
const table = (heads, rows) => '<table border="1" cellpadding="4" style="border-collapse:collapse"><tr>'
    + heads.map((head) => '<th align="left">' + head + '</th>').join('') + '</tr>'
    + rows.map((row) => '<tr>' + row.map((cell) => '<td>' + text(cell) + '</td>').join('') + '</tr>').join('') + '</table>';
const counted = analysis.statistics && analysis.statistics.totalPackets;
msg.topic = 'Analysis of ' + summary.fileName;
msg.from = env.get('MAIL_FROM');
msg.payload = '<h2>' + text(summary.fileName) + '</h2>'
    + '<p>' + summary.packets + ' packets, ' + megabytes(summary.bytes) + ' MB, from ' + summary.firstPacket + ' to ' + summary.lastPacket
    + '. The appliance counted ' + (counted ?? 'no') + ' packets' + (counted === summary.packets ? ', which is the same.' : ': <b>not the same</b>.') + (analysis.settled ? '' : ' <b>The analysis was still going on.</b>') + '</p>'
    + '<p>SHA-256 ' + summary.sha256 + (summary.complete ? '' : ' <b>The file is not whole.</b>') + '</p>'
    + '<h3>Hosts</h3>' + table(['Host', 'Name', 'MB', 'Packets'],
        msg.hosts.talkers.map((row) => [row.ip, row.name, megabytes(row.totalBytes), row.totalPackets]))
    + '<h3>Protocols</h3>' + table(['Protocol', 'MB', 'Share'],
        msg.payload.talkers.map((row) => [row.protocol, megabytes(row.totalBytes), row.sharePercent + ' %']))
    + '<h3>Conversations</h3>' + table(['From', 'To', 'MB', 'Packets'],
        summary.conversations.map((row) => [row.a, row.b, megabytes(row.bytes), row.packets]))
    + '<p>Look at it on the appliance: slot ' + upload.slot + ' of ' + text(upload.device) + '. The next upload replaces it.</p>';
return msg;`;

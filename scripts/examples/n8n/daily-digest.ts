import { about, failed, mail, postToSlack, setting, settings, STEP } from '../n8n-parts';
import { WorkflowBuilder, type Place } from '../n8n-workflow';

const onError = { onError: 'continueErrorOutput' };

export function dailyDigest(): WorkflowBuilder {
  const flow = new WorkflowBuilder('08 Daily Top-Talker Digest');
  flow.note(
    about(
      'Who used the network, every morning',
      'The ten addresses with the most traffic of the last 24 hours, beside what they had the day before, as a chart and a table in a mail, and as CSV. Both days come from the statistics of the appliance, so that nothing has to be kept here.',
      [STEP.allegro, STEP.mail, STEP.slack + '. It hears of failures only'],
      'read access to statistics.',
    ),
    [-3, -0.9],
    [2.6, 3],
  );
  flow.section('### When', [0, 0], [1, 1]);
  flow.section('### Two days', [2, 0], [4, 0]);
  flow.section('### Compare, chart, table, CSV', [5, 0], [9, 1]);
  flow.section('### Mail', [10, 0], [10, 0]);
  flow.section('### When something fails', [5, 2.75], [6, 2.75]);

  flow.node('Every Morning', 'scheduleTrigger', [0, 0], {
    rule: { interval: [{ triggerAtHour: 8 }] },
  });
  flow.node('Try It', 'manualTrigger', [0, 1]);
  settings(flow, [1, 0], ['slackWebhook', 'mailFrom', 'mailTo'], { limit: 10 });
  days(flow, 'Last 24 Hours', [2, 0], { limit: '={{ $json.limit }}' }, 0);
  // Anybody may have been first yesterday, so all of them are asked for.
  // A day without traffic puts out an empty item; so does a failure, which is told below.
  flow.when(
    'Was It Read?',
    [3, 0],
    '={{ $("Last 24 Hours").all(1).length }}',
    { type: 'number', operation: 'equals' },
    0,
  );
  days(flow, 'Day Before', [4, 0], { returnAll: true }, 1);
  flow.node('Compare', 'code', [5, 0], {
    mode: 'runOnceForAllItems',
    language: 'javaScript',
    jsCode: COMPARE,
  });
  flow.when(
    'Any Traffic?',
    [6, 0],
    '={{ $json.ip ?? "" }}',
    { type: 'string', operation: 'notEmpty', singleValue: true },
    '',
  );
  flow.set(
    'No Traffic',
    [8, 1],
    { html: '<h2>Top talkers of the last 24 hours</h2><p>No address had any traffic.</p>' },
    { keep: false },
  );
  flow.allegro(
    'Chart',
    'chart',
    [7, 0],
    {
      chartKind: 'topTalkers',
      talkerKind: 'ip',
      barMeasure: 'bytes',
      barCount: `={{ Math.min(${setting('limit')}, 20) }}`,
      ...day(0),
      outputField: 'chart',
    },
    { executeOnce: true, ...onError },
  );
  flow.set('Table', [8, 0], { html: TABLE }, { executeOnce: true });
  flow.node('CSV', 'convertToFile', [7, 1], {
    operation: 'csv',
    binaryPropertyName: 'csv',
    options: { fileName: '=top-talkers-{{ $now.toFormat("yyyy-LL-dd") }}.csv' },
  });
  flow.node('Together', 'merge', [9, 0], {
    mode: 'combine',
    combineBy: 'combineByPosition',
    options: {},
  });
  mail(flow, 'Mail the Digest', [10, 0], {
    subject: '=Top talkers, {{ $now.minus({ days: 1 }).toFormat("d LLLL yyyy") }}',
    html: '={{ $json.html }}',
    files: '={{ $binary?.csv ? "csv" : "" }}',
    images: '={{ $binary?.chart ? "chart" : "" }}',
  });
  failed(flow, [5, 2.75], 'the top-talker digest');
  const slack = postToSlack(flow, [6, 2.75]);

  flow.chain('Every Morning', 'Settings', 'Last 24 Hours', 'Was It Read?', 'Day Before', 'Compare');
  flow.chain('Compare', 'Any Traffic?', 'Chart', 'Table', 'Together', 'Mail the Digest');
  flow.connect('Try It', 'Settings');
  flow.connect('Any Traffic?', 'CSV');
  flow.chain('No Traffic', 'Mail the Digest');
  flow.connect('Any Traffic?', 'No Traffic', 1);
  flow.connect('CSV', 'Together', 0, 1);
  // Without a chart, the rest is told all the same.
  flow.connect('Chart', 'Table', 1);
  for (const node of ['Last 24 Hours', 'Day Before', 'Chart', 'Mail the Digest']) {
    flow.connect(node, 'What Went Wrong', 1);
  }
  flow.connect('What Went Wrong', slack);
  return flow;
}

const day = (back: number) => ({
  timeMode: 'between',
  since: `={{ $now.minus({ days: ${back + 1} }).toISO() }}`,
  until: `={{ $now.minus({ days: ${back} }).toISO() }}`,
});

function days(
  flow: WorkflowBuilder,
  name: string,
  place: Place,
  values: Record<string, unknown>,
  back: number,
): void {
  flow.allegro(
    name,
    'topTalkers',
    place,
    {
      talkerKind: 'ip',
      sortBy: 'bytes',
      ...values,
      ...day(back),
    },
    // A day without traffic is no reason to say nothing.
    { executeOnce: true, alwaysOutputData: true, ...onError },
  );
}

const COMPARE = `// One row for each of today's top talkers, with what it had the day before.
// A failure has been told already.
if ($('Day Before').all(1).length > 0) return [];
const hadTraffic = ({ json }) => json.totalBytes > 0;
const before = new Map($('Day Before').all().filter(hadTraffic).map(({ json }) => [json.ip, json]));
const today = $('Last 24 Hours').all().filter(hadTraffic);
// One item all the same, so that a person hears of a day without traffic.
if (today.length === 0) return [{ json: {} }];
return today.map(({ json }) => {
    const then = before.get(json.ip);
    const change = then ? Math.round((json.totalBytes / then.totalBytes - 1) * 100) : null;
    return { json: {
      rank: json.rank,
      ip: json.ip,
      name: json.name ?? '',
      megabytes: Math.round(json.totalBytes / 1e4) / 100,
      sharePercent: json.sharePercent,
      rankBefore: then?.rank ?? null,
      megabytesBefore: then ? Math.round(then.totalBytes / 1e4) / 100 : null,
      changePercent: change,
    } };
  });`;

const TABLE = `={{ (() => {
  const text = (value) => String(value ?? '').replace(/[&<>]/g, (c) => '&#' + c.charCodeAt(0) + ';');
  const rows = $('Compare').all().map(({ json }) => [
    json.rank, json.ip, json.name, json.megabytes.toFixed(2),
    json.sharePercent === null ? '' : json.sharePercent + ' %',
    json.rankBefore === null ? 'new' : (json.changePercent > 0 ? '+' : '') + json.changePercent + ' % (was ' + json.rankBefore + '.)',
  ]);
  return '<h2>Top talkers of the last 24 hours</h2>'
    + ($binary?.chart ? '<p><img src="cid:chart" width="800" alt="' + text($json.altText).replace(/"/g, '&quot;') + '"></p>' : '')
    + '<table border="1" cellpadding="4" style="border-collapse:collapse"><tr>'
    + ['', 'Address', 'Name', 'MB', 'Share', 'Day before'].map((head) => '<th align="left">' + head + '</th>').join('') + '</tr>'
    + rows.map((row) => '<tr>' + row.map((cell) => '<td>' + text(cell) + '</td>').join('') + '</tr>').join('')
    + '</table><p>Each packet has two ends, so the shares add up to more than 100 %.</p>';
})() }}`;

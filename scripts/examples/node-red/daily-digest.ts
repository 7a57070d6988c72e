import { FlowBuilder, type Typed } from '../node-red-flow';
import {
  about,
  csv,
  failed,
  FORM,
  inject,
  mail,
  postToSlack,
  SETTINGS,
  STEP,
  move,
} from '../node-red-parts';

const INFO = about(
  'The ten addresses with the most traffic of the last 24 hours, beside what they had the day before, as a chart, a table and CSV in a mail. Both days come from the statistics of the appliance, so that nothing has to be kept here.',
  [STEP.appliance, STEP.mail, `${STEP.slack} It hears of failures only.`],
  'read access to statistics.',
);

const DAY = 86_400_000;
const back = (days: number): Typed => ({
  value: `$fromMillis($millis() - ${days * DAY})`,
  type: 'jsonata',
});

export function dailyDigest(): FlowBuilder {
  const flow = new FlowBuilder('08 Daily top-talker digest', INFO, {
    ...SETTINGS.slack,
    ...SETTINGS.mail,
  });
  flow.comment('Who used the network, every morning: read me first', [0, -1.6], INFO);
  inject(flow, 'Every morning', [0, 0], { crontab: '00 08 * * *' });
  flow.allegro('Last 24 hours', 'topTalkers', [1, 0], {
    limit: '10',
    timeMode: 'between',
    since: back(1),
    until: back(0),
  });
  move(flow, 'Keep the last day', [2, 0], 'today');
  flow.allegro('Chart', 'chart', [0, 1.2], {
    chartKind: 'topTalkers',
    barCount: '10',
    timeMode: 'between',
    since: back(1),
    until: back(0),
    fileTarget: 'buffer',
  });
  move(flow, 'Keep the chart', [1, 1.2], 'chart');
  // Without a chart, the rest is told all the same.
  flow.catch('No chart', [0, 1.8], ['Chart']);
  flow.function('Without the chart', [1, 1.8], 'return { _msgid: msg._msgid, today: msg.today };');
  // Anybody may have been first the day before, so all of them are asked for.
  flow.allegro('Day before', 'topTalkers', [2, 1.2], {
    returnAll: 'true',
    timeMode: 'between',
    since: back(2),
    until: back(1),
  });
  flow.function('Compare', [0, 2.4], COMPARE);
  csv(flow, 'CSV', [1, 2.4], COLUMNS);
  flow.function('Mail', [2, 2.4], MAIL);
  mail(flow, 'Mail the digest', [3, 2.4]);
  flow.comment('When something fails', [0, 3.6]);
  failed(flow, [0, 4.4], "'the top-talker digest'", [
    'Last 24 hours',
    'Chart',
    'Without the chart',
    'Day before',
    'Compare',
    'Mail',
    'Mail the digest',
  ]);
  postToSlack(flow, [2, 4.4]);
  flow.chain(
    'Every morning',
    'Last 24 hours',
    'Keep the last day',
    'Chart',
    'Keep the chart',
    'Day before',
    'Compare',
    'CSV',
    'Mail',
    'Mail the digest',
  );
  flow.chain('No chart', 'Without the chart', 'Day before');
  flow.wire('What went wrong', FORM);
  return flow;
}

const COLUMNS = [
  'rank',
  'ip',
  'name',
  'megabytes',
  'sharePercent',
  'rankBefore',
  'megabytesBefore',
  'changePercent',
];

const COMPARE = `// One row for each of today's top talkers, with what it had the day before.
const hadTraffic = (row) => row.totalBytes > 0;
const before = new Map(msg.payload.talkers.filter(hadTraffic).map((row) => [row.ip, row]));
msg.rows = msg.today.talkers.filter(hadTraffic).map((row) => {
    const then = before.get(row.ip);
    return {
        rank: row.rank,
        ip: row.ip,
        name: row.name || '',
        megabytes: Math.round(row.totalBytes / 1e4) / 100,
        sharePercent: row.sharePercent,
        rankBefore: then ? then.rank : '',
        megabytesBefore: then ? Math.round(then.totalBytes / 1e4) / 100 : '',
        changePercent: then ? Math.round((row.totalBytes / then.totalBytes - 1) * 100) : ''
    };
});
msg.payload = msg.rows;
return msg;`;

const MAIL = `const text = (value) => String(value ?? '').replace(/[&<>]/g, (c) => '&#' + c.charCodeAt(0) + ';');
const day = new Date().toISOString().slice(0, 10);
const rows = msg.rows.map((row) => [
    row.rank, row.ip, row.name, row.megabytes.toFixed(2), row.sharePercent === null ? '' : row.sharePercent + ' %',
    row.rankBefore === '' ? 'new' : (row.changePercent > 0 ? '+' : '') + row.changePercent + ' % (was ' + row.rankBefore + '.)'
]);
msg.attachments = [
    ...(rows.length > 0 ? [{ filename: 'top-talkers-' + day + '.csv', content: String(msg.payload), contentType: 'text/csv' }] : []),
    ...(msg.chart ? [{ filename: 'top-talkers-' + day + '.png', content: msg.chart, contentType: 'image/png', cid: 'chart' }] : [])
];
msg.topic = 'Top talkers, ' + day;
msg.from = env.get('MAIL_FROM');
msg.payload = '<h2>Top talkers of the last 24 hours</h2>'
    + (msg.chart ? '<p><img src="cid:chart" width="800" alt="Top talkers, as in the table"></p>' : '')
    + (rows.length === 0 ? '<p>No address had any traffic.</p>' : '<table border="1" cellpadding="4" style="border-collapse:collapse"><tr>'
    + ['', 'Address', 'Name', 'MB', 'Share', 'Day before'].map((head) => '<th align="left">' + head + '</th>').join('') + '</tr>'
    + rows.map((row) => '<tr>' + row.map((cell) => '<td>' + text(cell) + '</td>').join('') + '</tr>').join('')
    + '</table><p>Each packet has two ends, so the shares add up to more than 100 %.</p>');
return msg;`;

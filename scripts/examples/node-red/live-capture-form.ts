import { FlowBuilder, msg } from '../node-red-flow';
import {
  about,
  answer,
  failed,
  FORM,
  formPage,
  postToSlack,
  SETTINGS,
  STEP,
  ways,
} from '../node-red-parts';

const INFO = about(
  'Somebody opens `/allegro/live` and asks for an IP address, a port, how long and how much. The pcap comes back to the browser when it is done. No login at the appliance is needed.',
  [
    STEP.appliance,
    STEP.slack,
    "Keep the page to those who may capture: it has no login of its own (`httpNodeAuth` in Node-RED's settings).",
  ],
  'the permission "pcap". At most 300 s and 50 MB a time.',
);

export function liveCaptureForm(): FlowBuilder {
  const flow = new FlowBuilder('05 Live capture on demand', INFO, SETTINGS.slack);
  flow.comment('A live capture for whoever needs one: read me first', [0, -1.6], INFO);
  formPage(flow, '/allegro/live', PAGE);
  flow.function('Within the limits', [1.2, 1], READ);
  flow.allegro('Capture live', 'capturePcap', [2.2, 1], {
    captureSource: 'live',
    liveSeconds: msg('wanted.seconds'),
    host: msg('wanted.host'),
    conditions: msg('wanted.conditions'),
    maxMegabytes: msg('wanted.megabytes'),
    fileNamePrefix: 'live',
    fileTarget: 'buffer',
    bufferLimit: '50',
  });
  ways(flow, 'Any packets?', [3.2, 1], 'fileInfo.packets', [
    { t: 'gt', v: '0', vt: 'num' },
    { t: 'else' },
  ]);
  flow.function('The file', [4.2, 1], FILE);
  flow.function('Nothing', [4.2, 2], NOTHING);
  answer(flow, 'To the browser', [5.2, 1]);
  flow.comment('When it fails: the person at the form, and Slack', [0, 3]);
  failed(flow, [0, 4], "'a live capture of ' + (msg.wanted ? msg.wanted.host : 'a host')", [
    'Within the limits',
    'Capture live',
    'The file',
    'Nothing',
  ]);
  flow.function(
    'Say it failed',
    [2.2, 4],
    "msg.payload = msg.title + '\\n' + msg.text;\nmsg.headers = { 'content-type': 'text/plain; charset=utf-8' };\nmsg.statusCode = msg.error.code === 'ALLEGRO_INPUT' ? 400 : 502;\nreturn msg;",
  );
  answer(flow, 'To the browser, too', [3.2, 4]);
  postToSlack(flow, [2.2, 5]);
  flow.chain(
    'POST /allegro/live',
    'Within the limits',
    'Capture live',
    'Any packets?',
    'The file',
    'To the browser',
  );
  flow.wire('Any packets?', 'Nothing', 1);
  flow.wire('Nothing', 'To the browser');
  flow.chain('What went wrong', 'Say it failed', 'To the browser, too');
  flow.wire('What went wrong', FORM);
  return flow;
}

const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>Live capture</title>
<h1>Live capture</h1>
<p>Captures packets of one host from now on. Keep the page open until the file comes.</p>
<form method="post">
  <p><label>IP address <input name="host" required placeholder="10.1.2.3"></label></p>
  <p><label>Port <input name="port" type="number" min="0" max="65535" placeholder="all"></label></p>
  <p><label>Seconds <input name="seconds" type="number" min="1" max="300" value="30" required></label></p>
  <p><label>Megabytes <input name="megabytes" type="number" min="1" max="50" value="10" required></label></p>
  <p><button>Capture</button></p>
</form>`;

const READ = `const { host, port } = msg.payload;
const within = (value, low, high) => Math.min(Math.max(Number(value) || 0, low), high);
msg.wanted = {
    host,
    seconds: within(msg.payload.seconds, 1, 300),
    megabytes: within(msg.payload.megabytes, 0.1, 50),
    conditions: port ? [{ kind: 'port', value: String(port), value2: '', negate: false }] : []
};
msg.payload = {};
return msg;`;

const FILE = `msg.headers = {
    'content-type': 'application/vnd.tcpdump.pcap',
    'content-disposition': 'attachment; filename="' + msg.fileInfo.fileName + '"',
    'x-content-sha256': msg.fileInfo.sha256
};
return msg;`;

const NOTHING = `msg.payload = 'In that time there was nothing for ' + msg.wanted.host + '.';
msg.headers = { 'content-type': 'text/plain; charset=utf-8' };
msg.statusCode = 404;
return msg;`;

import { FlowBuilder } from '../node-red-flow';
import {
  about,
  answer,
  failed,
  FORM,
  formPage,
  inject,
  postToSlack,
  SETTINGS,
  STEP,
} from '../node-red-parts';

const INFO = about(
  'Somebody opens `/allegro/preserve` and fills in why, and for how many minutes. The ring buffer stands still, Slack is told by whom and until when, reminded before the end, and the buffer records again by itself, even if Node-RED was restarted meanwhile: what it waits for is in the file `allegro-preserve.json`.',
  [
    STEP.appliance,
    STEP.slack,
    "Keep the page to those who may suspend: it has no login of its own (`httpNodeAuth` in Node-RED's settings).",
  ],
  'the admin role, or a token that may change the configuration. **While the buffer is suspended it records nothing, for all users.**',
);

export function preserveOnly(): FlowBuilder {
  const flow = new FlowBuilder('03 Preserve the ring buffer', INFO, SETTINGS.slack);
  flow.comment('Preserve what is in the ring buffer: read me first', [0, -1.6], INFO);
  formPage(flow, '/allegro/preserve', PAGE);
  flow.function('Read the form', [1.2, 1], READ);
  flow.allegro('Suspend', 'suspendBuffer', [2.2, 1], { bufferAction: 'suspend' });
  flow.function('Suspended', [3.2, 1], SUSPENDED, 3);
  answer(flow, 'Done', [4.2, 0]);
  file(flow, 'Note until when', [4.2, 1], 'true');
  flow.comment('Wait: the reminder comes at four fifths of the time', [0, 2.2]);
  flow.function('Time left', [0, 3], LEFT, 2, "flow.set('waitingUntil', undefined);");
  delay(flow, 'Until reminder', [1.2, 3]);
  flow.function('Reminder', [2.2, 3], REMINDER);
  delay(flow, 'Until end', [1.2, 4]);
  flow.allegro('Resume', 'suspendBuffer', [2.2, 4], { bufferAction: 'resume' });
  flow.function('Recording', [3.2, 4], RECORDING);
  file(flow, 'Forget the note', [4.2, 4], 'delete');
  flow.comment('After a restart', [0, 5.2]);
  inject(flow, 'At the start', [0, 6], { once: true });
  flow.node('Is there a note?', 'file in', [1.2, 6], {
    filename: 'allegro-preserve.json',
    filenameType: 'str',
    format: 'utf8',
    chunk: false,
    sendError: false,
    encoding: 'none',
    allProps: false,
  });
  flow.node('Read the note', 'json', [2.2, 6], {
    property: 'payload',
    action: 'obj',
    pretty: false,
  });
  flow.function('Go on waiting', [3.2, 6], 'msg.preserve = msg.payload;\nreturn msg;');
  flow.catch('There is none', [1.2, 7], ['Is there a note?']);
  flow.comment('When something fails', [0, 8.2]);
  flow.catch('Resume fails', [0, 9], ['Resume']);
  flow.function('Five tries', [1.2, 9], TRIES, 2);
  delay(flow, 'In a moment', [2.2, 9]);
  failed(flow, [0, 10], "'the ring buffer could not be suspended'", [
    'Read the form',
    'Suspend',
    'Note until when',
    'Forget the note',
  ]);
  flow.function(
    'Answer with the error',
    [2.2, 10],
    'if (!msg.res) return null;\nmsg.payload = msg.text;\nmsg.statusCode = 502;\nreturn msg;',
  );
  answer(flow, 'Not done', [3.4, 10]);
  postToSlack(flow, [4.2, 2.5]);

  flow.chain('POST /allegro/preserve', 'Read the form', 'Suspend', 'Suspended');
  ['Done', 'Note until when', FORM].forEach((name, output) => flow.wire('Suspended', name, output));
  flow.wire('Suspended', 'Time left', 2);
  flow.wire('Time left', 'Until reminder', 0);
  flow.wire('Time left', 'Until end', 1);
  flow.chain('Until reminder', 'Reminder', FORM);
  flow.chain('Until end', 'Resume', 'Recording', FORM);
  flow.wire('Recording', 'Forget the note');
  flow.chain('At the start', 'Is there a note?', 'Read the note', 'Go on waiting', 'Time left');
  flow.chain('Resume fails', 'Five tries');
  flow.wire('Five tries', 'In a moment', 0);
  flow.wire('In a moment', 'Resume');
  flow.wire('Five tries', FORM, 1);
  flow.chain('What went wrong', 'Answer with the error', 'Not done');
  flow.wire('What went wrong', FORM);
  return flow;
}

function delay(flow: FlowBuilder, name: string, place: readonly [number, number]): void {
  flow.node(name, 'delay', place, {
    pauseType: 'delayv',
    timeout: '5',
    timeoutUnits: 'seconds',
    rate: '1',
    nbRateUnits: '1',
    rateUnits: 'second',
    randomFirst: '1',
    randomLast: '5',
    randomUnits: 'seconds',
    drop: false,
    allowrate: false,
    outputs: 1,
  });
}

function file(
  flow: FlowBuilder,
  name: string,
  place: readonly [number, number],
  overwriteFile: string,
): void {
  flow.node(name, 'file', place, {
    filename: 'allegro-preserve.json',
    filenameType: 'str',
    appendNewline: false,
    createDir: false,
    overwriteFile,
    encoding: 'none',
  });
}

const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>Preserve the ring buffer</title>
<h1>Preserve the ring buffer</h1>
<p>Keeps what is recorded, and records nothing new until the time is over.</p>
<form method="post">
  <p><label>Reason <input name="reason" required></label></p>
  <p><label>Minutes <input name="minutes" type="number" min="1" max="1440" value="30" required></label></p>
  <p><label>Your name <input name="name" required></label></p>
  <p><button>Suspend the buffer</button></p>
</form>`;

const READ = `const { reason, name } = msg.payload;
const minutes = Number(msg.payload.minutes);
if (!reason || !name || !(minutes >= 0.05 && minutes <= 1440)) {
    node.error('Reason, name and 1 to 1440 minutes are needed.', msg);
    return null;
}
msg.preserve = { reason, name, minutes, until: Date.now() + minutes * 60000 };
msg.payload = {};
return msg;`;

const SUSPENDED = `const { reason, name, minutes } = msg.preserve;
// The time begins now: suspending may have taken a while.
msg.preserve.until = Date.now() + minutes * 60000;
const until = new Date(msg.preserve.until).toISOString();
const note = { payload: JSON.stringify(msg.preserve) };
const page = { ...msg, payload: 'The ring buffer is suspended until ' + until + '.', headers: { 'content-type': 'text/plain' } };
msg.title = 'Ring buffer suspended: ' + reason;
msg.text = 'By ' + name + ', on ' + msg.payload.device + '. *Nothing is recorded* until ' + until + '.';
delete msg.req;
delete msg.res;
return [page, note, msg];`;

const LEFT = `// Once for each time, even if it is read from the note as well.
if (flow.get('waitingUntil') === msg.preserve.until) return null;
flow.set('waitingUntil', msg.preserve.until);
const left = Math.max(0, msg.preserve.until - Date.now());
const share = msg.preserve.minutes * 60000 * 0.2;
const reminder = left > share ? { preserve: msg.preserve, delay: left - share } : null;
return [reminder, { preserve: msg.preserve, delay: left }];`;

const REMINDER = `msg.title = 'Reminder: the ring buffer is still suspended';
msg.text = 'For: ' + msg.preserve.reason + '. It records again in ' + (msg.preserve.minutes * 0.2).toFixed(1)
    + ' minutes. Take out what you need now.';
return msg;`;

const RECORDING = `msg.title = 'Ring buffer records again';
msg.text = 'On ' + msg.payload.device + ', since ' + msg.payload.at + '. It was suspended for: ' + msg.preserve.reason;
return msg;`;

const TRIES = `msg.tries = (msg.tries || 0) + 1;
const words = msg.error.message;
if (msg.tries < 5) {
    delete msg.error;
    msg.delay = 5000;
    return [msg, null];
}
msg.title = 'Failed: the ring buffer is STILL SUSPENDED';
msg.text = words + '\\nNothing is recorded. Resume it by hand: Generic, Packet ring buffer on the appliance, or a node Suspend Buffer.';
return [null, msg];`;

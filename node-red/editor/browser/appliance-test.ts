import { failureText } from './choices';
import { page, translate, type EditorNode, type Failure, type JQuery } from './editor-api';

/** How a test ended, as a colour and, for who does not see it, an icon. */
type Level = 'good' | 'warning' | 'bad';

const LOOKS: Record<Level, [icon: string, color: string]> = {
  good: ['fa-check-circle', 'var(--red-ui-text-color-success, #4f8f00)'],
  warning: ['fa-exclamation-triangle', 'var(--red-ui-text-color-warning, #b26b00)'],
  bad: ['fa-times-circle', 'var(--red-ui-text-color-error, #ad1625)'],
};

/** What the runtime answers to a test that connected. */
interface TestAnswer {
  applianceTime: string;
  clockOffsetSeconds: number | null;
  /** Where the time comes from, unless it is the documented clock. */
  warning?: string;
  access: Record<string, 'yes' | 'no' | 'unknown'>;
  /** Whether the deployed settings were tested, because those of the form name variables. */
  asDeployed?: boolean;
}

const ACCESS: ReadonlyArray<[name: string, english: string]> = [
  ['statistics', 'Read statistics'],
  ['captures', 'Capture packets'],
  ['voip', 'Read SIP and RTP statistics'],
  ['ringBuffer', 'Suspend a ring buffer'],
  ['uploads', 'Upload pcaps'],
];

const ACCESS_LOOKS = {
  yes: ['fa-check', 'allowed'],
  no: ['fa-times', 'not allowed'],
  unknown: ['fa-question', 'not known until it is tried'],
} as const;

/** Beyond it, "the last 5 minutes" is noticeably not what a person expects. */
const MAX_OFFSET_SECONDS = 60;

/** Shows a connection: green, or yellow where the login lacks something or a warning stands. */
export function showTest(node: EditorNode, result: JQuery, answer: unknown): void {
  const { applianceTime, clockOffsetSeconds, warning, access, asDeployed } = answer as TestAnswer;
  const time = new Date(applianceTime).toLocaleString(page.RED.i18n.lang());
  const defaultValue = `Connected. The clock of the appliance says ${time}.`;
  const offset = offsetText(node, clockOffsetSeconds ?? 0);
  const notes = '#allegro-multimeter-http-note:visible, #allegro-multimeter-unchecked-note:visible';
  const isWarned =
    [warning, offset].some(Boolean) ||
    Object.values(access).includes('no') ||
    page.$(notes).length > 0;
  const deployed = translate(node, 'test.asDeployed', 'Tested as deployed.');
  show(result, isWarned ? 'warning' : 'good', [
    [node._('test.connected', { defaultValue, time }), offset].filter(Boolean).join(' '),
    ...(warning ? [warning] : []),
    ...(asDeployed ? [deployed] : []),
  ]);
  result.append(
    page.$('<div>').text(translate(node, 'test.login', 'What this login may do:')),
    accessList(node, access),
  );
}

function offsetText(node: EditorNode, offset: number): string {
  if (Math.abs(offset) <= MAX_OFFSET_SECONDS) return '';
  const seconds = Math.round(Math.abs(offset));
  const where = offset > 0 ? 'ahead' : 'behind';
  const defaultValue = `That is ${seconds} s ${where === 'ahead' ? 'ahead of' : 'behind'} the clock of Node-RED.`;
  return node._(`test.${where}`, { defaultValue, seconds });
}

function accessList(node: EditorNode, access: TestAnswer['access']): JQuery {
  const list = page.$('<ul>', { class: 'fa-ul' }).css({ 'margin-bottom': '0' });
  for (const [name, english] of ACCESS) {
    const found = access[name] ?? 'unknown';
    const [icon, word] = ACCESS_LOOKS[found];
    const text = `${translate(node, `test.access.${name}`, english)}: ${translate(node, `test.${found}`, word)}`;
    list.append(
      page
        .$('<li>')
        .append(
          page.$('<i>', { class: `fa-li fa ${icon}`, 'aria-hidden': true }),
          page.$('<span>').text(text),
        ),
    );
  }
  return list;
}

/** Shows why there is no connection, with the way out where a certificate mends it. */
export function showFailure(node: EditorNode, result: JQuery, failure: Failure): void {
  show(result, 'bad', [failureText(node, failure)]);
  if (!failure.responseJSON?.isMendedByCertificate) return;
  const fetch = () => page.$('#allegro-multimeter-certificate').trigger('click');
  result.append(button(translate(node, 'certificate.button', 'Get certificate'), fetch));
}

/** What the runtime answers where an appliance has a certificate. */
interface CertificateAnswer {
  pem: string;
  subject: string;
  validUntil: string;
  fingerprint: string;
}

/** Shows a certificate, and enters it; where another one is entered, only when a person says so. */
export function showCertificate(
  node: EditorNode,
  result: JQuery,
  input: JQuery,
  answer: unknown,
): void {
  const { pem, subject, validUntil, fingerprint } = answer as CertificateAnswer;
  const facts = { subject, until: validUntil.slice(0, 10), fingerprint };
  const defaultValue = `Certificate of ${subject}, valid until ${facts.until}: ${fingerprint}`;
  const shown = node._('certificate.fetched', { defaultValue, ...facts });
  const enter = () => input.val(pem).trigger('change');
  const entered = (input.val() ?? '').trim();
  if (entered === '' || entered === pem.trim()) {
    const same = translate(node, 'certificate.same', 'This certificate is already entered.');
    show(result, entered === '' ? 'warning' : 'good', [shown, ...(entered === '' ? [] : [same])]);
    enter();
    return;
  }
  const other = translate(node, 'certificate.other', 'Another certificate is already entered.');
  show(result, 'warning', [shown, other]);
  const choose = (english: string, key: string, isTaken: boolean) =>
    button(translate(node, key, english), () => {
      if (isTaken) {
        enter();
        show(result, 'warning', [shown]);
      } else {
        result.hide();
      }
      // The button that had it is gone.
      input.trigger('focus');
    });
  result.append(
    choose('Replace', 'certificate.replace', true),
    choose('Keep', 'certificate.keep', false),
  );
}

/** Says that a request is on its way. */
export function showProgress(result: JQuery, text: string): void {
  result.removeAttr('data-level').css({ 'border-left': '' }).text(text).show();
}

/** Replaces what a result says. Texts may come from an appliance, so they are set as text. */
function show(result: JQuery, level: Level, lines: readonly string[]): void {
  const [icon, color] = LOOKS[level];
  result
    .empty()
    .attr('data-level', level)
    .css({ 'border-left': `4px solid ${color}` })
    .show();
  lines.forEach((line, at) => {
    const sign = page.$('<i>', { class: `fa ${icon}`, 'aria-hidden': true }).css({ color });
    const text = wrapping(at === 0 ? ` ${line}` : line);
    result.append(page.$('<div>').append(...(at === 0 ? [sign, ...text] : text)));
  });
}

/** A fingerprint, which is longer than a line, wraps between two bytes. */
function wrapping(line: string): JQuery[] {
  const parts = /([0-9A-F]{2}:){31}/.test(line) ? line.split(/(?<=\b[0-9A-F]{2}:)/) : [line];
  return parts.flatMap((part) => [page.$('<span>').text(part), page.$('<wbr>')]);
}

function button(text: string, onClick: () => void): JQuery {
  return page
    .$('<button>', { type: 'button', class: 'red-ui-button red-ui-button-small' })
    .css({ margin: '6px 6px 0 0' })
    .text(text)
    .on('click', (event) => {
      event.preventDefault();
      onClick();
    });
}

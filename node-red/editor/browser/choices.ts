import { page, translate, type EditorNode, type Failure, type JQuery } from './editor-api';
import type { EditorField } from './editor-field';

interface Choice {
  value: string;
  label: string;
}

interface MenuEntry {
  value: string;
  label: JQuery;
}

const KEPT_MS = 60_000;
/** Of typing, before the appliance is asked. */
const PAUSE_MS = 250;
const answers = new Map<string, { at: number; choices: Choice[] }>();

/** Suggests what the appliance offers while a person types; other text remains possible. */
export function completion(field: EditorField) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (typed: string, done: (entries: MenuEntry[]) => void): void => {
    // The editor asks at each key, and takes only the last answer.
    clearTimeout(timer);
    timer = setTimeout(() => {
      load(
        field,
        typed,
        (choices) => done(toEntries(choices)),
        () => done([]),
      );
    }, PAUSE_MS);
  };
}

/** The button next to such a field: shows all choices for what was typed so far. */
export function prepareChoicesButton(node: EditorNode, field: EditorField): void {
  const button = page.$(`#allegro-multimeter-choose-${field.name}`);
  const note = page.$(`#allegro-multimeter-note-${field.name}`);
  const input = page.$(`#node-input-${field.name}`);
  page.RED.popover.tooltip(
    button,
    translate(node, 'choices.show', 'Show what the appliance offers'),
  );
  button.on('click', (event) => {
    event.preventDefault();
    note.hide();
    const isTyped = input.typedInput('type') === ownType(field);
    // All numbers are offered; of texts those that go on from what was typed.
    const typed = isTyped && field.kind !== 'number' ? input.typedInput('value') : '';
    const fail = (failure: Failure) => note.text(failureText(node, failure)).show();
    const offer = (choices: Choice[]) => show(node, field, choices);
    if (field.choices !== 'statisticsPaths' || !typed.includes('/')) {
      load(field, field.choices === 'statisticsPaths' ? typed : '', offer, fail);
      return;
    }
    // A complete path is opened, so that a second click leads one level deeper.
    const path = typed.replace(/\/$/, '');
    load(
      field,
      `${path}/`,
      (below) => {
        if (below.length > 0) offer(below);
        // At the end of the tree, what stands beside it.
        else load(field, path.slice(0, path.lastIndexOf('/') + 1), offer, fail);
      },
      fail,
    );
  });
}

function show(node: EditorNode, field: EditorField, choices: Choice[]): void {
  const input = page.$(`#node-input-${field.name}`);
  const note = page.$(`#allegro-multimeter-note-${field.name}`);
  if (choices.length === 0) {
    note.text(translate(node, 'choices.none', 'The appliance lists nothing here.')).show();
    return;
  }
  const menu = page.RED.popover.menu({
    width: 320,
    maxHeight: 240,
    tabSelect: true,
    options: toEntries(choices),
    onselect: ({ value }) => {
      input.typedInput('type', ownType(field));
      input.typedInput('value', value);
    },
  });
  menu.show({ target: page.$(`#allegro-multimeter-choose-${field.name}`) });
}

function ownType({ kind }: EditorField): string {
  return kind === 'number' ? 'num' : 'str';
}

/** Labels come from the appliance, so they are set as text. */
function toEntries(choices: Choice[]): MenuEntry[] {
  return choices.map(({ value, label }) => ({ value, label: page.$('<span>').text(label) }));
}

function load(
  field: EditorField,
  typed: string,
  onChoices: (choices: Choice[]) => void,
  onFailure: (failure: Failure) => void,
): void {
  const appliance = page.$('#node-input-appliance').val();
  if (!appliance || appliance === '_ADD_') {
    onFailure({ status: 409 });
    return;
  }
  // The tree of statistics is searched there; of the rest there is so little that all of it is kept.
  const search = field.choices === 'statisticsPaths' ? typed.trim() : '';
  const wanted = search === '' ? typed.trim().toLowerCase() : '';
  const give = (choices: Choice[]) =>
    onChoices(
      choices.filter(({ value, label }) => `${value}\n${label}`.toLowerCase().includes(wanted)),
    );
  const key = `${appliance} ${field.choices} ${search}`;
  const kept = answers.get(key);
  if (kept && Date.now() - kept.at < KEPT_MS) {
    give(kept.choices);
    return;
  }
  page.$.ajax({
    url: `allegro-multimeter/${encodeURIComponent(appliance)}/choices/${field.choices}`,
    type: 'GET',
    data: search === '' ? {} : { search },
    timeout: 20_000,
  })
    .done((answer) => {
      const choices = Array.isArray(answer) ? (answer as Choice[]) : [];
      answers.set(key, { at: Date.now(), choices });
      give(choices);
    })
    .fail(onFailure);
}

/** What went wrong, in words. */
export function failureText(
  node: EditorNode,
  { status, statusText, responseJSON }: Failure,
): string {
  if (responseJSON?.code === 'ALLEGRO_NOT_DEPLOYED') {
    return translate(node, 'choices.notDeployed', String(responseJSON.message));
  }
  if (responseJSON?.message) return responseJSON.message;
  if (status === 409) {
    return translate(node, 'choices.deploy', 'Choose an appliance and deploy, then try again.');
  }
  if (status === 401 || status === 403) {
    return translate(node, 'choices.permission', 'Your login to Node-RED does not allow this.');
  }
  return `${translate(node, 'choices.failed', 'Node-RED did not answer')} (${status || statusText}).`;
}

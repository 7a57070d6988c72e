import { definePollTrigger } from '../../../../nodes/definitions/triggers/trigger';
import { deviceFields } from '../../../../nodes/definitions/fields/device-scope';
import { FILTER_FIELDS } from '../../../../nodes/definitions/fields/packet-filter';
import { optionalTimeRangeFields } from '../../../../nodes/definitions/fields/time-range';
import { defineLocalNode, defineNode } from '../../../../nodes/definitions/model/define-node';
import { defineFields } from '../../../../nodes/definitions/model/field';
import type { ValuesOf } from '../../../../nodes/definitions/model/field-values';
import type { InputFile } from '../../../../nodes/definitions/model/run-result';
import { readFieldValues } from '../../../../nodes/definitions/model/read-field-values';

/** The compiler checks these; a type that is too wide or too narrow is an error. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

const text = (name: string) => ({ label: name, description: name });
const FIELDS = defineFields([
  {
    name: 'mode',
    type: 'options',
    default: 'a',
    ...text('Mode'),
    options: [
      { value: 'a', label: 'A' },
      { value: 'b', label: 'B' },
    ],
  },
  {
    name: 'chosen',
    type: 'options',
    default: '',
    required: true,
    ...text('Chosen'),
    options: [{ value: 'x', label: 'X' }],
  },
  { name: 'count', type: 'number', default: 1, ...text('Count') },
  { name: 'limit', type: 'number', default: null, ...text('Limit') },
  { name: 'cleared', type: 'number', default: 1, blankIsNull: true, ...text('Cleared') },
  { name: 'must', type: 'number', default: null, required: true, ...text('Must') },
  { name: 'flag', type: 'boolean', default: false, ...text('Flag') },
  { name: 'at', type: 'dateTime', default: '', ...text('At') },
  { name: 'since', type: 'dateTime', default: '', required: true, ...text('Since') },
  {
    name: 'hidden',
    type: 'dateTime',
    default: '',
    required: true,
    showWhen: { mode: ['b'] },
    ...text('Hidden'),
  },
  { name: 'file', type: 'file', default: '', required: true, ...text('File') },
  {
    name: 'rows',
    type: 'list',
    default: [],
    addLabel: 'Add',
    rowLabel: 'Row',
    ...text('Rows'),
    columns: [{ name: 'n', type: 'number', default: 1, ...text('N') }],
  },
]);
type Values = ValuesOf<typeof FIELDS>;

it('types the value of each kind of field', () => {
  same<Values['mode'], 'a' | 'b'>(true);
  same<Values['chosen'], 'x'>(true);
  same<Values['count'], number>(true);
  same<Values['limit'], number | null>(true);
  same<Values['cleared'], number | null>(true);
  same<Values['must'], number>(true);
  same<Values['flag'], boolean>(true);
  same<Values['at'], number | null>(true);
  same<Values['since'], number>(true);
  same<Values['hidden'], number | null>(true);
  same<Values['file'], InputFile>(true);
  same<Values['rows'][number]['n'], number>(true);
  const file = { name: 'a', size: 0, open: () => (async function* () {})() };
  const values = readFieldValues(
    { fields: FIELDS },
    { chosen: 'x', cleared: '', must: 2, since: 1e9, file },
  );
  expect(values).toEqual({
    ...{ mode: 'a', chosen: 'x', count: 1, limit: null, cleared: null, must: 2, flag: false },
    ...{ at: null, since: 1e15, hidden: null, file, rows: [] },
  });
});

it('keeps the types of groups that are spread, and refuses a name that no field has', () => {
  const facts = {
    label: 'X',
    verb: 'X',
    action: 'X',
    description: 'X',
    details: [],
    permission: '',
    source: '',
  };
  const node = defineNode({
    ...facts,
    name: 'x',
    group: 'Device',
    fields: [...optionalTimeRangeFields({ none: 'All' }), ...FILTER_FIELDS, ...deviceFields()],
    sampleOutput: {},
    producesFile: false,
    async *run(context, values) {
      same<typeof values.timeMode, 'last' | 'between' | 'around' | 'none'>(true);
      same<typeof values.deviceScope, 'one' | 'active' | 'list'>(true);
      same<typeof values.combine, 'all' | 'any'>(true);
      // @ts-expect-error -- a field that the node does not have
      yield { json: { misspelt: values.devise } };
      // @ts-expect-error -- a step that no host has a word for
      context.progress({ step: 'thinking' });
    },
  });
  const local = defineLocalNode({
    ...node,
    needsAppliance: false,
    async *run(context) {
      // @ts-expect-error -- no appliance was chosen
      yield { json: { url: context.client } };
    },
  });
  expect(local.fields).toBe(node.fields);
});

it('types the values of triggers', () => {
  const trigger = definePollTrigger({
    ...{ kind: 'poll', name: 'x', label: 'X', action: 'X', description: 'X', details: [] },
    ...{ permission: '', source: '', messageProperties: {} },
    fields: [{ name: 'count', type: 'number', default: 1, ...text('Count') }],
    sampleOutput: { eventId: '', event: '', text: '', alertTime: '' },
    poll: (_, { count }) => {
      same<typeof count, number>(true);
      return Promise.reject(new Error(String(count)));
    },
    preview: () => Promise.resolve([]),
  });
  expect(trigger.fields).toHaveLength(1);
});

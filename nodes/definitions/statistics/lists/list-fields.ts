import { defineField, defineFields } from '../../model/field';

/** What a list may be: these show a field for one of the two only. */
export const AS_CSV = { listOutput: ['csv'] } as const;
export const AS_DATA = { listOutput: ['data'] } as const;

/** The choice between data and a file; the texts say what each of them is for this list. */
export function listOutputField(texts: { data?: string; csv: string; description: string }) {
  return defineField({
    name: 'listOutput',
    label: 'Result',
    type: 'options',
    default: 'data',
    options: [
      { value: 'data', label: 'Data', ...(texts.data && { description: texts.data }) },
      { value: 'csv', label: 'CSV File', description: texts.csv },
    ],
    description: texts.description,
  });
}

/** How much of a list. */
interface Amount {
  /** What its rows are, in the plural, e.g. `peers`. */
  things: string;
  /** How many there are unless told otherwise. */
  limit: number;
}

export function amountFields({ things, limit }: Amount) {
  return defineFields([
    {
      name: 'returnAll',
      label: 'Return All',
      type: 'boolean',
      default: false,
      description: 'Whether to return all results or only up to a given limit',
      showWhen: AS_DATA,
    },
    {
      name: 'limit',
      label: 'Limit',
      type: 'number',
      default: limit,
      min: 1,
      integer: true,
      description: `Max number of ${things} to return`,
      showWhen: { ...AS_DATA, returnAll: [false] },
    },
  ]);
}

/** The fields of a list: data or a file, and how much of it. */
export function listFields(amount: Amount) {
  return defineFields([
    listOutputField({
      csv: 'The complete list, as written by the appliance',
      description: 'Data, or the complete list as a file',
    }),
    ...amountFields(amount),
  ]);
}

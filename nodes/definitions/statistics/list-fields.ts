import { defineFields } from '../model/field';

/** Where a list is a choice between data and a file, this says that it is a file. */
export const AS_CSV = { listOutput: ['csv'] } as const;
const AS_DATA = { listOutput: ['data'] } as const;

/**
 * The fields of a list: data or a file, and how much of it.
 *
 * @param things what its rows are, in the plural, e.g. `peers`
 * @param limit how many rows there are unless told otherwise
 */
export function listFields({ things, limit }: { things: string; limit: number }) {
  return defineFields([
    {
      name: 'listOutput',
      label: 'Result',
      type: 'options',
      default: 'data',
      options: [
        { value: 'data', label: 'Data' },
        {
          value: 'csv',
          label: 'CSV File',
          description: 'The complete list, as written by the appliance',
        },
      ],
      description: 'Data, or the complete list as a file',
    },
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

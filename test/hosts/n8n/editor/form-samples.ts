import type { INodeProperties } from 'n8n-workflow';
import { ROWS_NAME } from '../../../../n8n/description/field-properties';

export type Row = Record<string, unknown>;

/** As the date picker shows it again. */
const TYPED_TIME = '2026-11-23 15:50:00';

/** A value that is another than the default, in the shape that `NodeForm.fill` takes. */
export function sampleOf(property: INodeProperties): unknown {
  const { type, placeholder = '', typeOptions } = property;
  switch (type) {
    case 'options': {
      const options = property.options as Array<{ value: string }>;
      return options.find(({ value }) => value !== property.default)!.value;
    }
    case 'boolean':
      return !property.default;
    case 'number': {
      const value = (typeOptions?.minValue ?? 0) + 7;
      return Math.min(value, typeOptions?.maxValue ?? value);
    }
    case 'dateTime':
      return TYPED_TIME;
    case 'resourceLocator': {
      const [, typed] = property.modes!;
      return { mode: typed!.name, value: (typed!.placeholder ?? '').replace('e.g. ', '') };
    }
    case 'fixedCollection':
      return samplesOf(columnsOf(property).filter(({ displayOptions }) => !displayOptions));
    default: {
      const text = placeholder.replace('e.g. ', '') || 'text';
      return text === property.default ? `${text}2` : text;
    }
  }
}

export function samplesOf(properties: readonly INodeProperties[]): Row {
  return Object.fromEntries(properties.map((property) => [property.name, sampleOf(property)]));
}

export function columnsOf({ options }: INodeProperties): INodeProperties[] {
  const rows = (options as Array<{ name: string; values: INodeProperties[] }>).find(
    ({ name }) => name === ROWS_NAME,
  );
  return rows!.values;
}

import { stringify } from 'csv-stringify/sync';

/** Rows under a header, with commas and double quotes. Source: "Output IP Table as CSV file". */
export function csvOf(columns: string[], rows: Array<Array<string | number>>): string {
  return csvLines([columns, ...rows]);
}

/** Rows without a header. */
export function csvLines(rows: Array<Array<string | number>>): string {
  return stringify(rows);
}

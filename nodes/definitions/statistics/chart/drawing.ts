import type { ChartOptions } from './frame';
import type { Pixels } from './png';
import type { Sentence } from '../../../../client/values/sentence';

/** What a picture is made of, before it is a file. */
export interface Drawing {
  pixels: Pixels;
  title: string;
  /** What is to be seen, in a sentence, for those who do not see it. */
  altText: string;
  /** ISO 8601; `null` without an interval. */
  from: string | null;
  to: string | null;
  /** The figures in the picture. */
  series: Array<Record<string, unknown>>;
  warnings: Sentence[];
}

/** Gives the options of a chart once its title and time are known. */
export type OptionsFor = (
  title: string,
  time: { from: string; to: string } | undefined,
) => ChartOptions;

import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import type { ChoiceSource } from '../../client/devices/choices';
import { splitPath } from '../../client/devices/statistics-paths';
import { clientFor } from '../transport/client';
import { toNodeError } from '../execution/errors';
import { SEARCH_METHODS } from './field-properties';

/** Waiting longer than this for a list to pick from is worse than typing. */
const SEARCH_LIMIT = 20_000;

/** The method that fills a list of choices while the form is open. */
function searchMethod(source: ChoiceSource) {
  return async function search(
    this: ILoadOptionsFunctions,
    filter?: string,
  ): Promise<INodeListSearchResult> {
    try {
      const client = await clientFor(this, this.getCurrentNodeParameter('authentication'));
      const query = source === 'statisticsPaths' ? splitPath(filter) : { search: filter };
      const choices = await client.choices(source, query, AbortSignal.timeout(SEARCH_LIMIT));
      return { results: choices.map(({ label, value }) => ({ name: String(label), value })) };
    } catch (error) {
      throw toNodeError(this.getNode(), error, 0);
    }
  };
}

/** All of them, by the names that properties refer to. */
export const searchMethods = Object.fromEntries(
  (Object.entries(SEARCH_METHODS) as Array<[ChoiceSource, string]>).map(([source, name]) => [
    name,
    searchMethod(source),
  ]),
);

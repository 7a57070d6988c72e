import type { Incidents } from '../../appliance/incidents';
import type { Call } from '../request/call';
import { readWhole } from '../request/query';
import type { Reply } from '../reply/reply';
import type { Route } from '../route';

const USUAL_COUNT = 100;

/**
 * Incidents. Only the two paths are documented ("Query available URIs with OPTIONS"); **what they
 * answer is invented**, in three forms that a client has to cope with.
 */
export function incidentRoutes(incidents: Incidents): Route[] {
  return [
    {
      method: 'GET',
      path: '/API/stats/modules/global_incidents',
      answer: (call) => answer(call, incidents),
    },
    {
      method: 'GET',
      path: '/API/stats/incidentReporting',
      answer: () => ({ body: { numberOfIncidents: incidents.list.length } }),
    },
  ];
}

function answer({ query, switches }: Call, { list }: Incidents): Reply {
  const newestFirst = [...list].reverse();
  switch (switches.incidentsShape) {
    case 'array':
      return { body: newestFirst };
    case 'object':
      return {
        body: { incidents: Object.fromEntries(newestFirst.map(({ id, ...rest }) => [id, rest])) },
      };
    case 'envelope': {
      const itemsPerPage = Math.min(readWhole(query, 'count') ?? USUAL_COUNT, USUAL_COUNT);
      const page = readWhole(query, 'page') ?? 0;
      return {
        body: {
          displayedItems: newestFirst.slice(page * itemsPerPage, (page + 1) * itemsPerPage),
          numberOfItems: newestFirst.length,
          numberOfPages: Math.ceil(newestFirst.length / itemsPerPage),
          itemsPerPage,
        },
      };
    }
  }
}

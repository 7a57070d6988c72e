import type { Permission } from './request/access';
import type { Call } from './request/call';
import type { Query } from './request/query';
import type { Reply } from './reply/reply';

export interface Route {
  method: 'GET' | 'POST';
  /** With variable parts as in express: `/API/stats/modules/ip/ips/:ip`. */
  path: string;
  /** `other`, the reading of statistics, unless something else is named; `any` for each login. */
  permission?: Permission | 'any' | ((query: Query) => Permission);
  answer(call: Call): Promise<Reply> | Reply;
}

import type { Permission } from './access';
import type { Call } from './call';
import type { Reply } from './reply';

export interface Route {
  method: 'GET' | 'POST';
  /** With variable parts as in express: `/API/stats/modules/ip/ips/:ip`. */
  path: string;
  /** `other`, the reading of statistics, unless something else is named. */
  permission?: Permission;
  answer(call: Call): Promise<Reply> | Reply;
}

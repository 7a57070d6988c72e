import type { RequestInfo } from '../errors';
import { say, type Sentence } from '../values/sentence';

const CONFIGURATION = say`the admin role, or a token that may change the configuration`;

/**
 * By method and path, the first that fits. The permissions: "User Management" in the vendor's manual;
 * which of them a path needs is an assumption where the vendor's page says nothing.
 */
const PERMISSIONS: readonly (readonly [request: RegExp, needs: Sentence])[] = [
  [/^(POST|PUT) \/API\/data\/modules\/capture\/buffer\b/, CONFIGURATION],
  [/ \/API\/data\/modules\/capture\b/, say`the permission "pcap"`],
  [
    / \/API\/(data\/pcap|system\/(replay|analyze-pcap))\b/,
    say`the admin role, or a token that may upload pcaps`,
  ],
  [/ \/API\/stats\/modules\/(sip|rtp)|[?&]mode=rtpStats\b/, say`the permission "voip"`],
  [/^(POST|PUT|PATCH|DELETE) /, CONFIGURATION],
  [/ \/API\/stats\b/, say`read access to statistics`],
  [/ \/API\/system\/multidevice\b/, say`read access to the device list`],
  [/ \/API\/(system|info)\b/, say`the admin role`],
];

/** What a role or token needs for a request that was refused, as a part of a sentence; nothing for a job. */
export function neededPermission({ method = 'GET', path = '' }: RequestInfo): Sentence | undefined {
  const request = `${method} ${path}`;
  return PERMISSIONS.find(([pattern]) => pattern.test(request))?.[1];
}

import { join } from 'node:path';
import type { IHttpRequestOptions } from 'n8n-workflow';
import type { ApplianceCredentials } from '../../../../nodes/definitions/sign-in/fields';
import { N8nTransport, type RequestContext } from '../../../../n8n/transport/n8n-transport';
import { cacheFolder } from '../../../../scripts/hosts/package-cache';
import { type MakeTransport } from '../../../contract/faults/fault-matrix';
import { TOKEN } from '../../../contract/support/transports';

/**
 * The transport over n8n's own request helper, taken from the installed n8n without a whole server
 * around it: the same code that runs when a workflow does.
 */
export function realN8nTransport(credentials: ApplianceCredentials): N8nTransport {
  return new N8nTransport(
    realRequestContext(credentials),
    'allegroMultimeterTokenApi',
    credentials,
  );
}

interface RequestHelperFactory {
  getRequestHelperFunctions(
    workflow: object,
    node: object,
    additionalData: object,
  ): RequestContext['helpers'];
}

/** What a node sees of n8n when it sends requests. */
function realRequestContext(credentials: ApplianceCredentials): RequestContext {
  const modules = join(cacheFolder(), 'n8n', 'node_modules');
  const utils = 'n8n-core/dist/execution-engine/node-execution-context/utils';
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- its place is known only now
  const factory = require(
    join(modules, utils, 'request-helpers/factory.js'),
  ) as RequestHelperFactory;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- its place is known only now
  const axiosConfig = require(join(modules, '@n8n/backend-network/dist/http/axios/config.js')) as {
    configureGlobalAxiosDefaults(): void;
  };
  // n8n does this when it starts: 5 minutes of silence at most, its own agents.
  axiosConfig.configureGlobalAxiosDefaults();

  const node = { name: 'Allegro Network Multimeter', type: 'test', parameters: {} };
  const helpers = factory.getRequestHelperFunctions({}, node, {
    credentialsHelper: {
      getParentTypes: () => [],
      preAuthentication: () => Promise.resolve(undefined),
      authenticate: (_data: unknown, _type: string, options: IHttpRequestOptions) =>
        Promise.resolve({
          ...options,
          headers: { ...options.headers, Authorization: `Bearer ${credentials.token}` },
        }),
    },
  });
  return {
    helpers,
    getNode: () => node,
    getCredentials: () => Promise.resolve({ ...credentials }),
    // A signal of the execution, which the helper prefers to the one in the options.
    getExecutionCancelSignal: () => new AbortController().signal,
    logger: { warn: () => undefined },
  } as unknown as RequestContext;
}

/** n8n's transport to a simulator. It keeps no connections, so there is nothing to end. */
export const n8nTransport: MakeTransport = ({ url, certificatePem }) => ({
  transport: realN8nTransport({
    baseUrl: url,
    token: TOKEN,
    caCertificate: certificatePem,
    ignoreCertificateErrors: false,
  }),
  destroy: () => undefined,
});

/**
 * Headers for requests to a host that is restarted: a connection that is kept open would be used again
 * at the moment when the host closes it, which fails the request.
 */
export const ONE_CONNECTION_EACH = { Connection: 'close' };

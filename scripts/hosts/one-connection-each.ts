/**
 * Headers for requests to a host: a connection that is kept open may be used again at the moment when
 * the host closes it, because it was idle or is restarted, which fails the request.
 */
export const ONE_CONNECTION_EACH = { Connection: 'close' };

import dns from 'node:dns';

/**
 * Nobody knows a name that ends in "invalid". Resolvers of some networks take longer to say so than
 * the limit of a request by the fast clock.
 */
export function useQuickResolver(): void {
  const { lookup } = dns;
  beforeAll(() => {
    const quick = (hostname: string, ...more: unknown[]) => {
      if (!hostname.endsWith('.invalid')) return Reflect.apply(lookup, dns, [hostname, ...more]);
      const facts = { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname };
      const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), facts);
      process.nextTick(more.at(-1) as (reason: Error) => void, error);
    };
    jest.spyOn(dns, 'lookup').mockImplementation(quick as typeof lookup);
  });
  afterAll(() => void jest.mocked(dns.lookup).mockRestore());
}

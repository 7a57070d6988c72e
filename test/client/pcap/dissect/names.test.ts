import { dnsMessage } from '../../../support/payload-fixtures';
import type { Timed } from '../../../support/frame-fixtures';
import { analyse, CLIENT, datagram, SERVER, stream } from './analyse';

const query = (ms: number, id: number, name: string, client = CLIENT) =>
  datagram(ms, client, SERVER, [4000, 53], dnsMessage(id, name));
const response = (ms: number, id: number, name: string, what = {}, client = CLIENT) =>
  datagram(ms, SERVER, client, [53, 4000], dnsMessage(id, name, what));

describe('DNS', () => {
  it('counts names, codes, times and what has no response', () => {
    const { dns, conversations } = analyse([
      query(0, 1, 'www.Example.com'),
      response(30, 1, 'www.example.com', { address: '10.0.0.9' }),
      query(40, 2, 'nope.example.com'),
      response(42, 2, 'nope.example.com', { code: 3 }),
      query(50, 3, 'broken.example.com'),
      response(52, 3, 'broken.example.com', { code: 2 }),
      query(60, 4, 'silent.example.com'),
      datagram(5000, CLIENT, '10.0.0.9', [5, 6], Buffer.from('hello')),
      query(5000, 5, 'late.example.com'),
    ]);
    expect(dns).toMatchObject({
      queries: 5,
      responses: 3,
      unanswered: 1,
      responseCodes: { NOERROR: 1, NXDOMAIN: 1, SERVFAIL: 1 },
      nxdomain: [{ name: 'nope.example.com', count: 1 }],
      servfail: [{ name: 'broken.example.com', count: 1 }],
      unansweredNames: [{ name: 'silent.example.com', count: 1 }],
      servers: [{ server: SERVER, queries: 5, responses: 3 }],
    });
    expect(dns.slowest[0]).toEqual({ name: 'www.example.com', server: SERVER, ms: 30 });
    expect(conversations.find(({ b }) => b === '10.0.0.9')?.name).toBe('www.example.com');
  });

  it.each([
    ['not known, of queries that are recent', 0, { unanswered: 0, responseUnknown: 2500 }],
    ['missing, of queries of long ago', 1, { unanswered: 4001, responseUnknown: 0 }],
  ])('has responses that are %s, where more are open than it remembers', (_what, ms, expected) => {
    const { dns } = analyse(
      Array.from({ length: 5001 }, (_, index) => query(index * ms, index, 'a.example')),
    );
    expect(dns).toMatchObject({ queries: 5001, ...expected });
  });

  it('reads it over TCP', () => {
    const message = dnsMessage(7, 'tcp.example');
    const length = Buffer.from([0, message.length]);
    const { dns } = analyse(stream([['client', Buffer.concat([length, message])]], 53));
    expect(dns.names).toEqual([{ name: 'tcp.example', count: 1 }]);
  });

  it('ends where a name points to itself', () => {
    const looping = Buffer.concat([
      dnsMessage(1, 'a').subarray(0, 12),
      Buffer.from('c00c00010001', 'hex'),
    ]);
    expect(analyse([datagram(0, CLIENT, SERVER, [1, 53], looping)]).dns.queries).toBe(1);
  });

  it.each<[string, Timed[]]>([
    [
      'nxdomain',
      Array.from({ length: 12 }, (_, id) => [
        query(id, id, `a${id}.example`),
        response(id, id, `a${id}.example`, { code: 3 }),
      ]).flat(),
    ],
    [
      'longDnsNames',
      Array.from({ length: 25 }, (_, id) => query(id, id, `${'x'.repeat(50)}.${id}.example.com`)),
    ],
    [
      'dnsErrors',
      Array.from({ length: 5 }, (_, id) => [
        query(id, id, 'a.example'),
        response(id, id, 'a.example', { code: 2 }),
      ]).flat(),
    ],
  ])('finds %s', (rule, frames) => {
    const { findings } = analyse(frames);
    expect(findings.map((finding) => finding.rule)).toEqual([rule]);
    expect(findings[0]).toMatchObject({
      from: '2023-11-14T22:13:20.000Z',
      displayFilter: expect.stringContaining('dns'),
    });
  });
});

describe('HTTP', () => {
  it('counts methods, hosts and classes of status codes', () => {
    const { http, conversations, findings } = analyse(
      stream(
        [
          ['client', 'GET / HTTP/1.1\r\nHost: Web.example\r\n\r\n'],
          ['server', 'HTTP/1.1 200 OK\r\n\r\n'],
          ['client', 'POST /x HTTP/1.1\r\nhost: web.example\r\nAuthorization: Basic dTpw\r\n\r\n'],
          ['server', 'HTTP/1.1 503 Busy\r\n\r\n'],
          ['server', 'GET that is not a request'],
        ],
        80,
      ),
    );
    expect(http).toEqual({
      requests: 2,
      responses: 2,
      methods: { GET: 1, POST: 1 },
      statusClasses: { '2xx': 1, '5xx': 1 },
      hosts: [{ name: 'web.example', count: 2 }],
      errors: [{ name: '503 web.example', count: 1 }],
    });
    expect(conversations[0].name).toBe('web.example');
    expect(findings).toMatchObject([{ rule: 'clearTextLogin', addresses: [CLIENT, SERVER] }]);
    expect(JSON.stringify(findings)).not.toContain('dTpw');
  });
});

describe('HTTP of a connection that the capture finds within a long body', () => {
  const body = Array<['server', Buffer]>(20).fill(['server', Buffer.alloc(500, 'GH')]);
  it('counts from the next request on', () => {
    const head: Array<['client' | 'server', string]> = [
      ['client', 'GET / HTTP/1.1\r\nHost: web.example\r\n\r\n'],
      ['server', 'HTTP/1.1 404 Not Found\r\n\r\n'],
    ];
    const { http } = analyse(stream([...body, ...head, ...body, ...head], 80));
    expect(http).toMatchObject({ requests: 2, responses: 2 });
    expect(http.errors).toEqual([{ name: '404 web.example', count: 2 }]);
  });
});

describe('a login in clear text', () => {
  it.each<[string, number, Array<['client' | 'server', string]>, boolean]>([
    [
      'FTP',
      21,
      [
        ['client', 'USER u\r\n'],
        ['client', 'PASS secret\r\n'],
      ],
      true,
    ],
    ['POP3', 110, [['client', 'pass secret\r\n']], true],
    ['IMAP', 143, [['client', 'a1 LOGIN u secret\r\n']], true],
    ['SMTP', 25, [['client', 'AUTH LOGIN\r\n']], true],
    ['Telnet', 23, [['server', 'Password: ']], true],
    [
      'SMTP with TLS',
      25,
      [
        ['client', 'STARTTLS\r\n'],
        ['client', 'AUTH LOGIN\r\n'],
      ],
      false,
    ],
    ['FTP without one', 21, [['client', 'USER u\r\n']], false],
  ])('of %s', (_, port, rows, isFound) => {
    const { findings } = analyse(stream(rows, port));
    const rules = findings.map(({ rule }) => rule).filter((rule) => rule !== 'oneSided');
    expect(rules).toEqual(isFound ? ['clearTextLogin'] : []);
    expect(JSON.stringify(findings)).not.toContain('secret');
  });
});

describe('a password', () => {
  const form =
    'POST /login HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n';
  it.each<[string, number, string[], string[]]>([
    ['of an anonymous FTP client is none', 21, ['USER anonymous\r\n', 'PASS a@b\r\n'], []],
    [
      'of a user whose name begins like it',
      21,
      ['USER ftp.backup\r\n', 'PASS secret\r\n'],
      ['ftp'],
    ],
    ['of IMAP, asked for', 143, ['a1 AUTHENTICATE LOGIN\r\n'], ['imap']],
    ['of POP3, asked for', 110, ['AUTH LOGIN\r\n'], ['pop']],
    ['of a form', 80, [`${form}user=u&password=secret`], ['http.request.method == "POST"']],
    [
      'of a form behind its head',
      80,
      [form, 'user=u&PWD=secret'],
      ['http.request.method == "POST"'],
    ],
    [
      'of a form that the server had to ask for',
      80,
      [form, 'HTTP/1.1 100 Continue\r\n\r\n', 'user=u&password=secret'],
      ['http.request.method == "POST"'],
    ],
    [
      'behind a form that the server refused is of no form',
      80,
      [form, 'HTTP/1.1 403 Forbidden\r\n\r\n', 'GET /?user=u&password=secret HTTP/1.1\r\n\r\n'],
      [],
    ],
    ['of a form, left empty', 80, [`${form}user=u&password=&x=1`], []],
    [
      'for a proxy',
      3128,
      ['CONNECT a.example:443 HTTP/1.1\r\nProxy-Authorization: Basic c2VjcmV0\r\n\r\n'],
      ['http.proxy_authorization'],
    ],
  ])('%s', (_, port, lines, filters) => {
    const { findings } = analyse(
      stream(
        lines.map((line) => [line.startsWith('HTTP/') ? 'server' : 'client', line]),
        port,
      ),
    );
    const logins = findings.filter(({ rule }) => rule === 'clearTextLogin');
    expect(logins.map(({ displayFilter }) => displayFilter)).toEqual(
      filters.map((filter) => `${filter} && ip.addr == ${CLIENT} && ip.addr == ${SERVER}`),
    );
    expect(JSON.stringify(findings)).not.toMatch(/secret|c2VjcmV0/);
  });
});

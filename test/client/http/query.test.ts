import fc from 'fast-check';
import { encodePathElement, encodeQuery, parseTypedPath } from '../../../client/http/query';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom(' ', '+', '%', '&', '=', '#', '?', '/', '\\', ':', 'é', '20'),
  }),
);

describe('a query', () => {
  it('takes half a character for what it is', () => {
    expect(encodeQuery({ filter: 'a\ud83d' })).toBe('?filter=a%EF%BF%BD');
    expect(encodePathElement('\udc00b')).toBe('%EF%BF%BDb');
    expect(encodeQuery({ filter: '😀' })).toBe('?filter=%F0%9F%98%80');
  });

  it('comes back as it was, whatever is in it', () => {
    const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.constantFrom(null, undefined));
    fc.assert(
      fc.property(fc.dictionary(text, value), (query) => {
        const encoded = encodeQuery(query);
        expect(encoded).toMatch(/^(\?[\x21-\x7e]+)?$/);
        expect(encoded).not.toMatch(/[+#]/);
        const expected = Object.entries(query)
          .filter(([, one]) => one !== undefined && one !== null && one !== '')
          .map(([name, one]) => [name, String(one)]);
        expect([...new URLSearchParams(encoded)]).toEqual(expected);
      }),
    );
  });
});

describe('an element of a path', () => {
  it('stays one element, and comes back as it was', () => {
    fc.assert(
      fc.property(text, (element) => {
        const encoded = encodePathElement(element);
        expect(encoded).toMatch(/^[\x21-\x7e]*$/);
        expect(encoded).not.toMatch(/[/?#\\]/);
        expect(decodeURIComponent(encoded)).toBe(element);
      }),
    );
  });

  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['fe80::1', 'fe80::1'],
    ['ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff'],
    ['a/b', 'a%2Fb'],
    ['1111_-1', '1111_-1'],
  ])('%s', (element, encoded) => expect(encodePathElement(element)).toBe(encoded));
});

describe('a path that was typed', () => {
  const elements = fc.array(
    text.filter((one) => one.trim() === one && !/^(\.{1,2}|)$/.test(one)),
    { minLength: 1, maxLength: 5 },
  );
  const before = fc.constantFrom('', '/', 'API/', '/API/', 'https://allegro-mm-1a2b/API/');

  it('means the same in every form, and leads nowhere but below /API', () => {
    fc.assert(
      fc.property(elements, before, (parts, start) => {
        // As a person copies it from a browser.
        const encoded = parts.map(encodePathElement).join('/');
        fc.pre(!/^API$/i.test(parts[0]!));
        const { path, query } = parseTypedPath(start + encoded);
        expect(path).toBe(`/API/${encoded}`);
        expect(query).toEqual({});
      }),
    );
  });

  it('is encoded once, however often it is read', () => {
    fc.assert(
      fc.property(text, (typed) => {
        const once = parseTypedPath(typed).path;
        expect(once).toMatch(/^\/API\/[\x21-\x7e]*$/);
        expect(once).not.toMatch(/[?#\\]/);
        expect(parseTypedPath(once).path).toBe(once);
      }),
    );
  });

  it('never leaves the API by its dots', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('..', '.', '%2e%2e', '%2E.', 'stats')), (parts) => {
        const { path } = parseTypedPath(`API/${parts.join('/')}`);
        const { pathname } = new URL(path, 'https://allegro-mm-1a2b');
        expect(pathname.startsWith('/API')).toBe(true);
      }),
    );
  });

  it('takes its query along', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z-]{1,9}$/), text), (query) => {
        const filled = Object.fromEntries(Object.entries(query).filter(([, one]) => one !== ''));
        expect(parseTypedPath(`stats/time${encodeQuery(filled)}`).query).toEqual(filled);
      }),
    );
  });
});

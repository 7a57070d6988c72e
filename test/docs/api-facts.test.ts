import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as paths from '../../client/api/paths';

const PAGE = readFileSync(join(__dirname, '../../docs/api-facts.md'), 'utf8');

/** Every path of the client, with the name of what is put into it. */
const known = Object.entries(paths).flatMap(([name, path]) => {
  const made = typeof path === 'function' ? path('x' as never) : path;
  return [made].flat().map((one) => [name, one] as const);
});

it.each(known)('the page of API facts says where %s comes from: %s', (_, path) => {
  const template = path.replace(/\/x(?=\/|$)/, '/<[a-z]+>');
  const relative = template.replace(/^\/API\/(stats\/)?/, '');
  const last = template.split('/').slice(-1).join('/');
  const isNamed = [template, relative, last].some((text) =>
    new RegExp('`[^`]*' + text + '(/<[a-z]+>)?`').test(PAGE),
  );
  expect(isNamed || template === '/API/stats').toBe(true);
});

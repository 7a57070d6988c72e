import { english } from '../../../../node-red/locales/text';
import { AllegroError } from '../../../../client';
import { FailureReport } from '../../../../node-red/runtime/triggers/failure-report';
import { addPostRoute, type HttpApp } from '../../../../node-red/runtime/triggers/http-route';
import { say } from '../../../../client/values/sentence';

const failure = (kind: 'unreachable' | 'login') =>
  new AllegroError({ kind, what: say`It failed.`, advice: say`Wait.` });

describe('the report of failures that last', () => {
  let now = 0;
  const errors: Array<{ code: string; more: Record<string, unknown> }> = [];
  const logs: string[] = [];
  const node = {
    error: (error: unknown, more?: Record<string, unknown>) =>
      errors.push({ code: (error as { code: string }).code, more: more ?? {} }),
    status: () => undefined,
    log: (text: string) => logs.push(text),
  };

  it('tells the first, a change, one an hour, and the end', () => {
    const report = new FailureReport({ _: english }, node as never, undefined, () => now);
    for (let minute = 0; minute < 130; minute++) {
      now = minute * 60_000;
      report.failed(failure('unreachable'));
    }
    expect(errors.map(({ more }) => more.failedBefore)).toStrictEqual([undefined, 59, 59]);
    report.failed(failure('login'));
    expect(errors.at(-1)!.code).toBe('ALLEGRO_LOGIN');
    report.succeeded();
    report.succeeded();
    expect(logs).toHaveLength(1);
    report.failed(failure('login'));
    expect(errors).toHaveLength(5);
  });
});

it.each(['_router', 'router'] as const)('a route goes away alone, in Express with %s', (name) => {
  const stack: Array<{ route?: { stack: Array<{ handle: unknown }> } }> = [{}];
  const app: HttpApp = {
    post: (_path, handler) => void stack.push({ route: { stack: [{ handle: handler }] } }),
    [name]: { stack },
  };
  const removeFirst = addPostRoute(app, '/a', () => undefined);
  const removeSecond = addPostRoute(app, '/a', () => undefined);
  removeFirst();
  removeFirst();
  expect(stack).toHaveLength(2);
  removeSecond();
  expect(stack).toEqual([{}]);
});

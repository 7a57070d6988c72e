import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';
import { inspect } from 'node:util';
import { AllegroError, inputError } from '../../../client';
import { errorJson, toNodeError } from '../../../n8n/execution/errors';
import { say } from '../../../client/values/sentence';

const node: INode = {
  id: '1',
  name: 'Allegro Network Multimeter',
  type: 'test',
  typeVersion: 1,
  position: [0, 0],
  parameters: {},
};

describe('toNodeError', () => {
  const login = new AllegroError({
    kind: 'login',
    what: say`The login was refused.`,
    advice: say`Check the token.`,
    device: 'https://allegro',
    method: 'GET',
    path: '/API/stats/time',
    status: 401,
    answer: 'Unauthorized',
    cause: new Error('Bearer top-secret'),
  });

  it('says what happened and what to do', () => {
    const error = toNodeError(node, login, 3);
    expect(error).toBeInstanceOf(NodeApiError);
    expect(error).toMatchObject({ message: 'The login was refused.', httpCode: '401' });
    expect(error.description).toBe(
      'Check the token. The appliance answered: "Unauthorized". Request: GET /API/stats/time on https://allegro',
    );
    expect(error.context.itemIndex).toBe(3);
  });

  it('leaves the cause behind, which may hold a secret', () => {
    const error = toNodeError(node, login, 0);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('top-secret');
    expect(JSON.stringify(error)).not.toContain('top-secret');
  });

  it('calls a wrong field an error of the operation', () => {
    const error = toNodeError(
      node,
      inputError('size', say`"Size" is missing.`, say`Fill it in.`),
      1,
    );
    expect(error).toBeInstanceOf(NodeOperationError);
    expect(error).toMatchObject({ message: '"Size" is missing.', description: 'Fill it in.' });
  });

  it('keeps a message that contains the name of a system error', () => {
    const error = toNodeError(node, inputError('a', say`ENOENT is no host.`, say`Enter one.`), 0);
    expect(error.message).toBe('ENOENT is no host.');
  });

  it('takes in errors of other kinds', () => {
    expect(toNodeError(node, new TypeError('odd'), 0)).toMatchObject({ message: 'odd' });
    expect(toNodeError(node, 'odd', 0)).toMatchObject({ message: 'odd' });
  });
});

describe('errorJson', () => {
  it('gives a workflow something to branch on', () => {
    const error = new AllegroError({
      kind: 'busy',
      what: say`Taken.`,
      advice: say`Wait.`,
      status: 409,
    });
    expect(errorJson(error)).toMatchObject({
      error: 'Taken.',
      details: { kind: 'busy', status: 409, advice: 'Wait.', canRetry: false },
    });
  });
});

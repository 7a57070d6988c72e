import { parseTypedPath } from '../../../client/http/query';
import { checkAllowed } from '../../../nodes/definitions/api/allow-list';

const BUFFER = 'API/data/modules/capture/buffer/0';

it.each([
  [BUFFER, BUFFER, true],
  [`${BUFFER}?mm-id=branch-2`, BUFFER, false],
  [`${BUFFER}?mm-id=branch-2`, `${BUFFER}?mm-id=branch-2`, true],
  [`${BUFFER}?mm-id=branch-3`, `${BUFFER}?mm-id=branch-2`, false],
  [`${BUFFER}?mm-id=branch-3`, `${BUFFER}?mm-id=*`, true],
  [`${BUFFER}?captureToMedia=true`, 'API/data/**', false],
])('POST %s, where %s is allowed: %s', (typed, allowedPath, isAllowed) => {
  const { path, query } = parseTypedPath(typed);
  const check = () => checkAllowed('POST', path, query, [{ allowedMethod: 'POST', allowedPath }]);
  if (isAllowed) expect(check).not.toThrow();
  else expect(check).toThrow(/not in the list of allowed paths/);
});

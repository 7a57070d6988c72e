/**
 * An answer that is not the one that was asked for. The body is the simulator's own: the vendor
 * documents no error bodies.
 */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly status: number,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

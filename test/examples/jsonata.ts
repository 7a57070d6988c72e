const { util } = jest.requireActual<{
  util: {
    prepareJSONataExpression(text: string, node: object): unknown;
    evaluateJSONataExpression(
      expression: unknown,
      message: object,
      done: (error: unknown, value: unknown) => void,
    ): void;
  };
}>('node-red');

/** What Node-RED makes of an expression in JSONata. */
export function evaluate(text: string, message: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const expression = util.prepareJSONataExpression(text, {});
    util.evaluateJSONataExpression(expression, message, (error, value) =>
      error ? reject(error as Error) : resolve(value),
    );
  });
}

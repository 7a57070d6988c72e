import type { IncomingMessage, ServerResponse } from 'node:http';
import { asText } from '../../../client/values/text';

export type HttpRequest = IncomingMessage & {
  params: Record<string, string | undefined>;
  query: Record<string, unknown>;
};
export type HttpHandler = (request: HttpRequest, response: ServerResponse) => void;

/** The part of an Express application that is used here; Node-RED 4 has its version 4. */
export interface HttpApp {
  post(path: string, handler: HttpHandler): void;
  _router?: Router;
  router?: Router;
}

interface Router {
  stack: Array<{
    route?: {
      path?: unknown;
      methods?: Record<string, boolean | undefined>;
      stack: Array<{ handle: unknown }>;
    };
  }>;
}

/**
 * Adds a route for POST.
 *
 * @returns removes it again. Express has no function for that, so, as in Node-RED's own nodes, it is
 *   removed from the list of routes.
 */
export function addPostRoute(app: HttpApp, path: string, handler: HttpHandler): () => void {
  app.post(path, handler);
  return () => {
    const stack = routesOf(app);
    const index = stack.findIndex(({ route }) =>
      route?.stack.some(({ handle }) => handle === handler),
    );
    if (index >= 0) stack.splice(index, 1);
  };
}

/** Whether there is a route for POST with exactly this path, whose capitals do not matter. */
export function hasPostRoute(app: HttpApp, path: string): boolean {
  return routesOf(app).some(
    ({ route }) =>
      route?.methods?.post === true && asText(route.path).toLowerCase() === path.toLowerCase(),
  );
}

function routesOf(app: HttpApp): Router['stack'] {
  // In this order: in version 4 `router` throws.
  return (app._router ?? app.router)?.stack ?? [];
}

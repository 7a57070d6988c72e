/** The part of the editor's page that is used here. It exists only in the browser. */

export interface JQuery {
  length: number;
  [index: number]: unknown;
  val(): string | undefined;
  val(value: unknown): JQuery;
  text(text: string): JQuery;
  attr(name: string, value: unknown): JQuery;
  attr(name: string): string | undefined;
  removeAttr(name: string): JQuery;
  prop(name: string): unknown;
  prop(name: string, value: unknown): JQuery;
  data(name: string): unknown;
  data(name: string, value: unknown): JQuery;
  css(styles: Record<string, string>): JQuery;
  addClass(name: string): JQuery;
  removeClass(name: string): JQuery;
  toggle(isShown: boolean): JQuery;
  show(): JQuery;
  hide(): JQuery;
  append(...content: JQuery[]): JQuery;
  before(...content: JQuery[]): JQuery;
  appendTo(target: JQuery): JQuery;
  empty(): JQuery;
  remove(): JQuery;
  find(selector: string): JQuery;
  closest(selector: string): JQuery;
  first(): JQuery;
  last(): JQuery;
  each(callback: (this: unknown, index: number) => void): JQuery;
  on(event: string, listener: (this: unknown, event: { preventDefault(): void }) => void): JQuery;
  trigger(event: string): JQuery;
  typedInput(options: object): JQuery;
  typedInput(method: string): string;
  typedInput(method: string, value: unknown): JQuery;
  editableList(options: object): JQuery;
  editableList(method: 'items'): JQuery;
  editableList(method: 'addItem', item: unknown): JQuery;
}

type Translate = (key: string, options?: Record<string, unknown>) => string;

/** A node as the editor holds it. */
export interface EditorNode {
  id: string;
  changed?: boolean;
  _: Translate;
  [property: string]: unknown;
}

interface Request {
  url: string;
  type: 'GET' | 'POST';
  contentType?: string;
  data?: Record<string, string> | string;
  timeout?: number;
}

export interface Page {
  location: { origin: string };
  $: {
    (selector: unknown, attributes?: Record<string, unknown>): JQuery;
    ajax(request: Request): {
      done(callback: (answer: unknown) => void): {
        fail(callback: (answer: Failure) => void): void;
      };
    };
  };
  RED: {
    nodes: {
      node(id: string): EditorNode | null;
      /** The nodes as they were deployed the last time. */
      originalFlow?(): ReadonlyArray<{ id: string }> | undefined;
      eachConfig(callback: (node: EditorNode) => void): void;
    };
    settings: { httpNodeRoot?: unknown };
    /** The language of the editor, which may not be that of the browser. */
    i18n: { lang(): string };
    utils: {
      validateTypedProperty?(
        value: unknown,
        type: string,
        options?: unknown,
      ): true | string | false;
    };
    popover: {
      menu(options: {
        width?: number;
        maxHeight?: number;
        tabSelect?: boolean;
        options: ReadonlyArray<{ value: string; label: JQuery }>;
        onselect(option: { value: string }): void;
      }): { show(where: { target: JQuery }): void };
      tooltip(target: JQuery, text: string): unknown;
    };
  };
}

export interface Failure {
  status: number;
  statusText?: string;
  responseJSON?: { code?: string; message?: string; isMendedByCertificate?: boolean };
}

/** The page's own objects, looked up when they are needed. */
export const page = globalThis as unknown as Page;

/** The translated text, or the English one where the catalogue has none. */
export function translate(node: EditorNode, key: string, english: string): string {
  return node._(key, { defaultValue: english });
}

type ShowWhen = Record<string, ReadonlyArray<string | boolean>>;

/** A field as the editor's page knows it. Its texts are in the catalogue of the language. */
export interface EditorField {
  name: string;
  kind: 'text' | 'number' | 'boolean' | 'options' | 'dateTime' | 'list' | 'file';
  /** What a node has that stores nothing. */
  default: string;
  /** Blank is refused, unless the message brings the value. */
  required?: boolean;
  messageProperty?: string;
  showWhen?: Readonly<ShowWhen>;
  advanced?: boolean;
  /** Decided when the node starts, before there is any message. */
  isSetting?: boolean;
  /** Shares the row of the field before. */
  isBeside?: boolean;
  min?: number;
  max?: number;
  integer?: boolean;
  /** What a number alone counts in. */
  unit?: string;
  /** The same where other fields decide it. */
  unitWhen?: ReadonlyArray<{ unit?: string; showWhen: Readonly<ShowWhen> }>;
  /** What the appliance can be asked for. */
  choices?: string;
  /** The values of the choices. */
  options?: readonly string[];
  columns?: readonly EditorField[];
}

/** What the form of a node holds. */
export interface EditorForm {
  fields: readonly EditorField[];
  /** One for each warning above the fields: when it shows; `{}` for always. */
  warnings?: ReadonlyArray<Readonly<ShowWhen>>;
}

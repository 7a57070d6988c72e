/** A field as the editor's page knows it: written into each node's HTML by the generator. */
export interface EditorField {
  name: string;
  kind: 'text' | 'number' | 'boolean' | 'options' | 'dateTime' | 'list' | 'file';
  /** In English; the catalogue of the language comes first. */
  label: string;
  /** Of columns only; those of fields stand in the form. */
  description?: string;
  default: string;
  /** Blank is refused, unless the message brings the value. */
  required?: boolean;
  messageProperty?: string;
  showWhen?: Record<string, ReadonlyArray<string | boolean>>;
  advanced?: boolean;
  /** Decided when the node starts, before there is any message. */
  isSetting?: boolean;
  min?: number;
  max?: number;
  integer?: boolean;
  placeholder?: string;
  /** What the appliance can be asked for. */
  choices?: string;
  options?: ReadonlyArray<EditorOption>;
  columns?: ReadonlyArray<EditorField>;
  addLabel?: string;
}

export interface EditorOption {
  value: string;
  label: string;
  description?: string;
}

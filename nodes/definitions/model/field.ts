import type { ChoiceSource } from '../../../client';

/**
 * Fields of a node, described once. The n8n adapter makes properties of them, the Node-RED adapter
 * rows of a form; {@link readFieldValues} reads what either host collected.
 */
export type Field =
  TextField | NumberField | BooleanField | OptionsField | DateTimeField | ListField | FileField;

export type ShowWhen = Readonly<Record<string, ReadonlyArray<string | boolean>>>;

interface FieldBase {
  /** Lower camel case; the same in both hosts. Safe as a Node-RED property name. */
  name: string;
  /** Title case. */
  label: string;
  /** A sentence without a final stop. */
  description: string;
  /** Blank is refused when the field shows. */
  required?: boolean;
  /** Blank is refused when the field shows and the named one, which stands before it, is blank too. */
  requiredWithout?: string;
  /**
   * The field shows only while each named field has one of the values. A field that does not show is
   * not read: its value is the default.
   */
  showWhen?: ShowWhen;
  /**
   * Blank lets everything through. So where a person entered an expression, and it yields nothing,
   * that is an error rather than a blank.
   */
  blankFitsAll?: boolean;
  /**
   * The field may stay blank, but an expression or another source that yields nothing is an error,
   * blanks and an empty list included. As for a required field; there it needs no saying.
   */
  refuseBlankSource?: boolean;
  /** Rarely needed: goes into n8n's Options collection and the lower part of a Node-RED form. */
  advanced?: boolean;
  /** The host that has the field, where the other one cannot do what it says. */
  onlyIn?: 'Node-RED';
  /**
   * Node-RED: the message property that is used if the field is blank, without `msg.`. Only
   * where a flow commonly brings the value along.
   */
  messageProperty?: string;
  /** Node-RED: a second message property, for when the first one is not there either. */
  messageFallback?: string;
  /**
   * A property of the item that comes in, where the node takes up what another one yielded. n8n's
   * default is the expression for it; Node-RED takes it from `msg.payload` when the field is blank.
   */
  itemProperty?: string;
}

export interface TextField extends FieldBase {
  type: 'text';
  default: string;
  placeholder?: string;
  /** Where the choices come from; free text stays possible. */
  choices?: ChoiceSource;
  /** Several lines in the form. */
  multiline?: boolean;
  /** JSON as text: what a host hands in as an object or array is taken too, written as text. */
  json?: boolean;
}

export interface NumberField extends FieldBase {
  type: 'number';
  /** `null`: blank, meaning "not set". */
  default: number | null;
  /** A field that a person cleared is not set, rather than at its default. */
  blankIsNull?: boolean;
  /** Inclusive. */
  min?: number;
  /** Inclusive. */
  max?: number;
  integer?: boolean;
  /** Shown behind the label, e.g. `s`, `MB`, `bytes`. */
  unit?: string;
  /**
   * The unit where other fields decide it: the first whose condition they meet. One without a unit is
   * for numbers that have none, or one that only the appliance knows.
   */
  unitWhen?: ReadonlyArray<{ unit?: string; showWhen: ShowWhen }>;
  placeholder?: string;
  /** Where the choices come from; any other number stays possible. */
  choices?: ChoiceSource;
}

export interface BooleanField extends FieldBase {
  type: 'boolean';
  default: boolean;
}

export interface OptionsField extends FieldBase {
  type: 'options';
  /** One of the options' values, or `''` where a person must choose. */
  default: string;
  options: ReadonlyArray<{ value: string; label: string; description?: string }>;
}

/** ISO 8601 with or without zone, epoch (s, ms or µs, told by magnitude), or a `Date`. */
export interface DateTimeField extends FieldBase {
  type: 'dateTime';
  default: '';
  placeholder?: string;
}

/** Rows that a person adds, each with the same columns. Read as an array of objects. */
export interface ListField extends FieldBase {
  type: 'list';
  default: readonly [];
  /** The words on the "add" button, e.g. `Add Condition`. */
  addLabel: string;
  /** One row in the singular, title case, e.g. `Condition`. */
  rowLabel: string;
  columns: ReadonlyArray<TextField | NumberField | BooleanField | OptionsField>;
}

/** A file that goes in: n8n's binary property, Node-RED's `msg.filename` or a Buffer. */
export interface FileField extends FieldBase {
  type: 'file';
  default: '';
}

/**
 * A group of fields that several nodes share, with its literal types kept, so that the values of a
 * node that spreads it are typed, and a reader can ask for the values of exactly these fields.
 */
export function defineFields<const Fields extends readonly Field[]>(fields: Fields): Fields {
  return fields;
}

/** The same for a single field. */
export function defineField<const One extends Field>(field: One): One {
  return field;
}

import type { InputFile } from './run-result';
import type {
  BooleanField,
  DateTimeField,
  Field,
  FileField,
  ListField,
  NumberField,
  OptionsField,
  TextField,
} from './field';

type Cell = string | number | boolean | null;

/** A value as {@link readFieldValues} hands it to a definition: typed, bounded, default set. */
export type FieldValue = Cell | InputFile | ReadonlyArray<Readonly<Record<string, Cell>>>;
export type FieldValues = Readonly<Record<string, FieldValue>>;

/**
 * The values of some fields, by name. A field that does not show has its default: a text is then
 * blank, a time or a file `null`.
 */
export type ValuesOf<Fields extends readonly Field[]> = {
  readonly [One in Fields[number] as One['name']]: ValueOf<One>;
};

/** The value of one field. Times are whole microseconds since 1970-01-01 UTC. */
export type ValueOf<One extends Field> = One extends TextField
  ? string
  : One extends BooleanField
    ? boolean
    : One extends NumberField
      ? number | BlankOf<One>
      : One extends OptionsField
        ? One['options'][number]['value'] | BlankOf<One>
        : One extends DateTimeField
          ? number | BlankOf<One>
          : One extends FileField
            ? InputFile | BlankOf<One>
            : One extends ListField
              ? ReadonlyArray<ValuesOf<One['columns']>>
              : never;

/** What stands for "not set" in a field: nothing where blank is refused and the field always shows. */
type BlankOf<One extends Field> = One extends { required: true; showWhen?: undefined }
  ? never
  : One extends NumberField
    ? Extract<One['default'], null> | (One extends { blankIsNull: true } ? null : never)
    : One extends OptionsField
      ? Extract<One['default'], ''>
      : null;

import fc from 'fast-check';

/** What a person or another node may put where a time belongs. */
export const ANYTHING = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[-+0-9TZ:., e]{0,30}$/),
  fc.double(),
  fc.bigInt(),
  fc.constantFrom(null, undefined, true, new Date(NaN)),
  fc.object(),
);

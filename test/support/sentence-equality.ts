import { Sentence } from '../../client/values/sentence';

type EqualityTester = (one: unknown, other: unknown) => boolean | undefined;

/** To `toEqual` and the like, an error or a warning equals its English text. */
const sentenceEqualsText: EqualityTester = (one, other) => {
  const hasSentence = one instanceof Sentence || other instanceof Sentence;
  return hasSentence && isText(one) && isText(other) ? String(one) === String(other) : undefined;
};

// The published types do not have it yet.
(expect as unknown as { addEqualityTesters(testers: EqualityTester[]): void }).addEqualityTesters([
  sentenceEqualsText,
]);

function isText(value: unknown): value is string | Sentence {
  return typeof value === 'string' || value instanceof Sentence;
}

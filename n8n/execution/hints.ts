import type { IExecuteFunctions } from 'n8n-workflow';
import { say } from '../../client/values/sentence';

/** More would hide the output: the panel shows each as a box of its own. */
const MAX_HINTS = 10;

/** Shows the warnings of a run in the output panel, not only in the data, each of them once. */
export class Hints {
  private readonly messages = new Set<string>();

  constructor(private readonly host: IExecuteFunctions) {}

  add(warnings: readonly string[]): void {
    for (const warning of warnings) this.messages.add(warning);
  }

  show(): void {
    const shown = [...this.messages].slice(0, MAX_HINTS);
    const others = this.messages.size - shown.length;
    if (others > 0) {
      shown.push(String(say`${others} more [warning|warnings]: see "warnings" in the items.`));
    }
    const location = 'outputPane' as const;
    this.host.addExecutionHints(
      ...shown.map((message) => ({ message, type: 'warning' as const, location })),
    );
  }
}

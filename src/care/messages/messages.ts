import type { TemplateName } from '../../policy/templates.ts';

/** The words of a message in ICU MessageFormat: `short` for a phone's screen (at most 160 characters), `long` for a letter. */
export interface Words {
  readonly short: string;
  readonly long: string;
}

/** Every message in one language. */
export type Messages = Readonly<Record<TemplateName, Words>>;

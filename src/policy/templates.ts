/**
 * The messages that a policy may name: the words themselves are care's, a file a locale. `tellsOf` says what a message
 * claims was done, so that the policy can only place it after a step that does it (and gives back only the components it names); `parameters`
 * are what its words need.
 */
export const templates = {
  'parcel-stalled': { tellsOf: 'nothing', parameters: ['order'] },
  'parcel-late': { tellsOf: 'nothing', parameters: ['order', 'promised'] },
  'parcel-late-shipping-refunded': { tellsOf: 'refund', ofOnly: 'shipping', parameters: ['order', 'promised', 'amount'] },
  'parcel-late-part-refunded': { tellsOf: 'refund', parameters: ['order', 'promised', 'amount'] },
  'parcel-late-refunded': { tellsOf: 'refund', parameters: ['order', 'promised', 'amount'] },
  'parcel-late-credited': { tellsOf: 'credit', parameters: ['order', 'promised', 'amount'] },
  'parcel-lost-replaced': { tellsOf: 'replacement', parameters: ['order'] },
  'parcel-lost-refunded': { tellsOf: 'refund', parameters: ['order', 'amount'] },
  'slow-download-refunded': { tellsOf: 'refund', parameters: ['title', 'amount'] },
} as const satisfies Record<
  string,
  {
    readonly tellsOf: 'nothing' | 'refund' | 'credit' | 'replacement';
    readonly ofOnly?: 'shipping';
    readonly parameters: readonly string[];
  }
>;

export type TemplateName = keyof typeof templates;

/** What a message's words can be filled with. */
export type Parameter = (typeof templates)[TemplateName]['parameters'][number];

/** Whether there is a message of this name. */
export const isTemplateName = (name: string): name is TemplateName => Object.hasOwn(templates, name);

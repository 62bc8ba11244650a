/** What a message tells of. */
export type About = 'film' | 'silence' | 'lateness' | 'loss';

/**
 * The messages that a policy may name: the words themselves are care's, a file a locale. `tellsOf` says what a message
 * claims was done, so that the policy can only place it after a step that does it (and gives back only the components it names).
 * `about`: what it tells of the order, from a silence to a loss; `trueOnly`: on which side of the promised end its words are
 * true, where that matters. `parameters` are what its words need.
 */
export const templates = {
  'parcel-not-sent': { tellsOf: 'nothing', about: 'silence', trueOnly: 'before', parameters: ['order'] },
  'parcel-stalled': { tellsOf: 'nothing', about: 'silence', trueOnly: 'before', parameters: ['order'] },
  'parcel-late': { tellsOf: 'nothing', about: 'lateness', trueOnly: 'after', parameters: ['order', 'promised'] },
  'parcel-late-shipping-refunded': {
    tellsOf: 'refund',
    ofOnly: 'shipping',
    about: 'lateness',
    trueOnly: 'after',
    parameters: ['order', 'promised', 'amount'],
  },
  'parcel-late-part-refunded': { tellsOf: 'refund', about: 'lateness', trueOnly: 'after', parameters: ['order', 'promised', 'amount'] },
  'parcel-late-refunded': { tellsOf: 'refund', about: 'lateness', trueOnly: 'after', parameters: ['order', 'promised', 'amount'] },
  'parcel-late-credited': { tellsOf: 'credit', about: 'lateness', trueOnly: 'after', parameters: ['order', 'promised', 'amount'] },
  'parcel-lost-replaced': { tellsOf: 'replacement', about: 'loss', parameters: ['order'] },
  'parcel-lost-refunded': { tellsOf: 'refund', about: 'loss', parameters: ['order', 'amount'] },
  'slow-download-refunded': { tellsOf: 'refund', about: 'film', parameters: ['title', 'amount'] },
} as const satisfies Record<
  string,
  {
    readonly tellsOf: 'nothing' | 'refund' | 'credit' | 'replacement';
    readonly ofOnly?: 'shipping';
    readonly about: About;
    readonly trueOnly?: 'before' | 'after';
    readonly parameters: readonly string[];
  }
>;

export type TemplateName = keyof typeof templates;

/** What a message's words can be filled with. */
export type Parameter = (typeof templates)[TemplateName]['parameters'][number];

/** Whether there is a message of this name. */
export const isTemplateName = (name: string): name is TemplateName => Object.hasOwn(templates, name);

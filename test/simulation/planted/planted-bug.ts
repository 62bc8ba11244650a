/** A text that stands exactly once in a file, and what stands there instead. */
export interface Edit {
  /** From the root of the project. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A mistake, where it is planted, and how it shows. */
export interface PlantedBug {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Seeds that have what brings it to light: the first one that fails ends the search. */
  readonly seeds: readonly number[];
  /** What at least one of the problems must say. */
  readonly says: RegExp;
  /** What none of them may say: the mistake is another's, and the pipeline must not turn it into one of its own. */
  readonly neverSays?: RegExp;
}

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
  /** What finds it: seeds of the simulation (the first that fails ends the search), or a file of tests where no seed is sure to meet it. */
  readonly foundBy: { readonly seeds: readonly number[] } | { readonly tests: string };
  /** What is then said: by one of the problems at least, or by the names of the tests that fail. */
  readonly says: RegExp;
  /** What no problem may say: the mistake is another's, and the pipeline must not turn it into one of its own. */
  readonly neverSays?: RegExp;
}

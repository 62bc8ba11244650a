/** Something wrong in the file, and where: `path` leads to it from the top. `atKey`: the name is wrong, not the value under it. */
export interface Mistake {
  readonly path: readonly (string | number)[];
  readonly what: string;
  readonly atKey?: boolean;
}

/** A path as people write it: `rules[2].ladder[0].after`; `file` for the top. */
export const pathInWords = (path: Mistake['path']): string =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('') || 'file';

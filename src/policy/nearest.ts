/** How many letters must be inserted, deleted or replaced to make one word of the other (Levenshtein, Wagner-Fischer's table row by row). */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

/** The known name that was probably meant, if one is near (up to a third of its letters differ); undefined if none is. */
const nearest = (name: string, known: readonly string[]): string | undefined =>
  known
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(1, Math.ceil(candidate.length / 3)))
    .sort((a, b) => a.far - b.far)
    .map(({ candidate }) => candidate)[0];

/** ` (did you mean "x"?)`, or nothing. */
export const didYouMean = (name: string, known: readonly string[]): string => {
  const near = nearest(name, known);
  return near === undefined ? '' : ` (did you mean "${near}"?)`;
};

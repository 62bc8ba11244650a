/** How many items there are of each name, names in order. */
export const countBy = <T>(items: Iterable<T>, nameOf: (item: T) => string): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>();
  for (const item of items) {
    const name = nameOf(item);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
};

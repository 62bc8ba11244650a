/** A value of JSON as text that doesn't depend on the order of its fields; what is undefined is absent. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/** Where two values of JSON differ first, in words; undefined where they are the same. */
export const differenceOf = (expected: unknown, found: unknown, path = ''): string | undefined => {
  if (canonical(expected) === canonical(found)) return undefined;
  if (typeof expected === 'object' && typeof found === 'object' && expected !== null && found !== null) {
    const [before, after] = [expected as Readonly<Record<string, unknown>>, found as Readonly<Record<string, unknown>>];
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const inside = differenceOf(before[name], after[name], `${path}.${name}`);
      if (inside !== undefined) return inside;
    }
  }
  return `${path.slice(1) || 'it'} should be ${JSON.stringify(expected)?.slice(0, 200)} and is ${JSON.stringify(found)?.slice(0, 200)}`;
};

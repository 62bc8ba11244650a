import type { Document, LineCounter } from 'yaml';
import { isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Mistake } from './mistake.ts';

/** A line and column, both from 1, as editors count them. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

/** Where a mistake stands in the text; the nearest thing around it where it is about something missing. */
export const placeOf = (document: Document, lines: LineCounter, { path, atKey = false }: Mistake): Place => {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) === String(part) : false));
      if (pair === undefined) break;
      const last = depth === path.length - 1;
      offset = (last && !atKey ? startOf(pair.value) : undefined) ?? startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      const item: unknown = node.items[part];
      if (item === undefined) break;
      offset = startOf(item) ?? offset;
      node = item;
    } else break;
  }
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
};

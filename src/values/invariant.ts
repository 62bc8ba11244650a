/** Stops on what must never be: our bug, never the input's. `message` says what was expected. */
export function invariant(holds: unknown, message: string): asserts holds {
  if (!holds) throw new Error(`invariant violated: ${message}`);
}

/** Seeds that found real bugs, each with one sentence; they run for good. */
export const keptSeeds: readonly { readonly seed: number; readonly found: string }[] = [
  { seed: 32, found: 'A host clock that was ahead and was set right left its tasks standing still for as long as it had been ahead.' },
  {
    seed: 11,
    found:
      'An unreadable record held a parcel that had just been delivered, so its open lateness was never closed, and all of its price was paid.',
  },
  {
    seed: 112,
    found:
      'A copy of a scan under a wrong key held a parcel that had just been delivered, and care went up the whole ladder of its lateness.',
  },
  {
    seed: 96,
    found: 'In records time a stop held refunds that were due before it, where both fell into one batch.',
  },
  {
    seed: 446_099_943,
    found: "An order's books began at the record that a batch brought first, though an earlier one stood beside it.",
  },
];

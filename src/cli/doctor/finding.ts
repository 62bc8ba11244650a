/** What one look at something gave. `error`: Amends can't work, or not safely; `warning`: it can, and somebody should see to it. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'error';
  /** What was looked at. */
  readonly about: string;
  /** A plain sentence. */
  readonly says: string;
  /** Commands, or what to do in words, a line each. */
  readonly todo?: readonly string[];
}

/** All is well with `about`. */
export const ok = (about: string, says: string): Finding => ({ level: 'ok', about, says });

/** Something that somebody should see to. */
export const warning = (about: string, says: string, ...todo: readonly string[]): Finding => ({ level: 'warning', about, says, todo });

/** Something that keeps Amends from working, or from working safely. */
export const wrong = (about: string, says: string, ...todo: readonly string[]): Finding => ({ level: 'error', about, says, todo });

/** Where a verb speaks to: what it writes, and what it may assume about who reads. */
export interface Terminal {
  /** Standard output: results, and nothing else. */
  out(text: string): void;
  /** Standard error: everything said on the way. */
  error(text: string): void;
  /** Somebody watches standard error, so a progress bar is welcome. */
  readonly isWatched: boolean;
  /** Somebody watches standard output, and wants colours. */
  readonly hasColours?: boolean;
  readonly columns: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The terminal of this process. Who stops reading (`amends ... | head`) has seen enough: that ends the process without a word. */
export const processTerminal = (): Terminal => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  return terminal;
};

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  isWatched: process.stderr.isTTY,
  hasColours: process.stdout.isTTY && !process.env['NO_COLOR'],
  columns: process.stdout.columns ?? 100,
  environment: process.env,
};

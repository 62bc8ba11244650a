import { SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.ts';

/** How far long work has got, in whatever it counts. */
export type Progress = (done: number, total: number) => void;

/** Shows a bar on standard error while `work` runs, when somebody watches; it is gone afterwards. */
export const withProgress = async <T>(terminal: Terminal, what: string, work: (progress: Progress) => Promise<T>): Promise<T> => {
  if (!terminal.isWatched) return work(() => {});
  const bar = new SingleBar({
    format: `${what} {bar} {percentage} %  {eta_formatted} left`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    barsize: 30,
  });
  bar.start(1, 0);
  try {
    return await work((done, total) => {
      bar.setTotal(Math.max(1, total));
      bar.update(done);
    });
  } finally {
    bar.stop();
  }
};

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is a file system of its own, in memory, and soon full. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves no room for another byte. */
  fill(): void;
  makeRoom(): void;
  /** Nothing may have a file open there any more. */
  remove(): void;
}

const mebibyte = 1024 * 1024;

/** Mounts one of `sizeMiB`, for which one must be root; where it can't be done, why. */
export const smallDisk = (sizeMiB: number): SmallDisk | { readonly why: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    return { why: error instanceof Error ? error.message : String(error) };
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill: () => {
      // Large pieces first, then what is left byte by page.
      for (const bytes of [mebibyte, 4096])
        try {
          for (;;) writeFileSync(ballast, Buffer.alloc(bytes), { flag: 'a' });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
    },
    makeRoom: () => {
      rmSync(ballast);
    },
    remove: () => {
      execFileSync('umount', ['-l', folder], { stdio: 'pipe' });
      rmSync(folder, { recursive: true });
    },
  };
};

import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AmendsError } from '../../happenings/errors.ts';
import { writeEvents } from '../event-file.ts';
import type { EventRecord } from '../event-record.ts';
import { unreadable } from '../lines.ts';
import { writeLines } from '../write-lines.ts';

/** The file of a run's figures: written last, so its presence says that the folder is whole. */
const summaryFile = 'summary.json';

/** The file of a topic in an output folder. */
const fileOf = (topic: string): string => `${topic}.ndjson`;

/**
 * Makes the folder, or checks that it is empty; with `force` an older run's figures go and its files are replaced.
 * Throws AMENDS_FOLDER_NOT_EMPTY, AMENDS_FILE_UNREADABLE.
 */
export const prepareFolder = async (folder: string, force: boolean): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true });
    const files = await readdir(folder);
    if (files.length > 0 && !force)
      throw new AmendsError('AMENDS_FOLDER_NOT_EMPTY', [`${folder}: ${files.length} files, ${files[0] ?? ''} among them`]);
    await rm(join(folder, summaryFile), { force: true });
  } catch (error) {
    throw error instanceof AmendsError ? error : unreadable(folder, error);
  }
};

/** Writes a file a topic, then the figures. Throws AMENDS_FILE_UNREADABLE. */
export const writeFolder = async (
  folder: string,
  outputs: ReadonlyMap<string, readonly EventRecord[]>,
  summary: unknown,
): Promise<void> => {
  for (const [topic, records] of outputs) await writeEvents(join(folder, fileOf(topic)), records);
  await writeLines(join(folder, summaryFile), [JSON.stringify(summary, undefined, 2)]);
};

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditRecord } from '../audit/audited.ts';
import { AmendsError } from '../happenings/errors.ts';
import { readEvents } from './event-file.ts';
import { unreadable } from './lines.ts';

const ending = '.ndjson';

/**
 * The records of those topics that `isWanted`, from the files of an output folder: partition 0, the line as offset. Throws AMENDS_FILE_UNREADABLE, and
 * AMENDS_NOT_FOUND where the folder has no such file.
 */
export const readFolder = async (folder: string, isWanted: (topic: string) => boolean): Promise<readonly AuditRecord[]> => {
  const files = await readdir(folder).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  const wanted = files.filter((file) => file.endsWith(ending) && isWanted(file.slice(0, -ending.length))).sort();
  if (wanted.length === 0)
    throw new AmendsError('AMENDS_NOT_FOUND', [`${folder}: no file of decisions or issues`], 'name the folder that a replay has written');
  const records: AuditRecord[] = [];
  for (const file of wanted)
    for await (const lines of readEvents(join(folder, file)))
      for (const line of lines) {
        if ('reason' in line) throw new AmendsError('AMENDS_FILE_UNREADABLE', [`${join(folder, file)}:${line.number}: ${line.reason}`]);
        const { topic, value, timestamp } = line.record;
        if (value !== null && 'json' in value) records.push({ topic, partition: 0, offset: line.number, timestamp, value: value.json });
      }
  return records;
};

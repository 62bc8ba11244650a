import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { AmendsError } from '../../happenings/errors.ts';
import { unreadable } from '../lines.ts';

/** How many bad rows are listed; the rest is counted. */
const listed = 50;

/** What is wrong with the rows of a source: all counted, the first ones as `file:line: reason`. */
export class BadRows {
  readonly #first: string[] = [];
  #count = 0;

  add(place: string, reason: string): void {
    this.#count += 1;
    if (this.#first.length < listed) this.#first.push(`${place}: ${reason}`);
  }

  /** Throws AMENDS_IMPORT_INVALID when there are any. */
  refuse(): void {
    if (this.#count === 0) return;
    const more = this.#count - this.#first.length;
    throw new AmendsError('AMENDS_IMPORT_INVALID', [...this.#first, ...(more > 0 ? [`and ${more} more`] : [])], 'mend the rows listed');
  }
}

/** A row of a CSV file: its columns by name, and where it ends (`file:line`). */
export interface Row<Column extends string> {
  readonly place: string;
  readonly cells: Readonly<Record<Column, string>>;
}

/**
 * The rows of a CSV file with a header; other columns than those named are left out, rows that are no CSV or have another
 * number of cells go to `bad`. Throws AMENDS_FILE_UNREADABLE, and AMENDS_IMPORT_INVALID that names file and column.
 */
export const readTable = async <Column extends string>(
  path: string,
  columns: readonly Column[],
  bad: BadRows,
): Promise<readonly Row<Column>[]> => {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const file = basename(path);
  const rows: Row<Column>[] = [];
  const addBad = (error: CsvError | undefined): void => bad.add(`${file}:${String(error?.['lines'])}`, error?.message ?? 'no CSV');
  const checked = (header: readonly string[]): string[] => {
    const missing = columns.filter((column) => !header.includes(column));
    if (missing.length === 0) return [...header];
    throw new AmendsError(
      'AMENDS_IMPORT_INVALID',
      missing.map((column) => `${file}: no column "${column}"`),
    );
  };
  try {
    parse<unknown, Record<string, string>>(bytes, {
      bom: true,
      columns: checked,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: (error) => {
        addBad(error);
        return undefined;
      },
      on_record: (cells, { lines }) => {
        rows.push({ place: `${file}:${lines}`, cells: cells as Record<Column, string> });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    addBad(error);
  }
  return rows;
};

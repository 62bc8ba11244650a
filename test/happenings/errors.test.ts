import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { AmendsError, catalogue } from '../../src/happenings/errors.ts';

/** Code -> what docs/errors.md says about it. */
const documented = async (): Promise<ReadonlyMap<string, string>> => {
  const sections = (await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')).split(/^## /m).slice(1);
  return new Map(sections.map((section) => [section.slice(0, section.indexOf('\n')), section.slice(section.indexOf('\n')).trim()]));
};

describe('docs/errors.md', () => {
  it('explains every code of the catalogue', async () => {
    const pages = await documented();
    expect(Object.keys(catalogue).filter((code) => (pages.get(code)?.length ?? 0) < 80)).toEqual([]);
  });

  it('explains no code that does not exist', async () => {
    expect([...(await documented()).keys()].filter((code) => !(code in catalogue))).toEqual([]);
  });
});

describe('an error of the catalogue', () => {
  it('says what happened, where, and what to do', () => {
    expect(new AmendsError('AMENDS_TOPIC_MISSING', ['delivery.tracking']).message).toBe(
      'AMENDS_TOPIC_MISSING: a topic is missing\n  delivery.tracking\n  -> create it: amends topics create',
    );
  });
});

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

describe('the lockfile', () => {
  it('names versions and checksums, and no address that they come from', async () => {
    const text = await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8');
    expect(text).toContain('"integrity": "sha512-');
    expect(text).not.toContain('"resolved"');
    expect(text).not.toMatch(/https?:\/\/[^"\s]*(registry|npmjs|\.tgz)/);
  });
});

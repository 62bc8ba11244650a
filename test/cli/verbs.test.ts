import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { olistOrders, orderRow } from '../lab/importers/olist-folder.ts';
import { temporaryFolder } from '../lab/temporary-folder.ts';
import { amends } from './terminal.ts';

const policyFile = fileURLToPath(new URL('../../deploy/policy.yaml', import.meta.url));
const until = '2018-09-01T00:00:00Z';

/** Imports one order that never came; gives the event file and a folder for results. */
const imported = async (): Promise<{ readonly file: string; readonly out: string }> => {
  const folder = temporaryFolder();
  const file = join(folder, 'o.ndjson');
  await amends(
    'import',
    'olist',
    olistOrders([orderRow({ status: 'shipped', delivered: '' })], ['o1,1,p1,s1,,100.00,20.00']),
    '--out',
    file,
  );
  return { file, out: join(folder, 'result') };
};

describe('amends import olist', () => {
  it('writes an event file and says what it holds and what is odd', async () => {
    const file = join(temporaryFolder(), 'o.ndjson');
    const { code, out, error } = await amends('import', 'olist', olistOrders([orderRow()]), '--out', file);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(error).toMatch(/3 records of 1 orders[\s\S]*delivery\.tracking[\s\S]*no-items/);
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(3);
  });

  it('with --json says it as one document', async () => {
    const file = join(temporaryFolder(), 'o.ndjson');
    const { out, error } = await amends('import', 'olist', olistOrders([orderRow()]), '--out', file, '--json');
    expect(error).toBe('');
    expect(JSON.parse(out)).toEqual({
      file,
      orders: 1,
      records: { 'delivery.promises': 1, 'delivery.tracking': 2 },
      from: '2018-03-01T14:00:00.000Z',
      until: '2018-03-10T18:30:00.000Z',
      flags: { 'no-items': 1 },
    });
  });
});

describe('amends replay', () => {
  it('says in words what was found and ordered', async () => {
    const { file, out } = await imported();
    const said = await amends('replay', file, '--policy', policyFile, '--out', out, '--until', until);
    expect({ code: said.code, error: said.error }).toEqual({ code: 0, error: '' });
    expect(said.out).toMatch(/promise-missed[\s\S]*ordered[\s\S]*refund +120\.00 BRL/);
  });

  it('with --json puts one document on standard output and nothing else', async () => {
    const { file, out } = await imported();
    const said = await amends('replay', file, '--policy', policyFile, '--out', out, '--until', until, '--json');
    expect(said.error).toBe('');
    const document = JSON.parse(said.out) as Readonly<Record<string, unknown>>;
    expect(document).toMatchObject({ until: '2018-09-01T00:00:00.000Z', held: [], run: { partitions: 3, processes: 1 } });
    expect(document).toMatchObject(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Readonly<Record<string, unknown>>);
  });

  it('ends with 1 where something had to be held, and says what', async () => {
    const { file, out } = await imported();
    writeFileSync(
      file,
      `${readFileSync(file, 'utf8')}{"topic":"delivery.tracking","key":null,"value":{},"timestamp":"2018-03-02T00:00:00Z"}\n`,
    );
    const { code, error } = await amends('replay', file, '--policy', policyFile, '--out', out, '--partitions', '1', '--until', until);
    expect(code).toBe(1);
    expect(error).toMatch(/not in order of time[\s\S]*The result is not whole[\s\S]*has no key/);
  });

  it('names the lines that it skipped', async () => {
    const { file, out } = await imported();
    writeFileSync(file, `${readFileSync(file, 'utf8')}what?\n`);
    expect((await amends('replay', file, '--policy', policyFile, '--out', out)).code).toBe(1);
    const { code, error } = await amends('replay', file, '--policy', policyFile, '--out', out, '--skip-bad');
    expect(code).toBe(0);
    expect(error).toMatch(/^skipped .*o\.ndjson:3: not JSON/);
  });
});

describe('amends policy check', () => {
  it('says that there are no mistakes, and what the rules are', async () => {
    const { code, out } = await amends('policy', 'check', policyFile);
    expect(code).toBe(0);
    expect(out).toMatch(/no mistakes[\s\S]*auto +late-parcel +for promise-missed/);
  });

  it('lists all mistakes with file, line and column, and ends with 1', async () => {
    const file = join(temporaryFolder(), 'policy.yaml');
    writeFileSync(file, readFileSync(policyFile, 'utf8').replace('mode: auto', 'mode: automatic').replace('settle: PT6H', 'settle: soon'));
    const { code, error } = await amends('policy', 'check', file);
    expect(code).toBe(1);
    expect(error.match(/policy\.yaml:\d+:\d+: /g)).toHaveLength(2);
  });
});

describe('amends explain', () => {
  it('tells why a customer got something, by the id of what was ordered', async () => {
    const { file, out } = await imported();
    await amends('replay', file, '--policy', policyFile, '--out', out, '--until', until);
    const [refund] = readFileSync(join(out, 'remedy.refunds.ndjson'), 'utf8').split('\n');
    const { value } = JSON.parse(refund ?? '') as { readonly value: { readonly id: string } };
    const said = await amends('explain', value.id, '--in', out);
    expect(said.code).toBe(0);
    expect(said.out).toContain('promise-missed');
    const document = await amends('explain', value.id, '--in', out, '--json');
    expect(() => JSON.parse(document.out) as unknown).not.toThrow();
  });

  it('says that an id is not known', async () => {
    const { file, out } = await imported();
    await amends('replay', file, '--policy', policyFile, '--out', out);
    const { code, error } = await amends('explain', 'c-nobody', '--in', out);
    expect(code).toBe(1);
    expect(error).toContain('AMENDS_NOT_FOUND');
  });
});

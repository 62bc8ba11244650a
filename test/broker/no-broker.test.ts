import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A run of the suite of the log port on a broker, where there is none. */
const runWithoutBroker = (ci: string): Promise<{ readonly code: number; readonly said: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, KAFKA_BROKERS: 'none', CI: ci, NO_COLOR: '1' };
    const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
    execFile(process.execPath, [vitest, 'run', 'test/conformance/kafka.test.ts'], { cwd: root, env }, (error, out, said) =>
      resolve({ code: error ? 1 : 0, said: out + said }),
    );
  });

describe('where no broker is there', () => {
  it('a run says loudly what it skips', async () => {
    const { code, said } = await runWithoutBroker('');
    expect(said).toContain('NO BROKER');
    expect(said).toContain('1 skipped');
    expect(code).toBe(0);
  });

  it('a run of CI fails, and says why', async () => {
    const { code, said } = await runWithoutBroker('true');
    expect(said).toContain('KAFKA_BROKERS is none');
    expect(said).toContain('1 failed');
    expect(code).toBe(1);
  });
});

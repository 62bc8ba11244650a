import { defineConfig } from 'vitest/config';

/** What runs in real time, on a broker that is started for it (`test/broker`). Everything else is a unit test and starts none. */
const brokerTests = ['test/**/*.broker.test.ts', 'test/broker/*.test.ts', 'test/conformance/kafka.test.ts'];

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'threads',
    maxWorkers: 2,
    unstubEnvs: true,
    restoreMocks: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: brokerTests,
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'broker',
          include: brokerTests,
          globalSetup: 'test/broker/global-setup.ts',
          testTimeout: 90_000,
          hookTimeout: 90_000,
          maxConcurrency: 8,
          // After the unit tests: two cores for both at once would make real time run short.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

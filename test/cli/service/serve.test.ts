import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { serve } from '../../../src/cli/service/serve.ts';
import { Service } from '../../../src/cli/service/service.ts';
import { silence } from '../../../src/happenings/happening.ts';
import { createMetrics } from '../../../src/happenings/metrics.ts';
import { EmbeddedBroker } from '../../../src/log/memory/embedded-broker.ts';
import { pipeline } from '../../../src/pipeline.ts';
import { realClock } from '../../../src/values/clock.ts';
import { shipped } from '../../scenarios/support/policies.ts';

const service = (): Service => {
  const broker = new EmbeddedBroker({ clock: realClock });
  return new Service({
    application: 'test',
    stages: pipeline({ policy: shipped, act: false }),
    time: 'live',
    clock: realClock,
    telemetry: silence,
    version: 'test',
    siblingSlackMs: 30_000,
    name: 'process',
    connect: () => broker.connect({ name: 'process' }),
  });
};
const parts = { metrics: createMetrics(realClock), host: '127.0.0.1', port: 0 };

it('the pages answer while the service still tries to start, and are gone once it has stopped', async () => {
  const stop = new AbortController();
  let listening: (address: string) => void = () => {};
  const address = new Promise<string>((resolve) => (listening = resolve));
  const serving = serve({ service: service(), ...parts, listening: (at) => listening(at) }, stop.signal);
  const at = await address;
  const ready = await fetch(`${at}/readyz`);
  expect(ready.status).toBe(503);
  expect(((await ready.json()) as { readonly why: readonly string[] }).why).toHaveLength(1);
  expect((await fetch(`${at}/healthz`)).status).toBe(200);
  expect(await (await fetch(`${at}/metrics`)).text()).toContain('amends_duplicate_commands_total{kind="refund"} 0');
  stop.abort();
  await serving;
  await expect(fetch(`${at}/healthz`)).rejects.toThrow('fetch failed');
});

it('a port that is taken is a mistake in the settings', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const serving = serve({ service: service(), ...parts, port, listening: () => {} }, new AbortController().signal);
  await expect(serving).rejects.toMatchObject({ code: 'AMENDS_CONFIGURATION', details: [expect.stringContaining('AMENDS_HTTP_PORT')] });
  other.close();
});

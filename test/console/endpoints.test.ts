import { describe, expect, it } from 'vitest';
import { endpoints } from '../../src/console/endpoints.ts';
import { createMetrics } from '../../src/happenings/metrics.ts';
import { instant } from '../../src/values/time.ts';

const metrics = createMetrics({ now: () => instant(0), wait: () => Promise.resolve() });

const asked = async (path: string, why: readonly string[] = []) => {
  const app = endpoints({ metrics, ready: () => ({ ready: why.length === 0, why }) });
  const { statusCode, headers, body } = await app.inject({ method: 'GET', url: path });
  await app.close();
  return { statusCode, type: headers['content-type'], body };
};

describe('the endpoints', () => {
  it('say that the process lives', async () => {
    expect(await asked('/healthz', ['care/0 is halted'])).toMatchObject({ statusCode: 200 });
  });

  it('say that it is ready', async () => {
    expect(await asked('/readyz')).toMatchObject({ statusCode: 200, body: '{"ready":true,"why":[]}' });
  });

  it('say in words why it is not', async () => {
    expect(await asked('/readyz', ['care/0 is halted: x'])).toMatchObject({
      statusCode: 503,
      body: '{"ready":false,"why":["care/0 is halted: x"]}',
    });
  });

  it('give the metrics as Prometheus reads them', async () => {
    const { statusCode, type, body } = await asked('/metrics');
    expect([statusCode, type, body.includes('# TYPE amends_records_consumed_total counter')]).toEqual([200, metrics.contentType, true]);
  });

  it('know no other address', async () => {
    expect(await asked('/')).toMatchObject({ statusCode: 404 });
  });
});

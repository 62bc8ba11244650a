import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { describeBroker } from '../../broker/describe-broker.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { olistHistory } from '../../lab/replay/olist-history.ts';
import { Installation } from './installation.ts';

const shippedPolicy = fileURLToPath(new URL('../../../deploy/policy.yaml', import.meta.url));

describeBroker('the service', ({ brokers }) => {
  const installed: Installation[] = [];
  const installation = (): Installation => {
    const one = new Installation(brokers);
    installed.push(one);
    return one;
  };
  afterEach(async () => {
    await Promise.all(installed.splice(0).map((one) => one.remove()));
  });

  it('says which topics are missing, becomes ready once they are created, and is stopped and armed while it runs', async () => {
    const amends = installation();
    const process = amends.start('--act', '--policy', shippedPolicy);
    await waitUntil('it says what is missing', async () =>
      (await process.ready()).why.join().includes('`amends topics create` creates them'),
    );
    await amends.type('topics', 'create', '--partitions', '2');
    await waitUntil('it is ready', async () => (await process.ready()).ready);
    expect(await amends.type('switch')).toMatchObject({ code: 0, out: expect.stringContaining('Never armed') });
    expect(await amends.type('arm', '--policy', shippedPolicy, '--by', 'ana', '--why', 'checked')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Armed by ana'),
    });
    expect(await amends.type('stop', '--by', 'ben', '--why', 'enough')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Stopped by ben'),
    });
    expect(JSON.parse((await amends.type('switch', '--json')).out)).toMatchObject({ money: false, stopped: { by: 'ben', latch: 2 } });
    expect(await process.end('SIGINT')).toBe(0);
  });

  it('refuses to publish history onto topics for live time, and says what to do', async () => {
    const amends = installation();
    const file = await olistHistory({ seed: 1, orders: 3 });
    expect(await amends.type('publish', file)).toMatchObject({ code: 1, error: expect.stringContaining('AMENDS_TOPIC_MISSING') });
    await amends.type('topics', 'create', '--partitions', '2');
    const { code, error } = await amends.type('publish', file);
    expect(code).toBe(1);
    expect(error).toMatch(
      /AMENDS_TOPIC_UNFIT[^]*delivery\.tracking: message\.timestamp\.type is LogAppendTime[^]*topics create --time records/,
    );
  });

  it('that only decides works beside one that only finds', async () => {
    const amends = installation();
    await amends.type('topics', 'create', '--partitions', '2');
    const care = amends.start('--stages', 'care', '--policy', shippedPolicy);
    const others = amends.start('--stages', 'delivery,streaming', '--policy', shippedPolicy);
    await waitUntil('both are ready', async () => (await care.ready()).ready && (await others.ready()).ready);
    await waitUntil('the clock of care moves', async () => (await care.sumOf('amends_task_clock_age_seconds')) > 0);
    expect([await care.end('SIGTERM'), await others.end('SIGTERM')]).toEqual([0, 0]);
  });
});

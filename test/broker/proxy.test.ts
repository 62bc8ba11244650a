import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeBroker } from './describe-broker.ts';
import { Proxy } from './proxy.ts';
import { apiKeys, frameOf } from './wire.ts';

/** The least of requests: which versions do you take? */
const versions = frameOf({ apiKey: apiKeys.apiVersions, apiVersion: 0, body: Buffer.alloc(0) });
const metadata = frameOf({ apiKey: apiKeys.metadata, apiVersion: 1, body: Buffer.alloc(4) });

/** Resolves at its end, whether in order or by a cut. */
const closed = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once('close', () => resolve('closed')));

describeBroker('a proxy in front of a broker', ({ brokers }) => {
  const [host = '', port = ''] = (brokers[0] ?? '').split(':');
  let proxy: Proxy;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    proxy = await Proxy.before(brokers);
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await proxy.close();
  });

  /** A connection through the proxy; `came` counts the bytes that came, `ended` tells of its end. */
  const dial = async (): Promise<{ readonly socket: Socket; readonly came: () => number; readonly ended: Promise<unknown> }> => {
    const socket = connect(proxy.reroute({ host, port: Number(port) }));
    sockets.push(socket);
    let bytes = 0;
    socket.on('data', (data: Buffer) => (bytes += data.length));
    socket.on('error', () => {});
    const ended = closed(socket);
    await once(socket, 'connect');
    return { socket, came: () => bytes, ended };
  };

  const nothingMoreIn = async (socket: Socket, forMs: number): Promise<boolean> => {
    const came = await Promise.race([once(socket, 'data'), closed(socket), wait(forMs, 'nothing')]);
    return came === 'nothing';
  };

  it('lets everything through where nothing is planted', async () => {
    const { socket, came } = await dial();
    socket.write(versions);
    await once(socket, 'data');
    expect(came()).toBeGreaterThan(100);
  });

  describe('with a rule', () => {
    it('cuts an answer where it says', async () => {
      proxy.plant({ mishap: { kind: 'cut-answer', afterBytes: 7 } });
      const { socket, came, ended } = await dial();
      socket.write(versions);
      await ended;
      expect(came()).toBe(7);
    });

    it('cuts a request before it arrives', async () => {
      const planted = proxy.plant({ mishap: { kind: 'cut-request' } });
      const { socket, came, ended } = await dial();
      socket.write(versions);
      await ended;
      expect([came(), planted.met]).toEqual([0, 1]);
    });

    for (const kind of ['swallow', 'drop-answer'] as const)
      it(`leaves a request without an answer by ${kind}, and the connection open`, async () => {
        const planted = proxy.plant({ mishap: { kind } });
        const { socket } = await dial();
        socket.write(versions);
        await planted.first;
        expect(await nothingMoreIn(socket, 200)).toBe(true);
        socket.write(versions);
        await once(socket, 'data');
      });

    it('means only the requests that it names, so often as it says', async () => {
      const planted = proxy.plant({ apiKey: apiKeys.metadata, skip: 1, times: 1, mishap: { kind: 'cut-request' } });
      const { socket, ended } = await dial();
      for (const request of [versions, metadata, versions]) {
        socket.write(request);
        await once(socket, 'data');
      }
      expect(planted.met).toBe(0);
      socket.write(metadata);
      await ended;
      const again = await dial();
      again.socket.write(metadata);
      await once(again.socket, 'data');
      expect(planted.met).toBe(1);
    });

    it('delays an answer', async () => {
      proxy.plant({ mishap: { kind: 'delay-answer', byMs: 300 } });
      const { socket } = await dial();
      socket.write(versions);
      expect(await nothingMoreIn(socket, 200)).toBe(true);
      await once(socket, 'data');
    });
  });

  it('holds everything while it pauses', async () => {
    proxy.pause();
    const { socket } = await dial();
    socket.write(versions);
    expect(await nothingMoreIn(socket, 200)).toBe(true);
    proxy.resume();
    await once(socket, 'data');
  });

  it('cuts what is open, and refuses what comes, while it is told to', async () => {
    const { ended } = await dial();
    proxy.refuse(true);
    await ended;
    const stranger = connect(proxy.reroute({ host, port: Number(port) }));
    stranger.on('error', () => {});
    expect(await closed(stranger)).toBe('closed');
    proxy.refuse(false);
    const { socket } = await dial();
    socket.write(versions);
    await once(socket, 'data');
  });
});

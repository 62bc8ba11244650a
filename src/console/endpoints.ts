import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../happenings/metrics.ts';

/** Whether the process does its work, and if not why, a sentence each. */
export interface Readiness {
  readonly ready: boolean;
  readonly why: readonly string[];
}

/**
 * The addresses that orchestrators and Prometheus ask. `/healthz`: 200 as long as the process answers. `/readyz`: 200, or
 * 503 with the reasons in words. `/metrics`: the text exposition format. Not listening yet.
 */
export const endpoints = (of: { readonly metrics: Metrics; readonly ready: () => Readiness }): FastifyInstance => {
  const app = fastify({ logger: false });
  app.get('/healthz', () => ({ healthy: true }));
  app.get('/readyz', (_request, reply) => {
    const readiness = of.ready();
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });
  app.get('/metrics', async (_request, reply) => reply.type(of.metrics.contentType).send(await of.metrics.scrape()));
  return app;
};

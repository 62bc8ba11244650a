import type { FastifyInstance } from 'fastify';

const firstPort = 9464;
const portsTried = 20;

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

/** Listens on 127.0.0.1, on port 9464 (what Prometheus exporters of OpenTelemetry use) or the next that is free; gives the address. */
export const serveNearby = async (app: FastifyInstance): Promise<string> => {
  for (let port = firstPort; ; port += 1)
    try {
      return await app.listen({ host: '127.0.0.1', port });
    } catch (error) {
      if (!isTaken(error) || port >= firstPort + portsTried) throw error;
    }
};

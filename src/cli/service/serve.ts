import { endpoints } from '../../console/endpoints.ts';
import { AmendsError } from '../../happenings/errors.ts';
import type { Metrics } from '../../happenings/metrics.ts';
import type { Service } from './service.ts';

/**
 * Runs a service with its pages: they are there before it tries to reach a broker, so that `/readyz` can say why it isn't
 * ready, and until it has stopped. `listening` is told their address. Throws AMENDS_CONFIGURATION where they can't be
 * served, and what the service throws.
 */
export const serve = async (
  of: {
    readonly service: Service;
    readonly metrics: Metrics;
    readonly host: string;
    readonly port: number;
    readonly listening: (address: string) => void;
  },
  signal: AbortSignal,
): Promise<void> => {
  const { service, metrics, host, port, listening } = of;
  const app = endpoints({ metrics, ready: () => service.ready() });
  try {
    listening(await app.listen({ host, port }).catch((error: unknown) => {
      throw new AmendsError('AMENDS_CONFIGURATION', [`AMENDS_HTTP_HOST, AMENDS_HTTP_PORT: ${error instanceof Error ? error.message : String(error)}`]);
    })); // prettier-ignore
    await service.run(signal);
  } finally {
    await app.close();
  }
};

import type { Address } from './settings.ts';

/** `host:port`, with brackets around an IPv6 address, as an address. */
export const addressOf = (broker: string): Address => {
  const colon = broker.lastIndexOf(':');
  return { host: broker.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(broker.slice(colon + 1)) };
};

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..');

const leastRights = {
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  pids_limit: z.number(),
};

/**
 * The part of the Compose specification that we use, strictly: what is misspelt here would be refused, or silently do
 * nothing, where it counts.
 */
const service = z.strictObject({
  ...leastRights,
  image: z.string(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z
    .record(z.string(), z.strictObject({ condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']) }))
    .default({}),
  healthcheck: z
    .union([
      z.strictObject({ disable: z.literal(true) }),
      z.strictObject({ test: z.array(z.string()), interval: z.string(), timeout: z.string(), retries: z.number() }),
    ])
    .optional(),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']).optional(),
  stop_grace_period: z.string().optional(),
});

const shape = z.strictObject({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
});

export type Compose = z.infer<typeof shape>;

/** `docker-compose.yml` with what is merged by YAML in its place; parts that begin with `x-` are left off, as Compose does. Throws where it isn't as the specification says. */
export const readCompose = (text = readFileSync(join(root, 'docker-compose.yml'), 'utf8')): Compose => {
  const read = parse(text, { merge: true }) as Record<string, unknown>;
  return shape.parse(Object.fromEntries(Object.entries(read).filter(([key]) => !key.startsWith('x-'))));
};

import { z } from 'zod';
import { AmendsError } from './happenings/errors.ts';

const settings = {
  AMENDS_LOG_LEVEL: {
    schema: z.enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'expected fatal, error, warn, info, debug, trace or silent',
    ),
    otherwise: 'info',
    meaning: 'The least that is logged, a JSON line a happening, on standard error.',
  },
  AMENDS_HTTP_HOST: {
    schema: z.string().regex(/^[^\s/]{1,253}$/, 'expected a host name or address, such as 127.0.0.1'),
    otherwise: '127.0.0.1',
    meaning: 'Where `/metrics`, `/healthz` and `/readyz` are served. Only this machine reaches the default.',
  },
  AMENDS_HTTP_PORT: {
    schema: z
      .string()
      .regex(/^\d{1,5}$/, 'expected a port from 0 to 65535')
      .transform(Number)
      .refine((port) => port <= 65_535, 'expected a port from 0 to 65535'),
    otherwise: '9464',
    meaning: 'The port of these pages; 0 takes any that is free.',
  },
} as const;

type Name = keyof typeof settings;

/** The settings of a process, read and checked. */
export interface Configuration {
  readonly logLevel: z.infer<(typeof settings)['AMENDS_LOG_LEVEL']['schema']>;
  readonly httpHost: string;
  readonly httpPort: number;
}

/** Read by the tests, not by Amends: the folder of the real data. */
const known: readonly string[] = [...Object.keys(settings), 'AMENDS_DATA'];

/**
 * The configuration in an environment's variables; an empty one counts as absent. Throws AMENDS_CONFIGURATION that lists
 * all mistakes at once, names that nobody knows among them: a misspelt setting would silently do nothing.
 */
export const readConfiguration = (environment: Readonly<Record<string, string | undefined>>): Configuration => {
  const mistakes: string[] = [];
  const read = <N extends Name>(name: N): z.infer<(typeof settings)[N]['schema']> => {
    const { schema, otherwise } = settings[name];
    const given = environment[name];
    const parsed = schema.safeParse(given === undefined || given === '' ? otherwise : given);
    if (!parsed.success) mistakes.push(`${name}: ${parsed.error.issues.map(({ message }) => message).join('; ')}`);
    return parsed.data as z.infer<(typeof settings)[N]['schema']>;
  };
  const configuration = { logLevel: read('AMENDS_LOG_LEVEL'), httpHost: read('AMENDS_HTTP_HOST'), httpPort: read('AMENDS_HTTP_PORT') };
  for (const name of Object.keys(environment).sort())
    if (name.startsWith('AMENDS_') && !known.includes(name))
      mistakes.push(`${name}: no such setting; there are ${Object.keys(settings).join(', ')}`);
  if (mistakes.length > 0) throw new AmendsError('AMENDS_CONFIGURATION', mistakes);
  return configuration;
};

/** All settings as a table for `docs/configuration.md`. */
export const configurationReference = (): string => {
  const rows = Object.entries(settings).map(([name, { otherwise, meaning }]) => `| \`${name}\` | \`${otherwise}\` | ${meaning} |`);
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows, ''].join('\n');
};

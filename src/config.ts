import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { AmendsError } from './happenings/errors.ts';
import { parseDurationMs } from './values/duration.ts';
import { minuteMs, secondMs } from './values/time.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface Setting {
  /** Its heading in the reference. */
  readonly theme: 'Brokers' | 'Names' | 'Encryption' | 'Credentials' | 'Service';
  readonly schema: z.ZodType;
  /** What counts where the variable is absent or empty; without it the setting is not there then. */
  readonly otherwise?: string;
  readonly meaning: string;
}

/** As Kafka's topics, and short enough that a prefix and a suffix still fit into the 249 letters it allows. */
const nameShape = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;
const topicShape = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

const portText = /^\d{1,5}$/;
const isPort = (port: string, least: number): boolean => portText.test(port) && Number(port) >= least && Number(port) <= 65_535;

/** What is wrong with `host:port`, `[ipv6]:port`; nothing where it is right. Never the text itself: somebody may have put a password there. */
const brokerMistake = (broker: string): string | undefined => {
  if (broker.includes('://')) return 'expected host:port without a scheme';
  const shape = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::([^:]*))?$/.exec(broker);
  if (shape === null) return 'expected host:port, an IPv6 address in brackets: [::1]:9092';
  if (shape[3] === undefined) return 'its port is missing, such as kafka-1:9092';
  return isPort(shape[3], 1) ? undefined : 'expected a port from 1 to 65535';
};

const parts = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const brokerList = z.string().transform((text, context): readonly string[] => {
  const brokers = parts(text);
  for (const [index, broker] of brokers.entries()) {
    const mistake = brokerMistake(broker);
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: `number ${index + 1}: ${mistake}` });
  }
  if (brokers.length === 0) context.addIssue({ code: 'custom', message: 'expected host:port, several with commas between' });
  return [...new Set(brokers)];
});

const renames = z.string().transform((text, context): ReadonlyMap<string, string> => {
  const byOurs = new Map<string, string>();
  const theirsSeen = new Set<string>();
  for (const part of parts(text)) {
    const [ours = '', theirs = '', ...more] = part.split('=').map((name) => name.trim());
    const twice = byOurs.has(ours) ? ours : theirsSeen.has(theirs) ? theirs : undefined;
    if (more.length > 0 || !topicShape.test(ours) || !topicShape.test(theirs))
      context.addIssue({ code: 'custom', message: `"${part}": expected ours=theirs, two names of topics` });
    else if (twice !== undefined) context.addIssue({ code: 'custom', message: `${twice} is named twice` });
    byOurs.set(ours, theirs);
    theirsSeen.add(theirs);
  }
  return byOurs;
});

const duration = (leastMs: number, mostMs: number, expected: string): z.ZodType<number> =>
  z.string().transform((text, context) => {
    try {
      const ms = parseDurationMs(text);
      if (ms >= leastMs && ms <= mostMs) return ms;
      context.addIssue({ code: 'custom', message: expected });
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
    return z.NEVER;
  });

const port = z
  .string()
  .refine((text) => isPort(text, 0), 'expected a port from 0 to 65535')
  .transform(Number);
const yesOrNo = z.enum(['true', 'false'], 'expected true or false').transform((text) => text === 'true');
const mechanism = z.enum(
  ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'],
  'expected plain, scram-sha-256, scram-sha-512 or oauthbearer',
);
const logLevel = z.enum(
  ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
  'expected fatal, error, warn, info, debug, trace or silent',
);
const host = z.string().regex(/^[^\s/]{1,253}$/, 'expected a host name or address, such as 127.0.0.1');
const file = z.string();

const settings = {
  AMENDS_BROKERS: {
    theme: 'Brokers',
    schema: brokerList,
    otherwise: '127.0.0.1:9092',
    meaning: 'Where Kafka is: `host:port`, several with commas between; an IPv6 address in brackets. Any that answers tells the rest.',
  },
  AMENDS_SESSION_TIMEOUT: {
    theme: 'Brokers',
    schema: duration(secondMs, 30 * minuteMs, 'expected a duration from PT1S to PT30M'),
    otherwise: 'PT6S',
    meaning:
      "After so long without a word from a process its tasks go to others. Within the brokers' `group.min.session.timeout.ms` and `group.max.session.timeout.ms`.",
  },
  AMENDS_TRANSACTION_TIMEOUT: {
    theme: 'Brokers',
    schema: duration(secondMs, 15 * minuteMs, 'expected a duration from PT1S to PT15M'),
    otherwise: 'PT10S',
    meaning:
      "After so long the brokers abort a transaction that nobody ends; until then its partitions' readers wait. At most the brokers' `transaction.max.timeout.ms`.",
  },
  AMENDS_APPLICATION: {
    theme: 'Names',
    schema: z.string().regex(nameShape, 'expected up to 100 letters, digits, ".", "_" and "-"'),
    otherwise: 'amends',
    meaning:
      'Names the group, the changelogs and the transactional ids, behind the prefix. Processes of one name share the work; another name is another life.',
  },
  AMENDS_TOPIC_PREFIX: {
    theme: 'Names',
    schema: z.string().regex(nameShape, 'expected up to 100 letters, digits, ".", "_" and "-"'),
    meaning:
      'Stands before the names of our topics, of the group and of the transactional ids, such as `shop-eu.`. Two installations on one cluster that differ in it share nothing.',
  },
  AMENDS_TOPICS: {
    theme: 'Names',
    schema: renames,
    meaning: 'Single topics under names of their own: `ours=theirs`, several with commas between. The prefix is not added to these.',
  },
  AMENDS_TLS: {
    theme: 'Encryption',
    schema: yesOrNo,
    otherwise: 'false',
    meaning: '`true`: connections are encrypted, and the brokers prove who they are.',
  },
  AMENDS_TLS_CA_FILE: {
    theme: 'Encryption',
    schema: file,
    meaning: 'Certificates (PEM) of the authorities to trust; without it those that Node.js trusts.',
  },
  AMENDS_TLS_CERT_FILE: {
    theme: 'Encryption',
    schema: file,
    meaning: 'Our own certificate (PEM), where the brokers ask for one.',
  },
  AMENDS_TLS_KEY_FILE: {
    theme: 'Encryption',
    schema: file,
    meaning: 'Its key (PEM, not encrypted).',
  },
  AMENDS_SASL_MECHANISM: {
    theme: 'Credentials',
    schema: mechanism,
    meaning: '`plain`, `scram-sha-256`, `scram-sha-512` or `oauthbearer`; without it nothing is proven.',
  },
  AMENDS_SASL_USERNAME: {
    theme: 'Credentials',
    schema: z.string(),
    meaning: 'For `plain` and `scram-...`.',
  },
  AMENDS_SASL_PASSWORD_FILE: {
    theme: 'Credentials',
    schema: file,
    meaning: 'A file that holds the password and nothing else (an end of line is left off).',
  },
  AMENDS_SASL_PASSWORD: {
    theme: 'Credentials',
    schema: z.string(),
    meaning: 'The password itself; a file is better, because variables are seen by more eyes.',
  },
  AMENDS_OAUTH_TOKEN_FILE: {
    theme: 'Credentials',
    schema: file,
    meaning: 'For `oauthbearer`: a file that holds the token, read anew at each connection, so that something beside us can renew it.',
  },
  AMENDS_POLICY: {
    theme: 'Service',
    schema: file,
    otherwise: 'deploy/policy.yaml',
    meaning: 'The [policy](policy.md).',
  },
  AMENDS_HTTP_HOST: {
    theme: 'Service',
    schema: host,
    otherwise: '127.0.0.1',
    meaning: 'Where `/metrics`, `/healthz` and `/readyz` are served. Only this machine reaches the default.',
  },
  AMENDS_HTTP_PORT: {
    theme: 'Service',
    schema: port,
    otherwise: '9464',
    meaning: 'The port of these pages; 0 takes any that is free.',
  },
  AMENDS_LOG_LEVEL: {
    theme: 'Service',
    schema: logLevel,
    otherwise: 'info',
    meaning: 'The least that is logged, a JSON line a happening, on standard error.',
  },
} as const satisfies Readonly<Record<string, Setting>>;

type Name = keyof typeof settings;
type ValueOf<N extends Name> =
  | z.output<(typeof settings)[N]['schema']>
  | ((typeof settings)[N] extends { readonly otherwise: string } ? never : undefined);

/** How we prove who we are. The password is behind a function, so that a configuration that is written down doesn't show it. */
export type Credentials =
  | { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: () => string }
  | { readonly mechanism: 'oauthbearer'; readonly tokenFile: string };

/** The settings of a process, read and checked. */
export interface Configuration {
  readonly brokers: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly transactionTimeoutMs: number;
  readonly application: string;
  readonly topicPrefix: string;
  /** Our name of a topic -> the brokers' name. */
  readonly topicsRenamed: ReadonlyMap<string, string>;
  /** Absent: not encrypted. What the files hold, behind a function like the password. */
  readonly tls?: () => { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly credentials?: Credentials;
  readonly policyFile: string;
  readonly httpHost: string;
  readonly httpPort: number;
  readonly logLevel: ValueOf<'AMENDS_LOG_LEVEL'>;
  /** What is allowed and yet unwise, a sentence each: to be said at the start. */
  readonly warnings: readonly string[];
}

/** Read by the tests, not by Amends: the folder of the real data. */
const known: readonly string[] = [...Object.keys(settings), 'AMENDS_DATA'];

type Given = <N extends Name>(name: N) => ValueOf<N>;

/** What a file holds; a mistake where it can't be read or is empty. */
const heldBy = (name: Name, path: string | undefined, mistakes: string[]): string | undefined => {
  if (path === undefined) return undefined;
  try {
    const text = readFileSync(path, 'utf8');
    if (text.trim() !== '') return text;
    mistakes.push(`${name}: ${path} is empty`);
  } catch (error) {
    mistakes.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return undefined;
};

const tlsOf = (given: Given, mistakes: string[]): Configuration['tls'] => {
  const names = ['AMENDS_TLS_CA_FILE', 'AMENDS_TLS_CERT_FILE', 'AMENDS_TLS_KEY_FILE'] as const;
  if (!given('AMENDS_TLS')) {
    for (const name of names) if (given(name) !== undefined) mistakes.push(`${name}: needs AMENDS_TLS=true`);
    return undefined;
  }
  const [caFile, certFile, keyFile] = names.map(given);
  if (certFile !== undefined && keyFile === undefined) mistakes.push('AMENDS_TLS_CERT_FILE: needs its key, AMENDS_TLS_KEY_FILE');
  if (keyFile !== undefined && certFile === undefined) mistakes.push('AMENDS_TLS_KEY_FILE: needs its certificate, AMENDS_TLS_CERT_FILE');
  const [ca, cert, key] = names.map((name) => heldBy(name, given(name), mistakes));
  try {
    if (ca !== undefined) void new X509Certificate(ca);
  } catch {
    mistakes.push(`AMENDS_TLS_CA_FILE: ${caFile} holds no certificate in PEM`);
  }
  try {
    if (cert !== undefined && key !== undefined) createSecureContext({ cert, key });
  } catch {
    mistakes.push(`AMENDS_TLS_CERT_FILE: ${certFile} and ${keyFile} are not a certificate and its key in PEM, unencrypted`);
  }
  return () => ({ ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) });
};

const passwordIn = (given: Given, mistakes: string[]): string | undefined => {
  const password = given('AMENDS_SASL_PASSWORD');
  const held = heldBy('AMENDS_SASL_PASSWORD_FILE', given('AMENDS_SASL_PASSWORD_FILE'), mistakes);
  if (password !== undefined && held !== undefined) mistakes.push('AMENDS_SASL_PASSWORD: AMENDS_SASL_PASSWORD_FILE says it too; leave one');
  return password ?? held?.replace(/\r?\n$/, '');
};

const credentialsOf = (given: Given, mistakes: string[]): Credentials | undefined => {
  const ofPassword = ['AMENDS_SASL_USERNAME', 'AMENDS_SASL_PASSWORD_FILE', 'AMENDS_SASL_PASSWORD'] as const;
  const how = given('AMENDS_SASL_MECHANISM');
  const outOfPlace = how === undefined ? [...ofPassword, 'AMENDS_OAUTH_TOKEN_FILE' as const] : how === 'oauthbearer' ? ofPassword : [];
  const tokenFile = given('AMENDS_OAUTH_TOKEN_FILE');
  for (const name of outOfPlace)
    if (given(name) !== undefined)
      mistakes.push(`${name}: ${how === undefined ? 'needs AMENDS_SASL_MECHANISM' : 'has no part in AMENDS_SASL_MECHANISM=oauthbearer'}`);
  if (how === undefined) return undefined;
  if (how === 'oauthbearer') {
    if (tokenFile === undefined) mistakes.push('AMENDS_OAUTH_TOKEN_FILE: needed for AMENDS_SASL_MECHANISM=oauthbearer');
    heldBy('AMENDS_OAUTH_TOKEN_FILE', tokenFile, mistakes);
    return { mechanism: how, tokenFile: tokenFile ?? '' };
  }
  if (tokenFile !== undefined) mistakes.push(`AMENDS_OAUTH_TOKEN_FILE: has no part in AMENDS_SASL_MECHANISM=${how}`);
  const username = given('AMENDS_SASL_USERNAME');
  if (username === undefined) mistakes.push(`AMENDS_SASL_USERNAME: needed for AMENDS_SASL_MECHANISM=${how}`);
  if (given('AMENDS_SASL_PASSWORD') === undefined && given('AMENDS_SASL_PASSWORD_FILE') === undefined)
    mistakes.push(`AMENDS_SASL_PASSWORD_FILE: needed for AMENDS_SASL_MECHANISM=${how}`);
  const password = passwordIn(given, mistakes);
  return { mechanism: how, username: username ?? '', password: () => password ?? '' };
};

const warningsOf = (tls: Configuration['tls'], credentials: Credentials | undefined): readonly string[] => {
  if (tls !== undefined || (credentials?.mechanism !== 'plain' && credentials?.mechanism !== 'oauthbearer')) return [];
  const secret = credentials.mechanism === 'plain' ? 'password' : 'token';
  return [
    `AMENDS_SASL_MECHANISM=${credentials.mechanism} without AMENDS_TLS: the ${secret} crosses the network unencrypted, for everybody on the way to read`,
  ];
};

/**
 * The configuration in an environment's variables; an empty one counts as absent. Reads the files that it names. Throws
 * AMENDS_CONFIGURATION that lists all mistakes at once, also between settings, and names that nobody knows among them: a
 * misspelt setting would silently do nothing. No mistake shows a secret.
 */
export const readConfiguration = (environment: Environment): Configuration => {
  const mistakes: string[] = [];
  const read = <N extends Name>(name: N): ValueOf<N> => {
    const { schema, otherwise }: Setting = settings[name];
    const text = environment[name] === '' ? undefined : environment[name];
    if ((text ?? otherwise) === undefined) return undefined as ValueOf<N>;
    const parsed = schema.safeParse(text ?? otherwise);
    if (!parsed.success) mistakes.push(`${name}: ${parsed.error.issues.map(({ message }) => message).join('; ')}`);
    return parsed.data as ValueOf<N>;
  };
  const values = Object.fromEntries((Object.keys(settings) as Name[]).map((name) => [name, read(name)]));
  const given: Given = <N extends Name>(name: N) => values[name] as ValueOf<N>;
  // What depends on a setting that is itself wrong is not a second mistake.
  const isWrong = (name: Name): boolean => mistakes.some((mistake) => mistake.startsWith(`${name}: `));
  const tls = isWrong('AMENDS_TLS') ? undefined : tlsOf(given, mistakes);
  const credentials = isWrong('AMENDS_SASL_MECHANISM') ? undefined : credentialsOf(given, mistakes);
  for (const name of Object.keys(environment).sort())
    if (name.startsWith('AMENDS_') && !known.includes(name))
      mistakes.push(`${name}: no such setting; docs/configuration.md lists all there are`);
  if (mistakes.length > 0) throw new AmendsError('AMENDS_CONFIGURATION', mistakes);
  return {
    brokers: given('AMENDS_BROKERS'),
    sessionTimeoutMs: given('AMENDS_SESSION_TIMEOUT'),
    transactionTimeoutMs: given('AMENDS_TRANSACTION_TIMEOUT'),
    application: given('AMENDS_APPLICATION'),
    topicPrefix: given('AMENDS_TOPIC_PREFIX') ?? '',
    topicsRenamed: given('AMENDS_TOPICS') ?? new Map(),
    ...(tls && { tls }),
    ...(credentials && { credentials }),
    policyFile: given('AMENDS_POLICY'),
    httpHost: given('AMENDS_HTTP_HOST'),
    httpPort: given('AMENDS_HTTP_PORT'),
    logLevel: given('AMENDS_LOG_LEVEL'),
    warnings: warningsOf(tls, credentials),
  };
};

/** All settings as tables, a theme each, for `docs/configuration.md`. */
export const configurationReference = (): string => {
  const all: readonly (readonly [string, Setting])[] = Object.entries(settings);
  const themes = [...new Set(all.map(([, { theme }]) => theme))];
  const tables = themes.map((theme) => {
    const rows = all
      .filter(([, setting]) => setting.theme === theme)
      .map(([name, { otherwise, meaning }]) => `| \`${name}\` | ${otherwise === undefined ? '' : `\`${otherwise}\``} | ${meaning} |`);
    return [`### ${theme}`, '', '| variable | default | meaning |', '| --- | --- | --- |', ...rows, ''].join('\n');
  });
  return tables.join('\n');
};

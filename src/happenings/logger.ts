import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { Clock } from '../values/time.ts';
import { holdsValue } from './holds-value.ts';
import type { Happening, Telemetry } from './happening.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** How loud a happening is. `error` wakes somebody; `warn` is for the next working day; `debug` is for whoever hunts a bug. */
const levels: Readonly<Record<Happening['name'], Exclude<LogLevel, 'silent'>>> = {
  AbsenceStopped: 'error',
  GapFound: 'error',
  CommandDuplicated: 'error',
  TransactionFailed: 'warn',
  RecordDeadLettered: 'warn',
  SubjectQuarantined: 'warn',
  ClockHeld: 'warn',
  PermitRefused: 'warn',
  ServiceWarned: 'warn',
  ServiceWaiting: 'warn',
  TaskStateChanged: 'info',
  RecordLate: 'info',
  SubjectReleased: 'info',
  AbsenceReleased: 'info',
  IssueChanged: 'info',
  DecisionMade: 'info',
  CommandOrdered: 'info',
  ServiceStarted: 'info',
  ServiceStopped: 'info',
  TransactionCommitted: 'debug',
  RecordsConsumed: 'debug',
  ClockMoved: 'debug',
  LagMeasured: 'debug',
  ScanFlagged: 'debug',
  RecordTooOld: 'debug',
};

const levelOf = (happening: Happening): Exclude<LogLevel, 'silent'> => {
  if (happening.name === 'TaskStateChanged' && happening.to === 'halted') return 'error';
  if (happening.name === 'SubjectQuarantined' && !holdsValue(happening.code)) return 'error';
  return levels[happening.name];
};

/** The happening's fields that may be written down: never what was found inside a record. */
const fieldsOf = (happening: Happening): Record<string, unknown> => {
  const { name: _, ...fields } = happening;
  if ((happening.name === 'RecordDeadLettered' || happening.name === 'SubjectQuarantined') && holdsValue(happening.code)) {
    return { ...fields, reason: undefined };
  }
  return fields;
};

/**
 * A pino logger whose times come from `clock`, one JSON object a line. `destination`: where lines go; standard error by
 * default, because standard output belongs to the verb's own answer.
 */
export const createLogger = (of: { readonly level: LogLevel; readonly clock: Clock; readonly destination?: DestinationStream }): Logger =>
  pino(
    {
      level: of.level,
      base: null,
      messageKey: 'happening',
      timestamp: () => `,"time":"${new Date(of.clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    of.destination ?? pino.destination({ dest: 2, sync: false }),
  );

/** Writes a line a happening: its name and its fields, at a fitting level, without anything that stood in a record's value. */
export const logTo =
  (logger: Logger): Telemetry =>
  (happening) => {
    const level = levelOf(happening);
    if (logger.isLevelEnabled(level)) logger[level](fieldsOf(happening), happening.name);
  };

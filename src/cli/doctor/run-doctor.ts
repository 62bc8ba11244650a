import { readConfiguration } from '../../config.ts';
import type { TimeMode } from '../../engine/changelog.ts';
import { realClock } from '../../values/clock.ts';
import { secondMs } from '../../values/time.ts';
import { EndWith, exitCodes } from '../exit-codes.ts';
import { kafkaSettings } from '../kafka-settings.ts';
import type { Terminal } from '../terminal.ts';
import { examine } from './examine.ts';
import { findingsInWords } from './in-words.ts';

/** A broker that takes longer than this to answer is one to be told of. */
const requestTimeoutMs = 5 * secondMs;

/** Looks at everything and says what it found. Ends with `mistakes` where something is an error. Throws AMENDS_CONFIGURATION. */
export const doctor = async (
  { time, asJson }: { readonly time: TimeMode; readonly asJson: boolean },
  terminal: Terminal,
): Promise<void> => {
  const configuration = readConfiguration(terminal.environment);
  const settings = { ...kafkaSettings(configuration, realClock), requestTimeoutMs };
  const findings = await examine({ settings, configuration, time });
  const isWell = !findings.some(({ level }) => level === 'error');
  const { columns, hasColours = false } = terminal;
  terminal.out(asJson ? `${JSON.stringify({ ok: isWell, findings })}\n` : findingsInWords(findings, { columns, hasColours }));
  if (!isWell) throw new EndWith(exitCodes.mistakes);
};

import type { Issue } from '../../topics/issues.ts';
import type { Command } from '../../topics/remedies.ts';
import { durationInWords } from '../../values/duration.ts';
import type { Instant } from '../../values/time.ts';
import { moneyInWords } from '../money-in-words.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** `Thu 24 Dec 18:00`, by the clocks of a zone. */
export const timeInWords = (at: Instant, zone = 'UTC'): string => {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      day: '2-digit',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts['weekday']} ${parts['day']} ${parts['month']} ${parts['hour']}:${parts['minute']}`;
};

/** A window that ends at midnight was promised for the day before. */
const promisedInWords = ({ promisedUntil, zone = 'UTC' }: Issue['context']): string => {
  if (promisedUntil === undefined) return 'promised';
  const until = timeInWords(promisedUntil, zone);
  if (!until.endsWith('00:00')) return `promised by ${until}`;
  return `promised for ${timeInWords((promisedUntil - 1) as Instant, zone).slice(0, -6)}`;
};

/** A shipment's key is carrier:number:shipment; people know the number. */
const parcelInWords = (subject: string): string => `parcel ${subject.split(':')[1] ?? subject}`;

/** What went wrong, as far as it is known: `parcel BG1, promised by Thu 24 Dec 18:00 there, not there after 14 h`. */
export const problemInWords = ({ detector, subject, finding, context }: Issue): string => {
  const { numbers, reason } = finding;
  const of = (name: string): number => numbers[name] ?? 0;
  switch (detector) {
    case 'promise-missed':
      return `${parcelInWords(subject)}, ${promisedInWords(context)}, has not come`;
    case 'shipment-stalled':
      return `${parcelInWords(subject)}, no scan for ${durationInWords(of('silentMs'))}`;
    case 'lost-in-transit':
      return reason === 'declared-lost'
        ? `${parcelInWords(subject)}, lost, says its carrier`
        : `${parcelInWords(subject)}, no scan for ${durationInWords(of('silentMs'))}, given up`;
    case 'slow-download':
      return `film ${context.title ?? subject}, stood still ${of('stalls')} times, ${Math.round(of('stalledShare') * 100)} % of the time`;
    default:
      return `${subject}: ${detector}, ${reason}`;
  }
};

/** What the customer gets: `shipping fee 4.99 USD back`, `message at 08:00`, by the clocks of `zone` where it is known. */
export const remedyInWords = (command: Command, zone?: string): string => {
  switch (command.kind) {
    case 'refund':
      return `${command.components.every(({ component }) => component === 'shipping') ? 'shipping fee ' : ''}${moneyInWords(command.money)} back`;
    case 'credit':
      return `${moneyInWords(command.money)} credit`;
    case 'replacement':
      return `sent again, ${command.service}`;
    case 'notification':
      return command.notBefore > command.decidedAt
        ? `message at ${timeInWords(command.notBefore, zone).slice(-5)}${zone === undefined ? ' UTC' : ''}`
        : 'message sent';
    case 'escalation':
      return `an associate sees to it (${command.skill})`;
    case 'return':
      return 'return arranged';
    case 'retraction':
      return 'the message that waited is taken back';
  }
};

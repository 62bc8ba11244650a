import type { Detector } from '../detection/detector.ts';
import { slowDownload } from './detectors/slow-download.ts';
import type { Session } from './session.ts';

/** What the streaming stage looks for. A new detector is one line here. */
export const streamingDetectors: readonly Detector<Session, unknown>[] = [slowDownload];

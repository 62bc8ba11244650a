import type { Messages } from './messages.ts';

/** English, and the language of last resort. */
export const en: Messages = {
  'parcel-not-sent': {
    short: 'Order {order} is not on its way yet. We are watching it. Nothing is needed from you.',
    long: 'Your parcel from order {order} has not been handed to the carrier yet, which takes longer than usual. It may still arrive in time. We are watching it and will write to you if it does not. Nothing is needed from you.',
  },
  'parcel-stalled': {
    short: 'Order {order}: your parcel has not moved for a while. We are watching it. Nothing is needed from you.',
    long: 'Your parcel from order {order} has not moved for longer than usual. It may still arrive in time. We are watching it and will write to you if it does not. Nothing is needed from you.',
  },
  'parcel-late': {
    short: 'Order {order} was due by {promised} and is not there yet. We are sorry and on it. Nothing is needed from you.',
    long: 'Your parcel from order {order} was due by {promised} and has not arrived yet. We are sorry. We keep watching it, and if it stays away we make it good without your having to ask. Nothing is needed from you.',
  },
  'parcel-late-shipping-refunded': {
    short: 'Order {order} missed {promised}. We are sorry and have refunded your shipping fee: {amount}.',
    long: 'Your parcel from order {order} was due by {promised} and did not arrive in time. We are sorry for the wait and have issued a refund of your shipping fee: {amount}. Nothing is needed from you.',
  },
  'parcel-late-part-refunded': {
    short: 'Order {order} missed {promised}. We are sorry and have refunded {amount} of what you paid.',
    long: 'Your parcel from order {order} was due by {promised} and we have kept you waiting. We are sorry and have issued a refund for a part of what you paid: {amount}. Nothing is needed from you.',
  },
  'parcel-late-refunded': {
    short: 'Order {order} missed {promised} by too long. We are sorry and have refunded {amount}.',
    long: 'Your parcel from order {order} was due by {promised} and we do not want you to wait any longer. We are sorry and have issued a refund: {amount}. Should the parcel still arrive, we will not ask for the money back. Nothing is needed from you.',
  },
  'parcel-late-credited': {
    short: 'Order {order} missed {promised}. We are sorry and have credited {amount} to your account.',
    long: 'Your parcel from order {order} was due by {promised} and did not arrive in time. We are sorry and have credited {amount} to your account. Nothing is needed from you.',
  },
  'parcel-lost-replaced': {
    short: 'Order {order}: your parcel seems to be lost. We are sorry and are sending it again, free of charge.',
    long: 'Your parcel from order {order} seems to be lost. We are sorry and have ordered a replacement, free of charge. Nothing is needed from you.',
  },
  'parcel-lost-refunded': {
    short: 'Order {order}: your parcel seems to be lost. We are sorry and have refunded {amount}.',
    long: 'Your parcel from order {order} seems to be lost. We are sorry and have issued a refund: {amount}. Should it still arrive, we will not ask for the money back. Nothing is needed from you.',
  },
  'slow-download-refunded': {
    short: 'We noticed poor video playback while you watched {title}. We are sorry and have refunded {amount}.',
    long: "We noticed that you experienced poor video playback while watching {title}. We're sorry for the inconvenience and have issued a refund: {amount}. Nothing is needed from you. We hope to see you again soon.",
  },
};

import type { Messages } from './messages.ts';

/** German. */
export const de: Messages = {
  'parcel-not-sent': {
    short: 'Bestellung {order} ist noch nicht unterwegs. Wir behalten sie im Auge, Sie müssen nichts tun.',
    long: 'Ihr Paket zur Bestellung {order} wurde noch nicht an den Zusteller übergeben, das dauert länger als üblich. Es kann noch rechtzeitig ankommen. Wir behalten es im Auge und melden uns, falls nicht. Sie müssen nichts tun.',
  },
  'parcel-stalled': {
    short: 'Bestellung {order}: Ihr Paket steht seit einer Weile still. Wir behalten es im Auge, Sie müssen nichts tun.',
    long: 'Ihr Paket zur Bestellung {order} steht länger still als üblich. Es kann noch rechtzeitig ankommen. Wir behalten es im Auge und melden uns, falls nicht. Sie müssen nichts tun.',
  },
  'parcel-late': {
    short: 'Bestellung {order} sollte bis {promised} da sein. Das tut uns leid, wir kümmern uns. Sie müssen nichts tun.',
    long: 'Ihr Paket zur Bestellung {order} sollte bis {promised} da sein und ist noch nicht angekommen. Das tut uns leid. Wir behalten es im Auge, und wenn es ausbleibt, machen wir es gut, ohne dass Sie darum bitten müssen. Sie müssen nichts tun.',
  },
  'parcel-late-shipping-refunded': {
    short: 'Bestellung {order} kam nicht bis {promised}. Das tut uns leid: Versandkosten von {amount} erstattet.',
    long: 'Ihr Paket zur Bestellung {order} sollte bis {promised} da sein und kam nicht rechtzeitig an. Das tut uns leid. Wir haben die Erstattung der Versandkosten veranlasst: {amount}. Sie müssen nichts tun.',
  },
  'parcel-late-part-refunded': {
    short: 'Bestellung {order} kam nicht bis {promised}. Das tut uns leid, wir haben {amount} erstattet.',
    long: 'Ihr Paket zur Bestellung {order} sollte bis {promised} da sein, und wir haben Sie warten lassen. Das tut uns leid. Wir haben die Erstattung eines Teils des Preises veranlasst: {amount}. Sie müssen nichts tun.',
  },
  'parcel-late-refunded': {
    short: 'Bestellung {order} sollte bis {promised} da sein. Das tut uns leid, wir haben {amount} erstattet.',
    long: 'Ihr Paket zur Bestellung {order} sollte bis {promised} da sein. Länger wollen wir Sie nicht warten lassen. Es tut uns leid, wir haben eine Erstattung veranlasst: {amount}. Kommt das Paket doch noch an, fordern wir das Geld nicht zurück. Sie müssen nichts tun.',
  },
  'parcel-late-credited': {
    short: 'Bestellung {order} kam nicht bis {promised}. Das tut uns leid, Gutschrift: {amount}.',
    long: 'Ihr Paket zur Bestellung {order} sollte bis {promised} da sein und kam nicht rechtzeitig an. Das tut uns leid. Wir haben Ihrem Konto {amount} gutgeschrieben. Sie müssen nichts tun.',
  },
  'parcel-lost-replaced': {
    short: 'Bestellung {order}: Ihr Paket ist wohl verloren. Das tut uns leid, wir senden kostenlos Ersatz.',
    long: 'Ihr Paket zur Bestellung {order} ist wohl verloren gegangen. Das tut uns leid. Wir haben kostenlosen Ersatz veranlasst. Sie müssen nichts tun.',
  },
  'parcel-lost-refunded': {
    short: 'Bestellung {order}: Ihr Paket ist wohl verloren. Das tut uns leid, wir haben {amount} erstattet.',
    long: 'Ihr Paket zur Bestellung {order} ist wohl verloren gegangen. Das tut uns leid. Wir haben eine Erstattung veranlasst: {amount}. Kommt es doch noch an, fordern wir das Geld nicht zurück. Sie müssen nichts tun.',
  },
  'slow-download-refunded': {
    short: 'Die Wiedergabe von {title} war schlecht. Das tut uns leid, wir haben {amount} erstattet.',
    long: 'Wir haben bemerkt, dass die Wiedergabe schlecht war, als Sie {title} angesehen haben. Wir bedauern die Unannehmlichkeit und haben eine Erstattung veranlasst: {amount}. Sie müssen nichts tun. Wir freuen uns, wenn Sie bald wieder bei uns schauen.',
  },
};

/** A country: its money, its zones, who sells and who carries there. All names are invented. */
export interface Market {
  readonly currency: string;
  readonly locale: string;
  readonly zones: readonly string[];
  readonly carriers: readonly Carrier[];
  readonly sellers: readonly Seller[];
  /** Prices of goods, in minor units: from, to, and what they end on (1999, 14990). */
  readonly prices: { readonly from: number; readonly to: number; readonly step: number; readonly less: number };
  readonly shipping: readonly number[];
  readonly taxRate: number;
  readonly giftWrap: number;
  readonly rental: readonly number[];
}

export interface Carrier {
  readonly id: string;
  readonly codes: Readonly<Record<string, string>>;
  /** How it writes times: in UTC, as local time with the zone beside it, or (some scanners) as local time without any. */
  readonly writes: 'utc' | 'local-with-zone' | 'local-without-zone';
  readonly places: readonly string[];
}

export interface Seller {
  readonly id: string;
  readonly fulfilledBy: 'us' | 'seller' | 'partner';
}

const codes = (prefix: string): Carrier['codes'] => ({
  'info-received': `${prefix}01`,
  'in-transit': `${prefix}10`,
  'out-for-delivery': `${prefix}20`,
  'attempt-failed': `${prefix}25`,
  delivered: `${prefix}30`,
  exception: `${prefix}90`,
});

const bluegoose: Carrier = {
  id: 'bluegoose',
  codes: codes('BG'),
  writes: 'utc',
  places: ['Cedar Falls hub', 'Harlow Point', 'Mesa Junction', 'Quarry Road depot'],
};
const pinepost: Carrier = {
  id: 'pinepost',
  codes: codes('P-'),
  writes: 'utc',
  places: ['Lakeside sort', 'Tanner Street', 'Old Mill depot'],
};
const rheinkurier: Carrier = {
  id: 'rheinkurier',
  codes: codes('RK'),
  writes: 'local-with-zone',
  places: ['Paketzentrum Nord', 'Depot Weidenau', 'Zustellbasis Lind'],
};
const facteurbleu: Carrier = { id: 'facteur-bleu', codes: codes('FB'), writes: 'utc', places: ['Plateforme Garonne', 'Agence Belleroche'] };
const ararajato: Carrier = {
  id: 'arara-jato',
  codes: codes('AJ'),
  writes: 'local-without-zone',
  places: ['CD Vila Aurora', 'Centro Jardim Sul', 'Base Porto Claro'],
};
const tsubamebin: Carrier = { id: 'tsubame-bin', codes: codes('TB'), writes: 'utc', places: ['Midori base', 'Kawabe center'] };

const house: Seller = { id: 'amberly', fulfilledBy: 'us' };

const unitedStates: Market = {
  currency: 'USD',
  locale: 'en-US',
  zones: ['America/New_York', 'America/Chicago', 'America/Los_Angeles'],
  carriers: [bluegoose, pinepost],
  sellers: [
    house,
    house,
    { id: 'tinwhistle-toys', fulfilledBy: 'seller' },
    { id: 'larkspur-home', fulfilledBy: 'us' },
    { id: 'northfork-outdoor', fulfilledBy: 'partner' },
  ],
  prices: { from: 9, to: 120, step: 100, less: 1 },
  shipping: [0, 399, 499, 799],
  taxRate: 0.07,
  giftWrap: 350,
  rental: [299, 399, 599],
};
const germany: Market = {
  currency: 'EUR',
  locale: 'de-DE',
  zones: ['Europe/Berlin'],
  carriers: [rheinkurier],
  sellers: [house, { id: 'holzwichtel', fulfilledBy: 'seller' }, { id: 'lichterkontor', fulfilledBy: 'us' }],
  prices: { from: 8, to: 110, step: 100, less: 5 },
  shipping: [0, 399, 595],
  taxRate: 0.19,
  giftWrap: 395,
  rental: [399, 499],
};
const france: Market = {
  ...germany,
  locale: 'fr-FR',
  zones: ['Europe/Paris'],
  carriers: [facteurbleu],
  sellers: [house, { id: 'atelier-mimosa', fulfilledBy: 'seller' }],
  taxRate: 0.2,
};
const brazil: Market = {
  currency: 'BRL',
  locale: 'pt-BR',
  zones: ['America/Sao_Paulo', 'America/Manaus'],
  carriers: [ararajato],
  sellers: [house, { id: 'casa-jatoba', fulfilledBy: 'seller' }, { id: 'pipa-brinquedos', fulfilledBy: 'partner' }],
  prices: { from: 3, to: 45, step: 1_000, less: 10 },
  shipping: [0, 1490, 2390],
  taxRate: 0,
  giftWrap: 990,
  rental: [990, 1490],
};
const japan: Market = {
  currency: 'JPY',
  locale: 'ja-JP',
  zones: ['Asia/Tokyo'],
  carriers: [tsubamebin],
  sellers: [house, { id: 'kogane-ya', fulfilledBy: 'seller' }, { id: 'hoshi-crafts', fulfilledBy: 'us' }],
  prices: { from: 11, to: 140, step: 100, less: 20 },
  shipping: [0, 440, 660],
  taxRate: 0.1,
  giftWrap: 330,
  rental: [440, 550],
};

/** How often each is drawn. */
export const markets: readonly (readonly [Market, weight: number])[] = [
  [unitedStates, 45],
  [germany, 18],
  [france, 12],
  [brazil, 15],
  [japan, 10],
];

/** What lies in the parcels. */
export const goods: readonly string[] = [
  'Walnut bookends',
  'Lambswool blanket',
  'Storm lantern',
  'Wooden marble run',
  'Copper kettle',
  'Star projector',
  'Fountain pen set',
  'Picnic basket',
  'Knitting starter kit',
  'Travel chess set',
  'Stoneware mugs, set of four',
  'Binoculars 8x32',
  'Herb garden box',
  'Music box, winter waltz',
  'Leather satchel',
  'Bread proving basket',
  'Watercolour set, 24 pans',
  'Felt slippers',
  'Kite, red swallow',
  'Puzzle, 1,000 pieces, harbour',
];

/** What is watched on film night. */
export const titles: readonly { readonly title: string; readonly name: string }[] = [
  { title: 'the-lamplighters-daughter', name: "The Lamplighter's Daughter" },
  { title: 'seven-winters-north', name: 'Seven Winters North' },
  { title: 'a-goose-for-the-mayor', name: 'A Goose for the Mayor' },
  { title: 'midnight-at-harlow-point', name: 'Midnight at Harlow Point' },
  { title: 'the-cartographer', name: 'The Cartographer' },
  { title: 'snow-over-belleroche', name: 'Snow over Belleroche' },
  { title: 'two-tickets-to-manaus', name: 'Two Tickets to Manaus' },
  { title: 'the-quiet-orchestra', name: 'The Quiet Orchestra' },
  { title: 'paper-moons', name: 'Paper Moons' },
  { title: 'the-last-ferry-home', name: 'The Last Ferry Home' },
];

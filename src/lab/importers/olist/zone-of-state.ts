/**
 * The zone of each state of Brazil, by its capital. Source: IANA tz database, `zone1970.tab` and `southamerica`. States of
 * two zones have the capital's: the far west of Amazonas and the islands of Pernambuco are an hour off.
 */
export const zoneOfState: ReadonlyMap<string, string> = new Map([
  ['AC', 'America/Rio_Branco'],
  ['AL', 'America/Maceio'],
  ['AM', 'America/Manaus'],
  ['AP', 'America/Belem'],
  ['BA', 'America/Bahia'],
  ['CE', 'America/Fortaleza'],
  ['DF', 'America/Sao_Paulo'],
  ['ES', 'America/Sao_Paulo'],
  ['GO', 'America/Sao_Paulo'],
  ['MA', 'America/Fortaleza'],
  ['MG', 'America/Sao_Paulo'],
  ['MS', 'America/Campo_Grande'],
  ['MT', 'America/Cuiaba'],
  ['PA', 'America/Belem'],
  ['PB', 'America/Fortaleza'],
  ['PE', 'America/Recife'],
  ['PI', 'America/Fortaleza'],
  ['PR', 'America/Sao_Paulo'],
  ['RJ', 'America/Sao_Paulo'],
  ['RN', 'America/Fortaleza'],
  ['RO', 'America/Porto_Velho'],
  ['RR', 'America/Boa_Vista'],
  ['RS', 'America/Sao_Paulo'],
  ['SC', 'America/Sao_Paulo'],
  ['SE', 'America/Maceio'],
  ['SP', 'America/Sao_Paulo'],
  ['TO', 'America/Araguaina'],
]);

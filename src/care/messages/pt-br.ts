import type { Messages } from './messages.ts';

/** Brazilian Portuguese. */
export const ptBr: Messages = {
  'parcel-not-sent': {
    short: 'O pedido {order} ainda não foi enviado. Estamos acompanhando, não é preciso fazer nada.',
    long: 'Seu pacote do pedido {order} ainda não foi entregue à transportadora, o que está demorando mais que o normal. Ele ainda pode chegar no prazo. Estamos acompanhando e avisaremos se isso não acontecer. Você não precisa fazer nada.',
  },
  'parcel-stalled': {
    short: 'Pedido {order}: seu pacote está parado há algum tempo. Estamos acompanhando, não é preciso fazer nada.',
    long: 'Seu pacote do pedido {order} está parado há mais tempo que o normal. Ele ainda pode chegar no prazo. Estamos acompanhando e avisaremos se isso não acontecer. Você não precisa fazer nada.',
  },
  'parcel-late': {
    short: 'O pedido {order} deveria chegar até {promised}. Sentimos muito e estamos cuidando disso.',
    long: 'Seu pacote do pedido {order} deveria chegar até {promised} e ainda não chegou. Sentimos muito. Continuamos acompanhando e, se ele não chegar, vamos compensar sem que você precise pedir. Você não precisa fazer nada.',
  },
  'parcel-late-shipping-refunded': {
    short: 'O pedido {order} não chegou até {promised}. Sentimos muito: frete reembolsado, {amount}.',
    long: 'Seu pacote do pedido {order} deveria chegar até {promised} e não chegou no prazo. Sentimos muito pela espera e emitimos o reembolso do frete: {amount}. Você não precisa fazer nada.',
  },
  'parcel-late-part-refunded': {
    short: 'O pedido {order} não chegou até {promised}. Sentimos muito e reembolsamos {amount}.',
    long: 'Seu pacote do pedido {order} deveria chegar até {promised} e você ficou esperando. Sentimos muito e emitimos o reembolso de uma parte do valor pago: {amount}. Você não precisa fazer nada.',
  },
  'parcel-late-refunded': {
    short: 'O pedido {order} deveria chegar até {promised}. Sentimos muito e reembolsamos {amount}.',
    long: 'Seu pacote do pedido {order} deveria chegar até {promised} e não queremos que você espere mais. Sentimos muito e emitimos um reembolso: {amount}. Se o pacote ainda chegar, não pediremos o dinheiro de volta. Você não precisa fazer nada.',
  },
  'parcel-late-credited': {
    short: 'O pedido {order} não chegou até {promised}. Sentimos muito, crédito na sua conta: {amount}.',
    long: 'Seu pacote do pedido {order} deveria chegar até {promised} e não chegou no prazo. Sentimos muito e creditamos {amount} na sua conta. Você não precisa fazer nada.',
  },
  'parcel-lost-replaced': {
    short: 'Pedido {order}: parece que seu pacote se perdeu. Sentimos muito e vamos enviar outro, sem custo.',
    long: 'Parece que seu pacote do pedido {order} se perdeu. Sentimos muito e já pedimos o envio de outro, sem custo. Você não precisa fazer nada.',
  },
  'parcel-lost-refunded': {
    short: 'Pedido {order}: parece que seu pacote se perdeu. Sentimos muito e reembolsamos {amount}.',
    long: 'Parece que seu pacote do pedido {order} se perdeu. Sentimos muito e emitimos um reembolso: {amount}. Se ele ainda chegar, não pediremos o dinheiro de volta. Você não precisa fazer nada.',
  },
  'slow-download-refunded': {
    short: 'Notamos falhas na reprodução de {title}. Sentimos muito e reembolsamos {amount}.',
    long: 'Notamos que a reprodução de vídeo foi ruim enquanto você assistia a {title}. Pedimos desculpas pelo transtorno e emitimos um reembolso: {amount}. Você não precisa fazer nada. Esperamos ver você de novo em breve.',
  },
};

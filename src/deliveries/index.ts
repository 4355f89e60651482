export { type DeliveryState, deliveryStateNames, deliveryStates } from './bundling.rules.ts';
export { placeLines, revertDeliveries, settleDeliveries } from './bundling.ts';
export { refreshDeliveries } from './refreshing.ts';
export { type DeliveryRow, deliveryTable } from './tables.ts';

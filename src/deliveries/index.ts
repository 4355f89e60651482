export { type DeliveryState, deliveryStateNames, deliveryStates } from './bundling.rules.ts';
export { placeLines, revertDeliveries, settleDeliveries } from './bundling.ts';
export { placeEntered } from './entering.ts';
export { type DeliveryFigures, deliveryFigures } from './figures.ts';
export { followLines } from './following.ts';
export { findDelivery } from './queries.ts';
export { refreshDeliveries } from './refreshing.ts';
export { rereadRegions, rereadRegionsLater } from './region-rereading.ts';
export { type DeliveryRow, deliveryTable } from './tables.ts';

export { addProducts } from './owning.ts';
export { createPartner } from './partners.ts';
export { type Purchase, type PurchasedLine, purchasesOf, purchaseTimeline } from './purchases.ts';
export { sendSheet } from './sending.ts';
export { findSheet } from './sheets.ts';

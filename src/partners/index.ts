export { type Purchase, type PurchasedLine, purchasesOf, purchaseTimeline } from './purchases.ts';

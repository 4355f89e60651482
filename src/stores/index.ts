export { enterStoreOrder, type SavedOrder } from './entering.ts';
export type { OrderFormInput } from './order-form.rules.ts';
export { findStoreOrder, type StoreOrder } from './showing.ts';
export { addStore, findStore, listOpenStores, listStores, type Store, visibleStores } from './stores.ts';

import type { AppModule } from '#lib/module.ts';
import { accounts } from './accounts/module.ts';
import { channels } from './channels/module.ts';
import { deliveries } from './deliveries/module.ts';
import { orders } from './orders/module.ts';
import { products } from './products/module.ts';
import { regions } from './regions/module.ts';

/** The table of contents; the menu follows this order. */
export const modules: readonly AppModule[] = [orders, deliveries, channels, products, regions, accounts];

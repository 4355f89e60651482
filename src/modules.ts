import type { AppModule } from '#lib/module.ts';
import { accounts } from './accounts/module.ts';
import { deliveries } from './deliveries/module.ts';

/** The table of contents; the menu follows this order. */
export const modules: readonly AppModule[] = [deliveries, accounts];

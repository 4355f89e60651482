import type { AppModule } from '#lib/module.ts';
import { retention } from '#lib/retention.ts';
import { accounts } from './accounts/module.ts';
import { channels } from './channels/module.ts';
import { couriers } from './couriers/module.ts';
import { deliveries } from './deliveries/module.ts';
import { downloads } from './downloads/module.ts';
import { checks } from './operations/checks/module.ts';
import { operations } from './operations/module.ts';
import { orders } from './orders/module.ts';
import { partners } from './partners/module.ts';
import { personal } from './personal/module.ts';
import { products } from './products/module.ts';
import { regions } from './regions/module.ts';
import { stores } from './stores/module.ts';

/** The table of contents; the menu follows this order. */
const working: readonly AppModule[] = [
  orders,
  stores,
  deliveries,
  couriers,
  channels,
  partners,
  products,
  regions,
  accounts,
  personal,
];

const served: readonly AppModule[] = [
  ...working,
  retention(working.flatMap(({ retains = [] }) => retains)),
  downloads(working.flatMap(({ lists = [] }) => lists)),
];

const watched: readonly AppModule[] = [
  ...served,
  checks(served.flatMap(({ invariants = [] }) => invariants)),
];

export const modules: readonly AppModule[] = [...watched, operations(watched)];

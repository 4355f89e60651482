import type { Layout } from './layout.ts';
import { ably } from './malls/ably.ts';
import { cafe24 } from './malls/cafe24.ts';
import { coupang } from './malls/coupang.ts';
import { esm } from './malls/esm.ts';
import { kakao } from './malls/kakao.ts';
import { ohouse } from './malls/ohouse.ts';
import { smartStore } from './malls/smartstore.ts';
import { smartStoreClaims, smartStoreConfirmed, smartStoreQuery } from './malls/smartstore-standing.ts';
import { st11 } from './malls/st11.ts';
import { toss } from './malls/toss.ts';

/** Every layout known from the start. A new mall is a file in `malls/`, a line here and its channel. */
export const knownLayouts: readonly Layout[] = [
  smartStore,
  smartStoreQuery,
  smartStoreConfirmed,
  ...smartStoreClaims,
  coupang,
  st11,
  esm,
  kakao,
  toss,
  ably,
  ohouse,
  cafe24,
];

/** The layout an import was read with; older imports name none and are SmartStore's. */
export function knownLayout(code: string | null): Layout {
  const layout = knownLayouts.find((one) => one.code === (code ?? smartStore.code));
  if (!layout) throw new Error(`there is no layout ${code}`);
  return layout;
}

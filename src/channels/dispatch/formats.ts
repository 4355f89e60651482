import { coupangDispatch } from './coupang.ts';
import { esmDispatch } from './esm.ts';
import type { DispatchFormat } from './format.ts';
import { kakaoDispatch } from './kakao.ts';
import { smartStoreDispatch } from './smartstore.ts';
import { st11Dispatch } from './st11.ts';
import { tossDispatch } from './toss.ts';

/** In the order in which pages list the malls. */
export const formats: readonly DispatchFormat[] = [
  smartStoreDispatch,
  coupangDispatch,
  st11Dispatch,
  esmDispatch,
  kakaoDispatch,
  tossDispatch,
];

/** Undefined for a channel whose mall takes no dispatch file that we know. */
export function formatOf(channel: { layout: string }): DispatchFormat | undefined {
  return formats.find(({ mall }) => mall === channel.layout);
}

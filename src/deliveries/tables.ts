import type { Versioned, VersionedTable } from '#lib/versions.ts';
import type { PostcodeStatus } from '#regions';
import type { DeliveryState } from './bundling.rules.ts';

/** One home's lines together. Days are `2026-11-21`; counts are lines. */
export interface DeliveryRow extends Versioned {
  channel_id: number;
  /** The bundle number that founded it, or `order:` and the order number where the mall gave none. */
  bundle_key: string;
  home_key: Buffer;
  state: DeliveryState;
  recipient_name: string;
  recipient_phone: string;
  recipient_phone2: string;
  buyer_name: string;
  buyer_phone: string;
  /** Five digits where they can be read, otherwise what the mall wrote. */
  postcode: string;
  address: string;
  address_detail: string;
  /** 1 when its lines do not all name the same home. */
  address_differs: 0 | 1;
  memo: string;
  region_status: PostcodeStatus;
  /** 1 when the address text names another district than the postal code. */
  region_mismatch: 0 | 1;
  region_by_hand: 0 | 1;
  /** '' while nobody can tell: such deliveries stand first. */
  sido: string;
  sigungu: string;
  ordered_on: string | null;
  ship_by: string | null;
  wished_on: string | null;
  line_count: number;
  /** Lines that are not cancelled. */
  live_count: number;
  added_count: number;
  returned_count: number;
  exchanged_count: number;
  cancelled_count: number;
}

export const deliveryTable: VersionedTable = {
  name: 'deliveries',
  columns: [
    'channel_id',
    'bundle_key',
    'home_key',
    'state',
    'recipient_name',
    'recipient_phone',
    'recipient_phone2',
    'buyer_name',
    'buyer_phone',
    'postcode',
    'address',
    'address_detail',
    'address_differs',
    'memo',
    'region_status',
    'region_mismatch',
    'region_by_hand',
    'sido',
    'sigungu',
    'ordered_on',
    'ship_by',
    'wished_on',
    'line_count',
    'live_count',
    'added_count',
    'returned_count',
    'exchanged_count',
    'cancelled_count',
  ],
};

import { setTimeout as sleep } from 'node:timers/promises';
import type { Ctx } from '#lib/ctx.ts';
import { isDuplicate } from '#lib/db.ts';
import { codeOf } from '#lib/outages.ts';
import { enterOrder } from '#orders';

export interface OrderWriters {
  /** Orders whose writer was told that they are in. */
  acked: ReadonlySet<string>;
  /** Orders whose writer was told of an error, once for each time; they were sent again. */
  failed: readonly string[];
  /** The longest time, in ms, in which no order was acknowledged. */
  outage(since: number, until?: number): number;
  end(): Promise<void>;
}

/** So many people enter orders as fast as they are taken; whoever is told of an error sends the same order again. */
export async function startOrderWriters(ctx: Ctx, count: number): Promise<OrderWriters> {
  const channel = await ctx.db('channels').where({ code: 'smartstore' }).first('id');
  const option = await ctx.db('channel_options').where({ channel_id: channel.id }).first('id');
  const acked = new Set<string>();
  const failed: string[] = [];
  const ackedAt: number[] = [];
  let isOver = false;

  const write = async (writer: number) => {
    for (let serial = 1; !isOver; serial++) {
      const orderNo = `DRILL-${writer}-${serial}`;
      while (!(await isTaken(orderNo))) {
        failed.push(orderNo);
        if (isOver) return;
        await sleep(50);
      }
      acked.add(orderNo);
      ackedAt.push(performance.now());
    }
  };
  const isTaken = async (orderNo: string) => {
    try {
      await enterOrder(ctx, anEntry(channel.id, option.id, orderNo, ctx.now()));
      return true;
    } catch (error) {
      if (isDuplicate(error)) return true; // the attempt that ended in an error had come through
      ctx.log.warn({ code: codeOf(error), orderNo }, 'an order was not taken');
      return false;
    }
  };
  const writing = Promise.all(Array.from({ length: count }, (_, at) => write(at + 1)));
  return {
    acked,
    failed,
    outage(since, until = performance.now()) {
      let longest = 0;
      let last = since;
      for (const at of [...ackedAt.filter((ack) => ack > since && ack < until), until]) {
        longest = Math.max(longest, at - last);
        last = at;
      }
      return longest;
    },
    async end() {
      isOver = true;
      await writing;
    },
  };
}

function anEntry(channelId: number, channelOptionId: number, orderNo: string, orderedAt: Date) {
  const phone = '01011112222';
  return {
    channelId,
    orderNo,
    method: 'courier' as const,
    buyer: { name: '김하나', phone },
    recipient: {
      name: '김하나',
      phone,
      phone2: '',
      postcode: '06236',
      address: '서울특별시 강남구 테헤란로 1',
      addressDetail: '101동',
    },
    memo: '',
    orderedAt,
    paidAt: orderedAt,
    promisedOn: null,
    lines: [{ channelOptionId, quantity: 1, amount: 500_000 }],
  };
}

import { type Sale, sales } from '../../seeds/malls/sales.ts';
import type { Cell } from '../xlsx/twins.ts';

/** The orders of a furniture shop that keeps its own list: no mall's layout fits it. */
export const shopSales = (orders: number, seed: number): Sale[] =>
  sales(orders, seed).filter(({ addon }) => !addon);

/** What stands in each column of the shop's file. */
export const shopColumns: Readonly<Record<string, (sale: Sale) => Cell>> = {
  '전표 NO': (sale) => `GG${sale.order}-${sale.serial}`,
  접수일: (sale) => sale.orderedAt.slice(0, 10),
  품명: (sale) => sale.product,
  규격: (sale) => sale.option,
  '주문수량(EA)': (sale) => sale.quantity,
  '받는 분': (sale) => sale.recipient,
  '받는분 휴대폰': (sale) => sale.phone,
  우편: (sale) => sale.postcode,
  배송지: (sale) => `${sale.base} ${sale.detail}`.trim(),
  '고객 요청사항': (sale) => sale.memo,
  '담당 MD': () => '최수진',
};

type Columns = Readonly<Record<string, (sale: Sale) => Cell>>;

/** The shop's file below a title, as its rows. */
export function shopRows(sold: readonly Sale[], columns: Columns = shopColumns): Cell[][] {
  const titles = Object.keys(columns);
  return [
    ['가구공방 위탁 주문서', '', ''],
    [],
    titles,
    ...sold.map((sale) => titles.map((title) => columns[title]!(sale))),
  ];
}

/** The same columns under other names; '' takes one away. */
export function renamed(names: Readonly<Record<string, string>>): Columns {
  return Object.fromEntries(
    Object.entries(shopColumns).flatMap(([title, cell]) => {
      const name = names[title] ?? title;
      return name === '' ? [] : [[name, cell]];
    }),
  );
}

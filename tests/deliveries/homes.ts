import type { SmartStoreLine } from '../../seeds/smartstore-columns.ts';
import { importLines } from '../support/imports.ts';
import { type Office, openOffice } from '../support/office.ts';

/** What a test says of a line that the mall would list; the rest is a mattress for 김하나 in 강남구. */
export interface AskedLine {
  recipient?: string;
  phone?: string;
  postcode?: string;
  address?: string;
  detail?: string;
  memo?: string;
  product?: string;
  /** The mall knows a product by its number: another product needs another one. */
  productNo?: string;
  option?: string;
  addon?: string;
  quantity?: number;
  status?: string;
  detailStatus?: string;
  orderedAt?: string;
  bundle?: string;
  order?: string;
  line?: string;
}

let made = 0;

/** A line as SmartStore writes it, in an order and a bundle of its own unless told otherwise. */
export function aLine(asked: AskedLine = {}): SmartStoreLine {
  made += 1;
  const number = String(made).padStart(6, '0');
  const orderedAt = asked.orderedAt ?? '2026-11-10 10:00:00';
  const date = orderedAt.slice(0, 10).replaceAll('-', '');
  const order = asked.order ?? `${date}${number}00`;
  const address = asked.address ?? '서울특별시 강남구 테헤란로 1';
  const detail = asked.detail ?? '101동 202호';
  return {
    상품주문번호: asked.line ?? `${date}${number}01`,
    주문번호: order,
    배송방법: '직접전달',
    '배송방법(구매자 요청)': '직접전달',
    구매자명: asked.recipient ?? '김하나',
    구매자ID: 'ha****',
    구매자연락처: asked.phone ?? '010-1111-2222',
    수취인명: asked.recipient ?? '김하나',
    수취인연락처1: asked.phone ?? '010-1111-2222',
    주문상태: asked.status ?? '발송대기',
    주문세부상태: asked.detailStatus ?? '발주확인',
    결제일: orderedAt,
    주문일시: orderedAt,
    상품번호: asked.productNo ?? '8210000001',
    상품명: asked.addon ?? asked.product ?? '모아 매트리스',
    상품종류: asked.addon ? '추가구성상품' : '조합형옵션상품',
    옵션정보: asked.addon ? `추가상품: ${asked.addon}` : `사이즈: ${asked.option ?? '퀸(Q)'}`,
    수량: asked.quantity ?? 1,
    '최종 상품별 총 주문금액': 500_000,
    '배송비 묶음번호': asked.bundle ?? `${order}9`,
    기본배송지: address,
    상세배송지: detail,
    통합배송지: `${address} ${detail}`,
    우편번호: asked.postcode ?? '06236',
    배송메세지: asked.memo ?? '',
  };
}

/** The rows of a page's table as a person reads them, headings of groups included. */
export function rowsOn(html: string): string[] {
  const [, body = ''] = /<tbody>([\s\S]*?)<\/tbody>/.exec(html) ?? [];
  return body
    .split(/<tr[^>]*>/)
    .slice(1)
    .map((row) => textOf(row));
}

/** The words of some HTML, with one space between them. */
export function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();
}

/** An office into which these lines were imported. */
export async function openOfficeWith(lines: SmartStoreLine[]): Promise<Office> {
  const office = await openOffice();
  try {
    const found = await importLines(office.ctx('office'), lines);
    if (found.rejected > 0) throw new Error(`rejected: ${JSON.stringify(found.rejections)}`);
    return office;
  } catch (error) {
    await office[Symbol.asyncDispose]();
    throw error;
  }
}

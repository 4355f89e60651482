import ExcelJS from 'exceljs';
import { cjResultColumns } from '../../seeds/cj-result-columns.ts';

interface ResultFile {
  header: readonly string[];
  /** The header of our number, the recipient, the phone, the address and the tracking number. */
  no: string;
  name: string;
  phone: string;
  address: string;
  tracking: string;
}

/** What each courier's result file looks like. */
export const resultFiles: Record<string, ResultFile> = {
  cj: {
    header: cjResultColumns,
    no: '고객주문번호',
    name: '받는분',
    phone: '받는분전화번호',
    address: '받는분주소',
    tracking: '운송장번호',
  },
  lotte: {
    header: [
      '주문번호',
      '보내는사람(지정)',
      '전화번호1(지정)',
      '전화번호2(지정)',
      '우편번호(지정)',
      '주소(지정)',
      '받는사람',
      '전화번호1',
      '전화번호2',
      '우편번호',
      '주소',
      '상품명1',
      '상품상세1',
      '수량(A타입)',
      '배송메시지',
      '운임구분',
      '운임',
      '운송장번호',
    ],
    no: '주문번호',
    name: '받는사람',
    phone: '전화번호1',
    address: '주소',
    tracking: '운송장번호',
  },
  hanjin: {
    header: [
      '운송장번호',
      '출고번호',
      '보내시는 분',
      '받으시는 분',
      '받으시는 분 전화',
      '받는분총주소',
      '품목명',
      '지불조건',
      '특기사항',
    ],
    no: '출고번호',
    name: '받으시는 분',
    phone: '받으시는 분 전화',
    address: '받는분총주소',
    tracking: '운송장번호',
  },
  logen: {
    header: [
      '운송장번호',
      '수하인명',
      '우편번호',
      '수하인주소',
      '수하인전화번호',
      '수하인핸드폰번호',
      '택배운임',
      '품목명',
      '배송메세지',
    ],
    no: '품목명',
    name: '수하인명',
    phone: '수하인전화번호',
    address: '수하인주소',
    tracking: '운송장번호',
  },
  epost: {
    header: [
      '등기번호',
      '수취인명',
      '수취인 우편번호',
      '수취인 주소',
      '수취인 이동통신',
      '수취인 전화번호',
      '상품명',
      '주문자명',
    ],
    no: '상품명',
    name: '수취인명',
    phone: '수취인 이동통신',
    address: '수취인 주소',
    tracking: '등기번호',
  },
};

export interface ResultLine {
  no?: string;
  name?: string;
  phone?: string;
  address?: string;
  tracking: string;
}

/** A courier's result file, below a title as some couriers write one. */
export async function aResultFile(courier: string, lines: readonly ResultLine[]): Promise<Buffer> {
  const file = resultFiles[courier]!;
  const workbook = new ExcelJS.Workbook();
  const sheet = workbook.addWorksheet('Sheet1');
  sheet.addRow([`${courier} 운송장번호 목록`]);
  sheet.addRow([...file.header]);
  for (const line of lines) {
    const cells: Record<string, string | undefined> = {
      [file.no]: line.no,
      [file.name]: line.name,
      [file.phone]: line.phone,
      [file.address]: line.address,
      [file.tracking]: line.tracking,
    };
    sheet.addRow(file.header.map((title) => cells[title] ?? ''));
  }
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

import { formatPhone } from '#lib/phone.ts';

/** 홍길동 → 홍*동, 김솔 → 김*; who may not know a person still sees which rows belong together. */
export function maskName(name: string): string {
  const letters = [...name];
  if (letters.length <= 1) return name === '' ? '' : '*';
  if (letters.length === 2) return `${letters[0]}*`;
  return `${letters[0]}${'*'.repeat(letters.length - 2)}${letters.at(-1)}`;
}

/** 01012345678 → 010-****-5678; of a number of an unknown kind only the last four digits stay. */
export function maskPhone(phone: string): string {
  const parts = formatPhone(phone).split('-');
  if (parts.length === 3) return `${parts[0]}-${'*'.repeat(parts[1]!.length)}-${parts[2]}`;
  if (parts.length === 2) return `${'*'.repeat(parts[0]!.length)}-${parts[1]}`;
  return phone.length <= 4 ? '*'.repeat(phone.length) : '*'.repeat(phone.length - 4) + phone.slice(-4);
}

/** A memo may say anything, the code of a door among it: only that there is one stays. */
export function maskText(text: string): string {
  return text === '' ? '' : '***';
}

/**
 * Keeps 시도, 시군구 and 읍면동, which may stand behind a road in brackets; where no 읍면동 is told, the road without
 * its side roads. What is not understood is hidden, so that nothing that finds the house is left.
 */
export function maskAddress(address: string): string {
  const [main = '', ...bracketed] = address.normalize('NFC').split(/[()[\]]/);
  const words = main.split(/[\s,]+/).filter(Boolean);
  const kept: string[] = [];
  if (words[0] && province.test(words[0])) kept.push(words.shift()!);
  for (let most = 2; most > 0 && words[0] && district.test(words[0]); most--) kept.push(words.shift()!);
  const place = townIn(words[0]) ?? townIn(bracketed[0]?.split(',')[0]?.trim()) ?? roadIn(words[0]);
  if (kept.length > 0 && place) kept.push(place);
  const shown = kept.join(' ');
  return shown === address.trim() ? shown : [shown, '***'].filter(Boolean).join(' ');
}

/** Both parts of an address; the second is told only where the first does not say already that something is hidden. */
export function maskHome(home: { address: string; address_detail: string }): typeof home {
  const address = maskAddress(home.address);
  return { address, address_detail: address.endsWith('***') ? '' : maskText(home.address_detail) };
}

const province =
  /^(서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|제주|충북|충남|전북|전남|경북|경남|충청[남북]도|전라[남북]도|경상[남북]도)(특별시|광역시|특별자치시|특별자치도|시|도)?$|^[가-힣]{2,8}(특별시|광역시|특별자치시|특별자치도)$/;
const district = /^[가-힣]{1,6}[시군구]$/;

/** 역삼동, 역삼1동, 성수동2가, 종로1가, 내면; not the 동 of a house, which begins with a number or a letter. */
function townIn(word = ''): string | undefined {
  return /^[가-힣]+\d{0,2}동\d가(?![가-힣])|^[가-힣]+\d가(?![가-힣])|^[가-힣]+\d{0,2}[동읍면](?![가-힣])/.exec(
    word,
  )?.[0];
}

/** 테헤란로 of 테헤란로8길 12; a 길 alone is too short a road to be told. */
function roadIn(word = ''): string | undefined {
  return /^[가-힣]+(?:대로|로)(?![가-힣])/.exec(word)?.[0];
}

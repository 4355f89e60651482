import { checkAddress, readAddress } from './address.rules.ts';
import { findSpan, type RegionBook, type RegionName } from './book.rules.ts';
import { classifyPostcode, type PostcodeResult, type PostcodeStatus } from './postcode.rules.ts';

/** Where a delivery goes. The postal code decides; the address checks it and may propose, never more. */
export interface Region {
  status: PostcodeStatus;
  postcode: string;
  /** '' when the code leads nowhere: a person decides. */
  sido: string;
  sigungu: string;
  /** The address names another place than the code. */
  mismatch: boolean;
  /** What the address says, when the code leads nowhere or elsewhere; its 시군구 may be '' or a city without its ward. */
  suggestion: RegionName | null;
  /** An area with an extra delivery fee, by the code. */
  remote: 'jeju' | 'island' | null;
  remoteLabel: string;
}

export function regionOf(
  book: RegionBook,
  place: { postcode: string | null | undefined; address: string },
): Region {
  const code = classifyPostcode(place.postcode, book);
  const check = checkAddress(code, place.address, book);
  const mismatch = check.agreement === 'differs';
  const remote = code.sido === '' ? undefined : findSpan(book.remotes, code.postcode);
  return {
    status: code.status,
    postcode: code.postcode,
    sido: code.sido,
    sigungu: mismatch ? code.sigungu : sharedDistrict(code, place.address, book),
    mismatch,
    suggestion:
      (mismatch || code.sido === '') && check.addressSido !== ''
        ? { sido: check.addressSido, sigungu: check.addressSigungu }
        : null,
    remote: remote?.kind ?? null,
    remoteLabel: remote?.label ?? '',
  };
}

/** Of the districts that share a code, the one the address names. */
function sharedDistrict(code: PostcodeResult, address: string, book: RegionBook): string {
  if (!findSpan(book.shared, code.postcode)) return code.sigungu;
  const regions = readAddress(address, book)?.regions ?? [];
  return regions.length === 1 ? regions[0]!.sigungu : code.sigungu;
}

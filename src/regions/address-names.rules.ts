import type { BookRange, RegionName } from './book.rules.ts';
import type { RegionTables } from './tables.ts';

/** A way to write a district, and the regions of today it may mean. */
export interface NameEntry {
  regions: readonly RegionName[];
  /** What was read, as a district: '강남구', '수원시' for a city without its ward, '' when it means several. */
  sigungu: string;
  /** Written without its 시, 군 or 구: counts only as a whole word after a 시도 that was read. */
  short: boolean;
}

/** Names without spaces. `districts.get('')` holds those that may stand without a 시도. */
export interface AddressNames {
  sido: ReadonlyMap<string, string>;
  districts: ReadonlyMap<string, ReadonlyMap<string, NameEntry>>;
  /** Length of the longest name. */
  longest: number;
}

type Changes = RegionTables['changes'];

/**
 * Every way an honest address writes a region: today's names, with the 시도 shortened, the city without its
 * ward, the ward without its city, and the names before a change. A name in use today never means an old one.
 */
export function indexNames(
  ranges: readonly BookRange[],
  aliases: RegionTables['aliases'],
  changes: Changes,
): AddressNames {
  const current = distinctRegions(ranges);
  const sido = sidoNames(current, aliases, changes);
  const index = new NameIndex();
  for (const region of current) index.addCurrent(region);
  index.closeCurrent();
  for (const old of oldRegions(changes, current)) {
    index.addOld({ ...old.name, sido: sido.get(old.name.sido) ?? old.name.sido }, old.regions);
  }

  const all = [...sido.keys(), ...[...index.districts.values()].flatMap((names) => [...names.keys()])];
  return { sido, districts: index.districts, longest: Math.max(0, ...all.map((name) => name.length)) };
}

class NameIndex {
  readonly districts = new Map<string, Map<string, NameEntry>>();
  /** Names in use today, which no old name may take. */
  readonly #taken = new Map<string, Set<string>>();

  addCurrent(region: RegionName): void {
    const { city, ward } = splitDistrict(region.sigungu);
    for (const { name, short } of spellings(region.sigungu))
      this.#add(region.sido, name, region, region.sigungu, short);
    if (!ward) return;
    this.#add(region.sido, city, region, city, false);
    this.#add(region.sido, withoutSuffix(city), region, city, true);
  }

  closeCurrent(): void {
    for (const [sido, names] of this.districts) this.#taken.set(sido, new Set(names.keys()));
  }

  addOld(name: RegionName, regions: readonly RegionName[]): void {
    for (const spelling of spellings(name.sigungu)) {
      for (const region of regions)
        this.#add(name.sido, spelling.name, region, region.sigungu, spelling.short);
    }
  }

  #add(sido: string, name: string, region: RegionName, sigungu: string, short: boolean): void {
    if (name.length < 2 || this.#taken.get(sido)?.has(name)) return;
    this.#addUnder(sido, name, region, sigungu, short);
    if (!short) this.#addUnder('', name, region, sigungu, false);
  }

  #addUnder(sido: string, name: string, region: RegionName, sigungu: string, short: boolean): void {
    const names = this.districts.get(sido) ?? new Map<string, NameEntry>();
    this.districts.set(sido, names);
    const known = names.get(name);
    if (!known) names.set(name, { regions: [region], sigungu, short });
    else if (!known.regions.includes(region)) {
      names.set(name, {
        regions: [...known.regions, region],
        sigungu: known.sigungu === sigungu ? sigungu : '',
        short: known.short && short,
      });
    }
  }
}

/** '수원시 장안구' is also written 수원시장안구, 수원장안구, 장안구, 수원장안; '강남구' also 강남. */
function spellings(sigungu: string): { name: string; short: boolean }[] {
  const { city, ward } = splitDistrict(sigungu);
  if (!ward) return distinctNames([full(city), short(withoutSuffix(city))]);
  const cityShort = withoutSuffix(city);
  const wardShort = withoutSuffix(ward);
  return distinctNames([
    full(city + ward),
    full(cityShort + ward),
    full(ward),
    ...(wardShort.length > 1
      ? [short(city + wardShort), short(cityShort + wardShort), short(wardShort)]
      : []),
  ]);
}

const full = (name: string) => ({ name, short: false });
const short = (name: string) => ({ name, short: true });

function distinctNames(names: { name: string; short: boolean }[]): { name: string; short: boolean }[] {
  return names.filter(
    ({ name }, i) => name.length > 1 && names.findIndex((other) => other.name === name) === i,
  );
}

export function splitDistrict(sigungu: string): { city: string; ward: string } {
  const [city = '', ward = ''] = sigungu.split(' ');
  return { city, ward };
}

/** '춘천시' → '춘천'; '' for a name of two letters such as 중구, which needs its last. */
function withoutSuffix(name: string): string {
  return name.length > 2 ? name.replace(/[시군구]$/, '') : '';
}

function sidoNames(
  current: readonly RegionName[],
  aliases: RegionTables['aliases'],
  changes: Changes,
): Map<string, string> {
  const names = new Map(aliases.map((row) => [row.alias, row.sido]));
  for (const { sido } of current) names.set(sido, sido);
  for (const change of changes) {
    if (change.old_sido === '' || names.has(change.old_sido)) continue;
    names.set(change.old_sido, change.old_sigungu === '' ? change.new_sido : change.old_sido);
  }
  return names;
}

/** Old districts and what they are called today, also when a name changed more than once. */
function oldRegions(
  changes: Changes,
  current: readonly RegionName[],
): { name: RegionName; regions: RegionName[] }[] {
  const key = (region: RegionName) => `${region.sido} ${region.sigungu}`;
  const today = new Map(current.map((region) => [key(region), region]));
  const next = new Map<string, RegionName[]>();
  const old = new Map<string, RegionName>();
  for (const change of changes) {
    if (change.old_sigungu === '') continue;
    for (const sigungu of eachDistrict(change.old_sigungu)) {
      const name = { sido: change.old_sido, sigungu };
      old.set(key(name), name);
      const targets = eachDistrict(change.new_sigungu).map((to) => ({ sido: change.new_sido, sigungu: to }));
      next.set(key(name), [...(next.get(key(name)) ?? []), ...targets]);
    }
  }

  const follow = (name: RegionName, seen: ReadonlySet<string>): RegionName[] => {
    const here = today.get(key(name));
    if (here) return [here];
    if (seen.has(key(name))) return [];
    const wards = current.filter(
      (region) => region.sido === name.sido && splitDistrict(region.sigungu).city === name.sigungu,
    );
    if (wards.length > 0) return wards;
    return (next.get(key(name)) ?? []).flatMap((to) => follow(to, new Set([...seen, key(name)])));
  };
  return [...old.values()].map((name) => ({ name, regions: [...new Set(follow(name, new Set()))] }));
}

/** '창원시 마산합포구/마산회원구' → '창원시 마산합포구', '창원시 마산회원구'. */
function eachDistrict(text: string): string[] {
  const [first = '', ...rest] = text.split('/');
  const { city, ward } = splitDistrict(first);
  return [first, ...rest.map((name) => (ward ? `${city} ${name}` : name))];
}

function distinctRegions(ranges: readonly BookRange[]): RegionName[] {
  const regions = new Map(
    ranges.map(({ sido, sigungu }) => [`${sido} ${sigungu}`, { sido, sigungu }] as const),
  );
  return [...regions.values()];
}

import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { roleNames } from '../permissions.ts';
import { demandAdmin } from '../ranks.ts';
import { adminRole } from '../roles.rules.ts';
import { isListed, readAddresses } from './addresses.rules.ts';

export const secondFactorRules = ['optional', 'outside', 'always'] as const;
export type SecondFactorRule = (typeof secondFactorRules)[number];
export const secondFactorRuleNames: Record<SecondFactorRule, string> = {
  optional: '본인이 고름',
  outside: '회사 밖에서 꼭',
  always: '언제나 꼭',
};

export const placeRules = ['anywhere', 'office', 'listed'] as const;
export type PlaceRule = (typeof placeRules)[number];
export const placeRuleNames: Record<PlaceRule, string> = {
  anywhere: '어디서나',
  office: '회사 주소에서만',
  listed: '적은 주소에서만',
};

export interface RoleRule {
  role: string;
  second_factor: SecondFactorRule;
  places: PlaceRule;
  /** As it was typed; used when `places` is listed. */
  addresses: string;
}

/** What one role has to keep to where it is now. */
export interface Demands {
  placeAllowed: boolean;
  secondFactor: boolean;
}

const noDemands: Demands = { placeAllowed: true, secondFactor: false };
const officeList = 'office';
const listOf = (role: string) => `role:${role}`;

/** Read for each request, along primary keys: what an administrator saves holds with the next click. */
export async function demandsOn(ctx: Ctx, role: string, address: string): Promise<Demands> {
  const rule = await ctx
    .db('sign_in_rules as rule')
    .leftJoin('address_lists as office', 'office.name', ctx.db.raw('?', [officeList]))
    .leftJoin('address_lists as own', 'own.name', ctx.db.raw('?', [listOf(role)]))
    .where('rule.role', role)
    .first('rule.second_factor', 'rule.places', { office: 'office.addresses', own: 'own.addresses' });
  if (!rule) return noDemands;
  const within = (list: string | null) => isListed(address, readAddresses(list ?? '').addresses);
  return {
    placeAllowed: rule.places === 'anywhere' || within(rule.places === 'office' ? rule.office : rule.own),
    secondFactor:
      rule.second_factor === 'always' || (rule.second_factor === 'outside' && !within(rule.office)),
  };
}

/** True when the role must have a second factor somewhere, if not here. */
export async function mustHaveSecondFactor(ctx: Ctx, role: string): Promise<boolean> {
  const rule = await ctx.db('sign_in_rules').where({ role }).first('second_factor');
  return rule !== undefined && rule.second_factor !== 'optional';
}

export interface SignInRules {
  office: string;
  rules: RoleRule[];
}

export async function findSignInRules(ctx: Ctx): Promise<SignInRules & { names: Record<string, string> }> {
  const [names, saved, lists] = await Promise.all([
    roleNames(ctx),
    ctx.db('sign_in_rules').select('role', 'second_factor', 'places'),
    ctx.db('address_lists').select('name', 'addresses'),
  ]);
  const listed = new Map(lists.map(({ name, addresses }) => [name, addresses]));
  const ruleOf = new Map(saved.map((rule) => [rule.role, rule]));
  const rules = Object.keys(names).map((role) => ({
    role,
    second_factor: ruleOf.get(role)?.second_factor ?? 'optional',
    places: ruleOf.get(role)?.places ?? 'anywhere',
    addresses: listed.get(listOf(role)) ?? '',
  }));
  return { office: listed.get(officeList) ?? '', rules, names };
}

/** The person who saves, as far as the rules are about them. */
export interface Saver {
  role: string;
  address: string;
}

/** Nobody can shut themselves out: not with their own list, and not with the office's. */
export async function saveSignInRules(ctx: Ctx, { office, rules }: SignInRules, saver: Saver): Promise<void> {
  await transaction(ctx, async (tx) => {
    await tx.db('address_lists').where({ name: officeList }).forUpdate();
    const before = await findSignInRules(tx);
    for (const rule of rules) checkRule(rule, office, saver, before.names);
    if (adminsFeel(before, { office, rules })) await demandAdmin(tx);

    await saveList(tx, officeList, office);
    for (const { role, second_factor, places, addresses } of rules) {
      const row = { role, second_factor, places, updated_at: tx.now() };
      await tx.db('sign_in_rules').insert(row).onConflict('role').merge();
      await saveList(tx, listOf(role), addresses);
    }
    await record(tx, 'sign_in_rules.changed', 'sign_in_rules', 0, {
      before: { office: before.office, rules: before.rules },
      after: { office, rules },
    });
  });
}

/** True when something changes that administrators have to keep to. */
function adminsFeel(before: SignInRules, after: SignInRules): boolean {
  const felt = ({ office, rules }: SignInRules) => {
    const { second_factor, places, addresses } = rules.find(({ role }) => role === adminRole) as RoleRule;
    const byOffice = places === 'office' || second_factor === 'outside';
    return JSON.stringify([second_factor, places, addresses, byOffice && office]);
  };
  return felt(before) !== felt(after);
}

function checkRule(rule: RoleRule, office: string, saver: Saver, names: Record<string, string>): void {
  const name = names[rule.role];
  if (name === undefined) throw new Refusal(`‘${rule.role}’ 역할이 없어졌습니다. 화면을 새로고침해 주세요.`);
  const officeAddresses = readChecked(office, '회사 주소');
  const ownAddresses = readChecked(rule.addresses, `${name}의 주소`);
  if (officeAddresses.length === 0 && rule.places === 'office')
    throw new Refusal(`${name}: 회사 주소를 먼저 적어 주세요. 비어 있으면 아무도 들어올 수 없습니다.`);
  if (officeAddresses.length === 0 && rule.second_factor === 'outside')
    throw new Refusal(`${name}: 회사 주소를 먼저 적어 주세요. 비어 있으면 어디든 회사 밖입니다.`);
  if (rule.places === 'listed' && ownAddresses.length === 0)
    throw new Refusal(`${name}: 들어올 수 있는 주소를 적어 주세요. 비어 있으면 아무도 들어올 수 없습니다.`);

  if (rule.role !== saver.role || rule.places === 'anywhere') return;
  if (isListed(saver.address, rule.places === 'office' ? officeAddresses : ownAddresses)) return;
  throw new Refusal(
    `${name}: 지금 쓰는 주소 ${saver.address}이(가) 목록에 없습니다. 저장하면 바로 쫓겨납니다. 이 주소를 더한 뒤 저장해 주세요.`,
  );
}

function readChecked(text: string, what: string) {
  const { addresses, problems } = readAddresses(text);
  if (problems[0]) throw new Refusal(`${what}, ${problems[0].message}`);
  return addresses;
}

async function saveList(tx: Ctx, name: string, addresses: string): Promise<void> {
  await tx.db('address_lists').insert({ name, addresses, updated_at: tx.now() }).onConflict('name').merge();
}

/** From the server's command line: whoever was shut out may come from anywhere again. The lists stay. */
export async function openPlaces(ctx: Ctx): Promise<number> {
  return transaction(ctx, async (tx) => {
    const opened = await tx
      .db('sign_in_rules')
      .whereNot({ places: 'anywhere' })
      .update({ places: 'anywhere', updated_at: tx.now() });
    if (opened) await record(tx, 'sign_in_rules.opened', 'sign_in_rules', 0, { roles: opened });
    return opened;
  });
}

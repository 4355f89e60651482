import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { findProgram } from '../../../bin/installed-programs.ts';
import { type Lab, until } from './lab.ts';

/**
 * A place of its own in the network, like a zone of a cloud. Unix sockets and files are shared by all zones: what is
 * not to be cut off, as the database in a drill of Redis, is reached by them.
 */
export interface Zone {
  name: string;
  /** Where the other zones find it, until it is cut off. */
  address: string;
  /** Where its users find it, from the drill: no cut touches this way, and no other zone knows it. */
  front: string;
  /** Starts a program there; it is the child itself, not a wrapper. */
  spawn(name: string, program: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Packets to and from the other zones vanish, and nobody is told. The drill is among the others. */
  cut(): void;
  heal(): void;
}

/** Where the drill itself is found by the zones. */
export const drillAddress = '10.77.0.1';

/** Only in a drill with `ownNetwork`: bridge and zones live in its network and are gone with it. */
export async function openZones<Name extends string>(
  lab: Lab,
  names: readonly Name[],
): Promise<Record<Name, Zone>> {
  ip('link', 'add', 'zones', 'type', 'bridge');
  ip('link', 'set', 'zones', 'address', macOf(1));
  ip('addr', 'add', `${drillAddress}/24`, 'dev', 'zones');
  ip('link', 'set', 'zones', 'up');

  const zones = await Promise.all(names.map((name, at) => openZone(lab, name, at)));
  // No questions of who has which address: after a cut they would be answered with an error instead of silence.
  for (const here of zones) {
    ip('neigh', 'replace', here.address, 'lladdr', here.mac, 'dev', 'zones', 'nud', 'permanent');
    here.ip('neigh', 'replace', drillAddress, 'lladdr', macOf(1), 'dev', 'eth0', 'nud', 'permanent');
    for (const there of zones.filter((zone) => zone !== here))
      here.ip('neigh', 'replace', there.address, 'lladdr', there.mac, 'dev', 'eth0', 'nud', 'permanent');
  }
  return Object.fromEntries(zones.map((zone) => [zone.name, zone])) as Record<Name, Zone & OpenedZone>;
}

interface OpenedZone {
  mac: string;
  ip(...args: string[]): void;
}

async function openZone(lab: Lab, name: string, at: number): Promise<Zone & OpenedZone> {
  const holder = await holdNetwork(lab);
  const enter = [`--net=/proc/${holder}/ns/net`, '--'];
  const inside = (...args: string[]) => run('nsenter', [...enter, program('ip'), ...args]);

  const [address, mac, link] = [`10.77.0.${11 + at}`, macOf(11 + at), `zone${at}`];
  ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(holder));
  ip('link', 'set', link, 'master', 'zones', 'up');
  inside('link', 'set', 'eth0', 'address', mac);
  inside('addr', 'add', `${address}/24`, 'dev', 'eth0');
  inside('link', 'set', 'eth0', 'up');
  inside('link', 'set', 'lo', 'up');

  const [front, own] = [`10.78.${11 + at}.2`, `10.78.${11 + at}.1`];
  ip('link', 'add', `front${at}`, 'type', 'veth', 'peer', 'name', 'front', 'netns', String(holder));
  ip('addr', 'add', `${own}/30`, 'dev', `front${at}`);
  ip('link', 'set', `front${at}`, 'up');
  inside('addr', 'add', `${front}/30`, 'dev', 'front');
  inside('link', 'set', 'front', 'up');

  return {
    name,
    address,
    front,
    mac,
    ip: inside,
    spawn: (logName, what, args, options) =>
      lab.spawn(logName, 'nsenter', [...enter, what, ...args], options),
    cut: () => ip('link', 'set', link, 'nomaster'),
    heal: () => ip('link', 'set', link, 'master', 'zones'),
  };
}

/** A network lives as long as a process in it: this one waits for the end of its input, and so for ours. */
async function holdNetwork(lab: Lab): Promise<number> {
  const holder = spawn('unshare', ['--net', 'cat'], { stdio: ['pipe', 'ignore', 'inherit'] });
  lab.defer(() => void holder.kill());
  const ours = readlinkSync('/proc/self/ns/net');
  await until('a network for a zone', () => {
    if (holder.exitCode !== null) throw new Error('unshare --net ended');
    return readlinkSync(`/proc/${holder.pid}/ns/net`) !== ours;
  });
  return holder.pid!;
}

const macOf = (last: number) => `02:00:00:00:00:${last.toString(16).padStart(2, '0')}`;

function ip(...args: string[]): void {
  run(program('ip'), args);
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function program(name: string): string {
  return findProgram(name) ?? name;
}

/** Brings up the loopback of a new network. */
export function openLoopback(): void {
  ip('link', 'set', 'lo', 'up');
}

/** What to put before a command for a network of its own that ends with it; undefined where that cannot be had. */
export function ownNetworkPrefix(): string[] | undefined {
  if (!findProgram('unshare') || !findProgram('ip')) return undefined;
  const flags = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
  for (const prefix of [flags, ['--map-root-user', ...flags]]) {
    try {
      run('unshare', [...prefix, program('ip'), 'link', 'add', 'probe', 'type', 'bridge']);
      return ['unshare', ...prefix];
    } catch {}
  }
  return undefined;
}

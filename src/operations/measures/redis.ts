import type { Registry } from 'prom-client';
import type { Sentinels } from '#lib/sentinels.ts';
import type { RedisState } from '../redis-state.ts';
import { counted, gauge } from './gauges.ts';

export function measureRedis(
  registry: Registry,
): (state: RedisState | undefined, sentinels: Sentinels | undefined) => void {
  const up = gauge(registry, 'moa_redis_up', '1 while Redis answers.');
  const ping = gauge(registry, 'moa_redis_ping_seconds', 'How long Redis took to answer.');
  const memory = gauge(registry, 'moa_redis_memory_bytes', 'Memory that Redis uses.');
  const limit = gauge(
    registry,
    'moa_redis_memory_limit_bytes',
    'Memory that Redis may use; 0 is all there is.',
  );
  const clients = gauge(registry, 'moa_redis_clients', 'Connections to Redis.');
  const replicas = gauge(registry, 'moa_redis_replicas', 'Replicas that keep up with the primary.');
  const wanted = gauge(registry, 'moa_redis_log_ok', '1 while Redis writes what it holds to its disk.');
  const watchers = gauge(registry, 'moa_redis_sentinels', 'Sentinels that could change the primary.');
  const watchersWanted = gauge(registry, 'moa_redis_sentinels_wanted', 'Sentinels that the settings name.');
  const evicted = counted(
    registry,
    'moa_redis_evicted_keys_total',
    'Keys that Redis threw away for want of memory.',
  );
  const commands = counted(registry, 'moa_redis_commands_total', 'Commands of all clients.');

  return (state, sentinels) => {
    up.set(state ? 1 : 0);
    for (const one of [watchers, watchersWanted]) one.remove();
    if (sentinels) {
      watchers.set(sentinels.usable);
      watchersWanted.set(sentinels.wanted);
    }
    for (const one of [ping, memory, limit, clients, replicas, wanted]) one.remove();
    if (!state) return;
    ping.set(state.answeredInMs / 1000);
    memory.set(state.memory);
    limit.set(state.memoryLimit);
    clients.set(state.clients);
    replicas.set(
      state.replicas.filter(({ state: one, lagSeconds }) => one === 'online' && lagSeconds <= 10).length,
    );
    if (state.keepsLog || sentinels?.wanted) wanted.set(state.keepsLog && !state.logFails ? 1 : 0);
    evicted.is(state.evicted);
    commands.is(state.commands);
  };
}

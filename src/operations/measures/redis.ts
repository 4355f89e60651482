import type { Registry } from 'prom-client';
import type { RedisState } from '../redis-state.ts';
import { counted, gauge } from './gauges.ts';

export function measureRedis(registry: Registry): (state: RedisState | undefined) => void {
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
  const evicted = counted(
    registry,
    'moa_redis_evicted_keys_total',
    'Keys that Redis threw away for want of memory.',
  );
  const commands = counted(registry, 'moa_redis_commands_total', 'Commands of all clients.');

  return (state) => {
    up.set(state ? 1 : 0);
    for (const one of [ping, memory, limit, clients, replicas, wanted]) one.remove();
    if (!state) return;
    ping.set(state.answeredInMs / 1000);
    memory.set(state.memory);
    limit.set(state.memoryLimit);
    clients.set(state.clients);
    replicas.set(
      state.replicas.filter(({ state: one, lagSeconds }) => one === 'online' && lagSeconds <= 10).length,
    );
    if (state.keepsLog) wanted.set(state.logFails ? 0 : 1);
    evicted.is(state.evicted);
    commands.is(state.commands);
  };
}

/**
 * Preloaded into the web and the worker: when `bin/start` is killed and can end nothing itself, they end in
 * order by themselves. Their own children inherit the preload and are left to them.
 */
if (process.channel && process.ppid === Number(process.env.MOA_STARTED_BY)) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
